"""json, csv, pyexpat, dates, base64 and the like: texts that programs read from others."""
import binascii
import csv
import datetime
import io
import json
import xml.etree.ElementTree as tree
from xml.parsers import expat

from fuzz_input import Input, require


def look_at_json(input):
    strict = input.below(2)
    text = input.text(300) if input.below(2) else input.rest().decode("utf-8", "replace")
    value = json.loads(text, strict=bool(strict))
    for options in ({}, {"indent": 2}, {"ensure_ascii": False}, {"sort_keys": True}):
        written = json.dumps(value, **options)
        require(json.dumps(json.loads(written), **options) == written, text)


def look_at_csv(input):
    def one():
        return input.pick([",", ";", '"', "'", "\\", None, "", "ab", "\n", " ", "\u20ac"])
    options = {"delimiter": one() or ",", "quotechar": one(), "escapechar": one(), "doublequote": bool(input.below(2)), "strict": bool(input.below(2)),
               "skipinitialspace": bool(input.below(2)), "quoting": input.below(5)}
    rows = list(csv.reader(input.text(300).splitlines(True), **options))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", **options)
    for row in rows:
        try:
            writer.writerow(row)
        except csv.Error:
            pass


def look_at_xml(input):
    parser = expat.ParserCreate(input.pick([None, "utf-8", "iso-8859-1", "utf-16", "cp1252", "unknown"]), input.pick([None, " ", "!"]))
    seen = []
    for name in ("StartElementHandler", "EndElementHandler", "CharacterDataHandler", "CommentHandler", "ProcessingInstructionHandler",
                 "StartDoctypeDeclHandler", "EntityDeclHandler", "AttlistDeclHandler", "ElementDeclHandler", "NotationDeclHandler", "DefaultHandler",
                 "StartNamespaceDeclHandler", "UnparsedEntityDeclHandler", "XmlDeclHandler", "SkippedEntityHandler"):
        if input.below(3):
            setattr(parser, name, lambda *what: seen.append(what))
    parser.ordered_attributes, parser.buffer_text, parser.namespace_prefixes = input.below(2), input.below(2), input.below(2)
    parser.ExternalEntityRefHandler = lambda *what: 1
    piece = input.take(input.below(40))
    content = input.rest()
    builder = tree.XMLParser()
    try:
        parser.Parse(piece, False)
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        problem.lineno, problem.offset, str(problem)
    try:
        builder.feed(piece)
        builder.feed(content)
        root = builder.close()
    except tree.ParseError:
        return
    require(tree.tostring(tree.fromstring(tree.tostring(root))) == tree.tostring(root), content)


def look_at_dates(input):
    kinds = [datetime.date, datetime.time, datetime.datetime]
    text = input.text(40)
    for kind in kinds:
        try:
            value = kind.fromisoformat(text)
        except ValueError:
            continue
        require(kind.fromisoformat(value.isoformat()) == value and hash(value) == hash(kind.fromisoformat(value.isoformat())), text)
        require(eval(repr(value), {"datetime": datetime}) == value, text)
        kind(*value.__reduce_ex__(2)[1])
    for question in (lambda: datetime.datetime(input.take(10)), lambda: datetime.date(input.take(4)), lambda: datetime.time(input.take(6), input.pick(kinds)),
                     lambda: datetime.datetime.fromtimestamp(input.number(), datetime.timezone.utc), lambda: datetime.timedelta(input.number(), input.number(), input.number()),
                     lambda: datetime.timezone(datetime.timedelta(seconds=input.number()), text), lambda: datetime.date.fromordinal(input.number()),
                     lambda: datetime.datetime(2024, 2, 29).strftime(text), lambda: datetime.date.fromisocalendar(input.number(), input.number(), input.number()),
                     lambda: datetime.datetime.max - datetime.timedelta(input.number()), lambda: datetime.timedelta(1) / input.number()):
        try:
            value = question()
            repr(value), str(value), hash(value), value == value
        except (ValueError, OverflowError, TypeError, ZeroDivisionError, UnicodeError):
            pass


def look_at_base(input):
    raw = input.rest()
    for encode, decode in ((binascii.b2a_base64, binascii.a2b_base64), (binascii.hexlify, binascii.unhexlify),
                           (binascii.b2a_qp, binascii.a2b_qp), (lambda x: binascii.b2a_uu(x[:45]), lambda x: binascii.a2b_uu(x))):
        try:
            decode(raw)
        except binascii.Error:
            pass
        encoded = encode(raw)
        if encode is not binascii.b2a_qp:
            require(raw.startswith(decode(encoded)), raw)
        else:
            decode(encoded)
    binascii.crc_hqx(raw, 1), binascii.crc32(raw)
    try:
        binascii.a2b_base64(raw, strict_mode=True)
    except binascii.Error:
        pass


def fuzz(data):
    input = Input(data)
    input.pick([look_at_json, look_at_csv, look_at_xml, look_at_dates, look_at_base])(input)

"""Every codec of the library on any bytes and texts, with every error handler; at once and in pieces. Text methods by their laws."""
import codecs
import encodings
import pkgutil
import unicodedata

from fuzz_input import Input, require

NAMES = ["utf-8", "utf-16", "utf-32", "utf-7", "latin-1", "ascii", "unicode_escape", "raw_unicode_escape"]
for each in pkgutil.iter_modules(encodings.__path__):
    if each.name not in ("aliases", "mbcs", "oem", "idna", "undefined", "bz2_codec", "zlib_codec"):
        try:
            codecs.lookup(each.name)
        except LookupError:
            continue
        NAMES.append(each.name)
HANDLERS = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace", "namereplace", "unknown", "odd"]
EXACT = {"utf-8", "utf_8", "utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be", "latin-1", "ascii"}  # those with a BOM differ in pieces
ANSWERS = [("", 1), ("?", -1), (b"!", 0), ("\u20ac", 10 ** 9), ("xy", 3), "no", ("\ud800", 2), (1, 2)]


def odd(problem):
    odd.calls += 1
    if odd.calls > 50:
        raise problem
    return ANSWERS[odd.choice % len(ANSWERS)]


codecs.register_error("odd", odd)


def look_at_codec(input):
    name, handler = input.pick(NAMES), input.pick(HANDLERS)
    odd.choice, odd.calls = input.byte(), 0
    cut = input.below(9)
    raw = input.rest()
    whole = pieces = None
    try:
        whole = codecs.decode(raw, name, handler)
    except (ValueError, LookupError, TypeError, IndexError, AssertionError):
        pass
    odd.calls = 0
    try:
        machine = codecs.getincrementaldecoder(name)(handler)
        pieces = machine.decode(raw[:cut]) + machine.decode(raw[cut:cut + 1]) + machine.decode(raw[cut + 1:], True)
        machine.setstate(machine.getstate())
    except (ValueError, LookupError, TypeError, IndexError, AssertionError):
        pass
    if name in EXACT and handler in ("strict", "replace", "surrogateescape", "backslashreplace"):
        require(whole == pieces, name, handler, raw)
    text = whole if isinstance(whole, str) else raw.decode("utf-8", "surrogateescape")
    odd.calls = 0
    try:
        packed = codecs.encode(text, name, handler)
        if handler == "strict" and name in EXACT:
            require(codecs.decode(packed, name) == text, name, text)
        machine = codecs.getincrementalencoder(name)(handler)
        machine.encode(text[:cut]), machine.encode(text[cut:], True)
        machine.setstate(machine.getstate())
    except (ValueError, LookupError, TypeError, IndexError, AssertionError):
        pass


def plain_find(text, part, start, end):
    if start > len(text):
        return -1
    start, end, _ = slice(start, end).indices(len(text))
    for at in range(start, end - len(part) + 1):
        if text[at:at + len(part)] == part:
            return at
    return -1


def look_at_text(input):
    start, end = input.number(), input.number()
    part, other, text = input.text(input.below(4)), input.text(input.below(4)), input.text(80)
    require(text.find(part, start, end) == plain_find(text, part, start, end), text, part, start, end)
    if part:
        require(text.replace(part, other) == other.join(text.split(part)) and text.count(part) == len(text.split(part)) - 1, text, part, other)
        require("".join(text.partition(part)) == text == "".join(text.rpartition(part)), text, part)
    require("".join(text.splitlines(True)) == text and text[::-1][::-1] == text and (text + part)[len(text):] == part, text)
    require(hash(text) == hash("".join(list(text))) and ascii(text).isascii() and eval(repr(text)) == text and eval(ascii(text)) == text, text)
    text.translate({65: None, 97: other, 32: 0x10FFFF}), text.title(), text.casefold(), text.swapcase(), text.expandtabs(end % 40), text.zfill(start % 200)
    text.center(end % 200, other[:1] or " "), text.strip(part), text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
    require(text.upper().lower().isprintable() in (True, False) and text.removeprefix(part) in (text, text[len(part):]), text)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        normal = unicodedata.normalize(form, text)
        require(unicodedata.normalize(form, normal) == normal and unicodedata.is_normalized(form, normal), form, text)
    for each in text[:8]:
        name = unicodedata.name(each, "")
        require(not name or unicodedata.lookup(name) == each, each)
        unicodedata.decomposition(each), unicodedata.numeric(each, None), unicodedata.bidirectional(each)
    try:
        unicodedata.lookup(text)
    except KeyError:
        pass


def fuzz(data):
    input = Input(data)
    (look_at_text if input.below(4) == 0 else look_at_codec)(input)

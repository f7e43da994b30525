# pyexpat: events, joined text, name interning, errors with their place, encodings, exceptions in handlers.
import traceback

from xml.parsers import expat


def events(document, **settings):
    parser = expat.ParserCreate(namespace_separator=settings.pop("separator", None))
    for name, value in settings.items():
        setattr(parser, name, value)
    seen = []
    for name in ("StartElement", "EndElement", "CharacterData", "ProcessingInstruction", "Comment", "XmlDecl", "StartNamespaceDecl",
                 "StartCdataSection", "EndCdataSection", "EntityDecl", "ElementDecl", "StartDoctypeDecl", "SkippedEntity"):
        setattr(parser, name + "Handler", lambda *arguments, name=name: seen.append((name,) + arguments))
    parser.Parse(document, True)
    return seen


assert events("<?xml version='1.0'?><a x='1'>t&amp;u<!-- c --><?p q?></a>") == [
    ("XmlDecl", "1.0", None, -1), ("StartElement", "a", {"x": "1"}), ("CharacterData", "t"), ("CharacterData", "&"),
    ("CharacterData", "u"), ("Comment", " c "), ("ProcessingInstruction", "p", "q"), ("EndElement", "a")]
assert events("<a y='2' x='1'>t&amp;u</a>", ordered_attributes=True, buffer_text=True) == [
    ("StartElement", "a", ["y", "2", "x", "1"]), ("CharacterData", "t&u"), ("EndElement", "a")]
assert events(b"<n:a xmlns:n='u'/>", separator=" ", namespace_prefixes=True) == [
    ("StartNamespaceDecl", "n", "u"), ("StartElement", "u a n", {}), ("EndElement", "u a n")]
assert events("<!DOCTYPE a [<!ELEMENT a (b|c)*><!ENTITY e 'v'>]><a><![CDATA[x]]>&e;</a>") == [
    ("StartDoctypeDecl", "a", None, None, 1),
    ("ElementDecl", "a", (5, 2, None, ((4, 0, "b", ()), (4, 0, "c", ())))),
    ("EntityDecl", "e", 0, "v", None, None, None, None),
    ("StartElement", "a", {}), ("StartCdataSection",), ("CharacterData", "x"), ("EndCdataSection",), ("CharacterData", "v"),
    ("EndElement", "a")]
assert events("<?xml version='1.0' encoding='iso-8859-15'?><a>\xa4</a>".encode("latin-1"))[2] == ("CharacterData", "\u20ac")

names = [event[1] for event in events("<abc><abc/></abc>") if event[0] == "StartElement"]
assert names[0] is names[1]

try:
    expat.ParserCreate().Parse("<a>\n <b></a>", True)
except expat.ExpatError as error:
    assert str(error) == "mismatched tag: line 2, column 6" and (error.lineno, error.offset) == (2, 6)
    assert expat.errors.messages[error.code] == expat.errors.XML_ERROR_TAG_MISMATCH
else:
    raise AssertionError("tags did not match")


def fails(name, attributes):
    raise KeyError(name)


parser = expat.ParserCreate()
parser.StartElementHandler = fails
try:
    parser.Parse("<a><b/></a>")
except KeyError as error:
    entries = traceback.extract_tb(error.__traceback__)
    assert [entry.name for entry in entries[1:]] == ["StartElement", "fails"]
else:
    raise AssertionError("the handler's error was lost")
assert parser.StartElementHandler is None

for name, value, problem in (("buffer_size", 0, ValueError), ("buffer_size", "a", TypeError), ("nonsense", 1, AttributeError)):
    try:
        setattr(parser, name, value)
    except problem:
        continue
    raise AssertionError(name)

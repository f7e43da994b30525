# Codec names: what normalisation makes of them, which are not for text, and that nothing is looked up for no bytes.
import codecs

assert "é".encode("UTF---8") == "é".encode("utf 8") == "é".encode("Utf_8") == b"\xc3\xa9"
assert b"\xe9".decode("ISO 8859 1") == b"\xe9".decode("L1") == "é"
assert b"".decode("no such codec") == "" and str(b"", "no such codec") == ""
names = []


def search(name):
    names.append(name)


codecs.register(search)
for name in ("Test.Name--1", "  a  b  ", "x\xe9\u20ac-8"):
    try:
        codecs.lookup(name)
    except LookupError as error:
        assert str(error) == "unknown encoding: " + name, error
codecs.unregister(search)
assert names == ["test.name_1", "a_b", "x_8"], names
for call, message in (
    (lambda: "a".encode("rot13"), "'rot13' is not a text encoding; use codecs.encode() to handle arbitrary codecs"),
    (lambda: b"a".decode("hex"), "'hex' is not a text encoding; use codecs.decode() to handle arbitrary codecs"),
):
    try:
        call()
    except LookupError as error:
        assert str(error) == message, error
    else:
        raise AssertionError("a binary codec was taken for text")
try:
    codecs.decode(b"zz", "hex")
except ValueError as error:
    assert str(error) == "decoding with 'hex' codec failed (Error: Non-hexadecimal digit found)", error
    assert type(error.__cause__) is type(error)

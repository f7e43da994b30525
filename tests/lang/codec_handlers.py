# Error handlers see the malformed range, may replace the input and go on anywhere, and are checked.
import codecs

seen = []


def handler(error):
    seen.append((error.encoding, error.start, error.end, error.reason))
    return ("?", error.end)


codecs.register_error("test.note", handler)
text = b"a\xff\xc3(\xe2\x82b\xed\xa0\x80\xf0\x9f".decode("utf-8", "test.note")
assert text == "a??(?b????", text
assert [s[1:] for s in seen] == [
    (1, 2, "invalid start byte"),
    (2, 3, "invalid continuation byte"),
    (4, 6, "invalid continuation byte"),
    (7, 8, "invalid continuation byte"),
    (8, 9, "invalid start byte"),
    (9, 10, "invalid start byte"),
    (10, 12, "unexpected end of data"),
], seen
seen.clear()
assert "a\ud800\udc00é中b".encode("ascii", "test.note") == b"a?b" and seen == [("ascii", 1, 5, "ordinal not in range(128)")]
assert "a\u20acb".encode("latin-1", "namereplace") == b"a\\N{EURO SIGN}b"
assert "\ud800x".encode("utf-16-le", "surrogatepass") == b"\x00\xd8x\x00"
assert b"a\x80\xffz".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape") == b"a\x80\xffz"


def swap(error):
    if error.object != b"other\xff":
        error.object = b"other\xff"
        return ("<", 0)
    return (">", error.end)


codecs.register_error("test.swap", swap)
assert b"a\xff".decode("utf-8", "test.swap") == "a<other>"
for result, kind, message in (
    (1, TypeError, "decoding error handler must return (str, int) tuple"),
    (("x", 99), IndexError, "position 99 from error handler out of bounds"),
    ((b"x", 1), TypeError, "decoding error handler must return (str, int) tuple"),
):
    codecs.register_error("test.bad", lambda error: result)
    try:
        b"\xff".decode("utf-8", "test.bad")
    except kind as error:
        assert str(error) == message, error
    else:
        raise AssertionError("a bad handler result was taken")

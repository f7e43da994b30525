"""Subscripts that run often take a special form; operands that it does not expect give the same results as before."""
import dis
import io
from contextlib import redirect_stdout


def item(container, key):
    return container[key]


class Text(str):
    def __getitem__(self, key):
        return "mine"


class Index(int):
    def __index__(self):
        raise AssertionError("an int's own value counts")


# Strings of each width, from the first index to the last, and characters that are shared.
for text in "abc\xff", "a\u20ac", "\U0001f600\udc80z":
    for _ in range(50):
        for at in range(len(text)):
            assert item(text, at) == text[at:at + 1]
            assert ord(item(text, at)) >= 256 or item(text, at) is chr(ord(text[at]))
    for at in -1, -len(text), Index(1), True:
        assert item(text, at) == text[int(at)]
    for at in len(text), -len(text) - 1, 1 << 40, 1 << 70:
        try:
            item(text, at)
        except IndexError as error:
            wanted = "string index out of range" if at < 1 << 63 else "cannot fit 'int' into an index-sized integer"
            assert str(error) == wanted, error
        else:
            raise AssertionError(at)
    try:
        item(text, "0")
    except TypeError as error:
        assert str(error) == "string indices must be integers, not 'str'", error
    else:
        raise AssertionError
    assert item(Text(text), 0) == "mine"
    assert item([text], 0) is text and item({0: text}, 0) is text and item((text,), 0) is text and item(b"a", 0) == 97

# What dis shows of it are instructions that it knows.
for _ in range(50):
    item("abc", 1)
with redirect_stdout(io.StringIO()) as shown:
    dis.dis(item, adaptive=True)
assert "BINARY_SUBSCR" in shown.getvalue() and "<" not in shown.getvalue(), shown.getvalue()

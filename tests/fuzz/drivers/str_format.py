"""str.format, format specifications and % formatting: any text, against values of every kind that has a format."""
import _string
import datetime
import string

from fuzz_input import Input


class Odd:
    """Formats as what it is told."""

    def __init__(self, answer):
        self.answer = answer
        self.itself = self

    def __format__(self, spec):
        return self.answer

    def __str__(self):
        return self.answer

    __repr__ = __str__

    def __index__(self):
        return self.answer

    def __getitem__(self, key):
        return key


VALUES = [0, 1, -1, 65, 255, 1 << 70, -(1 << 70), 10 ** 30, True, 1.5, -0.0, float("nan"), float("inf"), 1e300, 5e-324, 123456.789, 1 + 2j, -0j,
          complex(float("nan"), float("-inf")), "", "text", "\u00e9\u00df", "\u20ac" * 3, "\U0001d11e", "\ud800", b"", b"by%es\xff", bytearray(b"x"),
          None, [1], (1, 2), {"a": 1, "k": (2,), 0: "zero"}, datetime.datetime(2024, 2, 29, 12), Odd("odd"), Odd(3), Odd(None), object, len]


class Every(dict):
    def __missing__(self, key):
        return VALUES[len(key) % len(VALUES)] if isinstance(key, (str, bytes)) else 1


def fuzz(data):
    input = Input(data)
    how = input.below(8)
    values = [input.pick(VALUES) for _ in range(input.below(5))]
    value = values[0] if values else 0
    text = input.text(len(data))
    if how == 0:
        text.format(*values, a=value, k=1)
    elif how == 1:
        format(value, text)
    elif how == 2:
        text % tuple(values)
    elif how == 3:
        text.encode("utf-8", "surrogatepass") % tuple(values)
    elif how == 4:
        text.format_map(Every())
    elif how == 5:
        text % Every()
    elif how == 6:
        string.Formatter().format(text, *values, a=value)
    else:
        for literal, name, spec, conversion in _string.formatter_parser(text):
            if name:
                first, rest = _string.formatter_field_name_split(name)
                list(rest)

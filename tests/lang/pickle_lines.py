"""Unpickling numbers from lines: as C reads them, up to a NUL, the newline among the blanks."""
import datetime
import pickle


def outcome(call, *arguments, **keywords):
    try:
        return call(*arguments, **keywords)
    except Exception as error:
        return type(error), str(error)


truncated = pickle.UnpicklingError, "pickle data was truncated"
not_int = ValueError, "could not convert string to int"
for line, expected in [
    (b"00", False), (b"01", True), (b"+1", True), (b" 1", True), (b"-0", False), (b"1\0", True), (b"0", 0), (b"001", 1), (b"010", 8),
    (b"0x1f", 31), (b"1_0", 10), (b"1 ", 1), (b"1\r", 1), (b"1\0x", 1), (b"\0x", False), (b"\0xx", 0), (b"9" * 25, int("9" * 25)),
    (b"", truncated), (b" ", not_int), (b"x", not_int), (b"1_", not_int), (b"1" * 5000, not_int),
]:
    loaded = outcome(pickle.loads, b"I" + line + b"\n.")
    assert loaded == expected and type(loaded) is type(expected), line

for line, expected in [
    (b"12L", 12), (b"-12", -12), (b"0x1fL", 31), (b"1\0x", 1), (b"", truncated),
    (b"x", (ValueError, r"invalid literal for int() with base 10: 'x\n'")), (b"xL", (ValueError, "invalid literal for int() with base 10: 'x'")),
    (b"01", (ValueError, r"invalid literal for int() with base 0: '01\n'")), (b"0xg\0", (ValueError, "invalid literal for int() with base 16: '0xg'")),
]:
    assert outcome(pickle.loads, b"L" + line + b"\n.") == expected, line
assert outcome(pickle.loads, b"L\xff\n.")[0] is UnicodeDecodeError
assert outcome(pickle.loads, b"L" + b"1" * 5000 + b"\n.")[1].startswith("Exceeds the limit (4300 digits)")

for line, expected in [
    (b"1.5", 1.5), (b"1.5\0x", 1.5), (b"inf", float("inf")), (b"", truncated), (b"1.5x", (ValueError, "could not convert string to float")),
    (b"1_0", (ValueError, "could not convert string to float")), (b"x", (ValueError, "could not convert string to float: 'x\n'")),
    (b" 1", (ValueError, "could not convert string to float: ' 1\n'")), (b"\xe9", (ValueError, "could not convert string to float: '\ufffd\n'")),
    (b"1e999", (OverflowError, "value too large to convert to float: '1e999\n'")),
]:
    assert outcome(pickle.loads, b"F" + line + b"\n.") == expected, line

# GET and PUT; what is to be put is looked for first.
assert pickle.loads(b"Np1\0x\n0g1\n.") is None
assert outcome(pickle.loads, b"gx\n.") == (ValueError, r"invalid literal for int() with base 10: 'x\n'")
assert outcome(pickle.loads, b"px\n.") == (pickle.UnpicklingError, "unpickling stack underflow")
assert outcome(pickle.loads, b"g\n.") == truncated == outcome(pickle.loads, b"c\nname\n.")
assert outcome(pickle.loads, b"T\xff\xff\xff\xffx.") == truncated
assert outcome(pickle.loads, b"S\n.") == (pickle.UnpicklingError, "the STRING opcode argument must be quoted")

# Dates are made of their arguments in order: a wrong one is named before a missing one.
no_int = TypeError, "'bytes' object cannot be interpreted as an integer"
for kind in [datetime.date, datetime.datetime]:
    assert outcome(kind, b"abc") == no_int == outcome(kind, 1, b"abc") == outcome(kind, year=b"abc", day=1)
    assert outcome(kind, 1) == (TypeError, "function missing required argument 'month' (pos 2)") == outcome(kind, 1, day=b"abc")

"""Odd values as source text: what the generators put into programs as literals and arguments.

Every method draws from one random.Random, so that a seed gives the same text again."""
import random

INTEGERS = ["0", "1", "-1", "2", "3", "-3", "7", "10", "16", "36", "37", "63", "64", "100", "127", "128", "-128", "255", "256", "257", "-5", "-6",
            "1000", "0xd800", "0xdfff", "0xffff", "0x10000", "0x10ffff", "0x110000", "2**15", "2**30-1", "2**30", "-2**30", "2**31-1", "2**31",
            "-2**31", "-2**31-1", "2**32", "2**53", "2**53+1", "2**60", "2**62", "2**63-1", "2**63", "-2**63", "-2**63-1", "2**64-1", "2**64",
            "10**18", "10**19", "10**40", "-10**25+7", "3**200", "True", "False"]
FLOATS = ["0.0", "-0.0", "1.0", "-1.0", "0.5", "1.5", "2.5", "-2.5", "0.1", "0.3", "1e16", "1e15", "123456789.125", "1e-5", "1e-4", "1e22", "1e23",
          "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "float('inf')", "float('-inf')", "float('nan')", "3.141592653589793",
          "1e100", "-1e-100", "9007199254740993.0", "2.675", "1.005", "0.30000000000000004", "4.35", "1e300*1e10", "1/3", "2**0.5"]
COMPLEXES = ["0j", "1j", "-1j", "1+2j", "-0.0-0j", "complex('nan')", "complex('inf-infj')", "complex(0.0, -0.0)", "complex(-0.0, 0.0)",
             "1e308+1e308j", "3-4j", "complex(float('inf'), float('nan'))", "1e-320j", "2.5+0j"]
# Pieces of text: all three widths, combining marks, case oddities, digits of other scripts, surrogates, white space, separators.
PIECES = ["", "a", "b", "A", "Z", "ab", "abc", "aXb", "0", "1", "42", "-7", "+3", "_", " ", "  ", "\t", "\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1f",
          "\x00", "\x7f", "\x85", "\xa0", "\xe9", "\xdf", "\xb5", "\xff", "\xb2", "\xbd", "\u0130", "\u0131", "\u0149", "\u01c5", "\u0345", "\u03a3",
          "\u03c3", "\u03c2", "\u0660", "\u0967", "\u1e9e", "\u2028", "\u2029", "\u2003", "\u3000", "\ufb01", "\ufeff", "\uffff", "\ud800", "\udc80", "\udfff",
          "\U0001f600", "\U0001d7d8", "\U00010400", "\U0010ffff", "e\u0301", "\u1100\u1161", "x y", "a,b,c", "a\nb\r\nc", "{}", "%s", "%", "{0}", "\\", "'",
          '"', "'\"", "hello", "Hello World", "ABCabc", "spam", "1e5", "nan", "0x1f", "1_000", "\u4e2d\u6587", "\u2460", "\u5341", "\ud83d\ude00"]
BYTE_PIECES = [b"", b"a", b"ab", b"abc", b"A", b"Z", b" ", b"\t", b"\n", b"\r\n", b"\x00", b"\x7f", b"\x80", b"\xff", b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80",
               b"\xed\xa0\x80", b"\xc0\x80", b"0", b"42", b"-7", b"%s", b"%", b"'", b'"', b"\\", b"a,b", b"x y", b"\xe2\x82", b"spam", b"\x1c", b"\x0b", b"\x85", b"_"]
NAMES = ["alpha", "beta", "gamma", "delta", "x", "y", "z", "item", "value", "total"]


class Values:
    """Draws source texts of values."""

    def __init__(self, seed):
        self.random = seed if isinstance(seed, random.Random) else random.Random(seed)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def choice(self, options):
        return self.random.choice(options)

    def small(self, low=-4, high=9):
        return str(self.random.randint(low, high))

    def integer(self):
        kind = self.random.random()
        if kind < 0.35:
            return self.small()
        if kind < 0.8:
            return self.choice(INTEGERS)
        return str(self.random.getrandbits(self.choice([8, 30, 31, 60, 64, 65, 90, 128, 300])) * self.choice([1, 1, -1]))

    def floating(self):
        if self.chance(70):
            return self.choice(FLOATS)
        return repr(self.random.choice([1, -1]) * self.random.random() * 10.0 ** self.random.randint(-20, 20))

    def ordered_float(self):
        """No nan: its hash is its address."""
        text = self.floating()
        return "0.25" if "nan" in text else text

    def complex(self):
        if self.chance(60):
            return self.choice(COMPLEXES)
        return f"complex({self.floating()}, {self.floating()})"

    def number(self):
        return self.choice([self.integer, self.integer, self.floating, self.floating, self.complex])()

    def raw_text(self, most=5):
        return "".join(self.choice(PIECES) for _ in range(self.random.randint(0, most)))

    def text(self, most=5):
        return ascii(self.raw_text(most))

    def raw_data(self, most=5):
        return b"".join(self.choice(BYTE_PIECES) for _ in range(self.random.randint(0, most)))

    def data(self, most=5):
        literal = repr(self.raw_data(most))
        if self.chance(20):
            return f"bytearray({literal})"
        if self.chance(8):
            return f"memoryview({literal})"
        return literal

    def hashable(self, depth=1):
        kinds = [self.integer, self.integer, self.text, self.text, self.ordered_float, lambda: repr(self.raw_data(2))]
        if depth > 0:
            kinds.append(lambda: self.tuple(depth - 1))
        return self.choice(kinds)()

    def _items(self, depth, draw=None, most=4):
        return ", ".join((draw or (lambda: self.anything(depth)))() for _ in range(self.random.randint(0, most)))

    def tuple(self, depth=1):
        items = self._items(depth, lambda: self.hashable(depth))
        return f"({items},)" if items else "()"

    def list(self, depth=1):
        return f"[{self._items(depth - 1)}]"

    def set(self, depth=0):
        items = self._items(0, lambda: self.hashable(0), 6)
        kind = self.choice(["set", "set", "frozenset"])
        return f"{kind}([{items}])"

    def dict(self, depth=1):
        pairs = ", ".join(f"{self.hashable(0)}: {self.anything(depth - 1)}" for _ in range(self.random.randint(0, 4)))
        return "{" + pairs + "}"

    def sequence(self, depth=1):
        return self.choice([self.tuple, self.list, self.list])(depth)

    def iterable(self, depth=1):
        kinds = [lambda: self.list(depth), lambda: self.tuple(depth), self.text, self.set, lambda: self.dict(depth), lambda: f"range({self.small()}, {self.small()})",
                 lambda: f"iter({self.list(depth)})", lambda: f"(q for q in {self.list(depth)})", lambda: f"map(str, {self.integers()})",
                 lambda: repr(self.raw_data(3)), lambda: f"zip({self.list(depth)}, {self.text()})", lambda: f"enumerate({self.text()})"]
        return self.choice(kinds)()

    def integers(self, most=6):
        return "[" + ", ".join(self.small(-9, 20) for _ in range(self.random.randint(0, most))) + "]"

    def texts(self, most=5):
        return "[" + ", ".join(self.text(2) for _ in range(self.random.randint(0, most))) + "]"

    def slice(self):
        part = lambda: self.choice(["", "", self.small(), self.small(), self.integer(), "None"])
        text = f"{part()}:{part()}"
        return text + (f":{part()}" if self.chance(50) else "")

    def anything(self, depth=1):
        kinds = [self.integer, self.integer, self.floating, self.text, self.text, self.data, self.complex, lambda: "None", lambda: "...", lambda: "NotImplemented",
                 lambda: self.choice(["int", "str", "len", "object()", "print", "list[int]", "int | None"])]
        if depth > 0:
            kinds += [lambda: self.list(depth), lambda: self.tuple(depth - 1), lambda: self.dict(depth), self.set, lambda: f"slice({self.small()}, None, {self.integer()})",
                      lambda: f"range({self.small()}, {self.small()}, {self.small()})"]
        return self.choice(kinds)()

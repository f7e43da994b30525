"""What drivers share: the input as a row of decisions, and the error for what must not be."""


class Finding(BaseException):
    """A law that does not hold. No Exception, so that nothing on the way takes it for a bad input."""


def require(condition, *what):
    if not condition:
        raise Finding(*what)


class Input:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def byte(self):
        if self.at >= len(self.data):
            return 0
        self.at += 1
        return self.data[self.at - 1]

    def below(self, count):
        return self.byte() % count

    def pick(self, choices):
        return choices[self.byte() % len(choices)]

    def take(self, length):
        part = self.data[self.at:self.at + length]
        self.at += len(part)
        return part

    def rest(self):
        return self.take(len(self.data))

    def number(self):
        """Mostly small, sometimes at the edge of a machine word, sometimes large."""
        kind = self.byte()
        if kind < 160:
            return kind - 20
        if kind < 200:
            return self.pick(EDGES)
        return int.from_bytes(self.take(kind % 24), "little", signed=True)

    def text(self, length):
        """In one of the three widths that a str may have, surrogates included."""
        kind = self.byte() % 4
        raw = self.take(length)
        if kind == 0:
            return raw.decode("latin-1")
        if kind == 1:
            return raw.decode("utf-8", "surrogateescape")
        if kind == 2:
            return "".join(chr(a * 256 + b) for a, b in zip(raw[::2], raw[1::2]))
        return "".join(WIDE[each % len(WIDE)] for each in raw)


EDGES = [sign * (1 << bits) + near for bits in (7, 8, 15, 16, 30, 31, 32, 60, 62, 63, 64) for sign in (1, -1) for near in (-1, 0, 1)]
WIDE = "ab \t\n{}%,'\"0123456789.-+eE_()[]\u00e9\u00df\u0130\u0661\u2028\u20ac\ud800\udcff\uffff\U0001d11e\U0010ffff"

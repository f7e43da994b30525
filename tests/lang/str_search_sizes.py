# Searching, counting, splitting and repr give what a walk over the positions gives, for texts and parts around the sizes at which
# the methods change.
import random

random.seed(7)


def positions(text, part):
    found, at = [], 0
    while at + len(part) <= len(text):
        if all(text[at + i] == part[i] for i in range(len(part))):
            found.append(at)
            at += len(part)
        else:
            at += 1
    return found


def check(text, part):
    found = positions(text, part)
    assert (part in text) == bool(found)
    assert text.find(part) == (found[0] if found else -1)
    assert text.count(part) == len(found)
    pieces, start = [], 0
    for at in found:
        pieces.append(text[start:at])
        start = at + len(part)
    assert text.split(part) == pieces + [text[start:]]


for alphabet in "ab", "ab\xe9", "ab\u0416", "ab\U0001f40d":
    for size in (0, 1, 11, 12, 13, 31, 32, 33, 64, 255, 256, 257, 300):
        text = "".join(random.choice(alphabet) for _ in range(size))
        for length in (1, 2, 3, 11, 12, 13, 14):
            part = "".join(random.choice(alphabet) for _ in range(length))
            check(text, part)
            check(text.replace("a", "b") + part, part)
            check("b" * size + part + "b" * size, part)
            if alphabet == "ab":
                data, sought = text.encode(), part.encode()
                assert data.find(sought) == text.find(part) and data.count(sought) == text.count(part)

assert ("o" * 8000).count("o") == 8000 and ("\u0416" * 700).count("\u0416") == 700
blanks = [chr(c) for c in range(256) if not chr(c).split()]
assert blanks == ["\t", "\n", "\x0b", "\x0c", "\r", "\x1c", "\x1d", "\x1e", "\x1f", " ", "\x85", "\xa0"], blanks
for blank in blanks:
    assert f"{blank}ab{blank}{blank}c".split() == ["ab", "c"]
assert repr("a'b") == '"a\'b"' and repr("a'\"b") == "'a\\'\"b'" and repr("\x7f\x1f\\\xa0") == r"'\x7f\x1f\\\xa0'"

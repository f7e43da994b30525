# Searching str and bytes gives what a plain loop gives: all kinds of characters, long and periodic needles, both directions.
state = 12345


def rnd(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
    return (state >> 33) % n


def naive_find(text, part, start, end):
    for i in range(start, end - len(part) + 1):
        if text[i : i + len(part)] == part:
            return i
    return -1


def naive_rfind(text, part, start, end):
    for i in range(end - len(part), start - 1, -1):
        if text[i : i + len(part)] == part:
            return i
    return -1


def naive_count(text, part):
    count = i = 0
    while (i := naive_find(text, part, i, len(text))) >= 0:
        count += 1
        i += len(part)
    return count


def check(text, part):
    n = len(text)
    start, end = sorted((rnd(n + 1), rnd(n + 1)))
    assert text.find(part, start, end) == naive_find(text, part, start, end), (text, part, start, end)
    assert text.rfind(part, start, end) == naive_rfind(text, part, start, end), (text, part, start, end)
    assert (part in text) == (naive_find(text, part, 0, n) >= 0)
    if part:
        assert text.count(part) == naive_count(text, part)
        mark = text[:0] + ("|" if isinstance(text, str) else b"|")
        assert mark.join(text.split(part)) == text.replace(part, mark)
        assert text.split(part) == text.rsplit(part) or len(part) > 1


for alphabet in ("ab", "aé", "a\u4e2d", "a\U0001f600b"):
    for _ in range(300):
        text = "".join(alphabet[rnd(len(alphabet))] for _ in range(rnd(60)))
        part = "".join(alphabet[rnd(len(alphabet))] for _ in range(rnd(4)))
        check(text, part)
        check(text, text[rnd(20) :][: rnd(30)])
        check(text, "ab")
        check(text.encode(), part.encode())
        check(text.encode(), text.encode()[rnd(20) :][: rnd(30)])

# Needles with periods, longer than what short searches handle.
for unit in ("ab", "aab", "a\u4e2d", "\U0001f600a"):
    part = unit * 12
    for text in (unit * 40, unit * 11 + "x" + unit * 13, ("x" + unit * 11) * 5, unit * 11 + unit[0] * 3 + unit * 12 + "y"):
        check(text, part)
        check(text, part + "x")
        check(text, unit[-1] + part)

# No input makes it quadratic: this takes hours when it is.
text = "a\u4e2d" * 200000
assert text.find("\u4e2da" * 50000 + "\u4e2d\u4e2d") == -1
assert text.rfind("aa" + "\u4e2da" * 50000) == -1

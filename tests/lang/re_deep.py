# The matcher does not recurse: long subjects and deep repeats neither crash nor raise; groups hold the accepted path's text.
import re

n = 200000
assert re.match(r"(?:a|b)*", "ab" * n).end() == 2 * n
assert re.match(r"(?:(?:a|b)(c?))*", "ab" * n).span(1) == (2 * n, 2 * n)
assert re.match(r"(a|b)*?c", "ab" * n + "c").group(1) == "b"
assert re.match(r"(?:(?:ab)*c)*", "ababc" * n).end() == 5 * n
assert re.match(r"(?:(?=(a))a|b)*", "ab" * n).group(1) == "a"
assert re.fullmatch(r"(?>a|b)*+c?", "ab" * n).end() == 2 * n
assert re.search(r"(?:x|y)*z", "xy" * 2000) is None
# Groups of abandoned paths are forgotten.
assert re.match(r"(?:(a)b|ac)", "ac").groups() == (None,)
assert re.match(r"(?:(a)|b)*", "ab").groups() == ("a",)
assert re.match(r"(?:(?:(a)x)?a)*", "aaxa").groups() == ("a",)
assert re.match(r"((a)|(b))*", "aba").groups() == ("a", "a", "b")
assert re.match(r"(?!(a)b)a", "ac").groups() == (None,)
assert re.match(r"(?:(a)(?!b)|a)b", "ab").groups() == (None,)
assert re.match(r"(?>(a)b|a)c", "ac").groups() == (None,)
assert re.match(r"(a)?+(?(1)b|c)", "ab").group() == "ab"

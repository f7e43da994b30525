# Code words that would lead the matcher astray are refused when a pattern is made from them.
import _sre

for code in (
    [],
    [15, 99, 1],
    [15, 0, 1],
    [16],
    [16, 97],
    [17, 9, 1],
    [11, 0, 1],
    [7, 3, 16, 97, 1],
    [23, 4, 0, 5, 16, 97, 1],
    [24, 6, 3, 2, 16, 97, 1, 1],
    [13, 3, 22, 97, 0, 1],
    [13, 2, 8, 99, 0, 1],
    [10, 300, 0, 1],
    [4, 4, 0, 16, 97, 0, 1],
    [99, 1],
):
    try:
        _sre.compile("x", 0, code, 0, {}, ())
    except RuntimeError as error:
        assert str(error) == "invalid SRE code", error
    else:
        raise AssertionError(code)
assert _sre.compile("x", 0, [16, 120, 1], 0, {}, ()).match("x").end() == 1

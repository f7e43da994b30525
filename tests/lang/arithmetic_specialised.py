# Arithmetic in places that have seen other operands before: the same results as the first time, and the same errors.
import operator

INTS = [0, 1, -1, 7, -7, 255, 256, 257, -5, -6, 2**30 - 1, 2**30, -(2**30), 2**31, 2**60 - 1, -(2**60) + 1, 2**60, 2**61, 2**63, 10**30]
FLOATS = [0.0, -0.0, 1.5, -2.25, 1e308, float("inf"), 5e-324]
OPERATORS = {
    "&": operator.and_, "|": operator.or_, "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift, "//": operator.floordiv,
    "%": operator.mod, "/": operator.truediv, "+": operator.add, "-": operator.sub, "*": operator.mul,
}


def outcome(function, a, b):
    try:
        return repr(function(a, b))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for sign, plain in OPERATORS.items():
    for source in (f"def f(a, b): return a {sign} b", f"def f(a, b):\n a {sign}= b\n return a"):
        for warm in ((3, 4), (3.5, 4), (4, 3.5), (2.5, 1.5)):
            space = {}
            exec(source, space)
            for _ in range(40):
                outcome(space["f"], *warm)
            for a in INTS + FLOATS:
                for b in INTS + FLOATS:
                    if sign != "<<" or type(b) is float or b < 100:
                        found, expected = outcome(space["f"], a, b), outcome(plain, a, b)
                        assert found.replace(f"{sign}=", sign) == expected, (sign, a, b, found, expected)


# A loop variable that somebody holds is not written over.
def kept():
    held = []
    for i in range(1000, 1010):
        held.append(i)
    cells = []
    for a in range(998, 1003):
        for b in range(2**30 - 2, 2**30 + 2):
            cells.append(b - a)
    return held, cells[:5], cells[-1], i


for _ in range(20):
    assert kept() == (list(range(1000, 1010)), [1073740824, 1073740825, 1073740826, 1073740827, 1073740823], 1073740823, 1009)


def deleted():
    for i in range(300, 310):
        if i == 305:
            del i
    return i


for _ in range(20):
    assert deleted() == 309

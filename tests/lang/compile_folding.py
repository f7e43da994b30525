# Constant folding: what becomes a constant, what stays, and that types and signs are kept apart.
def constants(source):
    return compile(source, "", "eval").co_consts


assert constants("2 ** 10 * 3") == (3072,)
assert constants("'ab' * 3 + 'c'") == ("abababc",)
assert constants("(1, 2)[1]") == (2,)
assert constants("-(1)") == (-1,)
assert constants("not 0") == (True,)
assert constants("1 / 0") == (1, 0)
assert constants("2 ** 1000") == (2, 1000)
assert constants("'x' * 5000") == ("x", 5000)
assert constants("a in [1, 2]") == ((1, 2),)
assert constants("a in {1, 2}") == (frozenset({1, 2}),)
assert constants("'%s-%5r' % (a, b)") == ("-", ">5")
assert [type(c) for c in constants("f(1, True, 1.0)")] == [int, bool, float]
assert [str(c) for c in constants("f(0.0, -0.0)")] == ["0.0", "-0.0"]
assert constants("f((1, 2), (1, 2))") == ((1, 2),)
assert len(constants("f((1, 2), (1, 2.0))")) == 2
assert compile("__debug__", "", "eval", optimize=1).co_consts == (False,)
assert "AssertionError" not in compile("assert x", "", "exec", optimize=1).co_names
assert compile("def f():\n 'doc'\n", "", "exec", optimize=2).co_consts[0].co_consts[0] is None

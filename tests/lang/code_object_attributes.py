# Code objects: what they are made of, equality, replace() and its checks.
def function(a, b=1, /, c=2, *args, d, **kwargs):
    cell = a
    return lambda: cell


code = function.__code__
assert (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount) == (3, 2, 1)
assert code.co_varnames == ("a", "b", "c", "d", "args", "kwargs")
assert code.co_cellvars == ("cell",)
assert code.co_consts[1].co_freevars == ("cell",)
assert code.co_nlocals == 6
assert code.co_qualname == "function" and code.co_consts[1].co_qualname == "function.<locals>.<lambda>"

renamed = code.replace(co_name="other")
assert renamed.co_name == "other" and renamed != code
assert code.replace() == code and hash(code.replace()) == hash(code)


def error(callable, *args, **kwargs):
    try:
        callable(*args, **kwargs)
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return "no error"


assert error(code.replace, co_argcount=-1) == "ValueError: co_argcount must be a positive integer"
assert error(code.replace, co_code=b"x") == "ValueError: code: co_code is malformed"
assert error(code.replace, co_nlocals=2) == "ValueError: code: co_nlocals != len(co_varnames)"
assert error(code.replace, co_consts=[]) == "TypeError: replace() argument 'co_consts' must be tuple, not list"
assert error(code.replace, wrong=1) == "TypeError: 'wrong' is an invalid keyword argument for replace()"
assert error(setattr, code, "co_name", "x") == "AttributeError: readonly attribute"

lines = list(compile("x = 1\ny = (2 +\n  z)\n", "f", "exec").co_lines())
assert lines[0] == (0, 2, 0) and lines[1] == (2, 4, 1), lines
positions = list(compile("value = left + right", "f", "exec").co_positions())
assert positions[1] == (1, 1, 8, 12) and positions[3] == (1, 1, 8, 20), positions

# Lines that lie far apart in a small line table: co_lnotab steps by 127 at most.
far = (lambda: 0).__code__.replace(co_firstlineno=1, co_linetable=b"\xe8\x40\x40\x40\x40\x02\xe8\x0b")
assert len(far.co_lnotab) > 2**23 // 127 and far.co_lnotab[1::2].count(127) == len(far.co_lnotab) // 2 - 2, far.co_lnotab[-8:]

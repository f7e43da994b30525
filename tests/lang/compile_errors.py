# SyntaxErrors of symbol tables and code generation: text and place.
cases = [
    ("return 1", "'return' outside function", (1, 1, 1, 9)),
    ("yield 1", "'yield' outside function", (1, 1, 1, 8)),
    ("def f():\n  break", "'break' outside loop", (2, 3, 2, 8)),
    ("for x in y:\n  with z:\n    pass\ncontinue", "'continue' not properly in loop", (4, 1, 4, 9)),
    ("def f(a, a): pass", "duplicate argument 'a' in function definition", (1, 10, 1, 11)),
    ("def f():\n  x = 1\n  global x", "name 'x' is assigned to before global declaration", (3, 3, 3, 11)),
    ("def f():\n  nonlocal x", "no binding for nonlocal 'x' found", (2, 3, 2, 13)),
    ("nonlocal x", "nonlocal declaration not allowed at module level", (1, 1, 1, 11)),
    ("async def f():\n  yield 1\n  return 2", "'return' with value in async generator", (3, 3, 3, 11)),
    ("def f(): await x", "'await' outside async function", (1, 10, 1, 17)),
    ("[(x := 1) for x in y]", "assignment expression cannot rebind comprehension iteration variable 'x'", (1, 3, 1, 4)),
    ("f(a=1, a=2)", "keyword argument repeated: a", (1, 8, 1, 11)),
    ("*a, *b = c", "multiple starred expressions in assignment", (1, 1, 1, 7)),
    ("from __future__ import nothing", "future feature nothing is not defined", (1, 1, 1, None)),
    ("x = 1\nfrom __future__ import division", "from __future__ imports must occur at the beginning of the file", (2, 1, 2, 32)),
    ("class C:\n  def f(): from m import *", "import * only allowed at module level", (2, 26, 2, 27)),
    ("match x:\n  case a: pass\n  case b: pass", "name capture 'a' makes remaining patterns unreachable", (2, 8, 2, 9)),
    ("match x:\n  case {'k': 1, 'k': 2}: pass", "mapping pattern checks duplicate key ('k')", (2, 8, 2, 24)),
    ("try: pass\nexcept* E:\n  return", "'return' outside function", (3, 3, 3, 9)),
    ("__debug__ = 1", "cannot assign to __debug__", (1, 1, 1, 10)),
]
for source, message, place in cases:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        found = (error.lineno, error.offset, error.end_lineno, error.end_offset)
        assert (error.msg, error.filename) == (message, "<source>") and found == place, (source, error.msg, found)
    else:
        raise AssertionError(source)

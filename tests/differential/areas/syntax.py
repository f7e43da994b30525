"""Broken and odd sources: programs of the area `language` with tokens changed; errors with their places, trees and code of what is fine."""
import re

from . import language

PRELUDE = '''\
import ast
import warnings
def check(number, source):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(source, "source")
            text = ast.dump(tree, include_attributes=True)
            print(number, "parses", len(text), hash(text) if text.isascii() else "", ascii(ast.unparse(tree))[:200])
            code = compile(source, "source", "exec")
            print(number, "compiles", show(code))
        except SyntaxError as error:
            print(number, type(error).__name__, ascii(error.msg), error.lineno, error.offset, error.end_lineno, error.end_offset, ascii(error.text))
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            print(number, type(error).__name__, ascii(str(error)))
    for warning in caught:
        print("  warns", warning.category.__name__, ascii(str(warning.message)), warning.lineno)
def show(code):
    inner = [show(constant) for constant in code.co_consts if hasattr(constant, "co_code")]
    return (code.co_name, len(code.co_code), hash(code.co_code) & 0xffff, code.co_stacksize, code.co_flags, code.co_varnames, code.co_freevars, hash(code.co_linetable) & 0xffff,
            hash(code.co_exceptiontable) & 0xffff, inner)
'''
TOKEN = re.compile(r"\s+|\w+|'[^']*'|[^\w\s]{1,2}")
PIECES = """( ) [ ] { } , : ; . = == := + - * ** / // % @ & | ^ ~ < > <= >= != -> ... if else elif for while in is not and or def class return yield await async lambda try except finally raise
with as import from global nonlocal pass break continue del assert None True False match case _ type print exec 0 1 1.5 1e 0x 0b2 1_ 1__0 09 1j 0o8 'a' "b" f'{a' f'{}' f'{a!x}' f'{a:{b}}' b'\\xe9' r'\\'
''' \\ # \t \n \x0c $ ? ! ` é ℘ 你 “ ﹏ \ufeff \u00a0 rb'' u'' bf'' except* *a **b /, *, a=1 a:int x:=1 if: else: (a,b)=1 f() None=1 [a]=1 a+1=2 f()=1 yield=1 *a=1 print_a print a exec a""".split(" ")
SNIPPETS = ["a = 1 if b", "def f(a, a): pass", "def f(a=1, b): pass", "f(a=1, b)", "f(**a, *b)", "f(a for a in b, c)", "return 1", "yield 1", "break", "nonlocal a", "def f():\n  global a\n  a = 1\n  nonlocal a",
            "a: int: str", "x = (y = 1)", "import a.b as c.d", "from . import *", "def f():\n from a import *", "class A(b for b in c): pass", "async def f():\n [await a for a in b]", "del f()", "del (a, b+1)", "with a as f(): pass",
            "for f() in a: pass", "for 1 in a: pass", "[a for 1 in b]", "lambda: (yield)", "f'{a b}'", "f'{lambda x: 1}'", "f'{a!}'", "f'{'", "f'}'", "f'{a:{b:{c}}}'", "match a:\n case {**r, 'a': 1}: pass", "match a:\n case a: pass\n case b: pass",
            "match a:\n case (a, a): pass", "match a:\n case A(b=1, b=2): pass", "match a:\n case a | b: pass", "match a:\n case -x: pass", "match a:\n case 1+1: pass", "try: pass\nexcept* a: break", "try: pass\nexcept: pass\nexcept a: pass",
            "try: pass\nexcept a: pass\nexcept* b: pass", "try:\n pass\nx", "if a:\nb", "if a:\n  b\n c", "  a", "a\n  b", "def f():\n\ta\n        b", "(a", "a)", "[a)", "'abc", '"""abc', "a b", "a, b c", "{a: b, c}", "{a, b: c}", "{**a for a in b}",
            "[*a for a in b]", "(*a)", "*a", "a = *b", "print 'a'", "exec 'a'", "a <> b", "a++", "a ? b", "!a", "a := 1", "(a := 1, b := 2)", "f(a := 1)", "f(a=b := 1)", "[a := 1, 2]", "[i := 0 for i in a]", "class A:\n [a := 1 for b in c]",
            "True = 1", "None += 1", "__debug__ = 1", "def f(__debug__): pass", "a.b: int = 1", "(a): int = 1", "a, b: int", "assert (a, 'x')", "a is 1", "a is ()", "1()", "'a'[1.5]", "[1][a, b]", "[1](2)", "(1)(2)", "f'a'()", "{}[1]", "'\\d'", "b'\\d'",
            "1if a else b", "0xfor a", "1_000j", "1e400", "01", "0_7", "1__1", "0b12", "a" * 300, "(" * 250 + ")" * 250, "-" * 500 + "1", "a" + ".b" * 200, "else: pass", "async a", "await a", "async with a: pass", "@a", "@a\nb",
            "global a\na = 1", "a = 1\nglobal a", "def f():\n a = 1\n global a", "def f(a):\n global a", "class A:\n nonlocal b", "from __future__ import nothing", "a\nfrom __future__ import annotations", "from __future__ import braces",
            "import *", "from a import (b, )", "from a import b,", "from a import (b c)", "lambda *: 1", "def f(*): pass", "def f(*, **k): pass", "def f(a, /, b, /): pass", "def f(/): pass", "def f(*a, *b): pass", "def f(**k, a): pass", "def f(a:int=1, *, b=2)->c: pass",
            "f(*)", "f(**)", "f(a=)", "f(1=2)", "f(True=2)", "f(a.b=2)", "f(a, b=1, *c, d=2, **e)", "while a: pass\nelse: pass\nelse: pass", "raise a from", "raise from a", "with: pass", "with (a as b, c as d,): pass", "with (a, b) as c: pass", "\x00", "a\x00b", "a = \\", "a = \\\n", "\\\na", "if 1:\n\\\n a"]


def mutated(values, source):
    pieces = TOKEN.findall(source)
    for _ in range(values.choice([1, 1, 1, 2, 3])):
        if not pieces:
            break
        at = values.random.randrange(len(pieces))
        kind = values.random.random()
        if kind < 0.3:
            del pieces[at:at + values.choice([1, 1, 2, 5])]
        elif kind < 0.6:
            pieces.insert(at, values.choice(PIECES))
        elif kind < 0.8:
            pieces[at] = values.choice(PIECES)
        elif kind < 0.9:
            other = values.random.randrange(len(pieces))
            pieces[at], pieces[other] = pieces[other], pieces[at]
        else:
            pieces.insert(at, pieces[values.random.randrange(len(pieces))])
    return "".join(pieces)


def program(values):
    lines = [PRELUDE]
    for number in range(6):
        kind = values.random.random()
        if kind < 0.45:
            source = mutated(values, language.function(values, number, ["f"])[2])
        elif kind < 0.7:
            source = mutated(values, values.choice(SNIPPETS))
        elif kind < 0.8:
            source = values.choice(SNIPPETS) + "\n" + values.choice(SNIPPETS)
        elif kind < 0.9:
            writer = language.Writer(values, ["f"])
            source = mutated(values, writer.expression(3))
        else:
            source = "".join(values.choice(PIECES) + values.choice([" ", " ", "", "\n"]) for _ in range(values.random.randint(1, 12)))
        lines.append(f"check({number}, {ascii(source)})")
    return "\n".join(lines) + "\n"

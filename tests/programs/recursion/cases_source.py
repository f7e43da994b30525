"""Recursion through source text and syntax trees. Cases for cases.py."""
import cases
from cases import CASES, case

TEXTS = {
    "parentheses": lambda n: "(" * n + ")" * n,
    "parentheses_open": lambda n: "(" * n,
    "brackets": lambda n: "[" * n + "]" * n,
    "braces": lambda n: "{1:" * n + "1" + "}" * n,
    "mixed": lambda n: "([{1:" * n,
    "minus": lambda n: "-" * n + "1",
    "minus_name": lambda n: "-" * n + "x",
    "not": lambda n: "not " * n + "x",
    "invert": lambda n: "~" * n + "x",
    "attributes": lambda n: "x" + ".a" * n,
    "subscripts": lambda n: "x" + "[0]" * n,
    "calls": lambda n: "x" + "()" * n,
    "calls_nested": lambda n: "f(" * n + ")" * n,
    "subscripts_nested": lambda n: "a[" * n + "0" + "]" * n,
    "plus": lambda n: "1" + "+x" * n,
    "plus_constants": lambda n: "1" + "+1" * n,
    "power": lambda n: "x" + "**x" * n,
    "power_constants": lambda n: "1" + "**1" * n,
    "and": lambda n: "x" + " and x" * n,
    "compare": lambda n: "x" + " < x" * n,
    "conditional": lambda n: "x if y else " * n + "z",
    "lambda": lambda n: "lambda: " * n + "1",
    "lambda_default": lambda n: "lambda x=" * n + "1" + ": 1" * n,
    "await": lambda n: "await " * n + "x",
    "yield": lambda n: "def f(): " + "(yield " * n + ")" * n,
    "walrus": lambda n: "(x := " * n + "1" + ")" * n,
    "star": lambda n: "f(" + "*" * n + "x)",
    "starred_tuple": lambda n: "*(" * n + "x" + ",)" * n,
    "comprehension": lambda n: "[x for x in " * n + "y" + "]" * n,
    "comprehension_element": lambda n: "[" * n + "x" + " for x in y]" * n,
    "comprehension_clauses": lambda n: "[x " + "for x in y " * n + "]",
    "generator": lambda n: "(x for x in " * n + "y" + ")" * n,
    "fstring": lambda n: "f'{x}' " * n,
    "fstring_nested": lambda n: "f'" + "{" * n + "'",
    "fstring_parentheses": lambda n: "f'{" + "(" * n + ")" * n + "}'",
    "fstring_minus": lambda n: "f'{" + "-" * n + "x}'",
    "strings": lambda n: "'a' " * n,
    "elif": lambda n: "if x: pass\n" + "elif x: pass\n" * n,
    "blocks": lambda n: "".join(" " * i + "if x:\n" for i in range(min(n, 2000))) + " " * min(n, 2000) + "pass\n",
    "blocks_90": lambda n: "".join(" " * i + "while x:\n" for i in range(90)) + " " * 90 + "pass\n",
    "functions_90": lambda n: "".join(" " * i + "def f():\n" for i in range(90)) + " " * 90 + "pass\n",
    "classes_90": lambda n: "".join(" " * i + "class C:\n" for i in range(90)) + " " * 90 + "pass\n",
    "tries": lambda n: "".join(" " * i + "try:\n" for i in range(18)) + " " * 18 + "pass\n" +
                       "".join(" " * i + "finally: pass\n" for i in reversed(range(18))),
    "with_items": lambda n: "with " + ", ".join(["x"] * min(n, 3000)) + ": pass",
    "decorators": lambda n: "@x\n" * n + "def f(): pass\n",
    "assignments": lambda n: "x = " * n + "1",
    "targets": lambda n: "(" * n + "x" + ",)" * n + " = y",
    "targets_list": lambda n: "[" * n + "x" + "]" * n + " = y",
    "del_targets": lambda n: "del " + "(" * n + "x" + ")" * n,
    "for_targets": lambda n: "for " + "(" * n + "x" + ",)" * n + " in y: pass",
    "pattern_sequence": lambda n: "match x:\n case " + "[" * n + "]" * n + ": pass",
    "pattern_group": lambda n: "match x:\n case " + "(" * n + "1" + ")" * n + ": pass",
    "pattern_mapping": lambda n: "match x:\n case " + "{1: " * n + "_" + "}" * n + ": pass",
    "pattern_class": lambda n: "match x:\n case " + "C(" * n + ")" * n + ": pass",
    "pattern_or": lambda n: "match x:\n case " + "1 | " * n + "2: pass",
    "pattern_as": lambda n: "match x:\n case " + "(" * n + "x" + " as y)" * n + ": pass",
    "annotations": lambda n: "x: " + "a[" * n + "1" + "]" * n,
    "global": lambda n: "global " + ", ".join(f"x{i}" for i in range(n)),
    "statements": lambda n: "x\n" * n,
    "semicolons": lambda n: "x;" * n,
    "continuation": lambda n: "x = \\\n" * n + "1",
    "dots": lambda n: "from " + "." * n + " import x",
    "import_chain": lambda n: "import a" + ".a" * n,
    "digits": lambda n: "1" * n,
    "big_constant": lambda n: "(" + "1," * n + ")",
    "big_set": lambda n: "x in {" + "1," * n + "}",
    "big_dict": lambda n: "{" + "1:1," * n + "}",
    "big_call": lambda n: "f(" + "x," * n + ")",
    "big_keywords": lambda n: "f(" + ",".join(f"a{i}=1" for i in range(n)) + ")",
    "big_chain": lambda n: "x" + ".f(1)" * n,
    "string_concat": lambda n: "x = ('a' " + "+ 'b' " * min(n, 20_000) + ")",
    "percent": lambda n: "'%s' % (" * n + "x" + ",)" * n,
    "starred_call": lambda n: "f(*" * n + "x" + ")" * n,
    "keyword_call": lambda n: "f(a=" * n + "x" + ")" * n,
    "double_star": lambda n: "f(**" * n + "x" + ")" * n,
    "slices": lambda n: "a[b:" * n + "0" + "]" * n,
    "dict_unpack": lambda n: "{**" * n + "x" + "}" * n,
    "async_for": lambda n: "async def f():\n [x async for x in " + "(" * n + "y" + ")" * n + "]",
    "type_comment": lambda n: "x = 1 # type: " + "List[" * n,
    "error_at_end": lambda n: "(" * n + "1 1" + ")" * n,
    "invalid_target": lambda n: "(" * n + "f()" + ")" * n + " = 1",
    "invalid_deep": lambda n: "[" * n + "x=1" + "]" * n,
    "invalid_calls": lambda n: "f(" * n + "a b" + ")" * n,
    "invalid_attributes": lambda n: "x" + ".a" * n + "()= 1",
    "invalid_lambda": lambda n: "lambda " * n,
    "invalid_comprehension": lambda n: "[x, y for " * n,
    "invalid_ternary": lambda n: "x if " * n,
}

EXPECTED = (SyntaxError, MemoryError, RecursionError, OverflowError, ValueError)


def ast_parse(text):
    import ast
    ast.parse(text, type_comments=True)


def tree_uses(text):
    import ast
    tree = ast.parse(text)
    for use in (ast.dump, ast.unparse, lambda t: compile(t, "x", "exec"), lambda t: list(ast.walk(t)), ast.fix_missing_locations,
                __import__("copy").deepcopy):
        try:
            use(tree)
        except EXPECTED:
            pass


def symbols(text):
    import symtable
    symtable.symtable(text, "x", "exec")


def literal(text):
    import ast
    ast.literal_eval(text)


def incomplete(text):
    import codeop
    codeop.compile_command(text)


def single(text):
    compile(text, "x", "single")


def evaluated(text):
    compile(text, "x", "eval")


def executed(text):
    code = compile(text, "x", "exec")
    try:
        exec(code, {})
    except (NameError, TypeError, AttributeError, KeyError, ImportError):
        pass


for use in (executed, ast_parse, tree_uses, symbols, literal, incomplete, single, evaluated):
    def run(use=use):
        for name, text in TEXTS.items():
            for depth in (150, 1500, cases.DEPTH):
                if depth > 1500 and (use in (tree_uses, incomplete, single, evaluated) or name == "big_keywords"):
                    continue
                try:
                    use(text(depth))
                except EXPECTED:
                    pass
    CASES["source_" + use.__name__] = run


def tree(make):
    """A tree a quarter as deep as DEPTH, built from Python."""
    import ast
    node = ast.Name("x", ast.Load(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    place = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    for _ in range(cases.DEPTH // 4):
        node = make(ast, node, place)
    return ast.Expression(node)


TREES = {
    "unary": lambda ast, n, p: ast.UnaryOp(ast.Not(), n, **p),
    "binary": lambda ast, n, p: ast.BinOp(ast.Name("x", ast.Load(), **p), ast.Add(), n, **p),
    "attribute": lambda ast, n, p: ast.Attribute(n, "a", ast.Load(), **p),
    "tuple": lambda ast, n, p: ast.Tuple([n], ast.Load(), **p),
    "call": lambda ast, n, p: ast.Call(n, [], [], **p),
    "lambda": lambda ast, n, p: ast.Lambda(ast.arguments([], [], None, [], [], None, []), n, **p),
    "comprehension": lambda ast, n, p: ast.ListComp(n, [ast.comprehension(ast.Name("x", ast.Store(), **p), ast.Name("y", ast.Load(), **p), [], 0)], **p),
    "formatted": lambda ast, n, p: ast.JoinedStr([ast.FormattedValue(n, -1, None, **p)], **p),
    "constant": lambda ast, n, p: ast.Tuple([ast.Constant(NESTED, **p), n], ast.Load(), **p),
}


def nested_constant():
    value = ()
    for _ in range(50):
        value = (value,)
    return value


NESTED = nested_constant()


for name, make in TREES.items():
    for use in ("compile", "unparse", "dump", "copy", "pickle", "free", "walk", "literal_eval"):
        def run(make=make, use=use, name=name):
            import ast, copy, pickle
            t = tree(make)
            try:
                {"compile": lambda: compile(t, "x", "eval"), "unparse": lambda: ast.unparse(t), "dump": lambda: ast.dump(t),
                 "copy": lambda: copy.deepcopy(t), "pickle": lambda: pickle.dumps(t), "free": lambda: None,
                 "walk": lambda: list(ast.walk(t)), "literal_eval": lambda: ast.literal_eval(t)}[use]()
            except EXPECTED:
                pass
        CASES[f"tree_{name}_{use}"] = run


@case
def tree_cyclic():
    import ast
    place = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    node = ast.UnaryOp(ast.Not(), None, **place)
    node.operand = node
    try:
        compile(ast.Expression(node), "x", "eval")
    finally:
        node.operand = None


@case
def tree_constant_deep():
    import ast
    value = ()
    for _ in range(cases.DEPTH):
        value = (value,)
    place = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    compile(ast.Expression(ast.Constant(value, **place)), "x", "eval")


@case
def tree_elif():
    import ast
    place = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    body = [ast.Pass(**place)]
    for _ in range(cases.DEPTH):
        body = [ast.If(ast.Name("x", ast.Load(), **place), [ast.Pass(**place)], body, **place)]
    compile(ast.Module(body, []), "x", "exec")


@case
def tree_pattern():
    import ast
    place = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    pattern = ast.MatchSequence([], **place)
    for _ in range(cases.DEPTH):
        pattern = ast.MatchSequence([pattern], **place)
    match = ast.Match(ast.Name("x", ast.Load(), **place), [ast.match_case(pattern, None, [ast.Pass(**place)])], **place)
    compile(ast.Module([match], []), "x", "exec")


@case
def tree_functions():
    import ast
    place = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    body = [ast.Pass(**place)]
    for _ in range(cases.DEPTH):
        body = [ast.FunctionDef("f", ast.arguments([], [], None, [], [], None, []), body, [], None, None, **place)]
    compile(ast.Module(body, []), "x", "exec")


@case
def tokenize_deep():
    import io, tokenize
    try:
        list(tokenize.generate_tokens(io.StringIO("(" * 5000 + ")" * 5000).readline))
    except tokenize.TokenError:
        pass

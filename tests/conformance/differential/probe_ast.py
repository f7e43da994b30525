"""Trees built from Python, right and wrong in every field of every node class: what compile() makes of them. probe_ast.py SHARE SEED"""
import ast
import itertools
import random
import re
import sys

from common import outcome, survive

PLACE = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)


def classes():
    """{name: [(kind, mark, field)]} from the docstrings of the classes, and {sum: [names]}"""
    nodes, sums = {}, {}
    for name, cls in sorted(vars(ast).items()):
        if not isinstance(cls, type) or not issubclass(cls, ast.AST) or cls.__module__ != "ast" or not cls.__doc__:
            continue
        match = re.fullmatch(r"(\w+)(?:\((.*)\))?", cls.__doc__)
        if match and match[1] == name:
            fields = [re.fullmatch(r"(\w+)([?*]?) (\w+)", part).groups() for part in match[2].split(", ")] if match[2] else []
            nodes[name] = fields
            base = cls.__base__.__name__
            sums.setdefault(base if base != "AST" else name, []).append(name)
    return nodes, sums


NODES, SUMS = classes()


def name(text="x", context=None):
    return ast.Name(text, context or ast.Load(), **PLACE)


def simple(kind, field, of=""):
    """The simplest right value of a field."""
    if kind == "expr":
        if of in ("Delete",) or field in ("target", "targets", "optional_vars"):
            return name(context=ast.Del() if of == "Delete" else ast.Store())
        if of in ("MatchValue",):
            return ast.Constant(1, **PLACE)
        return name()
    return {
        "identifier": lambda: "x", "int": lambda: -1 if field == "conversion" else 0, "string": lambda: "s", "constant": lambda: 1,
        "stmt": lambda: ast.Pass(**PLACE), "expr_context": ast.Load, "operator": ast.Add, "unaryop": ast.Not, "boolop": ast.And, "cmpop": ast.Lt,
        "arguments": lambda: ast.arguments([], [], None, [], [], None, []), "arg": lambda: ast.arg("x", None, None, **PLACE),
        "keyword": lambda: ast.keyword("x", name(), **PLACE), "alias": lambda: ast.alias("x", None, **PLACE),
        "withitem": lambda: ast.withitem(name(), None), "comprehension": lambda: ast.comprehension(name(context=ast.Store()), name(), [], 0),
        "excepthandler": lambda: ast.ExceptHandler(name(), None, [ast.Pass(**PLACE)], **PLACE),
        "match_case": lambda: ast.match_case(ast.MatchValue(ast.Constant(1, **PLACE), **PLACE), None, [ast.Pass(**PLACE)]),
        "pattern": lambda: ast.MatchValue(ast.Constant(1, **PLACE), **PLACE), "type_ignore": lambda: ast.TypeIgnore(1, ""),
    }[kind]()


def build(node):
    """A right instance with one item in every list, and something in every optional field."""
    values = {}
    for kind, mark, field in NODES[node]:
        value = simple(kind, field, node)
        values[field] = [value] if mark == "*" else value
    if node in ("BoolOp",):
        values["values"] = [name(), name()]
    if node == "MatchOr":
        values["patterns"] = [simple("pattern", ""), simple("pattern", "")]
    if node == "MatchClass":
        values["kwd_attrs"], values["kwd_patterns"] = ["a"], [simple("pattern", "")]
    if node == "MatchSingleton":
        values["value"] = None
    if node == "MatchMapping":
        values["keys"] = [ast.Constant(1, **PLACE)]
    if node == "Slice":
        values["lower"] = name()
    if node in ("Try", "TryStar"):
        values["handlers"] = [simple("excepthandler", "")]
    cls = getattr(ast, node)
    return cls(**values, **(PLACE if cls._attributes else {}))


def within(node, tree):
    """A module (or what else) in which the node stands where it may, and the mode to compile it in."""
    base = type(tree).__base__.__name__ if type(tree).__base__ is not ast.AST else node
    function = lambda body, args=None: ast.FunctionDef("f", args or simple("arguments", ""), body, [], None, None, **PLACE)
    coroutine = lambda body: ast.AsyncFunctionDef("f", simple("arguments", ""), body, [], None, None, **PLACE)
    statement = lambda expression: ast.Expr(expression, **PLACE)
    if base == "mod":
        return tree, {"Module": "exec", "Expression": "eval", "Interactive": "single"}.get(node, "func_type")
    if base == "expr":
        inside = coroutine if node in ("Await",) else function
        tree = statement(tree)
        if node == "Starred":
            tree = statement(ast.List([tree.value], ast.Load(), **PLACE))
        if node == "Slice":
            tree = statement(ast.Subscript(name(), tree.value, ast.Load(), **PLACE))
        return ast.Module([inside([tree])], []), "exec"
    if base == "stmt":
        if node in ("Break", "Continue"):
            tree = ast.While(name(), [tree], [], **PLACE)
        return ast.Module([coroutine([tree]) if node.startswith("Async") else function([tree])], []), "exec"
    wrapped = {
        "pattern": lambda: ast.Match(name(), [ast.match_case(tree, None, [ast.Pass(**PLACE)])], **PLACE),
        "match_case": lambda: ast.Match(name(), [tree], **PLACE), "excepthandler": lambda: ast.Try([ast.Pass(**PLACE)], [tree], [], [], **PLACE),
        "comprehension": lambda: statement(ast.ListComp(name(), [tree], **PLACE)), "withitem": lambda: ast.With([tree], [ast.Pass(**PLACE)], None, **PLACE),
        "alias": lambda: ast.Import([tree], **PLACE), "keyword": lambda: statement(ast.Call(name(), [], [tree], **PLACE)),
        "arguments": lambda: function([ast.Pass(**PLACE)], tree),
        "arg": lambda: function([ast.Pass(**PLACE)], ast.arguments([], [tree], None, [], [], None, [])),
        "operator": lambda: statement(ast.BinOp(name(), tree, name(), **PLACE)), "unaryop": lambda: statement(ast.UnaryOp(tree, name(), **PLACE)),
        "boolop": lambda: statement(ast.BoolOp(tree, [name(), name()], **PLACE)), "cmpop": lambda: statement(ast.Compare(name(), [tree], [name()], **PLACE)),
        "expr_context": lambda: statement(name(context=tree)), "type_ignore": lambda: None,
    }[base]()
    if base == "type_ignore":
        return ast.Module([], [tree]), "exec"
    return ast.Module([wrapped], []), "exec"


class Odd:
    def __repr__(self):
        return "Odd"


class OddName(ast.Name):
    pass


class OddStr(str):
    pass


def odd_values():
    """Values that fit hardly any field; made anew each time."""
    load, store = name, lambda: name(context=ast.Store())
    return [
        None, 1, -1, 0, 2**31, 2**63, -2**31 - 1, True, 1.5, 1j, "x", "", "None", "True", "__debug__", "class", "a b", "é", "\ud800", b"x", (), (1,), [], {}, Ellipsis, Odd(),
        OddStr("x"), range(3), frozenset([1]), frozenset([(1, "a", None)]), (1, [2]), (1, (2, Odd())), int, ast.Name, ast.Load, ast.Load(), ast.Store(), ast.Del(),
        ast.AST(), ast.expr(), ast.stmt(), ast.expr(**PLACE), ast.stmt(**PLACE), ast.Name(), ast.Constant(), ast.Pass(), ast.Module([], []), ast.Add(), ast.Not(), ast.Lt(), ast.And(),
        load(), store(), name("None"), name("True"), name("__debug__"), name(""), OddName("x", ast.Load(), **PLACE), ast.Constant(1, **PLACE),
        ast.Constant(Odd(), **PLACE), ast.Constant([1], **PLACE), ast.Constant(None, **PLACE), ast.Constant("s", "u", **PLACE), ast.Constant(1, 5, **PLACE),
        ast.Tuple([], ast.Load(), **PLACE), ast.Tuple([store()], ast.Store(), **PLACE), ast.Tuple([load()], ast.Store(), **PLACE), ast.List([None], ast.Load(), **PLACE),
        ast.Starred(load(), ast.Load(), **PLACE), ast.Starred(store(), ast.Store(), **PLACE), ast.Slice(**PLACE), ast.Slice(None, None, None, **PLACE),
        ast.Attribute(load(), "a", ast.Store(), **PLACE), ast.Attribute(load(), "__debug__", ast.Store(), **PLACE), ast.Subscript(load(), load(), ast.Store(), **PLACE),
        ast.Yield(None, **PLACE), ast.Await(load(), **PLACE), ast.NamedExpr(store(), load(), **PLACE), ast.Call(load(), [], [], **PLACE), ast.Lambda(simple("arguments", ""), load(), **PLACE),
        ast.JoinedStr([], **PLACE), ast.JoinedStr([load()], **PLACE), ast.UnaryOp(ast.USub(), ast.Constant(1, **PLACE), **PLACE),
        ast.UnaryOp(ast.USub(), ast.Constant("a", **PLACE), **PLACE), ast.BinOp(ast.Constant(1, **PLACE), ast.Add(), ast.Constant(2j, **PLACE), **PLACE),
        ast.Pass(**PLACE), ast.Return(None, **PLACE), ast.Break(**PLACE), ast.Continue(**PLACE), ast.Global(["x"], **PLACE), ast.Nonlocal(["q"], **PLACE),
        ast.ImportFrom("__future__", [ast.alias("annotations", None, **PLACE)], 0, **PLACE), ast.ImportFrom("__future__", [ast.alias("nothing", None, **PLACE)], 0, **PLACE),
        ast.Import([ast.alias("*", None, **PLACE)], **PLACE), ast.ImportFrom("a", [ast.alias("*", None, **PLACE)], 0, **PLACE),
        simple("arguments", ""), simple("arg", ""), simple("keyword", ""), ast.keyword(None, load(), **PLACE), simple("alias", ""), simple("withitem", ""),
        simple("comprehension", ""), ast.comprehension(store(), load(), [], 1), simple("excepthandler", ""), ast.ExceptHandler(None, None, [ast.Pass(**PLACE)], **PLACE),
        ast.ExceptHandler(None, "x", [ast.Pass(**PLACE)], **PLACE), simple("match_case", ""), simple("pattern", ""),
        ast.MatchAs(None, None, **PLACE), ast.MatchAs(None, "x", **PLACE), ast.MatchAs(simple("pattern", ""), None, **PLACE), ast.MatchAs(None, "_", **PLACE), ast.MatchStar(None, **PLACE),
        ast.MatchStar("_", **PLACE), ast.MatchSingleton(1, **PLACE), ast.MatchSingleton(True, **PLACE), ast.MatchSequence([], **PLACE), ast.MatchMapping([], [], None, **PLACE),
        ast.MatchMapping([load()], [simple("pattern", "")], "_", **PLACE), ast.MatchClass(load(), [], ["a"], [], **PLACE), ast.MatchOr([simple("pattern", "")], **PLACE),
        ast.MatchClass(ast.Constant(1, **PLACE), [], [], [], **PLACE), ast.MatchClass(ast.Attribute(load(), "a", ast.Load(), **PLACE), [], [], [], **PLACE),
        ast.MatchValue(load(), **PLACE), ast.MatchValue(ast.Constant(None, **PLACE), **PLACE), ast.MatchValue(ast.Attribute(load(), "a", ast.Load(), **PLACE), **PLACE),
        ast.MatchValue(ast.JoinedStr([], **PLACE), **PLACE), simple("type_ignore", ""),
    ]


ODD = range(len(odd_values()))


def result(tree, mode):
    code = compile(tree, "<tree>", mode)
    return f"{code.co_code.hex()[:60]} {code.co_linetable.hex()[:40]} {len(code.co_consts)}"


def attempt(key, node, change):
    def run():
        tree = build(node)
        change(tree)
        whole, mode = within(node, tree)
        return result(whole, mode)
    yield key, lambda: outcome(run)

    def unparsed():
        tree = build(node)
        change(tree)
        return ast.unparse(tree)
    yield key + " unparse", lambda: outcome(unparsed)


def probe_fields():
    for node, fields in NODES.items():
        yield from attempt(f"{node} as it is", node, lambda tree: None)
        for kind, mark, field in fields:
            key = f"{node}.{field}"
            yield from attempt(f"{key} missing", node, lambda tree: delattr(tree, field))
            for number in ODD:
                yield from attempt(f"{key} = {number}", node, lambda tree: setattr(tree, field, odd_values()[number]))
                if mark == "*":
                    yield from attempt(f"{key} = [{number}]", node, lambda tree: setattr(tree, field, [odd_values()[number]]))
                    yield from attempt(f"{key} = [it, {number}]", node, lambda tree: getattr(tree, field).append(odd_values()[number]))
            if mark == "*":
                yield from attempt(f"{key} empty", node, lambda tree: getattr(tree, field).clear())
                yield from attempt(f"{key} twice", node, lambda tree: getattr(tree, field).extend(getattr(build(node), field)))
                yield from attempt(f"{key} 3", node, lambda tree: getattr(tree, field).extend(getattr(build(node), field) * 2))
                yield from attempt(f"{key} tuple", node, lambda tree: setattr(tree, field, tuple(getattr(tree, field))))
        for attribute in getattr(ast, node)._attributes:
            yield from attempt(f"{node}.{attribute} missing", node, lambda tree: delattr(tree, attribute))
            for value in (None, -1, 0, 5, 2**31, -2**31, 2**70, "x", 1.5, True, Odd()):
                yield from attempt(f"{node}.{attribute} = {value}", node, lambda tree: setattr(tree, attribute, value))


def probe_positions():
    for values in itertools.product((-1, 0, 1, 2), repeat=4):
        place = dict(zip(PLACE, values))
        yield f"positions {values}", lambda: outcome(lambda: result(ast.Module([ast.Expr(ast.Name("x", ast.Load(), **place), **PLACE)], []), "exec"))
        yield f"positions stmt {values}", lambda: outcome(lambda: result(ast.Module([ast.Pass(**place)], []), "exec"))


def probe_constants():
    for number, value in enumerate(odd_values()):
        yield f"constant {number}", lambda: outcome(lambda: result(ast.Expression(ast.Constant(value, **PLACE)), "eval"))
        yield f"constant tuple {number}", lambda: outcome(lambda: result(ast.Expression(ast.Constant((value,), **PLACE)), "eval"))
        yield f"construct {number}", lambda: outcome(lambda: ast.dump(ast.Constant(value)))
        yield f"literal {number}", lambda: outcome(lambda: repr(ast.literal_eval(value)))
        for mode in "exec", "eval", "single", "func_type":
            yield f"compile {number} {mode}", lambda: outcome(lambda: result(value, mode)) if not isinstance(value, (str, bytes)) else "text"


def probe_construction():
    for node, fields in NODES.items():
        cls = getattr(ast, node)
        count = len(fields)
        for arguments in range(count + 2):
            yield f"{node}({arguments} arguments)", lambda: outcome(lambda: ast.dump(cls(*[1] * arguments)))
        yield f"{node} keyword", lambda: outcome(lambda: ast.dump(cls(nothing=1)) + str(cls(nothing=1).nothing))
        if fields:
            yield f"{node} both", lambda: outcome(lambda: ast.dump(cls(1, **{fields[0][2]: 2})))
            yield f"{node} read", lambda: outcome(lambda: getattr(cls(), fields[0][2]))
        yield f"{node} dump", lambda: outcome(lambda: ast.dump(build(node), indent=1, include_attributes=True))
        yield f"{node} state", lambda: outcome(lambda: repr(sorted(build(node).__reduce_ex__(2)[2])))
        yield f"{node} vars", lambda: outcome(lambda: repr((cls._fields, cls._attributes, cls.__match_args__, cls.__bases__, cls.__doc__)))
        for field in [f for _, _, f in fields] + list(cls._attributes):
            yield f"{node}.{field} default", lambda: outcome(lambda: repr(getattr(cls, field)))


def probe_pairs(share, seed):
    """Random trees in which two things are wrong: which is told first."""
    rng = random.Random(seed)
    names = list(NODES)
    for number in range(int(20000 * share)):
        node = rng.choice(names)
        changes = [(rng.choice(NODES[node])[2], rng.choice(ODD), rng.random() < .3) for _ in range(2) if NODES[node]]

        def change(tree):
            for field, odd, in_list in changes:
                setattr(tree, field, [odd_values()[odd]] if in_list else odd_values()[odd])
        yield from attempt(f"pair {number} {node} {changes}", node, change)


def main():
    share, seed = float(sys.argv[1]), int(sys.argv[2])
    survive(lambda: itertools.chain(probe_positions(), probe_constants(), probe_construction(), probe_fields(), probe_pairs(share, seed)))


if __name__ == "__main__":
    main()

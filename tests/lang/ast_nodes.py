# The ast module: classes, trees both ways, and the refusal of broken trees.
import ast

tree = ast.parse("def f(a, *b, c=1) -> int:\n    return [x for x in a if x], f'{a!r:>{c}}'\n")
function = tree.body[0]
assert function.args.kwonlyargs[0].arg == "c" and function.returns.id == "int"
assert (function.lineno, function.end_lineno, function.body[0].col_offset) == (1, 2, 4)
assert ast.FunctionDef._fields[:3] == ("name", "args", "body")
assert isinstance(function.body[0].value.elts[0], ast.ListComp)
assert ast.dump(ast.parse("x = -1", mode="exec")) == (
    "Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=UnaryOp(op=USub(), operand=Constant(value=1)))], type_ignores=[])"
)
assert compile(tree, "f", "exec").co_code == compile(ast.unparse(tree), "f", "exec").co_code
assert ast.literal_eval("{'a': [1, (2.5, b'x')], None: -3j}") == {"a": [1, (2.5, b"x")], None: -3j}
assert ast.Name("x", ast.Load()).id == "x" and ast.Constant(3).kind is None


def error(node, mode="eval"):
    try:
        compile(ast.fix_missing_locations(node), "f", mode)
    except (TypeError, ValueError) as problem:
        return str(problem)
    return "no error"


assert error(ast.Expression(ast.Name("None", ast.Load()))) == "identifier field can't represent 'None' constant"
assert error(ast.Expression(ast.Name("x", ast.Store()))) == "expression must have Load context but has Store instead"
assert error(ast.Expression(ast.BoolOp(ast.And(), [ast.Constant(1)]))) == "BoolOp with less than 2 values"
assert error(ast.Module([ast.Pass()], [])) == "expected Expression node, got Module"
assert error(ast.Module([ast.Delete([])], []), "exec") == "empty targets on Delete"
assert error(ast.Expression(ast.Constant([]))) == "got an invalid type in Constant: list"
assert error(ast.Expression(ast.Attribute(ast.Constant(1), 3, ast.Load()))) == "AST identifier must be of type str"

# Targets of assignment expressions that no source text has: compiled or refused, never more.
import ast


def compiled(target, inside=False):
    tree = ast.NamedExpr(target=target, value=ast.Constant(2))
    if inside:
        tree = ast.ListComp(tree, [ast.comprehension(ast.Name("x", ast.Store()), ast.List([], ast.Load()), [], 0)])
    return compile(ast.fix_missing_locations(ast.Expression(tree)), "tree", "eval")


class Place:
    pass


place = Place()
assert eval(compiled(ast.Attribute(ast.Name("place", ast.Load()), "there", ast.Store()))) == 2
assert place.there == 2
assert eval(compiled(ast.Name("seen", ast.Store()), inside=True)) == []

# A target that is none leaves one value more on the stack each time around a loop; the sum ends somewhere.
loop = ast.parse("while {0, a, a}: pass\nelse: pass")
for count in range(1, 6):
    loop.body[0].test.elts[0:max(1, count - 1)] = [ast.NamedExpr(ast.Constant(1), ast.Name("a", ast.Load())) for _ in range(count)]
    code = compile(ast.fix_missing_locations(loop), "tree", "exec")
    assert code.co_stacksize == {1: 105, 2: 108, 3: 113, 4: 118, 5: 117}[count], code.co_stacksize

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

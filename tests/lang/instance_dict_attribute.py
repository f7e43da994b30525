# __dict__ of native objects that have one: readable, replaceable by a dict, not deletable.
import ast
import collections
import functools


def error_of(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return type(error).__name__, str(error)
    return None


def function():
    pass


for make in (
    collections.OrderedDict,
    ast.AST,
    ValueError,
    lambda: function,
    lambda: functools.partial(print),
    lambda: functools.lru_cache(print),
    type("Error", (ValueError,), {}),
    type("Node", (ast.AST,), {}),
    type("Ordered", (collections.OrderedDict,), {}),
):
    value = make()
    value.__dict__ = {"extra": 1}
    assert value.extra == 1 and value.__dict__ == {"extra": 1}
    value.other = 2
    assert value.__dict__ == {"extra": 1, "other": 2}
    expected = ("TypeError", "__dict__ must be set to a dictionary, not a 'int'")
    assert error_of(setattr, value, "__dict__", 3) == expected, value
    assert error_of(delattr, value, "__dict__") == ("TypeError", "cannot delete __dict__"), value
    assert value.extra == 1

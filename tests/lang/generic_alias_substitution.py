# list[T][int] and friends: parameters, substitution, and what an alias refuses (PEP 585, 604).
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K")
alias = dict[K, list[T]]
assert alias.__parameters__ == (K, T) and alias[str, int] == dict[str, list[int]]
assert repr(alias[str, int]) == "dict[str, list[int]]" and hash(list[int]) == hash(list[int])
assert list[int] != list[str] and list[int].__origin__ is list and list[int].__args__ == (int,)
assert list[int]([1]) == [1] and isinstance(list[int], object) and not isinstance(list[int], type)
assert repr([*tuple[int]]) == "[*tuple[int]]" and next(iter(tuple[int])).__unpacked__


def message(function):
    try:
        function()
    except TypeError as error:
        return str(error)


assert message(lambda: isinstance([], list[int])) == "isinstance() argument 2 cannot be a parameterized generic"
assert message(lambda: list[int][str]) == "list[int] is not a generic class"
assert message(lambda: alias[int]).startswith("Too few arguments for ")
union = int | str | None | int
assert union.__args__ == (int, str, type(None)) and repr(union) == "int | str | None"
assert union == None | str | int and hash(union) == hash(None | str | int) and int | int is int
assert isinstance(None, union) and not isinstance(1.5, union) and issubclass(bool, union)
assert (list[T] | None)[int] == list[int] | None
assert message(lambda: int | 1) == "unsupported operand type(s) for |: 'type' and 'int'"


class Sub(list[int]):
    pass


assert Sub.__bases__ == (list,) and Sub.__orig_bases__ == (list[int],)

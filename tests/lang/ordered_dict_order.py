# OrderedDict: order that can be changed, equality that minds it, iteration that notices.
from collections import OrderedDict


def message(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


o = OrderedDict(zip("abcd", range(4)))
o.move_to_end("b")
o.move_to_end("d", last=False)
assert list(o) == ["d", "a", "c", "b"] and list(reversed(o)) == ["b", "c", "a", "d"]
assert o.popitem() == ("b", 1) and o.popitem(last=False) == ("d", 3) and list(o.items()) == [("a", 0), ("c", 2)]
o["a"] = 9
assert list(o) == ["a", "c"] and o == {"c": 2, "a": 9} and o != OrderedDict(c=2, a=9) and o == OrderedDict(a=9, c=2)
assert repr(o) == "OrderedDict([('a', 9), ('c', 2)])" and repr(OrderedDict()) == "OrderedDict()"
assert message(lambda: o.move_to_end("x")) == "KeyError: 'x'" and message(lambda: OrderedDict().popitem()) == "KeyError: 'dictionary is empty'"
assert type(o | {"z": 1}) is OrderedDict and list({"z": 1} | o) == ["z", "a", "c"]

lru = OrderedDict()
for i in range(1000):
    lru[i % 7 if i % 3 else i] = i
    if len(lru) > 20:
        lru.popitem(last=False)
    if i % 5 == 0 and lru:
        lru.move_to_end(next(iter(lru)))
assert len(lru) == 20 and list(lru) == [k for k, _ in lru.items()] and set(lru) == set(reversed(lru))


def grow():
    for key in o:
        o[key + "x"] = 1


def turn():
    for key in o:
        o.move_to_end("a")


assert message(turn) == "RuntimeError: OrderedDict mutated during iteration"
assert message(grow) == "RuntimeError: OrderedDict mutated during iteration"
copy = o.copy()
copy.attribute = 1
assert copy == o and copy.__reduce__()[2] == {"attribute": 1} and OrderedDict.fromkeys("ab", 1) == {"a": 1, "b": 1}

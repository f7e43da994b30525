# keys, values and items: live, ordered, set-like.
d = {"a": 1, "b": 2}
keys, items, values = d.keys(), d.items(), d.values()
d["c"] = 3
assert list(keys) == ["a", "b", "c"] and len(values) == 3 and repr(items) == "dict_items([('a', 1), ('b', 2), ('c', 3)])"
assert list(reversed(keys)) == ["c", "b", "a"] and list(reversed(items))[0] == ("c", 3) and list(reversed(values)) == [3, 2, 1]
assert keys & {"a", "x"} == {"a"} and {"a", "x"} & keys == {"a"} and keys | ["x"] == {"a", "b", "c", "x"}
assert keys - ["a"] == {"b", "c"} and ["a", "x"] - keys == {"x"} and keys ^ {"a", "x"} == {"b", "c", "x"}
assert keys == {"a", "b", "c"} and keys > {"a"} and keys <= d.keys() and not keys < d.keys()
assert ("a", 1) in items and ("a", 2) not in items and "a" not in items and keys.isdisjoint("xyz")
assert items & [("a", 1), 5] == {("a", 1)}
assert keys.mapping == d and not hasattr(keys.mapping, "__setitem__")
assert values != d.values() and keys == d.keys()
d["self"] = d.values()
assert "..." in repr(d.values())

assert {**d, "a": 0}["a"] == 0 and list(dict(d, z=1)) == ["a", "b", "c", "self", "z"]
assert d.popitem()[0] == "self" and list(d | {"a": 9, "q": 1}) == ["a", "b", "c", "q"]
del d["a"]
d["a"] = 1
assert list(d) == ["b", "c", "a"] and dict.fromkeys("ba") == {"b": None, "a": None}


class Missing(dict):
    def __missing__(self, key):
        return key * 2


m = Missing()
assert m["x"] == "xx" and m.get("x") is None and "x" not in m and not m

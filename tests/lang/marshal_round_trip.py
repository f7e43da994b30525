# marshal: values survive every version that knows them; bad data raises and nothing else.
import marshal

values = [
    None, True, False, ..., StopIteration, 0, -1, 2**31, -(2**31) - 1, 10**40, -(10**40), 0.0, -0.0, 1e308, 1 + 2j, "", "ascii",
    "\u00e9\ud800", "x" * 300, b"", b"bytes", (), (1, (2,)), (0,) * 300, [1, [2]], {"a": 1, 2: [3]}, {1, 2}, frozenset({"a"}),
]
for version in range(5):
    for value in values:
        again = marshal.loads(marshal.dumps(value, version))
        assert repr(again) == repr(value) or again == value, (version, value)

code = compile("def f(a, *, b=2):\n    return [a for c in b if c in {1, 2}]\n", "name", "exec")
assert marshal.loads(marshal.dumps(code)) == code

shared = [1]
pair = marshal.loads(marshal.dumps((shared, shared)))
assert pair[0] is pair[1]
endless = []
endless.append(endless)
again = marshal.loads(marshal.dumps(endless))
assert again[0] is again

whole = marshal.dumps(("text", 1.5, [b"x"], 10**30))
for size in range(len(whole)):
    try:
        marshal.loads(whole[:size])
    except (EOFError, ValueError, TypeError):
        continue
    raise AssertionError(size)
for bad, kind in ((b"?", ValueError), (b"r\0\0\0\0", ValueError), (b"0", TypeError), (b"l\0\0\0\x80", ValueError)):
    try:
        marshal.loads(bad)
    except kind:
        continue
    raise AssertionError(bad)
for value in (object(), print, [object()]):
    try:
        marshal.dumps(value)
    except ValueError as problem:
        assert str(problem) == "unmarshallable object"
    else:
        raise AssertionError(value)

# A view that its own operands release is noticed; the exporter is free again once all views are gone.
def forbidden(function):
    try:
        function()
    except ValueError as error:
        assert str(error) == "operation forbidden on released memoryview object", error
    else:
        raise AssertionError("a released view was used")


for shape, key in (([16], lambda i: i), ([4, 4], lambda i: (i, 0)), ([4, 4], lambda i: (0, i))):

    class Index:
        def __index__(self):
            view.release()
            return 1

    view = memoryview(bytearray(16)).cast("B", shape)
    forbidden(lambda: view[key(Index())])
    view = memoryview(bytearray(16)).cast("B", shape)
    forbidden(lambda: view.__setitem__(key(Index()), 7))


class Value:
    def __index__(self):
        view.release()
        return 1


view = memoryview(bytearray(4))
forbidden(lambda: view.__setitem__(0, Value()))
array = bytearray(b"abc")
first = memoryview(array)
second = first[1:]
first.release()
forbidden(lambda: first.tolist())
assert second == b"bc" and first == first and first != second
second.release()
array.append(1)
with memoryview(array) as view:
    inner = memoryview(view)
    try:
        view.release()
    except BufferError:
        raise AssertionError("views of views share the exporter's buffer")
assert inner[0] == 97

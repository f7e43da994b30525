# A bytearray's block grows and shrinks in CPython's steps, and never while its memory is lent out.
sizes = []
array = bytearray()
for i in range(30):
    array.append(i)
    sizes.append(array.__alloc__())
assert sizes == [2, 5, 5, 5, 8, 8, 8, 12, 12, 12, 12, 19, 19, 19, 19, 19, 19, 19, 27, 27, 27, 27, 27, 27, 27, 27, 36, 36, 36, 36], sizes
del array[:20]
assert bytes(array) == bytes(range(20, 30)) and array.__alloc__() == 11
array[0:0] = b"abc"
array[1:-1:2] = b""
assert bytes(array) == b"ac\x15\x17\x19\x1b\x1d", bytes(array)
array = bytearray(range(10))
view = memoryview(array)
for change in (
    lambda: array.append(1),
    lambda: array.clear(),
    lambda: array.pop(),
    lambda: array.extend(b"xy"),
    lambda: array.__delitem__(slice(0, 5, 2)),
    lambda: array.__setitem__(slice(1, 3), b"x"),
    lambda: array.__iadd__(b"x"),
    lambda: array.insert(0, 1),
):
    try:
        change()
    except BufferError as error:
        assert str(error) == "Existing exports of data: object cannot be re-sized"
    else:
        raise AssertionError("a lent bytearray was resized")
array[1:3] = b"zz"
assert bytes(array) == b"\0zz\3\4\5\6\7\x08\t"
view.release()
array.append(1)


class Evil:
    def __index__(self):
        array.clear()
        return 5


try:
    array[5] = Evil()
except IndexError:
    pass
else:
    raise AssertionError("stored into an emptied bytearray")

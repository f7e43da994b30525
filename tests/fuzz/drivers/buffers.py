"""Buffers seen through formats: struct, memoryview, array, and the integers and texts made of bytes."""
import array
import re
import struct

from fuzz_input import EDGES, Input, require

VALUES = [0, 1, -1, 255, 256, 1.5, float("nan"), 1e39, b"", b"x", b"long enough", "x", None, True, *EDGES[::7]]
CODES = "bBuhHiIlLqQfd"
CASTS = ["b", "B", "c", "h", "H", "i", "I", "l", "L", "q", "Q", "f", "d", "?", "n", "N", "P", "e", "@i", ">i", "x", ""]
# Packs, but unpacks to no bytes object: CPython asks for one of -1 bytes, which is SystemError.
NO_LENGTH_BYTE = re.compile(r"(?<![0-9])0+p")


def look_at_struct(input):
    layout = input.text(input.below(24))
    size = struct.calcsize(layout)
    packer = struct.Struct(layout)
    require(packer.size == size and size >= 0, layout)
    values = [input.pick(VALUES) for _ in range(input.below(8))]
    room = bytearray(input.take(64))
    for question in (lambda: packer.pack(*values), lambda: packer.pack_into(room, input.number(), *values),
                     lambda: packer.unpack_from(room, input.number()), lambda: list(packer.iter_unpack(bytes(room))),
                     lambda: packer.unpack(bytes(room[:size]))):
        try:
            question()
        except (struct.error, MemoryError, OverflowError, TypeError, ValueError):
            pass
        except SystemError:
            require(NO_LENGTH_BYTE.search(layout), layout)
    if size < 10000 and not NO_LENGTH_BYTE.search(layout):
        content = (bytes(room) * 200)[:size]
        if len(content) == size:
            values = packer.unpack(content)
            require(len(packer.unpack(packer.pack(*values))) == len(values), layout)


def shape_of(input):
    return [input.number() if input.below(4) == 0 else input.below(5) for _ in range(input.below(4))]


def index_of(input, depth=0):
    kind = input.below(6)
    if kind == 0 and depth == 0:
        return tuple(index_of(input, 1) for _ in range(input.below(4)))
    if kind == 1:
        return ...
    if kind < 4:
        return slice(*(None if input.below(3) == 0 else input.number() for _ in range(3)))
    return input.number()


def look_at_view(input):
    base = bytearray(input.take(input.below(65)))
    views = [memoryview(base)]
    for _ in range(input.below(16)):
        view = input.pick(views)
        how = input.below(14)
        try:
            if how < 3:
                views.append(view.cast(input.pick(CASTS)))
            elif how == 3:
                views.append(view.cast(input.pick(CASTS), shape_of(input)))
            elif how < 6:
                part = view[index_of(input)]
                if isinstance(part, memoryview):
                    views.append(part)
            elif how == 6:
                view[index_of(input)] = input.pick(VALUES)
            elif how == 7:
                view[index_of(input)] = input.pick(views)
            elif how == 8:
                view.tolist(), view.tobytes(input.pick(["C", "F", "A", None, "x"]))
            elif how == 9:
                view.hex(input.pick([":", b"-", "", "ab", 1]), input.number())
            elif how == 10:
                view == input.pick(views), input.pick(VALUES) in view, list(view), len(view), reversed(view)
            elif how == 11:
                views.append(memoryview(input.pick([view.toreadonly(), bytes(view), array.array("h", view.tobytes())])))
                hash(views[-1])
            elif how == 12:
                base += b"resized"
            elif input.below(8) == 0:
                view.release()
            view.nbytes, view.shape, view.strides, view.suboffsets, view.contiguous, view.c_contiguous, view.f_contiguous, repr(view)
        except (TypeError, ValueError, IndexError, NotImplementedError, BufferError, struct.error, OverflowError):
            pass


def look_at_array(input):
    code = input.pick(CODES)
    items = array.array(code, input.take(input.below(64)) if code == "B" else [])
    for _ in range(input.below(16)):
        how = input.below(16)
        try:
            if how == 0:
                items.frombytes(input.take(input.below(33)))
            elif how == 1:
                items.append(input.pick(VALUES))
            elif how == 2:
                items.insert(input.number(), input.pick(VALUES))
            elif how == 3:
                items[index_of(input, 1)] = input.pick([items, items[:2], array.array(code), array.array("b", b"ab"), 1])
            elif how == 4:
                del items[index_of(input, 1)]
            elif how == 5:
                items.pop(input.number())
            elif how == 6:
                items.byteswap()
            elif how == 7:
                items.extend(input.pick([items, [1, 2], array.array(code, items[::2]), "ab"]))
            elif how == 8:
                items *= input.below(4)
            elif how == 9:
                items = array._array_reconstructor(array.array, input.pick(CODES), input.number(), input.take(input.below(33)))
            elif how == 10:
                items.fromunicode(input.text(8))
            elif how == 11:
                held = memoryview(items)
                items.append(1)
            elif how == 12:
                items.reverse(), items.count(input.pick(VALUES)), items.index(input.pick(VALUES), input.number(), input.number())
            elif how == 13:
                require(array.array(items.typecode, items.tobytes()).tobytes() == items.tobytes())
            elif how == 14:
                items == input.pick(VALUES), items < items[1:], items + items[::-1], repr(items), items.__reduce_ex__(input.below(5))
            else:
                items.fromlist([input.pick(VALUES), input.pick(VALUES)])
        except (TypeError, ValueError, IndexError, OverflowError, BufferError, MemoryError):
            pass
        finally:
            held = None


def look_at_bytes(input):
    raw = bytearray(input.take(input.below(65)))
    text = input.text(input.below(33))
    for question in (lambda: bytes.fromhex(text), lambda: int.from_bytes(raw, input.pick(["big", "little", "x"]), signed=input.below(2)),
                     lambda: input.number().to_bytes(input.number() % 99, "big", signed=input.below(2)), lambda: raw.hex(":", input.number()),
                     lambda: raw.translate(bytes(raw) * 8, bytes(raw[:2])), lambda: raw.__setitem__(index_of(input, 1), raw[::2]),
                     lambda: raw.__delitem__(index_of(input, 1)), lambda: raw.insert(input.number(), input.byte()), lambda: raw.expandtabs(input.number() % 1000),
                     lambda: raw.replace(raw[:2], raw[1:], input.number()), lambda: raw.split(raw[1:2], input.number()), lambda: raw.zfill(input.number() % 1000)):
        try:
            question()
        except (TypeError, ValueError, IndexError, OverflowError, MemoryError):
            pass


def fuzz(data):
    input = Input(data)
    input.pick([look_at_struct, look_at_view, look_at_array, look_at_bytes])(input)

"""pickle.loads where only harmless callables can be found, and what was loaded pickled again."""
import collections
import io
import pickle

from fuzz_input import Input


class Thing:
    pass


class Slotted:
    __slots__ = ("a", "b")


class Sized(list):
    def __setstate__(self, state):
        self.state = state


FOUND = [Thing, Slotted, Sized, complex, set, frozenset, slice, collections.OrderedDict, collections.deque, int, str, dict.fromkeys]


class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        return FOUND[(len(module) + len(name)) % len(FOUND)]

    def persistent_load(self, what):
        return what


def fuzz(data):
    input = Input(data)
    choice = input.byte()
    options = {"encoding": ("ASCII", "bytes", "latin-1", "utf-8")[choice % 4], "fix_imports": bool(choice & 4), "buffers": [bytearray(b"ab"), b"c"] if choice & 8 else None}
    value = Reader(io.BytesIO(input.rest()), **options).load()
    for protocol in range(6):
        try:
            pickle.loads(pickle.dumps(value, protocol))
        except (pickle.PicklingError, pickle.UnpicklingError, TypeError, AttributeError, RecursionError, ValueError):
            pass

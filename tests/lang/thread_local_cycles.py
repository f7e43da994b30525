# Thread-local attributes belong to their object: cycles through them are collected, and a thread's die with the thread.
import _thread
import gc
import threading
import weakref


class Thing:
    pass


thing = Thing()
thing.local = _thread._local()
thing.local.thing = thing
reference = weakref.ref(thing)
del thing
gc.collect()
assert reference() is None

local = _thread._local()
references = []


def work():
    local.thing = Thing()
    references.append(weakref.ref(local.thing))


local.thing = Thing()
references.append(weakref.ref(local.thing))
thread = threading.Thread(target=work)
thread.start()
thread.join()
assert references[0]() is not None and references[1]() is None
del local
assert references[0]() is None


class Counting(_thread._local):
    def __init__(self, values):
        values.append(len(values))
        self.number = len(values)


values = []
local = Counting(values)
for number in 1, 2:
    thread = threading.Thread(target=lambda: values.append(local.number))
    thread.start()
    thread.join()
assert values == [0, 1, 2, 3, 4], values

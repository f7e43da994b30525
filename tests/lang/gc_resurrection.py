# PEP 442: __del__ runs once, in cycles too; what it saves lives on; weak references are cleared before, callbacks run.
import gc
import weakref

log = []
saved = []


class Logs:
    def __init__(self, name): self.name = name
    def __del__(self): log.append(self.name)


class Saves:
    def __del__(self):
        saved.append(self)
        log.append("saved")


gc.disable()
gc.collect()
item = Logs("plain")
assert not gc.is_finalized(item)
del item
assert log == ["plain"]
item = Logs("cycle")
item.me = item
del item
assert log == ["plain"]
assert gc.collect() == 1 and log == ["plain", "cycle"]

# Saved by its own __del__: it is not called again.
log.clear()
item = Saves()
del item
assert len(saved) == 1 and log == ["saved"] and gc.is_finalized(saved[0])
saved.clear()
assert log == ["saved"]

# The same in a cycle: the collection counts nothing, the next one takes the rest away without __del__.
log.clear()
item = Saves()
item.me = item
del item
assert gc.collect() == 0 and len(saved) == 1 and gc.is_finalized(saved[0])
saved.clear()
assert gc.collect() == 1 and log == ["saved"]

# One object that is saved saves what it holds, yet all __del__ have run.
log.clear()
item = Saves()
item.other = Logs("other")
item.other.back = item
del item
assert gc.collect() == 0 and sorted(log) == ["other", "saved"] and saved[0].other.back is saved[0]
saved.clear()
assert gc.collect() == 2 and len(log) == 2

# Callbacks come in the order newest first; the reference is dead by then.
log.clear()
item = Logs("died")
first = weakref.ref(item, lambda ref: log.append(("first", ref())))
second = weakref.ref(item, lambda ref: log.append(("second", ref())))
del item
assert log == ["died", ("second", None), ("first", None)], log

# __del__ of an object still sees it through weak references, unless a collection found it in a cycle.
seen = []


class Looks:
    def __del__(self): seen.append(reference() is self)


item = Looks()
reference = weakref.ref(item)
del item
item = Looks()
item.me = item
reference = weakref.ref(item)
del item
gc.collect()
assert seen == [True, False], seen

# A callback of a reference that is itself garbage does not run; one that outlives the object does.
log.clear()
item = Logs("cycle")
item.me = item
item.inside = weakref.ref(item, lambda ref: log.append("inside"))
outside = weakref.ref(item, lambda ref: log.append("outside"))
del item
gc.collect()
assert sorted(log) == ["cycle", "outside"] and outside() is None, log


# Errors of __del__ and of callbacks are reported, not raised.
import sys


class Fails:
    def __del__(self): raise ValueError("in __del__")


def fails(ref): raise KeyError("in callback")


reports = []
sys.unraisablehook = lambda report: reports.append((type(report.exc_value).__name__, report.err_msg, report.object))
Fails()
item = Fails()
item.me = item
del item
gc.collect()
item = Logs("x")
reference = weakref.ref(item, fails)
del item
sys.unraisablehook = sys.__unraisablehook__
assert reports == [("ValueError", None, Fails.__del__)] * 2 + [("KeyError", None, fails)], reports

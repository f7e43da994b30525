# Finalisers run once, in cycles too; objects may come back from them (PEP 442).
import gc

gc.disable()  # only the explicit collections below count

log = []


class Finalized:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


Finalized("plain")
assert log == ["plain"]
cycle = Finalized("cycle")
cycle.me = cycle
del cycle
assert log == ["plain"]
gc.collect()
assert log == ["plain", "cycle"]

saved = []


class Phoenix:
    def __del__(self):
        saved.append(self)


phoenix = Phoenix()
del phoenix
assert len(saved) == 1
phoenix = saved.pop()
assert gc.is_finalized(phoenix)
del phoenix
assert saved == []
phoenix = Phoenix()
phoenix.me = phoenix
del phoenix
gc.collect()
assert len(saved) == 1 and saved[0].me is saved[0]
saved.clear()
gc.collect()
assert saved == []

before = len(gc.garbage)
many = [[] for _ in range(1000)]
for each in many:
    each.append(each)
del many, each
assert gc.collect() >= 1000 and len(gc.garbage) == before

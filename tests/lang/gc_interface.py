# The functions of gc: thresholds, counts, callbacks, debugging texts, referrers, freezing.
# Not under GC stress: the counts are those of collections when due.
import gc
import os
import re


class Node: pass


def cycle():
    node = Node()
    node.me = node


def fails(text, function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as error:
        assert f"{type(error).__name__}: {error}" == text, f"{type(error).__name__}: {error}"
    else:
        raise AssertionError(text)


assert gc.get_threshold() == (700, 10, 10) and gc.isenabled() and gc.get_debug() == 0 and gc.garbage == [] and gc.callbacks == []
assert (gc.DEBUG_STATS, gc.DEBUG_COLLECTABLE, gc.DEBUG_UNCOLLECTABLE, gc.DEBUG_SAVEALL, gc.DEBUG_LEAK) == (1, 2, 4, 32, 38)
gc.set_threshold(1000)
assert gc.get_threshold() == (1000, 10, 10)
gc.set_threshold(1000, 5, 5)
assert gc.get_threshold() == (1000, 5, 5)
gc.set_threshold(700, 10, 10)

fails("ValueError: invalid generation", gc.collect, 3)
fails("ValueError: invalid generation", gc.collect, -1)
fails("TypeError: 'str' object cannot be interpreted as an integer", gc.collect, "a")
fails("ValueError: generation parameter must be less than the number of available generations (3)", gc.get_objects, 5)
fails("ValueError: generation parameter cannot be negative", gc.get_objects, -2)
fails("TypeError: argument should be integer or None, not 'str'", gc.get_objects, "a")
fails("TypeError: gc.is_tracked() takes exactly one argument (0 given)", gc.is_tracked)
assert any(each is globals() for each in gc.get_objects(generation=-1))  # all

# What a collection finds.
gc.collect()
gc.disable()
cycle()
assert (gc.collect(), gc.collect()) == (1, 0)  # the instance holds its attributes itself
for _ in range(3):
    cycle()
assert gc.collect(0) == 3
assert [sorted(row) for row in gc.get_stats()] == [["collected", "collections", "uncollectable"]] * 3
before = [row["collections"] for row in gc.get_stats()]
for generation in (0, 0, 1, 2):
    gc.collect(generation)
after = [row["collections"] for row in gc.get_stats()]
assert [b - a for a, b in zip(before, after)] == [2, 1, 1], (before, after)
gc.collect()
counts = [gc.get_count()[1:]]
for generation in (0, 0, 1):
    gc.collect(generation)
    counts.append(gc.get_count()[1:])
assert counts == [(0, 0), (1, 0), (2, 0), (0, 1)], counts
gc.collect()
kept = [Node() for _ in range(2000)]
assert gc.get_count()[0] > 1990
del kept
assert gc.get_count()[0] < 200
gc.enable()
kept = [Node() for _ in range(2000)]
assert gc.get_count()[0] <= 700
before = [row["collections"] for row in gc.get_stats()]
gc.set_threshold(5)
lists = [[] for _ in range(120)]
gc.set_threshold(700)
grown = [row["collections"] - b for b, row in zip(before, gc.get_stats())]
assert 18 <= grown[0] + grown[1] + grown[2] <= 24 and grown[1] >= 1, grown
gc.set_threshold(0)
gc.collect()
before = [row["collections"] for row in gc.get_stats()]
lists = [[] for _ in range(5000)]
assert [row["collections"] for row in gc.get_stats()] == before  # a threshold of 0 means never
gc.set_threshold(700)
del lists, kept

# Callbacks.
events = []
record = lambda phase, info: events.append((phase, info))
gc.collect()
gc.disable()
gc.callbacks.append(record)
gc.collect()
cycle()
gc.collect(1)
gc.callbacks.remove(record)
gc.enable()
assert events == [("start", {"generation": 2, "collected": 0, "uncollectable": 0}),
                  ("stop", {"generation": 2, "collected": 0, "uncollectable": 0}),
                  ("start", {"generation": 1, "collected": 0, "uncollectable": 0}),
                  ("stop", {"generation": 1, "collected": 1, "uncollectable": 0})], events

# Referrers and referents.
node = Node()
holders = [node]
mapping = {"key": node}
found = gc.get_referrers(node)
assert any(each is holders for each in found) and any(each is mapping for each in found) and any(each is globals() for each in found)
assert gc.get_referents(holders) == [node] and gc.get_referents(mapping) == [node]
assert gc.get_referents() == gc.get_referrers() == gc.get_referents(1, "a", None) == []
assert gc.get_referents((1, 2)) == [2, 1]
node.a = 5
assert gc.get_referents(node) == [5, Node]


class Slots: __slots__ = ("a", "b")


slots = Slots()
slots.a = 1
assert gc.get_referents(slots) == [1, Slots]

# The permanent generation.
gc.collect()
gc.freeze()
assert gc.get_freeze_count() > 1000 and len(gc.get_objects()) < 50
gc.unfreeze()
assert gc.get_freeze_count() == 0 and len(gc.get_objects()) > 1000


def debugged(flags, function):
    """What function writes to file descriptor 2 under the flags, with figures and addresses replaced."""
    reader, writer = os.pipe()
    saved = os.dup(2)
    os.dup2(writer, 2)
    gc.set_debug(flags)
    try:
        function()
    finally:
        gc.set_debug(0)
        os.dup2(saved, 2)
        os.close(writer)
        os.close(saved)
    text = os.read(reader, 65536).decode()
    os.close(reader)
    return re.sub("0x[0-9a-f]+", "@", re.sub(r"\d\.\d{4}s", "#s", re.sub(r"(each generation:)( \d+){3}\n", r"\1\n", text)))


def one_cycle():
    cycle()
    gc.collect()


gc.collect()
assert debugged(gc.DEBUG_STATS, one_cycle) == ("gc: collecting generation 2...\ngc: objects in each generation:\n"
                                               "gc: objects in permanent generation: 0\n"
                                               "gc: done, 1 unreachable, 0 uncollectable, #s elapsed\n")
assert debugged(gc.DEBUG_COLLECTABLE, one_cycle) == "gc: collectable <Node @>\n"
assert debugged(gc.DEBUG_UNCOLLECTABLE, one_cycle) == "" and gc.garbage == []
assert debugged(gc.DEBUG_SAVEALL, one_cycle) == "" and [type(each) for each in gc.garbage] == [Node]
gc.garbage.clear()
gc.collect()
assert debugged(gc.DEBUG_LEAK, one_cycle) == "gc: collectable <Node @>\n"
assert len(gc.garbage) == 1
gc.garbage.clear()

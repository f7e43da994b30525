# _lsprof counts calls, recursion and callees, and times them with a timer of the caller's.
import _lsprof


def outer(n):
    return [inner(), inner(), outer(n - 1) if n else None]


def inner():
    pass


ticks = iter(range(1000))
profiler = _lsprof.Profiler(lambda: next(ticks), 0.5)
profiler.enable()
outer(1)
profiler.disable()
stats = {entry.code.co_name: entry for entry in profiler.getstats() if not isinstance(entry.code, str)}
entry = stats["outer"]
assert (entry.callcount, entry.reccallcount) == (2, 1)
assert (entry.totaltime, entry.inlinetime) == (5.5, 3.5), entry
entry = stats["inner"]
assert (entry.callcount, entry.reccallcount, entry.calls) == (4, 0, None)
assert (entry.totaltime, entry.inlinetime) == (2.0, 2.0), entry
callees = {sub.code.co_name: (sub.callcount, sub.reccallcount) for sub in stats["outer"].calls}
assert callees == {"inner": (4, 0), "outer": (1, 0)}, callees

profiler.clear()
assert profiler.getstats() == []

# Calls that are under way when profiling starts or ends are cut there.
profiler = _lsprof.Profiler(subcalls=False, builtins=False)


def start():
    profiler.enable()
    inner()


def stop():
    profiler.disable()


start()
stop()
names = sorted(entry.code.co_name for entry in profiler.getstats())
assert names == ["inner", "stop"], names
assert all(entry.calls is None for entry in profiler.getstats())



for arguments, error in (((1, 2, 3, 4, 5), "Profiler() takes at most 4 arguments (5 given)"),
                         ((None, "x"), "must be real number, not str")):
    try:
        _lsprof.Profiler(*arguments)
    except TypeError as caught:
        assert str(caught) == error
    else:
        assert False, arguments

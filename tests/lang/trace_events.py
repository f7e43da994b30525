"""sys.settrace and sys.setprofile: which events come, in what order, and where f_lineno may jump."""
import sys


def record(function, *args, opcodes=False):
    events = []
    base = function.__code__.co_firstlineno

    def tracer(frame, event, arg):
        if frame.f_code.co_filename != __file__ or frame.f_code is record.__code__:
            return None
        frame.f_trace_opcodes = opcodes
        events.append((event, frame.f_lineno - base))
        return tracer

    sys.settrace(tracer)
    try:
        function(*args)
    except Exception:
        pass
    finally:
        sys.settrace(None)
    return events


def check(got, wanted):
    assert got == wanted, got


def loop():
    for i in range(2):
        i
    return 1


check(record(loop), [('call', 0), ('line', 1), ('line', 2), ('line', 1), ('line', 2), ('line', 1), ('line', 3),
                        ('return', 3)])


def one_line_loop():
    while next(it, None): pass


it = iter([1, 1])
check(record(one_line_loop), [('call', 0), ('line', 1), ('line', 1), ('return', 1)])


def raising():
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    finally:
        x = 1
    {}[x]


check(record(raising), [('call', 0), ('line', 1), ('line', 2), ('exception', 2), ('line', 3), ('line', 4), ('line', 6),
                           ('line', 7), ('exception', 7), ('return', 7)])


def generator_user():
    def gen():
        yield 1
        yield 2
    for x in gen():
        pass
    g = gen()
    next(g)
    g.close()


check(record(generator_user), [
    ('call', 0), ('line', 1), ('line', 4), ('call', 1), ('line', 2), ('return', 2), ('line', 5), ('line', 4), ('call', 2),
    ('line', 3), ('return', 3), ('line', 5), ('line', 4), ('call', 3), ('return', 3), ('line', 6), ('line', 7), ('call', 1),
    ('line', 2), ('return', 2), ('line', 8), ('call', 2), ('exception', 2), ('return', 2), ('return', 8)
])


def delegating():
    def inner():
        yield 1
        return 2
    def outer():
        r = yield from inner()
        return r
    list(outer())


check(record(delegating), [
    ('call', 0), ('line', 1), ('line', 4), ('line', 7), ('call', 4), ('line', 5), ('call', 1), ('line', 2), ('return', 2),
    ('return', 5), ('call', 5), ('call', 2), ('line', 3), ('return', 3), ('exception', 5), ('line', 6), ('return', 6),
    ('return', 7)
])


def short():
    return 1


check(record(short, opcodes=True), [('call', 0), ('line', 1), ('opcode', 1), ('opcode', 1), ('return', 1)])


# Native calls as a profiler sees them.
def native():
    len('a')
    'a'.upper()
    list.append([], 1)
    print(*[], end='')
    try:
        int('x')
        len(5)
    except ValueError:
        pass
    try:
        len(5)
    except TypeError:
        pass


events = []
sys.setprofile(lambda frame, event, arg: events.append((event, getattr(arg, '__name__', arg))))
native()
sys.setprofile(None)
assert events == [
    ('call', None), ('c_call', 'len'), ('c_return', 'len'), ('c_call', 'upper'), ('c_return', 'upper'),
    ('c_call', 'append'), ('c_return', 'append'), ('c_call', 'print'), ('c_return', 'print'), ('c_call', 'len'),
    ('c_exception', 'len'), ('return', None), ('c_call', 'setprofile')
], events


# Jumps.
def jump(function, at, to):
    base = function.__code__.co_firstlineno
    done = []

    def tracer(frame, event, arg):
        if frame.f_code is not function.__code__:
            return None
        if event == 'line' and frame.f_lineno == base + at and not done:
            done.append(1)
            frame.f_lineno = base + to
        return tracer

    out = []
    sys.settrace(tracer)
    try:
        function(out)
    except ValueError as error:
        out.append(str(error))
    finally:
        sys.settrace(None)
    return out


def target(out):
    out.append(1)
    for i in 1, 2:
        out.append(i + 10)
    try:
        out.append(5)
    except KeyError:
        out.append(7)
    out.append(8)


assert jump(target, 1, 8) == [8]
assert jump(target, 3, 8) == [1, 8]
assert jump(target, 8, 5) == [1, 11, 12, 5, 5, 8]
assert jump(target, 1, 3) == ["can't jump into the body of a for loop"]
assert jump(target, 1, 7) == ["can't jump into an 'except' block as there's no exception"]
assert jump(target, 1, 90)[0].endswith('comes after the current code block')
assert jump(target, 1, -1)[0].endswith('comes before the current code block')
try:
    sys._getframe().f_lineno = 1
    raise SystemExit('a line was set without tracing')
except ValueError as error:
    assert str(error) == "can't jump from the 'call' trace event of a new frame", error

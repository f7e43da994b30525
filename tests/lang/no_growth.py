"""What runs again and again keeps no memory: allocated blocks after many rounds are those after few."""
# Not under GC stress: it runs everything many times.
import asyncio
import contextlib
import functools
import gc
import io
import itertools
import json
import pickle
import re
import sys
import traceback
import weakref


def handled():
    try:
        1 / 0
    except ZeroDivisionError as error:
        error.add_note('x')


def chained():
    try:
        try:
            {}['a']
        except KeyError as error:
            raise ValueError from error
    except ValueError as error:
        traceback.format_exception(error)


def groups():
    try:
        try:
            raise ExceptionGroup('g', [ValueError(1), TypeError(2), KeyError(3)])
        except* ValueError:
            pass
        except* TypeError:
            raise OSError
    except* (OSError, KeyError):
        pass


def printed():
    old, sys.stderr = sys.stderr, io.StringIO()
    try:
        prnit
    except NameError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    try:
        compile('a b', 'x', 'exec')
    except SyntaxError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    sys.stderr = old


def unraisable():
    class Dying:
        def __del__(self):
            1 / 0
    old, sys.stderr = sys.stderr, io.StringIO()
    Dying()
    sys.stderr = old


def generators():
    def gen():
        try:
            x = yield 1
            yield x
        except ValueError:
            yield 3

    def outer():
        return (yield from gen())
    g = outer()
    next(g)
    g.send(5)
    g.throw(ValueError)
    g.close()
    g = gen()
    next(g)
    del g
    gen().close()
    list(x for x in range(3))
    with contextlib.suppress(RuntimeError):
        h = outer()
        h.throw(RuntimeError)


def coroutines():
    async def agen():
        yield 1
        yield 2

    async def main():
        async for x in agen():
            pass
        return [x async for x in agen()]
    asyncio.run(main())


def tracing():
    def tracer(frame, event, arg):
        frame.f_trace_opcodes = True
        frame.f_locals
        return tracer

    def traced():
        for i in range(3):
            len('a')
        with contextlib.suppress(KeyError):
            {}['a']
    sys.settrace(tracer)
    sys.setprofile(lambda *a: None)
    traced()
    sys.setprofile(None)
    sys.settrace(None)


def tracer_raises():
    def tracer(frame, event, arg):
        raise ValueError
    with contextlib.suppress(ValueError):
        sys.settrace(tracer)
        (lambda: 1)()
    sys.settrace(None)


def jumping():
    def target():
        x = 1
        try:
            x = 2
        finally:
            x = 3
        for i in [1]:
            x = 4
        return x

    def tracer(frame, event, arg):
        if event == 'line' and frame.f_lineno == target.__code__.co_firstlineno + 7:
            frame.f_lineno = target.__code__.co_firstlineno + 8
        return tracer
    sys.settrace(tracer)
    target()
    sys.settrace(None)


def recursion():
    def f():
        f()
    with contextlib.suppress(RecursionError):
        f()
    nested = []
    for _ in range(5000):
        nested = [nested]
    with contextlib.suppress(RecursionError):
        repr(nested)
    with contextlib.suppress(RecursionError):
        json.dumps(nested)


def classes():
    class Meta(type):
        pass

    class A(metaclass=Meta):
        __slots__ = ('x', '__weakref__')

        def __init__(self):
            self.x = self

        @property
        def y(self):
            return self.x

        @classmethod
        def make(cls):
            return cls()

    class B(A):
        def __getattr__(self, name):
            raise AttributeError(name)
    weakref.ref(A.make())
    b = B()
    b.y, b.z1 if hasattr(b, 'z1') else 0
    super(B, b).x
    with contextlib.suppress(TypeError):
        B(1)


def calls():
    def f(a, b=1, *c, d, e=2, **g):
        return a
    f(1, d=1)
    f(*(1, 2, 3), **{'d': 1, 'x': 2})
    for bad in (lambda: f(), lambda: f(1), lambda: f(1, d=1, a=2), lambda: len(), lambda: print(x=1), lambda: int(z=1)):
        with contextlib.suppress(TypeError):
            bad()
    functools.partial(f, 1, d=2)(3, e=4)
    functools.lru_cache(lambda x: x)(3)


class P:
    __match_args__ = ('x', 'y')

    def __init__(self, x, y):
        self.x, self.y = x, y


def matching():
    for value in (P(1, 2), {'a': 1, 'b': 2}, [1, 2, 3], 'x', 5, P(3, [4])):
        match value:
            case P(1, y):
                pass
            case P(x, [y]):
                pass
            case {'a': a, **rest}:
                pass
            case [first, *others]:
                pass
            case str() | int():
                pass


def containers():
    d = {i: str(i) for i in range(50)}
    d.update(d)
    {**d, **{'a': 1}}
    s = {1, 2, 3} | {4} - {1}
    sorted(d, key=str, reverse=True)
    [*d, *s][::2]
    a, *b = d
    x = [1, 2, 3]
    x[1:2] = [4, 5, 6]
    del x[0]
    dict.fromkeys('abc')
    with contextlib.suppress(RuntimeError):
        for k in d:
            d[k, 1] = 1
    with contextlib.suppress(TypeError):
        {[]: 1}
    list(zip(*[range(3)] * 2, strict=True))
    list(map(int, filter(None, '123')))
    list(itertools.chain.from_iterable(itertools.tee([1, 2])))


def texts():
    '{:>10} {!r} {a.b}'.format(1, 'x', a=type('x', (), {'b': 1}))
    f'{1:>{5}} {"x"!r:^9}'
    '%s %(a)s' % {'a': 1} if False else '%s %d' % ('a', 1)
    'a,b'.split(','), 'x'.join(['a', 'b']), 'abc'.encode('utf-16').decode('utf-16')
    with contextlib.suppress(UnicodeDecodeError):
        b'\xff'.decode()
    re.sub(r'(\w)(?P<n>\d)', lambda m: m['n'], 'a1 b2 c3')
    str(10 ** 50), int('9' * 60), 3.5 .hex(), complex('1+2j')


def serialised():
    data = {'a': [1, 2.5, None, True, 'x'], 'b': ({1, 2}, b'x')}
    pickle.loads(pickle.dumps(data))
    json.loads(json.dumps({'a': [1, 2.5, None, True, 'x']}))
    with contextlib.suppress(ValueError):
        json.loads('[1,')
    eval(compile('[x for x in (1, 2) if x]', 'x', 'eval'))
    exec('def f(a: int = 1): return a\nf()', {})
    for bad in ('a b', 'def', 'f(', 'x = = 1', 'return', '"abc', 'é = 1 2'):
        with contextlib.suppress(SyntaxError):
            compile(bad, 'x', 'exec')


def frames():
    frame = sys._getframe()
    frame.f_back, frame.f_locals, frame.f_code.co_code, list(frame.f_code.co_positions())
    with contextlib.suppress(RuntimeError):
        frame.clear()

    def raising():
        local = [1]
        1 / 0
    try:
        raising()
    except ZeroDivisionError as error:
        traceback.clear_frames(error.__traceback__)


def measure(function):
    for _ in range(30):
        function()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(100):
        function()
    gc.collect()
    return sys.getallocatedblocks() - before


wanted = sys.argv[1:]
for function in [value for value in list(globals().values()) if type(value) is type(measure)]:
    if function is measure or function.__module__ != '__main__' or wanted and function.__name__ not in wanted:
        continue
    # Caches fill up in the first rounds; what leaks grows in all of them.
    growth = min(measure(function) for _ in range(5))
    assert growth < 90, f'{function.__name__} keeps {growth} blocks in 100 rounds'

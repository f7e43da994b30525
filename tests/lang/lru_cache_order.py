# functools.lru_cache: what is evicted, what counts as the same call, what recursion and clearing inside a call do.
from functools import cache, lru_cache, partial

calls = []


@lru_cache(maxsize=2)
def f(*args, **kwargs):
    calls.append((args, kwargs))
    return len(calls)


assert [f(1), f(2), f(1), f(3), f(2), f(1), f(3)] == [1, 2, 1, 3, 4, 5, 6]
assert f.cache_info() == (1, 6, 2, 2) and f(1, x=1) == 7 and f(1, x=1) == 7 and f(1, ("x", 1)) == 8
f.cache_clear()
assert f.cache_info() == (0, 0, 2, 0)


@lru_cache(maxsize=None, typed=True)
def g(x):
    return type(x).__name__


assert [g(1), g(1.0), g(True), g(1)] == ["int", "float", "bool", "int"] and g.cache_info().currsize == 3


@lru_cache(maxsize=3)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


assert fibonacci(30) == 832040 and fibonacci.cache_info().currsize == 3


@lru_cache(maxsize=1)
def clears(n):
    clears.cache_clear()
    return n


assert [clears(i) for i in (1, 1, 2)] == [1, 1, 2] and clears.cache_info().currsize == 1


class C:
    @cache
    def method(self, x):
        return object()


c = C()
assert c.method(1) is c.method(1) is not c.method(2) and C.method.__wrapped__.__name__ == "method"
p = partial(partial(max, 1), 5, key=lambda v: -v)
assert p.args == (1, 5) and p(3) == 1 and p(3, key=None) == 5 and partial(p).func is max

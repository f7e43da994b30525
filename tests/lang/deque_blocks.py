# deque against a list, over the borders of its blocks.
from collections import deque
import sys


def message(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


state = 99


def random(limit):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % limit


for limit in (None, 0, 1, 70):
    d, model = deque(maxlen=limit), []
    for step in range(4000):
        action, value = random(9), step
        if action < 3:
            d.append(value)
            model.append(value)
            if limit is not None and len(model) > limit:
                del model[0]
        elif action < 5:
            d.appendleft(value)
            model.insert(0, value)
            if limit is not None and len(model) > limit:
                del model[-1]
        elif model and action == 5:
            assert d.pop() == model.pop()
        elif model and action == 6:
            assert d.popleft() == model.pop(0)
        elif model and action == 7:
            turn = random(300) - 150
            d.rotate(turn)
            turn %= len(model)
            model = model[-turn:] + model[:-turn]
        elif model and action == 8:
            i = random(len(model))
            assert d[i] == model[i] and d.index(model[i]) == model.index(model[i])
            if random(2):
                del d[i], model[i]
    assert list(d) == model and list(reversed(d)) == model[::-1] and d == deque(model)

assert sys.getsizeof(deque()) == 760 and sys.getsizeof(deque(range(63))) == 760 and sys.getsizeof(deque(range(66))) == 1288
d = deque("abc", 4)
d.extendleft("xy")
assert repr(d) == "deque(['y', 'x', 'a', 'b'], maxlen=4)" and d * 2 == deque("yxab") and d + deque("q") == deque("xabq")
assert message(lambda: d.insert(0, 1)) == "IndexError: deque already at its maximum size"
assert message(deque().pop) == "IndexError: pop from an empty deque" and message(lambda: d[9]) == "IndexError: deque index out of range"
assert message(lambda: d.remove("q")) == "ValueError: 'q' is not in deque"
it = iter(d)
next(it)
assert list(it.__reduce__()[0](*it.__reduce__()[1])) == ["x", "a", "b"]
d.append("new")
assert message(lambda: next(it)) == "RuntimeError: deque mutated during iteration"

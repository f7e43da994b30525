# Attributes of locals in hot code: instances of several classes in turn, with slots, a dict of their own or a property, classes that
# change, locals that are unbound, values that die as they are replaced.
import sys


class Plain:
    def __init__(self, x):
        self.x = x


class Other:
    def __init__(self, x):
        self.before = 0
        self.x = x


class Slots:
    __slots__ = ("first", "x")

    def __init__(self, x):
        self.x = x


class Computed:
    def __init__(self, x):
        self.hidden = x

    @property
    def x(self):
        return self.hidden

    @x.setter
    def x(self, value):
        self.hidden = value


def with_dict(x):
    made = Plain(x)
    made.__dict__["y"] = 1
    return made


def add(item, amount):
    item.x = item.x + amount
    return item.x


for makers in [Plain], [Plain, Other], [Slots, Plain, Other], [Plain, Computed, Slots, with_dict, Other]:
    items = [make(10) for make in makers]
    for turn in range(200):
        for item in items:
            assert add(item, 1) == 11 + turn

shared = Plain(1)
for turn in range(300):
    assert add(shared, 0) == 1
    if turn == 100:
        Plain.x = 5  # the instance's own stays in front
    if turn == 150:
        del Plain.x
    if turn == 200:
        Plain.x = property(lambda self: 1, lambda self, value: None)
    if turn == 250:
        del Plain.x
del shared.x
try:
    add(shared, 0)
except AttributeError as error:
    assert error.name == "x" and error.obj is shared
else:
    raise AssertionError


def maybe(item, there):
    if not there:
        del item
    return item.x


for turn in range(100):
    assert maybe(Plain(turn), True) == turn
try:
    maybe(Plain(1), False)
except UnboundLocalError as error:
    assert str(error) == "cannot access local variable 'item' where it is not associated with a value"
else:
    raise AssertionError


class Dying:
    def __init__(self, holder):
        self.holder = holder

    def __del__(self):
        frame = sys._getframe(1)
        died.append((frame.f_lineno - frame.f_code.co_firstlineno, self.holder.x))


def replace(holder, value):
    old = holder.x
    del old
    holder.x = (
        value)
    return holder


died = []
for turn in range(100):
    holder = Plain(None)
    holder.x = Dying(holder)
    assert replace(holder, turn) is holder and holder.x == turn and sys.getrefcount(holder) == 2
assert died == [(3, turn) for turn in range(100)], died[-3:]

events = []


def tracer(frame, event, argument):
    if frame.f_code is not add.__code__:
        return None
    frame.f_trace_opcodes = True
    events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


item = Plain(1)
sys.settrace(tracer)
add(item, 1)
sys.settrace(None)
assert [line for event, line in events if event == "line"] == [1, 2]
assert sum(event == "opcode" for event, line in events) == 9, events

# Dicts that change while they are walked, compared or looked into.
def message(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


d = {i: i for i in range(5)}


def add():
    for key in d:
        d[key + 100] = 0


def swap():
    for key in d:
        del d[key]
        d[key + 100] = 0


assert message(add) == "RuntimeError: dictionary changed size during iteration"
d = dict.fromkeys(range(5))
assert message(swap) == "RuntimeError: dictionary keys changed during iteration"


class Key:
    """Equal keys with one hash, whose comparison does something to a dict."""

    def __init__(self, value, action=None):
        self.value, self.action = value, action

    def __hash__(self):
        return 7

    def __eq__(self, other):
        if self.action:
            action, self.action = self.action, None
            action()
        return isinstance(other, Key) and self.value == other.value


victim = {Key(1): "a", Key(2): "b"}
list(victim)[0].action = lambda: victim.clear()
assert victim.get(Key(2)) is None and len(victim) == 0
victim = {Key(1): "a"}
list(victim)[0].action = lambda: victim.update({i: i for i in range(50)})
assert Key(1) in victim and len(victim) == 51

first = {Key(1): 1}
list(first)[0].action = first.clear
first == {Key(1): 1}  # must not crash

calls = []


class Counted:
    def __hash__(self):
        return 42

    def __eq__(self, other):
        calls.append(1)
        return True


once = {Counted(): "old"}
assert once.setdefault(Counted(), "new") == "old" and len(calls) == 1

it = iter({1: 1, 2: 2})
next(it)
assert it.__reduce__() == (iter, ([2],)) and list(it) == [2] and it.__reduce__() == (iter, ([],))
assert it.__length_hint__() == 0 and reversed({1: 1}).__length_hint__() == 1

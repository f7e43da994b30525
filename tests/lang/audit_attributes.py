# Audit events of restricted attributes, of gc, marshal and id(); hooks are not traced and not seen by gc.
import gc
import marshal
import sys

seen = []
listening = False


def hook(event, arguments):
    if listening and event.split(".")[0] in ("object", "gc", "marshal", "builtins", "code", "function"):
        seen.append((event, *arguments))


sys.addaudithook(hook)
assert not any(isinstance(each, list) and hook in each for each in gc.get_objects())


def events(action):
    global listening
    seen.clear()
    listening = True
    try:
        action()
    finally:
        listening = False
    return seen[:]


class A:
    pass


class B:
    pass


class C(A):
    pass


def f(a=1, *, b=2):
    return a


def generator():
    yield


a, g = A(), generator()
code = f.__code__
for owner, name, value in [(C, "__name__", "D"), (C, "__qualname__", "D"), (C, "__module__", "m"), (C, "__doc__", "text"),
                           (C, "__bases__", (B,)), (a, "__class__", B), (f, "__code__", code), (f, "__defaults__", (2,)),
                           (f, "__kwdefaults__", {"b": 3})]:
    assert events(lambda: setattr(owner, name, value)) == [("object.__setattr__", owner, name, value)], name
assert events(lambda: delattr(f, "__defaults__")) == [("object.__delattr__", f, "__defaults__")]
assert events(lambda: setattr(C, "other", 1)) == []
try:
    1 / 0
except ZeroDivisionError as error:
    traceback = error.__traceback__
for owner, name in [(f, "__code__"), (f, "__defaults__"), (f, "__kwdefaults__"), (g, "gi_code"), (g, "gi_frame"),
                    (traceback, "tb_frame"), (sys._getframe(), "f_code")]:
    assert events(lambda: getattr(owner, name)) == [("object.__getattr__", owner, name)], name
assert events(lambda: code.replace(co_name="x")) == [("code.__new__", code.co_code, code.co_filename, "x", 1, 0, 1, 2, code.co_stacksize, 3)]
assert events(lambda: type(f)(code, {})) == [("function.__new__", code)]
assert events(lambda: gc.get_objects(generation=1)) == [("gc.get_objects", 1)]
assert events(lambda: gc.get_referents(a)) == [("gc.get_referents", (a,))]
assert events(lambda: marshal.loads(marshal.dumps(1))) == [("marshal.dumps", 1, 4), ("marshal.loads", marshal.dumps(1))]
assert events(lambda: id(a)) == [("builtins.id", id(a))]

# Only a hook that says so is traced.
traced = []
hook_code = hook.__code__


def trace(frame, event, argument):
    if frame.f_code is hook_code:
        traced.append(event)


sys.settrace(trace)
id(a)
hook.__cantrace__ = True
id(a)
sys.settrace(None)
assert traced == ["call", "call"], traced  # by id() and settrace()

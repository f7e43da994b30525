# What os functions say about paths, descriptors and ids that they cannot use.
import os
import signal
import warnings


def message(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


assert message(os.stat, "a\0b") == "ValueError: embedded null byte"
assert message(os.stat, b"a\0b") == "ValueError: stat: embedded null character in path"
assert message(os.stat, None) == "TypeError: stat: path should be string, bytes, os.PathLike or integer, not NoneType"
assert message(os.readlink, 1) == "TypeError: readlink: path should be string, bytes or os.PathLike, not int"
assert message(os.stat, -1) == "OSError: [Errno 14] Bad address: -1"
assert message(os.stat, 2**40) == "OverflowError: fd is greater than maximum"
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    assert os.listdir(bytearray(b"/")) == os.listdir(b"/")
assert [str(each.message) for each in caught] == [
    "listdir: path should be string, bytes, os.PathLike, integer or None, not bytearray"]
assert message(os.setuid, "a") == "TypeError: uid should be integer, not str"
assert message(os.setgid, 2**70) == "OverflowError: gid is greater than maximum"
assert message(os.kill, 1) == "TypeError: kill() takes exactly 2 arguments (1 given)"
assert message(signal.setitimer, signal.ITIMER_REAL, "a") == "TypeError: 'str' object cannot be interpreted as an integer"
assert message(os.sched_setparam, 0, 5) == "TypeError: must have a sched_param object"
assert repr(os.sched_param(3)) == "posix.sched_param(sched_priority=3)" and os.sched_getparam(0).sched_priority == 0

# Errors name what __fspath__() gave, and of utime() nothing.
class Place:
    def __init__(self, text): self.text = text
    def __fspath__(self): return self.text

for function in (os.listdir, os.scandir, os.remove, os.stat, os.rmdir, os.chdir, os.readlink, os.mkdir):
    for text in ("nosuch/x", b"nosuch/x"):
        try:
            function(Place(text))
        except FileNotFoundError as error:
            assert error.filename == text and error.filename2 is None, (function, error.filename)
        else:
            assert False, function
try:
    os.rename(Place("nosuch/x"), Place("nosuch/y"))
except FileNotFoundError as error:
    assert (error.filename, error.filename2) == ("nosuch/x", "nosuch/y")
try:
    os.utime("nosuch/x")
except FileNotFoundError as error:
    assert error.filename is None

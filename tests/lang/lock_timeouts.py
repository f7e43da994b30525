# What lock.acquire() refuses, and in which words.
import threading

CASES = [
    ((True, -2), ValueError, "timeout value must be positive"),
    ((True, -0.5), ValueError, "timeout value must be positive"),
    ((True, 1e30), OverflowError, "timestamp too large to convert to C _PyTime_t"),
    ((True, 9223372037), OverflowError, "timestamp too large to convert to C _PyTime_t"),
    ((True, float("nan")), ValueError, "Invalid value NaN (not a number)"),
    ((True, "x"), TypeError, "'str' object cannot be interpreted as an integer"),
    ((True, None), TypeError, "'NoneType' object cannot be interpreted as an integer"),
    (("x", 0), TypeError, "'str' object cannot be interpreted as an integer"),
    ((False, 1), ValueError, "can't specify a timeout for a non-blocking call"),
    ((False, -2), ValueError, "can't specify a timeout for a non-blocking call"),
]
for lock in threading.Lock(), threading.RLock():
    for arguments, kind, text in CASES:
        try:
            lock.acquire(*arguments)
        except (ValueError, OverflowError, TypeError) as error:
            assert type(error) is kind and str(error) == text, (arguments, error)
        else:
            assert False, arguments
    assert lock.acquire(True, -1) and lock.acquire(False, -1) is isinstance(lock, type(threading.RLock()))
    lock.release()

held = threading.Lock()
held.acquire()
assert held.acquire(True, 0) is False and held.acquire(timeout=1e-9) is False and held.acquire(timeout=0.01) is False

# multiprocessing's semaphores: kinds, ownership, limits, rebuilding under the name; shared memory by name.
import os
import threading
from _multiprocessing import SemLock, sem_unlink
import _posixshmem

NAME = f"/adder-test-{os.getpid()}"
RECURSIVE, SEMAPHORE = 0, 1


def error(function, *args):
    try:
        function(*args)
    except Exception as caught:
        return type(caught), str(caught)


lock = SemLock(RECURSIVE, 1, 1, NAME, True)
assert lock.name is None and lock.kind == RECURSIVE
not_owned = AssertionError, "attempt to release recursive lock not owned by thread"
assert error(lock.release) == not_owned
assert lock.acquire() and lock.acquire() and lock._count() == 2 and lock._is_mine() and lock._is_zero()
errors = []
thread = threading.Thread(target=lambda: errors.append(error(lock.release)))
thread.start()
thread.join()
assert errors == [not_owned]
lock.release()
lock.release()
assert lock._get_value() == 1 and not lock._is_mine()

semaphore = SemLock(SEMAPHORE, 1, 1, NAME, True)
assert semaphore.acquire()
assert not semaphore.acquire(False) and not semaphore.acquire(True, 0.01) and not semaphore.acquire(timeout=-1)
semaphore.release()
assert error(semaphore.release) == (ValueError, "semaphore or lock released too many times")
with semaphore:
    assert semaphore._is_zero()

first = SemLock(SEMAPHORE, 3, 5, NAME, False)
second = SemLock._rebuild(0, SEMAPHORE, 5, NAME)
second.acquire()
assert first._get_value() == 2 and (first._count(), second._count()) == (0, 1)
assert error(SemLock, SEMAPHORE, 1, 1, NAME, False)[0] is FileExistsError
sem_unlink(NAME)
assert error(sem_unlink, NAME)[0] is FileNotFoundError
assert error(SemLock, 7, 1, 1, NAME, True) == (ValueError, "unrecognized kind")

descriptor = _posixshmem.shm_open(NAME, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
os.ftruncate(descriptor, 100)
assert os.fstat(descriptor).st_size == 100 and not os.get_inheritable(descriptor)
os.close(descriptor)
assert error(_posixshmem.shm_open, NAME, os.O_CREAT | os.O_EXCL | os.O_RDWR)[0] is FileExistsError
_posixshmem.shm_unlink(NAME)
assert error(_posixshmem.shm_unlink, NAME)[0] is FileNotFoundError

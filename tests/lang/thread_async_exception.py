# PyThreadState_SetAsyncExc raises an exception in another thread, the next time that it runs Python code.
import ctypes
import threading
import time

raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
raise_in.argtypes = (ctypes.c_ulong, ctypes.py_object)
raise_in.restype = ctypes.c_int


class Stop(Exception):
    pass


caught = []
started = threading.Event()


def work():
    try:
        while True:
            started.set()
            time.sleep(0.01)
    except Stop:
        caught.append("worker")


thread = threading.Thread(target=work)
thread.start()
started.wait()
assert raise_in(thread.ident, Stop) == 1
for _ in range(1000):
    sum(range(100))
thread.join(20)
assert caught == ["worker"]
assert raise_in(2**63, Stop) == 0
try:
    raise_in(threading.get_ident(), Stop)
    while True:
        pass
except Stop:
    caught.append("main")
assert caught == ["worker", "main"]

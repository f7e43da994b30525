# A thread's state is found also while its GIL is released, as it is around calls by ctypes.CDLL (but not by PyDLL).
import ctypes
import threading

held, released = ctypes.PyDLL(None), ctypes.CDLL(None)
for library in (held, released):
    library.PyGILState_GetThisThreadState.restype = ctypes.c_void_p


def states():
    assert (held.PyGILState_Check(), released.PyGILState_Check()) == (1, 0)
    state = held.PyGILState_GetThisThreadState()
    assert state and state == released.PyGILState_GetThisThreadState()
    assert held.PyGILState_Ensure() == 0  # it has the GIL already
    held.PyGILState_Release(0)
    return state


found = [states()]
thread = threading.Thread(target=lambda: found.append(states()))
thread.start()
thread.join()
assert len(found) == 2 and found[0] != found[1] and states() == found[0]

# Callbacks from a library that runs without the GIL run in the same state.
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda a, b: found.append(states()) or 0)
released.qsort(ctypes.create_string_buffer(2), ctypes.c_size_t(2), ctypes.c_size_t(1), compare)
assert len(found) >= 3 and found[2] == found[0]

"""Runs pieces of pieces.py with requests for memory refused, in one process: it must live, and each run end in a result or an error.

    [LD_PRELOAD=LIBRARY] INTERPRETER refused.py one|few|all MOST [PIECES…]

one: the nth request, for every n; few: seven of them from the nth on; all: every one from the nth on. Where a piece makes more
than MOST requests, so many of them are tried, evenly spread. The requests are those of the interpreter's allocator
(_testinternalcapi.set_nomemory), or those of the C heap with refuse.c loaded.
"""
import ctypes
import gc
import os
import sys

from pieces import PIECES

if "LD_PRELOAD" in os.environ:
    requests, first_refused, first_granted = (ctypes.c_long.in_dll(ctypes.CDLL(os.environ["LD_PRELOAD"]), f"refuse_{name}") for name in ("count", "first", "end"))

    def set_nomemory(first, end):
        requests.value, first_granted.value, first_refused.value = 0, end, first

    def remove_mem_hooks():
        first_refused.value = 0
        return requests.value
else:
    from _testinternalcapi import remove_mem_hooks, set_nomemory

WRONG = (SystemError, RecursionError)  # never what a lack of memory shows as


def run(code, first, end):
    """The error it ended in, or None, and the number of requests."""
    namespace = {"__name__": "piece"}
    found = None
    set_nomemory(first, end)
    try:
        exec(code, namespace)
    except BaseException as error:
        remove_mem_hooks()
        found = error.with_traceback(None)
    return found, remove_mem_hooks()


def check(name, mode, most):
    code = compile(PIECES[name], name, "exec")
    for _ in range(3):
        exec(code, {"__name__": "piece"})  # what is made only once is there then
    found, total = run(code, sys.maxsize, 0)
    if found:
        raise found
    wrong = refused = 0
    for first in range(1, total + 1, -(-total // most) or 1):
        print(name, mode, first, end="\r", flush=True)  # what a crash leaves to read
        found, _ = run(code, first, {"one": first + 1, "few": first + 7, "all": 0}[mode])
        refused += isinstance(found, MemoryError)
        if isinstance(found, WRONG):
            wrong += 1
            print(f"{name}, {mode} from {first}: {found!r}")
    gc.collect()
    if total and not refused:
        print(f"{name}: nothing was refused in {total} requests")
    return not wrong and (refused or not total)


def main():
    mode, most, *names = sys.argv[1:]
    sys.unraisablehook = lambda hook: None
    good = [check(name, mode, int(most)) for name in names or PIECES]
    print("refused: all well" if good and all(good) else "refused: not well")


main()

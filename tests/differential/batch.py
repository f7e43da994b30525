"""Runs programs one after the other in one process: `batch.py PATIENCE RESULTS FILE…`; a JSON text a line. PATIENCE multiplies the limits.

It is what the program printed, with the traceback of an exception that it did not catch. Runs on both interpreters."""
import sys
import io
import json
import signal
import builtins
import warnings
import gc
import resource

LIMIT = 1.5  # seconds of processor time a program may take, at patience 1
WAIT = 10  # seconds a program may take
MEMORY = 1 << 30  # bytes


class TimeOver(BaseException):
    pass


running = False  # a program; a signal may be told of after its end


def out_of_time(signum, frame):
    if running:
        raise TimeOver


class State:
    """What a program may change of the process and the next one must not see."""

    def __init__(self):
        self.builtins = dict(vars(builtins))
        self.recursion = sys.getrecursionlimit()

    def restore(self):
        sys.settrace(None)
        sys.setprofile(None)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        sys.excepthook, sys.displayhook, sys.unraisablehook = sys.__excepthook__, sys.__displayhook__, sys.__unraisablehook__
        sys.setrecursionlimit(self.recursion)
        for name in set(vars(builtins)) - set(self.builtins):
            delattr(builtins, name)
        vars(builtins).update(self.builtins)
        warnings.resetwarnings()
        gc.enable()


def run(path, patience):
    """The program's output; tracebacks come from the interpreter's own hook."""
    with open(path, encoding="utf-8", errors="surrogatepass") as file:
        source = file.read()
    output = io.StringIO()
    sys.stdout = sys.stderr = output
    global running
    running = True
    # Again and again: programs may catch it.
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT * patience, 0.1)
    signal.setitimer(signal.ITIMER_REAL, WAIT * patience, 0.1)
    try:
        try:
            # Not optimized away: a program is the main module to itself.
            namespace = {"__name__": "__main__", "__builtins__": builtins, "__file__": path}
            exec(compile(source, path, "exec", dont_inherit=True), namespace)
        except TimeOver:
            output.write("\n<time over>\n")
        except BaseException:
            sys.stdout = sys.stderr = output
            sys.settrace(None)
            kind, value, trace = sys.exc_info()
            sys.__excepthook__(kind, value, trace.tb_next if trace else None)
            kind = value = trace = None
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        namespace.clear()
        namespace = None
        gc.collect()
    except TimeOver:
        output.write("\n<time over>\n")
    finally:
        running = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return output.getvalue() if output.tell() < MEMORY // 64 else "<too long>\n"


def main():
    patience, results, *paths = sys.argv[1:]
    signal.signal(signal.SIGALRM, out_of_time)
    signal.signal(signal.SIGVTALRM, out_of_time)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("always")
    state = State()
    with open(results, "w", encoding="ascii") as file:
        for path in paths:
            try:
                text = run(path, int(patience))
            except TimeOver:  # once more, while the first one was noted
                text = "<time over>\n"
            state.restore()
            warnings.simplefilter("always")
            print(json.dumps(text), file=file, flush=True)


main()

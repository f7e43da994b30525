"""Deep recursion of every kind must end in an error or a result, never in a crash, whatever the stack's size.

    run.py INTERPRETER [--stack KIB…] [--depth N] [--limit N] [--memory MB] [--jobs N] [CASES…]

Each case of cases*.py runs in a process of its own under `ulimit -s`, in the main thread and in threads with small stacks.
"""
import argparse
import concurrent.futures
import os
import pathlib
import resource
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT = 120

CHILD = """
import sys, threading
sys.path.insert(0, {here!r})
import cases, cases_data, cases_library, cases_source
cases.DEPTH = {depth}
def attempt(where):
    sys.setrecursionlimit(cases.limit_of({name!r}, {limit}))
    try:
        cases.CASES[{name!r}]()
    except (RecursionError, MemoryError) as error:
        sys.setrecursionlimit(1000)
        outcome = type(error).__name__
        error = None
    except Exception as error:
        sys.setrecursionlimit(1000)
        outcome = type(error).__name__
        if outcome not in {allowed!r}:
            outcome += ": " + str(error)[:200]
    else:
        outcome = 'ended'
    sys.setrecursionlimit(1000)
    print(where, outcome, flush=True)
attempt('main')
for size in {thread_stacks!r}:
    threading.stack_size(size * 1024)
    thread = threading.Thread(target=attempt, args=('thread',))
    thread.start()
    thread.join()
print('over', flush=True)
"""
# Errors that cases may end in besides: what is deep is refused, or is not to be had in this form at all.
ALLOWED = ("TypeError", "ValueError", "AttributeError", "PicklingError", "SyntaxError", "NameError", "error", "ExpatError", "UnmarshallableError",
           "RuntimeError", "StopIteration", "ParseError", "KeyError", "AssertionError", "OverflowError", "LookupError", "ValueError", "ExceptionGroup", "BaseExceptionGroup")


def limits(stack, megabytes):
    def apply():
        size = resource.RLIM_INFINITY if stack == 0 else stack * 1024
        resource.setrlimit(resource.RLIMIT_STACK, (size, size))
        if megabytes:
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return apply


def run(interpreter, name, stack, options):
    source = CHILD.format(here=str(HERE), name=name, depth=options.depth, limit=options.limit, thread_stacks=options.thread_stack, allowed=ALLOWED)
    start = time.monotonic()
    try:
        done = subprocess.run([interpreter, "-W", "ignore", "-c", source], stdin=subprocess.DEVNULL, capture_output=True, timeout=options.timeout,
                              preexec_fn=limits(stack, options.memory), env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
    except subprocess.TimeoutExpired as late:
        return "timeout after " + (late.stdout or b"").decode().replace("\n", "; "), options.timeout
    output = done.stdout.decode(errors="replace").splitlines()
    good = done.returncode == 0 and output[-1:] == ["over"] and not any(": " in line for line in output)
    text = "" if good else f"status {done.returncode}: {'; '.join(output)} {done.stderr[-300:].decode(errors='replace')}"
    return text, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("interpreter")
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--stack", type=int, nargs="*", default=[1024, 8192], help="KiB, 0: unlimited")
    parser.add_argument("--depth", type=int, default=100_000)
    parser.add_argument("--limit", type=int, default=10**9)
    parser.add_argument("--thread-stack", type=int, nargs="*", default=[32, 256], help="KiB")
    parser.add_argument("--memory", type=int, default=3072, help="MB, 0: unlimited, which AddressSanitizer needs")
    parser.add_argument("--timeout", type=float, default=TIMEOUT)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--slow", type=float, help="name the cases that take longer")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    import cases
    import cases_data
    import cases_library
    import cases_source
    names = options.cases or list(cases.CASES)
    work = [(name, stack) for stack in options.stack for name in names]
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for (name, stack), (text, seconds) in zip(work, pool.map(lambda w: run(os.path.abspath(options.interpreter), *w, options), work)):
            wrong += bool(text)
            if text:
                print(f"{name} at {stack} KiB: {text}", flush=True)
            elif options.slow and seconds > options.slow:
                print(f"{name} at {stack} KiB: {seconds:.1f} s", flush=True)
    print(f"recursion: {len(work) - wrong} of {len(work)} end well")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

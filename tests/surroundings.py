#!/usr/bin/python3.11 -I
"""surroundings.py PROGRAM [ARGUMENTS…]: becomes a program, in surroundings that are the same on every machine.

What a shell, a hook or a service hands on shall not decide how a test ends: variables of the environment, a home with settings,
ignored or blocked signals, open descriptors, the mask for new files, limits. Kept are PATH, TMPDIR (as it is really named), and
the variables of the build and the tests. HOME is an empty directory, $ADDER_TEST_PLACE, which PROGRAM removes in the end;
$ADDER_TEST_HOME is the home there was.
"""
import os
import resource
import signal
import sys
import tempfile

KEPT = ("ADDER_BUILD", "ADDER_SHARED", "ADDER_JOBS", "ADDER_TEST_", "ADDER_GC_STRESS", "ADDER_FUZZ", "ADDER_MUTATIONS", "CCACHE_", "CMAKE_")
LIMITS = ((resource.RLIMIT_STACK, 8 << 20), (resource.RLIMIT_NOFILE, 1024), (resource.RLIMIT_CORE, 0))
LONGEST = 50  # of TMPDIR: tests make sockets there, and a socket's path ends at 107 bytes


def temporary_directory():
    place = os.path.realpath(tempfile.gettempdir())
    return place if len(os.fsencode(place)) <= LONGEST or not os.access("/tmp", os.W_OK | os.X_OK) else "/tmp"


def variables():
    place = temporary_directory()
    home = tempfile.mkdtemp(prefix="adder-home-", dir=place)
    return {name: value for name, value in os.environ.items() if name.startswith(KEPT)} | {
        "PATH": os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin"), "TMPDIR": place, "HOME": home, "ADDER_TEST_PLACE": home,
        "ADDER_TEST_HOME": os.path.expanduser("~"), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb",
    }


def limit(kind, wanted):
    """What is wanted, or as much of it as is allowed."""
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def settle():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.umask(0o022)
    for kind, wanted in LIMITS:
        limit(kind, wanted)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.set_inheritable(0, True)
    os.closerange(3, 2**31 - 1)


if __name__ == "__main__":
    environment = variables()
    settle()
    os.execve(sys.argv[1], sys.argv[1:], environment)

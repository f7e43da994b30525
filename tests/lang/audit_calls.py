# Audit events of compiling, running, importing and changing files.
import os
import signal
import sys
import tempfile
import threading

seen = []
listening = False


def hook(event, arguments):
    if listening:
        seen.append((event, *arguments))


sys.addaudithook(hook)


def events(action):
    global listening
    seen.clear()
    listening = True
    try:
        action()
    except (OSError, ImportError):
        pass
    finally:
        listening = False
    return seen[:]


code = compile("1", "name", "eval")
assert events(lambda: compile("1", "name", "exec")) == [("compile", b"1", "name")]
assert events(lambda: eval(code)) == [("exec", code)]
assert [each[:2] for each in events(lambda: eval("2"))] == [("compile", b"2"), ("exec", seen[1][1])]
assert [each[0] for each in events(lambda: exec("pass"))] == ["compile", "exec"]
assert events(lambda: __import__("no_such_module")) == [("import", "no_such_module", None, sys.path, sys.meta_path, sys.path_hooks)]

missing = os.path.join(tempfile.gettempdir(), "no-such-directory", "file")
for call, event in [
    (lambda: os.open(missing, os.O_RDONLY), ("open", missing, None, os.O_RDONLY | os.O_CLOEXEC)),
    (lambda: os.chmod(missing, 0o600), ("os.chmod", missing, 0o600, -1)),
    (lambda: os.chown(missing, 1, 2), ("os.chown", missing, 1, 2, -1)),
    (lambda: os.link(missing, "b"), ("os.link", missing, "b", -1, -1)),
    (lambda: os.symlink("a", missing), ("os.symlink", "a", missing, -1)),
    (lambda: os.truncate(missing, 3), ("os.truncate", missing, 3)),
    (lambda: os.utime(missing), ("os.utime", missing, None, None, -1)),
    (lambda: os.getxattr(missing, "user.a"), ("os.getxattr", missing, "user.a")),
    (lambda: os.putenv("A_NAME", "value"), ("os.putenv", b"A_NAME", b"value")),
    (lambda: signal.pthread_kill(threading.get_ident(), 0), ("signal.pthread_kill", threading.get_ident(), 0)),
]:
    assert events(call) == [event], (seen, event)

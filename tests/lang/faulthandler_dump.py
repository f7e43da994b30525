# Tracebacks written without the interpreter's help: their form, their limits, and that fatal signals stay fatal.
import faulthandler
import os
import signal
import subprocess
import sys
import tempfile


def dumped(function):
    with tempfile.TemporaryFile() as file:
        function(file)
        file.seek(0)
        return file.read().decode().splitlines()


def inner(file):
    faulthandler.dump_traceback(file, all_threads=False)


lines = dumped(inner)
assert lines[0] == "Stack (most recent call first):"
assert lines[1].endswith("in inner") and lines[2].endswith("in dumped") and lines[-1].endswith("in <module>"), lines


def deep(count, file):
    if count:
        return deep(count - 1, file)
    faulthandler.dump_traceback(file, all_threads=False)


lines = dumped(lambda file: deep(200, file))
assert len(lines) == 102 and lines[-1] == "  ...", len(lines)

scope = {"faulthandler": faulthandler}
exec(compile("def f(file):\n\n  faulthandler.dump_traceback(file)", "caf\xe9\u20ac\U0001f40d.py", "exec"), scope)
lines = dumped(scope["f"])
assert lines[0].startswith("Current thread 0x") and lines[0].endswith(" (most recent call first):")
assert lines[1] == '  File "caf\\xe9\\u20ac\\U0001f40d.py", line 3 in f', lines[1]

with tempfile.TemporaryFile() as file:
    faulthandler.register(signal.SIGUSR1, file, all_threads=False)
    os.kill(os.getpid(), signal.SIGUSR1)
    assert faulthandler.unregister(signal.SIGUSR1) and not faulthandler.unregister(signal.SIGUSR1)
    file.seek(0)
    assert b"<module>" in file.read()

code = "import faulthandler, sys; faulthandler.enable(); faulthandler._sigsegv()"
result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
assert result.returncode == -signal.SIGSEGV or "AddressSanitizer" in result.stderr
assert result.stderr.startswith("Fatal Python error: Segmentation fault\n\nCurrent thread 0x"), result.stderr
assert '  File "<string>", line 1 in <module>\n' in result.stderr

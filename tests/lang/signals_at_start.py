# An interrupt is a KeyboardInterrupt, and writing to a closed pipe an error, in programs that never import signal.
import signal
import subprocess
import sys

program = """
import sys, time
assert "signal" not in sys.modules
try:
    print("ready", flush=True)
    time.sleep(20)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
assert child.stdout.readline() == "ready\n"
child.send_signal(signal.SIGINT)
assert child.stdout.read() == "interrupted\n"
assert child.wait() == 0

program = """
import os, sys
sys.stdin.readline()
try:
    os.write(1, b"text")
except BrokenPipeError:
    sys.exit(3)
"""
child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.close()
child.stdin.close()
assert child.wait() == 3

# A program started from here gets the signal's default back, unless asked not to.
for restore, status in (True, -signal.SIGPIPE), (False, 0):
    done = subprocess.run(["/bin/sh", "-c", "kill -PIPE $$; true"], restore_signals=restore)
    assert done.returncode == status, done

# An uncaught KeyboardInterrupt kills the program with SIGINT; sys.exit(130) is an exit status like any other.
import signal
import subprocess
import sys

for source, status in ("raise KeyboardInterrupt", -signal.SIGINT), ("import sys; sys.exit(130)", 130), ("raise SystemExit(2)", 2):
    done = subprocess.run([sys.executable, "-c", source], stderr=subprocess.DEVNULL)
    assert done.returncode == status, (source, done)

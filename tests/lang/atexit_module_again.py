# The list of exit functions is the interpreter's: two atexit modules share it, and neither has to be in sys.modules.
import subprocess
import sys

program = """
import sys
import atexit as first
del sys.modules["atexit"]
import atexit as second
del sys.modules["atexit"]
assert first is not second
first.register(print, "first")
second.register(print, "second")
"""
done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
assert done.stdout == "second\nfirst\n", done

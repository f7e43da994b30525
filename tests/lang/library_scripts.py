# A module of the library runs as a script by its __file__.
import subprocess
import sys
import timeit

done = subprocess.run([sys.executable, timeit.__file__, "-n1", "-r1", "pass"], capture_output=True, text=True)
assert done.returncode == 0 and "loop" in done.stdout, done

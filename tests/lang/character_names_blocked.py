# \N escapes come from the unicodedata module; where its import is forbidden they are errors.
import subprocess
import sys

program = r"""
import sys
sys.modules["unicodedata"] = None
try:
    eval(r"'\N{SOFT HYPHEN}'")
except SyntaxError as error:
    print(error)
"""
done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
assert done.stdout.startswith(r"(unicode error) \N escapes not supported (can't load unicodedata module)"), done

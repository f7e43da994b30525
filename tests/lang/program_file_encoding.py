# What is said about a program file whose bytes are not what it declares.
import os
import subprocess
import sys
import tempfile


def last_line(content):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "program.py")
        with open(path, "wb") as file:
            file.write(content)
        done = subprocess.run([sys.executable, path], capture_output=True, encoding="utf-8", errors="replace")
        assert done.returncode == 1
        return done.stderr.replace(path, "PATH").strip().splitlines()[-1]


def undeclared(byte, line):
    return (f"SyntaxError: Non-UTF-8 code starting with '\\x{byte:02x}' in file PATH on line {line}, but no encoding declared; "
            "see https://peps.python.org/pep-0263/ for details")


assert last_line(b"x = 1\n# \xb1\n") == undeclared(0xb1, 2)
assert last_line(b'print("""\n\xb1""")\n') == undeclared(0xb1, 2)
assert last_line(b"x = (\n\n# \xb1\n") == undeclared(0xb1, 3)  # before the grammar's error
assert last_line(b'x = "\n# \xb1\n') == "SyntaxError: unterminated string literal (detected at line 1)"
assert last_line(b"0\0 hidden\n\n\x9e\n") == undeclared(0x9e, 2)  # a NUL hides the rest of its line
assert last_line(b"# coding: no-such-codec\n") == "SyntaxError: encoding problem: no-such-codec"
assert last_line(b"# coding: ascii\nx = '\xe4'\n") == "SyntaxError: encoding problem: ascii"
assert last_line(b"\xef\xbb\xbf# coding: latin_1\n") == "SyntaxError: encoding problem: iso-8859-1 with BOM"

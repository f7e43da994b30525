"""The prompt at a terminal: terminal.py INTERPRETER. CPython passes these as well."""
import os
import pty
import re
import select
import shutil
import signal
import sys
import tempfile
import time
import unittest

INTERPRETER = os.path.abspath(sys.argv.pop(1))
LIMIT = 60


class Session:
    """The interpreter on a pseudo-terminal; what it shows is read until an expected text comes."""

    def __init__(self, *arguments, home, **variables):
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "TERM": "xterm", "LC_ALL": "C.UTF-8", **variables}
        self.process, self.terminal = pty.fork()
        if not self.process:
            os.chdir(home)
            # A shell's background job ignores the interrupt, and so would the interpreter.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(INTERPRETER, [INTERPRETER, *arguments], environment)
        self.seen = ""
        self.status = None

    def read(self, seconds):
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\x07\x01\x02]", "", data.decode("utf-8", "replace"))
        self.seen += text
        return bool(data)

    def expect(self, text):
        """Reads until the text was shown; what came before it is dropped."""
        end = time.monotonic() + LIMIT
        while text not in self.seen:
            if not self.read(1) and time.monotonic() > end:
                raise AssertionError(f"{text!r} did not come; shown: {self.seen!r}")
        before, _, self.seen = self.seen.partition(text)
        return before

    def send(self, text):
        os.write(self.terminal, text.encode())

    def type(self, line):
        """One line, and its echo."""
        self.send(line + "\r")
        self.expect(line[-8:])

    def end(self):
        """The status, after everything was shown."""
        end = time.monotonic() + LIMIT
        while self.status is None and time.monotonic() < end:
            self.read(0.1)
            done, status = os.waitpid(self.process, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            raise AssertionError(f"it does not end; shown: {self.seen!r}")
        while self.read(0.1):
            pass
        os.close(self.terminal)
        return self.status


class TerminalTests(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="adder-terminal-")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def start(self, *arguments, **variables):
        session = Session(*arguments, home=self.home, **variables)
        session.expect(">>> ")
        return session

    def test_banner_and_end(self):
        session = Session(home=self.home)
        session.expect("Python 3.11")
        session.expect('Type "help", "copyright", "credits" or "license" for more information.')
        session.expect(">>> ")
        session.send("\x04")
        self.assertEqual(session.end(), 0)

    def test_values_and_blocks(self):
        session = self.start("-q")
        session.type("6 * 7")
        session.expect("42")
        session.expect(">>> ")
        session.type("_ + 1")
        session.expect("43")
        session.expect(">>> ")
        session.type("def f():")
        session.expect("... ")
        session.type("    return 'from f'")
        session.expect("... ")
        session.send("\r")
        session.expect(">>> ")
        session.type("f()")
        session.expect("'from f'")
        session.expect(">>> ")
        session.send("\x04")
        self.assertEqual(session.end(), 0)

    def test_errors_go_on(self):
        session = self.start("-q")
        session.type("1/0")
        session.expect("ZeroDivisionError: division by zero")
        session.expect(">>> ")
        session.type("x = = 1")
        session.expect("SyntaxError: invalid syntax")
        session.expect(">>> ")
        session.type("raise SystemExit(7)")
        self.assertEqual(session.end(), 7)

    def test_warnings_come_with_their_line(self):
        session = self.start("-q", "-W", "always")
        session.type(r'("\s"')
        self.assertNotIn("Warning", session.expect("... "))
        session.type(r'"\k",')
        self.assertEqual(session.expect("... ").count("Warning: invalid escape sequence"), 2)
        session.type(r'1, "\d")')
        session.expect("<stdin>:3: DeprecationWarning: invalid escape sequence '\\d'")
        self.assertNotIn("Warning", session.expect(">>> "))
        session.type("if 1:")
        session.expect("... ")
        session.type(r'    "\w"')
        session.expect("<stdin>:2: DeprecationWarning: invalid escape sequence '\\w'")
        session.expect("... ")
        session.send("\r")
        self.assertNotIn("Warning", session.expect(">>> "))
        session.send("\x04")
        self.assertEqual(session.end(), 0)

    def test_a_warning_that_is_an_error_ends_the_statement(self):
        session = self.start("-q", "-W", "error")
        session.type(r'("\s",')
        session.expect("SyntaxError: invalid escape sequence '\\s'")
        session.expect(">>> ")
        session.type("if 1:")
        session.expect("... ")
        session.type(r'    "\w"')
        session.expect("SyntaxError: invalid escape sequence '\\w'")
        session.expect(">>> ")
        session.send("\x04")
        self.assertEqual(session.end(), 0)

    def test_hang_up(self):
        session = self.start("-q")
        session.type("import signal; was = signal.signal(signal.SIGHUP, signal.SIG_IGN)")
        session.expect(">>> ")
        os.close(session.terminal)
        end = time.monotonic() + LIMIT
        while not os.waitpid(session.process, os.WNOHANG)[0]:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def test_interrupt(self):
        session = self.start("-q")
        session.send("abc")
        session.expect("abc")
        session.send("\x03")
        session.expect("KeyboardInterrupt")
        session.expect(">>> ")
        session.type("import time; print('a' + 'sleep'); [time.sleep(0.05) for _ in iter(int, 1)]")
        session.expect("asleep")
        session.send("\x03")
        session.expect("KeyboardInterrupt")
        session.expect(">>> ")
        session.type("2 + 3")
        session.expect("5")
        session.expect(">>> ")
        session.send("\x04")
        self.assertEqual(session.end(), 0)

    def test_history_is_kept(self):
        session = self.start("-q")
        session.type("'first' + 'line'")
        session.expect("'firstline'")
        session.expect(">>> ")
        session.send("\x1b[A\r")
        session.expect("'firstline'")
        session.expect(">>> ")
        session.send("\x04")
        self.assertEqual(session.end(), 0)
        with open(os.path.join(self.home, ".python_history")) as file:
            self.assertIn("'first' + 'line'\n", file.readlines())
        session = self.start("-q")
        session.send("\x1b[A\r")
        session.expect("'firstline'")
        session.expect(">>> ")
        session.send("\x04")
        session.end()

    def test_completion(self):
        session = self.start("-q")
        session.type("unmistakable = 99")
        session.expect(">>> ")
        session.send("unmis\t\r")
        session.expect("99")
        session.expect(">>> ")
        session.send("import o\x08tokeniz\x7fz\t\r")
        session.expect(">>> ")
        session.send("\x04")
        session.end()

    def test_editing(self):
        session = self.start("-q")
        session.send("'bc'\x01\x1b[C" + "a\r")
        session.expect("'abc'\r\n")
        session.expect(">>> ")
        session.send("\x04")
        session.end()

    def test_input_uses_the_editor(self):
        session = self.start("-q")
        session.type("x = input('name? ')")
        session.expect("name? ")
        session.send("ac\x1b[Db\r")
        session.expect(">>> ")
        session.type("x * 2")
        session.expect("'abcabc'")
        session.expect(">>> ")
        session.send("\x04")
        session.end()

    def test_startup_file(self):
        path = os.path.join(self.home, "startup.py")
        with open(path, "w") as file:
            file.write("import sys\nvalue = 'started'\nsys.ps1 = 'ready> '\n")
        session = Session("-q", home=self.home, PYTHONSTARTUP=path)
        session.expect("ready> ")
        session.type("value")
        session.expect("'started'")
        session.expect("ready> ")
        session.type("'__file__' in globals()")
        session.expect("False")
        session.expect("ready> ")
        session.send("\x04")
        session.end()

    def test_startup_file_binds_tab_in_readline_syntax(self):
        path = os.path.join(self.home, "startup.py")
        with open(path, "w") as file:
            file.write("import readline, rlcompleter\nreadline.parse_and_bind('tab: complete')\n"
                       "readline.parse_and_bind('\"\\\\C-t\": \"1 + 1\"')\nlonger_name = 5\n")
        session = self.start("-q", PYTHONSTARTUP=path)
        session.send("longer\t\r")
        session.expect("5")
        session.expect(">>> ")
        session.send("\x14\r")
        session.expect("2")
        session.expect(">>> ")
        session.send("\x04")
        session.end()

    def test_inspect(self):
        session = Session("-i", "-c", "x = 'kept'; 1/0", home=self.home)
        session.expect("ZeroDivisionError")
        session.expect(">>> ")
        session.type("x, __name__")
        session.expect("('kept', '__main__')")
        session.expect(">>> ")
        session.type("exit(4)")
        self.assertEqual(session.end(), 4)

    def test_script_takes_input(self):
        with open(os.path.join(self.home, "ask.py"), "w") as file:
            file.write("print('got', input('> '))\n")
        session = Session("ask.py", home=self.home)
        session.expect("> ")
        session.send("äöü\r")
        session.expect("got äöü")
        self.assertEqual(session.end(), 0)

    def test_dies_of_the_interrupt(self):
        # Short naps: an interrupt that comes just before a long one would be told of after it.
        session = Session("-c", "import time; print('go'); [time.sleep(0.05) for _ in iter(int, 1)]", home=self.home)
        session.expect("go")
        session.send("\x03")
        session.expect("KeyboardInterrupt")
        self.assertEqual(session.end(), -2)


if __name__ == "__main__":
    unittest.main()

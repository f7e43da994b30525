# termios: attributes are a list with a list of characters in it; what does not fit is refused and changes nothing.
import os
import pty
import termios

main, side = pty.openpty()
before = termios.tcgetattr(side)
assert len(before) == 7 and len(before[6]) == termios.NCCS and before[6][termios.VINTR] == b"\x03"


def refused(kind, text, function, *arguments):
    try:
        function(side, *arguments)
    except kind as problem:
        assert str(problem) == text, str(problem)
    else:
        raise AssertionError(text)


for attributes in (5, [1], tuple(before)):
    refused(TypeError, "tcsetattr, arg 3: must be 7 element list", termios.tcsetattr, termios.TCSANOW, attributes)
refused(TypeError, "tcsetattr: attributes[6] must be 32 element list", termios.tcsetattr, 0, before[:6] + [[1]])
refused(TypeError, "tcsetattr: elements of attributes must be characters or integers", termios.tcsetattr, 0, before[:6] + [[b"ab"] * 32])
refused(OverflowError, "Python int too large to convert to C long", termios.tcsetattr, 0, [2**70] + before[1:])
refused(termios.error, "(22, 'Invalid argument')", termios.tcsetattr, 9, before)
refused(OverflowError, "winsize value(s) out of range.", termios.tcsetwinsize, (70000, 1))
refused(TypeError, "tcsetwinsize, arg 2: must be a two-item sequence", termios.tcsetwinsize, (3,))
assert termios.tcgetattr(side) == before

changed = termios.tcgetattr(side)
changed[3] &= ~termios.ICANON
termios.tcsetattr(side, termios.TCSADRAIN, changed)
# Without ICANON two of the characters are numbers.
assert termios.tcgetattr(side)[6][termios.VMIN] == 1 and termios.tcgetattr(side)[6][termios.VTIME] == 0
termios.tcsetwinsize(side, (3, 4))
assert termios.tcgetwinsize(main) == (3, 4) == tuple(reversed(os.get_terminal_size(side)))
try:
    termios.tcgetattr(os.open("/dev/null", os.O_RDONLY))
except termios.error as problem:
    assert problem.args == (25, "Inappropriate ioctl for device")
else:
    raise AssertionError

# open() checks its arguments in a fixed order and builds the layers that the mode asks for.
import io
import os
import tempfile

path = tempfile.mktemp()
open(path, "xb").close()


def refused(text, *args, error=ValueError, **kwargs):
    try:
        open(path, *args, **kwargs)
    except error as caught:
        assert str(caught) == text, caught
    else:
        assert False, args


refused("invalid mode: 'U'", "U")
refused("invalid mode: 'rr'", "rr")
refused("can't have text and binary mode at once", "rtb")
refused("must have exactly one of create/read/write/append mode", "rw")
refused("binary mode doesn't take an encoding argument", "rb", encoding="utf-8")
refused("binary mode doesn't take an errors argument", "rb", errors="strict")
refused("binary mode doesn't take a newline argument", "rb", newline="")
refused("can't have unbuffered text I/O", "r", 0)
refused("illegal newline value: q", newline="q")
refused("open() argument 'mode' must be str, not int", 5, error=TypeError)
refused("'hex' is not a text encoding; use codecs.open() to handle arbitrary codecs", encoding="hex", error=LookupError)
refused(f"[Errno 17] File exists: '{path}'", "x", error=FileExistsError)

for mode, kind in {"rb": io.BufferedReader, "wb": io.BufferedWriter, "ab": io.BufferedWriter, "r+b": io.BufferedRandom,
                   "r": io.TextIOWrapper}.items():
    with open(path, mode) as f:
        assert type(f) is kind
        assert f.mode == {"r+b": "rb+"}.get(mode, mode)
with open(path, "rb", 0) as f:
    assert type(f) is io.FileIO and repr(f) == f"<_io.FileIO name={path!r} mode='rb' closefd=True>"
assert repr(f) == "<_io.FileIO [closed]>"
with open(path, "w", opener=lambda name, flags: os.open(name, flags)) as f:
    assert f.name == path and not os.get_inheritable(f.fileno())
for fd in (-1, -5):
    try:
        open(path, opener=lambda *a: fd)
    except ValueError as error:
        assert str(error) == f"opener returned {fd}"
os.unlink(path)

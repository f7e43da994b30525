# Streams nobody closed are closed when they die, with a warning where a file was open.
import io
import os
import tempfile
import warnings

path = tempfile.mktemp()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    f = open(path, "w")
    shown = repr(f)
    f.write("text")
    del f
assert [str(w.message) for w in caught] == ["unclosed file " + shown], caught
assert caught[0].category is ResourceWarning
assert open(path).read() == "text"

calls = []


class Stream(io.RawIOBase):
    def close(self):
        calls.append("close")
        super().close()

    def __del__(self):
        calls.append("del")
        super().__del__()


stream = Stream()
stream.attribute = stream
del stream
import gc
gc.collect()
assert calls == ["del", "close"], calls


class Kept(io.BytesIO):
    def __del__(self):
        calls.append(self)


del calls[:]
kept = Kept(b"x")
del kept
assert type(calls[0]) is Kept and calls[0].read() == b"x"
os.unlink(path)

# A raw stream that would block: what fits is kept, and the error says how much that was.
import io


class Raw(io.RawIOBase):
    def __init__(self, room):
        self.room, self.got = room, b""

    def writable(self):
        return True

    def write(self, data):
        if not self.room:
            return None
        count = min(self.room, len(data))
        self.room -= count
        self.got += bytes(data[:count])
        return count


raw = Raw(3)
stream = io.BufferedWriter(raw, 8)
assert stream.write(b"abcdef") == 6
try:
    stream.write(b"ghijklmnop")
except BlockingIOError as error:
    assert error.characters_written == 5, error.characters_written
    assert error.args == (0, "write could not complete without blocking", 5)
else:
    assert False
assert raw.got == b"abc"
raw.room = 100
stream.flush()
assert raw.got == b"abcdefghijk"
stream.close()


class Silent(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, target):
        return None


reader = io.BufferedReader(Silent())
assert reader.read() is None and reader.read(3) is None
assert reader.readline() == b"" and reader.read1(5) == b"" and reader.peek() == b""
assert reader.readinto(bytearray(4)) is None

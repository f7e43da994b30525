# BufferedRandom keeps the raw stream, the data read ahead and the data to be written in step.
import io
import itertools

for start, size, back in itertools.product(range(6), range(1, 5), range(0, 4)):
    raw = io.BytesIO(b"abcdefghijkl")
    stream = io.BufferedRandom(raw, 4)
    expected = bytearray(b"abcdefghijkl")
    assert stream.read(start) == expected[:start]
    stream.write(b"123456"[:size])
    expected[start:start + size] = b"123456"[:size]
    position = start + size
    assert stream.tell() == position
    assert stream.peek(1)[:1] == expected[position:position + 1]
    position -= min(back, position)
    stream.seek(-min(back, start + size), 1)
    assert stream.read(2) == expected[position:position + 2]
    stream.write(b"#")
    expected[position + 2:position + 3] = b"#"
    stream.seek(0)
    assert stream.read() == expected
    stream.flush()
    assert raw.getvalue() == expected

target = bytearray()
reader = io.BufferedReader(io.BytesIO(b"hello world"))
assert reader.read(5) == b"hello"
assert reader.readinto(target) == 0
assert reader.read() == b" world"

# A BytesIO shares its bytes with what was given and handed out, and copies when somebody writes.
import io

given = b"abcdefghi"
stream = io.BytesIO(given)
assert stream.read() is given
stream.seek(4)
assert stream.write(b"12") == 2
assert given == b"abcdefghi" and stream.getvalue() == b"abcd12ghi"
value = stream.getvalue()
assert stream.getvalue() is value
stream.write(b"XY")
assert value == b"abcd12ghi" and stream.getvalue() == b"abcd12XYi"
assert hash(stream.getvalue()) == hash(b"abcd12XYi")
stream.seek(12)
stream.write(b"!")
assert stream.getvalue() == b"abcd12XYi\0\0\0!"

view = stream.getbuffer()
view[0:2] = b"__"
for change in (lambda: stream.write(b"1"), lambda: stream.truncate(0), stream.close):
    try:
        change()
    except BufferError as error:
        assert str(error) == "Existing exports of data: object cannot be re-sized"
    else:
        assert False
view.release()
assert stream.truncate(2) == 2 and stream.getvalue() == b"__"
stream.close()
try:
    stream.read()
except ValueError as error:
    assert str(error) == "I/O operation on closed file."
else:
    assert False

# Written text is gathered until a chunk is full, a line ends under line buffering, or write_through is set.
import io


class Raw(io.BytesIO):
    def __init__(self):
        super().__init__()
        self.pieces = []

    def write(self, data):
        self.pieces.append(bytes(data))
        return len(data)


def pieces(*texts, **settings):
    raw = Raw()
    text = io.TextIOWrapper(raw, **({"encoding": "utf-8"} | settings))
    for piece in texts:
        assert text.write(piece) == len(piece)
    found = list(raw.pieces)
    text.flush()
    return found, b"".join(raw.pieces)


assert pieces("a", "b", "é") == ([], "abé".encode())
assert pieces("a", "b\n", "c", line_buffering=True) == ([b"ab\n"], b"ab\nc")
assert pieces("a", "b\r", "c", line_buffering=True) == ([b"ab\r"], b"ab\rc")
assert pieces("a", "b", write_through=True) == ([b"a", b"b"], b"ab")
assert pieces("x" * 8190, "y" * 10) == ([b"x" * 8190], b"x" * 8190 + b"y" * 10)
assert pieces("a", "é", encoding="utf-16")[1] == "aé".encode("utf-16")
assert pieces("aé", encoding="ascii", errors="backslashreplace")[1] == b"a\\xe9"
assert pieces("a\udc80", errors="surrogateescape")[1] == b"a\x80"

raw = Raw()
text = io.TextIOWrapper(raw, "ascii")
try:
    text.write("é")
except UnicodeEncodeError:
    pass
else:
    assert False
text.reconfigure(encoding="latin-1", newline="\r\n", line_buffering=True)
text.write("é\n")
assert raw.pieces == [b"\xe9\r\n"] and text.encoding == "latin-1"


class Loud(io.TextIOWrapper):
    def write(self, text):
        return super().write(text.upper())


raw = io.BytesIO()
loud = Loud(raw, "ascii")
print("one", 2, sep="-", file=loud, flush=True)
assert raw.getvalue() == b"ONE-2\n"
plain = io.TextIOWrapper(raw, "ascii")
seen = []
plain.write = seen.append
print("x", "y", file=plain)
assert seen == ["x", " ", "y", "\n"]

# Line endings are recognised, kept and translated as `newline` says, wherever chunks are cut.
import io

data = b"one\ntwo\r\nthree\rfour\r\n\nfive\r"
expected = {
    None: ["one\n", "two\n", "three\n", "four\n", "\n", "five\n"],
    "": ["one\n", "two\r\n", "three\r", "four\r\n", "\n", "five\r"],
    "\n": ["one\n", "two\r\n", "three\rfour\r\n", "\n", "five\r"],
    "\r": ["one\ntwo\r", "\nthree\r", "four\r", "\n\nfive\r"],
    "\r\n": ["one\ntwo\r\n", "three\rfour\r\n", "\nfive\r"],
}
for newline, lines in expected.items():
    for chunk in (1, 2, 3, 5, 8192):
        text = io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=newline)
        text._CHUNK_SIZE = chunk
        assert list(text) == lines, (newline, chunk)
        text.seek(0)
        assert text.read() == "".join(lines)
        text.seek(0)
        assert "".join(iter(lambda: text.readline(2), "")) == "".join(lines)

for newline in (None, "", "\n"):
    assert list(io.StringIO(data.decode(), newline)) == expected[newline]
assert list(io.StringIO("a\nb\r\nc", "\r\n")) == ["a\r\n", "b\r\r\n", "c"]
assert list(io.StringIO("a\nb\r\nc", "\r")) == ["a\r", "b\r", "\r", "c"]

text = io.TextIOWrapper(io.BytesIO(data), "utf-8")
text.read()
assert text.newlines == ("\r", "\n", "\r\n")

for newline, written in {None: b"a\nb\r\n", "": b"a\nb\r\n", "\n": b"a\nb\r\n", "\r": b"a\rb\r\r", "\r\n": b"a\r\nb\r\r\n"}.items():
    raw = io.BytesIO()
    text = io.TextIOWrapper(raw, "ascii", newline=newline)
    text.write("a\nb\r\n")
    text.flush()
    assert raw.getvalue() == written, newline

decoder = io.IncrementalNewlineDecoder(None, True)
assert decoder.decode("a\r") == "a" and decoder.getstate() == (b"", 1)
assert decoder.decode("\nb\r") == "\nb" and decoder.decode("", final=True) == "\n"
assert decoder.newlines == ("\r", "\r\n")

# tell() and seek() of text: any position between two characters can be come back to.
import io

for encoding in ("utf-8", "utf-16", "utf-16-le", "latin-1", "utf-8-sig", "utf-7"):
    content = "aé\nß" * 5 + "\r\nx" if encoding == "latin-1" else "aé\n€𝒳 +-" * 5 + "\r\nx"
    raw = io.BytesIO(content.encode(encoding))
    text = io.TextIOWrapper(raw, encoding, newline="")
    text._CHUNK_SIZE = 7
    positions = []
    rest = []
    while True:
        positions.append(text.tell())
        char = text.read(1)
        if not char:
            break
    for i, position in enumerate(positions):
        text.seek(position)
        assert text.read() == content[i:], (encoding, i)
    text.seek(0, 2)
    text.write("end")
    text.seek(0)
    assert text.read() == content + "end", encoding

text = io.TextIOWrapper(io.BytesIO(b"a\nb\n"), "ascii")
next(text)
try:
    text.tell()
except OSError as error:
    assert str(error) == "telling position disabled by next() call"
else:
    assert False
assert list(text) == ["b\n"] and text.tell() == 4
for args, message in {(1, 1): "can't do nonzero cur-relative seeks", (1, 2): "can't do nonzero end-relative seeks"}.items():
    try:
        text.seek(*args)
    except io.UnsupportedOperation as error:
        assert str(error) == message
    else:
        assert False

# East Asian codecs: whole tables by checksum, then pending characters and bytes, states and error handlers.
import codecs
import io
import zlib

TABLES = {  # encoding: checksums of every character's bytes and of every two bytes' text
    "gb2312": (0xc397fd8a, 0x54eed64e),
    "gbk": (0xb2306e33, 0xa6ace79a),
    "gb18030": (0x03bf4870, 0x875de22b),
    "hz": (0xbecdbce2, 0x5088ab82),
    "big5hkscs": (0xfa338780, 0x4a660d59),
    "big5": (0xbdaddc00, 0xfec1ae27),
    "cp950": (0x848838fe, 0xf53d7d06),
    "cp949": (0x4234d471, 0x403bde0e),
    "euc_kr": (0xaa0e53e8, 0x160dc16d),
    "johab": (0x2837cc55, 0xe063e991),
    "cp932": (0x72048b68, 0x6a1aeea6),
    "shift_jis": (0xf7fb024e, 0xca4a4018),
    "euc_jp": (0x4fd0f113, 0x928e3979),
    "euc_jisx0213": (0x8e84e420, 0xd5c13619),
    "shift_jisx0213": (0x27783283, 0x98616d00),
    "euc_jis_2004": (0x9346967b, 0xd2aaaae4),
    "shift_jis_2004": (0x718bc50d, 0xf18cbcae),
    "iso2022_jp": (0x84b168eb, 0x9d215603),
    "iso2022_jp_1": (0x6ead08d8, 0x9d215603),
    "iso2022_jp_2": (0x3bb04d71, 0x9d215603),
    "iso2022_jp_ext": (0xc719cdc1, 0x9d215603),
    "iso2022_kr": (0x82fed2e1, 0x9d215603),
}
characters = "".join(chr(c) for c in range(0x80, 0x30000) if not 0xd800 <= c < 0xe000)
pairs = b"".join(bytes((a, b)) + b" " for a in range(0x21, 0xff) for b in range(0x21, 0xff))
for encoding, (encoded, decoded) in TABLES.items():
    assert zlib.crc32(characters.encode(encoding, "ignore")) == encoded, encoding
    assert zlib.crc32(pairs.decode(encoding, "replace").encode()) == decoded, encoding

# Designations of ISO 2022, and going back to ASCII at the end.
assert "a日本b".encode("iso2022_jp") == b"a\x1b$BF|K\\\x1b(Bb"
assert "한".encode("iso2022_kr") == b"\x1b$)C\x0eGQ\x0f"
assert b"\x1b.A\x1bN\x69".decode("iso2022_jp_2") == "é"
assert "~中~".encode("hz") == b"~~~{VP~}~~"
# Syllables without a code of their own, four-byte codes.
assert "뷁".encode("euc_kr") == b"\xa4\xd4\xa4\xb2\xa4\xce\xa4\xaa"
assert "\u20ac\U0001f600".encode("gb18030") == b"\xa2\xe3\x949\xfc6"
assert b"\x84\x31\xa4\x37".decode("gb18030") == "\ufffd"

# An encoder waits for the second of two characters that have one code; a decoder for the rest of a sequence.
encoder = codecs.getincrementalencoder("euc_jis_2004")()
assert encoder.encode("æ") == b"" and encoder.getstate() == int.from_bytes(b"\x02\xc3\xa6" + bytes(8), "little")
assert encoder.encode("\u0300") == b"\xab\xc4" and encoder.getstate() == 0
decoder = codecs.getincrementaldecoder("gbk")()
assert decoder.decode(b"\xd6\xd0\xce") == "中" and decoder.getstate() == (b"\xce", 0)
assert decoder.decode(b"\xc4") == "文"
decoder.decode(b"\xce")
try:
    decoder.decode(b"", True)
    assert False
except UnicodeDecodeError as error:
    assert str(error) == "'gbk' codec can't decode byte 0xce in position 0: incomplete multibyte sequence"
assert codecs.getreader("shift_jis")(io.BytesIO("あい\nう".encode("shift_jis"))).readlines() == ["あい\n", "う"]

# Error handlers.
assert "a\u0e01".encode("big5", "xmlcharrefreplace") == b"a&#3585;"
assert b"\xffa".decode("euc_jp", "backslashreplace") == "\\xffa"
try:
    "\u0e01".encode("big5")
    assert False
except UnicodeEncodeError as error:
    assert str(error) == "'big5' codec can't encode character '\\u0e01' in position 0: illegal multibyte sequence"

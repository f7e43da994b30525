# Quoted-printable and uuencoded lines: what is quoted, where lines break, what a damaged line decodes to.
import binascii

QUOTED = {
    # (data, quotetabs, istext, header): text
    (b"a" * 76, False, True, False): b"a" * 76,
    (b"a" * 77, False, True, False): b"a" * 75 + b"=\naa",
    (b"a" * 76 + b"\nb", False, True, False): b"a" * 76 + b"\nb",
    (b"a" * 73 + b"\xff", False, True, False): b"a" * 73 + b"=\n=FF",
    (b"a" * 80 + b"\r\n", False, False, False): b"a" * 75 + b"=\r\naaaaa=0D=0A",
    (b"x y", True, True, True): b"x=20y",
    (b"x \ny ", False, True, True): b"x_\ny=20",
    (b".\n.a\n.\0", False, True, False): b"=2E\n.a\n=2E=00",
}
for arguments, text in QUOTED.items():
    assert binascii.b2a_qp(*arguments) == text, (arguments, binascii.b2a_qp(*arguments))


def error(data):
    try:
        binascii.a2b_uu(data)
    except binascii.Error as caught:
        return str(caught)


assert binascii.a2b_uu(b"") == bytes(32)
assert binascii.a2b_uu(b"$86)\n") == b"ab@\0"
assert error(b"#\0") == "Illegal char"
assert error(b"!!!!!") == "Trailing garbage"

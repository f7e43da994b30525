"""Numbers from text and back, and the laws of arithmetic on them."""
import math
import struct

from fuzz_input import Input, require


def same(a, b):
    return a == b and math.copysign(1, a) == math.copysign(1, b) or a != a and b != b


def texts(input):
    base = input.below(40)
    text = input.text(200)
    for question in (lambda: int(text, base), lambda: int(text.encode("utf-8", "replace"), base), lambda: float(text.encode("utf-8", "replace")),
                     lambda: float.fromhex(text), lambda: complex(text), lambda: int.__new__(int, text)):
        try:
            value = question()
        except (ValueError, OverflowError):
            continue
        if isinstance(value, int):
            require(int(str(value)) == value and int(hex(value), 16) == value and int(oct(value), 0) == value, text)
            require(value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True) and hash(value) == hash(-(-value)), text)
        elif isinstance(value, float):
            require(same(float(repr(value)), value) and same(float.fromhex(value.hex()), value), text)
        else:
            require(same(complex(repr(value)).real, value.real) and same(complex(repr(value)).imag, value.imag), text)
    try:
        value = float(text)
    except ValueError:
        return
    require(format(value, ".17g") == format(value, ".17g").strip() and same(float(format(value, ".17g")), value), text)
    if value == value and abs(value) < 1e18:
        require(int(value) == math.trunc(value) and value.as_integer_ratio()[1] > 0, text)


def large(input):
    return input.number() * (input.number() << input.below(200) * 4) + input.number()


def laws(input):
    a, b, c = large(input), large(input), large(input)
    require((a + b) - b == a and (a - b) + b == a and a * b == b * a and (a + b) * c == a * c + b * c, a, b, c)
    if b:
        q, r = divmod(a, b)
        require(q * b + r == a and (0 <= r < b if b > 0 else b < r <= 0) and a * b // b == a, a, b)
        require(a // b == q and a % b == r, a, b)
        if c > 0:
            require(pow(a, c % 50, b) == a ** (c % 50) % b, a, b, c)
    shift = abs(c) % 300
    require(a << shift == a * 2 ** shift and a >> shift == a // 2 ** shift, a, shift)
    require((a & b) + (a | b) == a + b and a ^ b == (a | b) - (a & b) and ~a == -a - 1, a, b)
    root = math.isqrt(abs(a))
    require(root * root <= abs(a) < (root + 1) ** 2, a)
    require(math.gcd(a, b) * math.lcm(a, b) == abs(a * b), a, b)
    text = str(a)
    require(int(text) == a and (a < b) == (a - b < 0), a, b)
    try:
        require(math.isinf(float(a)) is False and (a == float(a)) == (int(float(a)) == a), a)
    except OverflowError:
        require(a.bit_length() > 1023, a)


def floats(input):
    raw = input.take(8).ljust(8, b"\0")
    value = struct.unpack("d", raw)[0]
    digits = input.number()
    require(same(float(repr(value)), value) and same(float.fromhex(value.hex()), value), value)
    if value == value and not math.isinf(value):
        over, under = value.as_integer_ratio()
        require(over / under == value, value)
        require(math.ldexp(*math.frexp(value)) == value and abs(math.fmod(value, 3)) < 3, value)
        try:
            round(value, digits)
        except OverflowError:
            pass
    hash(value), value == digits, value < digits
    for each in "eEfFgGn%":
        format(value, f"{'#' if digits & 1 else ''}.{abs(digits) % 60}{each}")
    try:
        value // digits, value % digits, value ** (digits % 50), divmod(value, 0.1)
    except (ZeroDivisionError, OverflowError):
        pass


def fuzz(data):
    input = Input(data)
    input.pick([texts, laws, floats])(input)

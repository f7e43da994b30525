# Formats of exact str, int and float, and %-directives without flags: the same results as those with the long way.
class Text(str):
    pass


class Number(int):
    def __format__(self, spec):
        return "own " + spec


for value in (0, 1, -1, 7, -42, 10**9, 2**30, -(2**30), 10**25):
    digits = "".join(reversed([chr(48 + abs(value) // 10**i % 10) for i in range(26)])).lstrip("0") or "0"
    digits = "-" + digits if value < 0 else digits
    assert "%d" % value == "%i" % value == "%s" % value == f"{value}" == "{}".format(value) == digits
    for width in (0, 1, 5, 40):
        missing = max(width - len(digits), 0)
        assert f"{value:<{width}}" == digits + " " * missing if width else True
        assert f"{value:>{width or 1}}" == f"{value:{width or 1}}" == " " * missing + digits
        assert f"{value:*^{width or 1}}" == "*" * (missing // 2) + digits + "*" * (missing - missing // 2)
        assert "%*d" % (width, value) == " " * missing + digits
assert f"{255:>6x}{255:\u0416<6b}{-8:^7o}" == "    ff11111111  -10  "
assert f"{5:=4}" == "   5" and f"{-5:04}" == "-005" and f"{5:+}" == "+5" and f"{1234567:>12,}" == "   1,234,567"
assert f"{'ab':>4}{'abcdef':.3}{1.5:>6}{2.25:.1f}" == "  ababc   1.52.2"
assert f"{Number(3):>4}" == "own >4" and f"{True:>5}" == "    1" and f"{True}" == "True"
for wrong in ("{:s}", "{:.3d}", "{:,s}"):
    try:
        wrong.format(3)
    except ValueError:
        pass
    else:
        raise AssertionError(wrong)
plain = Text("no fields")
assert plain.format(1) is plain and "".format(1) == "" and "{{}}".format() == "{}" and "a}}".format() == "a}"
for broken in ("a{", "a}", "}", "{", "{}}"):
    try:
        broken.format(1)
    except ValueError:
        pass
    else:
        raise AssertionError(broken)
assert "%s%%%s" % ("\u0416", Text("x")) == "\u0416%x" and "%d%%" % True == "1%"

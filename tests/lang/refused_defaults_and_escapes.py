# A parameter's missing default is told as such before `)` and `,` only, in lambdas too; a NUL is an escape that warns.
import codecs
import warnings

CASES = {
    "lambda c=: 3": "invalid syntax",
    "lambda a, *, c=: 3": "invalid syntax",
    "lambda c=, d: 3": "expected default value expression",
    "f(lambda c=)": "expected default value expression",
    "def f(c=): pass": "expected default value expression",
    "def f(a, /, c=, d=1): pass": "expected default value expression",
}
for source, text in CASES.items():
    try:
        compile(source, "<test>", "exec")
    except SyntaxError as error:
        assert error.msg == text, (source, error.msg)
    else:
        raise AssertionError(source)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for decode in codecs.unicode_escape_decode, codecs.escape_decode:
        for text in b"", b"a", b"\0", b"\\n", b"\\x00", b"\\\n":
            decode(text)
        assert not caught, caught
        assert decode(b"\\\0\\y")[0] in ("\\\0\\y", b"\\\0\\y")
        assert [str(warning.message) for warning in caught] == ["invalid escape sequence '\\\0'"], caught
        caught.clear()
        decode(b"\\777\\y")
        assert [str(warning.message) for warning in caught] == ["invalid octal escape sequence '\\777'"], caught
        caught.clear()

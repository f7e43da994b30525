# Names that go to C functions as UTF-8: no null characters, no lone surrogates; told before anything is opened.
import io


def error_of(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return type(error).__name__
    return None


for keyword in ("encoding", "errors", "newline"):
    assert error_of(open, "/nonexistent/file", **{keyword: "\ud800"}) == "UnicodeEncodeError", keyword
    assert error_of(open, "/nonexistent/file", **{keyword: "a\0"}) == "ValueError", keyword
assert error_of(open, "/nonexistent/file", "\ud800") == "UnicodeEncodeError"
for keyword in ("encoding", "newline"):
    assert error_of(io.TextIOWrapper, io.BytesIO(), **{keyword: "\ud800"}) == "UnicodeEncodeError", keyword
    assert error_of(io.TextIOWrapper, io.BytesIO(), **{keyword: "a\0"}) == "ValueError", keyword
for call in ("a".encode, b"a".decode, lambda *names: str(b"a", *names), lambda *names: bytes("a", *names)):
    assert error_of(call, "\ud800") == error_of(call, "utf-8", "\ud800") == "UnicodeEncodeError"
    assert error_of(call, "utf-8\0") == error_of(call, "utf-8", "strict\0") == "ValueError"
    assert error_of(call, 1) == error_of(call, "utf-8", 1) == "TypeError"
assert error_of(float.__getformat__, "double\0") == "ValueError"
assert error_of(memoryview(b"a").tobytes, "C\0") == "ValueError"
assert error_of(compile, "", "", "exec\0") == "ValueError"
for keyword in ("encoding", "errors"):
    assert error_of(str, **{keyword: 1}) == error_of(str, **{keyword: None}) == "TypeError"
    assert error_of(str, **{keyword: "a\0"}) == "ValueError" and error_of(str, **{keyword: "\ud800"}) == "UnicodeEncodeError"
    assert str(**{keyword: "nonesuch"}) == ""

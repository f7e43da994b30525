# markupsafe's compiled half: escaping, subclasses, errors from native code, and objects that live through collections.
import gc

import markupsafe
from markupsafe import Markup, _native, _speedups

assert markupsafe.escape.__module__ == "markupsafe._speedups", markupsafe.escape.__module__
assert _speedups.__file__.endswith(".so"), _speedups.__file__

for text in ("", "plain", "<a href=\"x\">'&'</a>", "ü<", "\u1234>", "\U0001f40d&\U0001f40d", "a" * 1000 + "<", 5, 1.5, None, True):
    assert _speedups.escape(text) == _native.escape(text), text
    assert type(_speedups.escape(text)) is Markup
    assert _speedups.soft_str(text) == _native.soft_str(text)
assert _speedups.escape_silent(None) == Markup("")


class HasHtml:
    def __html__(self):
        return "<b>bold</b>"


class Raises:
    def __html__(self):
        raise LookupError("from __html__")


class Text(str):
    pass


assert _speedups.escape(HasHtml()) == "<b>bold</b>"
assert _speedups.escape(Text("<")) == "&lt;"
try:
    _speedups.escape(Raises())
except LookupError as error:
    assert error.args == ("from __html__",)
else:
    raise AssertionError("no error")
try:
    _speedups.escape()
except TypeError as error:
    assert "exactly one argument" in str(error), error
else:
    raise AssertionError("no error")

assert Markup("<em>%s</em>") % "<x>" == "<em>&lt;x&gt;</em>"
assert Markup("<em>{0}</em>").format("<x>") == "<em>&lt;x&gt;</em>"
made = []
for i in range(2000):
    made.append(_speedups.escape(f"<{i}>"))
    if i % 100 == 0:
        gc.collect()
assert made[1234] == "&lt;1234&gt;"
assert _speedups.__doc__ is None or isinstance(_speedups.__doc__, str)
assert "escape" in dir(_speedups)

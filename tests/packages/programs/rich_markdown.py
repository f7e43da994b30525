# Markdown, syntax highlighting and tracebacks of rich.
import io
import re

from rich.console import Console
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.traceback import Traceback

TEXT = """
# Heading

Some *emphasis*, **strong**, `code`, ~~struck~~ and a [link](https://example.org "title").
A line break\\
here, and an auto link <https://a.example>. Entities: &copy; &amp; &#35;

## Second

1. one
2. two
   - nested
   - again

     with a paragraph
10. ten

> a quote that is long enough to be wrapped, for the width of the console is small
>> inside

```python
def f(x: int) -> str:
    return f"{x!r:>{10}}"  # comment
```

    indented code

---

| a | b |
|---|--:|
| 1 | 2 |

![image](x.png)

Setext
======
Last paragraph with `inline **code**` and ***both***.
"""
CODE = '''
import os
from typing import *

@decorator(1, key="value")
class Foo(Base, metaclass=Meta):
    """Docstring."""
    async def method(self, *args: int, **kw) -> None:
        async with a as b, c:
            await self.x[1:2, ...] @ 0x_ff + 1_000j - .5e-3
        return f"text {self!r:^{width}} {{}}" rb"raw\\n" if True else None  # comment
    match x:
        case [1, {"k": v}, *rest] if v: pass
lambda: (yield)
'''


def show(renderable, width=60, **options):
    console = Console(file=io.StringIO(), width=width, legacy_windows=False, _environ={}, **options)
    console.print(renderable)
    print(console.file.getvalue(), end="")


for width in (30, 60, 90):
    show(Markdown(TEXT), width)
show(Markdown(TEXT, code_theme="ansi_light", hyperlinks=False, justify="right"), 50, force_terminal=True, color_system="truecolor")
show(Syntax(CODE, "python", theme="monokai", line_numbers=True, word_wrap=True, highlight_lines={3}), 50, force_terminal=True, color_system="truecolor")
show(Syntax(CODE, "python", theme="ansi_dark", indent_guides=True, line_range=(2, 9)), 70, force_terminal=True, color_system="256")
for lexer, source in (
    ("json", '{"a": [1, null, "x\\u00e9"]}'), ("c++", "template<class T> auto f(T&& t) -> decltype(t) { return R\"(x)\"; }"), ("html", "<a href='x'>&amp;<!-- c --></a>"),
    ("bash", "for i in $(ls); do echo \"${i%.*}\" | sed -n 's/a/b/p'; done"), ("sql", "SELECT a, count(*) FROM t WHERE b LIKE '%x' GROUP BY 1;"),
    ("toml", "[a.b]\nc = [1, 2.0, 'x']\n"), ("rust", "fn main() { let x: &'static str = \"a\"; }"), ("no such lexer", "text"),
):
    show(Syntax(source, lexer), force_terminal=True, color_system="truecolor")


def inner(value, items):
    text = "local"
    return value / len(items) + text.count("o") / 0


def outer():
    try:
        return inner(1, [1, 2])
    except ZeroDivisionError as problem:
        raise ValueError("second\nline") from problem


def clean(text):
    return re.sub(r"/\S*/(\w+\.py)(:\d+)? *", r"\1\2", text)


try:
    outer()
except ValueError as problem:
    for options in ({}, {"show_locals": True}, {"width": 50, "extra_lines": 1}, {"word_wrap": True, "suppress": ["nothing"]}):
        trace = Traceback.from_exception(type(problem), problem, problem.__traceback__.tb_next, **options)
        console = Console(file=io.StringIO(), width=100, legacy_windows=False, _environ={})
        console.print(trace)
        print(clean(console.file.getvalue()))
try:
    compile("def f(:\n    pass\n", "broken.py", "exec")
except SyntaxError as problem:
    show(Traceback.from_exception(type(problem), problem, problem.__traceback__), 80)


def forever(n):
    return forever(n + 1)


try:
    forever(0)
except RecursionError as problem:
    stack = Traceback.extract(type(problem), problem, problem.__traceback__).stacks[0]
    print(stack.exc_type, stack.exc_value, len(stack.frames))

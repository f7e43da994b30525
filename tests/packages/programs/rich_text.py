# Markup, text operations, pretty printing, highlighting, emoji, progress and inspect of rich.
import collections
import dataclasses
import datetime
import enum
import io
import random

from rich import inspect, print_json
from rich.console import Console
from rich.errors import MarkupError
from rich.highlighter import ISO8601Highlighter, JSONHighlighter, RegexHighlighter, ReprHighlighter
from rich.json import JSON
from rich.markup import escape, render
from rich.pretty import Pretty, pretty_repr
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress_bar import ProgressBar
from rich.style import Style
from rich.text import Text


random.seed(1)  # identifiers of links


def console(width=60, **options):
    return Console(file=io.StringIO(), width=width, legacy_windows=False, _environ={}, **options)


def show(renderable, width=60, **options):
    target = console(width, **{"force_terminal": True, "color_system": "truecolor", **options})
    target.print(renderable)
    print(target.file.getvalue(), end="")


for markup in ("[b]bold[/b] [red on white]colour[/]", "[link=https://x.y]link[/link] :snake: :warning:", r"\[not markup] [#ff8800]hex[/]", "[@click=f(1)]meta[/]"):
    show(markup)
    print(repr(render(markup)), render(markup).spans)
for bad in ("[/b]", "[b]x[/i]", "[red"):
    try:
        print(repr(render(bad)))
    except MarkupError as problem:
        print(problem)
print(escape("[b]x[/b]"), Style.parse("bold not italic red on #112233 link http://a"), Style.combine([Style.parse("b"), Style.parse("not b")]))
text = Text.assemble("one ", ("two", "bold"), " ", ("three", "red"), "\tfour")
text.highlight_words(["two", "four"], "underline")
text.highlight_regex(r"(?P<digit>\d)|o", "blue")
for operation in (
    lambda t: t.split(" "), lambda t: t.wrap(console(), 8), lambda t: t.divide([2, 5, 9]), lambda t: t.fit(6),
    lambda t: [t.align("center", 30) or t], lambda t: [t.truncate(10, overflow="ellipsis") or t], lambda t: [t.expand_tabs(4) or t],
):
    for part in operation(text.copy()):
        print(repr(part.plain), part.spans)


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int
    y: "Point | None" = None
    hidden: int = dataclasses.field(default=0, repr=False)


Pair = collections.namedtuple("Pair", "left right")
values = {
    "list": list(range(30)), "nested": {"a": [(1, 2.5, -0.0), {3, 4}, frozenset()], "b": b"bytes\x00"}, "point": Point(1, Point(2)),
    "pair": Pair([], {}), "enum": Colour.RED, "deque": collections.deque([1], 3), "default": collections.defaultdict(int, a=1),
    "counter": collections.Counter("abca"), "date": datetime.date(2020, 1, 2), "text": "x" * 90, "none": None, "type": int,
}
cycle = [1]
cycle.append(cycle)
print(pretty_repr(values, max_width=50))
print(pretty_repr(values, max_width=80, max_length=4, max_string=20, max_depth=2, expand_all=True))
print(pretty_repr(cycle))
show(Pretty(values, indent_guides=True))
show(JSON('{"a": [1, 2.5, null, true], "b": "text"}'))
for highlighter, source in (
    (ReprHighlighter(), "<Foo a=1 'text' 0xff 192.168.0.1 /usr/lib/x.py None True https://a.b/c?d=e 2a02::1 f() 1e-5>"),
    (ISO8601Highlighter(), "2020-01-02T03:04:05+01:00"), (JSONHighlighter(), '{"k": [1, "v"]}'),
):
    print(highlighter(source).spans)
inspected = console(80)
inspect(Point(3), console=inspected, methods=False, docs=False)
inspect(Colour, console=inspected, title="an enum", methods=False, docs=False)
print(inspected.file.getvalue())
progress_console = console(70)
with Progress(TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), console=progress_console, auto_refresh=False) as progress:
    task = progress.add_task("working", total=4)
    for _ in range(4):
        progress.advance(task)
    progress.refresh()
print(progress_console.file.getvalue())
for done in (0, 33.3, 100):
    show(ProgressBar(total=100, completed=done, width=30))
recorder = console(40, record=True, force_terminal=True)
recorder.print("[bold red]recorded[/] text", 42, {"a": 1}, sep=" | ")
recorder.rule("rule")
recorder.log if False else recorder.print_json('{"x": [1, 2]}')
print(recorder.export_text(clear=False))
print(recorder.export_html(clear=False, inline_styles=True))
print(recorder.export_text(styles=True))
measured = console(30)
with measured.capture() as capture:
    measured.print("wrapped text that is longer than the width of the console", soft_wrap=False, justify="full")
    measured.print("right", justify="right")
    measured.print("center", justify="center", style="bold", highlight=False)
    measured.out("raw [b]")
print(capture.get())

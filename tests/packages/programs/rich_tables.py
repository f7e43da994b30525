# Tables, panels, trees and columns of rich at several widths, with and without colours.
import io

from rich import box
from rich.align import Align
from rich.columns import Columns
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text
from rich.tree import Tree


def show(renderable, width=60, **options):
    console = Console(file=io.StringIO(), width=width, legacy_windows=False, _environ={}, **options)
    console.print(renderable)
    print(console.file.getvalue(), end="")


def table(kind):
    table = Table("plain", Column("right", justify="right", no_wrap=True), Column("折り返し", ratio=2), box=kind, title="T", caption="[i]below[/i]")
    table.add_row("one", "1", "some [bold]marked up[/] text that has to be wrapped over several lines")
    table.add_row("two", "22", "日本語の長い文章 mixed with latin", style="on blue", end_section=True)
    table.add_row("three", "333", Text("styled", style="red underline"))
    return table


for name in sorted(name for name in vars(box) if name.isupper()):
    kind = getattr(box, name)
    if isinstance(kind, box.Box):
        print(name)
        show(table(kind))
for width in (12, 20, 33, 80, 120):
    show(table(box.ROUNDED), width)
for system in ("standard", "256", "truecolor"):
    show(table(box.HEAVY), force_terminal=True, color_system=system)
nested = Table.grid(padding=(0, 2), expand=True)
nested.add_row(Panel("left", title="a", subtitle="b"), Panel(Align.center("middle", vertical="middle"), height=5), "right")
show(nested, 70)
show(Panel(nested, title="[red]outer", border_style="green", padding=(1, 2)), 70, force_terminal=True)
tree = Tree("root", guide_style="dim")
for branch in ("alpha", "beta"):
    node = tree.add(f"[b]{branch}[/b]")
    for leaf in range(3):
        node.add(f"{branch}-{leaf}").add(Panel(str(leaf * 1.5)))
show(tree)
show(tree, 25, force_terminal=True)
show(Columns([f"item-{i:03}" for i in range(23)], equal=True, expand=True), 50)
show(Columns([Panel(f"[b]{i}") for i in range(5)], padding=(0, 1)), 40)
show(Group(Rule("left", align="left"), Rule("[red]c", characters="=~"), Padding("padded", (1, 4), style="on red")), 30, force_terminal=True)
wide = Table(show_lines=True, row_styles=["", "dim"], leading=1, pad_edge=False, show_edge=False)
for i in range(6):
    wide.add_column(f"column {i}", min_width=3, max_width=9, overflow=("fold", "ellipsis", "crop")[i % 3])
for row in range(3):
    wide.add_row(*["abcdefghijklmnop"[: row * 5 + i + 1] for i in range(6)])
for width in (24, 47, 90):
    show(wide, width)

# sys._debugmallocstats: its table adds up, and the free lists that it names are those that objects come from.
# Not under GC stress: full collections empty the free lists.
import gc
import re
import subprocess
import sys


def statistics(code="pass"):
    done = subprocess.run([sys.executable, "-S", "-E", "-c", f"import sys\n{code}\nsys._debugmallocstats()"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def figures(text):
    """{what stands left of `=`: figure}, of the lines behind the table."""
    rows = re.findall(r"^ *(.*?) += +([\d,]+)$", text, re.MULTILINE)
    return {label: int(figure.replace(",", "")) for label, figure in rows}


text = statistics("kept = [[] for _ in range(1000)]")
assert text.startswith("Small block threshold = 512, in 32 size classes.\n\nclass   size   num pools   blocks in use  avail blocks\n"
                       "-----   ----   ---------   -------------  ------------\n"), text[:300]
rows = [list(map(int, row)) for row in re.findall(r"^ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", text, re.MULTILINE)]
assert rows and all(size == (number + 1) * 16 for number, size, *_ in rows)
# Each pool is full, but for one header and what does not fill another block.
for number, size, pools, used, free in rows:
    rest = pools * 16384 - (used + free) * size
    assert pools * 32 <= rest < pools * (96 + size), (number, rest)
assert rows[3][1] == 64 and rows[3][3] >= 1000  # lists, with the collector's head
found = figures(text)
assert found["# bytes in allocated blocks"] == sum(size * used for _, size, _, used, _ in rows)
assert found["# bytes in available blocks"] == sum(size * free for _, size, _, _, free in rows)
arenas = found["# arenas allocated current"]
assert found[f"{arenas} arenas * 1048576 bytes/arena"] == arenas << 20
assert found["# arenas allocated total"] - found["# arenas reclaimed"] == arenas <= found["# arenas highwater mark"]
parts = ["# bytes in allocated blocks", "# bytes in available blocks", "# bytes lost to pool headers", "# bytes lost to quantization",
         "# bytes lost to arena alignment"]
unused = next(figure for label, figure in found.items() if re.fullmatch(r"\d+ unused pools \* 16384 bytes", label))
assert sum(found[part] for part in parts) + unused == arenas << 20


def free_lists(code):
    rows = re.findall(r"^ *(\d+) free (.*)s \* (\d+) bytes each += +([\d,]+)$", statistics(code), re.MULTILINE)
    assert all(int(count) * int(size) == int(total.replace(",", "")) for count, _, size, total in rows)
    return {name: (int(count), int(size)) for count, name, size, _ in rows}


kinds = {"PyDictObject": ("{0: %d}", 48, 80), "PyFloatObject": ("%d + 0.5", 24, 100), "PyListObject": ("[%d]", 40, 80)}
for size in (1, 2, 3, 20):
    kinds[f"{size}-sized PyTupleObject"] = (f"(%d,) * {size}", 24 + 8 * size, 2000)
lists = free_lists("pass")
assert [name for name in lists if "Tuple" in name] == [f"{size}-sized PyTupleObject" for size in range(1, 21)]
for name, (make, size, limit) in kinds.items():
    make %= 7
    found = free_lists(f"import gc; gc.disable(); n = 7; kept = [{make.replace('7', 'n')} for _ in range(3000)]; kept.clear()")
    assert found[name][1] == size and limit - 5 <= found[name][0] <= limit, (name, found[name])
    found = free_lists(f"import gc; n = 7; kept = [{make.replace('7', 'n')} for _ in range(3000)]; kept.clear(); gc.collect()")
    assert found[name][0] < 10, (name, found[name])

# The object that died last is the next one of its kind.
for make in (lambda: [], lambda: {0: 1}, lambda: tuple([1, 2]), lambda: float("1.5")):
    item = make()
    address = id(item)
    del item
    item = make()
    assert id(item) == address, make

before = sys.getallocatedblocks()
kept = [object() for _ in range(1000)]
assert 1000 <= sys.getallocatedblocks() - before < 1100
del kept
assert abs(sys.getallocatedblocks() - before) < 100

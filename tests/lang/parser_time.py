"""Broken sources that nest deeply: the parser tries many rules at each level, and must not take twice the time for each."""
import itertools
import warnings

# What opens a level, one after the other or two by turns.
OPENINGS = """~e(|e(*|e(*(|(*|(n:=|e(**|e(a=|*e(|(e*|[*|{**|e(x for x in |lambda a=|(yield |await (|not (|e[|e[a:|(a if |f(*a,|(a,|(*a,|{a:|(x for |
with (|for (|a=(|(a=|(e b(|{**a,|e(a=b,|*(|a[b](|...(|in (|== (|or (|else (|i + h/(|i|h/(|-e**(|a < b(""".replace("\n", "").split("|")
ENDS = ["x x", ")", "=3"]
LEVELS = 40

warnings.simplefilter("ignore")
for opening in itertools.chain(((each,) for each in OPENINGS), itertools.product(OPENINGS, OPENINGS)):
    for end in ENDS:
        try:
            compile("".join(opening) * (LEVELS // len(opening)) + end, "nested", "exec")
        except (SyntaxError, MemoryError):
            pass

"""Calls of builtin types' and modules' functions, from templates whose holes are filled with odd values.

A hole is `$` and a letter: i integer, k small integer, f float, c complex, n number, t text, b bytes, l list, u tuple, L list of
integers, T list of texts, d dict, S set, q iterable, h hashable, a anything, x slice text."""
import re

from . import call_templates

SHOW = '''\
def steady(value):
    if type(value) in (tuple, frozenset):
        return all(map(steady, value))
    return type(value) in (int, str, bytes, float, complex, bool, memoryview) and value == value
def hashed(value):
    """The hash; not shown where it is made of addresses."""
    number = hash(value)
    return number if steady(value) else "hashed"
def seeded(value):
    """The value, if its random numbers are the same each time."""
    return 0 if value is None or value != value else value
def settled(value):
    """Text in an order that does not depend on addresses, which None, classes, functions and nan hash by."""
    if type(value) in (set, frozenset) and not all(map(steady, value)):
        return [type(value).__name__, *sorted(map(ascii, value))]
    return ascii(value)
def show(label, thunk):
    try:
        value = thunk()
        if hasattr(value, "__next__"):
            value = ["iterator", *__import__("itertools").islice(value, 30)]
        print(label, type(value).__name__, settled(value))
    except Exception as error:
        print(label, "raises", type(error).__name__, ascii(str(error)), [ascii(note) for note in getattr(error, "__notes__", ())])
'''


def fill(values, template):
    """The template with its holes filled; now and then a hole gets a value of another kind."""
    draws = {"i": values.integer, "k": values.small, "f": values.floating, "c": values.complex, "n": values.number, "t": values.text, "b": values.data,
             "l": values.list, "u": values.tuple, "L": values.integers, "T": values.texts, "d": values.dict, "S": values.set, "q": values.iterable,
             "h": values.hashable, "a": values.anything, "x": values.slice}

    def hole(match):
        letter = match[1]
        draw = values.anything if letter != "x" and values.chance(6) else draws[letter]
        text = draw()
        return f"({text})" if letter in "incf" else text
    return re.sub(r"\$([a-zA-Z])", hole, template)


def program(values, group):
    imports, templates = call_templates.GROUPS[group]
    lines = [SHOW] + [name if "\n" in name else f"import {name}" for name in imports]
    for number in range(values.random.randint(10, 24)):
        text = fill(values, values.choice(templates))
        if text.startswith("!"):  # statements, which leave their result in r
            lines += [f"def do():\n    " + text[1:].replace("; ", "\n    ") + "\n    return r", f"show({number}, do)"]
        else:
            lines.append(f"show({number}, lambda: {text})")
    return "\n".join(lines) + "\n"

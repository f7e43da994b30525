# PyYAML over libyaml (Cython): loading, dumping, errors with positions, representers and constructors in Python.
import gc
import io

import yaml

assert yaml.__with_libyaml__
TEXT = """
name: adder   # comment
list: [1, 2.5, true, null, 'x', 0x1f, 1_000]
nested:
  - {a: 1, b: [x, y]}
  - |
    literal
      text
  - >
    folded
    text
when: 2023-02-11
anchor: &a {k: v}
alias: *a
merge:
  <<: *a
  more: ü€🐍
"""
fast = yaml.load(TEXT, Loader=yaml.CSafeLoader)
assert fast == yaml.load(TEXT, Loader=yaml.SafeLoader), fast
assert fast["anchor"] is fast["alias"]
dumped = yaml.dump(fast, Dumper=yaml.CSafeDumper, allow_unicode=True)
assert yaml.load(dumped, Loader=yaml.CSafeLoader) == fast
assert yaml.load(io.StringIO("[a, b]"), Loader=yaml.CSafeLoader) == ["a", "b"]
assert yaml.load(b"\xff\xfea\x00", Loader=yaml.CSafeLoader) == "a"

for bad in ("a: [1", "a: b: c", "\tx: 1", "%YAML 9.9\n--- 1", "&a &b x", "*missing", "{a: 1, a"):
    try:
        yaml.load(bad, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        assert error.problem_mark is None or error.problem_mark.line >= 0
    else:
        raise AssertionError(bad)


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Loader(yaml.CSafeLoader):
    pass


class Dumper(yaml.CSafeDumper):
    pass


Loader.add_constructor("!point", lambda loader, node: Point(*loader.construct_sequence(node)))
Dumper.add_representer(Point, lambda dumper, point: dumper.represent_sequence("!point", [point.x, point.y], flow_style=True))
point = yaml.load("!point [1, 2]", Loader=Loader)
assert (point.x, point.y) == (1, 2)
assert yaml.dump(point, Dumper=Dumper) == "!point [1, 2]\n"


class Failing(yaml.CSafeLoader):
    pass


def fail(loader, node):
    raise LookupError(node.value)


Failing.add_constructor("!fail", fail)
try:
    yaml.load("!fail text", Loader=Failing)
except LookupError as error:
    assert error.args == ("text",)
    assert error.__traceback__.tb_next is not None
else:
    raise AssertionError("no error")
events = [type(event).__name__ for event in yaml.parse("a: [1]", Loader=yaml.CLoader)]
assert events[0] == "StreamStartEvent" and events[-1] == "StreamEndEvent", events
for _ in range(20):
    yaml.load(TEXT, Loader=yaml.CSafeLoader)
gc.collect()

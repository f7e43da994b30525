# PyYAML with its compiled loader and dumper, beside those in Python.
import datetime
import io

import yaml

TEXT = """
name: été
list: [1, 2.5, ~, yes, 0x1F, 1e3, '1']
date: 2001-12-14t21:59:43.10-05:00
anchor: &a {x: 1, y: [p, q]}
merged:
  <<: *a
  z: *a
literal: |
  two
   lines
folded: >-
  one
  line
? [complex, key]
: value
empty:
binary: !!binary aGVsbG8=
"""


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


def construct(loader, node):
    return Point(**loader.construct_mapping(node))


assert yaml.__with_libyaml__
for name in ("SafeLoader", "CSafeLoader"):
    loader = getattr(yaml, name)
    try:
        print(name, yaml.load(TEXT, Loader=loader))
    except yaml.YAMLError as problem:
        print(name, problem)
    print([type(event).__name__ for event in yaml.parse(TEXT, Loader=loader)])
    print([(type(token).__name__, str(token.start_mark)) for token in yaml.scan("a: [1, {b: c}]", Loader=loader)])
    print(list(yaml.load_all("--- 1\n--- [2]\n...\n--- {a: b}\n", Loader=loader)))
    for broken in ("a: [1", "a: b: c", "\t- x", "- a\nb: c", "*unknown", "!!python/object:x {}", "a: \x01", "%YAML 3.0\n--- x", "{a: 1, a: 2}"):
        try:
            print(repr(broken), yaml.load(broken, Loader=loader))
        except yaml.YAMLError as problem:
            print(repr(broken), type(problem).__name__, str(problem).replace("\n", " / "))
    loader.add_constructor("!point", construct)
    print(vars(yaml.load("!point {x: 1, y: 2}", Loader=loader)))
    print(yaml.load(io.StringIO("a: 1"), Loader=loader), yaml.load(io.BytesIO("a: ü".encode("utf-16")), Loader=loader))
VALUES = {"b": [1, 2.5, None, True, "text", "12", "multi\nline", "ünï"], "a": {"nested": {"deep": [[], {}]}}, "d": datetime.date(2020, 1, 2), "bytes": b"\x00\xff", "set": {1}, "long": "word " * 30}
for name in ("SafeDumper", "CSafeDumper"):
    dumper = getattr(yaml, name)
    for options in ({}, {"default_flow_style": True}, {"sort_keys": False, "indent": 4, "width": 40}, {"allow_unicode": True, "explicit_start": True, "explicit_end": True}, {"canonical": True}, {"default_style": '"'}, {"encoding": "utf-16"}):
        print(name, options, yaml.dump(VALUES, Dumper=dumper, **options))
    try:
        print(yaml.dump({"object": object}, Dumper=dumper))
    except yaml.YAMLError as problem:
        print(type(problem).__name__, problem)
    shared = [1]
    print(yaml.dump([shared, shared], Dumper=dumper), yaml.dump_all([1, {"a": 2}], Dumper=dumper))
    print(yaml.serialize(yaml.compose("a: [b]"), Dumper=dumper), yaml.emit(yaml.parse("x: y"), Dumper=dumper))

# attrs: definition styles, validators, converters, ordering, slots, hashing, evolve, filters, generated source.
import copy
import pickle
import re
from typing import ClassVar, Optional

import attr
import attrs
from attr import cmp_using, converters, exceptions, filters, setters, validators


def attempt(function):
    try:
        print(repr(function()))
    except Exception as problem:
        print(type(problem).__name__, problem)


@attrs.define
class Point:
    x: int
    y: int = 0
    kind: ClassVar[str] = "point"


@attrs.frozen(order=True, kw_only=True)
class Version:
    major: int
    minor: int = attrs.field(default=0, converter=int)
    tag: Optional[str] = attrs.field(default=None, eq=False, repr=lambda value: f"<{value}>")
    cached: str = attrs.field(init=False)

    def __attrs_post_init__(self):
        object.__setattr__(self, "cached", f"{self.major}.{self.minor}")


@attr.s(slots=True, hash=True, auto_attribs=False, str=True, repr_ns="ns")
class Old:
    a = attr.ib(validator=validators.instance_of(int), metadata={"k": 1})
    b = attr.ib(factory=list, hash=False)
    _private = attr.ib(default=attr.Factory(lambda self: self.a + 1, takes_self=True))


@attrs.define
class Checked:
    name: str = attrs.field(validator=[validators.instance_of(str), validators.matches_re(r"[a-z]+"), validators.max_len(5)])
    level: int = attrs.field(default=1, validator=validators.and_(validators.ge(0), validators.lt(10)), converter=converters.default_if_none(3))
    choice: str = attrs.field(default="a", validator=validators.in_(["a", "b"]))
    deep: dict = attrs.field(factory=dict, validator=validators.deep_mapping(validators.instance_of(str), validators.instance_of(int)))
    maybe: object = attrs.field(default=None, validator=validators.optional(validators.is_callable()), on_setattr=setters.frozen)
    other: object = attrs.field(default=None, validator=validators.not_(validators.instance_of(bytes)))

    @level.validator
    def _odd(self, attribute, value):
        if value == 7:
            raise ValueError(f"{attribute.name} is {value}")


class Base:
    def __init_subclass__(cls, **options):
        print("subclass", cls.__name__, options)


@attrs.define(slots=False, eq=False)
class Child(Point, Base):
    z: int = attrs.field(default=5, alias="zed") if "alias" in attrs.field.__code__.co_varnames else attrs.field(default=5)

    def method(self):
        return super().__repr__()


print(Point(1), Point(1) == Point(1, 0), Point(1) != Point(2), Point.__slots__, Point.__match_args__)
attempt(lambda: hash(Point(1)))
attempt(lambda: Point())
attempt(lambda: Point(1, 2, 3))
attempt(lambda: setattr(Point(1), "other", 1))
attempt(lambda: Point(1) < Point(2))
versions = [Version(major=1, minor="2"), Version(major=1), Version(major=0, minor=9, tag="x")]
print(sorted(versions), max(versions).cached, len({*versions, Version(major=1, tag="y")}))
attempt(lambda: Version(1))
attempt(lambda: setattr(versions[0], "major", 2))
attempt(lambda: delattr(versions[0], "major"))
attempt(lambda: Version(major=1) < 1)
print(Old(1), str(Old(1)), Old(2, private=7), hash(Old(1)) == hash(Old(1, [2])), attr.fields(Old).a.metadata["k"])
attempt(lambda: Old("x"))
for arguments in (dict(name="ok"), dict(name="UP"), dict(name="toolong"), dict(name=1), dict(name="a", level=None), dict(name="a", level=7), dict(name="a", level=10), dict(name="a", choice="c"), dict(name="a", deep={"x": "y"}), dict(name="a", maybe=3), dict(name="a", other=b"")):
    attempt(lambda: Checked(**arguments))
checked = Checked("ok")
attempt(lambda: setattr(checked, "level", 11))
attempt(lambda: setattr(checked, "maybe", print))
with validators.disabled():
    attempt(lambda: Checked(5, level=99))
print(Child(1), Child(1) == Child(1), Child(1).method(), Child.__mro__[1:3])
print(attrs.asdict(Old(1, [Point(3), {"k": Point(4)}])), attrs.astuple(Old(1, [Point(3)]), recurse=False))
print(attrs.asdict(versions[2], filter=filters.exclude(int, attr.fields(Version).tag)), attrs.asdict(Point(1), value_serializer=lambda i, a, v: (a and a.name, v)))
print(attrs.evolve(Point(1), y=5), attrs.has(Point), attrs.has(int), attr.assoc(Old(1), a=3) if hasattr(attr, "assoc") else "")
attempt(lambda: attrs.evolve(Point(1), nope=1))
for cls in (Point, Version, Old):
    for field in attrs.fields(cls):
        print(re.sub(r" at 0x\w+", "", repr(field)))
print(pickle.loads(pickle.dumps([Point(1), Version(major=2), Old(3)])), copy.deepcopy(Old(1, [[]])), copy.copy(Point(3)))
Made = attrs.make_class("Made", {"p": attrs.field(type=int), "q": attrs.field(default=2)}, bases=(Point,), frozen=True) if False else attrs.make_class("Made", ["p", "q"], order=True)
print(Made(1, 2) < Made(1, 3), Made.__module__ == __name__)
print(attrs.resolve_types(Version) is Version, attrs.fields(Version).tag.type)
attempt(lambda: attrs.define(type("Bad", (), {"__annotations__": {"a": int, "b": int}, "a": 1})))
attempt(lambda: attr.s(type("Bad", (), {"x": attr.ib(default=1), "y": attr.ib()})))
attempt(lambda: attrs.fields(int))
Approximate = attrs.make_class("Approximate", {"v": attrs.field(eq=cmp_using(eq=lambda a, b: abs(a - b) < 1, class_name="Near"))})
print(Approximate(1) == Approximate(1.5), Approximate(1) == Approximate(3))
pipe = converters.pipe(str, len, converters.optional(float))
print(pipe(12345), converters.to_bool("yes"))
attempt(lambda: converters.to_bool("maybe"))
match Point(1, 2):
    case Point(x, y):
        print("matched", x, y)
print(Point.__init__.__annotations__, Version.__init__.__kwdefaults__ is not None, Point.__eq__.__doc__)
print(issubclass(exceptions.FrozenInstanceError, AttributeError), attrs.NOTHING, bool(attrs.NOTHING))


@attrs.define
class Node:
    children: list["Node"] = attrs.field(factory=list)
    parent: Optional["Node"] = attrs.field(default=None, repr=False, eq=False)


node = Node()
node.children.append(node)
print(node)

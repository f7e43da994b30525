"""Class hierarchies by chance: MRO, metaclasses, descriptors, slots, super, special methods with reflected and in-place forms."""

PRELUDE = '''\
import operator
import traceback
log = []
def note(*values):
    log.append(values)
def report(label, thunk):
    log.clear()
    try:
        value = thunk()
        print(label, type(value).__name__, ascii(value)[:300], log)
    except Exception as error:
        print(label, "raises", type(error).__name__, ascii(str(error)), log)
def attempt(source):
    """Runs statements in this module; says what became of them."""
    try:
        exec(source, globals())
    except Exception as error:
        traceback.print_exc()
        return False
    return True
class Meta(type):
    def __new__(meta, name, bases, namespace, **keywords):
        note("new", name, sorted(keywords))
        return super().__new__(meta, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace)
    @classmethod
    def __prepare__(meta, name, bases, **keywords):
        note("prepare", name)
        return {"prepared": 1}
    def __call__(cls, *args, **keywords):
        note("call", cls.__name__)
        return super().__call__(*args, **keywords)
    def __instancecheck__(cls, item):
        return getattr(item, "is_it", False)
    def __contains__(cls, item):
        return item == 1
    def __len__(cls):
        return 4
class Data:
    def __init__(self, value=0): self.value = value
    def __set_name__(self, owner, name): note("set_name", owner.__name__, name)
    def __get__(self, instance, owner=None): return ("get", instance is None, self.value)
    def __set__(self, instance, value): note("set", value)
    def __delete__(self, instance): note("delete")
class NonData:
    def __get__(self, instance, owner=None): return ("nondata", instance is None)
'''
BINARY = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^", "matmul": "@", "divmod": None}
COMPARE = {"lt": "<", "le": "<=", "eq": "==", "ne": "!=", "gt": ">", "ge": ">="}
BASES = ["object", "int", "str", "list", "dict", "tuple", "Exception", "float", "set", "bytes", "frozenset", "bytearray"]
MEMBERS = ["x", "y", "method", "value", "prepared"]


class Builder:
    def __init__(self, values):
        self.values = values
        self.names = []

    def result(self):
        return self.values.choice(["NotImplemented", "NotImplemented", "self", "other", "('did', other)", "1", "None", "'text'", "1.5", "[1]", "raise_()", "super_()"])

    def special(self):
        """Lines of one special method."""
        choice = self.values.choice
        kind = choice(["binary", "binary", "binary", "compare", "unary", "convert", "attribute", "container", "call", "context", "hash", "repr", "class"])
        answer = self.result().replace("raise_()", "(_ for _ in ()).throw(ValueError('no'))").replace("super_()", "('super', len(log))")
        if kind == "binary":
            name = choice(["", "r", "i"]) + choice(list(BINARY))
            name = name.replace("idivmod", "divmod")
            return [f"def __{name}__(self, other):", f"    note('{name}', type(self).__name__)", f"    return {answer}"]
        if kind == "compare":
            return [f"def __{choice(list(COMPARE))}__(self, other):", f"    note('compare', type(self).__name__)", f"    return {answer}"]
        answer = answer.replace("other", "2")
        if kind == "unary":
            return [f"def __{choice(['neg', 'pos', 'abs', 'invert'])}__(self):", f"    return {answer}"]
        if kind == "convert":
            return [f"def __{choice(['int', 'float', 'complex', 'bool', 'index', 'len', 'str', 'bytes', 'hash', 'trunc', 'round', 'floor', 'ceil', 'length_hint', 'fspath', 'dir', 'sizeof', 'reversed'])}__(self, *args):", f"    return {answer}"]
        if kind == "attribute":
            return choice([["def __getattr__(self, name):", "    note('getattr', name)", "    if name == 'x': raise AttributeError(name)", "    return name"],
                           ["def __getattribute__(self, name):", "    if name == 'y': return 'got'", "    return super().__getattribute__(name)"],
                           ["def __setattr__(self, name, value):", "    note('setattr', name)", "    super().__setattr__(name, value)"],
                           ["def __delattr__(self, name):", "    note('delattr', name)"]])
        if kind == "container":
            return choice([["def __getitem__(self, key):", "    note('getitem', repr(key))", "    if isinstance(key, int) and key > 2: raise IndexError(key)", "    return key"],
                           ["def __setitem__(self, key, value):", "    note('setitem', repr(key))"], ["def __delitem__(self, key):", "    note('delitem')"],
                           ["def __contains__(self, item):", f"    return {answer}"], ["def __iter__(self):", "    return iter((1, 2))"], ["def __iter__(self):", f"    return {answer}"],
                           ["def __missing__(self, key):", "    return ('missing', key)"], ["def __next__(self):", "    raise StopIteration"]])
        if kind == "call":
            return ["def __call__(self, *args, **keywords):", "    return args, sorted(keywords)"]
        if kind == "context":
            return ["def __enter__(self):", "    return 1", "def __exit__(self, *details):", f"    return {answer}"]
        if kind == "hash":
            return choice([["__hash__ = None"], ["def __hash__(self):", f"    return {answer}"], ["__eq__ = object.__eq__"]])
        if kind == "class":
            return choice([["def __init_subclass__(cls, **keywords):", "    note('subclass', cls.__name__, sorted(keywords))"], ["def __class_getitem__(cls, item):", "    return ('item', repr(item))"],
                           ["__match_args__ = ('x', 'y')"], ["def __new__(cls, *args, **keywords):", "    note('new', cls.__name__)", "    return super().__new__(cls, *args)"],
                           ["def __init__(self, *args, **keywords):", "    super().__init__()"]])
        return [f"def __{choice(['repr', 'str', 'format'])}__(self, *args):", f"    return {answer}"]

    def plain(self):
        choice = self.values.choice
        name = choice(MEMBERS)
        return choice([[f"{name} = {self.values.small()}"], [f"def {name}(self, *args):", f"    return ('{name}', args)"], [f"{name} = Data({self.values.small()})"], [f"{name} = NonData()"],
                       ["@property", f"def {name}(self):", f"    return '{name}'"], ["@classmethod", f"def {name}(cls, *args):", f"    return cls.__name__, args"], ["@staticmethod", f"def {name}(*args):", "    return args"],
                       [f"def {name}(self, *args):", f"    return ('over', super().{name}(*args))"], [f"{name}: int = 3"], [f"__slots__ = {choice([('x',), ('x', 'y'), (), ('__dict__', 'x'), ('__weakref__',), 'value', ('1a',), ('x', 'x')])!r}"],
                       ["@property", f"def {name}(self):", f"    raise AttributeError('inner')"], [f"class {name}:", "    inner = 1"], [f"{name} = lambda self: __class__"]])

    def define(self, number):
        """The text of one class statement."""
        choice = self.values.choice
        name = f"C{number}"
        count = choice([0, 1, 1, 2, 2, 3])
        options = self.names * 3 + BASES
        bases = [choice(options) for _ in range(count)]
        if self.values.chance(15):
            bases.append("metaclass=Meta")
        elif self.values.chance(6):
            bases.append("keyword=1")
        lines = [f"class {name}({', '.join(bases)}):", "    is_it = True"] if bases else [f"class {name}:", "    pass"]
        for _ in range(choice([1, 2, 3, 4, 5])):
            lines += ["    " + line for line in choice([self.special, self.special, self.plain])()]
        self.names.append(name)
        return "\n".join(lines)

    def use(self):
        """An expression that tries something with the classes."""
        choice = self.values.choice
        name = choice(self.names)
        make = choice([f"{name}()", f"{name}()", f"{name}({self.values.small()})"])
        other = choice([f"{choice(self.names)}()", f"{choice(self.names)}()", self.values.anything(0), "1", "'a'", "[1]", "{}"])
        key = choice(list(BINARY))
        sign = BINARY[key] or "+"
        member = choice(MEMBERS)
        return choice([f"{make} {sign} {other}", f"{other} {sign} {make}", f"operator.i{key.replace('divmod', 'add').replace('and', 'and')}({make}, {other})", f"divmod({make}, {other})",
                       f"{make} {choice(list(COMPARE.values()))} {other}", f"{other} {choice(list(COMPARE.values()))} {make}", f"{choice(['int', 'float', 'complex', 'bool', 'len', 'str', 'bytes', 'abs', 'round', 'list', 'tuple', 'iter', 'repr', 'reversed', 'dict', 'sum', 'operator.index', 'operator.length_hint', 'callable', 'format', 'sorted', 'dir', 'set', 'max'])}({make})"
                       if name else "", f"{make}.{member}", f"{name}.{member}", f"setattr({make}, '{member}', 5)", f"delattr({make}, '{member}')", f"{make}.{member}(1)", f"[c.__name__ for c in {name}.__mro__]",
                       f"{make}[{self.values.small()}]", f"{other} in {make}", f"{name}[int]", f"1 in {name}", f"len({name})", f"isinstance({other}, {name})", f"issubclass({name}, {choice(self.names)})",
                       f"{make}(1, a=2)", f"-{make}", f"~{make}", f"sorted(k for k in vars({name}) if not k.startswith('__module'))", f"type({name}).__name__, {name}.__bases__, {name}.__basicsize__, {name}.__dictoffset__, {name}.__itemsize__",
                       f"pow({make}, 2, {other})", f"super({name}, {make}).{member}", f"super({name}, {name}).{member}", f"{make}.__class__.__name__", f"sorted(vars({make}))", f"f'{{{make}!r:>{self.values.small(0, 9)}}}|{{{make}:5}}'",
                       f"{name} is not object and {name}.__subclasses__()", f"[*{make}]", f"dict(**{make})", f"print(*{make})", f"{make} is {make}, {make} == {make}, {make} != {make}", f"{name}.{member}.__get__(None, {name})", f"{name}.__hash__, {name}.__eq__ is object.__eq__",
                       f"({name} | None)", f"type('N', ({name}, {choice(self.names)}), {{'x': 1}}).__mro__", f"setattr({make}, '__class__', {choice(self.names)})", f"object.__reduce_ex__({make}, 2)[0]", f"'%s %r %d' % ({make}, {make}, {make})",
                       f"{name}.__doc__, {name}.__qualname__, {name}.__module__, {name}.__text_signature__", f"{name}.__annotations__", f"{name}.__flags__ & 0xf7ffff"])


def program(values):
    builder = Builder(values)
    lines = [PRELUDE]
    for number in range(values.choice([1, 2, 3, 4])):
        lines.append(f"attempt({builder.define(number)!r}) or globals().setdefault('C{number}', object)")
    for number in range(values.choice([10, 15, 20])):
        lines.append(f"report({number}, lambda: {builder.use()})")
    return "\n".join(lines) + "\n"

"""Functions of random statements and expressions, called with random arguments; every result and traceback is printed."""
import textwrap

PRELUDE = '''\
import sys
import traceback
budget = 3000
log = []
def tick():
    global budget
    budget -= 1
    if budget < 0:
        raise SystemExit("budget")
    return budget
def note(value):
    log.append(value)
    return value
class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow
    def __enter__(self):
        log.append(("enter", self.name))
        return self.name
    def __exit__(self, kind, value, trace):
        log.append(("exit", self.name, kind and kind.__name__, str(value)))
        return self.swallow
    async def __aenter__(self):
        return self.__enter__()
    async def __aexit__(self, *details):
        await pause("leaving")
        return self.__exit__(*details)
class pause:
    def __init__(self, value):
        self.value = value
    def __await__(self):
        answer = yield self.value
        return answer
class Slow:
    def __init__(self, items):
        self.items = iter(items)
    def __aiter__(self):
        return self
    async def __anext__(self):
        tick()
        await pause("next")
        try:
            return next(self.items)
        except StopIteration:
            raise StopAsyncIteration
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x=0, y=0):
        self.x, self.y = x, y
    def __repr__(self):
        return f"Point({self.x!r}, {self.y!r})"
    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
    def __getitem__(self, key):
        if isinstance(key, int) and key > 20:
            raise IndexError(key)
        return key
def drive(coroutine):
    seen = []
    try:
        value = None
        for _ in range(40):
            value = coroutine.send(value)
            seen.append(value)
        coroutine.close()
        return "unfinished", seen
    except StopIteration as stop:
        return stop.value, seen
def spin(generator, moves):
    seen = []
    for move in moves:
        try:
            if move == "next":
                seen.append(next(generator))
            elif move == "throw":
                seen.append(generator.throw(KeyError("thrown")))
            elif move == "close":
                seen.append(("closed", generator.close()))
            else:
                seen.append(generator.send(move))
        except StopIteration as stop:
            seen.append(("stop", stop.value))
        except Exception as error:
            seen.append((type(error).__name__, str(error)))
    return seen
def report(label, function, *args, **keywords):
    log.clear()
    try:
        print(label, ascii(function(*args, **keywords)))
    except Exception as error:
        print(label, "raised", ascii(log))
        traceback.print_exc()
        while error is not None:
            for frame, line in traceback.walk_tb(error.__traceback__):
                print("  at", frame.f_code.co_qualname, line, end=";")
            print(" context", type(error.__context__).__name__, "cause", type(error.__cause__).__name__, error.__suppress_context__)
            error = error.__context__
    print("  log", ascii(log))
'''
BINARY = "+ - * // % & | ^ / @ << >> **".split()
SLOW_GROWING = "+ - // % & | ^ / @ >>".split()  # for loops
COMPARE = ["<", "<=", "==", "!=", ">", ">=", "is", "is not", "in", "not in"]
EXCEPTIONS = ["ValueError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError", "AttributeError", "NameError", "UnboundLocalError", "LookupError", "ArithmeticError",
              "Exception", "RuntimeError", "StopIteration"]


class Writer:
    """Writes one function; knows which kinds of statement may stand where."""

    def __init__(self, values, functions, kind="plain", names=(), outer=()):
        self.values = values
        self.functions = functions  # names that may be called
        self.kind = kind  # plain, generator, coroutine, asyncgen
        self.names = list(names) or ["a", "b"]
        self.outer = list(outer)
        self.loops = 0
        self.depth = 0
        self.fresh = 0

    def choice(self, options):
        return self.values.choice(options)

    def chance(self, percent):
        return self.values.chance(percent)

    def name(self):
        if self.outer and self.chance(15):
            return self.choice(self.outer)
        if self.chance(3):
            return self.choice(["missing", "self", "lenn", "rnage"])
        return self.choice(self.names)

    def target(self, depth=1):
        kind = self.values.random.random()
        if kind < 0.7 or depth == 0:
            name = self.choice(["a", "b", "c", "d", "e"])
            if name not in self.names:
                self.names.append(name)
            return name
        if kind < 0.8:
            return f"{self.name()}[{self.expression(0)}]"
        if kind < 0.84:
            return f"{self.name()}.{self.choice(['x', 'y', 'z'])}"
        if kind < 0.87:
            return f"{self.name()}[{self.values.slice()}]"
        first, second = self.target(depth - 1), self.target(0)
        return self.choice([f"({first}, {second})", f"[{first}, {second}]", f"({first}, *{second})", f"(*{first}, {second})"])

    # Expressions

    def expression(self, depth=2):
        if depth <= 0:
            return self.atom()
        kinds = [self.atom, self.binary, self.binary, self.compare, self.boolean, self.unary, self.conditional, self.call, self.call, self.subscript, self.display,
                 self.comprehension, self.lambda_, self.fstring, self.walrus, self.attribute]
        if self.kind in ("generator", "asyncgen"):
            kinds += [lambda d: f"(yield {self.expression(d)})", lambda d: "(yield)"]
        if self.kind == "generator":
            kinds.append(lambda d: f"(yield from {self.iterable(d)})")
        if self.kind in ("coroutine", "asyncgen"):
            kinds += [lambda d: f"(await pause({self.expression(d)}))"] * 2
        return self.choice(kinds)(depth - 1)

    def atom(self, depth=0):
        kind = self.values.random.random()
        if kind < 0.55:
            return self.name()
        if kind < 0.8:
            return self.values.small()
        return self.choice([self.values.floating, lambda: self.values.text(2), lambda: "None", lambda: "True", lambda: "()", lambda: "[]", lambda: "...", lambda: repr(self.values.raw_data(1)),
                            lambda: "Point(1, 2)", lambda: "{}", lambda: "(1, 2, 3)", lambda: "[3, 1, 2]"])()

    def binary(self, depth):
        operator = self.choice(BINARY if not self.loops else SLOW_GROWING)
        right = self.expression(depth) if operator not in ("<<", "**") else self.values.small(-1, 4)
        return f"({self.expression(depth)} {operator} {right})"

    def compare(self, depth):
        text = self.expression(depth)
        for _ in range(self.choice([1, 1, 2, 3])):
            operator = self.choice(COMPARE)
            text += f" {operator} {self.name() if operator.startswith('is') else self.expression(depth)}"
        return f"({text})"

    def boolean(self, depth):
        operator = self.choice([" and ", " or "])
        return "(" + operator.join(self.expression(depth) for _ in range(self.choice([2, 2, 3]))) + ")"

    def unary(self, depth):
        return f"({self.choice(['-', '+', '~', 'not '])}{self.expression(depth)})"

    def conditional(self, depth):
        return f"({self.expression(depth)} if {self.expression(depth)} else {self.expression(depth)})"

    def arguments(self, depth):
        parts = [self.expression(depth) for _ in range(self.choice([0, 1, 1, 2]))]
        if self.chance(15):
            parts.append(f"*{self.expression(depth)}")
        if self.chance(15):
            parts.append(f"{self.choice('abcxyz')}={self.expression(depth)}")
        if self.chance(8):
            parts.append("**" + self.choice([self.expression(depth), "{'a': 1}", "dict(b=2)"]))
        return ", ".join(parts)

    def call(self, depth):
        if self.functions and self.chance(35):
            return f"{self.choice(self.functions)}({self.arguments(depth)})"
        if self.chance(40):
            return f"{self.choice(['len', 'str', 'repr', 'abs', 'sum', 'sorted', 'list', 'tuple', 'bool', 'type', 'max', 'min', 'int', 'set', 'dict', 'range'])}({self.expression(depth)})"
        if self.chance(30):
            return f"note({self.expression(depth)})"
        if self.chance(50):
            return f"{self.expression(depth)}.{self.choice(['append', 'upper', 'count', 'index', 'get', 'pop', 'join', 'x', 'extend', 'keys'])}({self.arguments(depth)})"
        return f"Point({self.arguments(depth)})"

    def subscript(self, depth):
        inner = self.choice([lambda: self.expression(depth), self.values.slice, self.values.small, lambda: f"{self.values.small()}, {self.values.slice()}"])()
        return f"{self.choice([self.name, lambda: self.display(0)])()}[{inner}]"

    def attribute(self, depth):
        return f"{self.expression(depth)}.{self.choice(['x', 'y', 'real', 'z', '__class__', '__name__', '__module__', 'lenght', 'imag'])}"

    def display(self, depth):
        items = [("*" if self.chance(10) else "") + self.expression(depth) for _ in range(self.choice([0, 1, 2, 3]))]
        kind = self.choice(["list", "tuple", "set", "dict"])
        if kind == "dict":
            return "{" + ", ".join(f"**{self.expression(depth)}" if self.chance(8) else f"{self.expression(0)}: {self.expression(depth)}" for _ in items) + "}"
        if kind == "set" and items:
            return "{" + ", ".join(items) + "}"
        if kind == "tuple":
            return "(" + "".join(item + ", " for item in items) + ")"
        return "[" + ", ".join(items) + "]"

    def iterable(self, depth=1):
        return self.choice([lambda: f"range({self.values.small(0, 4)})", lambda: self.display(0), self.name, lambda: self.values.text(2), lambda: self.expression(depth),
                            lambda: f"zip({self.name()}, {self.display(0)})", lambda: f"enumerate({self.name()})"])()

    def comprehension(self, depth):
        kind, self.kind = self.kind, "plain"  # no yield inside
        variable = self.choice(["i", "j", "a"])
        source = self.iterable(0)
        known = variable in self.names
        if not known:
            self.names.append(variable)
        clauses = f"for {variable} in {source}"
        if self.chance(25):
            clauses += f" for {self.choice(['k', 'j'])} in {self.iterable(0)}"
        if self.chance(35):
            clauses += f" if {self.expression(min(depth, 1))}"
        element = self.expression(min(depth, 1))
        if not known:
            self.names.remove(variable)
        self.kind = kind
        return self.choice([f"[{element} {clauses}]", f"{{{element} {clauses}}}", f"{{{element}: {variable} {clauses}}}", f"list({element} {clauses})", f"sum({element} {clauses})"])

    def lambda_(self, depth):
        kind, self.kind = self.kind, "plain"
        text = self.choice([f"(lambda: {self.expression(depth)})()", f"(lambda a, b={self.expression(0)}: {self.expression(depth)})({self.arguments(0)})",
                            f"(lambda *a, **b: {self.expression(depth)})({self.arguments(0)})", f"(lambda a, /, b=2, *, c=3: {self.expression(depth)})({self.arguments(0)})"])
        self.kind = kind
        return text

    def fstring(self, depth):
        name = self.name()
        return self.choice([f"f'{{{name}}}'", f"f'{{{name}!r:>8}}|{{{name}=}}'", f"f'{{{name}:{{{self.name()}}}}}'", f"f'{{{self.name()} + {self.name()}}}{{{{}}}}'", f"f'{{{name}:{self.choice(['d', '.2f', '>5', 'x', ','])}}}'"])

    def walrus(self, depth):
        name = self.choice(["a", "b", "c", "w"])
        text = f"({name} := {self.expression(depth)})"
        if name not in self.names:
            self.names.append(name)
        return text

    # Statements: each gives a list of lines

    def block(self, depth):
        lines = []
        for _ in range(self.choice([1, 2, 2, 3])):
            lines += self.statement(depth)
        return ["    " + line for line in lines]

    def statement(self, depth):
        simple = [self.assign, self.assign, self.assign, self.augmented, self.expression_statement, self.delete, self.return_, self.raise_, self.assert_, self.note_locals]
        compound = [self.if_, self.if_, self.for_, self.while_, self.try_, self.try_, self.with_, self.match, self.try_star, self.nested]
        if self.kind in ("generator", "asyncgen"):
            simple += [lambda: [f"yield {self.expression(1)}"]] * 4
        if self.kind in ("coroutine", "asyncgen"):
            compound += [self.async_for, self.async_with]
        if self.loops and self.chance(12):
            return [self.choice(["break", "continue"])]
        if depth > 0 and self.chance(45):
            return self.choice(compound)(depth - 1)
        return self.choice(simple)()

    def assign(self):
        value = self.expression(2)
        if self.chance(15):
            return [f"{self.target()} = {self.target()} = {value}"]
        if self.chance(6):
            return [f"{self.choice(['a', 'b'])}: int = {value}"]
        return [f"{self.target()} = {value}"]

    def augmented(self):
        operator = self.choice(BINARY if not self.loops else SLOW_GROWING)
        value = self.expression(1) if operator not in ("<<", "**") else self.values.small(-1, 4)
        return [f"{self.choice([self.name, lambda: self.name() + '[0]', lambda: self.name() + '.x'])()} {operator}= {value}"]

    def expression_statement(self):
        return [self.expression(2)]

    def delete(self):
        return [f"del {self.choice([self.name, lambda: f'{self.name()}[{self.values.slice()}]', lambda: f'{self.name()}[{self.expression(0)}]', lambda: self.name() + '.x'])()}"]

    def return_(self):
        if self.kind == "asyncgen":
            return ["return"] if self.chance(50) else ["pass"]
        return [f"return {self.expression(1)}"] if self.chance(60) else ["pass"]

    def raise_(self):
        if self.chance(50):
            return ["note(1)"]
        kind = self.choice(EXCEPTIONS)
        return [self.choice([f"raise {kind}", f"raise {kind}({self.expression(0)})", f"raise {kind} from {self.choice(EXCEPTIONS)}('cause')", f"raise {kind}('x') from None", "raise",
                             f"raise ExceptionGroup('group', [{kind}(1), {self.choice(EXCEPTIONS)}(2)])"])]

    def assert_(self):
        return [f"assert {self.expression(1)}" + (f", {self.expression(0)}" if self.chance(40) else "")]

    def note_locals(self):
        return ["note(sorted(locals()))"] if self.chance(30) else [f"note({self.name()})"]

    def if_(self, depth):
        lines = [f"if {self.expression(2)}:", *self.block(depth)]
        if self.chance(25):
            lines += [f"elif {self.expression(1)}:", *self.block(depth)]
        if self.chance(40):
            lines += ["else:", *self.block(depth)]
        return lines

    def loop_body(self, depth):
        self.loops += 1
        body = ["    tick()", *self.block(depth)]
        self.loops -= 1
        return body

    def for_(self, depth):
        source = self.iterable()
        lines = [f"for {self.target()} in {source}:", *self.loop_body(depth)]
        return lines + (["else:", *self.block(depth)] if self.chance(25) else [])

    def while_(self, depth):
        lines = [f"while {self.expression(1)}:", *self.loop_body(depth), "    if budget % 7 == 0: break"]
        return lines + (["else:", *self.block(depth)] if self.chance(25) else [])

    def try_(self, depth):
        lines = ["try:", *self.block(depth)]
        handlers = self.choice([0, 1, 1, 2])
        for _ in range(handlers):
            kind = self.choice([self.choice(EXCEPTIONS), f"({self.choice(EXCEPTIONS)}, {self.choice(EXCEPTIONS)})", "Exception"])
            lines += [f"except {kind}{self.choice(['', ' as error', ' as a'])}:", *self.block(depth)]
        if handlers and self.chance(25):
            lines += ["else:", *self.block(depth)]
        if not handlers or self.chance(30):
            loops, self.loops = self.loops, self.loops if self.chance(50) else 0
            lines += ["finally:", *self.block(depth)]
            self.loops = loops
        return lines

    def try_star(self, depth):
        loops, self.loops = self.loops, 0
        lines = ["try:", *self.block(depth)]
        for _ in range(self.choice([1, 1, 2])):
            body = [line for line in self.block(depth) if not line.strip().startswith(("return", "break", "continue"))] or ["    pass"]
            lines += [f"except* {self.choice(EXCEPTIONS)}{self.choice(['', ' as group'])}:", "    note('star')"]
            lines += body if not any(line.lstrip().startswith(("return ", "break", "continue")) or line.endswith(":") for line in body) else []
        self.loops = loops
        return lines

    def with_(self, depth):
        swallow = self.choice(["", ", True"])
        return [self.choice([f"with Manager('m'{swallow}) as c:", f"with Manager(1), Manager(2{swallow}):", f"with (Manager('p'{swallow}) as d, Manager('q')):", f"with {self.expression(0)}:"]), *self.block(depth)]

    def pattern(self, depth=2):
        kind = self.values.random.random()
        if depth == 0 or kind < 0.35:
            return self.choice([self.values.small(), "'ab'", "None", "True", "_", "-1.5", "3 + 4j", "int()", "str()", f"str({self.capture()})", "b'a'", "Point.x"])
        if kind < 0.45:
            return self.capture()
        inner = lambda: self.pattern(depth - 1)
        return self.choice([lambda: f"[{inner()}, {inner()}]", lambda: f"({inner()}, *_)", lambda: f"[*_, {inner()}]", lambda: "[]", lambda: f"{{'a': {inner()}}}", lambda: f"{{1: {inner()}, **{self.capture()}}}",
                            lambda: f"Point({inner()}, {inner()})", lambda: f"Point(x={inner()})", lambda: f"({self.values.small()} | {self.values.small()} | 'z')", lambda: f"({inner()}) as {self.capture()}",
                            lambda: f"Point({inner()}, y={inner()})", lambda: f"int(real={inner()})", lambda: f"Point({inner()}, {inner()}, {inner()})"])()

    def capture(self):
        self.fresh += 1
        return f"p{self.fresh}"

    def match(self, depth):
        lines = [f"match {self.expression(1)}:"]
        for _ in range(self.choice([1, 2, 3])):
            first = self.fresh
            pattern = self.pattern()
            guard = f" if {self.expression(0)}" if self.chance(20) else ""
            if pattern.isidentifier() and pattern not in ("None", "True"):
                guard = guard or f" if {self.expression(0)}"
            lines += [f"    case {pattern}{guard}:"]
            if self.fresh > first:
                lines.append(f"        note(p{self.fresh})")
            lines += ["    " + line for line in self.block(depth)]
        return lines

    def nested(self, depth):
        """A function inside, with its own names and perhaps ours."""
        name = self.choice(["inner", "helper"])
        inner = Writer(self.values, self.functions, "plain", ["a", "q"], self.names)
        body = []
        if self.chance(30):
            body.append("    nonlocal b")
        if self.chance(15):
            body.append("    global shared")
            body.append("    shared = a")
        body += inner.block(depth)
        called = f"note({name}({self.arguments(0)}))"
        return [f"def {name}(a={self.expression(0)}, q=2):", *body, called]

    def async_for(self, depth):
        return [f"async for {self.target()} in Slow({self.iterable(0)}):", *self.loop_body(depth)]

    def async_with(self, depth):
        return [f"async with Manager('async'{self.choice(['', ', True'])}) as c:", *self.block(depth)]


SIGNATURES = ["a, b", "a, b=2", "a=1, *b", "a, /, b=3", "a, *, b=4", "a=0, b=[], *args, **kw", "*a, b=5", "a=(), **b", "a, b, /"]


def function(values, number, functions):
    """(name, kind, source) of one function."""
    kind = values.choice(["plain", "plain", "plain", "generator", "coroutine", "asyncgen"])
    writer = Writer(values, functions, kind)
    name = f"f{number}"
    body = [line for _ in range(values.choice([2, 3, 4, 5])) for line in writer.statement(2)]
    if "nonlocal b" in "\n".join(body) or values.chance(50):
        body.insert(0, "c = d = e = w = None")
    if kind in ("generator", "asyncgen"):
        body.append("yield 'last'")
    if kind != "asyncgen":
        body.append(f"return {values.choice(['a, b', 'a', writer.expression(1)])}")
    head = "async def" if kind in ("coroutine", "asyncgen") else "def"
    decorator = values.choice(["", "", "", "@note\n", "@(lambda f: f)\n"])
    return name, kind, f"{decorator}{head} {name}({values.choice(SIGNATURES)}):\n" + textwrap.indent("\n".join(body), "    ") + "\n"


def call(values, name, kind):
    arguments = ", ".join(values.choice([values.small, lambda: values.text(2), lambda: values.integers(3), lambda: values.dict(1), lambda: "Point(3, 4)", lambda: values.anything(1)])()
                          for _ in range(values.choice([1, 2, 2, 2, 3])))
    if kind == "generator":
        moves = ["next"] + [values.choice(["next", "next", "throw", "close", 5, None, "x"]) for _ in range(5)]
        return f"spin({name}({arguments}), {moves})"
    if kind == "coroutine":
        return f"drive({name}({arguments}))"
    if kind == "asyncgen":
        return f"drive(collect({name}({arguments})))"
    return f"{name}({arguments})"


COLLECT = '''\
async def collect(source):
    found = []
    async for item in source:
        found.append(item)
        if len(found) > 20:
            await source.aclose()
            break
    return found
'''


def well_formed(source):
    try:
        compile(source, "f", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def functions_of(values, count):
    """[(name, kind, source)] of functions which compile, later ones call earlier ones."""
    made = []
    number = 0
    while len(made) < count and number < 6 * count:
        number += 1
        callable_names = [name for name, kind, _ in made if kind == "plain"]
        piece = function(values, number, callable_names)
        if well_formed(piece[2]):
            made.append(piece)
    return made


def program(values):
    made = functions_of(values, values.choice([1, 2, 3]))
    lines = [PRELUDE, COLLECT, "shared = 1", *(source for _, _, source in made)]
    for name, kind, _ in made:
        for number in range(values.choice([1, 2, 3])):
            lines.append(f"report('{name} {number}', lambda: {call(values, name, kind)})")
    return "\n".join(lines) + "\n"


TRACER = '''\
import dis
def watch(events, opcodes):
    def tracer(frame, event, argument):
        if frame.f_code.co_filename != __file__ or frame.f_code.co_name in ("tick", "note", "report", "<module>", "spin", "drive"):
            return None
        frame.f_trace_opcodes = opcodes
        shown = type(argument).__name__ if event != "exception" else argument[0].__name__
        if len(events) > 2000:
            raise SystemExit("too many events")
        events.append((event, frame.f_code.co_name, frame.f_lineno, frame.f_lasti, shown))
        return tracer
    return tracer
def traced(function, opcodes=False, profile=False):
    events = []
    (sys.setprofile if profile else sys.settrace)(watch(events, opcodes))
    try:
        result = function()
    except Exception as error:
        result = type(error).__name__
    finally:
        sys.settrace(None)
        sys.setprofile(None)
    print(ascii(result), len(events))
    for event in events[:150]:
        print("  ", *event)
'''


def traced_program(values):
    """The same functions under sys.settrace and setprofile, and disassembled."""
    made = functions_of(values, values.choice([1, 2]))
    lines = [PRELUDE, COLLECT, TRACER, "shared = 1", *(source for _, _, source in made)]
    for name, kind, _ in made:
        lines.append(f"traced(lambda: {call(values, name, kind)}{values.choice(['', ', opcodes=True', ', profile=True'])})")
        lines.append(f"dis.dis({name}, show_caches={values.chance(30)})")
        lines.append(f"code = {name}.__code__\nprint(code.co_varnames, code.co_cellvars, code.co_stacksize, code.co_flags, list(code.co_lines()), list(code.co_positions())[:40])")
    return "\n".join(lines) + "\n"

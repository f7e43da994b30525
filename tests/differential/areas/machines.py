"""Objects with a state that are driven by random moves: generators, coroutines, iterators of what is changed meanwhile, weak
references and containers, exception groups, descriptors, closures, exit stacks. What each move gives is printed."""

PRELUDE = '''\
import collections, contextlib, functools, gc, operator, sys, traceback, types, weakref
sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.exc_value, u.err_msg)
log = []
class Mine(Exception): pass
class Base(BaseException): pass
class Dies:
    def __init__(self, name): self.name = name
    def __repr__(self): return f"Dies({self.name})"
    def __del__(self): log.append("died " + self.name)
class Manager:
    def __init__(self, name, answer): self.name, self.answer = name, answer
    def __enter__(self): log.append("enter " + self.name); return self
    def __exit__(self, kind, value, trace):
        log.append(("exit", self.name, kind and kind.__name__))
        if isinstance(self.answer, Exception): raise self.answer
        return self.answer
@types.coroutine
def pause(value):
    got = yield value
    return got
def chain(error, depth=0):
    if error is None or depth > 4: return None
    inner = [chain(e, depth + 1) for e in error.exceptions] if isinstance(error, BaseExceptionGroup) else []
    return type(error).__name__, str(error), inner, chain(error.__cause__, depth + 1), chain(error.__context__, depth + 1), error.__suppress_context__, getattr(error, "__notes__", None)
def shown(value):
    if isinstance(value, BaseException): return chain(value)
    return value
def move(label, thunk):
    try:
        print(label, ascii(shown(thunk())))
    except BaseException as error:
        print(label, "raises", chain(error), [f.name for f in traceback.extract_tb(error.__traceback__)][1:])
        error = None
    if log: print("   ", log)
    log.clear()
'''

ERRORS = ["ValueError", "ValueError('v')", "Mine('m')", "GeneratorExit", "GeneratorExit('g')", "StopIteration", "StopIteration(5)", "StopAsyncIteration()", "KeyError('k')", "Base()", "KeyboardInterrupt()", "ExceptionGroup('eg', [ValueError(1)])", "int", "3"]


class Body:
    """Statements of a generator, coroutine or asynchronous generator."""

    def __init__(self, values, kind, inner):
        self.values, self.kind, self.inner = values, kind, inner

    def pause(self):
        choice = self.values.choice
        if self.kind == "def":
            options = [f"yield {self.values.small()}", "(yield 'a'), (yield 'b')", "(yield)", "yield x"] + [f"yield from {inner}()" for inner in self.inner] + ["yield from [1, 2]", "yield from range(3)", "yield from x"]
        elif self.kind == "async def":
            options = ["await pause('p')", "await pause(x)"] + [f"await {inner}()" for inner in self.inner] + ["await x"]
        else:
            options = ["await pause('p')"] + [f"(yield {self.values.small()})", "(yield x)"] * 2 + [f"[i async for i in {inner}()]" for inner in self.inner]
        return choice(options)

    def block(self, depth):
        lines = []
        for _ in range(self.values.choice([1, 1, 2, 3])):
            lines += self.statement(depth)
        return lines

    def statement(self, depth):
        choice = self.values.choice
        pause = self.pause()
        simple = [[f"x = {pause}"], [f"log.append(({pause}))"], [f"raise {choice(ERRORS[:6] + ERRORS[8:12])}"], ["d = Dies('local')"], ["del x"], ["x = [x]"], ["raise"],
                  ["return" if self.kind == "async gen" else f"return {choice(['x', 'None', '1', '(1, 2)'])}"], ["log.append(sys.exc_info()[1] and type(sys.exc_info()[1]).__name__)"]]
        if depth == 0 or self.values.chance(40):
            return choice(simple[:2] * 3 + simple)
        inner = ["    " + line for line in self.block(depth - 1)]
        other = ["    " + line for line in self.block(depth - 1)]
        catch = choice(["except ValueError as e:", "except GeneratorExit:", "except (Mine, KeyError):", "except BaseException as e:", "except:", "except* ValueError as e:", "except* Exception:"])
        if "*" in catch:
            other = [line for line in other if not line.strip().startswith("return")] or ["    pass"]
        return choice([["try:", *inner, catch, *other], ["try:", *inner, "finally:", *other], ["try:", *inner, catch, *other, "else:", "    x = 'else'", "finally:", "    log.append('finally')"],
                       [f"with Manager('m', {choice(['True', 'False', 'Mine(1)'])}) as x:", *inner], ["for x in range(2):", *inner], ["while True:", *inner, "    break"], [f"if {choice(['x', 'not x', 'True'])}:", *inner]])


def machine(values, kind, count):
    """Functions f0 … that use earlier ones; moves on the last."""
    keyword = "def" if kind == "def" else "async def"
    lines = []
    for number in range(count):
        body = Body(values, kind, [f"f{i}" for i in range(number)]).block(2)
        lines += [f"{keyword} f{number}(x=0):", *("    " + line for line in body), f"    if 0: {'await pause(1)' if kind == 'async def' else 'yield'}"]
    return lines


def generator_moves(values, kind):
    lines = machine(values, kind, values.choice([1, 2, 3]))
    lines.append(f"g = f{values.choice([0, 0]) if len(lines) < 4 else sum(l.startswith(('def', 'async')) for l in lines) - 1}({values.anything(1)})")
    error = lambda: values.choice(ERRORS)
    if kind == "async gen":
        make = [lambda: "g.__anext__()", lambda: f"g.asend({values.small()})", lambda: "g.asend(None)", lambda: f"g.athrow({error()})", lambda: "g.aclose()"]
        lines.append("a = g.__anext__()")
        moves = [lambda: f"(globals().__setitem__('a', {values.choice(make)()}), a.send(None))[1]"] * 6 + [lambda: "a.send(None)", lambda: "a.send(1)", lambda: f"a.throw({error()})", lambda: "a.close()", lambda: "(g.ag_running, g.ag_frame and g.ag_frame.f_lineno, g.ag_await is None)", lambda: "next(a)", lambda: "globals().pop('g')"]
        lines.append("sys.set_asyncgen_hooks(lambda g: log.append('first'), lambda g: log.append('final'))" if values.chance(40) else "")
    else:
        p = "gi" if kind == "def" else "cr"
        moves = [lambda: "g.send(None)", lambda: "g.send(None)", lambda: f"g.send({values.anything(1)})", lambda: f"g.throw({error()})", lambda: f"g.throw({error()})", lambda: f"g.throw(ValueError, {values.small()})", lambda: "g.throw(KeyError, KeyError(1), None)", lambda: "g.close()",
                 lambda: f"(g.{p}_running, g.{p}_suspended, g.{p}_frame and g.{p}_frame.f_lineno)", lambda: f"type(g.{'gi_yieldfrom' if p == 'gi' else 'cr_await'}).__name__", lambda: "globals().pop('g')",
                 lambda: "list(g)" if p == "gi" else "list(g.__await__())", lambda: f"sorted(g.{p}_frame.f_locals)"]
    for number in range(values.choice([3, 5, 8])):
        lines.append(f"move({number}, lambda: {values.choice(moves)()})")
    lines += ["g = a = None", "gc.collect()", "print(log); log.clear()", "sys.set_asyncgen_hooks(None, None)"]
    return lines


def iteration_moves(values):
    make, changes = values.choice([
        ("list(range(5))", ["c.append(9)", "c.pop()", "c.clear()", "c.insert(0, 7)", "c.extend(range(3))", "c.reverse()", "c.__delitem__(slice(1, 3))", "c.__setitem__(slice(0, 0), 'ab')"]),
        ("dict(a=1, b=2, c=3)", ["c.update(d=4)", "c.pop('a', 0)", "c.clear()", "c.__setitem__('a', 9)", "c.popitem()", "(c.pop('b', 0), c.update(z=1))", "c.setdefault('q', 1)", "c.update({i: i for i in range(9)})"]),
        ("{1, 2, 3}", ["c.add(4)", "c.discard(1)", "c.clear()", "(c.discard(2), c.add(9))", "c.update(range(20))", "c.pop()"]),
        ("collections.deque([1, 2, 3], 5)", ["c.append(4)", "c.popleft()", "c.clear()", "c.rotate(1)", "c.extendleft('ab')", "c.reverse()", "c.__setitem__(0, 5)", "c.remove(2)"]),
        ("collections.OrderedDict(a=1, b=2, c=3)", ["c.update(d=4)", "c.pop('a', 0)", "c.clear()", "c.move_to_end('a')", "c.move_to_end('c', last=False)", "c.popitem()", "c.__setitem__('a', 3)", "(c.pop('b', 0), c.update(y=1))"]),
        ("bytearray(b'abcdef')", ["c.append(1)", "c.pop()", "c.clear()", "c.extend(b'xy')", "c.__delitem__(slice(0, 2))", "c.reverse()"])])
    views = ["iter(c)", "iter(c)", "reversed(c)", "enumerate(c)", "zip(c, c)", "map(lambda x: x, c)", "filter(None, c)"]
    if "ict(" in make:
        views += ["iter(c.keys())", "iter(c.values())", "iter(c.items())", "reversed(c.items())", "reversed(c.values())"]
    lines = [f"c = {make}"]
    lines += ["try:", f"    i = {values.choice(views)}", "except TypeError as error:", "    i = iter(c)", "    print(error)"]
    moves = ["next(i)", "next(i)", "next(i)", "next(i, 'end')", "operator.length_hint(i)", "len(c)", "repr(c)", "[x for x in i]", "i.__reduce__()[1:]", "max(i)", "c == c.copy()", "sorted(map(str, i))", "[next(i), c.clear()]"]
    for number in range(values.choice([5, 8, 12])):
        lines.append(f"move({number}, lambda: {values.choice(changes) if values.chance(35) else values.choice(moves)})")
    return lines


def weak_moves(values):
    lines = ["class Key:", "    def __init__(self, n): self.n = n", f"    def __eq__(self, other): {values.choice(['return self.n == other.n', 'return self is other', 'log.append(str(self.n)); return self.n == other.n'])}",
             "    def __hash__(self): return hash(self.n)", "    def __repr__(self): return f'Key({self.n})'", "    def __call__(self, *a): return a", "    def __add__(self, o): return ('added', o)", "    def __del__(self): log.append(f'del {self.n}')",
             "ks = [Key(i % 3) for i in range(5)]", "vd, kd, ws = weakref.WeakValueDictionary(), weakref.WeakKeyDictionary(), weakref.WeakSet()", "rs = []"]
    n = lambda: values.small(0, 4)
    moves = [lambda: f"vd.__setitem__({n()}, ks[{n()}])", lambda: f"kd.__setitem__(ks[{n()}], {n()})", lambda: f"ws.add(ks[{n()}])", lambda: f"rs.append(weakref.ref(ks[{n()}], lambda r: log.append(('callback', r() is None))))", lambda: f"rs.append(weakref.proxy(ks[{n()}]))",
             lambda: f"weakref.finalize(ks[{n()}], log.append, 'finalized').alive", lambda: f"rs.append(weakref.WeakMethod(ks[{n()}].__call__))", lambda: f"ks.__setitem__({n()}, Key({n()}))", lambda: f"ks.__setitem__({n()}, ks[{n()}])", lambda: f"setattr(ks[{n()}], 'link', ks[{n()}])",
             lambda: "gc.collect() >= 0", lambda: "sorted((k, v.n) for k, v in vd.items())", lambda: "sorted((k.n, v) for k, v in kd.items())", lambda: "sorted(k.n for k in ws)", lambda: "(len(vd), len(kd), len(ws))", lambda: f"[weakref.getweakrefcount(k) for k in ks]",
             lambda: f"rs[{n()}] + 1", lambda: f"rs[{n()}]()", lambda: f"rs[{n()}].n", lambda: f"rs[{n()}] == rs[{n()}]", lambda: f"hash(rs[{n()}]) == hash(rs[{n()}])", lambda: f"bool(rs[{n()}])", lambda: f"ks.__delitem__(slice({n()}, {n()}))", lambda: f"vd.pop({n()})", lambda: f"kd.pop(ks[{n()}])", lambda: "ws.pop().n >= 0",
             lambda: f"vd.get({n()}, 'none')", lambda: f"(ks[{n()}] in ws, ks[{n()}] in kd)", lambda: f"ws & {{ks[{n()}]}} == set()", lambda: "rs.clear()", lambda: "vd.popitem() and 1", lambda: f"vd.setdefault({n()}, ks[{n()}])", lambda: f"type(rs[{n()}]).__name__", lambda: f"rs[{n()}].__callback__ is None"]
    for number in range(values.choice([8, 14, 20])):
        lines.append(f"move({number}, lambda: {values.choice(moves)()})")
    lines += ["ks.clear(); gc.collect()", "print(sorted(map(str, log)), len(vd), len(kd), len(ws)); log.clear()"]
    return lines


def group(values, depth=2):
    leaf = lambda: values.choice(["ValueError(1)", "TypeError('t')", "KeyError('k')", "Mine('m')", "OSError(2, 'no')"])
    if depth == 0 or values.chance(30):
        return leaf()
    return f"{values.choice(['ExceptionGroup', 'ExceptionGroup', 'BaseExceptionGroup'])}('g{depth}', [{', '.join(group(values, depth - 1) for _ in range(values.choice([1, 2, 3])))}])"


def group_moves(values):
    kinds = ["ValueError", "(TypeError, KeyError)", "Mine", "Exception", "ExceptionGroup", "OSError", "LookupError", "lambda e: isinstance(e, ValueError)", "lambda e: not isinstance(e, ExceptionGroup) and 'm' in str(e)", "int", "3", "()"]
    lines = []
    for number in range(values.choice([3, 5])):
        whole = group(values)
        if not whole.endswith("])"):
            whole = f"ExceptionGroup('only', [{whole}])"
        operation = values.choice([f".split({values.choice(kinds)})", f".subgroup({values.choice(kinds)})", ".derive([ValueError(2)])", ".args", ".message", ".exceptions", ".with_traceback(None)", ".add_note('n')", ".split()", ".derive([])", ".__reduce__()[1]"])
        lines.append(f"move({number}, lambda: (lambda r: tuple(map(chain, r)) if isinstance(r, tuple) and r and isinstance(r[0], (BaseException, type(None))) else r)({whole}{operation}))")
        lines += [f"def handle{number}():", "    try:", "        try:", f"            raise {whole}{values.choice(['', ' from Mine(2)', ' from None'])}"]
        for kind in values.random.sample(["ValueError", "(TypeError, KeyError)", "Mine", "OSError", "Exception"], values.choice([1, 2, 3])):
            lines += [f"        except* {kind} as e:", f"            log.append(chain(e)); {values.choice(['pass', 'raise', 'raise Mine(3)', 'raise e', 'raise KeyError(4) from e', 'e = None', 'del e', 'raise e.exceptions[0]', 'e.add_note(chr(110))'])}"]
        lines += values.choice([[], ["        else: log.append('else')"], ["        finally: log.append('finally')"]])
        lines += ["    except BaseException as e:", "        return chain(e)", f"move('handle{number}', handle{number})"]
        if values.chance(40):
            lines.append(f"print(''.join(traceback.format_exception({whole})))")
    return lines


def attribute_moves(values):
    choice = values.choice
    descriptors = {"data": "Data()", "plain": "Plain()", "prop": "property(lambda self: ('got', len(vars(self)) if hasattr(self, '__dict__') else None))", "full": "property(lambda s: 1, lambda s, v: log.append(('set', v)), lambda s: log.append('deleted'))", "cached": "functools.cached_property(lambda self: log.append('computed') or 7)",
                   "method": "lambda self: ('method', type(self).__name__)", "static": "staticmethod(lambda *a: a)", "cls": "classmethod(lambda c, *a: (c.__name__, a))", "value": "5", "partial": "functools.partialmethod(lambda s, *a: a, 1)", "none": "None"}
    lines = ["class Data:", "    def __set_name__(self, owner, name): log.append(('named', owner.__name__, name)); self.name = name", "    def __get__(self, o, t=None): return ('data', o is None, t.__name__)", "    def __set__(self, o, v): log.append(('data set', v))",
             *(["    def __delete__(self, o): log.append('data delete')"] if values.chance(50) else []), "class Plain:", "    def __get__(self, o, t=None): return ('plain', o is None, t and t.__name__)", "class Meta(type):", f"    meta = {choice(list(descriptors.values()))}",
             *choice([[], ["    def __getattr__(cls, name): return ('meta', name)"], ["    def __prepare__(name, bases, **k): log.append(k); return collections.OrderedDict()", "    def __new__(m, n, b, d, **k): return super().__new__(m, n, b, d)", "    def __init__(c, n, b, d, **k): super().__init__(n, b, d)"], ["    def __call__(cls, *a): log.append(('made', a)); return super().__call__()"]])]
    names = []
    for number, base in enumerate(["A", "B", "C"]):
        parents = choice([[], [choice(names)] if names else [], names[-2:][::-1]])
        lines.append(f"try:\n    class {base}({', '.join([*parents, choice(['metaclass=Meta', 'metaclass=Meta'])])}):")
        if values.chance(35):
            lines.append(f"        __slots__ = {choice([repr(['s']), repr(('s', '__dict__')), repr('s'), '()', repr(('s', 's2')), repr({'s': 'doc'})])}")
        for name in values.random.sample(list(descriptors), 3):
            lines.append(f"        {name} = {descriptors[name]}")
        if values.chance(25):
            lines.append("        def __getattr__(self, name): log.append(('getattr', name)); return super().__getattribute__(name) if name == 's' else name")
        if values.chance(20):
            lines.append("        def __setattr__(self, name, value): log.append(('setattr', name)); object.__setattr__(self, name, value)")
        lines += [f"except TypeError as error:", f"    print(error); {base} = type('{base}', ({(parents or ['object'])[0]},), {{}}) if not {bool(parents)} else {(parents or ['object'])[0]}"]
        names.append(base)
    lines += ["objects = [A(), B(), C()]"]
    o = lambda: choice([f"objects[{values.small(0, 2)}]"] * 3 + ["A", "B", "C"])
    name = lambda: choice([*descriptors, "s", "x", "meta", "__dict__", "__slots__", "__class__"])
    moves = [lambda: f"getattr({o()}, '{name()}')", lambda: f"(lambda v: v() if callable(v) else v)(getattr({o()}, '{name()}', 'missing'))", lambda: f"setattr({o()}, '{name()}', {values.small()})", lambda: f"delattr({o()}, '{name()}')", lambda: f"hasattr({o()}, '{name()}')", lambda: f"sorted(k for k in vars({o()}) if k[0] != '_')",
             lambda: f"type({o()}).__mro__[0].__name__", lambda: f"{o()}.__class__.__setattr__({o()}, 'y', 1)", lambda: f"sorted(k for k in dir({o()}) if k[0] != '_')", lambda: f"super(A, {o()}).{name()}", lambda: f"object.__getattribute__({o()}, '{name()}')", lambda: f"setattr({choice('ABC')}, '{name()}', {choice(list(descriptors.values()))})"]
    for number in range(values.choice([8, 14])):
        lines.append(f"move({number}, lambda: (lambda v: v if isinstance(v, (int, str, tuple, list, bool, type(None))) else type(v).__name__)({choice(moves)()}))")
    return lines


def stack_moves(values):
    choice = values.choice
    lines = ["def run():", "    with contextlib.ExitStack() as stack:"]
    for number in range(values.choice([2, 4, 6])):
        answer = choice(["True", "False", "None", "Mine('exit')", "ValueError('exit')", "0"])
        lines.append("        " + choice([f"stack.enter_context(Manager('{number}', {answer}))", f"stack.callback(log.append, {number})", f"stack.push(lambda *d: log.append(d[0] and d[0].__name__) or {choice(['True', 'False', '1/0'])})", f"stack.callback(lambda: {choice(['1/0', '5', '[][0]'])})",
                                          f"stack.enter_context(contextlib.suppress({choice(['ValueError', 'Mine', 'ZeroDivisionError', 'Exception'])}))", "stack = stack.pop_all()", "stack.close()", "stack.enter_context(contextlib.closing(3))", f"raise {choice(ERRORS[:3])}", "stack.push(3)", "stack.enter_context(contextlib.nullcontext(4))"]))
    lines += [f"        {choice(['raise Mine(5)', 'return 6', '1/0', 'pass', 'raise KeyError from ValueError(1)'])}", "move('stack', run)"]
    return lines


def closure_moves(values):
    choice = values.choice
    options = ['a += 1', 'del a', 'a = [a, b]', 'b = a', 'return a, b', 'log.append(b)', 'a, *b = b, a, 3', '(b := a)', 'del b', 'a = lambda: (a, b)', 'for a in range(2): pass', 'class K: v = a', 'import sys as b', 'with Manager(str(1), 0) as a: pass', '[b for b in (1, 2)]', 'exec(chr(97) + chr(61) + chr(57))', 'b = locals()', 'b = sorted(vars())', 'try: 1/0\n        except ZeroDivisionError as b: pass', 'global log; log = list(log)', 'a = (yield_ := 4)', 'def b(a=a): return a', 'match a:\n            case [*b]: pass\n            case int() as b: pass']
    body = ["        " + choice(options) for _ in range(choice([2, 4, 6]))]
    lines = ["def outer(a, b=2):", "    def inner():", f"        nonlocal a{choice(['', ', b'])}", *body, "        return a", "    def reader():", "        return a, b", *choice([[], ["    def other():", "        nonlocal b", f"        {choice(['b = 1', 'del b'])}"], ["    other = reader"]]), *([] if values.chance(50) else [f"    {choice(['del a', 'b = a', 'a = None'])}"]), "    return inner, reader, locals().get('other', reader)"]
    source = "\n".join(lines)
    lines = [f"try: exec({source!r})", "except SyntaxError as error: print(error.msg, error.lineno); fs = []", f"else: fs = outer({values.anything(1)})"]
    for number in range(5):
        lines.append(f"move({number}, lambda: (lambda v: v if not callable(v) and not isinstance(v, dict) else type(v).__name__)(fs[{values.small(0, 2)}]()))")
        if values.chance(30):
            cells = ["[c.cell_contents for c in fs[0].__closure__] == []", "fs[0].__code__.co_freevars", "delattr(fs[1].__closure__[0], 'cell_contents')", "setattr(fs[1].__closure__[0], 'cell_contents', 8)", "(fs[0].__code__.co_cellvars, fs[0].__code__.co_varnames)"]
            lines.append(f"move('cell', lambda: {choice(cells)})")
    return lines


KINDS = [lambda v: generator_moves(v, "def"), lambda v: generator_moves(v, "def"), lambda v: generator_moves(v, "async def"), lambda v: generator_moves(v, "async gen"), iteration_moves, iteration_moves, weak_moves, group_moves, attribute_moves, attribute_moves, stack_moves, closure_moves]


def program(values):
    lines = [PRELUDE]
    for _ in range(values.choice([2, 3, 4])):
        lines += values.choice(KINDS)(values)
    return "\n".join(lines) + "\n"

"""Sizes, reference counts, cycles, weak references and finalizers: what a program can see of memory."""

PRELUDE = '''\
import gc
import sys
import weakref
log = []
class Node:
    def __init__(self, name, *links):
        self.name, self.links = name, list(links)
    def __del__(self):
        log.append(self.name)
class Slotted:
    __slots__ = ("a", "b", "__weakref__")
class Plain: pass
def sizes(make, change):
    """How the size of a container goes while it is changed."""
    item = make()
    seen = [sys.getsizeof(item)]
    for number in range(40):
        change(item, number)
        seen.append(sys.getsizeof(item))
    return seen
def counts(value, use):
    """References that a use leaves behind."""
    before = sys.getrefcount(value)
    kept = use(value)
    return sys.getrefcount(value) - before, kept is value
def report(label, thunk):
    try:
        print(label, ascii(thunk()))
    except Exception as error:
        print(label, "raises", type(error).__name__, ascii(str(error)))
    print("  ", log)
    log.clear()
'''


def links(values, count):
    """Statements that tie nodes together, drop them and collect."""
    lines = [f"nodes = [Node('n%d' % i) for i in range({count})]"]
    for _ in range(values.random.randint(0, 2 * count)):
        lines.append(f"nodes[{values.random.randrange(count)}].links.append(nodes[{values.random.randrange(count)}])")
    for _ in range(values.choice([0, 1, 2])):
        lines.append(f"references.append(weakref.ref(nodes[{values.random.randrange(count)}], lambda r: log.append('callback')))")
    if values.chance(30):
        lines.append("kept = nodes[0]")
    lines.append("nodes = None")
    lines += values.choice([["log.append(gc.collect() > 0)"], [], ["log.append([r() is None for r in references])"], ["gc.collect(0)", "gc.collect()"]])
    return lines


def program(values):
    lines = [PRELUDE, "references = []", "gc.collect()", "gc.disable()"]
    for number in range(values.choice([6, 10, 14])):
        anything, small = values.anything, values.small
        kind = values.random.random()
        if kind < 0.2:
            source = values.choice([f"sys.getsizeof({values.text()})", f"sys.getsizeof({values.integer()})", f"sys.getsizeof({values.list(2)})", f"sys.getsizeof({values.dict(1)})", f"sys.getsizeof({values.set()})",
                                    f"sys.getsizeof({values.tuple(1)})", f"sys.getsizeof({values.data()})", f"[sys.getsizeof(v) for v in [{values.text()} + 'x', {values.text()} * {values.small(0, 9)}, [*range({values.small(0, 99)})], tuple(range({values.small(0, 30)}))]]",
                                    f"sys.getsizeof(list({values.iterable()}))", f"sys.getsizeof(dict.fromkeys(range({values.small(0, 60)})))", f"sys.getsizeof(set(range({values.small(0, 60)})))", f"sys.getsizeof({values.list()} + {values.list()})",
                                    f"sys.getsizeof([x for x in range({values.small(0, 40)})])", f"sys.getsizeof({{x for x in range({values.small(0, 40)})}})", f"sys.getsizeof({{x: x for x in range({values.small(0, 40)})}})", f"sys.getsizeof(bytearray({values.small(0, 60)}))",
                                    "sys.getsizeof(Plain()), sys.getsizeof(Slotted()), sys.getsizeof(Plain), Slotted.__basicsize__", f"sys.getsizeof((lambda a, b=1: a).__code__)", "sys.getsizeof(object()), sys.getsizeof(lambda: 0), sys.getsizeof(len)",
                                    f"sys.getsizeof({values.text()}.encode('utf-8', 'replace'))", f"sys.getsizeof({anything(1)})"])
        elif kind < 0.4:
            make, changes = values.choice([("list", ["c.append(n)", "c.extend([n, n])", "c.insert(0, n)", "c.append(n) if n < 25 else c.pop()", "c.__iadd__([n])", "c.__setitem__(slice(0, 0), [1, 2])", "c.__delitem__(slice(0, 1)) if n % 3 else c.extend(range(9))"]),
                                           ("dict", ["c.__setitem__(n, n)", "c.__setitem__(str(n), n)", "c.update({n: 1, -n: 2})", "c.pop(n // 2, None) or c.__setitem__(n, 1)", "c.setdefault(n, n)", "c.clear() if n % 20 == 19 else c.update(a=n, **{str(n): 1})"]),
                                           ("set", ["c.add(n)", "c.update((n, str(n)))", "c.discard(n - 3) or c.add(n)", "c.__ior__({n, n + 100})"]), ("bytearray", ["c.append(n)", "c.extend(b'abc')", "c.__delitem__(slice(0, 1)) if n % 3 else c.extend(b'abcdefg')", "c.__iadd__(b'xy')"])])
            source = f"sizes({make}, lambda c, n: {values.choice(changes)})"
        elif kind < 0.65:
            use = values.choice(["[v]", "(v, v)", "{'a': v}", "[v] * 3", "v", "lambda: v", "(lambda x: x)(v)", "[*[v]]", "dict(a=v)", "{1: v}.get(1)", "[v].pop()", "(v,)[0]", "sorted([v], key=id)", "max(v, v, key=id)", "type('T', (), {'v': v})",
                                "iter([v])", "(x for x in [v])", "list(x for x in [v])", "[x for x in (v, v)]", "setattr(Plain, 'v', v)", "Plain.__dict__.get('v')", "zip([v], [v])", "next(zip([v]))", "map(id, [v])", "f'{v is None}'", "isinstance(v, int)", "v == v",
                                "repr([v])[:0]", "{v: 1} if v.__hash__ else 0", "(v for _ in range(2))", "v.__class__", "v.__eq__", "[v, v][::-1]", "[v].__getitem__", "enumerate([v])", "weakref.ref(v)", "[[v]][0][0]", "(lambda *a: a)(v, v)", "(lambda **k: k)(a=v)",
                                "(lambda a=v: a)()", "print(end='', *['' for _ in [v]])", "[v][0:1]", "set([v])", "frozenset((v,))", "slice(v, v)", "property(v)", "super(Plain, Plain())", "memoryview(b'')", "v or 1", "v and v", "None if v else v", "not v"])
            target = values.choice(["Plain()", "Node('c')", "[1]", "object()", "('t', 1)", "2**70", "'text' * 3", "1.5 + 1", "lambda: 0", "{1: 2}", "Slotted()", "{1, 2}"])
            source = f"counts({target}, lambda v: {use})"
        else:
            body = links(values, values.choice([1, 2, 3, 4]))
            lines += [f"def do{number}():", *("    " + line for line in body), "    return len(references)"]
            source = f"do{number}()"
        lines.append(f"report({number}, lambda: {source})")
    lines += ["gc.collect()", "print(log, len(gc.garbage), [r() is None for r in references])"]
    return "\n".join(lines) + "\n"

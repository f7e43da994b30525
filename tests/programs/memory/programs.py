"""Programs that want more memory than there is: name → (source, what it ends in). `ended` is a program that is done."""

ONCE = {  # one request that cannot be met
    "'x'*N": "'x' * 10**12",
    "bytes*N": "b'x' * 10**12",
    "list*N": "[0] * 10**12",
    "tuple*N": "(0,) * 10**12",
    "array*N": "import array; array.array('i', [0]) * 10**12",
    "deque*N": "import collections; collections.deque([1]) * 10**12",
    "bytes(N)": "bytes(10**12)",
    "bytearray(N)": "bytearray(10**12)",
    "1<<N": "1 << 10**12",
    "N*N": "x = 1 << 10**9; x * x",
    "list(range)": "list(range(10**12))",
    "set(range)": "set(range(10**12))",
    "fromkeys": "dict.fromkeys(range(10**12))",
    "sorted": "sorted(range(10**12))",
    "*rest": "a, *b = range(10**10)",
    "f(*range)": "(lambda *a: 0)(*range(10**10))",
    "map": "list(map(str, range(10**9)))",
    "zip": "list(zip(range(10**9)))",
    "join": "''.join(['x' * 10**6] * 10000)",
    "join iterator": "x = 'x' * 10**6; ','.join(x for i in range(10**9))",
    "bytes join": "b''.join([b'x' * 10**6] * 10000)",
    "replace": "('a' * 10**6).replace('a', 'b' * 10**6)",
    "%": "'%1000000000000d' % 1",
    "format": "'{:>1000000000000}'.format(1)",
    "ljust": "'a'.ljust(10**12)",
    "expandtabs": "('\\t' * 1000).expandtabs(10**10)",
    "translate": "('a' * 10**7).translate({97: 'b' * 100})",
    "repr": "repr([1] * 10**8)",
    "str of big int": "import sys; sys.set_int_max_str_digits(0); str(1 << 10**9)",
    "split": "('a ' * 20_000_000).split()",
    "struct": "import struct; struct.pack('1000000000000s', b'')",
    "json.loads": "import json; json.loads('[' + '[],' * 10**7 + '1]')",
    "json.dumps": "import json; json.dumps(['x' * 10**8] * 5)",
    "pickle.dumps": "import pickle; pickle.dumps(['x' * 10**6 + str(i) for i in range(1000)])",
    "marshal.dumps": "import marshal; x = 'x' * 3 * 10**7; marshal.dumps([x + '1', x + '2', x + '3'])",
    "marshal.dumps, many": "import marshal; marshal.dumps([(i,) for i in range(10**6)] * 3)",
    "re.findall": "import re; re.findall('a', 'a' * 10**8)",
    "re.sub": "import re; re.sub('a', 'b' * 100, 'a' * 10**7)",
    "BytesIO": "import io; b = io.BytesIO(); b.seek(10**12); b.write(b'x')",
    "read": "open('/dev/zero', 'rb').read()",
    "readline": "open('/dev/zero', 'rb').readline()",
    "os.read": "import os; os.read(os.open('/dev/zero', 0), 10**11)",
    "zlib": "import zlib; x = zlib.compress(b'x' * 10**7); [zlib.decompress(x) for i in range(100)]",
    "lzma": "import lzma; [lzma.LZMACompressor(preset=9) for i in range(100)]",
    "ctypes": "import ctypes; ctypes.create_string_buffer(10**12)",
    "sqlite": "import sqlite3; sqlite3.connect(':memory:').execute('select zeroblob(900000000)').fetchall()",
    "xml": "import xml.etree.ElementTree as E; E.fromstring('<a>' + '<b/>' * 5000000 + '</a>')",
    "permutations": "import itertools; list(itertools.permutations(range(12)))",
    "product": "import itertools; list(itertools.product(range(10**8), repeat=2))",
}

LOOPS = {  # the body of `while True`, after what stands before the bar
    "list.append": "a = [] | a.append(None)",
    "lists": "a = [] | a.append([1, 2, 3])",
    "tuples": "a = []; x = 0 | x += 1; a.append((x, x, x))",
    "dicts": "a = []; x = 0 | x += 1; a.append({x: x})",
    "sets": "a = []; x = 0 | x += 1; a.append({x})",
    "floats": "a = []; x = .5 | x += 1; a.append(x)",
    "strings": "a = []; x = 0 | x += 1; a.append(str(x))",
    "nested": "a = [] | a = [a]",
    "dict": "d = {}; i = 0 | d[i] = i; i += 1",
    "set": "d = set(); i = 0 | d.add(i); i += 1",
    "deque": "import collections; d = collections.deque() | d.append(1)",
    "OrderedDict": "import collections; d = collections.OrderedDict(); i = 0 | d[i] = i; i += 1",
    "bytearray +=": "b = bytearray() | b += b'x' * 100000",
    "bytearray.extend": "b = bytearray(b'x') | b.extend(b)",
    "str +=": "s = 'a'; t = 'b' * 2000000 | s += t",
    "list slice": "a = [1] * 10**6 | a[:0] = a",
    "array.append": "import array; a = array.array('i') | a.append(1)",
    "StringIO": "import io; b = io.StringIO() | b.write('x' * 10**6)",
    "objects": "A = type('A', (), {}); a = [] | x = A(); x.a = x.b = 1; a.append(x)",
    "classes": "a = [] | a.append(type('A', (), {}))",
    "functions": "a = [] | a.append(lambda: 0)",
    "generators": "a = []; g = lambda: (yield) | a.append(g()); next(a[-1])",
    "exceptions": "a = [] | a.append(ValueError(len(a)))",
    "interned": "import sys; a = []; i = 0 | a.append(sys.intern('m%d' % i)); i += 1",
    "weakrefs": "import weakref; A = type('A', (), {}); a = [] | x = A(); a.append((x, weakref.ref(x)))",
    "modules": "import types; a = [] | a.append(types.ModuleType('m'))",
    "tee": "import itertools; a, b = itertools.tee(itertools.count()) | next(a)",
    "generator chain": "g = iter(()) | g = (x for x in g)",
    "tracemalloc": "import tracemalloc; tracemalloc.start(5); a = [] | a.append([1])",
}

SOURCES = {  # texts whose tree or code there is no room for; the number of repetitions fills some 200 MB
    "terms": "'a' + '+a' * 10**6",
    "numbers": "'[' + '1,' * 10**7 + ']'",
    "names": "'[' + 'a,' * 3 * 10**6 + ']'",
    "dict": "'{' + '1:1,' * 3 * 10**6 + '}'",
    "strings": "'\"x\" ' * 10**7",
    "arguments": "'f(' + 'a,' * 5 * 10**6 + ')'",
    "lines": "'x=1\\n' * 10**7",
    "targets": "'\\n'.join('x%d=1' % i for i in range(10**6))",
    "functions": "'def f(): pass\\n' * 10**6",
    "constants": "'\\n'.join('%d.5' % i for i in range(2 * 10**6))",
    "conditions": "'if a: b\\n' * 3 * 10**6",
    "tries": "'try: a\\nexcept: b\\n' * 10**6",
    "one function": "'def f():\\n' + ' x=y+1\\n' * 3 * 10**6",
    "comment": "'#' * 2 * 10**8",
    "blank": "'\\n' * 2 * 10**8",
    "fields": "'f\"' + '{x}' * 10**6 + '\"'",
}
USES = {
    "compile": "compile({}, 'x', 'exec')",
    "ast": "import ast; ast.parse({})",
    "symtable": "import symtable; symtable.symtable({}, 'x', 'exec')",
    "tokenize": "from _tokenize import TokenizerIter; list(TokenizerIter({}))",
}

PROGRAMS = dict(ONCE)
for name, text in LOOPS.items():
    before, body = text.split(" | ")
    PROGRAMS["while " + name] = f"{before}\nwhile True: {body}"
for name, text in SOURCES.items():
    PROGRAMS["source of " + name] = USES["compile"].format(text)
for use in ("ast", "symtable", "tokenize"):
    for name in ("terms", "numbers", "functions", "strings"):
        PROGRAMS[f"{use} of {name}"] = USES[use].format(SOURCES[name])

# Small programs for every limit: whatever is the first thing that there is no room for, nothing crashes.
SWEPT = {
    "imports": "import re, json, enum, dataclasses, collections, asyncio, email, unittest, xml.etree.ElementTree",
    "compiler": "compile('def f(a, b=1, *c, **d):\\n return [x + f\"{a!r:>{b}}\" for x in c if x]\\n' * 3000, 'x', 'exec')",
    "tree": "import ast; ast.unparse(ast.parse('class A(B):\\n x: int = y(1, *z, **w)[1:2] if 1 < 2 else {1: 2}\\n' * 1000))",
    "objects": "A = type('A', (), {}); a = [A() for i in range(200000)]; [setattr(x, 'y', [x]) for x in a]",
    "texts": "import re; s = ','.join(str(i) for i in range(200000)); re.sub(r'\\d+', lambda m: m[0] * 3, s).split(',')",
    "data": "import json, pickle; d = {str(i): [i, {'a': i}] for i in range(50000)}; json.loads(json.dumps(d)) == pickle.loads(pickle.dumps(d))",
    "errors": "def f(n):\n try: f(n + 1)\n except RecursionError: raise ValueError(n)\nfor i in range(50):\n try: f(0)\n except ValueError: pass",
    "exceptions": "a = []\nwhile True: a.append(ValueError(len(a)))",
    "notes": "a = []\nwhile True:\n try: raise KeyError(len(a), [])\n except KeyError as e: e.add_note('note'); a.append(e)",
    "generators": "g = iter(range(10))\nfor i in range(3000): g = (x for x in g)\nlist(g)",
}

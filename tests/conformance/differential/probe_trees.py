"""For each file: syntax tree, its text, symbol tables, tokens, disassembly, positions. probe_trees.py SHARE SEED [FILE…]"""
import ast
import dis
import io
import re
import symtable
import sys
import tokenize
import types

from common import digest, emit, library_files, outcome, read


def codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


def symbols(table, out, depth=0):
    out.append(f"{depth} {table.get_type()} {table.get_name()} {table.get_lineno()} {table.is_optimized()} {table.is_nested()} {table.has_children()}")
    if isinstance(table, symtable.Function):
        out.append(repr([sorted(part) for part in (table.get_parameters(), table.get_locals(), table.get_globals(), table.get_nonlocals(), table.get_frees())]))
    if isinstance(table, symtable.Class):
        out.append(repr(sorted(table.get_methods())))
    for symbol in sorted(table.get_symbols(), key=lambda symbol: symbol.get_name()):
        flags = [name for name in dir(symbol) if name.startswith("is_") and name != "is_namespace" and getattr(symbol, name)()]
        out.append(f"{symbol.get_name()} {' '.join(flags)} {len(symbol.get_namespaces())}")
    for child in table.get_children():
        symbols(child, out, depth + 1)


def file_symbols(data, path):
    out = []
    symbols(symtable.symtable(data, path, "exec"), out)
    return "\n".join(out)


def tokens(data):
    return "\n".join(repr(tuple(token)) for token in tokenize.tokenize(io.BytesIO(data).readline))


def disassembly(code, **options):
    out = io.StringIO()
    for each in codes(code):
        dis.dis(each, file=out, depth=0, **options)
        dis.show_code(each, file=out)
    # Where None stands in a set depends on its address.
    return re.sub(r"frozenset\(\{(.*?)\}\)", lambda found: " ".join(sorted(found[1].split(", "))), out.getvalue())


def positions(code):
    return "\n".join(f"{each.co_qualname} {list(each.co_positions())} {list(each.co_lines())} {each.co_lnotab!r} {each.co_flags} {each.co_stacksize}"
                     for each in codes(code))


def probe(path, full):
    data = read(path)
    emit(f"{path} dump", outcome(lambda: ast.dump(ast.parse(data, path, type_comments=True), include_attributes=True)), full)
    emit(f"{path} unparse", outcome(lambda: ast.unparse(ast.parse(data, path))), full)
    emit(f"{path} symbols", outcome(file_symbols, data, path), full)
    emit(f"{path} tokens", outcome(tokens, data), full)
    for level in 0, 2:
        code = None
        try:
            code = compile(data, path, "exec", dont_inherit=True, optimize=level)
        except (SyntaxError, ValueError) as error:
            emit(f"{path} compile{level}", outcome(lambda: compile(data, path, "exec", dont_inherit=True, optimize=level)), full)
            continue
        if level == 0:
            emit(f"{path} dis", outcome(disassembly, code), full)
            emit(f"{path} positions", outcome(positions, code), full)
            again = lambda: [each.replace(co_name="other").co_code == each.co_code and each.replace() == each and hash(each.replace()) == hash(each)
                             for each in codes(code)].count(False)
            emit(f"{path} replace", outcome(again), full)
        else:
            emit(f"{path} caches", outcome(lambda: disassembly(code, show_caches=True)), full)
    tree_code = outcome(lambda: digest(positions(compile(ast.parse(data, path), path, "exec", dont_inherit=True))))
    emit(f"{path} tree code", tree_code, full)


def main():
    share, seed, *files = sys.argv[1:]
    for path in files or library_files(float(share), int(seed)):
        probe(path, bool(files))


if __name__ == "__main__":
    main()

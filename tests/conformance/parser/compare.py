"""Compares adder's parser with the oracle: equal `ast.dump`s, or equal SyntaxErrors.

    compare.py TOOL tree DIR…     every .py file below the directories
    compare.py TOOL snippets      the snippets of snippets.txt, and the doctests and checks of CPython's test_syntax,
                                  test_exceptions and test_fstring, taken from the installed test suite
    compare.py TOOL cuts FILE…    each file cut off or broken at many places
Prints the differences and a count; the exit status is 1 when there is one.
"""
import ast
import os
import random
import re
import subprocess
import sys
import tempfile
import tokenize
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))


class Tool:
    """adder_parse_dump in batch mode."""

    def __init__(self, path, *options):
        self.process = subprocess.Popen([path, "--batch", "--warnings", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.file = os.path.join(tempfile.mkdtemp(), "snippet.py")

    def read(self, name):
        self.process.stdin.write(name.encode() + b"\n")
        self.process.stdin.flush()
        header = self.process.stdout.readline()
        if not header:
            raise SystemExit(f"the tool died on {name}")
        return self.process.stdout.read(int(header)).decode("utf-8", "surrogatepass")

    def read_text(self, source):
        with open(self.file, "wb") as out:
            out.write(source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass"))
        return self.read(self.file)


def oracle(source, mode="exec", flags=0, feature=-1):
    """What the tool should say, with its --warnings and --lines."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = oracle_answer(source, mode, flags, feature)
    for warning in caught:
        answer += f"\n#{warning.category.__name__}:{warning.lineno}:{warning.message}"
    return answer


def oracle_answer(source, mode, flags, feature):
    try:
        tree = compile(source, "<snippet>", mode, ast.PyCF_ONLY_AST | flags, dont_inherit=True, _feature_version=feature)
    except SyntaxError as e:
        return f"!{type(e).__name__}|{e.msg}|{e.lineno}|{e.offset}|{e.end_lineno}|{e.end_offset}|{e.text!r}"
    except (ValueError, MemoryError, RecursionError) as e:
        return f"!{type(e).__name__}|{e}|0|0|0|0|None"
    return ast.dump(tree, include_attributes=True)


def first_difference(mine, theirs):
    if mine[:1] == "!" or theirs[:1] == "!":
        return f"   adder  {mine[:300]}\n   oracle {theirs[:300]}"
    at = next((i for i, (a, b) in enumerate(zip(mine, theirs)) if a != b), min(len(mine), len(theirs)))
    return f"   adder  …{mine[max(0, at - 100):at + 100]}\n   oracle …{theirs[max(0, at - 100):at + 100]}"


def compare_trees(tool, folders):
    same = total = 0
    for folder in folders:
        for root, dirs, files in os.walk(folder):
            dirs.sort()
            for name in sorted(files):
                if not name.endswith(".py"):
                    continue
                path = os.path.join(root, name)
                total += 1
                with open(path, "rb") as f:
                    theirs = oracle(f.read())
                mine = tool.read(path)
                if mine == theirs:
                    same += 1
                else:
                    print(path)
                    print(first_difference(mine, theirs))
    print(f"{same} of {total} files equal")
    return same == total


def suite_snippets(test_folder):
    """Sources in CPython's own tests: doctest examples, and string literals handed to the usual check functions."""
    import doctest
    for name in ("test_syntax", "test_unpack_ex", "test_genexps", "test_generators", "test_coroutines"):
        path = os.path.join(test_folder, name + ".py")
        if not os.path.exists(path):
            continue
        with tokenize.open(path) as f:
            tree = ast.parse(f.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" in node.value:
                try:
                    examples = doctest.DocTestParser().get_examples(node.value)
                except ValueError:
                    continue
                for example in examples:
                    yield example.source
    names = ("test_syntax", "test_exceptions", "test_fstring", "test_grammar", "test_string_literals", "test_patma",
             "test_positional_only_arg", "test_named_expressions", "test_except_star", "test_eof", "test_coroutines",
             "test_keywordonlyarg", "test_unparse", "test_ast", "test_exception_group", "test_type_annotations",
             "test_unicode_identifiers", "test_source_encoding", "test_parser", "test_future", "test_compile", "test_codeop")
    for name in names:
        path = os.path.join(test_folder, name + ".py")
        if not os.path.exists(path):
            continue
        with tokenize.open(path) as f:
            tree = ast.parse(f.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)) and len(node.value) < 3000:
                yield node.value


def own_snippets():
    with open(os.path.join(HERE, "snippets.txt"), encoding="utf-8") as f:
        for block in f.read().split("\n%%\n"):
            if block.strip():
                yield block


def as_bytes_and_text(sources):
    """Each source once; text is tried encoded as well."""
    seen = set()
    for source in sources:
        if source in seen:
            continue
        seen.add(source)
        if isinstance(source, str):
            yield source.encode("utf-8", "surrogatepass")
        yield source


def compare_sources(tool_path, sources, limit=60, mode="exec", flags=0, options=(), feature=-1):
    bytes_tool = Tool(tool_path, f"--mode={mode}", *options)
    text_tool = Tool(tool_path, "--text", f"--mode={mode}", *options)
    same = total = shown = 0
    for source in as_bytes_and_text(sources):
        tool = bytes_tool
        if isinstance(source, str):
            tool = text_tool
            try:
                source.encode("utf-8")
            except UnicodeEncodeError:
                continue
        total += 1
        theirs = oracle(source, mode, flags, feature)
        mine = tool.read_text(source)
        if mine == theirs or (theirs.startswith(("!ValueError", "!MemoryError", "!RecursionError")) and
                              mine.split("|")[0] in ("!ValueError", "!MemoryError")):
            same += 1
        elif shown < limit:
            shown += 1
            print(mode, repr(source)[:300])
            print(first_difference(mine, theirs))
    print(f"{same} of {total} sources equal")
    return same == total


TOKENS = ("( ) [ ] { } : , ; . = == := += -> @ + - * / ** ~ < > != not in is and or if else elif for while def class "
          "lambda return yield await async with as try except finally import from pass break None True False print "
          "match case _ x y 1 1.5 'a' f'{x}' f'{' b'a' \\ ! $ ? # \n \n\n \n\x20\x20 \t del global raise assert").split(" ")


def cuts(files, count):
    """Each file's pieces with a token taken away, doubled, put in or changed."""
    rng = random.Random(1)
    word = re.compile(r"\w+|\s+|[^\w\s]")
    for name in files:
        with open(name, encoding="utf-8") as f:
            lines = f.read().split("\n")
        for _ in range(count):
            at = rng.randrange(len(lines))
            while at > 0 and lines[at][:1] in (" ", "\t", ")", "]", "}", ""):
                at -= 1
            piece = "\n".join(lines[at:at + rng.randrange(1, 14)]) + "\n"
            words = word.findall(piece)
            if not words:
                continue
            for _ in range(rng.randrange(1, 3)):
                i = rng.randrange(len(words))
                action = rng.randrange(4)
                if action == 0:
                    words[i] = ""
                elif action == 1:
                    words[i] += " " + rng.choice(TOKENS) + " "
                elif action == 2:
                    words[i] = rng.choice(TOKENS)
                else:
                    del words[i:]
                    break
                if not words:
                    break
            yield "".join(words)


def main():
    sys.stdout.reconfigure(errors="backslashreplace")
    tool, what, *rest = sys.argv[1:]
    if what == "tree":
        good = compare_trees(Tool(tool), rest)
    elif what == "snippets":
        snippets = list(own_snippets())
        folder = os.path.join(os.path.dirname(os.__file__), "test")
        if os.path.isdir(folder):
            snippets += suite_snippets(folder)
        good = compare_sources(tool, snippets)
        for mode in "eval", "single", "func_type":
            good = compare_sources(tool, snippets, mode=mode) and good
        good = compare_sources(tool, snippets, flags=ast.PyCF_TYPE_COMMENTS, options=["--type-comments"]) and good
        for version in 3, 5, 6, 7, 8, 9, 10:
            good = compare_sources(tool, snippets, options=[f"--feature={version}"], feature=version,
                                   limit=10) and good
        for options, flags in (["--dont-imply-dedent"], 0x200), (["--incomplete"], 0x4000), (
                ["--incomplete", "--dont-imply-dedent"], 0x4200):
            good = compare_sources(tool, snippets, mode="single", flags=flags, options=options) and good
    else:
        good = compare_sources(tool, cuts(rest, 300))
    sys.exit(not good)


if __name__ == "__main__":
    main()

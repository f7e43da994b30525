"""What compile() says of sources that are mostly wrong: probe_syntax.py SHARE SEED.

The texts of CPython's own tests in all modes; pieces of the library with tokens taken out, doubled, swapped, put in, cut off;
and what codeop says of every prefix of sources.
"""
import ast
import codeop
import doctest
import io
import os
import random
import sys
import tokenize

from common import LIBRARY, digest, emit, library_files, outcome, read

INSERTED = ("( ) [ ] { } : , ; . = == := += -> @ + - * / ** ~ < > != <> not in is and or if else elif for while def class "
            "lambda return yield await async with as try except finally import from pass break continue None True False print "
            "exec match case _ x y 1 1.5 0777 1_ 0x 1e 'a' f'{x}' f'{' f'}' b'a' b'é' ur'' \\ ! $ ? # € é \x00 \x0c \n \n\n \n\x20\x20 \t ... "
            "del global nonlocal raise assert * ** // >>= \"\"\" ''' ' \" `").split(" ")


def compiled(source, mode="exec", flags=0):
    code = compile(source, "<source>", mode, flags, dont_inherit=True)
    if flags & ast.PyCF_ONLY_AST:
        return digest(ast.dump(code, include_attributes=True))
    return code.co_code.hex()[:100] + code.co_linetable.hex()[:60] if code else "incomplete"


def suite_texts():
    """String literals and doctest examples of the tests of the language."""
    names = ("syntax exceptions fstring grammar string_literals patma positional_only_arg named_expressions except_star eof coroutines keywordonlyarg "
             "unparse ast exception_group type_annotations unicode_identifiers source_encoding future compile codeop unpack_ex unpack genexps "
             "generators global scope tokenize type_comments listcomps dictcomps setcomps funcattrs with descrtut decorators extcall traceback "
             "bytes int_literal unicode utf8source flufl pep646_syntax symtable code_module repl").split()
    seen = set()
    for name in names:
        path = f"{LIBRARY}/test/test_{name}.py"
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, (str, bytes)) or len(node.value) > 3000:
                continue
            texts = [node.value]
            if isinstance(node.value, str) and ">>>" in node.value:
                try:
                    texts += [example.source for example in doctest.DocTestParser().get_examples(node.value)]
                except ValueError:
                    pass
            for text in texts:
                if text not in seen:
                    seen.add(text)
                    yield name, text


def probe_suite():
    for number, (name, text) in enumerate(suite_texts()):
        for mode in "exec", "eval", "single", "func_type":
            flags = ast.PyCF_ONLY_AST if mode == "func_type" else 0
            emit(f"suite {name} {number} {mode} {text!r:.200}", outcome(compiled, text, mode, flags))
        if isinstance(text, str):
            emit(f"suite {name} {number} bytes {text!r:.200}", outcome(lambda: compiled(text.encode("utf-8", "surrogatepass"))))
            emit(f"suite {name} {number} tree {text!r:.200}", outcome(compiled, text, "exec", ast.PyCF_ONLY_AST | ast.PyCF_TYPE_COMMENTS))
            emit(f"suite {name} {number} await {text!r:.200}", outcome(compiled, text, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
            for version in (4, 6, 7, 9):
                emit(f"suite {name} {number} {version} {text!r:.200}",
                     outcome(lambda: digest(ast.dump(ast.parse(text, feature_version=version)))))
            emit(f"suite {name} {number} codeop {text!r:.200}", outcome(lambda: bool(codeop.compile_command(text))))


def pieces(path, count, rng):
    """Blocks of whole lines which begin at a line that is not indented."""
    text = read(path).decode("utf-8", "replace")
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines) if line[:1].isalpha() or line[:1] == "@"]
    for _ in range(count if starts else 0):
        at = rng.choice(starts)
        yield "\n".join(lines[at:at + rng.randrange(1, 16)]) + "\n"


def split(text):
    """Tokens with the white space before them."""
    out, last = [], (1, 0)
    lines = text.splitlines(True)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER) or not token.string:
                continue
            (row, column), end = token.start, token.end
            before = lines[row - 1][last[1] if last[0] == row else 0:column]
            out.append(before + token.string)
            last = end
    except (tokenize.TokenError, IndentationError, SyntaxError, IndexError):
        pass
    return out


def mutated(text, rng):
    words = split(text)
    if not words:
        return text
    for _ in range(rng.choice((1, 1, 1, 2))):
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        action = rng.randrange(7)
        if action == 0:
            words[i] = ""
        elif action == 1:
            words[i] *= 2
        elif action == 2:
            words[i], words[j] = words[j], words[i]
        elif action == 3:
            words[i] = " " + rng.choice(INSERTED) + " "
        elif action == 4:
            words[i] += rng.choice(INSERTED)
        elif action == 5:
            del words[i + 1:]
        else:
            words[i] = words[i].strip() if rng.random() < .5 else " " + words[i]
    return "".join(words)


def probe_mutations(share, seed):
    rng = random.Random(seed)
    for path in library_files(share, seed):
        for number, piece in enumerate(pieces(path, 12, rng)):
            source = mutated(piece, rng)
            emit(f"mutation {os.path.relpath(path, LIBRARY)} {number} {source!r}", outcome(compiled, source))
            if number % 4 == 0:
                emit(f"mutation {os.path.relpath(path, LIBRARY)} {number} tree {source!r}",
                     outcome(compiled, source, "exec", ast.PyCF_ONLY_AST | ast.PyCF_TYPE_COMMENTS))
                emit(f"mutation {os.path.relpath(path, LIBRARY)} {number} eval {source!r}", outcome(compiled, source.strip(), "eval"))
                emit(f"mutation {os.path.relpath(path, LIBRARY)} {number} bytes {source!r}", outcome(lambda: compiled(source.encode())))


def probe_prefixes(share, seed):
    rng = random.Random(seed)
    for path in library_files(share / 4, seed + 1):
        for number, piece in enumerate(pieces(path, 2, rng)):
            answers = []
            for end in range(min(len(piece), 400)):
                answers.append(outcome(lambda: bool(codeop.compile_command(piece[:end]))))
                if end % 7 == 0:
                    answers.append(outcome(lambda: bool(codeop.compile_command(piece[:end], symbol="exec"))))
            for end, answer in enumerate(answers):
                if end == 0 or answers[end - 1] != answer:
                    emit(f"prefix {os.path.relpath(path, LIBRARY)} {number} {end} {piece!r:.460}", answer)


def main():
    share, seed = float(sys.argv[1]), int(sys.argv[2])
    probe_suite()
    probe_mutations(share, seed)
    probe_prefixes(share, seed)


if __name__ == "__main__":
    main()

"""Regular expressions: patterns as text and as compiled code, matched against short texts."""
import _sre
import re
import sre_compile
import sre_constants

from fuzz_input import Input, require

SIMPLE = re.compile("a(b|c)*d")
CODES = [int(each) for each in sre_constants.OPCODES] + [0, 1, 2, 3, 5, 0xFFFF, 0xFFFFFFFF, sre_constants.MAXREPEAT]
HUGE = re.compile(r"\{[^}]*[0-9]{3}")


def use(pattern, text, position):
    """Matching must be right about where it found something."""
    for found in (pattern.match(text), pattern.search(text, position), pattern.fullmatch(text)):
        if found:
            start, end = found.span()
            require(0 <= start <= end <= len(text) and found.group() == text[start:end], pattern.pattern, text)
            found.groups(), found.groupdict(), found.regs, found.lastindex, found.lastgroup, repr(found)
    pieces = [each.span() for each in pattern.finditer(text)]
    require(pieces == sorted(pieces))
    pattern.findall(text), pattern.split(text), pattern.scanner(text, position, position + 3).search()
    if isinstance(text, str):
        pattern.sub(lambda found: "<" + found.group() + ">", text)


def written(input):
    text = input.text(input.below(7))
    position = input.number()
    flags = re.RegexFlag(input.byte() & 0x1FE & ~128 & ~re.L)
    pattern = input.text(60)
    if HUGE.search(pattern):
        return
    if input.below(4) == 0:
        pattern, text = (each.encode("latin-1", "replace") for each in (pattern, text))
    compiled = sre_compile.compile(pattern, flags)
    repr(compiled), hash(compiled), compiled == compiled
    use(compiled, text, position)
    re.escape(pattern)
    compiled.sub(input.text(8) if isinstance(pattern, str) else b"\\1", text)


def forged(input):
    """Code that no pattern compiles to: refused, or harmless."""
    code = sre_compile._code(sre_compile.sre_parse.parse("a(b|[cd])*?(?=e)f{2,3}"), 0) if input.below(2) else []
    for _ in range(input.below(12)):
        value = input.pick(CODES) if input.below(3) else input.byte()
        if code and input.below(2):
            code[input.below(len(code))] = value
        else:
            code.insert(input.below(len(code) + 1), value)
    pattern = _sre.compile("x", input.byte() & 0x7E, code, input.below(4), {"n": 1}, (None, "n"))
    for text in ("", "abcdef", "\u20acb", input.text(5)):
        pattern.match(text), pattern.search(text)


def fuzz(data):
    input = Input(data)
    (forged if input.below(4) == 0 else written)(input)

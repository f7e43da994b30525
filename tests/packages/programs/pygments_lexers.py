# Every lexer of pygments over a piece of text, every formatter over one program, all styles: a digest of each.
import hashlib
import io

import pygments
from pygments.formatters import BBCodeFormatter, HtmlFormatter, LatexFormatter, NullFormatter, RawTokenFormatter, RtfFormatter, SvgFormatter, TerminalFormatter, TerminalTrueColorFormatter
from pygments.lexers import find_lexer_class, get_all_lexers, get_lexer_by_name, get_lexer_for_filename, guess_lexer
from pygments.styles import get_all_styles

SAMPLE = '''#!/usr/bin/env thing
<html attr="value">text &amp; more</html> <?php echo $x; ?> {% if a %}{{ b | c }}{% endif %}
/* comment */ // line -- sql # hash ; semi (* ml *) {- hs -} " string \\n" 'c' `tick` 1 2.5e-3 0xFF 0b1 $var @at %pct
class Foo extends Bar { public static void main(String[] args) { return x ? y : z; } }
def f(a, b=1): return [i for i in range(10) if i] lambda x: x**2
SELECT * FROM t WHERE a = 'b'; BEGIN END IF THEN ELSE
[section]\nkey = value\n- list\n  * nested\n\tTab: "json" {"a": [1, null, true]}
'''


def digest(text):
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:12]


for name, aliases, patterns, types in sorted(get_all_lexers()):
    if not aliases:
        continue
    lexer = get_lexer_by_name(aliases[0])
    try:
        tokens = [(str(kind), value) for kind, value in lexer.get_tokens(SAMPLE)]
    except Exception as problem:
        print(name, type(problem).__name__, problem)
        continue
    print(name, len(tokens), digest(repr(tokens)))
with open(pygments.__file__, encoding="utf-8") as file:
    source = file.read()
lexer = get_lexer_by_name("python")
for formatter in (
    HtmlFormatter(full=True, linenos="table", title="t"), HtmlFormatter(noclasses=True, hl_lines=[2]), LatexFormatter(full=True), RawTokenFormatter(), RtfFormatter(),
    SvgFormatter(), TerminalFormatter(bg="dark"), TerminalTrueColorFormatter(style="monokai"), BBCodeFormatter(), NullFormatter(),
):
    print(type(formatter).__name__, digest(pygments.highlight(source, lexer, formatter)))
for style in sorted(get_all_styles()):
    print(style, digest(HtmlFormatter(style=style).get_style_defs(".x")))
for name in ("a.py", "b.c", "Makefile", "x.html", "y.tex", "z.rs", "q.sql"):
    print(name, get_lexer_for_filename(name).name)
print(guess_lexer("#!/usr/bin/python\nimport os").name, guess_lexer("<?xml version='1.0'?><a/>").name)

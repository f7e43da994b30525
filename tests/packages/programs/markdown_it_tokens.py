# markdown-it: tokens and HTML of a document that uses most rules, the presets, plug-in rules and mdurl.
import json

import mdurl
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

TEXT = """Title
=====

para *a* **b** ***c*** _d_ `e` ``f ` g`` [h](i "j") ![k](l) <https://m.n> [ref] &lt; \\* <b>raw</b>
hard  
break

[ref]: /url (t)

* a
  1. b

     c
  2) d
+ e
***
> q
lazy

``` py x
code
```
~~~
~~~
    indented

<div>
*html*
</div>

| a | b |
|:--|:-:|
| 1 | `|` |

~~s~~ "quotes" -- ... (c) http://link.example "nested 'q'"
"""
for preset in ("commonmark", "default", "zero", "js-default", "gfm-like"):
    try:
        md = MarkdownIt(preset, {"linkify": False, "typographer": True, "html": True})
        print(preset, md.render(TEXT))
    except Exception as problem:
        print(preset, type(problem).__name__, problem)
md = MarkdownIt("commonmark").enable(["table", "strikethrough", "replacements", "smartquotes"])
md.options["typographer"] = True
print(json.dumps([token.as_dict() for token in md.parse(TEXT)], indent=1, ensure_ascii=False))
print(SyntaxTreeNode(md.parse(TEXT)).pretty(show_text=True))
print(md.get_active_rules())
print(MarkdownIt("commonmark", renderer_cls=type("R", (type(md.renderer),), {"hr": lambda self, *a: "<HR>"})).render("---\n"))
for depth in (1, 40, 400):
    print(len(MarkdownIt().render("> " * depth + "x")), len(MarkdownIt().render("*" * depth + "x" + "*" * depth)), len(MarkdownIt().render("[" * depth + "x" + "](u)" * depth)))
for url in ("http://a.b/c d?e=ü#f", "HTTP://User:Pw@Höst:80/%7e/%zz", "//x/y", "javascript:alert(1)", "mailto:a@b", ""):
    print(mdurl.encode(url), mdurl.decode(url), mdurl.parse(url), mdurl.format(mdurl.parse(url)))

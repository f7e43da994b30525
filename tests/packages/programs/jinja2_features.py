# Templates of jinja2: statements, filters, tests, inheritance, macros, sandbox, native types, async, errors.
import asyncio
import textwrap

import jinja2
from jinja2 import ChainableUndefined, DebugUndefined, DictLoader, Environment, StrictUndefined, meta, nodes
from jinja2.bccache import BytecodeCache
from jinja2.ext import Extension
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment, SecurityError
from markupsafe import Markup, escape

DATA = {
    "items": [{"n": i, "name": name, "tags": list(name[:i])} for i, name in enumerate(["ann", "bob", "<c>", "dörte"])],
    "text": "The quick <b>brown</b> fox\njumps & runs", "number": 1234567.891, "nothing": None, "mapping": {"b": 2, "a": 1, "C": 3},
}
SOURCES = {
    "base": "<{% block title %}base{% endblock %}>{% block body scoped required %}{% endblock %}|{{ self.title() }}",
    "child": "{% extends 'base' %}{% block title %}child of {{ super() }}{% endblock %}{% block body %}{% for i in range(2) %}{{ i }}{% endfor %}{% endblock %}",
    "macros": "{% macro field(name, value='') -%}<i {{ name }}={{ value|e }} {{ varargs }} {{ kwargs }} {{ caller() if caller }}>{%- endmacro %}{% set public = 1 %}",
    "loop": "{% for i in items if i.n != 1 recursive %}{{ loop.index }}/{{ loop.revindex0 }}:{{ i.name }}{{ loop.cycle('a', 'b') }}{{ loop.changed(i.n // 2) }}{{ loop.previtem is defined }}{{ ', ' if not loop.last }}{% else %}none{% endfor %}",
    "call": "{% from 'macros' import field as f, public %}{% import 'macros' as m with context %}{{ f('a', '<', 1, k=2) }}{% call m.field('b') %}inner{% endcall %}{{ public }}",
    "set": "{% set x, y = 1, [2, 3] %}{% set ns = namespace(total=0) %}{% for v in y %}{% set ns.total = ns.total + v %}{% endfor %}{% set block | upper %}b{{ x }}{% endset %}{{ x }}{{ ns.total }}{{ block }}",
    "control": "{% if number > 5 and not nothing %}a{% elif x is defined %}b{% else %}c{% endif %}{% with a=1, b=2 %}{{ a + b }}{% endwith %}{% filter upper | replace('X', 'y') %}x{{ text|length }}{% endfilter %}{% autoescape true %}{{ text }}{% endautoescape %}{% raw %}{{ raw }}{% endraw %}",
    "expressions": "{{ 7 // 2 }} {{ 7 % 3 }} {{ 2 ** 10 }} {{ -3 | abs }} {{ 'a' ~ 1 ~ none }} {{ 1 in [1] }} {{ 'x' not in 'abc' }} {{ (1, 2) + (3,) }} {{ {'k': [1, 2]}['k'][-1] }} {{ items[1:]|length }} {{ 'yes' if 0 else 'no' }} {{ 1 < 2 < 3 }} {{ 'a'.upper() }} {{ '%s-%s' % (1, 2) }} {{ 1.5e3 }} {{ 1_000 }} {{ 'é\\n\\x41'|tojson }}",
    "include": "{% include ['missing', 'loop'] %}{% include 'nothing' ignore missing %}",
    "white": "a\n  {%- if true %}  b  {%- endif -%}\n\n c {{- ' d ' -}} e\n",
}
FILTERS = (
    "text|title", "text|wordcount", "text|truncate(12)", "text|truncate(12, true, '!', 0)", "text|wordwrap(8)", "text|indent(3, first=true)", "text|striptags", "text|urlize", "'see http://a.b/c?d=e&f or x@y.zz'|urlize(20, nofollow=true)",
    "text|center(40)", "text|capitalize", "text|replace('o', '0', 1)", "text|reverse", "text|e|safe", "text|urlencode", "mapping|urlencode", "mapping|dictsort", "mapping|dictsort(true, 'value')|list", "mapping|items|list", "mapping|xmlattr", "mapping|tojson(indent=1)",
    "items|map(attribute='name')|join(', ')", "items|selectattr('n', 'gt', 1)|map('length')|list", "items|rejectattr('tags')|list|length", "items|groupby('n')|map('first')|list", "items|sort(attribute='name', reverse=true)|map(attribute='n')|list", "items|sum('n')", "items|batch(3, 'x')|map('length')|list", "items|slice(3)|map('length')|list",
    "items|first|attr('keys') is callable", "items|map(attribute='tags.0', default='-')|list", "[3, 1, 2]|sort|list", "[3, 1]|max", "['b', 'A', 'a']|unique|list", "['b', 'A']|min", "[1, 2]|random is number", "number|round(1)", "number|round(-2, 'floor')|int", "'0x1f'|int(0, 16)", "'3.5x'|float(1.0)", "number|filesizeformat", "number|filesizeformat(true)", "'%.2f'|format(number)", "nothing|default('d', true)", "missing|d('m')", "[1, [2]]|pprint", "'a b'|trim|list", "'%d'|string|length", "42|string ~ ''", "'<p>'|forceescape", "Markup",
)
TESTS = ("1 is odd", "2 is divisibleby 2", "x is undefined", "[] is iterable", "{} is mapping", "1.0 is float", "true is boolean", "'a' is lower", "'B' is upper", "none is none", "1 is sameas 1", "'e' is in 'hello'", "number is gt(3)", "items is sequence", "range is callable", "'abs' is filter", "'no' is test", "'a'|e is escaped")
environment = Environment(loader=DictLoader(SOURCES), extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n", "jinja2.ext.debug"], trim_blocks=False)
environment.globals["Markup"] = Markup("<i>")
environment.filters["shout"] = lambda value: value.upper() + "!"
for name in SOURCES:
    print(name, repr(environment.get_template(name).render(DATA)) if name not in ("base",) else "")
for expression in FILTERS + TESTS:
    try:
        print(expression, "=>", repr(environment.from_string("{{ " + expression + " }}").render(DATA)))
    except Exception as problem:
        print(expression, "=>", type(problem).__name__, problem)
print(environment.from_string("{% for i in range(9) %}{% if i == 2 %}{% continue %}{% elif i > 4 %}{% break %}{% endif %}{% do seen.append(i) %}{% endfor %}{{ seen }}").render(seen=[]))
environment.install_null_translations(newstyle=True)
print(environment.from_string("{% trans n=3, name='x' %}one {{ name }}{% pluralize n %}{{ n }} {{ name }}s{% endtrans %} {{ _('plain %(a)s', a=1) }}").render())
for options in ({"trim_blocks": True, "lstrip_blocks": True}, {"keep_trailing_newline": True}, {"line_statement_prefix": "#", "line_comment_prefix": "##"}, {"variable_start_string": "<<", "variable_end_string": ">>", "block_start_string": "<%", "block_end_string": "%>"}):
    print(options, repr(Environment(**options).from_string("# for i in [1, 2]:\n  {% if true %}\n x << 1 >> {{ 1 }}\n  {% endif %}\n# endfor\n## note\n<% if 1 %>y<% endif %>\n" if "line_statement_prefix" in options else "a\n  {% if true %}\n x << 1 >>\n  {% endif %}\n<% if 1 %>y<% endif %>\n").render()))
for undefined in (jinja2.Undefined, ChainableUndefined, DebugUndefined, StrictUndefined, jinja2.make_logging_undefined()):
    for source in ("{{ missing }}", "{{ missing.a.b }}", "{{ {}.x is defined }}", "{{ missing + 1 }}", "{{ items.nope }}"):
        try:
            print(undefined.__name__, source, repr(Environment(undefined=undefined).from_string(source).render(DATA)))
        except jinja2.UndefinedError as problem:
            print(undefined.__name__, source, problem)
for source in ("{% if %}", "{{ a b }}", "{% for x in %}{% endfor %}", "{% block a %}{% block a %}", "{{ 'x", "{% endif %}", "{{ x|nofilter }}", "{{ x is notest }}", "line\nline {% nope %}", "{% extends %}", "{{ f(a=1, 2) }}", "{% set 1 = 2 %}", "{% macro x(a=1, b) %}{% endmacro %}"):
    try:
        environment.from_string(source)
    except jinja2.TemplateSyntaxError as problem:
        print(source, "=>", problem.lineno, problem.message)
for sandbox, source in ((SandboxedEnvironment, "{{ ''.__class__.__mro__ }}"), (SandboxedEnvironment, "{{ range(999999) }}"), (ImmutableSandboxedEnvironment, "{{ [].append(1) }}"), (SandboxedEnvironment, "{{ '{0.__class__}'.format(1) }}"), (SandboxedEnvironment, "{{ (1).__add__ }}")):
    try:
        print(source, repr(sandbox().from_string(source).render()))
    except (SecurityError, OverflowError) as problem:
        print(source, type(problem).__name__, problem)
native = NativeEnvironment()
for source in ("{{ 1 + 2 }}", "{{ [1, 'a'] }}", "{{ 1 }}{{ 2 }}", "{{ none }}", "{% for i in range(2) %}{{ i }},{% endfor %}", "{{ '0x' }}"):
    print(source, repr(native.from_string(source).render()))


async def asynchronous():
    async def numbers():
        for i in range(3):
            await asyncio.sleep(0)
            yield i

    async def value():
        return "awaited"

    env = Environment(enable_async=True, loader=DictLoader(SOURCES))
    template = env.from_string("{% for i in numbers() %}{{ loop.index }}{{ i }}{{ loop.last }} {% endfor %}{{ value() }} {{ items|map(attribute='n')|list }}")
    print(await template.render_async(numbers=numbers, value=value, **DATA))
    print([piece async for piece in env.get_template("child").generate_async()])


asyncio.run(asynchronous())


class Repeat(Extension):
    tags = {"repeat"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        count = parser.parse_expression()
        body = parser.parse_statements(["name:endrepeat"], drop_needle=True)
        return nodes.CallBlock(self.call_method("again", [count]), [], [], body).set_lineno(line)

    def again(self, count, caller):
        return caller() * count


print(Environment(extensions=[Repeat]).from_string("{% repeat 3 %}x{{ 1 }}{% endrepeat %}").render())
print(sorted(meta.find_undeclared_variables(environment.parse(SOURCES["call"] + SOURCES["loop"]))), list(meta.find_referenced_templates(environment.parse(SOURCES["include"]))))
print(environment.parse("{{ a.b[1:2]|f(x=1) if c else -d }}"))
print(environment.compile(SOURCES["loop"], raw=True))
print(list(environment.lex("a {{ b }} {# c #}")))
print([str(token) for token in environment._tokenize("{{ a ** 'b' }}{% if x %}", None)])
module = environment.get_template("macros").module
print(module.field("x", "<y>"), module.public, module.field.arguments, module.field.catch_varargs)
print(escape("<a href='x'>\"&\"</a>"), Markup("<b>%s</b> {}") % "<", Markup("<b>{0!r:>5}</b>").format(1), Markup("a") + "<", Markup("<i>x</i> &lt;").striptags(), Markup("&amp;&#39;").unescape(), Markup(",").join(["<", Markup("<")]))


class Memory(BytecodeCache):
    kept = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket):
        self.kept[bucket.key] = bucket.bytecode_to_string()


for _ in range(2):
    print(Environment(loader=DictLoader(SOURCES), bytecode_cache=Memory()).get_template("set").render())
try:
    environment.from_string(textwrap.dedent("""\
        first
        {% for i in [1] %}
          {{ 1 / 0 }}
        {% endfor %}""")).render()
except ZeroDivisionError as problem:
    trace = problem.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    print(trace.tb_frame.f_code.co_filename, trace.tb_lineno, trace.tb_frame.f_code.co_name)

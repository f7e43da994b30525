# jinja2 over the compiled markupsafe: autoescaping, inheritance, macros, filters.
import markupsafe
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

assert markupsafe.escape.__module__ == "markupsafe._speedups"
environment = Environment(
    loader=DictLoader(
        {
            "base": "<h1>{% block title %}base{% endblock %}</h1>{% block body %}{% endblock %}",
            "page": "{% extends 'base' %}{% block title %}{{ title }}{% endblock %}"
            "{% macro row(x) %}<li>{{ x }}</li>{% endmacro %}"
            "{% block body %}{% for x in rows %}{{ row(x) }}{% else %}none{% endfor %}{{ html|safe }}{% endblock %}",
        }
    ),
    autoescape=True,
    undefined=StrictUndefined,
)
page = environment.get_template("page")
text = page.render(title="<&>", rows=["a<b", markupsafe.Markup("<i>c</i>"), 3], html="<hr>")
assert text == "<h1>&lt;&amp;&gt;</h1><li>a&lt;b</li><li><i>c</i></li><li>3</li><hr>", text
try:
    page.render(rows=[])
except UndefinedError as error:
    assert str(error) == "'title' is undefined", error
else:
    raise AssertionError("no error")

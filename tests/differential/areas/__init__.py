"""The areas: name → function that draws a program from Values."""
from functools import partial

from . import call_templates, calls, language

AREAS = {name: partial(calls.program, group=name) for name in call_templates.GROUPS}
AREAS |= {"language": language.program, "tracing": language.traced_program}
NOT_UNDER_STRESS = ()  # areas that show what the collector does

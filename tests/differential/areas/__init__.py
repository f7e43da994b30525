"""The areas: name → function that draws a program from Values."""
from functools import partial

from . import call_templates, calls, classes, introspected, language, machines, memory, subjects, syntax

AREAS = {name: partial(calls.program, group=name) for name in call_templates.GROUPS}
AREAS |= {"language": language.program, "tracing": language.traced_program, "classes": classes.program, "syntax": syntax.program, "memory": memory.program, "machines": machines.program}
AREAS |= {name: partial(introspected.program, group=name) for name in subjects.GROUPS}
LIBRARY = [name for name in subjects.GROUPS if name.startswith("module ")]  # `library`: not equal in every message, see README.md
NOT_UNDER_STRESS = ("memory", "machines")  # areas that show what the collector does

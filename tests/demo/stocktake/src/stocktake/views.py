"""A list of projects as a rich table, and as text by the template that lies in the package."""
from importlib.resources import files

import jinja2
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text


def table_of(title, projects):
    table = Table(title=title, show_footer=True)
    table.add_column("project", footer="all")
    table.add_column("newest", style="green")
    table.add_column("files", justify="right", footer=str(sum(project.count for project in projects)))
    table.add_column("size", justify="right", footer=decimal(sum(project.size for project in projects)))
    table.add_column("yanked")
    for project in projects:
        yanked = sorted({str(file.version) for file in project.files if file.yanked})
        newest = Text(str(project.newest)) if project.newest else Text("none", style="red")
        table.add_row(project.name, newest, str(project.count), decimal(project.size), ", ".join(yanked))
    return table


def report_of(title, projects):
    source = (files("stocktake") / "templates" / "report.txt.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    return environment.from_string(source).render(title=title, projects=projects)

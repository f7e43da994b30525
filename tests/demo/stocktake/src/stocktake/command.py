"""The command line."""
from importlib.metadata import version
from importlib.resources import files

import click
import requests
import tomli
from rich.console import Console

from stocktake.catalogue import fetch
from stocktake.views import report_of, table_of


def settings():
    return tomli.loads((files("stocktake") / "settings.toml").read_text(encoding="utf-8"))


@click.command()
@click.argument("index")
@click.argument("projects", nargs=-1)
@click.option("--format", "form", type=click.Choice(["table", "report"]), default="table", show_default=True)
@click.option("--width", type=click.IntRange(40), help="Columns of the table.")
@click.version_option(version("stocktake"))
def main(index, projects, form, width):
    """Say what the package INDEX holds of PROJECTS (by default: those of the settings)."""
    configured = settings()
    client = configured["client"]
    try:
        found = list(fetch(index, projects or configured["projects"], client["timeout"], client["user-agent"]))
    except requests.RequestException as problem:
        raise click.ClickException(str(problem)) from problem
    if form == "report":
        click.echo(report_of(configured["title"], found))
    else:
        Console(width=width).print(table_of(configured["title"], found))

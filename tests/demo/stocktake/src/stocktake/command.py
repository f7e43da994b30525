"""The command line. What only a report needs is imported when one is made, so that --help and --version answer at once."""
from importlib.resources import files

import click


def settings():
    import tomli

    return tomli.loads((files("stocktake") / "settings.toml").read_text(encoding="utf-8"))


@click.command()
@click.argument("index")
@click.argument("projects", nargs=-1)
@click.option("--format", "form", type=click.Choice(["table", "report"]), default="table", show_default=True)
@click.option("--width", type=click.IntRange(40), help="Columns of the table.")
@click.version_option(package_name="stocktake")
def main(index, projects, form, width):
    """Say what the package INDEX holds of PROJECTS (by default: those of the settings)."""
    from requests import RequestException
    from rich.console import Console

    from stocktake.catalogue import fetch
    from stocktake.views import report_of, table_of

    configured = settings()
    client = configured["client"]
    try:
        found = list(fetch(index, projects or configured["projects"], client["timeout"], client["user-agent"]))
    except RequestException as problem:
        raise click.ClickException(str(problem)) from problem
    if form == "report":
        click.echo(report_of(configured["title"], found))
    else:
        Console(width=width).print(table_of(configured["title"], found))

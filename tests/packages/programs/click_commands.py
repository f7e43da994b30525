# Commands of click: help pages, options of every type, groups, errors, prompts, completion, testing.
import enum
import io
import os
import sys
import tempfile

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete
from click.testing import CliRunner

runner = CliRunner(mix_stderr=False)


def run(command, *arguments, **options):
    result = runner.invoke(command, arguments, prog_name="prog", **options)
    shown = result.exception if not isinstance(result.exception, SystemExit) else None
    print(f"$ {' '.join(map(repr, arguments))} -> {result.exit_code}", repr(shown) if shown else "")
    print(result.stdout + result.stderr, end="")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "PROG"}, epilog="The end.")
@click.option("-v", "--verbose", count=True, help="More talk; may be given several times.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False), envvar="CONFIG", show_envvar=True)
@click.version_option("1.2.3")
@click.pass_context
def main(context, verbose, config):
    """A program with commands.

    \b
    preformatted
       lines

    A second paragraph that is long enough to be wrapped by the help formatter when the terminal is narrow.
    """
    context.obj = {"verbose": verbose}
    if context.invoked_subcommand is None:
        click.echo(f"nothing to do at level {verbose}")


@main.command("add", short_help="adds numbers")
@click.argument("numbers", type=float, nargs=-1, required=True)
@click.option("--times", default=1, show_default=True, type=click.IntRange(1, 5, clamp=False), metavar="N")
@click.option("--sign/--no-sign", " /-S", default=True, help="With its sign.")
@click.pass_obj
def add(obj, numbers, times, sign):
    """Adds NUMBERS."""
    click.echo(f"{sum(numbers) * times:+}" if sign else sum(numbers) * times)
    click.secho("styled", fg="red", bold=True, err=True)


@main.command()
@click.option("--choice", type=click.Choice(["One", "two"], case_sensitive=False), multiple=True)
@click.option("--when", type=click.DateTime())
@click.option("--pair", type=(str, int), default=("a", 1))
@click.option("--id", "ident", type=click.UUID)
@click.option("--ratio", type=click.FloatRange(min=0, min_open=True, max=1, clamp=False))
@click.option("--file", type=click.File("r"), default="-")
@click.option("--flag-a", "letter", flag_value="a", default=True)
@click.option("--flag-b", "letter", flag_value="b")
@click.option("--secret", hidden=True)
@click.option("--old", callback=lambda context, parameter, value: value and value * 2, expose_value=True)
@click.option("--must", required=True, prompt="Must", confirmation_prompt=True)
def types(**values):
    for name in sorted(values):
        value = values[name]
        click.echo(f"{name}={value.read() if name == 'file' else value!r}")


@main.group(chain=True, deprecated=True)
def chain():
    """Commands in a row."""


@chain.result_callback()
def finish(values):
    click.echo(f"results {values}")


for name in ("one", "two"):

    @chain.command(name)
    @click.argument("value", default=name)
    def step(value):
        return value


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def passthrough(rest):
    click.echo(rest)


@main.command()
def fails():
    raise click.UsageError("bad usage")


@main.command()
def aborts():
    click.confirm("Go on?", abort=True)


@main.command()
def breaks():
    raise RuntimeError("inside")


run(main)
run(main, "-vv")
run(main, "--help")
run(main, "-h", terminal_width=40)
run(main, "--version")
for name in ("add", "types", "chain", "passthrough"):
    run(main, name, "--help")
run(main, "add", "1", "2.5", "--times", "3")
run(main, "add", "-S", "1", "--", "-4")
for wrong in (["add"], ["add", "x"], ["add", "1", "--times", "9"], ["add", "1", "--tmes", "2"], ["ad"], ["--nope"], ["add", "1", "--times"], ["types", "--choice", "3", "--must", "x"], ["types", "--pair", "a"], ["types", "--when", "y", "--must", "1"], ["types", "--id", "z", "--must", "1"], ["types", "--ratio", "0", "--must", "1"], ["--config", "/no/file", "add", "1"], ["fails"], ["breaks"]):
    run(main, *wrong)
run(main, "types", "--choice", "ONE", "--choice", "two", "--when", "2020-01-02", "--pair", "k", "5", "--id", "12345678123456781234567812345678", "--ratio", "0.5", "--flag-b", "--old", "ab", "--must", "m", input="standard input")
run(main, "types", input="a\nb\na\na\n")
run(main, "chain", "one", "two", "x")
run(main, "passthrough", "-x", "--yy=1", "z")
run(main, "aborts", input="n\n")
run(main, "aborts", input="y\n")
run(main, "add", "1", env={"PROG_ADD_TIMES": "4"})


@click.command()
@click.option("--name", prompt="Name", default="nobody")
@click.option("--age", prompt=True, type=int)
@click.password_option()
def prompts(name, age, password):
    click.echo(f"{name} {age} {len(password)}")
    click.echo(click.style("x", fg=(1, 2, 3), bg="blue", underline=True, blink=True, reset=False) + click.unstyle("\x1b[31my\x1b[0m"))
    with click.progressbar(range(3), label="bar", file=sys.stdout) as bar:
        for _ in bar:
            pass
    click.echo_via_pager("paged text")


run(prompts, input="\nx\n30\npw\nother\npw\npw\n")
for complete in (BashComplete, ZshComplete, FishComplete):
    done = complete(main, {}, "prog", "_PROG_COMPLETE")
    print(done.source())
    print([(item.type, item.value, item.help) for words, part in (([], ""), (["add"], "--"), (["types", "--choice"], ""), ([], "pa"), (["types", "--file"], "")) for item in done.get_completions(words, part)])
print(main.to_info_dict(click.Context(main))["commands"].keys())
print(click.format_filename("a/b\udc80", shorten=True), click.get_app_dir("My App", force_posix=True)[-7:], list(click.formatting.wrap_text("some words to be wrapped", 10).split("\n")))
with runner.isolated_filesystem():
    with open("given.txt", "w") as file:
        file.write("content")
    run(main, "--config", "given.txt", "types", "--file", "given.txt", "--must", "1")
    with click.open_file("lazy.txt", "w", lazy=True, atomic=True) as file:
        file.write("atomic")
    print(sorted(os.listdir(".")))

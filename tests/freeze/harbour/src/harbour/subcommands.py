"""Each prints what the scenario compares; the result is the exit status."""
import sys


def nothing():
    print("harbour at rest")


def data():
    import pkgutil
    from importlib.resources import as_file, files, open_binary, read_text

    print(read_text("harbour.data", "berths.txt").splitlines()[0])
    print(len(open_binary("harbour", "lazy.py").read()) > 0)
    print(pkgutil.get_data("harbour", "data/berths.txt").decode().split()[-2])
    folder = files("harbour") / "data"
    print(sorted(entry.name for entry in folder.iterdir()), (folder / "none").is_file())
    with as_file(folder / "berths.txt") as path:
        print(path.read_text(encoding="utf-8").count("\n"))
    print(path.exists())


def tides():
    import sample_tides

    print(*sample_tides.ports(), sample_tides.heights("brest")[0].unit)


def namespace():
    import sample_sea
    import sample_sea.north
    from sample_sea import south

    print(sample_sea.north.NAME, south.NAME, len(list(sample_sea.__path__)), sample_sea.__file__)


def metadata():
    from importlib.metadata import PackageNotFoundError, distribution, entry_points, version

    print(version("harbour"), version("Sample_Tides"), distribution("harbour").metadata["Name"])
    signals = entry_points(group="harbour.signals")
    print([(each.name, each.load().__name__) for each in signals])
    try:
        version("nowhere")
    except PackageNotFoundError as problem:
        print(problem)


def plugin(name):
    from harbour.plugins import signal

    print(signal(name))


def identity():
    import harbour

    print(sys.frozen, sys.executable == sys.orig_argv[0], sys.argv[0] == sys.orig_argv[0])
    print(harbour.__file__.startswith(sys.executable + "/"), harbour.__loader__.get_source("harbour")[:12])
    print(sys.flags.isolated, sys.flags.ignore_environment, [each for each in sys.path if not each.startswith(sys.executable)])
    print(__name__, sys.modules["__main__"].__name__)


def source():
    import inspect

    from harbour import lazy

    print(inspect.getsource(lazy.failing).splitlines()[-1].strip())


def trace():
    import traceback

    from harbour.lazy import failing

    try:
        failing(0)
    except ZeroDivisionError:
        print(traceback.format_exc())


def failure():
    from harbour.lazy import failing

    failing(0)


def leave():
    exit("gone to sea")

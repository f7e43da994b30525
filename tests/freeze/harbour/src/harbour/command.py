import sys

from harbour import subcommands

try:
    import there_is_no_such_module
except ImportError:
    there_is_no_such_module = None


def main():
    name, *arguments = sys.argv[1:] or ["nothing"]
    if name == "lazy-loaded":
        print("harbour.lazy" in sys.modules)
        return 0
    return getattr(subcommands, name)(*arguments)

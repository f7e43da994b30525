"""present(): which of the conditional requirements are installed."""
from importlib.util import find_spec


def present():
    found = []
    for name in ("sample_units", "sample_registry_paths", "sample_sea.north", "sample_sea.south"):
        try:
            if find_spec(name):
                found.append(name)
        except ModuleNotFoundError:
            pass
    return found

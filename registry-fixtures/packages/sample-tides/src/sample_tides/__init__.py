"""heights(port): Lengths from the JSON files that lie in the package."""
import json
from importlib.resources import files

from sample_units import Length


def ports():
    return sorted(entry.name[: -len(".json")] for entry in (files(__name__) / "data").iterdir() if entry.name.endswith(".json"))


def heights(port):
    text = (files(__name__) / "data" / f"{port}.json").read_text(encoding="utf-8")
    return [Length(value, "m") for value in json.loads(text)]

"""The resolver: whole processes against an index of this machine, answers already in the cache; resolve_bench.figures(adder, data).

`trio`: the names and edges of a compiled requirements file (38 pins); `graph`: 500 projects of 50 versions each.
"""
import os
import statistics
import tempfile

import synthetic_index
from static_index import StaticIndex
from timing import Command, interleaved


def resolve_command(adder, place, index, requirements):
    """Resolves for an empty target; pages and metadata are in the cache of `place` after its first run."""
    source = os.path.join(place, "requirements.in")
    with open(source, "w") as file:
        file.write("\n".join(requirements) + "\n")
    environment = {"PATH": "/usr/bin:/bin", "HOME": place, "ADDER_CACHE_DIR": os.path.join(place, "cache"), "LC_ALL": "C.UTF-8"}
    target = os.path.join(place, "target")
    return Command([adder, "pip", "install", "--dry-run", "--target", target, "--index-url", index, "-r", source], place, environment)


def measure(adder, root, requirements, rounds):
    """The cold run's milliseconds and the warm runs' figures; a warm run that asks the server for anything is an error."""
    with tempfile.TemporaryDirectory() as place, StaticIndex(root, max_age=600) as server:
        command = resolve_command(adder, place, server.url("simple/"), requirements)
        cold, _ = command.run()
        asked = server.requests
        [warm] = interleaved([command], rounds)
        if server.requests != asked:
            raise SystemExit(f"{server.requests - asked} requests with a warm cache")
    return cold, warm


def far_away(adder, root, requirements):
    """The milliseconds of a cold run where every answer takes 25 ms: how many of them are waited for one after the other."""
    times = []
    with StaticIndex(root, delay=0.025) as server:
        for _ in range(3):
            with tempfile.TemporaryDirectory() as place:
                wall, _ = resolve_command(adder, place, server.url("simple/"), requirements).run()
                times.append(wall)
    return statistics.median(times)


def figures(adder, data, rounds=15):
    """Figure → value; `data` is the folder with uv's requirement files, without which `trio` is left out."""
    found = {}
    with tempfile.TemporaryDirectory() as place:
        uv = os.path.join(data, "uv", "requirements")
        if os.path.isdir(uv):
            synthetic_index.make_trio(os.path.join(place, "trio"), os.path.join(uv, "compiled", "trio.txt"))
            with open(os.path.join(uv, "trio.in")) as file:
                requirements = file.read().splitlines()
            cold, warm = measure(adder, os.path.join(place, "trio"), requirements, rounds)
            far = far_away(adder, os.path.join(place, "trio"), requirements)
            found |= {"resolve_trio_cold_ms": cold, "resolve_trio_far_ms": far, "resolve_trio_ms": warm["median"]}
        roots = synthetic_index.make_graph(os.path.join(place, "graph"))
        cold, warm = measure(adder, os.path.join(place, "graph"), roots, rounds)
        found |= {"resolve_graph_cold_ms": cold, "resolve_graph_ms": warm["median"], "resolve_graph_peak_mb": warm["peak"]}
    return found

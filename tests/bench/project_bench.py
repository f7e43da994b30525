"""What a project costs when nothing is to do: project_bench.figures(adder, data).

`lock_fresh`: `adder lock --check` with 300 packages locked. `sync_noop`: `adder sync` of an environment with 100 packages. Whole
processes; a lock that is fresh asks the network for nothing.
"""
import os
import tempfile

import make_wheels
import synthetic_index
from static_index import StaticIndex
from timing import Command, interleaved

PYPROJECT = """[project]
name = "bench"
version = "1.0"
requires-python = ">=3.11"
dependencies = [{}]
"""


def project(place, requirements):
    with open(os.path.join(place, "pyproject.toml"), "w", encoding="ascii") as file:
        file.write(PYPROJECT.format(", ".join(f'"{one}"' for one in requirements)))
    return {"PATH": "/usr/bin:/bin", "HOME": place, "ADDER_CACHE_DIR": os.path.join(place, ".cache"), "LC_ALL": "C.UTF-8"}


def freshness(adder, rounds):
    with tempfile.TemporaryDirectory(prefix="adder-bench-") as place:
        root = os.path.join(place, "index")
        synthetic_index.make_graph(root, 300, 3)
        environment = project(place, [f"p{number}" for number in range(300)])
        with StaticIndex(root, max_age=600) as server:
            sources = ["--index-url", server.url("simple/")]
            Command([adder, "lock", *sources], place, environment).run()
            asked = server.requests
            [taken] = interleaved([Command([adder, "lock", "--check", *sources], place, environment)], rounds)
            if server.requests != asked:
                raise SystemExit(f"{server.requests - asked} requests for a fresh lock")
    return taken


def idle_sync(adder, rounds):
    with tempfile.TemporaryDirectory(prefix="adder-bench-") as place:
        wheels = os.path.join(place, "wheels")
        make_wheels.make(wheels, 100, 2000)
        environment = project(place, [f"bench-{number:03}" for number in range(100)])
        with open(os.path.join(place, "pyproject.toml"), "a", encoding="ascii") as file:
            file.write("[tool.adder]\npackage = false\n")
        sync = Command([adder, "sync", "--no-index", "--find-links", wheels], place, environment)
        sync.run()
        [taken] = interleaved([sync], rounds)
    return taken


def figures(adder, _data, rounds=25):
    fresh, idle = freshness(adder, rounds), idle_sync(adder, rounds)
    return {"lock_fresh_ms": fresh["median"], "lock_fresh_best_ms": fresh["best"], "sync_noop_ms": idle["median"], "sync_noop_best_ms": idle["best"]}

"""The package half: pkg_bench.py --adder ADDER --data DIR [--only resolve,project,install] [--record]

Prints each figure beside its limit and the last recorded one; fails where a limit does not hold.
"""
import argparse
import os
import sys

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # static_index

import history  # noqa: E402
import install_bench  # noqa: E402
import project_bench  # noqa: E402
import resolve_bench  # noqa: E402

# figure → (at most, or at least where negative)
LIMITS = {
    "resolve_trio_ms": 15,
    "resolve_trio_far_ms": 600,
    "resolve_graph_ms": 150,
    "resolve_graph_peak_mb": 80,
    "lock_fresh_ms": 5,
    "sync_noop_ms": 10,
    "install_warm_over_links": 1.6,
    "install_warm_over_bound": 1.5,
    "install_cold_over_bound": 1.8,  # the bound asks no server
    "install_memory_warm_over_links": 1.6,
    "install_memory_cold_pip_over_ours": -10,
    "install_memory_warm_pip_over_ours": -40,
}
PARTS = {"resolve": resolve_bench.figures, "project": project_bench.figures, "install": install_bench.figures}


def verdict(name, value):
    """(limit as text, whether it holds)."""
    limit = LIMITS.get(name)
    if limit is None:
        return "", True
    return (f"≥ {-limit}", value >= -limit) if limit < 0 else (f"≤ {limit}", value <= limit)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--adder", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    chosen = options.only.split(",")
    found = {}
    for part in chosen:
        found |= PARTS[part](options.adder, options.data)
    before, failed = history.last("pkg"), False
    print(f"{'figure':36} {'now':>10} {'limit':>8} {'recorded':>10}")
    for name, value in found.items():
        limit, holds = verdict(name, value)
        failed = failed or not holds
        kept = f"{before[name]:.1f}" if name in before else ""
        print(f"{name:36} {value:10.1f} {limit:>8} {kept:>10}{'' if holds else '  FAILED'}")
    if options.record:
        history.record("pkg", {name: round(value, 2) for name, value in found.items()})
    return failed


if __name__ == "__main__":
    sys.exit(main())

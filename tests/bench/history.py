"""The kept figures: one JSON object a line in history.jsonl, oldest first; written only when asked for."""
import datetime
import json
import os
import subprocess

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "history.jsonl")


def lines(bench):
    """The recorded runs of one bench ("interp" or "pkg")."""
    if not os.path.exists(PATH):
        return []
    with open(PATH, encoding="utf-8") as file:
        return [run for run in map(json.loads, file) if run["bench"] == bench]


def record(bench, figures):
    """Appends a run; the figures' names are those of earlier runs, so that they can be followed."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=os.path.dirname(PATH), capture_output=True, text=True)
    run = {"bench": bench, "date": datetime.date.today().isoformat(), "commit": commit.stdout.strip(), "cores": os.cpu_count(), "figures": figures}
    with open(PATH, "a", encoding="utf-8") as file:
        file.write(json.dumps(run, separators=(", ", ": ")) + "\n")


def last(bench):
    """The figures of the newest recorded run, empty where there is none."""
    found = lines(bench)
    return found[-1]["figures"] if found else {}

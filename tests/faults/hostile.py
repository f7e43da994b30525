"""hostile.py ADDER WATCH CORPUS: each archive of the corpus through `adder pip install FILE --target DIR`.

The verdict must be the manifest's (a refusal has status 5; an accepted source archive gets as far as its build back end, which
fails on purpose), and no call of adder or of what it starts may change anything outside of the target directory, adder's cache
and its temporary directory.
"""
import json
import os
import sys

import sandbox


def verdict(status, errors):
    if status == 0 or "should not run" in errors:
        return "accept"
    # tar_dup_member: the archive is taken, the last PKG-INFO counts, and it is another project's.
    if "holds `decoy`" in errors:
        return "accept"
    return "reject" if status == 5 else f"status {status}"


def examine(box, corpus, case):
    target = os.path.join(box.work, "T")
    file = os.path.join(corpus, "corpus", case["file"])
    before = sandbox.tree(box.work)
    done, changes = box.watched("pip", "install", "--no-index", "--no-deps", "--target", target, file)
    found = verdict(done.returncode, done.stderr)
    wanted = ("accept", "reject") if case["verdict"] == "reject-or-strip" else (case["verdict"],)
    sandbox.check(found in wanted, f"{case['file']}: {found}, not {case['verdict']} ({case['why']})\n{done.stderr}")
    outside = box.outside(changes, target)
    sandbox.check(not outside, f"{case['file']}: changed {outside[:3]}")
    after = {path: data for path, data in sandbox.tree(box.work).items() if not path.startswith("T/")}
    sandbox.check(after == before, f"{case['file']}: made {sorted(set(after) - set(before))}")
    left = [path for path in sandbox.tree(target)] if os.path.isdir(target) else []
    sandbox.check(done.returncode == 0 or not left, f"{case['file']}: refused, but left {left[:5]}")


def main(adder, watch, corpus):
    with open(os.path.join(corpus, "manifest.json"), encoding="utf-8") as file:
        cases = json.load(file)
    failed = 0
    for case in cases:
        with sandbox.Sandbox(adder, watch) as box:
            try:
                examine(box, corpus, case)
            except sandbox.Failure as problem:
                failed += 1
                print("FAILED", problem)
    print(f"{len(cases) - failed} of {len(cases)} verdicts")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Runs the tests of this folder, each method on its own, three at a time: parallel.py [part of a test's name…]"""
import concurrent.futures
import io
import sys
import time
import unittest


def tests(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests(item)
        else:
            yield item


def run(test):
    start = time.monotonic()
    result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(test)
    return test.id(), result, time.monotonic() - start


def main(parts):
    chosen = [test for test in tests(unittest.defaultTestLoader.discover(".", "test_*.py")) if not parts or any(part in test.id() for part in parts)]
    failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for name, result, took in pool.map(run, chosen):
            for _, why in result.skipped:
                skipped += 1
                print(f"skipped {name}: {why}")
            for _, trace in result.failures + result.errors:
                print(f"FAILED  {name} ({took:.1f} s)\n{trace}")
            failed += not result.wasSuccessful()
            if parts and result.wasSuccessful():
                print(f"ok      {name} ({took:.1f} s)")
    print(f"{len(chosen) - failed} of {len(chosen)} network tests passed, {skipped} skipped")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

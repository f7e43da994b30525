"""Runs one module of CPython's test suite and notes each test's outcome: run_module.py NAME RECORD.

RECORD gets a line when a test starts (`start ID`) and one with its outcome (`ok ID`, `failed ID`, `skipped ID<tab>reason`),
written at once: after a crash the last `start` names the test. Resources (network, gui, large files) are off, as in regrtest.
"""
import doctest
import importlib.util
import os
import sys
import unittest


def short(error):
    text = str(error).strip()
    if isinstance(error, ImportError):  # unittest's holds the whole traceback
        text = text.splitlines()[-1]
    return f"{type(error).__name__}: {text[:200]}"


class Recorder(unittest.TextTestResult):
    def note(self, word, test, reason=""):
        print(word, str(test.id()).replace("\n", " "), end="", file=self.record)
        print("\t" + str(reason).replace("\n", " ") if reason else "", file=self.record, flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.note("start", test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note("ok", test)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note("ok", test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note("failed", test, "unexpected success")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        # A part that skips itself leaves its test without an outcome of its own.
        self.note("skipped", getattr(test, "test_case", test), reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note("failed", test, short(err[1]))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note("failed", test, short(err[1]))


def add_unittest_tests():
    """Makes unittest.test known from the suite's directory where the library, being embedded, has it not."""
    if not importlib.util.find_spec("unittest.test"):
        from test import support
        unittest.__path__.append(os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(support.__file__))), "../unittest"))


def main():
    name, Recorder.record = sys.argv[1], open(sys.argv[2], "w", encoding="utf-8", errors="backslashreplace")
    del sys.argv[1:]
    sys.path[0] = ""
    from test import support
    support.use_resources = []
    add_unittest_tests()
    suite = unittest.defaultTestLoader.loadTestsFromName(f"test.test_{name}")
    module = sys.modules.get(f"test.test_{name}")
    if suite.countTestCases() == 0 and hasattr(module, "__test__"):
        suite = doctest.DocTestSuite(module)
    results = []
    original = support._run_suite

    def run_suite(given):
        support._run_suite = original  # what tests run themselves is not recorded
        try:
            results.append(unittest.TextTestRunner(resultclass=Recorder).run(given))
        finally:
            support._run_suite = run_suite

    support._run_suite = run_suite
    if callable(getattr(module, "test_main", None)):  # it prepares what its tests use
        module.test_main()
    if not results:
        run_suite(suite)
    print("end", file=Recorder.record, flush=True)
    return not all(result.wasSuccessful() for result in results)


if __name__ == "__main__":
    sys.exit(main())

"""What is asked for before its turn comes: metadata of projects that are still open, wheels of a resolution that still goes on."""
import os
import threading

from case import NetworkTest, make_wheels
from server import Index, body, status

NAMES = [f"leaf{number}" for number in range(8)]


class Ahead(NetworkTest):
    def setUp(self):
        super().setUp()
        make_wheels(self.path("leaves"), *((name, "1.0") for name in NAMES))

    def serve(self, folder, **page):
        index = Index([self.path(folder, name) for name in os.listdir(self.path(folder))], **page)
        self.addCleanup(index.__exit__)
        return index

    def install_all(self, index, *names, **keywords):
        return self.adder("pip", "install", "--target", "out", "-i", index.url, "--retries", "0", *names, **keywords)

    def test_metadata_side_by_side(self):
        index = self.serve("leaves")
        together = threading.Barrier(4)

        def fault(handler, answer):
            # Each waits for three others that ask as well.
            together.wait(timeout=20)
            return False

        index.faults["metadata"] = fault
        self.install_all(index, *NAMES)
        self.assertFalse(together.broken)
        self.assertInstalled(*NAMES)
        self.assertEqual(index.count(".metadata"), len(NAMES))

    def test_metadata_of_requirements_side_by_side(self):
        make_wheels(self.path("leaves"), ("root", "1.0", *NAMES))
        index = self.serve("leaves")
        together = threading.Barrier(4)

        def fault(handler, answer):
            if "leaf" in handler.path:
                together.wait(timeout=20)
            return False

        index.faults["metadata"] = fault
        self.write("pyproject.toml", '[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["root"]\n')
        self.adder("lock", "--index-url", index.url, "--retries", "0")
        self.assertFalse(together.broken)

    def test_wheels_beside_the_resolution(self):
        index = self.serve("leaves")
        wheel_asked_for = threading.Event()
        late = []

        def wheel(handler, answer):
            wheel_asked_for.set()
            return False

        def metadata(handler, answer):
            if NAMES[-1] in handler.path:
                late.append(wheel_asked_for.wait(timeout=20))
            return False

        index.faults["file"], index.faults["metadata"] = wheel, metadata
        self.install_all(index, *NAMES)
        self.assertEqual(late, [True])
        self.assertInstalled(*NAMES)
        self.assertEqual(sum(path.endswith(".whl") for _, path, _ in index.seen), len(NAMES))

    def test_what_is_not_needed_may_be_wrong(self):
        # alpha 2.0 is decided for, then beta wants another one.
        make_wheels(self.path("two"), ("alpha", "1.0"), ("alpha", "2.0"), ("beta", "1.0", "alpha<2"))
        for kind, fault in (("status", status(404)), ("body", body(b"no wheel"))):
            with self.subTest(kind):
                index = self.serve("two")
                self.environment["ADDER_CACHE_DIR"] = self.path("cache-" + kind)

                def wrong(handler, answer, fault=fault):
                    return "alpha-2.0" in handler.path and fault(handler, answer)

                index.faults["file"] = wrong
                self.adder("pip", "install", "--target", "out-" + kind, "-i", index.url, "--retries", "0", "alpha", "beta")
                self.assertGreater(index.count("alpha-2.0-py3-none-any.whl"), 1)  # its metadata, and the file
                self.assertIn("1.0", self.read(f"out-{kind}/alpha/__init__.py"))
                self.assertEqual(index.count("/alpha-1.0-py3-none-any.whl"), 2)

    def test_what_is_needed_and_wrong_is_told_once(self):
        index = self.serve("leaves")
        index.faults["file"] = lambda handler, answer: NAMES[2] in handler.path and body(b"no wheel")(handler, answer)
        result = self.install_all(index, *NAMES, status=5)
        self.assertEqual(result.stderr.count("error:"), 1)
        self.assertIn(f"while fetching `{NAMES[2]}`", result.stderr)
        self.assertFalse(os.path.exists(self.path("out", NAMES[0])))
        self.assertEqual(sum(NAMES[2] in path and path.endswith(".whl") for _, path, _ in index.seen), 1)

    def test_nothing_in_vain(self):
        index = self.serve("leaves")

        def wheels():
            return sum(path.endswith(".whl") for _, path, _ in index.seen)

        self.install_all(index, *NAMES[:4], "--dry-run")
        self.assertEqual(wheels(), 0)
        self.install_all(index, *NAMES[:4])
        self.assertEqual(wheels(), 4)
        # What is installed stays, and an empty cache does not make it come again.
        self.environment["ADDER_CACHE_DIR"] = self.path("another")
        self.install_all(index, *NAMES[:5])
        self.assertEqual(wheels(), 5)
        # Hashes that have to be named are compared before anything comes.
        self.write("hashed.txt", f"{NAMES[6]}==1.0 --hash=sha256:{'0' * 64}\n")
        self.install_all(index, "-r", "hashed.txt", status=5)
        self.assertEqual(wheels(), 5)

"""Servers that fail: a retry or one clear error, exit code 4 or 5, and a cache that the next good run can use."""
import socket
import time

import server
from case import NetworkTest
from server import Index, body, bomb, longer, redirect, reset, stalled, status, times, truncated

KINDS = ("page", "metadata", "file")


class Faults(NetworkTest):
    def index(self, **keywords):
        index = Index(self.wheels, **keywords)
        self.addCleanup(index.__exit__)
        return index

    def fails(self, index, code, *texts, most=100, more=()):
        """Fails with one error that has these texts, soon, and works once the server does."""
        start = time.monotonic()
        result = self.install(index.url, *more, status=code)
        self.assertLess(time.monotonic() - start, most)
        self.assertEqual(result.stderr.count("error"), 1 + sum(text.count("error") for text in texts), result.stderr)
        for text in texts:
            self.assertIn(text, result.stderr)
        index.faults.clear()
        self.install(index.url)
        self.assertInstalled("alpha", "beta")
        return result

    def recovers(self, index, *more, most=100):
        start = time.monotonic()
        self.install(index.url, *more)
        self.assertInstalled("alpha", "beta")
        self.assertLess(time.monotonic() - start, most)

    def test_escape_sequences_do_not_reach_the_terminal(self):
        nasty = "\x1b]0;owned\x07\x1b[2J\r\x9b1m\u202e"
        shown = "\\x1b]0;owned\\x07\\x1b[2J\\x0d\\u009b1m\\u202e"

        def harmless(result, shown=shown):
            self.assertIn(shown, result.stderr)
            self.assertNotRegex(result.stderr, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")

        index = self.index(**{"project-status": {"status": "deprecated", "reason": nasty}})
        harmless(self.install(index.url))
        index = self.index()
        page = index.project_page
        index.project_page = lambda project: {**page(project), "files": [{**row, "yanked": project == "alpha" and nasty} for row in page(project)["files"]]}
        harmless(self.install(index.url, requirement="alpha==1.0", ADDER_CACHE_DIR=self.path("cache2")))
        index.faults["page"] = status(403, body=nasty.encode() + b"\xff\n")
        result = self.install(index.url, "-v", status=4, ADDER_CACHE_DIR=self.path("cache3"))
        # What stands at the ends of a body is taken off like blanks.
        harmless(result, shown.removeprefix("\\x1b") + "\\xff")

    def test_500_always(self):
        for kind in ("page", "file"):
            with self.subTest(kind):
                index = self.index()
                index.faults[kind] = status(500)
                self.environment["ADDER_CACHE_DIR"] = self.path("cache-500-" + kind)
                self.fails(index, 4, "answered 500 Internal Server Error", "the server says: no")

    def test_once_then_good(self):
        for fault in (status(500), status(503), truncated, stalled, reset):
            for kind in KINDS:
                with self.subTest(f"{kind} {fault}"):
                    index = self.index()
                    index.faults[kind] = times(1, fault)
                    self.environment["ADDER_CACHE_DIR"] = self.path(f"cache-{id(fault)}-{kind}")
                    self.recovers(index, *(("--timeout", "2") if fault is stalled else ()))

    def test_429_is_waited_for(self):
        index = self.index()
        index.faults["page"] = times(1, status(429, {"Retry-After": "1"}))
        start = time.monotonic()
        self.recovers(index)
        self.assertGreaterEqual(time.monotonic() - start, 1.0)

    def test_429_that_asks_for_an_hour(self):
        index = self.index()
        index.faults["page"] = status(429, {"Retry-After": "3600"})
        self.fails(index, 4, "answered 429 Too Many Requests", "Retry-After: 3600")
        self.assertEqual(index.count("/simple/alpha"), 2)  # by the run that failed, at once, and by the good one

    def test_metadata_file_that_fails(self):
        """The wheel itself says what the file would have said."""
        for fault in (status(500), status(404)):
            with self.subTest(str(fault)):
                index = self.index()
                index.faults["metadata"] = fault
                self.environment["ADDER_CACHE_DIR"] = self.path(f"cache-{id(fault)}")
                self.recovers(index)
                self.assertTrue(any(headers.get("Range") for _, _, headers in index.seen))

    def test_truncated_always(self):
        for kind in ("page", "file"):
            with self.subTest(kind):
                index = self.index()
                index.faults[kind] = truncated
                self.environment["ADDER_CACHE_DIR"] = self.path("cache-" + kind)
                self.fails(index, 4, "cannot fetch", "tried 3 times")

    def test_slow_body(self):
        index = self.index()
        index.faults["file"] = stalled
        self.fails(index, 4, "tried 2 times", more=("--retries", "1", "--timeout", "2"))

    def test_length_smaller_than_the_body(self):
        index = self.index()
        index.faults["file"] = longer
        self.fails(index, 5, "expected")

    def test_wrong_hash(self):
        index = self.index()
        index.faults["file"] = lambda handler, right: body(right[2][:-1] + b"x")(handler, right)
        self.fails(index, 5, "is not the expected one")

    def test_wrong_hash_of_metadata(self):
        index = self.index()
        index.faults["metadata"] = lambda handler, right: body(right[2] + b"\n")(handler, right)
        self.fails(index, 5, "is not the expected one")

    def test_redirect_loop(self):
        for kind in ("page", "file"):
            with self.subTest(kind):
                index = self.index()
                index.faults[kind] = redirect("{path}")
                self.environment["ADDER_CACHE_DIR"] = self.path("cache-" + kind)
                self.fails(index, 4, "redirects more than 10 times")
        self.assertLess(index.count("/files/"), 60)

    def test_redirects_to_elsewhere(self):
        for target in ("ftp://example.org/", "file:///etc/passwd", "http://"):
            with self.subTest(target):
                index = self.index()
                index.faults["page"] = redirect(target)
                self.fails(index, 4, "redirects to")

    def test_redirect_is_followed(self):
        other = self.index()
        for code in (301, 302, 303, 307, 308):
            index = self.index()
            index.faults["file"] = redirect(other.origin + "{path}", code)
            self.environment["ADDER_CACHE_DIR"] = self.path(f"cache-{code}")
            self.install(index.url)
            self.assertInstalled("alpha", "beta")

    def test_connection_reset(self):
        index = self.index()
        index.faults["page"] = reset
        self.fails(index, 4, "cannot fetch")

    def test_connection_refused(self):
        with socket.socket() as deaf:  # bound, so that no other server gets the port, but not listening
            deaf.bind(("127.0.0.1", 0))
            result = self.install(f"http://127.0.0.1:{deaf.getsockname()[1]}/simple", status=4)
        self.assertIn("cannot fetch", result.stderr)
        self.assertIn("tried 3 times", result.stderr)

    def test_garbage(self):
        cases = {
            "json": body(b'{"meta": {"api-version": "1.0"}, "files": [{"filename": '),
            "json array": body(b"[1, 2, 3]"),
            "binary json": body(bytes(range(256))),
            "html under json": body(b"<html><a href='alpha-1.0.tar.gz'>x</a></html>"),
            "json under html": body(b'{"meta": {}, "files": []}', "text/html"),
            "noise under html": body(b"\x00\x01\x02", "text/html"),
            "picture": body(b"\x89PNG", "image/png"),
            "version 2": body(b'{"meta": {"api-version": "2.0"}, "files": []}'),
            "other name": body(b'{"meta": {"api-version": "1.0"}, "name": "omega", "files": []}'),
            "fresh for a year": body(b"{", headers={"Cache-Control": "max-age=31536000"}),
        }
        for name, fault in cases.items():
            with self.subTest(name):
                index = self.index()
                index.faults["page"] = fault
                self.fails(index, 4, "is not a page of a package index")

    def test_huge_page(self):
        index = self.index()
        index.faults["page"] = server.endless
        self.fails(index, 4, "sent more than the 134217728 bytes")

    def test_bombs(self):
        for kind in ("page", "metadata"):
            with self.subTest(kind):
                index = self.index()
                index.faults[kind] = bomb(200 << 20)
                self.environment["ADDER_CACHE_DIR"] = self.path("cache-" + kind)
                if kind == "page":
                    self.fails(index, 4, "sent more than")
                else:
                    self.recovers(index)

    def test_encoded_file_is_taken_as_it_is(self):
        """What is hashed is what was sent: a coding that was not asked for is no reason to inflate."""
        index = self.index()
        index.faults["file"] = bomb(50 << 20)
        self.fails(index, 5, "is not the expected one")

    def test_file_of_another_project(self):
        """The wheel's own metadata has another name than the file."""
        index = self.index()
        index.wheels["alpha-1.0-py3-none-any.whl"] = index.wheels["beta-1.0-py3-none-any.whl"]
        result = self.install(index.url, status=5)
        self.assertIn("`beta`", result.stderr)

    def test_metadata_that_lies(self):
        """The metadata file is not what is in the wheel: found when the wheel comes."""
        index = self.index()
        good = index.metadata
        index.metadata = lambda name: good(name).replace(b"Requires-Dist: beta\n", b"")
        result = self.install(index.url, status=5)
        self.assertIn("has another Requires-Dist", result.stderr)

    def test_server_without_ranges_or_metadata(self):
        index = self.index()
        index.metadata_files = index.ranges = False
        self.recovers(index)

    def test_range_answer_that_is_wrong(self):
        index = self.index()
        index.metadata_files = False
        index.faults["range"] = body(b"xyz", headers={"Content-Range": "bytes 0-2/3"})
        self.recovers(index)

    def test_html_index(self):
        index = self.index(html=True)
        self.recovers(index)

    def test_quarantined_project(self):
        index = self.index(**{"project-status": {"status": "quarantined", "reason": "malware"}})
        result = self.install(index.url, status=3)
        self.assertIn("quarantined", result.stderr)

    def test_archived_project(self):
        """Taken with a word of warning, which a warm cache does not lose; the lock says nothing of it."""
        index = self.index(**{"project-status": {"status": "archived", "reason": "see gamma"}})
        index.page_headers["Cache-Control"] = "max-age=600"
        for _ in range(2):
            result = self.install(index.url)
            self.assertIn("warning: `alpha` is archived, no update is to be expected: see gamma", result.stderr)
        self.assertEqual(index.count("/simple/alpha/"), 1)
        index = self.index(**{"project-status": {"status": "deprecated"}})
        self.assertIn("warning: `alpha` is deprecated\n", self.install(index.url).stderr)
        index = self.index(**{"project-status": {"status": "active"}})
        self.assertNotIn("warning", self.install(index.url).stderr)

    def test_trouble_of_one_of_two_indexes(self):
        """A project is not taken from the second index because the first one has trouble."""
        first, second = self.index(), self.index()
        first.faults["page"] = status(500)
        result = self.install(second.url, "--extra-index-url", first.url, status=4)
        self.assertIn("500", result.stderr)
        self.assertEqual(second.count("/alpha/"), 0)

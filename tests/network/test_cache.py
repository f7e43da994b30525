"""What is asked again and what is not: RFC 9111, --refresh, --offline."""
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time

from case import NetworkTest, make_wheels
from server import Index, status


class Cache(NetworkTest):
    def setUp(self):
        super().setUp()
        self.index = Index(self.wheels)
        self.addCleanup(self.index.__exit__)

    def pages(self):
        return self.index.count("/simple/")

    def test_fresh_pages_are_not_asked_for(self):
        self.index.page_headers = {"Cache-Control": "max-age=600"}
        self.install(self.index.url)
        before = len(self.index.seen)
        self.install(self.index.url)
        self.assertEqual(len(self.index.seen), before)

    def served(self, *options):
        """adder index serve of the wheels, and its URL."""
        server = subprocess.Popen(["adder", "index", "serve", "wheels", "--port", "0", *options], cwd=self.place, env=self.environment,
                                  stderr=subprocess.PIPE, text=True)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return server, re.search(r"http://\S+/simple/", server.stderr.readline())[0]

    def test_index_serve_of_a_directory_that_cannot_be_read_any_more(self):
        _, url = self.served()
        self.install(url)
        # Paths below it are longer than a system call takes.
        folder = os.open(self.path("wheels"), os.O_RDONLY)
        for _ in range(20):
            os.mkdir("d" * 250, dir_fd=folder)
            inner = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = inner
        os.close(folder)
        self.environment["ADDER_CACHE_DIR"] = self.path("another")
        self.install(url)
        self.install(url)
        self.assertInstalled("alpha", "beta")

    def test_index_serve_with_max_age(self):
        for options, status in (("--max-age", "600"), 0), ((), 4):
            server, url = self.served(*options)
            self.environment["ADDER_CACHE_DIR"] = self.path(f"cache{status}")
            self.install(url)
            server.kill()
            server.wait()
            # What was fresh needs no server.
            self.install(url, "--retries", "0", status=status)

    def test_refresh(self):
        self.index.page_headers = {"Cache-Control": "max-age=600", "ETag": '"one"'}
        self.install(self.index.url)
        self.index.seen.clear()
        self.install(self.index.url, "--refresh")
        self.assertEqual(self.pages(), 2)
        self.assertTrue(all(headers.get("If-None-Match") == '"one"' for _, path, headers in self.index.seen if "/simple/" in path))
        self.index.seen.clear()
        self.install(self.index.url, "--refresh-package", "Beta")
        self.assertEqual([path for _, path, _ in self.index.seen], ["/simple/beta/"])

    def test_revalidation(self):
        self.index.page_headers = {"ETag": '"one"', "Last-Modified": "Sat, 01 Jan 2022 00:00:00 GMT"}
        self.install(self.index.url)
        self.index.seen.clear()
        self.install(self.index.url)
        self.assertEqual(self.pages(), 2)
        for _, path, headers in self.index.seen:
            self.assertEqual(headers.get("If-None-Match"), '"one"')
            self.assertEqual(headers.get("If-Modified-Since"), "Sat, 01 Jan 2022 00:00:00 GMT")
        # A changed page is seen.
        self.index.page_headers = {"ETag": '"two"'}
        for path in make_wheels(self.path("more"), ("alpha", "2.0")):
            with open(path, "rb") as file:
                self.index.wheels[os.path.basename(path)] = file.read()
        self.install(self.index.url)
        self.assertIn("2.0", self.read("out/alpha/__init__.py"))

    def test_no_store(self):
        self.index.page_headers = {"Cache-Control": "no-store, max-age=600"}
        self.install(self.index.url)
        self.install(self.index.url)
        self.assertEqual(self.pages(), 4)

    def test_several_lines_of_a_list(self):
        self.index.page_headers = {"Cache-Control": "max-age=600", "cache-control": "x,\tno-store"}
        self.install(self.index.url)
        self.install(self.index.url)
        self.assertEqual(self.pages(), 4)

    def test_redirects_bound_how_long_a_page_is_kept(self):
        body = json.dumps(self.index.project_page("alpha")).replace("../..", self.index.origin).encode()
        page = {"Content-Type": "application/vnd.pypi.simple.v1+json", "Cache-Control": "max-age=600"}
        self.index.extra["/moved"] = (200, page, body)
        self.index.page_headers = {"Cache-Control": "max-age=600"}
        for number, (status, headers, asked) in enumerate([(302, {"Cache-Control": "no-store"}, 2), (302, {}, 2), (302, {"Cache-Control": "max-age=60"}, 1),
                                                           (301, {}, 1)]):
            with self.subTest(str((status, headers))):
                self.index.extra["/simple/alpha/"] = (status, headers | {"Location": "/moved"}, b"")
                self.environment["ADDER_CACHE_DIR"] = self.path(f"cache{number}")
                self.index.seen.clear()
                self.install(self.index.url)
                self.install(self.index.url)
                self.assertEqual(self.index.count("/simple/alpha/"), asked)

    def temporary(self):
        """$TMPDIR of this test, which must be empty again in the end."""
        os.makedirs(self.path("tmp"), exist_ok=True)
        return {"TMPDIR": self.path("tmp")}

    def assertNothingLeft(self):
        for _ in range(100):
            if not os.listdir(self.path("tmp")):
                return
            time.sleep(0.05)
        self.fail(str(os.listdir(self.path("tmp"))))

    def test_without_a_cache(self):
        self.index.page_headers = {"Cache-Control": "max-age=600"}
        variables = self.temporary()
        for option in ("--no-cache", "--no-cache-dir"):
            self.install(self.index.url, option, **variables)
            self.assertInstalled("alpha", "beta")
            self.assertFalse(os.path.exists(self.path("cache")))
            self.assertEqual(os.listdir(self.path("tmp")), [])
        self.install(self.index.url)
        before = self.everything_in("cache")
        for number, more in enumerate([{"PIP_NO_CACHE_DIR": "off"}, {"PIP_NO_CACHE_DIR": "1"}, {"ADDER_NO_CACHE": "1"}, {"ADDER_NO_CACHE_DIR": "true"}]):
            self.index.seen.clear()
            self.install(self.index.url, **variables, **more)
            self.assertEqual(self.pages(), 2, more)
        self.install(self.index.url, "--no-cache", requirement="nothing", status=3, **variables)
        self.assertEqual(os.listdir(self.path("tmp")), [])
        self.assertEqual(self.everything_in("cache"), before)
        self.assertEqual(self.adder("cache", "dir", ADDER_NO_CACHE="1").stdout.strip(), self.path("cache"))

    def everything_in(self, folder):
        return sorted(os.path.join(place, name) for place, _, names in os.walk(self.path(folder)) for name in names)

    def start_and_stall(self, *options, **variables):
        """An install that waits for a file, and the event that lets it go on."""
        asked, answer = threading.Event(), threading.Event()

        def wait(handler, right):
            asked.set()
            answer.wait(60)
            return False

        self.index.faults["file"] = wait
        self.index.metadata_files = True
        command = ["adder", "pip", "install", "--target", "out", "-i", self.index.url, *options, "alpha"]
        process = subprocess.Popen(command, cwd=self.place, env=self.environment | variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(answer.set)
        self.assertTrue(asked.wait(60))
        return process, answer

    def test_a_temporary_cache_goes_with_a_killed_command(self):
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            process, answer = self.start_and_stall("--no-cache", **self.temporary())
            self.assertEqual(len(os.listdir(self.path("tmp"))), 1)
            process.send_signal(sent)
            process.wait(30)
            self.assertNothingLeft()
            answer.set()

    def test_a_temporary_cache_stays_for_a_program(self):
        """The environment of a script is in the cache, and the script takes adder's place."""
        self.write("script.py", '# /// script\n# dependencies = ["alpha"]\n# ///\nimport os, time\ntime.sleep(0.5)\nimport alpha\n'
                   'print(alpha.version, os.environ["VIRTUAL_ENV"])\n')
        result = self.adder("run", "--no-cache", "-i", self.index.url, "script.py", **self.temporary())
        self.assertIn("1.0 " + self.path("tmp"), result.stdout)
        self.assertNothingLeft()

    def test_cleaning_waits_for_users_of_the_cache(self):
        process, answer = self.start_and_stall()
        cleaning = subprocess.Popen(["adder", "cache", "clean"], cwd=self.place, env=self.environment, stderr=subprocess.PIPE, text=True)
        self.addCleanup(cleaning.stderr.close)
        self.addCleanup(cleaning.wait)
        self.addCleanup(cleaning.kill)
        self.assertIn("waiting for other commands", cleaning.stderr.readline())
        answer.set()
        self.assertEqual(process.wait(60), 0, process.stdout.read())
        self.assertEqual(cleaning.wait(60), 0)
        self.assertInstalled("alpha", "beta")
        self.assertEqual(self.everything_in("cache"), [self.path("cache", ".lock")])

    def test_no_cache_and_age(self):
        for headers in ({"Cache-Control": "no-cache, max-age=600"}, {"Cache-Control": "max-age=600", "Age": "700"},
                        {"Cache-Control": "max-age=0"}, {"Expires": "Sat, 01 Jan 2022 00:00:00 GMT"}):
            with self.subTest(str(headers)):
                self.index.page_headers = headers
                self.environment["ADDER_CACHE_DIR"] = self.path("cache" + str(abs(hash(str(headers)))))
                self.index.seen.clear()
                self.install(self.index.url)
                self.install(self.index.url)
                self.assertEqual(self.pages(), 4)

    def test_stale_if_error(self):
        self.index.page_headers = {"Cache-Control": "max-age=0, stale-if-error=600"}
        self.install(self.index.url)
        self.index.faults["page"] = status(500)
        # max-age=0 is stale at once; the server allowed to be stood in for all the same.
        self.install(self.index.url, "--retries", "0")
        self.assertInstalled("alpha", "beta")

    def test_offline(self):
        result = self.install(self.index.url, "--offline", status=4)
        self.assertIn("--offline forbids to fetch it", result.stderr)
        self.assertEqual(self.index.seen, [])
        self.install(self.index.url)
        self.index.seen.clear()
        self.install(self.index.url, "--offline")
        self.assertInstalled("alpha", "beta")
        self.assertEqual(self.index.seen, [])

    def test_file_index_and_find_links(self):
        """Directories of this machine, in every form, with no request."""
        flat = self.path("wheels")
        for source in (["--no-index", "-f", flat], ["--no-index", "-f", "file://" + flat], ["--no-index", "--find-links", "wheels"]):
            self.install("http://127.0.0.1:1/simple", *source)
            self.assertInstalled("alpha", "beta")
        for project in ("alpha", "beta"):
            os.makedirs(self.path("local", project))
            for wheel in self.wheels:
                if os.path.basename(wheel).startswith(project):
                    shutil.copy(wheel, self.path("local", project))
        self.install("file://" + self.path("local"))
        self.install(self.path("local"))
        self.write("local/alpha/index.html", "<!DOCTYPE html><html><a href='alpha-1.0-py3-none-any.whl'>alpha-1.0-py3-none-any.whl</a></html>")
        self.install("file://" + self.path("local"))
        result = self.install("file://" + self.path("nowhere"), status=4)
        self.assertIn("is not there", result.stderr)

    def test_page_of_links(self):
        links = "".join(f"<a href='/files/{os.path.basename(wheel)}'>x</a>" for wheel in self.wheels)
        self.index.extra["/links.html"] = (200, {"Content-Type": "text/html"}, f"<!DOCTYPE html><html>{links}</html>".encode())
        self.install("http://127.0.0.1:1/simple", "--no-index", "-f", self.index.origin + "/links.html")
        self.assertInstalled("alpha", "beta")

    def test_many_files_over_few_connections(self):
        wheels = make_wheels(self.path("many"), *[(f"p{n}", "1.0") for n in range(60)])
        with Index(wheels) as index:
            self.install(index.url, *[f"p{n}" for n in range(59)], requirement="p59")
            self.assertInstalled(*[f"p{n}" for n in range(60)])
            self.assertLessEqual(index.server.connections, 24)

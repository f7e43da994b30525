"""Credentials: where they come from, that they stay with their host, and that nobody gets to read them."""
import base64
import os

from case import NetworkTest
from server import Index, redirect

SECRET = "s3cr3t-pass"


class Auth(NetworkTest):
    def setUp(self):
        super().setUp()
        self.index = Index(self.wheels)
        self.addCleanup(self.index.__exit__)
        self.index.user = "joe:" + SECRET

    def with_user(self, user=f"joe:{SECRET}"):
        return self.index.url.replace("://", f"://{user}@")

    def hidden(self, *results):
        for result in results:
            self.assertNotIn(SECRET, result.stdout + result.stderr)

    def netrc(self, host="127.0.0.1", login="joe", password=SECRET):
        self.write("home/.netrc", f"# mine\nmachine example.org login x password y\nmachine {host} login {login} password {password}\n")

    def program(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def test_url(self):
        result = self.install(self.with_user(), "-v")
        self.assertInstalled("alpha", "beta")
        self.hidden(result)
        self.assertIn("/simple/alpha/: 200", result.stderr)
        self.assertNotIn(SECRET.encode(), self.everything_written())

    def test_refused(self):
        for url in (self.index.url, self.with_user("joe:wrong-pass")):
            result = self.install(url, "-v", status=4)
            self.assertIn("answered 401 Unauthorized", result.stderr)
            self.assertIn("hint", result.stderr)
            self.assertNotIn("wrong-pass", result.stdout + result.stderr)

    def test_errors_do_not_show_it(self):
        self.index.faults["page"] = redirect("{path}")
        self.hidden(self.install(self.with_user(), "-v", status=4))
        self.index.faults["page"] = lambda handler, right: handler.send(500, {}, b"") or True
        self.hidden(self.install(self.with_user(), "-v", status=4))
        self.hidden(self.install(self.with_user().replace(f"127.0.0.1:{self.index.port}", "127.0.0.1:1"), status=4))

    def test_variables(self):
        self.write("pyproject.toml", f'[project]\nname = "p"\nversion = "1"\ndependencies = ["alpha"]\n\n[tool.adder]\npackage = false\n'
                   f'[[tool.adder.index]]\nname = "my-own.index"\nurl = "{self.index.url}"\ndefault = true\n')
        self.adder("lock", "-v", status=4)
        result = self.adder("sync", "-v", ADDER_INDEX_MY_OWN_INDEX_USERNAME="joe", ADDER_INDEX_MY_OWN_INDEX_PASSWORD=SECRET)
        self.hidden(result)
        self.assertNotIn("joe", self.read("pylock.toml"))
        self.assertIn(self.index.origin, self.read("pylock.toml"))
        self.assertNotIn(SECRET.encode(), self.everything_written())

    def test_url_of_the_project_is_not_in_the_lock(self):
        self.write("pyproject.toml", f'[project]\nname = "p"\nversion = "1"\ndependencies = ["alpha"]\n\n[tool.adder]\npackage = false\n'
                   f'[[tool.adder.index]]\nurl = "{self.with_user()}"\ndefault = true\n')
        self.hidden(self.adder("sync", "-v"))
        self.assertNotIn(SECRET, self.read("pylock.toml"))
        self.assertIn(self.index.origin, self.read("pylock.toml"))

    def test_netrc(self):
        self.netrc()
        self.install(self.index.url)
        self.assertInstalled("alpha", "beta")
        os.rename(self.path("home/.netrc"), self.path("other"))
        self.install(self.index.url, NETRC=self.path("other"), ADDER_CACHE_DIR=self.path("cache2"))

    def test_netrc_is_for_its_host(self):
        self.netrc(host="localhost")
        self.install(self.index.url, status=4)
        self.assertFalse(any("Authorization" in headers for _, _, headers in self.index.seen))

    def test_keyring_with_a_user(self):
        self.program("keyring", f'#!/bin/sh\necho "$@" >> {self.path("asked")}\n'
                     f'if [ "$1 $2 $3" = "get {self.index.url} joe" ]; then echo {SECRET}; else exit 1; fi\n')
        result = self.install(self.with_user("joe"), "--keyring-provider", "subprocess", "-v")
        self.assertInstalled("alpha", "beta")
        self.hidden(result)
        self.assertEqual(self.read("asked").count("\n"), 1)

    def test_keyring_by_host(self):
        self.program("keyring", f'#!/bin/sh\nif [ "$1 $2 $3" = "get 127.0.0.1:{self.index.port} joe" ]; then echo {SECRET}; else exit 1; fi\n')
        self.install(self.with_user("joe"), "--keyring-provider", "subprocess")

    def test_keyring_without_a_user(self):
        self.program("keyring", f'#!/bin/sh\nif [ "$1 $2 $3 $4" = "--mode creds get {self.index.url}" ]; then echo joe; echo {SECRET}; else exit 1; fi\n')
        self.install(self.index.url, "--keyring-provider", "subprocess")
        self.assertInstalled("alpha", "beta")

    def test_keyring_is_asked_only_where_one_says_so(self):
        self.program("keyring", f'#!/bin/sh\ntouch {self.path("asked")}\necho {SECRET}\n')
        self.install(self.with_user("joe"), status=4)
        self.assertFalse(os.path.exists(self.path("asked")))

    def test_password_of_a_user_of_the_url(self):
        """A name alone: the password is in .netrc, under that name and no other, or in a variable."""
        self.netrc()
        self.install(self.with_user("joe"))
        self.assertInstalled("alpha", "beta")
        self.index.seen.clear()
        self.install(self.with_user("ann"), status=4, ADDER_CACHE_DIR=self.path("cache2"))
        self.assertNotIn(base64.b64encode(f"ann:{SECRET}".encode()).decode(), str(self.index.seen))
        os.remove(self.path("home/.netrc"))
        self.write("pyproject.toml", f'[project]\nname = "p"\nversion = "1"\ndependencies = ["alpha"]\n\n[tool.adder]\npackage = false\n'
                   f'[[tool.adder.index]]\nname = "own"\nurl = "{self.with_user("joe")}"\ndefault = true\n')
        self.adder("lock", ADDER_INDEX_OWN_PASSWORD=SECRET, ADDER_CACHE_DIR=self.path("cache3"))

    def test_redirect_to_another_host(self):
        """Neither the page's nor the file's redirect takes the password along: another port is another host."""
        for kind in ("page", "file"):
            with self.subTest(kind), Index(self.wheels) as other:
                self.index.faults = {kind: redirect(other.origin + "{path}")}
                self.environment["ADDER_CACHE_DIR"] = self.path("cache-" + kind)
                self.install(self.with_user())
                self.assertTrue(other.seen)
                self.assertFalse(any("Authorization" in headers for _, _, headers in other.seen), other.seen)

    def test_files_of_another_host(self):
        with Index(self.wheels) as other:
            page = self.index.project_page
            self.index.project_page = lambda project: {**page(project), "files": [
                {**row, "url": row["url"].replace("../..", other.origin)} for row in page(project)["files"]]}
            self.install(self.with_user())
            self.assertTrue(other.seen)
            self.assertFalse(any("Authorization" in headers for _, _, headers in other.seen))

    def test_two_indexes_of_one_host(self):
        """Each path has its own password."""
        self.write("pyproject.toml", f'[project]\nname = "p"\nversion = "1"\ndependencies = ["alpha"]\n\n[tool.adder]\npackage = false\n'
                   f'[[tool.adder.index]]\nurl = "{self.index.origin.replace("://", "://ann:other@")}/team"\n'
                   f'[[tool.adder.index]]\nurl = "{self.with_user()}"\ndefault = true\n')
        self.index.extra["/team/alpha/"] = self.index.extra["/team/beta/"] = (404, {}, b"")
        self.adder("lock")
        sent = {path: headers.get("Authorization") for _, path, headers in self.index.seen}
        self.assertNotEqual(sent["/team/alpha/"], sent["/simple/alpha/"])

    def test_compiled_requirements_do_not_have_it(self):
        wheel = f"{self.index.origin}/files/alpha-1.0-py3-none-any.whl".replace("://", f"://joe:{SECRET}@")
        self.write("in.txt", f"alpha @ {wheel}\n")
        result = self.adder("pip", "compile", "in.txt", "-i", self.with_user(), "--extra-index-url", self.with_user(), "--emit-index-url")
        self.hidden(result)
        self.assertIn(f"\n--index-url {self.index.url}\n", result.stdout)
        self.assertIn(f"\n--extra-index-url {self.index.url}\n", result.stdout)
        self.assertIn(f"\nalpha @ {self.index.origin}/files/", result.stdout)

    def test_first_index_decides(self):
        """A project of the team's index is never taken from the public one, newer or not (dependency confusion)."""
        from case import make_wheels
        public = Index(make_wheels(self.path("public"), ("alpha", "9.0"), ("beta", "9.0")))
        self.addCleanup(public.__exit__)
        self.install(public.url, "--extra-index-url", self.with_user())
        self.assertIn("version = '1.0'", self.read("out/alpha/__init__.py"))
        self.assertEqual(public.count("/simple/"), 0)
        self.install(public.url, "--extra-index-url", self.with_user(), "--index-strategy", "unsafe-best-match")
        self.assertIn("version = '9.0'", self.read("out/alpha/__init__.py"))
        self.install(public.url, "--index-strategy", "worst", status=2)

    def test_pins(self):
        """[tool.adder.sources] pins a project to an index; an explicit index serves nothing else."""
        from case import make_wheels
        team = Index(make_wheels(self.path("team"), ("alpha", "5.0", "beta"), ("beta", "5.0")))
        self.addCleanup(team.__exit__)
        self.write("pyproject.toml", f'[project]\nname = "p"\nversion = "1"\ndependencies = ["alpha"]\n\n[tool.adder]\npackage = false\n'
                   f'[[tool.adder.index]]\nname = "team"\nurl = "{team.url}"\nexplicit = true\n'
                   f'[[tool.adder.index]]\nurl = "{self.with_user()}"\ndefault = true\n[tool.adder.sources]\nalpha = {{ index = "team" }}\n')
        self.adder("lock")
        lock = self.read("pylock.toml")
        self.assertIn("alpha-5.0", lock)
        self.assertIn("beta-1.0", lock)
        self.assertEqual(team.count("/beta/"), 0)
        self.assertEqual(self.index.count("/simple/alpha/"), 0)

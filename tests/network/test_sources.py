"""Requirements that name where they come from: URLs, paths, archives, repositories."""
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import unittest
import zipfile

from case import NetworkTest
from server import Index


class Sources(NetworkTest):
    def setUp(self):
        super().setUp()
        self.write("adder.toml", "")

    def pip(self, *arguments, **keywords):
        if not os.path.exists(self.path("env")):
            self.adder("venv", "env")
        return self.adder("pip", "install", "-p", "env", "--no-index", *arguments, **keywords)

    def site(self, *names):
        return self.path("env/lib/python3.11/site-packages", *names)

    def direct_url(self, name, version="1.0"):
        with open(self.site(f"{name}-{version}.dist-info", "direct_url.json"), encoding="utf-8") as file:
            return json.load(file)

    def project(self, dependencies="", tool=""):
        self.write("app/pyproject.toml", f'[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [{dependencies}]\n\n'
                   f'[tool.adder]\npackage = false\n{tool}')
        return self.path("app")

    def in_project(self, *arguments, **keywords):
        return self.adder(*arguments, cwd=self.path("app"), **keywords)

    def locked(self):
        import tomllib
        return {package["name"]: package for package in tomllib.loads(self.read("app/pylock.toml"))["packages"]}

    # Archives

    def archive(self, name="gamma-1.0", kind="tar.gz", folder="", project="gamma"):
        """A source archive with one top directory `name`, the project below `folder` of it."""
        self.write_project(os.path.join("tree", name, folder), project)
        path = self.path(f"{name}.{kind}")
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as out:
                for top, _, names in os.walk(self.path("tree", name)):
                    for file in names:
                        full = os.path.join(top, file)
                        out.write(full, os.path.relpath(full, self.path("tree")))
        else:
            with tarfile.open(path, "w:gz") as out:
                out.add(self.path("tree", name), name)
        return path

    def test_archives_by_path(self):
        for kind in ("tar.gz", "zip"):
            with self.subTest(kind):
                path = self.archive(kind=kind)
                self.pip(path, "--force-reinstall")
                with open(path, "rb") as file:
                    digest = hashlib.sha256(file.read()).hexdigest()
                self.assertEqual(self.direct_url("gamma"), {"url": f"file://{path}", "archive_info": {"hashes": {"sha256": digest}}})
        self.pip("file://" + path, "--force-reinstall")
        self.pip("./" + os.path.basename(path), "--force-reinstall")
        self.pip(f"gamma @ file://{path}", "--force-reinstall")
        result = self.pip(f"delta @ file://{path}", status=2)
        self.assertIn("holds `gamma`, not `delta`", result.stderr)

    def test_archive_by_url(self):
        """As code hosting sites make them: the file is called after a tag, the folder after something else."""
        path = self.archive("gamma-0f3a", project="gamma", folder="python")
        with open(path, "rb") as file:
            body = file.read()
        with Index([]) as index:
            index.extra["/x/archive/main.tar.gz"] = (200, {}, body)
            url = index.origin + "/x/archive/main.tar.gz"
            digest = hashlib.sha256(body).hexdigest()
            self.pip(url + "#subdirectory=python")
            self.assertEqual(self.direct_url("gamma"), {"url": url, "archive_info": {"hashes": {"sha256": digest}}, "subdirectory": "python"})
            self.assertEqual(index.count("main.tar.gz"), 1)
            self.pip(f"gamma @ {url}#sha256={digest}&subdirectory=python", "--force-reinstall")
            result = self.pip(f"gamma @ {url}#sha256={'0' * 64}&subdirectory=python", "--force-reinstall", status=5)
            self.assertIn("is not the expected one", result.stderr)
            self.assertIn("no folder `nowhere`", self.pip(url + "#subdirectory=nowhere", status=5).stderr)
            self.project(f'"gamma @ {url}#subdirectory=python"')
            self.in_project("sync", "--no-index")
            self.assertEqual(self.locked()["gamma"]["archive"], {"url": url, "size": len(body), "subdirectory": "python", "hashes": {"sha256": digest}})
            self.assertTrue(os.path.exists(self.path("app/.venv/lib/python3.11/site-packages/gamma/__init__.py")))
        self.in_project("sync", "--no-index", "--offline", "--reinstall")

    def test_wheel_by_url(self):
        with Index(self.wheels) as index:
            url = index.origin + "/files/beta-1.0-py3-none-any.whl"
            self.pip(url)
            self.assertEqual(self.direct_url("beta")["url"], url)
            self.pip(f"beta @ {url}", "--force-reinstall")
            self.assertIn("answered 404", self.pip(index.origin + "/files/none-1.0-py3-none-any.whl", status=4).stderr)

    # Directories

    def test_directories(self):
        self.write_project("lib")
        self.pip("./lib")
        self.assertEqual(self.direct_url("gamma"), {"url": "file://" + self.path("lib"), "dir_info": {}})
        self.pip("-e", "./lib")
        self.assertTrue(self.direct_url("gamma")["dir_info"]["editable"])
        self.assertFalse(os.path.exists(self.site("gamma")))
        self.write("requirements.txt", "-e ./lib\n./other[x] ; python_version >= '3'\n")
        self.write_project("other", "delta", extra='[project.optional-dependencies]\nx = []\n')
        self.pip("-r", "requirements.txt")
        self.assertTrue(os.path.exists(self.site("delta/__init__.py")))

    def test_sources_table_of_paths(self):
        self.write_project("lib")
        self.write_project("other", "delta")
        self.project('"gamma", "delta>=1"', '[tool.adder.sources]\ngamma = { path = "../lib", editable = true }\ndelta = { path = "../other" }\n')
        self.in_project("sync", "--no-index")
        self.assertEqual(self.locked()["gamma"]["directory"], {"path": "../lib", "editable": True})
        self.assertEqual(self.locked()["delta"]["directory"]["path"], "../other")

    def test_add_paths(self):
        self.write_project("lib")
        self.project()
        self.in_project("add", "--no-index", "-e", "../lib")
        text = self.read("app/pyproject.toml")
        self.assertIn('"gamma"', text)
        self.assertIn('gamma = { path = "../lib", editable = true }', text)
        self.in_project("run", "--no-index", "python", "-c", "import gamma; print(gamma.version)")
        self.in_project("remove", "--no-index", "gamma")
        self.assertNotIn("lib", self.read("app/pyproject.toml"))

    # Repositories

    def repository(self):
        """main: gamma 2.0, tag v1: gamma 1.0, branch side: gamma 3.0."""
        path = self.make_repository()
        self.git(path, "tag", "-a", "-m", "one", "v1")
        self.git(path, "checkout", "-q", "-b", "side")
        self.make_repository(version="3.0")
        self.git(path, "checkout", "-q", "main")
        self.make_repository(version="2.0")
        return path, {name: self.git(path, "rev-parse", f"{name}^{{commit}}") for name in ("main", "side", "v1")}

    def test_git_revisions(self):
        path, commits = self.repository()
        cases = (("", "main", "2.0"), ("@side", "side", "3.0"), ("@v1", "v1", "1.0"), ("@" + commits["v1"], "v1", "1.0"), ("@" + commits["side"][:9], "side", "3.0"),
                 ("@refs/tags/v1", "v1", "1.0"))
        for revision, name, version in cases:
            with self.subTest(revision):
                self.pip(f"git+file://{path}{revision}", "--force-reinstall")
                found = self.direct_url("gamma", version)
                wanted = {"vcs": "git", "commit_id": commits[name]} | ({"requested_revision": revision[1:]} if revision else {})
                self.assertEqual(found, {"url": f"file://{path}", "vcs_info": wanted})
        self.assertIn(f"gamma @ git+file://{path}@{commits['v1']}", self.adder("pip", "freeze", "-p", "env").stdout)
        self.assertIn("no revision `nope`", self.pip(f"git+file://{path}@nope", status=4).stderr)

    def test_git_is_not_tricked(self):
        path, _ = self.repository()
        for revision in ("@--upload-pack=touch+x", "@-x", "@a..b", "@a:b", "@x^{tree}"):
            self.assertIn("is no revision", self.pip(f"gamma @ git+file://{path}{revision}", status=2).stderr)
        for url in ("git+ext::sh", "git+ext://x/y", "hg+https://example.org/x", "git+file:///nowhere#subdirectory=../.."):
            self.pip(f"gamma @ {url}", status=2)
        self.assertIn("git fetch", self.pip(f"gamma @ git+file://{self.path('nowhere')}", status=4).stderr)

    def test_git_in_a_dirty_environment(self):
        """What a git hook leaves in the environment is not passed on."""
        path, _ = self.repository()
        self.write("empty/x", "")
        self.pip(f"git+file://{path}", GIT_DIR=self.path("empty"), GIT_WORK_TREE=self.path("empty"), GIT_INDEX_FILE=self.path("empty/index"))
        self.assertEqual(os.listdir(self.path("empty")), ["x"])

    def test_git_subdirectory_and_submodule(self):
        inner = self.make_repository("inner", project="delta")
        outer = self.make_repository("outer", folder="python", project="gamma")
        self.git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", f"file://{inner}", "python/src/gamma/inner")
        self.git(outer, "commit", "-q", "-m", "submodule")
        self.pip(f"git+file://{outer}#subdirectory=python&egg=gamma")
        self.assertTrue(os.path.exists(self.site("gamma/inner/src/delta/__init__.py")))
        self.assertEqual(self.direct_url("gamma")["subdirectory"], "python")

    def test_editable_repository(self):
        path, commits = self.repository()
        self.pip("-e", f"git+file://{path}@v1#egg=gamma")
        self.assertEqual(self.git(self.path("env/src/gamma"), "rev-parse", "HEAD"), commits["v1"])
        self.assertTrue(self.direct_url("gamma")["dir_info"]["editable"])
        self.pip("-e", f"git+file://{path}@side#egg=gamma")
        self.assertEqual(self.git(self.path("env/src/gamma"), "rev-parse", "HEAD"), commits["side"])
        self.write("env/src/gamma/pyproject.toml", "changed")
        self.assertIn("holds something else", self.pip("-e", f"git+file://{path}@v1#egg=gamma", status=1).stderr)

    def test_lock_of_a_branch(self):
        path, commits = self.repository()
        self.project(f'"gamma @ git+file://{path}@side"')
        self.in_project("sync", "--no-index")
        self.assertEqual(self.locked()["gamma"]["vcs"], {"type": "git", "url": f"file://{path}", "requested-revision": "side", "commit-id": commits["side"]})
        installed = self.path("app/.venv/lib/python3.11/site-packages/gamma/__init__.py")
        self.assertTrue(os.path.exists(installed))
        # The branch moves on; the lock does not, until it is told to.
        self.git(path, "checkout", "-q", "side")
        self.make_repository(version="4.0")
        self.in_project("lock", "--no-index")
        self.assertEqual(self.locked()["gamma"]["vcs"]["commit-id"], commits["side"])
        # Without the repository and the environment: the cache has what the lock says.
        shutil.rmtree(self.path("app/.venv"))
        os.rename(path, path + "-away")
        self.in_project("sync", "--no-index", "--offline")
        self.assertIn("3.0", self.read("app/.venv/lib/python3.11/site-packages/gamma/__init__.py"))
        os.rename(path + "-away", path)
        self.in_project("lock", "--no-index", "-P", "gamma")
        self.assertEqual(self.locked()["gamma"]["vcs"]["commit-id"], self.git(path, "rev-parse", "side"))
        self.in_project("sync", "--no-index")
        self.assertIn("4.0", self.read("app/.venv/lib/python3.11/site-packages/gamma/__init__.py"))

    def test_add_a_repository(self):
        path, commits = self.repository()
        self.project()
        self.in_project("add", "--no-index", f"git+file://{path}", "--tag", "v1")
        self.assertIn(f'"gamma @ git+file://{path}@v1"', self.read("app/pyproject.toml"))
        self.assertEqual(self.locked()["gamma"]["vcs"]["commit-id"], commits["v1"])
        self.in_project("add", "--no-index", "gamma", "--tag", "v1", status=2)
        self.in_project("add", "--no-index", f"git+file://{path}", "--tag", "v1", "--branch", "side", status=2)

    def test_sources_table_of_repositories(self):
        path, commits = self.repository()
        for key, value in (("branch", "side"), ("tag", "v1"), ("rev", commits["main"])):
            self.project('"gamma"', f'[tool.adder.sources]\ngamma = {{ git = "file://{path}", {key} = "{value}" }}\n')
            self.in_project("lock", "--no-index", "--upgrade")
            self.assertIn(self.locked()["gamma"]["vcs"]["commit-id"], commits.values())
            self.assertEqual(self.locked()["gamma"]["vcs"]["requested-revision"], value)

    @unittest.skipUnless(os.path.exists("/usr/lib/git-core/git-http-backend"), "git's HTTP server")
    def test_git_over_http_with_a_password(self):
        """The password reaches the server, and nothing that is written or shown."""
        path, commits = self.repository()
        secret = "s3cr3t-token"
        with GitServer(os.path.dirname(path), f"joe:{secret}") as server:
            url = f"git+http://joe:{secret}@127.0.0.1:{server.port}/repo@v1"
            result = self.pip(url, "-v")
            self.assertEqual(self.direct_url("gamma")["vcs_info"]["commit_id"], commits["v1"])
            self.project()
            added = self.in_project("add", "-v", "--no-index", url)
            self.assertIn("127.0.0.1", self.read("app/pyproject.toml"))
            refused = self.pip(url.replace("s3cr3t", "wrong"), "--force-reinstall", ADDER_CACHE_DIR=self.path("other"), status=4)
            for each in (result, added, refused):
                self.assertNotIn("token", each.stdout + each.stderr)
            self.assertNotIn(secret.encode(), self.everything_written())
            # git itself asks nobody.
            self.pip(f"git+http://127.0.0.1:{server.port}/repo", "--force-reinstall", ADDER_CACHE_DIR=self.path("third"), status=4)

    # Files of sources

    def test_download_of_a_repository(self):
        repository = self.make_repository()
        first = self.git(repository, "rev-parse", "HEAD")
        self.make_repository(version="2.0")
        self.adder("pip", "download", "--no-index", "-d", "out", f"git+file://{repository}@{first}")
        self.assertEqual(os.listdir(self.path("out")), ["gamma-1.0.tar.gz"])
        self.adder("pip", "wheel", "--no-index", "-w", "built", f"git+file://{repository}")
        self.assertEqual(os.listdir(self.path("built")), ["gamma-2.0-py3-none-any.whl"])

    def test_download_of_an_archive(self):
        with Index(self.wheels) as index:
            with open(self.archive(), "rb") as file:
                index.extra["/main.tar.gz"] = 200, {"Content-Type": "application/gzip"}, file.read()
            url = index.origin + "/main.tar.gz"
            self.adder("pip", "download", "--no-index", "-d", "out", f"gamma @ {url}")
            self.assertEqual(os.listdir(self.path("out")), ["main.tar.gz"])
            self.adder("pip", "wheel", "--no-index", "-w", "built", f"gamma @ {url}")
            self.assertEqual(os.listdir(self.path("built")), ["gamma-1.0-py3-none-any.whl"])

    def test_download_is_all_or_nothing(self):
        with Index(self.wheels) as index:
            rows = index.rows
            index.rows = lambda project: [(name, "0" * 64 if project == "beta" else digest, size) for name, digest, size in rows(project)]
            result = self.adder("pip", "download", "-i", index.url, "-d", "out", "alpha", status=5)
            self.assertIn("beta", result.stderr)
            self.assertEqual(os.listdir(self.path("out")), [])


class GitServer:
    """git-http-backend behind a password."""

    def __init__(self, root, user):
        import base64
        import http.server
        import threading
        wanted = "Basic " + base64.b64encode(user.encode()).decode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def answer(self):
                if self.headers.get("Authorization") != wanted:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.end_headers()
                    return
                place, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                environment = {
                    "PATH": "/usr/bin:/bin", "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": place, "QUERY_STRING": query,
                    "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
                }
                done = subprocess.run(["/usr/lib/git-core/git-http-backend"], input=body, env=environment, capture_output=True, check=True)
                head, _, rest = done.stdout.partition(b"\r\n\r\n")
                fields = [line.split(": ", 1) for line in head.decode().splitlines()]
                status = next((value for name, value in fields if name == "Status"), "200")
                self.send_response(int(status.split()[0]))
                for name, value in fields:
                    if name != "Status":
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(rest)

            do_GET = do_POST = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

"""Uploads to indexes of all kinds, and what `adder index serve` takes and shows."""
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request

from case import NetworkTest, make_wheels
from server import Index, status

WHEEL = "beta-1.0-py3-none-any.whl"


def in_reason(handler, right):
    """Nexus: the text is in the status line, and the body is for browsers."""
    handler.send_response(400, "Repository does not allow updating assets: hosted")
    handler.send_header("Content-Length", "0")
    handler.end_headers()
    return True


class Publish(NetworkTest):
    def setUp(self):
        super().setUp()
        self.index = Index([])
        self.addCleanup(self.index.__exit__)
        self.index.extra["/legacy/"] = (200, {}, b"")
        self.legacy = self.index.origin + "/legacy/"

    def publish(self, *more, **keywords):
        return self.adder("publish", *more, os.path.join("wheels", WHEEL), **keywords)

    def test_files_that_are_there(self):
        for code, text in ((409, b""), (400, b"File already exists."), (400, b"name has already been taken"),
                           (403, b"Not enough permissions to overwrite artifact 'x'"), (400, b"<p>Repository does not allow updating assets</p>")):
            with self.subTest(text):
                self.index.faults["extra"] = status(code, body=text)
                result = self.publish("--publish-url", self.legacy, "--token", "t", "--skip-existing")
                self.assertIn("skipped " + WHEEL, result.stderr)
                self.publish("--publish-url", self.legacy, "--token", "t", status=4)
        self.index.faults["extra"] = in_reason
        self.publish("--publish-url", self.legacy, "--token", "t", "--skip-existing")
        for code, text in ((403, b"no"), (400, b"overwrite artifact"), (403, b"already exists")):
            self.index.faults["extra"] = status(code, body=text)
            self.publish("--publish-url", self.legacy, "--token", "t", "--skip-existing", status=4)

    def sent_user(self):
        return base64.b64decode(self.index.seen[-1][2]["Authorization"].removeprefix("Basic ")).decode()

    def test_pypirc(self):
        self.write("home/.pypirc", f"[Mine]\nRepository:\n  {self.legacy}\nUserName = joe\n[none]\nusername = joe\n")
        self.write("home/.netrc", "machine 127.0.0.1 login joe password s3cr3t\n")
        self.assertIn("to " + self.legacy, self.publish("-r", "Mine", "--dry-run").stderr)
        self.publish("-r", "Mine")
        self.assertEqual(self.sent_user(), "joe:s3cr3t")
        self.write("home/.pypirc", f"[url]\nrepository = {self.legacy.replace('://', '://joe@')}\n[wrong]\nrepository = nowhere\n")
        self.publish("-r", "url")
        self.assertEqual(self.sent_user(), "joe:s3cr3t")
        self.assertIn("`nowhere` is not a URL", self.publish("-r", "wrong", "--dry-run", status=2).stderr)
        self.write("home/.pypirc", "[none]\nusername = joe\n")
        self.assertIn("names no `repository`", self.publish("-r", "none", "--dry-run", status=1).stderr)

    def test_keyring(self):
        path = os.path.join(self.bin, "keyring")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nif [ "$*" = "get {self.legacy} joe" ]; then echo s3cr3t; else exit 1; fi\n')
        os.chmod(path, 0o755)
        self.publish("--publish-url", self.legacy, "-u", "joe", "--keyring-provider", "subprocess")
        self.assertEqual(self.sent_user(), "joe:s3cr3t")

    def test_json(self):
        result = json.loads(self.publish("--publish-url", self.legacy.replace("://", "://joe:s3cr3t@"), "--json").stdout)
        self.assertEqual(result["files"], [{"file": "wheels/" + WHEEL, "name": "beta", "version": "1.0", "outcome": "uploaded"}])
        self.assertNotIn("s3cr3t", str(result))
        result = json.loads(self.publish("--publish-url", self.legacy, "--token", "t", "--json", "--dry-run").stdout)
        self.assertEqual(result["files"][0]["outcome"], "checked")


class Serve(NetworkTest):
    def serve(self, *options):
        server = subprocess.Popen(["adder", "index", "serve", "registry", "--port", "0", "--token", "t", *options], cwd=self.place, env=self.environment,
                                  stderr=subprocess.PIPE, text=True)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return re.search(r"http://\S+/simple/", server.stderr.readline())[0]

    def get(self, url):
        request = urllib.request.Request(url, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.read()

    def files(self, url, project):
        return {row["filename"]: row for row in json.loads(self.get(url + project + "/"))["files"]}

    def test_port(self):
        self.assertIn("65535", self.adder("index", "serve", "registry", "--port", "99999", status=2).stderr)

    def test_address_with_colons(self):
        try:
            url = self.serve("--host", "::1")
        except TypeError:
            self.skipTest("no IPv6")
        self.assertTrue(url.startswith("http://[::1]:"), url)
        self.get(url)

    def overwrite(self, path, data):
        """In place: the folder's time stays."""
        with open(path, "r+b") as file:
            file.write(data)
            file.truncate()

    def test_files_written_over_in_place(self):
        shutil.copytree(self.path("wheels"), self.path("registry"))
        url = self.serve()
        path = self.path("registry", WHEEL)
        old = self.files(url, "beta")[WHEEL]
        make_wheels(self.path("more"), ("beta", "1.0", "gamma"))
        with open(self.path("more", WHEEL), "rb") as file:
            data = file.read()
        self.overwrite(path, data[:100])
        # Not whole: it is not offered, until it is.
        self.assertNotIn(WHEEL, self.project_or_none(url))
        self.overwrite(path, data)
        new = self.files(url, "beta")[WHEEL]
        self.assertNotEqual(new["hashes"], old["hashes"])
        self.assertEqual((new["hashes"]["sha256"], new["size"]), (hashlib.sha256(data).hexdigest(), len(data)))
        metadata = self.get(url.replace("/simple/", "/files/") + WHEEL + ".metadata")
        self.assertEqual(new["core-metadata"]["sha256"], hashlib.sha256(metadata).hexdigest())
        self.assertIn(b"gamma", metadata)

    def project_or_none(self, url):
        try:
            return self.files(url, "beta")
        except urllib.error.HTTPError:
            return {}

    def upload(self, url, name, status=0, source=WHEEL):
        shutil.copy(self.path("wheels", source), self.path(name))
        return self.adder("publish", "--publish-url", url.replace("/simple/", "/legacy/"), "--token", "t", name, status=status)

    def test_doubles_under_other_names(self):
        url = self.serve()
        self.upload(url, WHEEL)
        for name in ("beta-01.0-py3-none-any.whl", "beta-1.0.0-py3-none-any.whl", "BETA-1.0-py3-none-any.whl"):
            self.assertIn("is there already", self.upload(url, name, status=4).stderr)
        self.upload(url, "beta-1.0-1-py3-none-any.whl")
        self.upload(url, "beta-1.0-01-py3-none-any.whl", status=4)
        self.upload(url, "beta-1.0-py2.py3-none-any.whl")
        self.assertIn("is there already", self.upload(url, "beta-1.0-py3.py2-none-any.whl", status=4).stderr)
        self.assertIn("build tag", self.upload(url, "beta-1.0-1<x>-py3-none-any.whl", status=4).stderr)
        self.assertEqual(len(self.files(url, "beta")), 3)

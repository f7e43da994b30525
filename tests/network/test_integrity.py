"""That what is installed is what was promised, also where the cache knows something: hashes, metadata, passwords, damage."""
import base64
import glob
import hashlib
import io
import json
import os
import shutil
import tarfile
import zipfile

from case import NetworkTest
from server import Index

JSON = "application/vnd.pypi.simple.v1+json"
ALPHA, EVIL = "alpha-1.0-py3-none-any.whl", "evil-1.0-py3-none-any.whl"


def digest(data, algorithm="sha256"):
    return hashlib.new(algorithm, data).hexdigest()


def metadata(name, requirements=(), version="1.0"):
    return (f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {one}\n" for one in requirements)).encode()


def wheel(name, requirements=(), code="", version="1.0"):
    info = f"{name}-{version}.dist-info"
    files = {f"{name}/__init__.py": code.encode(), f"{info}/METADATA": metadata(name, requirements, version),
             f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    rows = [f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n" for path, data in files.items()]
    files[f"{info}/RECORD"] = ("".join(rows) + f"{info}/RECORD,,\n").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return out.getvalue()


def source(name, version, code, form="gztar", dependencies=()):
    """An sdist whose metadata its PKG-INFO says."""
    top = f"{name}-{version}"
    info = metadata(name, dependencies, version).replace(b"2.1", b"2.2")
    project = f'[build-system]\nrequires = ["adder-build"]\nbuild-backend = "adder_build"\n\n[project]\nname = "{name}"\nversion = "{version}"\n'
    project += f"dependencies = {json.dumps(list(dependencies))}\n"
    files = {f"{top}/PKG-INFO": info, f"{top}/pyproject.toml": project.encode(), f"{top}/src/{name}/__init__.py": code.encode()}
    out = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(out, "w") as archive:
            for path, data in files.items():
                archive.writestr(path, data)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode={"gztar": "w:gz", "xztar": "w:xz"}[form]) as archive:
        for path, data in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


class IntegrityTest(NetworkTest):
    def setUp(self):
        super().setUp()
        self.index = self.another_index()

    def another_index(self):
        index = Index([])
        self.addCleanup(index.__exit__)
        return index

    def serve(self, name, data, index=None, **headers):
        (index or self.index).extra["/f/" + name] = 200, {"Content-Type": "application/octet-stream", **headers}, data

    def html(self, body, index=None, project="alpha"):
        (index or self.index).extra[f"/simple/{project}/"] = 200, {"Content-Type": "text/html"}, body.encode()

    def rows(self, *rows, index=None, project="alpha", **headers):
        page = {"meta": {"api-version": "1.1"}, "name": project, "files": list(rows)}
        (index or self.index).extra[f"/simple/{project}/"] = 200, {"Content-Type": JSON, **headers}, json.dumps(page).encode()

    @staticmethod
    def row(name, data, **more):
        return {"filename": name, "url": "/f/" + name, "hashes": {"sha256": digest(data)}, **more}

    def serve_evil(self, index=None):
        data = wheel("evil")
        self.serve(EVIL, data, index)
        self.rows(self.row(EVIL, data), index=index, project="evil")

    def installed(self, *more, requirement="alpha", index=None, **keywords):
        """The code of the module that was installed."""
        self.install((index or self.index).url, *more, requirement=requirement, **keywords)
        with open(self.path("out", "alpha", "__init__.py"), encoding="utf-8") as file:
            return file.read()

    def files_asked(self):
        return [path for _, path, _ in self.index.seen if path.startswith("/f/")]

    def cached(self, bucket):
        return [path for path in glob.glob(self.path("cache", bucket + "-v*", "*", "*")) if os.path.isfile(path)]


class Bytes(IntegrityTest):
    """A file is replaced on the server; the cache knows its URL."""

    def setUp(self):
        super().setUp()
        self.old, self.new = wheel("alpha", code="old"), wheel("alpha", code="new")
        self.link()
        self.serve(ALPHA, self.old)

    def link(self, fragment=""):
        self.html(f'<a href="/f/{ALPHA}{fragment}">x</a>')

    def replaced(self, **headers):
        self.assertEqual(self.installed(), "old")
        self.serve(ALPHA, self.new, **headers)

    def hashed(self, data, algorithm="sha512", status=0):
        self.write("r.txt", f"alpha==1.0 --hash={algorithm}:{digest(data, algorithm)}\n")
        shutil.rmtree(self.path("out"), ignore_errors=True)
        self.adder("pip", "install", "--target", "out", "-i", self.index.url, "--require-hashes", "-r", "r.txt", status=status)
        return None if status else self.read("out/alpha/__init__.py")

    def test_required_hashes(self):
        self.replaced()
        self.hashed(self.old, status=5)
        self.assertEqual(self.hashed(self.new), "new")
        self.assertEqual(self.hashed(self.new, "sha256"), "new")

    def test_hashes_of_a_lock(self):
        self.replaced()
        for data, status in (self.old, 5), (self.new, 0):
            hashes = f'{{sha512 = "{digest(data, "sha512")}"}}'
            self.write("pylock.toml", 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "alpha"\nversion = "1.0"\n'
                       f'wheels = [{{name = "{ALPHA}", url = "{self.index.origin}/f/{ALPHA}", hashes = {hashes}}}]\n')
            shutil.rmtree(self.path("out"), ignore_errors=True)
            self.adder("pip", "install", "--target", "out", "-r", "pylock.toml", status=status)
        self.assertEqual(self.read("out/alpha/__init__.py"), "new")

    def test_hashes_of_a_page(self):
        for algorithm in ("sha512", "md5", "sha384"):
            with self.subTest(algorithm):
                self.environment["ADDER_CACHE_DIR"] = self.path("cache-" + algorithm)
                self.serve(ALPHA, self.old)
                self.link()
                self.replaced()
                self.link(f"#{algorithm}={digest(self.new, algorithm)}")
                self.assertEqual(self.installed(), "new")
                self.link(f"#{algorithm}={digest(self.old, algorithm)}")
                self.install(self.index.url, status=5)

    def test_hashes_that_were_found_right_are_believed(self):
        self.link("#sha512=" + digest(self.old, "sha512"))
        self.installed()
        self.index.seen.clear()
        self.assertEqual(self.installed(), "old")
        self.assertEqual(self.files_asked(), [])

    def test_two_hashes_of_which_one_is_wrong(self):
        self.rows({**self.row(ALPHA, self.old), "hashes": {"sha256": digest(self.old)}})
        self.installed()
        self.rows({**self.row(ALPHA, self.old), "hashes": {"sha256": digest(self.old), "sha512": digest(self.new, "sha512")}})
        self.install(self.index.url, status=5)

    def test_without_hashes(self):
        self.replaced()
        self.assertEqual(self.installed(), "new")

    def test_without_hashes_while_fresh(self):
        self.serve(ALPHA, self.old, **{"Cache-Control": "max-age=600"})
        self.replaced()
        self.index.seen.clear()
        self.assertEqual(self.installed(), "old")
        self.assertEqual(self.files_asked(), [])
        self.assertEqual(self.installed("--refresh-package", "beta"), "old")
        self.assertEqual(self.installed("--offline"), "old")
        self.assertEqual(self.installed("--refresh-package", "alpha"), "new")
        self.serve(ALPHA, self.old)
        self.assertEqual(self.installed("--refresh"), "old")

    def test_without_hashes_unchanged(self):
        """A server that can say so is asked whether the file has changed, for the wheel and its metadata."""
        answers = []

        def unchanged(handler, right):
            same = handler.path.startswith("/f/") and handler.headers.get("If-None-Match") == right[1].get("ETag")
            answers.append((handler.path, 304 if same else right[0]))
            if same:
                handler.send(304, right[1], b"")
            return same

        self.index.faults["extra"] = unchanged
        self.serve(ALPHA, self.old, ETag='"one"')
        self.installed()
        for _ in range(2):
            answers.clear()
            self.assertEqual(self.installed(), "old")
            self.assertEqual({status for path, status in answers if path.startswith("/f/")}, {304})
        self.serve(ALPHA, self.new, ETag='"two"')
        self.assertEqual(self.installed(), "new")

    def test_metadata_of_a_replaced_file(self):
        self.serve_evil()
        self.replaced()
        self.serve(ALPHA, wheel("alpha", ["evil"]))
        self.installed()
        self.assertInstalled("evil")

    def test_source_archives(self):
        self.html('<a href="/f/alpha-1.0.tar.gz">x</a>')
        self.serve("alpha-1.0.tar.gz", source("alpha", "1.0", "old"))
        self.assertEqual(self.installed(), "old")
        self.serve_evil()
        self.serve("alpha-1.0.tar.gz", source("alpha", "1.0", "new", dependencies=["evil"]))
        self.assertEqual(self.installed(), "new")
        self.assertInstalled("evil")

    def test_locking(self):
        """The hashes of a lock are those of the files that are there now."""
        self.replaced()
        self.write("r.in", "alpha\n")
        out = self.adder("pip", "compile", "r.in", "-i", self.index.url, "--generate-hashes").stdout
        self.assertIn(digest(self.new), out)
        self.assertNotIn(digest(self.old), out)

    def test_hashes_that_cannot_be_read(self):
        wrong = ["#sha256=zz" + digest(self.old)[2:], "#sha256=", "#md5=-", {"sha256": 5}, {"sha256": None}, {"sha256": ""}]
        good = wheel("alpha", code="older", version="0.9")
        self.serve(ALPHA.replace("1.0", "0.9"), good)
        for hashes in wrong:
            with self.subTest(str(hashes)):
                self.environment["ADDER_CACHE_DIR"] = self.path("cache" + str(abs(hash(str(hashes)))))
                if isinstance(hashes, str):
                    self.html(f'<a href="/f/{ALPHA}{hashes}">x</a><a href="/f/alpha-0.9-py3-none-any.whl">y</a>')
                else:
                    self.rows({**self.row(ALPHA, self.old), "hashes": hashes}, self.row("alpha-0.9-py3-none-any.whl", good))
                for _ in range(2):
                    result = self.install(self.index.url, status=5)
                    self.assertIn("that is no hash", result.stderr)
                self.assertEqual(self.installed(requirement="alpha<1"), "older")
        result = self.install(self.index.url, requirement=f"alpha @ {self.index.origin}/f/{ALPHA}#sha256=zz", status=5)
        self.assertIn("that is no hash", result.stderr)
        self.html(f'<a href="/f/{ALPHA}#whirlpool=zz">x</a>')
        self.assertEqual(self.installed(), "old")


class Metadata(IntegrityTest):
    """An index that says of a wheel what the wheel does not say."""

    def setUp(self):
        super().setUp()
        self.data, self.lie = wheel("alpha"), metadata("alpha", ["evil"])
        self.serve_evil()

    def lying(self, index=None, announced=True):
        self.serve(ALPHA, self.data, index)
        self.serve(ALPHA + ".metadata", self.lie, index)
        self.rows(self.row(ALPHA, self.data, **{"core-metadata": {"sha256": digest(self.lie)} if announced else True}), index=index)

    def test_a_lie_is_refused_each_time(self):
        for announced in (True, False):
            with self.subTest(announced):
                self.environment["ADDER_CACHE_DIR"] = self.path(f"cache-{announced}")
                self.lying(announced=announced)
                for _ in range(3):
                    result = self.install(self.index.url, status=5)
                    self.assertIn("has another Requires-Dist than the metadata", result.stderr)

    def test_a_wheel_that_is_in_the_cache_is_compared(self):
        self.serve(ALPHA, self.data)
        self.html(f'<a href="/f/{ALPHA}#sha256={digest(self.data)}">x</a>')
        self.installed()
        # All but the wheels.
        for bucket in ("metadata", "projects", "pages", "links"):
            for path in self.cached(bucket):
                os.remove(path)
        self.lying()
        self.install(self.index.url, status=5)

    def test_one_index_does_not_speak_for_another(self):
        self.lying()
        self.write("r.in", "alpha\n")
        self.assertIn("evil", self.adder("pip", "compile", "r.in", "-i", self.index.url).stdout)
        honest = self.another_index()
        self.serve(ALPHA, self.data, honest)
        for announced in ({}, {"core-metadata": True}):
            self.serve(ALPHA + ".metadata", metadata("alpha"), honest)
            self.rows(self.row(ALPHA, self.data, **announced), index=honest)
            self.assertNotIn("evil", self.adder("pip", "compile", "r.in", "-i", honest.url).stdout)
        self.installed(index=honest)
        self.assertFalse(os.path.exists(self.path("out", "evil")))

    def test_ranges(self):
        liar = wheel("alpha", ["evil"])

        def ranged(handler, right):
            if not handler.headers.get("Range") or not handler.path.endswith(ALPHA):
                return False
            handler.send(206, {"Content-Range": f"bytes 0-{len(liar) - 1}/{len(liar)}"}, liar)
            return True

        self.index.faults["extra"] = ranged
        self.serve(ALPHA, self.data)
        self.rows(self.row(ALPHA, self.data))
        for requirement in ("alpha", f"alpha @ {self.index.origin}/f/{ALPHA}#sha256={digest(self.data)}"):
            for _ in range(2):
                self.install(self.index.url, requirement=requirement, status=5)

    def test_source_archives(self):
        name = "alpha-1.0.tar.gz"
        data = source("alpha", "1.0", "code")
        self.serve(name, data)
        for text, status in (self.lie, 5), (metadata("alpha"), 0):
            self.serve(name + ".metadata", text)
            self.rows(self.row(name, data, **{"core-metadata": {"sha256": digest(text)}}))
            for _ in range(2):
                self.install(self.index.url, status=status)

    def test_damage(self):
        """An entry that is damaged is fetched anew in the same run."""
        data = wheel("alpha", ["evil"])
        self.serve(ALPHA, data)
        self.rows(self.row(ALPHA, data))
        self.installed()
        for damage in (lambda old: old.split(b"Requires")[0], lambda old: b"", lambda old: old.replace(b"evil", b"live")):
            entries = self.cached("metadata")
            self.assertTrue(entries)
            for path in entries:
                with open(path, "rb") as file:
                    old = file.read()
                with open(path, "wb") as file:
                    file.write(damage(old))
            report = json.loads(self.adder("cache", "verify", "--json", status=1).stdout)
            self.assertEqual({one["entry"] for one in report["problems"]} - set(entries), set())
            self.assertTrue(report["problems"])
            self.installed()
            self.assertInstalled("alpha", "evil")
            self.installed("--offline")
            self.assertInstalled("alpha", "evil")
        for path in self.cached("metadata"):
            os.truncate(path, 3)
        self.adder("cache", "verify", "--remove")
        self.adder("cache", "verify")
        self.installed()
        self.assertInstalled("alpha", "evil")


class Pages(IntegrityTest):
    def setUp(self):
        super().setUp()
        self.data = wheel("alpha", code="one")
        self.serve(ALPHA, self.data)

    def test_passwords_of_a_page(self):
        self.index.user = "bob:S3CRET"
        del self.index.extra["/f/" + ALPHA]
        self.index.wheels[ALPHA] = self.data
        url = f"http://bob:S3CRET@127.0.0.1:{self.index.port}/files/{ALPHA}"
        self.write("p/pyproject.toml", '[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["alpha"]\n')
        link = f'<a href="{url}#sha256={digest(self.data)}">x</a>'
        for page in (lambda: self.rows({**self.row(ALPHA, self.data), "url": url}, **{"Cache-Control": "max-age=600"}), lambda: self.html(link)):
            page()
            self.adder("lock", "-i", self.index.url, cwd=self.path("p"))
            self.installed("--report", "report.json")
            # The password is learned anew in each run.
            shutil.rmtree(self.path("cache", "wheels-v3"))
            self.installed()
            self.installed("--no-index", "-f", self.index.url + "/alpha/")
            self.assertNotIn(b"S3CRET", self.everything_written())
        other = self.another_index()
        self.rows({**self.row(ALPHA, self.data), "url": url.replace("127.0.0.1", "localhost")}, index=other)
        self.environment["ADDER_CACHE_DIR"] = self.path("empty")
        result = self.install(other.url, status=4)
        self.assertIn("401", result.stderr)

    def test_compile_of_a_url_with_a_password(self):
        self.write("r.in", f"alpha @ http://bob:S3CRET@127.0.0.1:{self.index.port}/f/{ALPHA}\n")
        out = self.adder("pip", "compile", "r.in", "--no-index").stdout
        self.assertIn(f"alpha @ {self.index.origin}/f/{ALPHA}", out)
        self.assertNotIn("S3CRET", out)

    def test_source_archives_of_old_forms(self):
        newer = source("alpha", "3.0", "new", "xztar")
        for name in ("alpha-3.0.tar.xz", "alpha-3.0.tar.bz2"):
            self.serve(name, newer)
            self.rows(self.row(ALPHA, self.data), self.row(name, newer))
            self.assertEqual(self.installed(), "one")
            self.rows(self.row(name, newer))
            result = self.install(self.index.url, status=3)
            self.assertIn(f"`{name}` is a source archive of an old form", result.stderr)
        both = source("alpha", "3.0", "both")
        self.serve("alpha-3.0.tar.gz", both)
        self.rows(self.row("alpha-3.0.tar.bz2", newer), self.row("alpha-3.0.tar.gz", both))
        self.assertEqual(self.installed(), "both")
        for name, form in ("alpha-4.0.zip", "zip"), ("alpha-5.0.tgz", "gztar"):
            data = source("alpha", name[6:9], name, form)
            self.serve(name, data)
            self.rows(self.row(ALPHA, self.data), self.row(name, data))
            self.assertEqual(self.installed(), name)

    def test_page_known_as_json_as_page_of_links(self):
        self.rows(self.row(ALPHA, self.data), **{"Cache-Control": "max-age=600", "Vary": "Accept"})
        self.installed()
        self.installed("--no-index", "-f", self.index.url + "/alpha/")

    def test_html_that_pip_reads(self):
        self.serve(ALPHA.replace("1.0", "2.0"), wheel("alpha", version="2.0"))
        newer = f"<a href='/f/{ALPHA.replace('1.0', '2.0')}'"
        self.html(f'{newer} data-requires-python="&gt=3.99">2</a><a href="/f/{ALPHA}" data-requires-python="&gt=3.6">1</a>')
        self.assertEqual(self.installed(), "one")
        self.html(f"<a href=/f/{ALPHA} title=don't>1</a><script>x = \"{newer}>2</a>\"</script><!-- {newer}>2</a> -->")
        self.assertEqual(self.installed(), "one")

    def test_urls_of_files(self):
        self.index.extra["/f%20x/" + ALPHA] = self.index.extra["/f/" + ALPHA]
        self.rows({**self.row(ALPHA, self.data), "url": "/f x/" + ALPHA})
        self.assertEqual(self.installed(), "one")
        self.write("evil/" + ALPHA, "")
        for scheme in ("javascript:", "mailto:", "file://" + self.path("evil") + "/"):
            newer = scheme + ALPHA.replace("1.0", "2.0")
            self.html(f'<a href="{newer}">x</a><a href="/f/{ALPHA}">x</a>')
            self.assertEqual(self.installed(), "one")
            self.rows(self.row(ALPHA, self.data, size=-5) | {"size": -5}, {**self.row(ALPHA.replace("1.0", "2.0"), b""), "url": newer})
            self.assertEqual(self.installed(), "one")

    def test_page_of_links_in_a_file(self):
        with open(self.path("alpha-2.0-py3-none-any.whl"), "wb") as file:
            file.write(wheel("alpha", code="two", version="2.0"))
        self.write("links.html", f'<a href="{self.index.origin}/f/{ALPHA}">x</a>')
        for place in (self.path("links.html"), "links.html", "file://" + self.path("links.html")):
            self.assertEqual(self.installed("--no-index", "-f", place), "one")
        self.write("links.html", f'<a href="{self.index.origin}/f/{ALPHA}">x</a><a href="alpha-2.0-py3-none-any.whl">y</a>')
        self.assertEqual(self.installed("--no-index", "-f", "links.html"), "two")
        self.assertEqual(self.installed("--no-index", "-f", "alpha-2.0-py3-none-any.whl"), "two")

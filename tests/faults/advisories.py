"""advisories.py ADDER WATCH: what other installers had advisories for (facts: CVE numbers beside each test) and the corpus of
hostile.py does not hold. Each archive or index is made here; a refusal has status 5 unless said otherwise."""
import gzip
import http.server
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import threading
import time

import archives
import sandbox
from sandbox import check


def put(box, name, data):
    path = os.path.join(box.work, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def refused(box, path, status=5):
    target = os.path.join(box.work, "T")
    done, changes = box.watched("pip", "install", "--no-index", "--no-deps", "--target", target, path)
    check(done.returncode == status, f"{os.path.basename(path)}: status {done.returncode}, not {status}: {done.stderr}")
    outside = box.outside(changes, target)
    check(not outside, f"{os.path.basename(path)}: changed {outside[:3]}")
    left = [name for name in sandbox.tree(target)] if os.path.isdir(target) else []
    check(not left, f"{os.path.basename(path)}: left {left}")


def good_zip(name="x"):
    return archives.zip_bytes(archives.wheel_files(name, "1.0", {f"{name}.py": "a = 1\n"}))


def zip64_records(adder, watch):
    """GHSA-pqhf-p39g-3x64: ZIP64 end records that say more than they should."""
    with sandbox.Sandbox(adder, watch) as box:
        data = good_zip()
        end = data.rindex(b"PK\5\6")
        count, size, offset = struct.unpack("<10xHLL", data[end:end + 20])

        def with_records(extra=b"", entries=count, where=0):
            record = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44 + len(extra), 45, 45, 0, 0, entries, entries, size, offset) + extra
            locator = b"PK\6\7" + struct.pack("<LQL", 0, end + where, 1)
            return data[:end] + record + locator + data[end:]
        box.must("pip", "install", "-q", "--no-index", "--target", "ok", put(box, "x-1.0-py3-none-any.whl", with_records()))
        for hostile in (with_records(extra=b"\1\2\3\4"), with_records(entries=count - 1), with_records(where=1),
                        data[:end] + data[end:] + data[end:]):
            refused(box, put(box, "x-1.0-py3-none-any.whl", hostile))


def two_kinds_in_one(adder, watch):
    """CVE-2026-3219: a file that is a tar to one reader and a zip to another."""
    with sandbox.Sandbox(adder, watch) as box:
        zipped, tar = good_zip(), archives.tar_bytes(archives.sdist_members("x", "1.0"))
        packed = gzip.compress(tar, mtime=0)
        for name, data in (("x-1.0.tar.gz", packed + zipped), ("x-1.0.tar.gz", zipped), ("x-1.0.tar.gz", gzip.compress(tar + zipped)),
                           ("x-1.0-py3-none-any.whl", packed), ("x-1.0-py3-none-any.whl", tar + zipped),
                           ("x-1.0-py3-none-any.whl", packed + zipped)):
            refused(box, put(box, name, data))


def pax_records(adder, watch):
    """CVE-2025-62518, GHSA-3cv2: PAX records that do not parse are no records to skip; sizes that contradict each other."""
    with sandbox.Sandbox(adder, watch) as box:
        members = archives.sdist_members("x", "1.0")

        def with_pax(record, kind=b"x"):
            header = tarfile.TarInfo("././@PaxHeader")
            header.type, header.size = kind, len(record)
            block = header.tobuf(tarfile.USTAR_FORMAT) + record + b"\0" * (-len(record) % 512)
            return archives.tar_bytes(members[:1])[:1024] + block + archives.tar_bytes(members[1:])
        good = with_pax(b"24 comment=nothing here\n")
        path = put(box, "x-1.0.tar.gz", gzip.compress(good))
        done = box.run("pip", "install", "--no-index", "--target", "T", path)
        check("the back end ran" in done.stderr, f"a harmless record is refused: {done.stderr}")
        shutil.rmtree(os.path.join(box.work, "T"), ignore_errors=True)
        for record in (b"99 path=a\n", b"11 path=abc", b"x path=a\n", b"9 size=-1\n", b"21 size=999999999999\n", b"4 a\n", b"0 a=b\n"):
            refused(box, put(box, "x-1.0.tar.gz", gzip.compress(with_pax(record))))


def bombs(adder, watch):
    """Ratio, count and size: refused before the disk or memory is full."""
    with sandbox.Sandbox(adder, watch) as box:
        zeros = b"\0" * (700 << 20)
        wheel = put(box, "x-1.0-py3-none-any.whl", archives.zip_bytes({**archives.wheel_files("x", "1.0", {}), "x/zeros": zeros}))
        tar = archives.tar_bytes(archives.sdist_members("x", "1.0") + [("x-1.0/zeros", zeros)])
        del zeros
        sdist = put(box, "x-1.0.tar.gz", gzip.compress(tar, 6))
        del tar
        start = time.monotonic()
        refused(box, wheel)
        refused(box, sdist)
        check(time.monotonic() - start < 60, "refusing took a minute")
        many = b"".join(b"PK\1\2" + b"\0" * 24 + struct.pack("<HHH", 1, 0, 0) + b"\0" * 12 + b"x" for _ in range(210000))
        record = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 210000, 210000, len(many), 0)
        locator = b"PK\6\7" + struct.pack("<LQL", 0, len(many), 1)
        end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 0xffff, 0xffff, len(many), 0, 0)
        refused(box, put(box, "x-1.0-py3-none-any.whl", many + record + locator + end))


def places_of_the_environment(adder, watch):
    """uv 0.12.0: scripts and data that would replace the interpreter or what activates it, in any case of letters."""
    with sandbox.Sandbox(adder, watch) as box:
        for path in ("data/bin/python", "data/bin/Python3", "data/bin/python3.11", "data/BIN/python.exe", "data/Scripts/python.exe",
                     "scripts/Activate.ps1", "scripts/activate.fish", "scripts/PYTHONW.EXE", "scripts/deactivate.bat", "data/pyvenv.cfg",
                     "data/PyVenv.cfg", "scripts/adder", "data/.adder/journal"):
            data = archives.zip_bytes(archives.wheel_files("x", "1.0", {f"x-1.0.data/{path}": "evil"}))
            refused(box, put(box, "x-1.0-py3-none-any.whl", data))


def record_leaves_the_environment(adder, watch):
    """GHSA-pjjw-68hj-v9mw: uninstalling goes by RECORD, but never outside, through links, or to the environment's own files."""
    with sandbox.Sandbox(adder, watch) as box:
        box.must("venv", "-q", "env")
        archives.write_wheel(box.work, "x", "1.0", {"x/__init__.py": "a = 1\n"})
        box.must("pip", "install", "-q", "--no-index", "-f", ".", "-p", "env", "x")
        env = os.path.join(box.work, "env")
        site = os.path.join(env, "lib/python3.11/site-packages")
        outside = os.path.join(box.work, "outside")
        os.mkdir(outside)
        for name in ("a", "b", "c"):
            put(box, f"outside/{name}", b"precious")
        os.symlink(outside, os.path.join(site, "through"))
        with open(os.path.join(site, "x-1.0.dist-info/RECORD"), "a", encoding="utf-8") as file:
            for line in (f"{outside}/a", "../../../../outside/b", "through/c", "../../../bin/python", "../../../bin/activate",
                         "../../../pyvenv.cfg", "../../../.adder/lock", "../../../../../../../../../../../etc/passwd",
                         '"x\nnew\t../outside/a"'):
                file.write(f"{line},,\n")
        done, changes = box.watched("pip", "uninstall", "-y", "-p", "env", "x")
        check(done.returncode == 0, done.stderr)
        check(not box.outside(changes, env), f"changed {box.outside(changes, env)[:3]}")
        check(sorted(os.listdir(outside)) == ["a", "b", "c"], "a file outside is gone")
        for name in ("bin/python", "bin/activate", "pyvenv.cfg"):
            check(os.path.lexists(os.path.join(env, name)), f"{name} is gone")
        check(not os.path.exists(os.path.join(site, "x")), "the package is still there")
        check(done.stderr.count("left alone") >= 6, done.stderr)


def nothing_of_the_target_runs(adder, watch):
    """CVE-2026-6357: no code of the environment runs in adder; .pth files are told about."""
    with sandbox.Sandbox(adder, watch) as box:
        box.must("venv", "-q", "env")
        marker = os.path.join(box.work, "ran")
        code = f"open({marker!r}, 'a').write('x')\n"
        names = ("sitecustomize", "usercustomize", "json", "zipfile", "pip_evil", "encodings_evil", "os")
        files = {f"{name}.py": code for name in names} | {"evil.pth": "import sys; " + code}
        archives.write_wheel(box.work, "x", "1.0", files, entry_points="[console_scripts]\ntool = os:main\n")
        done = box.must("pip", "install", "--no-index", "-f", ".", "-p", "env", "--compile-bytecode", "-v", "x")
        check("evil.pth" in done.stderr, f".pth is not told about: {done.stderr}")
        check("tool" in done.stderr, f"the script is not told about: {done.stderr}")
        for command in (["pip", "list"], ["pip", "freeze"], ["pip", "check"], ["pip", "inspect"], ["pip", "show", "x"]):
            box.must(*command[:2], "-p", "env", *command[2:])
        box.must("pip", "uninstall", "-y", "-p", "env", "x")
        check(not os.path.exists(marker), "code of the package ran")


def swapped_metadata(adder, watch):
    """pip 26.2: an index that shows other metadata than the wheel has."""
    with sandbox.Sandbox(adder, watch) as box:
        wheel = archives.zip_bytes(archives.wheel_files("x", "1.0", {"x.py": "a = 1\n"}, requires=["evil"]))
        name = "x-1.0-py3-none-any.whl"
        table = {f"/files/{name}": ({}, wheel), f"/files/{name}.metadata": ({}, b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"),
                 "/simple/x/": ({"Content-Type": "text/html"}, f'<a href="/files/{name}" data-core-metadata="true">{name}</a>'.encode())}
        with Server(table) as server:
            done = box.run("pip", "install", "--index-url", server.url("/simple/"), "--target", "T", "x")
            check(done.returncode == 5 and "Requires-Dist" in done.stderr, f"status {done.returncode}: {done.stderr}")
            check(not os.path.exists(os.path.join(box.work, "T", "x.py")), "it was installed")
            server.shutdown()


class Server(http.server.ThreadingHTTPServer):
    """Answers from a table: path → (headers, body)."""

    def __init__(self, table):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                headers, body = table.get(self.path, (None, b""))
                self.send_response(200 if headers is not None else 404)
                for key, value in (headers or {}).items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


def names_from_servers(adder, watch):
    """CVE-2019-20916: Content-Disposition names no file of ours. CVE-2026-13346: a link is decoded once."""
    with sandbox.Sandbox(adder, watch) as box:
        wheel = good_zip()
        name = "x-1.0-py3-none-any.whl"
        table = {f"/{name}": ({"Content-Disposition": 'attachment; filename="../../../evil.whl"'}, wheel)}
        with Server(table) as server:
            target = os.path.join(box.work, "T")
            done, changes = box.watched("pip", "install", "--no-index", "--target", target, f"x @ {server.url('/' + name)}")
            check(done.returncode == 0, done.stderr)
            check(not box.outside(changes, target), f"changed {box.outside(changes, target)[:3]}")
            check(not [path for _, path in changes if "evil" in path], "the server's name was used")
            for number, link in enumerate((f"/d/..%252f..%252fy{number}-1.0-py3-none-any.whl" for number in range(1))):
                table["/simple/y0/"] = ({"Content-Type": "text/html"}, f'<a href="{link}">y0</a>'.encode())
                table[link] = table[link.replace("%25", "%")] = ({}, wheel)
                done, changes = box.watched("pip", "install", "--index-url", server.url("/simple/"), "--target", target, "y0")
                check(done.returncode != 0, f"link {number} was taken")
                check(not box.outside(changes, target), f"changed {box.outside(changes, target)[:3]}")
            for link in ("/d/..%2f..%2fz-1.0-py3-none-any.whl", "/d/%2e%2e/%2e%2e%2fz-1.0-py3-none-any.whl"):
                table["/simple/z/"] = ({"Content-Type": "text/html"}, f'<a href="{link}">z-1.0-py3-none-any.whl</a>'.encode())
                table[link] = ({}, archives.zip_bytes(archives.wheel_files("z", "1.0", {"z.py": "a = 1\n"})))
                done, changes = box.watched("pip", "install", "--index-url", server.url("/simple/"), "--target", target, "z")
                check(not box.outside(changes, target), f"changed {box.outside(changes, target)[:3]}")
            server.shutdown()


def options_in_revisions(adder, watch):
    """CVE-2023-5752, CVE-2022-36069: a revision is no option; CVE-2022-26184: no program out of the working directory."""
    with sandbox.Sandbox(adder, watch) as box:
        if not shutil.which("git"):
            print("options_in_revisions: no git here")
            return
        marker = os.path.join(box.work, "ran")
        for name in ("git", "python", "python3"):
            path = put(box, name, f"#!/bin/sh\ntouch {marker}\n".encode())
            os.chmod(path, 0o755)
        repository = os.path.join(box.place, "home", "repository")
        subprocess.run(["git", "init", "-q", repository], check=True, env=box.environment)
        for revision in (f"--upload-pack=touch {marker};", "--exec=x", "-h", f"--config=core.fsmonitor=touch {marker}"):
            quoted = revision.replace(" ", "%20").replace(";", "%3B")
            done = box.run("pip", "install", "--target", "T", f"x @ git+file://{repository}@{quoted}")
            check(done.returncode != 0, f"{revision} was taken")
            check(not os.path.exists(marker), f"{revision} ran")


def requirement_comments(adder, watch):
    """CVE-2022-21668: what stands in a comment, or behind a requirement, sets no index."""
    with sandbox.Sandbox(adder, watch) as box:
        os.mkdir(os.path.join(box.work, "good"))
        archives.write_wheel(os.path.join(box.work, "good"), "x", "1.0", {"x.py": "a = 1\n"})
        asked = []
        with Server({}) as server:
            original = server.RequestHandlerClass.do_GET

            def note(handler):
                asked.append(handler.path)
                original(handler)
            server.RequestHandlerClass.do_GET = note
            evil = server.url("/simple/")
            for line in (f"x==1.0 # --index-url {evil}", f"x==1.0 \\\n # --index-url {evil}", f"x # \\\n--extra-index-url {evil}"):
                put(box, "requirements.txt", line.encode() + b"\n")
                box.run("pip", "install", "--no-index", "-f", "good", "--target", "T", "--dry-run", "-r", "requirements.txt")
            put(box, "requirements.txt", f"x==1.0 --index-url {evil}\n".encode())
            done = box.run("pip", "install", "-f", "good", "--no-index", "--target", "T", "--dry-run", "-r", "requirements.txt")
            check(done.returncode == 0, f"an index behind a requirement is passed over, as by pip: status {done.returncode}")
            check(not asked, f"asked for {asked}")
            server.shutdown()


def long_texts(adder, watch):
    """CVE-2022-40898, CVE-2022-40897: parsers take time in proportion to what they read."""
    with sandbox.Sandbox(adder, watch) as box:
        texts = ["1" + ".0" * 20000 + "x", "1.0" + "-" * 20000, "0" * 40000 + "!", " " * 40000 + "1", "1.0+" + "a." * 20000]
        start = time.monotonic()
        for text in texts:
            box.run("spec", "match", ">=1", text)
            box.run("spec", "requirement", "x" + "[" * 20000 + text)
            box.run("spec", "requirement", "x; " + "(" * 20000 + "python_version > '3'")
            box.run("spec", "marker", "python_version >= '" + text + "'")
        check(time.monotonic() - start < 10, f"{time.monotonic() - start:.1f} s for {4 * len(texts)} texts")


def main(adder, watch):
    sandbox.run_tests([zip64_records, two_kinds_in_one, pax_records, bombs, places_of_the_environment, record_leaves_the_environment,
                       nothing_of_the_target_runs, swapped_metadata, names_from_servers, options_in_revisions, requirement_comments, long_texts],
                      adder, watch)


if __name__ == "__main__":
    main(*sys.argv[1:])

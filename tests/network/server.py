"""A package index that does wrong what it is told to: one server a test, on the loopback interface only.

`Index(files)` serves the simple API over the given wheels. `faults` maps a kind of request ("page", "metadata", "file") to
a fault, a function that gets the handler and the right answer (status, headers, body) and returns whether it has answered
itself. `seen` holds every request: (method, path, headers).
"""
import gzip
import hashlib
import http.server
import json
import re
import socket
import ssl
import struct
import threading
import zipfile


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "faulty", ""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        index = self.server.index
        index.seen.append((self.command, self.path, dict(self.headers)))
        kind, status, headers, body = index.answer(self)
        fault = index.faults.get(kind)
        if fault and fault(self, (status, headers, body)):
            return
        self.send(status, headers, body)

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def send(self, status, headers, body, length=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    connections = 0

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is what many of these tests are about."""


class Index:
    def __init__(self, wheels, host="127.0.0.1", context=None, html=False, **page):
        self.seen, self.faults, self.page_headers = [], {}, {}
        self.html, self.page = html, page
        self.user = None  # "user:password" that is asked for
        self.metadata_files = True
        self.ranges = True
        self.extra = {}  # path → (status, headers, body)
        self.wheels = {}
        for path in wheels:
            with open(path, "rb") as file:
                self.wheels[path.rpartition("/")[2]] = file.read()
        self.server = Quiet((host, 0), Handler)
        self.server.index = self
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host, self.port = host, self.server.server_address[1]
        self.scheme = "https" if context else "http"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    @property
    def origin(self):
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def url(self):
        return self.origin + "/simple"

    def count(self, part):
        return sum(part in path for _, path, _ in self.seen)

    def metadata(self, name):
        from io import BytesIO
        with zipfile.ZipFile(BytesIO(self.wheels[name])) as archive:
            member = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
            return archive.read(member)

    def rows(self, project):
        for name, body in self.wheels.items():
            if name.split("-")[0].replace("_", "-") == project:
                yield name, hashlib.sha256(body).hexdigest(), len(body)

    def project_page(self, project):
        files = []
        for name, digest, size in self.rows(project):
            row = {"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": digest}, "size": size}
            if self.metadata_files:
                row["core-metadata"] = {"sha256": hashlib.sha256(self.metadata(name)).hexdigest()}
            files.append(row)
        return {"meta": {"api-version": "1.1"}, "name": project, "files": files, **self.page}

    def html_page(self, project):
        lines = [f'<a href="../../files/{name}#sha256={digest}">{name}</a><br>' for name, digest, _ in self.rows(project)]
        return "<!DOCTYPE html><html><body>\n" + "\n".join(lines) + "\n</body></html>\n"

    def answer(self, handler):
        """(kind of request, status, headers, body) as a good server would answer."""
        path = re.sub(r"^http://[^/]+", "", handler.path)  # as proxies may send it
        if path in self.extra:
            return ("extra", *self.extra[path])
        if self.user:
            import base64
            wanted = "Basic " + base64.b64encode(self.user.encode()).decode()
            if handler.headers.get("Authorization") != wanted:
                return "auth", 401, {"WWW-Authenticate": 'Basic realm="index"'}, b""
        if found := re.fullmatch(r"/simple/([^/]+)/", path):
            if not any(self.rows(found[1])):
                return "page", 404, {}, b"not here"
            headers = dict(self.page_headers)
            if self.html:
                return "page", 200, headers | {"Content-Type": "text/html"}, self.html_page(found[1]).encode()
            body = json.dumps(self.project_page(found[1])).encode()
            if headers.get("ETag") and handler.headers.get("If-None-Match") == headers["ETag"]:
                return "page", 304, headers, b""
            return "page", 200, headers | {"Content-Type": "application/vnd.pypi.simple.v1+json"}, body
        name = path.rpartition("/")[2]
        if name.endswith(".metadata") and name[:-9] in self.wheels and self.metadata_files:
            return "metadata", 200, {"Content-Type": "application/octet-stream"}, self.metadata(name[:-9])
        if name in self.wheels:
            return self.file(handler, self.wheels[name])
        return "missing", 404, {}, b""

    def file(self, handler, body):
        headers = {"Content-Type": "application/octet-stream"}
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", handler.headers.get("Range", "")) if self.ranges else None
        if not wanted:
            return "file", 200, headers, body
        first, last = wanted.groups()
        start = int(first) if first else max(0, len(body) - int(last))
        end = min(int(last), len(body) - 1) if first and last else len(body) - 1
        headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return "range", 206, headers, body[start : end + 1]


def times(count, fault):
    """`fault` for the first `count` requests, the right answer afterwards."""
    left = [count]

    def some(handler, answer):
        left[0] -= 1
        return fault(handler, answer) if left[0] >= 0 else False

    return some


def status(code, headers=None, body=b"no\n"):
    def answer(handler, right):
        handler.send(code, {"Content-Type": "text/plain", **(headers or {})}, body)
        return True

    return answer


def body(text, content_type=None, headers=None):
    """Another body, under the right headers but for those given."""
    def answer(handler, right):
        own = dict(right[1])
        if content_type:
            own["Content-Type"] = content_type
        handler.send(right[0], own | (headers or {}), text)
        return True

    return answer


def truncated(handler, right):
    """Half of the body, then the end of the connection."""
    handler.send(right[0], right[1], right[2][: len(right[2]) // 2], length=len(right[2]))
    handler.close_connection = True
    return True


def longer(handler, right):
    """A length that is smaller than the body."""
    handler.send(right[0], right[1], right[2], length=max(1, len(right[2]) - 40))
    handler.close_connection = True
    return True


def stalled(handler, right):
    """Some bytes, then silence until the client goes away."""
    handler.send(right[0], right[1], right[2][:20], length=len(right[2]))
    handler.wfile.flush()
    handler.rfile.read(1)
    handler.close_connection = True
    return True


def reset(handler, right):
    """The connection is torn down."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()
    return True


def redirect(target, code=302):
    """`target` may use {path}."""
    def answer(handler, right):
        handler.send(code, {"Location": target.format(path=handler.path)}, b"")
        return True

    return answer


def endless(handler, right):
    """A body that never ends, in chunks."""
    handler.send_response(200)
    handler.send_header("Content-Type", right[1]["Content-Type"])
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    block = b" " * 65536
    try:
        for _ in range(4000):
            handler.wfile.write(b"10000\r\n" + block + b"\r\n")
    except OSError:
        pass
    handler.close_connection = True
    return True


def bomb(size):
    """A small gzip body that inflates to `size` bytes."""
    packed = gzip.compress(b" " * size, 9)

    def answer(handler, right):
        handler.send(200, {**right[1], "Content-Encoding": "gzip"}, packed)
        return True

    return answer


class Proxy:
    """CONNECT and plain requests, passed on; remembers the first line and the headers of each."""

    def __init__(self, user=None):
        self.seen, self.user = [], user
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(client,), daemon=True).start()

    def handle(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(65536)
            if not data:
                return
            head += data
        text = head.partition(b"\r\n\r\n")[0].decode("latin-1")
        method, target, _ = text.splitlines()[0].split()
        self.seen.append((method, target, text))
        if self.user and self.user not in text:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        place = target if method == "CONNECT" else re.match(r"http://([^/]+)", target)[1]
        host, _, port = place.partition(":")
        server = socket.create_connection((host, int(port or 80)))
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            server.sendall(head.replace(b"http://" + place.encode(), b"", 1))
        threading.Thread(target=self.pump, args=(client, server), daemon=True).start()
        self.pump(server, client)

    @staticmethod
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context

"""A package index by HTTP over a directory of files, on the loopback interface: a folder's page is its index.json or
index.html, as the client asks (PyPI's way).

`with StaticIndex(DIR) as index:` serves until the block ends. `index.url("simple/")` is where that folder is; `index.requests`
counts what was asked. `html` makes it an index without JSON; with `max_age` pages stay fresh for so many seconds, as those of
an index behind a cache do; with `delay` every answer takes so many seconds, as those of one that is far away.
"""
import http.server
import os
import threading
import time

JSON = "application/vnd.pypi.simple.v1+json"


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes

    def do_GET(self):
        index = self.server
        index.requests += 1
        time.sleep(index.delay)
        path, kind = self.translate_path(self.path), "application/octet-stream"
        if os.path.isdir(path):
            kind = JSON if JSON in self.headers.get("Accept", "") and not index.html else "text/html"
            path = os.path.join(path, "index.json" if kind == JSON else "index.html")
        try:
            with open(path, "rb") as file:
                body, status = file.read(), 200
        except OSError:
            body, status, kind = b"not found", 404, "text/plain"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if index.max_age:
            self.send_header("Cache-Control", f"max-age={index.max_age}, public")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class StaticIndex(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, directory, max_age=0, delay=0):
        super().__init__(("127.0.0.1", 0), lambda *arguments: Handler(*arguments, directory=directory))
        self.html, self.max_age, self.delay, self.requests = False, max_age, delay, 0

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """Clients that have what they want leave in the middle."""

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}/{path}"

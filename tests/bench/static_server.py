"""A server of one static index on loopback, as an index behind a cache answers: JSON pages that stay fresh for ten minutes.

`with StaticServer(DIR) as server:` serves until the block ends; `server.url` is the index, `server.requests` counts what was asked.
"""
import http.server
import os
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes

    def do_GET(self):
        self.server.owner.requests += 1
        path = os.path.normpath(self.path).lstrip("/")
        file = os.path.join(self.server.owner.root, path)
        kind = "application/octet-stream"
        if os.path.isdir(file):
            file, kind = os.path.join(file, "index.json"), "application/vnd.pypi.simple.v1+json"
        try:
            with open(file, "rb") as content:
                body, status = content.read(), 200
        except OSError:
            body, status = b"not found", 404
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600, public")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class StaticServer:
    def __init__(self, root):
        self.root, self.requests = root, 0

    def __enter__(self):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.owner = self
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

"""A static package index by HTTP over a directory of packse trees: JSON or HTML as the client asks, as PyPI does it."""
import http.server
import os
import socketserver
import threading

JSON = "application/vnd.pypi.simple.v1+json"


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.translate_path(self.path)
        if os.path.isdir(path):
            as_json = JSON in self.headers.get("Accept", "") and not self.server.html
            path = os.path.join(path, "index.json" if as_json else "index.html")
            kind = JSON if as_json else "text/html"
        else:
            kind = "application/octet-stream"
        try:
            with open(path, "rb") as file:
                body = file.read()
        except OSError:
            body, kind = b"not found", None
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    html = False

    def __init__(self, directory):
        super().__init__(("127.0.0.1", 0), lambda *a: Handler(*a, directory=directory))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

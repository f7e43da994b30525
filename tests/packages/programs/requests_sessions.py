# requests and urllib3 against a server in this process: methods, bodies, redirects, cookies, auth, streams, errors.
import base64
import gzip
import http.server
import io
import json
import re
import threading
import zlib
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.structures import CaseInsensitiveDict
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata
from urllib3.util import Retry, Timeout, make_headers, parse_url


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    failures = 0

    def answer(self, status=200, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Transfer_Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def any(self):
        url = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        if url.path == "/echo":
            sent = {name: value for name, value in self.headers.items() if name not in ("Host", "User-Agent")}
            text = json.dumps({"method": self.command, "query": parse_qsl(url.query), "headers": sent, "body": body.decode("latin-1")}, sort_keys=True)
            self.answer(200, text.encode(), Content_Type="application/json")
        elif url.path.startswith("/redirect/"):
            left = int(url.path.rsplit("/", 1)[1])
            self.answer(int(url.query or 302), b"", Location=f"/redirect/{left - 1}?{url.query}" if left else "/echo")
        elif url.path == "/cookies":
            self.send_response(200)
            self.send_header("Set-Cookie", "a=1; Path=/")
            self.send_header("Set-Cookie", 'b="two words"; Path=/; HttpOnly')
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif url.path == "/gzip":
            self.answer(200, gzip.compress(b"zipped " * 50), Content_Encoding="gzip", Content_Type="text/plain; charset=utf-8")
        elif url.path == "/deflate":
            self.answer(200, zlib.compress(b"deflated " * 50), Content_Encoding="deflate", Content_Type="text/plain")
        elif url.path == "/chunks":
            self.answer(200, b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b"one\n", b"two\nthree", b"\n\n")) + b"0\r\n\r\n", Transfer_Encoding="chunked")
        elif url.path == "/flaky":
            Handler.failures += 1
            self.answer(503 if Handler.failures % 3 else 200, b"done", Retry_After="0")
        elif url.path == "/digest" and "Authorization" not in self.headers:
            self.answer(401, b"", WWW_Authenticate='Digest realm="r", nonce="n", qop="auth", algorithm=MD5, opaque="o"')
        elif url.path == "/latin":
            self.answer(200, "é".encode("latin-1"), Content_Type="text/html")
        elif url.path == "/guess":
            self.answer(200, "Привет мир, это довольно длинный текст".encode("windows-1251"), Content_Type="text/plain; charset=")
        elif url.path == "/close":
            self.close_connection = True
            self.connection.close()
        elif url.path.startswith("/status/"):
            self.answer(status := int(url.path[8:]), b"" if status in (204, 304) else b"x", X_Test="1", Link='</next>; rel="next"; title="t"')
        else:
            self.answer(200, self.headers.get("Authorization", "none").encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = any

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_port
root = f"http://127.0.0.1:{port}"


def clean(text):
    text = re.sub(r"\b[0-9a-f]{32}\b", "DIGEST", str(text))  # first: the port's digits may be in it
    return re.sub(r"0x[0-9a-f]+", "0x", text.replace(str(port), "PORT"))


def attempt(function):
    try:
        result = function()
        print(clean(result.text if isinstance(result, requests.Response) else result))
    except Exception as problem:
        print(type(problem).__name__, clean(problem))


session = requests.Session()
session.trust_env = False
for method in ("get", "post", "put", "patch", "delete", "options", "head"):
    attempt(lambda: session.request(method, root + "/echo", params={"a": [1, 2], "b": "ü &"}, headers={"X-Mine": "yes"}))
attempt(lambda: session.post(root + "/echo", data={"k": ["v", "w"], "ö": "ß"}))
attempt(lambda: session.post(root + "/echo", json={"k": [1, None, "é"]}))
attempt(lambda: session.post(root + "/echo", data="plain text"))
attempt(lambda: session.post(root + "/echo", data=io.BytesIO(b"from a file")))
attempt(lambda: session.post(root + "/echo", data=(part for part in (b"gen", b"erated"))))
attempt(lambda: session.put(root + "/echo?x=1#frag", params="y=2", cookies={"c": "d"}))
print(encode_multipart_formdata([("a", "1"), ("f", ("n.txt", b"data", "text/x")), RequestField("r", "v", headers={"X": "y"})], boundary="BOUNDARY"))
upload = session.post(root + "/echo", files={"file": ("name.txt", io.StringIO("content") and b"content", "text/plain")}, data={"field": "value"}).json()
boundary = upload["headers"]["Content-Type"].partition("boundary=")[2]
print(upload["body"].replace(boundary, "BOUNDARY"))
for status in (301, 302, 303, 307, 308):
    answer = session.post(root + f"/redirect/2?{status}", data="body")
    print(status, answer.status_code, clean([(step.status_code, step.url) for step in answer.history]), answer.json()["method"], answer.json()["body"])
attempt(lambda: session.get(root + "/redirect/40"))
print(session.get(root + "/redirect/1", allow_redirects=False).is_redirect)
print(dict(session.get(root + "/cookies").cookies), session.cookies.get_dict(), session.get(root + "/echo").json()["headers"]["Cookie"])
session.cookies.clear()
for path in ("/gzip", "/deflate", "/latin", "/guess"):
    answer = session.get(root + path)
    print(path, len(answer.content), answer.encoding, answer.apparent_encoding, answer.text[:30])
with session.get(root + "/chunks", stream=True) as answer:
    print(list(answer.iter_lines(decode_unicode=False)), answer.raw.closed)
with session.get(root + "/gzip", stream=True) as answer:
    print([len(part) for part in answer.iter_content(100)])
with session.get(root + "/deflate", stream=True) as answer:
    print(answer.raw.read(20, decode_content=True), answer.raw.tell() > 0)
for status in (200, 204, 304, 400, 404, 418, 500):
    answer = session.get(root + f"/status/{status}")
    print(answer, answer.ok, answer.reason, answer.links, bool(answer), answer.headers.get("x-TEST"))
    attempt(answer.raise_for_status)
session.auth = ("user", "pass:word")
attempt(lambda: session.get(root + "/auth"))
session.auth = None


class Token(AuthBase):
    def __call__(self, request):
        request.headers["Authorization"] = "Bearer t"
        return request


attempt(lambda: session.get(root + "/auth", auth=Token()))
attempt(lambda: session.get(root.replace("//", "//u:p%40@") + "/auth"))
answer = session.get(root + "/digest", auth=HTTPDigestAuth("u", "p"))
print(answer.status_code, re.sub(r'(cnonce|response)="\w+"', r'\1="."', answer.text), len(answer.history))
session.mount(root + "/flaky", HTTPAdapter(max_retries=Retry(5, status_forcelist=[503], backoff_factor=0)))
attempt(lambda: session.get(root + "/flaky"))
attempt(lambda: session.get(root + "/close"))
attempt(lambda: session.get("http://127.0.0.1:1/"))
for url in ("nothing", "http://", "ftp://x/y", "http://[::1", "http://*x/", "http://a b/"):
    attempt(lambda: session.get(url))
attempt(lambda: session.get(root + "/echo", timeout=(1, 2, 3)))
attempt(lambda: session.get(root + "/echo", headers={"X": "a\nb"}))
attempt(lambda: session.get(root + "/latin").json())
hooked = []
session.get(root + "/echo", hooks={"response": lambda answer, **options: hooked.append(sorted(options))})
print(hooked)
prepared = requests.Request("POST", "http://Exämple.com/ä b?c=d", params=[("e", "f"), ("c", None)], data=b"x", cookies={"k": "v"}).prepare()
print(prepared.url, prepared.headers, prepared.body, prepared.path_url)
print(CaseInsensitiveDict({"Content-Type": 1})["content-TYPE"], requests.codes.not_found, requests.utils.parse_header_links('<a>; rel=x, <b>; rel="y"'), requests.utils.get_encoding_from_headers({"content-type": "text/html"}))
for url in ("http://u:p@HOST:80/p/../q?x#f", "//h", "h:1/p", "[::1]:2", "http://ü.de/%zz", "http://a/b c"):
    attempt(lambda: parse_url(url))
print(make_headers(keep_alive=True, accept_encoding=True, basic_auth="a:b"), Timeout(connect=1, read=2), Retry(3, redirect=1).increment("GET", "/x", error=OSError("e")) if False else Retry(total=2, backoff_factor=1).get_backoff_time())
threads, results = [], []
for i in range(8):
    threads.append(threading.Thread(target=lambda i=i: results.append(session.get(root + "/echo", params={"i": i}).json()["query"])))
    threads[-1].start()
for thread in threads:
    thread.join()
print(sorted(results))
print(repr(session.adapters["http://"].poolmanager.pools)[:30], HTTPBasicAuth("a", "b") == HTTPBasicAuth("a", "b"), base64.b64encode(b"x"))
session.close()
server.shutdown()
server.server_close()

"""TLS, proxies and HTTP/2."""
import os
import re
import shutil
import socket
import subprocess
import time
import unittest

from case import NetworkTest
from server import Index, Proxy, redirect, tls

NGHTTPD = shutil.which("nghttpd", path=os.environ["PATH"] + ":/usr/sbin")
CA_CONFIG = """
[ca]
default_ca = here
[here]
new_certs_dir = {dir}
database = {dir}/index.txt
serial = {dir}/serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


class Certificates:
    """A certificate authority with openssl; server certificates as one file with their key."""

    def __init__(self, directory):
        self.dir = directory
        os.mkdir(directory)
        for name, text in (("index.txt", ""), ("serial", "1000\n"), ("ca.cnf", CA_CONFIG.format(dir=directory))):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test authority",
                     "-keyout", "ca.key", "-out", "ca.pem", "-days", "30")
        self.ca = os.path.join(directory, "ca.pem")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.dir, check=True, capture_output=True)

    def make(self, name, hosts="IP:127.0.0.1,DNS:localhost", start=None, end=None):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                     "-addext", f"subjectAltName={hosts}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        dates = ["-startdate", start, "-enddate", end] if start else ["-days", "30"]
        self.openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key",
                     "-in", f"{name}.csr", "-out", f"{name}.crt", *dates)
        path = os.path.join(self.dir, f"{name}.pem")
        with open(path, "wb") as out:
            for part in (f"{name}.crt", f"{name}.key"):
                with open(os.path.join(self.dir, part), "rb") as file:
                    out.write(file.read())
        return path


@unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificates")
class Tls(NetworkTest):
    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.path("ca"))

    def index(self, certificate, **keywords):
        index = Index(self.wheels, context=tls(certificate), **keywords)
        self.addCleanup(index.__exit__)
        return index

    def test_own_authority(self):
        index = self.index(self.certificates.make("good"))
        self.assertIn("certificate", self.install(index.url, status=4).stderr)
        self.install(index.url, "--cert", self.certificates.ca)
        self.assertInstalled("alpha", "beta")
        for name in ("ADDER_CERT", "ADDER_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            self.install(index.url, "--refresh", **{name: self.certificates.ca, "ADDER_CACHE_DIR": self.path("cache-" + name)})

    def test_wrong_name(self):
        index = self.index(self.certificates.make("other", "DNS:example.org"))
        result = self.install(index.url, "--cert", self.certificates.ca, status=4)
        self.assertRegex(result.stderr, "no alternative certificate subject name matches|does not match")
        self.assertNotIn("tried", result.stderr)

    def test_expired(self):
        index = self.index(self.certificates.make("old", start="20200101000000Z", end="20210101000000Z"))
        result = self.install(index.url, "--cert", self.certificates.ca, status=4)
        self.assertIn("expired", result.stderr)

    def test_unknown_authority(self):
        index = self.index(self.certificates.make("good"))
        result = self.install(index.url, status=4)
        self.assertRegex(result.stderr, "certificate")
        self.assertIn("--cert", result.stderr)
        self.assertEqual(index.seen, [])

    def test_trusted_host(self):
        index = self.index(self.certificates.make("other", "DNS:example.org"))
        self.install(index.url, "--trusted-host", f"127.0.0.1:{index.port}")
        self.assertInstalled("alpha", "beta")
        self.install(index.url, "--trusted-host", "localhost", "--refresh", status=4)

    def test_client_certificate(self):
        import ssl
        context = tls(self.certificates.make("good"))
        context.load_verify_locations(self.certificates.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        index = Index(self.wheels, context=context)
        self.addCleanup(index.__exit__)
        self.install(index.url, "--cert", self.certificates.ca, status=4)
        self.install(index.url, "--cert", self.certificates.ca, "--client-cert", self.certificates.make("client"))
        self.assertInstalled("alpha", "beta")

    def test_no_way_back_to_plain_text(self):
        plain = Index(self.wheels)
        self.addCleanup(plain.__exit__)
        index = self.index(self.certificates.make("good"))
        index.faults["file"] = redirect(plain.origin + "{path}")
        result = self.install(index.url, "--cert", self.certificates.ca, status=4)
        self.assertIn("redirects from an encrypted connection", result.stderr)
        self.assertEqual(plain.seen, [])

    def test_proxy(self):
        index = self.index(self.certificates.make("good"))
        with Proxy() as proxy:
            url = f"http://127.0.0.1:{proxy.port}"
            self.install(index.url, "--cert", self.certificates.ca, "--proxy", url)
            self.assertEqual({(method, target) for method, target, _ in proxy.seen}, {("CONNECT", f"127.0.0.1:{index.port}")})
            for number, (name, more) in enumerate([("HTTPS_PROXY", {}), ("https_proxy", {}), ("ALL_PROXY", {})]):
                before = len(proxy.seen)
                self.install(index.url, "--cert", self.certificates.ca, **{name: url, "ADDER_CACHE_DIR": self.path(f"cache{number}")}, **more)
                self.assertGreater(len(proxy.seen), before, name)
            before = len(proxy.seen)
            self.install(index.url, "--cert", self.certificates.ca, HTTPS_PROXY=url, NO_PROXY="example.org,127.0.0.1",
                         ADDER_CACHE_DIR=self.path("cache-no"))
            self.assertEqual(len(proxy.seen), before)

    def test_proxy_with_a_password(self):
        index = self.index(self.certificates.make("good"))
        with Proxy(user="dTpzM2NyM3Q=") as proxy:  # u:s3cr3t
            result = self.install(index.url, "-v", "--cert", self.certificates.ca, "--proxy", f"http://u:s3cr3t@127.0.0.1:{proxy.port}")
            self.assertNotIn("s3cr3t", result.stdout + result.stderr)
            self.assertFalse(any("Proxy-Authorization" in headers for _, _, headers in index.seen))
            result = self.install(index.url, "-v", "--refresh", "--cert", self.certificates.ca,
                                  "--proxy", f"http://u:wr0ng@127.0.0.1:{proxy.port}", status=4)
            self.assertIn("407", result.stderr)
            self.assertNotIn("wr0ng", result.stdout + result.stderr)

    def test_http_proxy(self):
        with Index(self.wheels) as index, Proxy() as proxy:
            self.install(index.url, HTTP_PROXY=f"http://127.0.0.1:{proxy.port}")
            self.assertTrue(any(method == "GET" for method, _, _ in proxy.seen))
            self.install(index.url, HTTP_PROXY="http://127.0.0.1:1", ADDER_CACHE_DIR=self.path("cache2"), status=4)

    def test_http_proxy_that_refuses(self):
        with Index(self.wheels) as index, Proxy(user="dTpzM2NyM3Q=") as proxy:
            result = self.install(index.url, "--proxy", f"http://u:wr0ng@127.0.0.1:{proxy.port}", status=4)
            self.assertIn(f"the proxy `http://u:****@127.0.0.1:{proxy.port}` answered 407", result.stderr)
            self.assertNotIn("wr0ng", result.stderr)
            self.install(index.url, "--proxy", f"http://u:s3cr3t@127.0.0.1:{proxy.port}")

    def test_no_proxy_with_a_port(self):
        with Index(self.wheels) as index, Proxy() as proxy:
            url = f"http://127.0.0.1:{proxy.port}"
            self.install(index.url, HTTP_PROXY=url, NO_PROXY=f"example.org, 127.0.0.1:{index.port}")
            self.assertEqual(proxy.seen, [])
            self.install(index.url, HTTP_PROXY=url, NO_PROXY="127.0.0.1:1", ADDER_CACHE_DIR=self.path("cache2"))
            self.assertNotEqual(proxy.seen, [])

    def test_errors_do_not_show_the_proxys_password(self):
        for proxy in ("foo://bob:S3CRET@127.0.0.1:1", "http://bob:S3CRET@127.0.0.1:99999", "bob:S3CRET@127.0.0.1:1"):
            for given in (["--proxy", proxy], []):
                result = self.install("http://127.0.0.1:1/simple", "--retries", "0", *given, status=4, http_proxy="" if given else proxy)
                self.assertNotIn("S3CRET", result.stdout + result.stderr)

    @unittest.skipUnless(shutil.which("strace"), "strace shows which files are opened")
    def test_authorities_are_read_for_https_only(self):
        index = Index(self.wheels)
        self.addCleanup(index.__exit__)
        command = ["strace", "-f", "-e", "trace=openat,open", "-o", self.path("trace"), "adder", "pip", "install", "--target", "out", "-i", index.url, "alpha"]
        done = subprocess.run(command, cwd=self.place, env=self.environment, capture_output=True, text=True, timeout=60)
        if "Operation not permitted" in done.stderr:
            self.skipTest("strace may not trace here")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("ca-certificates", self.read("trace"))

    def nghttpd(self, certificate):
        """The server and its port; another port where someone took the first one in between."""
        for _ in range(20):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            server = subprocess.Popen([NGHTTPD, "-a", "127.0.0.1", "-d", self.path("www"), str(port), certificate, certificate],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while server.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    return server, port
                except OSError:
                    time.sleep(0.05)
        self.fail("nghttpd does not start")

    @unittest.skipUnless(NGHTTPD, "nghttpd (Debian: nghttp2-server) speaks HTTP/2")
    def test_http2(self):
        page = Index(self.wheels, html=True)
        self.addCleanup(page.__exit__)
        for project in ("alpha", "beta"):
            self.write(f"www/simple/{project}/index.html", page.html_page(project))
        os.makedirs(self.path("www/files"))
        for wheel in self.wheels:
            shutil.copy(wheel, self.path("www/files"))
        certificate = self.certificates.make("good")
        server, port = self.nghttpd(certificate)
        try:
            result = self.install(f"https://127.0.0.1:{port}/simple", "-v", "--cert", self.certificates.ca)
        finally:
            server.terminate()
            server.wait(10)
        self.assertInstalled("alpha", "beta")
        self.assertTrue(re.search(r"/simple/alpha/: 200 \(HTTP/2\)", result.stderr), result.stderr)

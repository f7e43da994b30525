# ssl: handshakes over memory and over sockets, certificates, ALPN, sessions, and what is refused.
import os
import socket
import ssl
import tempfile
import threading

# Valid from 2000 to 2125.
PEM = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpqiMVWkRfA6xT1z3
0Baw+pMhJ8eHa8D4AvLsu2LmK26hRANCAATY38/EO0jc1pXWryZoS/3XE7aRkqID
g8epcFAlki7yqV+9p0yriM6cQ+amXuQ84kuomJHGNilip0+NvxFR8s3y
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBazCCARGgAwIBAgICEAAwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKYWRkZXIu
dGVzdDAgFw0wMDAxMDEwMDAwMDBaGA8yMTI2MDEwMTAwMDAwMFowFTETMBEGA1UE
AwwKYWRkZXIudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNjfz8Q7SNzW
ldavJmhL/dcTtpGSogODx6lwUCWSLvKpX72nTKuIzpxD5qZe5DziS6iYkcY2KWKn
T42/EVHyzfKjTzBNMB0GA1UdDgQWBBQ4+mkrLlZZh9wt6Kblg7Ma4fLFvTAPBgNV
HRMBAf8EBTADAQH/MBsGA1UdEQQUMBKCCmFkZGVyLnRlc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAIcy4pGDGgBr7J4cjbn8ol96s54VhzA7Unyc2H6UFU26AiAF
TBBgiImRAsI8MksUC+HWcTH8XbyL9AQMwZAJVLL0SQ==
-----END CERTIFICATE-----
"""

with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
    file.write(PEM)
    file.flush()
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(file.name)
    server_context.set_alpn_protocols(["h2", "http/1.1"])
    trusting = ssl.create_default_context(cafile=file.name)
trusting.set_alpn_protocols(["http/1.1"])
assert trusting.verify_mode == ssl.CERT_REQUIRED and trusting.check_hostname
assert trusting.cert_store_stats() == {"x509": 1, "crl": 0, "x509_ca": 1}

names = []
server_context.sni_callback = lambda connection, name, context: names.append(name)


def handshake(client_context, hostname):
    """Both ends of a connection over memory, after the handshake."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=hostname)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    while waiting:
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                pass
    return client, server


client, server = handshake(trusting, "adder.test")
assert names == ["adder.test"]
assert client.selected_alpn_protocol() == server.selected_alpn_protocol() == "http/1.1"
assert client.version() == "TLSv1.3" and client.cipher() == server.cipher()
certificate = client.getpeercert()
assert certificate["subject"] == ((("commonName", "adder.test"),),)
assert certificate["subjectAltName"] == (("DNS", "adder.test"), ("IP Address", "127.0.0.1"))
assert ssl.DER_cert_to_PEM_cert(client.getpeercert(True)).strip() in PEM
assert server.getpeercert() is None
assert client.write(b"x" * 1000) == 1000
assert server.read(600) == b"x" * 600 and server.pending() == 400
room = bytearray(1000)
assert server.read(1000, room) == 400
try:
    server.read(1)
except ssl.SSLWantReadError as error:
    assert error.errno == ssl.SSL_ERROR_WANT_READ and error.reason is None
else:
    raise AssertionError("nothing to read")
handshake(trusting, "127.0.0.1")

try:
    handshake(trusting, "other.test")
except ssl.SSLCertVerificationError as error:
    assert error.reason == "CERTIFICATE_VERIFY_FAILED" and error.library == "SSL"
    assert error.verify_message == "Hostname mismatch, certificate is not valid for 'other.test'."
    assert str(error).startswith("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch")
else:
    raise AssertionError("a wrong name was taken")
try:
    handshake(ssl.create_default_context(cadata=PEM[PEM.index("-----BEGIN CERT"):]), "127.0.0.2")
except ssl.SSLCertVerificationError as error:
    assert error.verify_message == "IP address mismatch, certificate is not valid for '127.0.0.2'."
else:
    raise AssertionError("a wrong address was taken")


# A connection that is given another context does not need the first one any more.
def handshake_with_switch():
    def switch(connection, name, context):
        connection.context = server_context

    first = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    first.sni_callback = switch
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = first.wrap_bio(to_server, to_client, server_side=True)
    server.context = server_context
    return trusting.wrap_bio(to_client, to_server, server_hostname="adder.test"), server


waiting = list(handshake_with_switch())
while waiting:
    for end in list(waiting):
        try:
            end.do_handshake()
            waiting.remove(end)
        except ssl.SSLWantReadError:
            pass


# Over sockets: threads, a timeout, a session used again, the end of the stream.
def serve(raw):
    with server_context.wrap_socket(raw, server_side=True) as connection:
        connection.sendall(connection.recv(100).upper())
        connection.recv(1)


session = None
context = trusting
context.maximum_version = ssl.TLSVersion.TLSv1_2
for turn in range(2):
    near, far = socket.socketpair()
    thread = threading.Thread(target=serve, args=(far,))
    thread.start()
    near.settimeout(100)
    with context.wrap_socket(near, server_hostname="adder.test", session=session) as connection:
        connection.sendall(b"hello")
        assert connection.recv(100) == b"HELLO"
        assert connection.session_reused == bool(turn)
        session = connection.session
        connection.settimeout(0.2)
        try:
            connection.recv(1)
        except TimeoutError as error:
            assert str(error) == "The read operation timed out"
        else:
            raise AssertionError("there was something to read")
    thread.join()

near, far = socket.socketpair()
far.close()
try:
    context.wrap_socket(near, server_hostname="adder.test")
except (ssl.SSLEOFError, BrokenPipeError, ConnectionResetError):
    pass
else:
    raise AssertionError("a closed socket shook hands")
near.close()

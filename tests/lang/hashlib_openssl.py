# _hashlib: names, extendable output, HMAC, key derivation, and what they refuse.
import _hashlib


def refused(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")


digest = _hashlib.new("SHA256", b"abc")
assert digest.name == "sha256" and digest.block_size == 64 and digest.digest_size == 32
assert digest.hexdigest() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
copy = digest.copy()
copy.update(b"x" * 5000)
assert copy.digest() != digest.digest() and copy.digest() == _hashlib.openssl_sha256(b"abc" + b"x" * 5000).digest()
assert repr(digest).startswith("<sha256 _hashlib.HASH object @ 0x")
shake = _hashlib.new("shake_128")
assert type(shake) is _hashlib.HASHXOF and shake.digest_size == 0
assert shake.hexdigest(3) == "7f9c2b" and shake.digest(length=0) == b""
assert {"md5", "sha1", "sha3_256", "blake2b"} <= _hashlib.openssl_md_meth_names
assert refused(_hashlib.new, "nonsense") == "ValueError: [digital envelope routines] unsupported"
assert refused(_hashlib.new, 5) == "TypeError: name must be a string"
assert refused(_hashlib.new, "md5", "text") == "TypeError: Strings must be encoded before hashing"

code = _hashlib.hmac_new(b"key", b"message", "md5")
assert code.name == "hmac-md5" and code.digest() == _hashlib.hmac_digest(b"key", b"message", _hashlib.openssl_md5)
assert refused(_hashlib.hmac_new, b"key", b"message") == "TypeError: Missing required parameter 'digestmod'."
assert refused(_hashlib.hmac_new, b"key", digestmod=5) == "UnsupportedDigestmodError: Unsupported digestmod 5"
assert _hashlib.compare_digest("a", "a") and not _hashlib.compare_digest(b"a", b"ab")

assert _hashlib.pbkdf2_hmac("sha1", b"p", b"s", 1, dklen=1) == b"\x84"
assert refused(_hashlib.pbkdf2_hmac, "sha1", b"p", b"s", 0) == "ValueError: iteration value must be greater than 0."
assert _hashlib.scrypt(b"p", salt=b"s", n=2, r=8, p=1)[:4] == b"\xa7\x07\xfd\x18"
assert refused(_hashlib.scrypt, b"p", salt=b"s", n=3, r=8, p=1) == "ValueError: n must be a power of 2."
assert refused(_hashlib.scrypt, b"p", salt=b"s", n=2, r=8, p=0) == "ValueError: Invalid parameter combination for n, r, p, maxmem."

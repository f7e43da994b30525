# Properties, mappings, names and normal forms of every code point, as sums measured on CPython 3.11 (Unicode 14).
# Not under GC stress: it makes millions of objects.
import hashlib
import unicodedata


def checksum(values):
    return hashlib.sha256("\0".join(values).encode("utf-8", "surrogatepass")).hexdigest()[:16]


ALL = [chr(code) for code in range(0x110000)]
EXPECTED = {
    "isalpha": "477f71c810b6db2b",
    "isdecimal": "bab0060349932e92",
    "isdigit": "54d1122fe8d6bb70",
    "isnumeric": "9a1e928bfe7a73b8",
    "islower": "dc2567945bbd5c6d",
    "isupper": "8cd7745d05a89d0d",
    "istitle": "1b70e3a77bc8b408",
    "isspace": "66c310557fadc719",
    "isprintable": "c681c375b8b0b9d6",
    "isidentifier": "a43281f2c184f2de",
    "upper": "e28e5034e7268d55",
    "lower": "cd3af67cc02c564b",
    "title": "c94391f8be14bfe0",
    "casefold": "24c89291b8800daa",
    "part of identifier": "398159162d7ad688",
    "14.0.0category": "c640a79b73019d65",
    "14.0.0bidirectional": "e3932889de953c2d",
    "14.0.0mirrored": "13b82e4c69f8870f",
    "14.0.0east_asian_width": "ef843bd85f283158",
    "14.0.0combining": "d6e9b19862543693",
    "14.0.0decomposition": "de3f806ba0441de2",
    "14.0.0decimal": "5f598f5e0a75b11a",
    "14.0.0digit": "9fbd2ff6a32a7e1b",
    "14.0.0numeric": "2437400f698546a8",
    "14.0.0name": "4d042093011997e4",
    "14.0.0NFC": "ba3c0aae33767507",
    "14.0.0NFKD": "8223e1001ec38110",
    "14.0.0NFKC in context": "f4ef46b276bae435",
    "3.2.0category": "5fd49e4ccb9d48fe",
    "3.2.0bidirectional": "e3b5c797ccf3a50c",
    "3.2.0mirrored": "a17ee8d8a1d108dc",
    "3.2.0east_asian_width": "82195539b74e4be3",
    "3.2.0combining": "02b0601350b68130",
    "3.2.0decomposition": "d99a5cea05f23ee5",
    "3.2.0decimal": "329a6d1514dc1fa5",
    "3.2.0digit": "9fbd2ff6a32a7e1b",
    "3.2.0numeric": "dd43fcb0ff4d6891",
    "3.2.0name": "a05f44f784cf9c43",
    "3.2.0NFC": "536ae3af8a24b25e",
    "3.2.0NFKD": "6f7cd53991ce1d31",
    "3.2.0NFKC in context": "08f00cfd2d325e05",
}


def sums():
    for name in (
        "isalpha isdecimal isdigit isnumeric islower isupper istitle isspace isprintable isidentifier "
        "upper lower title casefold"
    ).split():
        method = getattr(str, name)
        yield name, (str(method(c)) for c in ALL)
    yield "part of identifier", (str(("a" + c).isidentifier()) for c in ALL)
    for db in (unicodedata, unicodedata.ucd_3_2_0):
        version = db.unidata_version
        for name in "category bidirectional mirrored east_asian_width combining decomposition".split():
            yield version + name, (str(getattr(db, name)(c)) for c in ALL)
        for name in "decimal digit numeric name".split():
            yield version + name, (str(getattr(db, name)(c, "-")) for c in ALL)
        for form in ("NFC", "NFKD"):
            yield version + form, (db.normalize(form, c) for c in ALL)
        yield version + "NFKC in context", (db.normalize("NFKC", "a\u0323" + c + "\u0301\u1100\u1161") for c in ALL)


if __name__ == "__main__":
    for name, values in sums():
        assert checksum(values) == EXPECTED[name], name
    for code in range(0, 0x110000, 7):
        name = unicodedata.name(chr(code), None)
        assert name is None or unicodedata.lookup(name) == chr(code), name

# Properties, mappings, names and normal forms of every code point, as sums measured on CPython 3.11 (Unicode 14).
import unicodedata


def checksum(values):
    result = 1469598103934665603
    for value in values:
        for byte in value.encode("utf-8", "surrogatepass"):
            result = ((result ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return result


ALL = [chr(code) for code in range(0x110000)]
EXPECTED = {
    "isalpha": 0x251E1A2A3B461283,
    "isdecimal": 0xC89766DD90D48407,
    "isdigit": 0xD468F544CACB0E87,
    "isnumeric": 0x8CE58C2B297E4733,
    "islower": 0x6122E7175115C02E,
    "isupper": 0x93090271AEE9B596,
    "istitle": 0x66BD0F97E85DD7B9,
    "isspace": 0xEDA768FF3496B384,
    "isprintable": 0x1B7880BABC58758B,
    "isidentifier": 0x1E966D3706D6768E,
    "upper": 0xE136D18F91AB3B06,
    "lower": 0x8467732A4BA95EC8,
    "title": 0x4DCFE1830573BA13,
    "casefold": 0xB47DD4199C4FECF2,
    "part of identifier": 0xDCEA044C847B7434,
    "14.0.0category": 0x38292679B481C751,
    "14.0.0bidirectional": 0x94D8F204395E51B6,
    "14.0.0mirrored": 0x7D5D35A27D4FF6C6,
    "14.0.0east_asian_width": 0xF617C0ECDC7F46EA,
    "14.0.0combining": 0xB63B197A095445B4,
    "14.0.0decomposition": 0x3C1934D806A7C819,
    "14.0.0decimal": 0xFBE6E7CE059B7E43,
    "14.0.0digit": 0xD367433981EB404F,
    "14.0.0numeric": 0x913A37D6944A3B1A,
    "14.0.0name": 0x129DAC20FDA9194D,
    "14.0.0NFC": 0xED596AFAEF3B7D63,
    "14.0.0NFKD": 0xB7DF1799BCD3D98C,
    "14.0.0NFKC in context": 0xF38A0FFB2BE96D88,
    "3.2.0category": 0x74C43E44AC3D3FD3,
    "3.2.0bidirectional": 0xC3F1362C761090A1,
    "3.2.0mirrored": 0xAE973B194743661B,
    "3.2.0east_asian_width": 0x68D12FD54F84C914,
    "3.2.0combining": 0xA71060114E7EDE73,
    "3.2.0decomposition": 0x34B61541A0598591,
    "3.2.0decimal": 0x2923119B2D2522EA,
    "3.2.0digit": 0xD367433981EB404F,
    "3.2.0numeric": 0x409B299129765F79,
    "3.2.0name": 0x8D9DF21C99E45613,
    "3.2.0NFC": 0x33C8206EBCF2DD84,
    "3.2.0NFKD": 0xA9B13060A6F9ED43,
    "3.2.0NFKC in context": 0x0F1A15F1EF7B868B,
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

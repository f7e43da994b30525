"""Writing wheels and source archives, the same bytes for the same input."""
import base64
import hashlib
import os
import struct
import time
import zlib

EARLIEST = 315532800  # 1980-01-01, where the dates of zip files begin


def build_time():
    return max(int(os.environ.get("SOURCE_DATE_EPOCH") or 0), EARLIEST)


def deflate(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


class ZipWriter:
    """Deflated members with one time, in the order given (APPNOTE 4.3)."""

    def __init__(self):
        moment = time.gmtime(build_time())
        year = min(moment.tm_year - 1980, 127)
        self.date = year << 9 | moment.tm_mon << 5 | moment.tm_mday
        self.time = moment.tm_hour << 11 | moment.tm_min << 5 | moment.tm_sec // 2
        self.content, self.directory, self.count = [], [], 0
        self.offset = 0

    def add(self, name, content, permissions=0o644):
        packed, encoded = deflate(content), name.encode("utf-8")
        flags = 0 if name.isascii() else 0x800
        shared = struct.pack(
            "<5H3L2H", 20, flags, 8, self.time, self.date,
            zlib.crc32(content), len(packed), len(content), len(encoded), 0,
        )
        self.directory.append(
            struct.pack("<LH", 0x02014B50, 3 << 8 | 20) + shared
            + struct.pack("<3HLL", 0, 0, 0, (0o100000 | permissions) << 16, self.offset) + encoded
        )
        member = struct.pack("<L", 0x04034B50) + shared + encoded + packed
        self.content.append(member)
        self.offset += len(member)
        self.count += 1

    def finish(self):
        directory = b"".join(self.directory)
        end = struct.pack("<LLHHLLH", 0x06054B50, 0, self.count, self.count, len(directory), self.offset, 0)
        return b"".join(self.content) + directory + end


def record_line(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    quoted = name
    if any(c in name for c in ',"\r\n'):
        quoted = '"' + name.replace('"', '""') + '"'
    return f"{quoted},sha256={digest},{len(content)}\n"


def wheel_bytes(project, members, made):
    """A wheel of `members` (name, path in the project) and `made` (name, bytes)."""
    writer, record = ZipWriter(), []
    info = project.stem + ".dist-info/"

    def add(name, content, permissions=0o644):
        writer.add(name, content, permissions)
        record.append(record_line(name, content))

    for name, path in members:
        add(name, project.read(path), project.permissions(path))
    for name, content in made:
        add(name, content)
    for name, content in project.descriptions():
        add(info + name, content)
    for path in project.licenses:
        add(info + "licenses/" + path, project.read(path))
    writer.add(info + "RECORD", ("".join(record) + info + "RECORD,,\n").encode("utf-8"))
    return writer.finish()


def octal(value, width):
    return b"%0*o\0" % (width - 1, value)


def tar_header(name, prefix, size, mode, kind):
    """One ustar block (POSIX 1003.1, pax)."""
    block = name.ljust(100, b"\0") + octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12)
    block += octal(build_time(), 12) + b" " * 8 + kind + b"\0" * 100 + b"ustar\00000" + b"\0" * 64
    block += octal(0, 8) + octal(0, 8) + prefix.ljust(155, b"\0") + b"\0" * 12
    return block[:148] + octal(sum(block), 7) + b" " + block[156:]


def padded(content):
    return content + b"\0" * (-len(content) % 512)


def tar_member(name, content, mode):
    encoded, prefix, out = name.encode("utf-8"), b"", b""
    last = encoded
    if len(encoded) > 100:
        slash = encoded[:156].rfind(b"/")
        if slash > 0 and len(encoded) - slash - 1 <= 100:
            prefix, last = encoded[:slash], encoded[slash + 1 :]
    if not name.isascii() or len(last) > 100:
        body = b" path=" + encoded + b"\n"
        length = len(body) + 1
        while len(str(length)) + len(body) != length:
            length = len(str(length)) + len(body)
        out = tar_header(b"././@PaxHeader", b"", length, 0o644, b"x") + padded(str(length).encode() + body)
        prefix, last = b"", encoded[:100]
    return out + tar_header(last, prefix, len(content), mode, b"0") + padded(content)


def write_sdist(project, directory):
    tar = tar_member(project.stem + "/PKG-INFO", project.metadata().encode("utf-8"), 0o644)
    for path in project.sdist_files():
        tar += tar_member(project.stem + "/" + path, project.read(path), project.permissions(path))
    tar += b"\0" * 1024
    tar += b"\0" * (-len(tar) % 10240)
    name = project.stem + ".tar.gz"
    with open(os.path.join(directory, name), "wb") as file:
        file.write(b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + deflate(tar))
        file.write(struct.pack("<LL", zlib.crc32(tar), len(tar) & 0xFFFFFFFF))
    return name

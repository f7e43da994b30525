"""Writers of wheels and source archives, well-formed ones and others."""
import base64
import gzip
import hashlib
import io
import os
import tarfile
import zipfile


def digest(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def wheel_files(name, version, files, requires=(), entry_points=None, record=None):
    """The members of a wheel in order. `files` maps paths to bytes; `record` replaces RECORD's text."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    out = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {r}\n" for r in requires)
    out[f"{info}/METADATA"] = metadata.encode()
    out[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if entry_points:
        out[f"{info}/entry_points.txt"] = entry_points.encode()
    if record is None:
        record = "".join(f"{path},{digest(data)},{len(data)}\n" for path, data in out.items()) + f"{info}/RECORD,,\n"
    out[f"{info}/RECORD"] = record.encode()
    return out


def zip_bytes(files, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            item = zipfile.ZipInfo(path)
            item.compress_type = compression
            item.external_attr = 0o644 << 16
            archive.writestr(item, data)
    return buffer.getvalue()


def write_wheel(directory, name, version, files, **options):
    path = os.path.join(directory, f"{name.replace('-', '_')}-{version}-py3-none-any.whl")
    with open(path, "wb") as file:
        file.write(zip_bytes(wheel_files(name, version, files, **options)))
    return path


BACKEND = b"""import os, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    raise SystemExit("the back end ran")
"""


def sdist_members(name, version):
    top = f"{name}-{version}"
    return [(f"{top}/PKG-INFO", f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n".encode()),
            (f"{top}/pyproject.toml", b'[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n'),
            (f"{top}/b.py", BACKEND)]


def tar_bytes(members, format=tarfile.PAX_FORMAT):
    """`members`: (name, bytes) or a TarInfo for each."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            item = tarfile.TarInfo(member[0])
            item.size = len(member[1])
            archive.addfile(item, io.BytesIO(member[1]))
    return buffer.getvalue()


def write_sdist(directory, name, version, tar):
    path = os.path.join(directory, f"{name}-{version}.tar.gz")
    with open(path, "wb") as file:
        file.write(gzip.compress(tar, mtime=0))
    return path

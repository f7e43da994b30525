"""make_source.py DIRECTORY NAME VERSION [--tree]: a source archive, or a tree in DIRECTORY, whose back end says in $BUILD_LOG that it
ran, and makes a module of the settings it was given."""
import io
import os
import sys
import tarfile

BACKEND = '''
import base64, hashlib, os, zipfile
NAME, VERSION = {name!r}, {version!r}
if "BUILD_LOG" in os.environ:
    with open(os.environ["BUILD_LOG"], "a") as log:
        log.write(NAME + "\\n")

def build_wheel(directory, settings=None, metadata=None):
    info = f"{{NAME}}-{{VERSION}}.dist-info"
    files = {{
        f"{{NAME}}.py": f"settings = {{settings!r}}\\n",
        f"{{info}}/METADATA": f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: {{VERSION}}\\nProvides-Extra: more\\n",
        f"{{info}}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }}
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{{path}},sha256={{digest}},{{len(text)}}\\n"
    files[f"{{info}}/RECORD"] = record + f"{{info}}/RECORD,,\\n"
    made = f"{{NAME}}-{{VERSION}}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, made), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return made

build_editable = build_wheel
'''


def main(directory, name, version, *options):
    files = {
        "bk.py": BACKEND.format(name=name, version=version),
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "bk"\nbackend-path = ["."]\n',
    }
    os.makedirs(directory, exist_ok=True)
    if options:
        for path, text in files.items():
            with open(os.path.join(directory, path), "w", encoding="utf-8") as file:
                file.write(text)
        return
    files["PKG-INFO"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with tarfile.open(os.path.join(directory, f"{name}-{version}.tar.gz"), "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))


main(*sys.argv[1:])

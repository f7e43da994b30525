"""make_dist.py [--tag=TAG] [--python=SPECIFIERS] [--file=PATH=TEXT] DIRECTORY NAME VERSION [REQUIREMENT...]: a small valid wheel with a module and a console script."""
import base64
import hashlib
import os
import sys
import zipfile


def main(directory, name, version, *requirements, tag="py3-none-any", python="", more=()):
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    code = f"version = {version!r}\n\ndef main():\n    print('{name}', version)\n"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
    metadata += f"Requires-Python: {python}\n" if python else ""
    files = {
        f"{module}/__init__.py": code,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {module}:main\n",
    }
    files.update(more)
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    os.makedirs(directory, exist_ok=True)
    with zipfile.ZipFile(os.path.join(directory, f"{module}-{version}-{tag}.whl"), "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)


given, options = sys.argv[1:], {}
while given[0].startswith("--"):
    key, value = given.pop(0).removeprefix("--").split("=", 1)
    if key == "file":
        path, text = value.split("=", 1)
        options.setdefault("more", {})[path] = text + "\n"
    else:
        options[key] = value
main(*given, **options)

"""make_wheels.py DIRECTORY [WHEELS [FILES]]: wheels of many small files, the same bytes at every run.

100 wheels with 20,000 files unless told otherwise: packages of some folders with modules of 0.3 to 8 KiB, some data files, a
console script each. The names are bench-000 and so on.
"""
import base64
import hashlib
import os
import random
import sys
import zipfile

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau".split()


def source(chance, size):
    """Text that compresses about as code does."""
    lines = []
    while size > 0:
        one, two, three = (chance.choice(WORDS) for _ in range(3))
        line = chance.choice((
            f"def {one}_{two}(self, {three}={chance.randrange(1000)}):",
            f"    return {one}.{two}({three}, {chance.random():.6f})",
            f"    {one}_{chance.randrange(100)} = [{two}, {three}]  # {chance.randrange(1 << 30):x}",
            ""))
        if line.startswith(" ") and not any(before.startswith("def") for before in lines[-3:]):
            line = line.strip().replace("return ", "")
        lines.append(line)
        size -= len(line) + 1
    text = "\n".join(f"# {line}" if line else "" for line in lines)
    return text.encode() + b"\n"


def members(chance, module, count):
    yield f"{module}/__init__.py", b"def main():\n    print('%s')\n" % module.encode()
    folders = [module] + [f"{module}/{chance.choice(WORDS)}{number}" for number in range(max(1, count // 22))]
    folders += [f"{folder}/{chance.choice(WORDS)}" for folder in folders[1::4]]
    for folder in folders[1:]:
        yield f"{folder}/__init__.py", b""
    for number in range(count - len(folders)):
        ending = ".py" if number % 8 else ".json"
        yield f"{chance.choice(folders)}/{chance.choice(WORDS)}_{number}{ending}", source(chance, int(chance.paretovariate(1.1) * 300) % 8000)


def make_wheel(directory, number, count):
    chance = random.Random(number)
    name, module = f"bench-{number:03}", f"bench_{number:03}"
    info = f"{module}-1.0.dist-info"
    files = dict(members(chance, module, count - 4))
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {module}:main\n".encode()
    record = ""
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(data)}\n"
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    with zipfile.ZipFile(os.path.join(directory, f"{module}-1.0-py3-none-any.whl"), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(files.items()):
            item = zipfile.ZipInfo(path)
            item.external_attr = 0o644 << 16
            item.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(item, data)
    return list(files)


def make(directory, wheels=100, files=20000):
    """Makes the wheels; the paths of all their files."""
    os.makedirs(directory, exist_ok=True)
    paths = []
    for number in range(wheels):
        paths += make_wheel(directory, number, files // wheels)
    return paths


if __name__ == "__main__":
    print(len(make(sys.argv[1], *map(int, sys.argv[2:]))), "files")

"""damage.py EXECUTABLE WHAT COPY: a copy with one bit of WHAT turned over: `table`, or the code of the file of that path."""
import os
import struct
import sys

executable, what, copy = sys.argv[1:]
with open(executable, "rb") as file:
    whole = bytearray(file.read())
start, = struct.unpack_from("<Q", whole, len(whole) - 24)
count, = struct.unpack_from("<I", whole, start + 8)
place = start + 40
if what != "table":
    for number in range(count):
        entry = start + 32 + 64 * number
        path, length, code, size = struct.unpack_from("<IIQQ", whole, entry)
        if whole[start + path : start + path + length].decode() == what:
            place = start + code + size // 2
            break
    else:
        sys.exit(f"{what} is not in {executable}")
whole[place] ^= 4
with open(copy, "wb") as file:
    file.write(whole)
os.chmod(copy, 0o755)

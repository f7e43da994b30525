"""What the probes share: the same files, the same random choices and the same way to write down results on both interpreters."""
import hashlib
import mmap
import os
import random
import re
import sys
import warnings

LIBRARY = "/usr/lib/python3.11"


def library_files(share=1.0, seed=0, skip_large=0):
    """Sources of the library and its tests, or a random share of them; the same on every interpreter."""
    found = []
    for root, folders, names in os.walk(LIBRARY):
        folders.sort()
        found += [os.path.join(root, name) for name in sorted(names) if name.endswith(".py")]
    if skip_large:
        found = [path for path in found if os.path.getsize(path) < skip_large]
    if share < 1:
        found = sorted(random.Random(seed).sample(found, max(1, int(len(found) * share))))
    return found


def read(path):
    with open(path, "rb") as file:
        return file.read()


def digest(text):
    return hashlib.sha1(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def error_text(error):
    if isinstance(error, SyntaxError):
        where = (error.lineno, error.offset, error.end_lineno, error.end_offset)
        return f"{type(error).__name__}: {error.msg!r} {where} {error.text!r}"
    return f"{type(error).__name__}: {error!s}"


def outcome(function, *arguments):
    """The result's text, or the error's, and the warnings before it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            text = str(function(*arguments))
        except Exception as error:
            text = "!" + error_text(error)
    for warning in caught:
        text += f" #{warning.category.__name__}:{warning.lineno}:{warning.message}"
    return text


def emit(key, text, full=False):
    """One line of the probe's output: long texts as a digest, unless they are asked for."""
    text = re.sub(r" at 0x[0-9a-f]+", " at 0x", text).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    if len(text) > 2000 and not full:
        text = f"<{len(text)} characters, {digest(text)}>"
    sys.stdout.buffer.write(f"{key}\t{text}\n".encode("utf-8", "backslashreplace"))


def survive(attempts):
    """Runs the (key, function) pairs that `attempts()` yields, and emits what they return. A crash ends a child, and is one answer."""
    progress = mmap.mmap(-1, 8)
    start = 0
    while True:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            for number, (key, function) in enumerate(attempts()):
                if number < start:
                    continue
                progress[:8] = number.to_bytes(8, "little")
                emit(key, function())
                sys.stdout.buffer.flush()
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 0:
            return
        start = int.from_bytes(progress[:8], "little")
        key = next(key for number, (key, _) in enumerate(attempts()) if number == start)
        emit(key, f"ended with status {status}")
        sys.stdout.buffer.flush()
        start += 1

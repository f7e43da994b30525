"""Makes a program smaller as long as a condition holds: deletes runs of lines, long ones first."""

import time


def compiles(text):
    try:
        compile(text, "shrunk", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def shrink(text, holds, must_compile=True, most=300, seconds=30):
    """The smallest text found with `most` questions in so many seconds; holds(text) says whether the difference is still there."""
    lines = text.splitlines(keepends=True)
    length = max(1, len(lines) // 2)
    asked, end = 0, time.monotonic() + seconds
    while length >= 1:
        start, shorter = 0, False
        while start < len(lines) and asked < most and time.monotonic() < end:
            rest = lines[:start] + lines[start + length:]
            candidate = "".join(rest)
            if rest and (not must_compile or compiles(candidate)):
                asked += 1
                if holds(candidate):
                    lines, shorter = rest, True
                    continue
            start += max(1, length // 2) if length > 4 else 1
        if asked >= most or time.monotonic() >= end:
            break
        length = length // 2 if not (shorter and length == 1) else 1
    return "".join(lines)

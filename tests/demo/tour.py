"""tour.py ADDER: the commands of README.md's five minutes, run as they stand there.

Only the build is left out, and directories and the port are free ones.
"""
import os
import re
import socket
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def commands():
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as file:
        section = re.search(r"^## Five minutes$(.*?)^## ", file.read(), re.MULTILINE | re.DOTALL).group(1)
    return [line[4:] for line in section.splitlines() if line.startswith("    ")]


def main(adder):
    lines = commands()
    left_out = [line for line in lines if line.startswith(("./dev build", "export PATH="))]
    if len(left_out) != 2:
        print("the tour begins otherwise than expected:", lines[:3])
        return 1
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="adder-tour-") as place:
        os.symlink(os.path.abspath(adder), os.path.join(place, "adder"))
        text = "\n".join(line for line in lines if line not in left_out).replace("8080", port).replace("/tmp/", place + "/")
        # The server needs a moment; a shell at the keyboard gives it that.
        ready = f"for _ in $(seq 600); do {{ true < /dev/tcp/127.0.0.1/{port}; }} 2>/dev/null && break; sleep 0.1; done"
        text = re.sub(r"(?m)^(adder index serve .*) &$", lambda found: f"{found.group()} {ready}", text)
        # Nothing is left running when a line fails.
        text = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + text
        environment = {"PATH": place + ":/usr/bin:/bin", "HOME": place, "LANG": "C.UTF-8", "ADDER_CACHE_DIR": place + "/cache"}
        done = subprocess.run(
            ["bash", "-em", "-c", text], cwd=TOP, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120,
        )
    tables = done.stdout.count("│ saint-malo │ 1.20 m │ 7.50 m │")
    if done.returncode != 0 or tables != 2:
        print(done.stdout, f"status {done.returncode}, {tables} tables instead of 2", sep="\n")
        return 1
    print(f"{len(lines)} lines of the tour do what they say")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

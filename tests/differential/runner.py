"""Runs program texts on an interpreter, many in one process, and gives what each printed."""
import json
import os
import pathlib
import re
import subprocess
import tempfile

BATCH = pathlib.Path(__file__).with_name("batch.py")
TIMEOUT = 30  # seconds for a batch, at patience 1
OUT_OF_TIME = ("<time over>", "<the process hung>")


def masked(text):
    """The text without what differs from process to process, addresses, and where the library is."""
    # CPython says so of a bytearray whose memory was not to be had where the object's own, uninitialised, is not all zeros.
    text = text.replace("SystemError: deallocated bytearray object has exported buffers\n", "")
    text = re.sub(r"\.\.\.x[0-9a-f]{12}>", "...x…>", text)  # what reprlib leaves of an address
    # From a word's start only: a long word would be read again from each of its characters.
    text = re.sub(r"(?<![^'\" ])[^'\" ]*/lib/python3\.11/", "LIB/", text)
    return re.sub(r"\b0x[0-9a-f]{6,16}\b", "0x…", text)


def out_of_time(*texts):
    return any(mark in text for mark in OUT_OF_TIME for text in texts)


class Interpreter:
    """A command and how patient one is with it: a multiple of all time limits."""

    def __init__(self, command, environment=(), patience=1):
        self.command = list(command)
        self.patience = patience
        self.environment = dict(environment)

    def run(self, paths, hash_seed, patience=1):
        """One text a path. A process that dies or hangs is said so in the text of the program it ran; the rest get a new one."""
        texts = []
        while len(texts) < len(paths):
            part, ending = self._run_once(paths[len(texts):], hash_seed, self.patience * patience)
            texts += part
            if ending is not None and len(texts) < len(paths):
                texts.append(ending)
        return texts

    def _run_once(self, paths, hash_seed, patience):
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": str(hash_seed), "TZ": "UTC", **self.environment}
        with tempfile.TemporaryDirectory() as folder:
            results = os.path.join(folder, "results")
            where = os.path.join(folder, "work")
            os.mkdir(where)
            try:
                done = subprocess.run([*self.command, "-X", "utf8", "-B", str(BATCH), str(patience), results, *map(str, paths)], cwd=where, env=environment, timeout=TIMEOUT * patience,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                ending = f"<the process ended with {done.returncode}>\n{done.stdout.decode(errors='replace')[-2000:]}"
            except subprocess.TimeoutExpired:
                ending = "<the process hung>\n"
            try:
                with open(results, encoding="ascii") as file:
                    texts = [masked(json.loads(line).replace(where, "WHERE")) for line in file if line.endswith("\n")]
            except FileNotFoundError:
                texts = []
        return texts, None if len(texts) == len(paths) else ending

"""Times commands as whole processes: wall time and peak memory as the kernel accounts them, several commands in turn."""
import os
import statistics
import subprocess
import time


class Command:
    """A command line with its directory and environment; `prepare` is called before each run and not counted."""

    def __init__(self, arguments, directory=None, environment=None, prepare=None):
        self.arguments, self.directory, self.environment, self.prepare = arguments, directory, environment, prepare

    def run(self):
        """Milliseconds of wall time and the peak of resident memory in MB; a failing command ends the benchmark."""
        if self.prepare:
            self.prepare()
        with open(os.devnull, "w") as nothing:
            start = time.perf_counter()
            process = subprocess.Popen(self.arguments, cwd=self.directory, env=self.environment, stdout=nothing, stderr=subprocess.PIPE)
            messages = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        if process.returncode:
            raise SystemExit(f"{' '.join(self.arguments)}: status {process.returncode}\n{messages.decode(errors='replace')[-2000:]}")
        return wall * 1e3, usage.ru_maxrss / 1e3


def interleaved(commands, rounds):
    """Runs the commands in turn, `rounds` times; for each its median milliseconds, best milliseconds and highest peak in MB."""
    samples = [[] for _ in commands]
    for _ in range(rounds):
        for command, taken in zip(commands, samples):
            taken.append(command.run())
    return [
        {
            "median": statistics.median(wall for wall, _ in taken),
            "best": min(wall for wall, _ in taken),
            "peak": max(peak for _, peak in taken),
        }
        for taken in samples
    ]

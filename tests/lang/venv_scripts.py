# python -m venv installs activate scripts that a strict shell can run.
import os
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as directory:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
    scripts = sorted(name for name in os.listdir(os.path.join(directory, "bin")) if not name.startswith("python"))
    assert scripts == ["Activate.ps1", "activate", "activate.csh", "activate.fish"], scripts
    script = f"set -eu; . {directory}/bin/activate; python -c 'import sys; print(sys.prefix)'; deactivate"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == os.path.realpath(directory), done

"""Where do the benchmarks' peers come from? A virtual environment of their own, made when first asked for.

`enter()` comes first in every benchmark: it makes target/bench-venv from requirements.txt with pip as
it is configured, unless that is done, and starts the program again inside it.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import venv
from typing import NoReturn

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENVIRONMENT = ROOT / "target/bench-venv"
REQUIREMENTS = HERE / "requirements.txt"


def enter() -> None:
    """Returns inside the environment; outside of it, makes it and starts this program again there."""
    if pathlib.Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        return
    python = ENVIRONMENT / "bin/python"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    mark = ENVIRONMENT / "requirements.sha256"
    if not (python.exists() and mark.exists() and mark.read_text() == wanted):
        install(python)
        mark.write_text(wanted)
    os.execv(python, [str(python), *sys.argv])


def install(python: pathlib.Path) -> None:
    """Makes the environment with everything that requirements.txt names."""
    print(f"Making {ENVIRONMENT} (some 6 GB, a few minutes) …", file=sys.stderr)
    try:
        venv.create(ENVIRONMENT, symlinks=True, with_pip=True)
        command = [python, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS]
        subprocess.run(command, check=True, stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as problem:
        fail(f"The environment of the peers could not be made: {problem}\n"
             "It needs Python 3.11 or newer with venv (Debian: python3-venv) and a package index "
             "that pip can reach.")


def fail(message: str) -> NoReturn:
    """Ends the program with a message and exit status 1."""
    print(message, file=sys.stderr)
    sys.exit(1)

"""The benchmark's own environment, made by the standard library alone."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / ".venv"
REQUIREMENTS = HERE / "requirements.txt"
TORCH_WHEELS = "https://download.pytorch.org/whl/cpu"
"""PyTorch's builds for processors: those of PyPI bring a GPU's libraries, gigabytes of them."""


def python_of_environment() -> Path:
    """The environment's Python; it is made anew where there is none or its requirements have changed.

    Raises CalledProcessError where pip fails.
    """
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = FOLDER / "made-from"
    wanted = _digest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"making {FOLDER}: some minutes, once", flush=True)
        venv.create(FOLDER, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        torch = next(line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("torch=="))
        subprocess.run([*pip, "--no-deps", "--index-url", TORCH_WHEELS, torch], check=True)
        subprocess.run([*pip, "-r", str(REQUIREMENTS), "-e", str(HERE.parent)], check=True)
        stamp.write_text(wanted)
    return python


def _digest() -> str:
    parts = (sys.version, REQUIREMENTS.read_text(), (HERE.parent / "pyproject.toml").read_text())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

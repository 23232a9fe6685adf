"""Chainrule against what one would take instead, side by side: one command, from a fresh clone.

    python benchmarks/run.py [--rounds 5] [--case NAME] [--resume] [--quick]

Makes an environment of its own in benchmarks/.venv, runs every case's contestants in turn (A B C A B C …),
each in a process of its own, measures how cost grows, and writes the tables of docs/performance.md, its
plots, and the figures they come from to benchmarks/results.
"""

import subprocess
import sys

from environment import HERE, python_of_environment


def main() -> int:
    command = [str(python_of_environment()), str(HERE / "contest.py"), *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

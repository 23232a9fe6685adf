"""Runs the cases: every contestant in turn, each in a process of its own, and writes down what came out.

Started by run.py with the environment's Python.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import growth
import report
from cases import NAMES, case
from disagreement import disagreement
from measuring import Case, cores

HERE = Path(__file__).parent
LONGEST = 900
"""Seconds that one process may take."""
LIBRARIES = ("chainrule", "jax", "torch", "keras", "scikit-learn", "numpy")


def main() -> int:
    given = _parser().parse_args()
    folder = HERE / "results" / "quick" if given.quick else HERE / "results"
    folder.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    begun = time.perf_counter()
    for name in [given.case] if given.case else [*NAMES, growth.NAME]:
        place = folder / f"{name}.json"
        if given.resume and _is_whole(place, given.rounds):
            print(f"{name}: done already")
            continue
        if name == growth.NAME:
            _run_growth(place, given.quick)
            continue
        failure = _run_case(name, case(name), place, given.rounds, given.quick)
        failures += [failure] if failure else []
        print(f"[{time.perf_counter() - begun:.0f} s] {name} done", flush=True)
    report.write(folder, given.quick)
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each contestant runs")
    parser.add_argument("--case", choices=[*NAMES, growth.NAME], help="this case alone")
    parser.add_argument("--resume", action="store_true", help="leave out cases that have all their rounds")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to try it; writes no docs")
    return parser


def _is_whole(place: Path, rounds: int) -> bool:
    if not place.exists():
        return False
    found = json.loads(place.read_text())
    return "axes" in found or (found["failure"] is None and len(found["rounds"]) >= rounds)


def _run_case(name: str, contest: Case, place: Path, rounds: int, quick: bool) -> str | None:
    def keep(done: Sequence[Any], failure: str | None) -> None:
        table = {"machine": machine(), "failure": failure, "rounds": done}
        place.write_text(json.dumps(table, indent=1) + "\n")

    def run(contestant: str) -> dict[str, Any]:
        return run_contestant(name, contestant, quick)

    return run_rounds(name, contest.contestants, contest.tolerance, rounds, run, keep)


def run_rounds(
    name: str,
    contestants: Iterable[str],
    tolerance: float | None,
    rounds: int,
    run: Callable[[str], dict[str, Any]],
    keep: Callable[[list[Any], str | None], None],
) -> str | None:
    """Run a case, keeping what there is after every round; what went wrong, or None."""
    done: list[dict[str, Any]] = []
    failure = None
    for number in range(1, rounds + 1):
        found = {}
        for contestant in contestants:
            try:
                found[contestant] = run(contestant)
            except ChildProcessError as error:
                failure = f"{name}: {error}"
                keep(done, failure)
                return failure
            print(f"  {name} {number}/{rounds} {contestant}: {_shown(found[contestant])}", flush=True)
        done.append(found)
        failure = disagreement(name, found, tolerance)
        keep(done, failure)
        if failure:
            break
    return failure


def _shown(found: dict[str, Any]) -> str:
    loss = "" if found["loss"] is None else f", loss {found['loss']:.4f}"
    return f"{found['seconds']:.4g} s, {found['first']:.3g} s before{loss}, {found['peak_mib']:.0f} MiB"


def run_contestant(name: str, contestant: str, quick: bool) -> dict[str, Any]:
    """What one contestant found, in a process of its own; ChildProcessError where it failed."""
    command = [sys.executable, str(HERE / "contestant.py"), name, contestant, *(["--quick"] if quick else [])]
    return answer(command, contestant)


def answer(command: Sequence[str], who: str, folder: Path | None = None) -> dict[str, Any]:
    """The line of JSON with which a command ends, run in a folder; ChildProcessError where it failed."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LONGEST, cwd=folder
        )
    except subprocess.TimeoutExpired:
        raise ChildProcessError(f"{who} took longer than {LONGEST} s") from None
    if done.returncode:
        raise ChildProcessError(f"{who} ended with status {done.returncode}:\n{done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _run_growth(place: Path, quick: bool) -> None:
    command = [sys.executable, str(HERE / "growth.py"), str(place), *(["--quick"] if quick else [])]
    subprocess.run(command, check=True)


def machine(libraries: Sequence[str] = LIBRARIES) -> dict[str, Any]:
    """What the figures were measured on, with the versions of the libraries."""
    from importlib.metadata import version

    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": cores(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in libraries},
        "date": time.strftime("%Y-%m-%d"),
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


if __name__ == "__main__":
    sys.exit(main())

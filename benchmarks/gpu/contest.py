"""Runs the cases on a device: every contestant in turn, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from cases import case
from contest import answer, machine, run_rounds

from gpu import report
from gpu.device import PLATFORMS

HERE = Path(__file__).parents[1]
CONTESTANTS = tuple(
    f"{who}_{kind}" for kind in report.TYPES for who in ("chainrule", "pytorch_eager", "pytorch_compiled")
)
LIBRARIES = ("chainrule", "jax", "torch", "numpy")
INSTEAD = (
    "on a machine with an NVIDIA GPU, pip install -e '.[cuda]' torch; --device cpu tries it on the processor"
)
NO_MEASUREMENT = "This is a try, and no measurement of a GPU."


def main() -> int:
    given = _parser().parse_args()
    found = answer(_command("device", given.device), "the device", HERE)
    if "lacks" in found:
        print(f"benchmarks/gpu/run.py: {found['lacks']}: {INSTEAD}", file=sys.stderr)
        return 2
    is_try = given.quick or given.device == "cpu"
    if is_try:
        print(NO_MEASUREMENT)
    folder = HERE / "results" / ("quick/gpu" if is_try else "gpu")
    folder.mkdir(parents=True, exist_ok=True)
    names = [given.case] if given.case else report.CASES
    about = {**machine(LIBRARIES), "device": found["name"]}
    failures = [_run_case(name, folder, given, about) for name in names]
    report.write(folder, NO_MEASUREMENT if is_try else None)
    for failure in filter(None, failures):
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if any(failures) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks/gpu/run.py", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each contestant runs")
    parser.add_argument("--case", choices=report.CASES, help="this case alone")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to try it; writes no docs")
    parser.add_argument("--device", choices=PLATFORMS, default="cuda", help="cpu to try it; writes no docs")
    return parser


def _command(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"gpu.{module}", *arguments]


def _run_case(name: str, folder: Path, given: argparse.Namespace, about: dict[str, Any]) -> str | None:
    def keep(done: list[Any], failure: str | None) -> None:
        table = {"machine": about, "failure": failure, "rounds": done}
        (folder / f"{name}.json").write_text(json.dumps(table, indent=1) + "\n")

    run = partial(_run_contestant, name, given.device, given.quick)
    return run_rounds(name, CONTESTANTS, case(name).tolerance, given.rounds, run, keep)


def _run_contestant(name: str, device: str, quick: bool, contestant: str) -> dict[str, Any]:
    command = _command("contestant", name, contestant, device, *(["--quick"] if quick else []))
    return answer(command, contestant, HERE)

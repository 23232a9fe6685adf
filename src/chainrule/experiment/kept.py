"""The finished runs of a comparison, kept in a file, so that one that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chainrule.experiment.variants import GAP, logs_of
from chainrule.files import write_whole
from chainrule.training.checkpoint import CheckpointError, check_run, digest, remove_checkpoint


@dataclass(frozen=True)
class Trained:
    """One variant trained from one seed: its logs; ``stopped`` says why where its numbers diverged."""

    history: dict[str, list[float]]
    seconds: float
    stopped: str = ""

    def measure(self, name: str, at: str) -> float:
        """A log's value after the last epoch, its best or its first; NaN where the run diverged."""
        if self.stopped:
            return float("nan")
        if name == GAP:
            held_out, trained_on = logs_of(GAP)
            return self.measure(held_out, at) - self.measure(trained_on, at)
        values = self.history[name]
        best = max if "accuracy" in name else min
        return {"end": values[-1], "first": values[0], "best": best(values)}[at]


class KeptRuns:
    """What is finished of a comparison: a JSON file in a folder, and a checkpoint of the run under way.

    Raises CheckpointError for a file that is damaged, OSError for one that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / "runs.json"
        self._runs: list[dict[str, Any]] = _read(self._path) if self._path.exists() else []

    def find(self, variant: str, seed: int, identity: Mapping[str, str]) -> Trained | None:
        """The run of a variant from a seed, if it is finished.

        Raises CheckpointError where the file has one of that name that was another run.
        """
        for run in self._runs:
            if run["variant"] == variant and run["seed"] == seed:
                check_run(run["run"], identity, f"{self._path}, variant {variant!r},")
                remove_checkpoint(self.checkpoint(variant, seed))
                return Trained(**run["trained"])
        return None

    def add(self, variant: str, seed: int, identity: Mapping[str, str], trained: Trained) -> None:
        """Keep a run that is finished. Raises OSError where the disk refuses."""
        run = {"variant": variant, "seed": seed, "run": dict(identity), "trained": asdict(trained)}
        self._runs.append(run)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, json.dumps(self._runs).encode())
        remove_checkpoint(self.checkpoint(variant, seed))

    def checkpoint(self, variant: str, seed: int) -> Path:
        """Where the run of a variant from a seed keeps where it stands."""
        return self._folder / f"checkpoint-{digest(variant, seed)[:12]}.safetensors"

    def remove(self) -> None:
        """Remove the file, when all that it holds is in the report."""
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        runs: list[dict[str, Any]] = json.loads(path.read_bytes())
        if not isinstance(runs, list):
            raise TypeError("no list of runs")
        for run in runs:
            Trained(**run["trained"])
            run["variant"], run["seed"], run["run"]
    except (ValueError, TypeError, KeyError):
        raise CheckpointError(f"{path} is damaged: remove it, and its runs are trained anew") from None
    return runs

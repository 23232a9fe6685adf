"""Where the runs of a sweep stand, kept in files, so that one that was stopped goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.training.checkpoint import (
    Checkpoint,
    CheckpointError,
    check_run,
    digest,
    newest_checkpoint,
    previous,
    remove_checkpoint,
    write_checkpoint,
)
from chainrule.training.position import Position
from chainrule.training.sweeping import Standing

START = "sweep-"


class KeptSweep:
    """Files in a folder, one for the runs of each call of a program; of a run, the furthest counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._identity: dict[str, str] = {}
        self.interval = 30.0

    def begin(self, identity: dict[str, str], interval: float) -> None:
        """Say what sweep it is, and how many seconds lie between two times that it is kept."""
        self._identity, self.interval = identity, interval

    def kept(self) -> dict[int, Standing]:
        """Where runs stand, by their numbers.

        Raises CheckpointError for files that are damaged, or of another sweep.
        """
        found: dict[int, Standing] = {}
        for path in self._files():
            newest = newest_checkpoint(path)
            if newest is None:
                continue
            checkpoint, file = newest
            check_run(checkpoint.run, self._identity, file)
            for number, standing in _standings(checkpoint, file).items():
                if number not in found or _reached(found[number]) < _reached(standing):
                    found[number] = standing
        return found

    def keep(self, standings: Mapping[int, Standing]) -> None:
        """Keep where some runs stand. Raises OSError where the disk refuses."""
        self._folder.mkdir(parents=True, exist_ok=True)
        runs = [(str(number), _plain(standing)) for number, standing in standings.items()]
        name = f"{START}{digest(sorted(standings))[:12]}.safetensors"
        write_checkpoint(self._folder / name, Checkpoint(Position(0, 0, {}, 0.0), runs, run=self._identity))

    def remove(self) -> None:
        """Remove the files, when all that they hold is in the results."""
        for path in self._files():
            remove_checkpoint(path)

    def _files(self) -> list[Path]:
        every = {*self._folder.glob(f"{START}*.safetensors")}
        return sorted(every - {previous(path) for path in every})


def _reached(standing: Standing) -> tuple[bool, int]:
    return standing.diverged is not None, standing.epoch


def _plain(standing: Standing) -> dict[str, Any]:
    return {
        "values": {name: np.asarray(value) for name, value in standing.values.items()},
        "epoch": standing.epoch,
        "logs": {name: np.array(log, np.float64) for name, log in standing.logs.items()},
        "diverged": standing.diverged,
        "seconds": standing.seconds,
    }


def _standings(checkpoint: Checkpoint, path: Path) -> dict[int, Standing]:
    try:
        return {int(number): _standing(dict(state)) for number, state in checkpoint.callbacks}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CheckpointError(f"{path} is damaged: remove it, and its runs are trained anew") from None


def _standing(state: dict[str, Any]) -> Standing:
    logs = {name: log.tolist() for name, log in state.pop("logs").items()}
    return Standing(logs=logs, **state)

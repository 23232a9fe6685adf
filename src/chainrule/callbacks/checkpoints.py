"""Callbacks that save the model while it trains."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from chainrule.callbacks.base import Logs, State
from chainrule.callbacks.monitor import MonitorCallback
from chainrule.callbacks.updates import Every, frequency

SUFFIX = ".safetensors"


class ModelCheckpoint(MonitorCallback):
    """Save the model after every epoch, or after every ``save_freq`` updates; arguments are Keras'.

    ``filepath`` ends in .safetensors and may hold fields of the epoch (from 1) and the logs, as
    ``"{epoch:02d}-{val_loss:.2f}.safetensors"``. With ``save_best_only`` the model is saved only when
    ``monitor`` is better than it ever was, or than ``initial_value_threshold``. Each file is there as a
    whole or not at all. Folders are made. Updates are counted when the compiled program is left,
    every ``steps_per_execution``.

    Raises ValueError or TypeError for arguments that make no sense; while training, KeyError for a field
    of no log's name, ValueError for one that cannot be filled in; OSError where a file cannot be written.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        if not self.filepath.endswith(SUFFIX):
            raise ValueError(
                f"ModelCheckpoint: models are saved as safetensors, so filepath must end in {SUFFIX}, got "
                f"{self.filepath!r}"
            )
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = frequency(save_freq, "save_freq")
        self._every = Every(self.save_freq or 1)
        self._epoch = 0
        if self.save_freq is not None:
            # Only then, since a callback that has this hook is called between the updates of an epoch.
            vars(self)["on_train_batch_end"] = self._after_batch

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq is None:
            self._save(logs or {}, epoch=epoch + 1)

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        if self._every.reached(batch):
            self._save(logs or {}, epoch=self._epoch + 1, batch=batch + 1)

    def _save(self, logs: Logs, **fields: int) -> None:
        path = Path(_filled(self.filepath, {**fields, **logs}))
        if not self.save_best_only or self._is_best(logs, fields["epoch"]):
            path.parent.mkdir(parents=True, exist_ok=True)
            write = self.model.save_weights if self.save_weights_only else self.model.save
            write(path)
            self._say(fields["epoch"], f"saved the model to {path}")

    def _is_best(self, logs: Logs, epoch: int) -> bool:
        current = self.watched(logs)
        if current is None:
            return True
        if not self.is_improvement(current, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {self.best:.5f}")
            return False
        self.best = current
        return True

    def _say(self, epoch: int, what: str) -> None:
        if self.verbose:
            print(f"\nEpoch {epoch}: {what}")

    def state(self) -> State:
        return {"best": self.best, "epoch": self._epoch, "updates": self._every.state()}

    def restore(self, state: State) -> None:
        self.best, self._epoch = state["best"], state["epoch"]
        self._every.restore(state["updates"])


def _filled(filepath: str, fields: dict[str, Any]) -> str:
    try:
        return filepath.format(**fields)
    except KeyError as error:
        raise KeyError(
            f"ModelCheckpoint: filepath {filepath!r} has the field {error}, and there are {', '.join(fields)}"
        ) from None
    except (IndexError, ValueError, AttributeError) as error:
        raise ValueError(
            f"ModelCheckpoint: filepath {filepath!r} is no text with fields, as {{epoch:02d}}: {error}"
        ) from None

"""What a run begins with, beside weights drawn by chance: a saved model's, or those of autoencoders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chainrule.data import Chunked
from chainrule.experiment.decimals import floats
from chainrule.experiment.file import PretrainTable, TrainFile, TrainFileError
from chainrule.experiment.places import placed
from chainrule.model import Sequential
from chainrule.transfer import load_weights, pretrain


@dataclass(frozen=True)
class Start:
    """The layers that got saved weights, and the losses of those that were pretrained, epoch by epoch."""

    loaded: tuple[str, ...] = ()
    pretrained: Mapping[str, list[float]] = field(default_factory=dict)


def begin(model: Sequential, file: TrainFile, x: Any) -> Start:
    """Give a model the weights that its training file says it begins with.

    Pretraining sees the inputs of the rows to train on alone.

    Raises TrainFileError, naming the key; OSError for saved weights that cannot be read.
    """
    loaded: list[str] = []
    if file.transfer is not None:
        given = file.transfer
        loaded = placed(
            "transfer",
            load_weights,
            model,
            given.weights,
            by_name=given.by_name,
            skip_mismatch=given.skip_mismatch,
        )
        if not loaded:
            raise TrainFileError(f"transfer: no layer of {given.weights} has the shapes of the model's")
    if file.pretrain is None:
        return Start(tuple(loaded))
    if isinstance(x, Chunked):
        raise TrainFileError("pretrain: rows read in chunks are not pretrained on; leave chunk_rows out")
    return Start(tuple(loaded), _pretrained(model, file.pretrain, x))


def _pretrained(model: Sequential, table: PretrainTable, x: Any) -> dict[str, list[float]]:
    histories = placed(
        "pretrain",
        pretrain,
        model,
        x,
        table.epochs,
        batch_size=table.batch_size,
        optimizer=floats(table.optimizer),
        loss=floats(table.loss),
        noise=float(table.noise),
    )
    return {name: history.history["loss"] for name, history in histories.items()}

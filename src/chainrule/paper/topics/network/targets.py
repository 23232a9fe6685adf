"""Targets that fit a loss: their shape, their labels, their range."""

from __future__ import annotations

import numpy as np

from chainrule.losses import TARGETS, Loss, SparseCategoricalCrossentropy, unfit_rows
from chainrule.paper.notation import exact_text, plain_array
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network.door import samples, times, worked
from chainrule.paper.values import names_in, resolve
from chainrule.rules.rule import Shape


def targets_of(y: np.ndarray, loss: Loss, rows: int, outputs: Shape, columns: bool) -> np.ndarray:
    """The targets with one row per sample, or the label of each sample.

    Raises SheetError where they do not fit the predictions or the loss.
    """
    place = "given.y"
    if isinstance(loss, SparseCategoricalCrossentropy):
        return _labels(place, y, rows, outputs[-1])
    if y.ndim == 1 and len(y) == rows != 1 and outputs == (1,):
        y = y.reshape(-1, 1)
    elif y.ndim == 0:
        y = y.reshape(1, *(1 for _ in outputs))
    elif len(outputs) == 1:
        y = samples(place, y, columns)
    elif [n for n in y.shape if n > 1] == [n for n in (rows, *outputs) if n > 1]:
        y = y.reshape(rows, *outputs)
    if y.shape != (rows, *outputs):
        raise SheetError(
            f"{place}: expected {times((rows, *outputs))} values (samples × outputs), got {times(y.shape)}"
        )
    _check_range(place, y, loss)
    return y


def _labels(place: str, y: np.ndarray, rows: int, classes: int) -> np.ndarray:
    """The label of each sample; a label is a whole number, never a name."""
    expected = f"labels are whole numbers from 0 to {classes - 1}, one per sample"
    if y.size != rows:
        raise SheetError(f"{place}: got {y.size} for {rows} samples; {expected}")
    if names := names_in([y]):
        raise SheetError(f"{place}: got the name {min(names)!r}; {expected}")
    known = [Number(label) for label in range(classes)]
    labels = []
    for row, label in enumerate(worked(place, resolve, y, False).flat, start=1):
        if label not in known:
            raise SheetError(f"{place}: sample {row} has the label {exact_text(label)}; {expected}")
        labels.append(known.index(label))
    return np.asarray(labels, dtype=np.int64)


def _check_range(place: str, y: np.ndarray, loss: Loss) -> None:
    """Raise SheetError for targets that the loss has no meaning for; names may stand for any."""
    if names_in([y]):
        return
    prepared = loss.prepare(worked(place, resolve, y, False))
    off = unfit_rows(loss, prepared)
    if off.any():
        row = int(np.argmax(off))
        shown = plain_array(prepared[row], exact_text)
        takes = f"{loss.entry.name} takes {TARGETS[loss.entry.targets]}"
        raise SheetError(f"{place}: row {row + 1} is {shown}; {takes}")

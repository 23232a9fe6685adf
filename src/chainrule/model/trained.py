"""A model that is trained, measured and asked, as Keras does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule import doors
from chainrule.callbacks import Callback, History, checked, watches_batches
from chainrule.config import next_seed
from chainrule.model.absent import names_what_it_takes
from chainrule.model.compiled import Arrays, Compiled
from chainrule.network import WEIGHTS

if TYPE_CHECKING:
    from chainrule.training.feeds import Feed, Source
    from chainrule.training.trainer import Plan

BATCH_SIZE = 32
"""Rows per batch where nothing else is said, as in Keras."""


class Trained(Compiled):
    """A compiled model that can be trained, measured and asked for its outputs."""

    @names_what_it_takes
    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Callback | Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
    ) -> History:
        """Train on inputs x (m, …) and targets y for some epochs; arguments are Keras'.

        x may be a data set that is read in chunks (:mod:`chainrule.data`), which holds the targets too.
        Rows count in the loss by ``sample_weight`` (m,), or by the weight of their class; classes do not
        weigh in validation. Returns the History of the logs, an entry per epoch. The same seed
        (:func:`chainrule.utils.set_random_seed`) gives the same run again, bit for bit.

        Raises RuntimeError before ``compile``; TypeError or ValueError for data that does not fit;
        FloatingPointError where the numbers become NaN or infinite, which names the step and the
        layer, and leaves the model as it was after the last epoch that went well.
        """
        from chainrule.training.fitting import fit
        from chainrule.training.trainer import Plan, Task

        told = checked(callbacks)
        plan = Plan(
            _rows(batch_size),
            doors.whole_number(epochs, "epochs", 1),
            doors.whole_number(initial_epoch, "initial_epoch", 0),
            _truth(shuffle, "shuffle"),
            doors.verbosity(verbose),
            next_seed(),
            self._steps_per_call if any(watches_batches(callback) for callback in told) else None,
        )
        feed, validation = self._feeds(
            x, y, sample_weight, class_weight, validation_split, validation_data, plan
        )
        history = History()
        params = {"verbose": plan.verbose, "epochs": plan.epochs, "steps": _updates(feed, plan.batch_size)}
        told = [*told, history]
        for callback in told:
            callback.set_model(self)
            callback.set_params(params)
        self.stop_training = False
        trainer = self._ready(weighted=sample_weight is not None or class_weight is not None)
        fit(Task(trainer, self, feed, validation, plan, told))
        return history

    def _feeds(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        class_weight: Any,
        split: float,
        validation_data: Any,
        plan: Plan,
    ) -> tuple[Feed, Feed | None]:
        """The data to train on and to validate on, checked."""
        from chainrule.training.feeds import Memory

        if _is_source(x):
            if split or sample_weight is not None or class_weight is not None:
                raise ValueError(
                    "validation_split, sample_weight and class_weight need arrays in memory: with data in "
                    "chunks give validation_data"
                )
            stream = self._stream(x, y, plan.seed, plan.shuffle)
            return stream, None if validation_data is None else self._validation(validation_data, False)
        data, held = self.checked_data(x, y, sample_weight), None
        if split and validation_data is None:
            data, held = doors.split_off(data, split)
        if class_weight is not None:
            data = self.weighed(data, class_weight)
        weighted = WEIGHTS in data
        rows = len(next(iter(data.values())))
        feed = Memory(data, plan.seed, plan.shuffle and plan.batch_size < rows)
        if validation_data is not None:
            return feed, self._validation(validation_data, weighted)
        return feed, None if held is None else Memory(_weighted(held) if weighted else held)

    def _validation(self, given: Any, weighted: bool) -> Feed:
        from chainrule.training.feeds import Memory

        if _is_source(given):
            if weighted:
                raise ValueError(
                    "validation_data in chunks has no weights, and the rows trained on have: give arrays"
                )
            return self._stream(given, None, 0, False)
        x, y, *weights = doors.validation(given)
        if weights and not weighted:
            raise ValueError(
                "validation_data has weights, and the rows trained on have none: give both or none"
            )
        data = self.checked_data(x, y, weights[0] if weights else None, "validation ")
        return Memory(_weighted(data) if weighted else data)

    def _stream(self, source: Source, y: Any, seed: int, shuffle: bool) -> Feed:
        from chainrule.training.feeds import Stream

        if y is not None:
            raise ValueError("y must be left out: the data set that is read in chunks holds the targets")
        return Stream(source, self.prepared, seed, shuffle)

    @names_what_it_takes
    def evaluate(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        *,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics over x and y: a number, or with metrics a list, or a table."""
        from chainrule.training.feeds import Memory

        if _is_source(x) and sample_weight is not None:
            raise ValueError("sample_weight needs arrays in memory: data in chunks has no weights")
        feed: Feed = (
            self._stream(x, y, 0, False) if _is_source(x) else Memory(self.checked_data(x, y, sample_weight))
        )
        trainer = self._ready(weighted=sample_weight is not None)
        found = trainer.evaluate(self.values, feed, _rows(batch_size))
        if doors.verbosity(verbose):
            from chainrule.training.progress import shown

            print(shown(found, " - "))
        if return_dict:
            return found
        return list(found.values()) if self.objective.is_measured else found["loss"]

    @names_what_it_takes
    def predict(self, x: Any, batch_size: int | None = None, verbose: str | int = "auto") -> Any:
        """The outputs for the inputs x; shape (m, units), of several outputs a list of arrays.

        ``verbose`` is taken as Keras does; the one call has no progress to show.
        """
        from chainrule.training.answers import Answers

        doors.verbosity(verbose)
        inputs = self._inputs(x)
        if self.programs.answers is None:
            self.programs.answers = Answers(*self.network.prediction())
        outputs = self.programs.answers(self.kept, inputs, _rows(batch_size))
        return outputs[0] if len(outputs) == 1 else outputs


def _is_source(x: Any) -> bool:
    """Whether x is a data set that is read in chunks."""
    return hasattr(x, "chunks") and hasattr(x, "chunk_rows")


def _rows(batch_size: int | None) -> int:
    return BATCH_SIZE if batch_size is None else doors.whole_number(batch_size, "batch_size", 1)


def _weighted(data: Arrays) -> Arrays:
    """The data with weights: where there are none, every row counts once."""
    return {WEIGHTS: np.ones(len(next(iter(data.values()))), np.float32), **data}


def _updates(feed: Feed, batch_size: int) -> int:
    """How many updates an epoch has: no batch goes over the end of a chunk."""
    whole, rest = divmod(feed.rows, feed.chunk_rows)
    return whole * -(-feed.chunk_rows // batch_size) + -(-rest // batch_size)


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)

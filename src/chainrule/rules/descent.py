"""How gradient descent goes through the rows: how many updates some epochs make."""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import ceil, floor
from chainrule.rules.rule import Slip, rule

_DOWN = "it is rounded down, so that the last, smaller batch is left out"


@rule(
    tex=r"<epochs> \cdot \left\lceil \frac{<rows>}{<batch_size>} \right\rceil",
    slips=(
        Slip(
            "floor_for_ceiling",
            _DOWN,
            lambda epochs, rows, batch_size: epochs * floor(rows / batch_size),
            r"<epochs> \cdot \left\lfloor \frac{<rows>}{<batch_size>} \right\rfloor",
        ),
        Slip(
            "no_epochs",
            "the updates of a single epoch are counted",
            lambda epochs, rows, batch_size: ceil(rows / batch_size),
            r"\left\lceil \frac{<rows>}{<batch_size>} \right\rceil",
        ),
        Slip(
            "an_update_per_row",
            "an update is counted for each row",
            lambda epochs, rows, batch_size: epochs * rows,
            r"<epochs> \cdot <rows>",
        ),
        Slip(
            "an_update_per_epoch",
            "an update is counted for each epoch",
            lambda epochs, rows, batch_size: epochs,
            "<epochs>",
        ),
    ),
)
def number_of_updates(epochs: Any, rows: Any, batch_size: Any) -> Any:
    """Updates in so many epochs, the last batch smaller where the rows do not divide.

    >>> float(number_of_updates(5, 50, 5)), float(number_of_updates(1, 5, 2))
    (50.0, 3.0)
    """
    return epochs * ceil(rows / batch_size)


@rule(
    tex=r"\left\lceil \frac{<rows>}{<batch_size>} \right\rceil",
    slips=(
        Slip(
            "floor_for_ceiling",
            _DOWN,
            lambda rows, batch_size: floor(rows / batch_size),
            r"\left\lfloor \frac{<rows>}{<batch_size>} \right\rfloor",
        ),
        Slip(
            "not_rounded",
            "it is not rounded up",
            lambda rows, batch_size: rows / batch_size,
            r"\frac{<rows>}{<batch_size>}",
        ),
        Slip(
            "size_for_number",
            "the size of a batch is taken for the number of batches",
            lambda rows, batch_size: batch_size,
            "<batch_size>",
        ),
    ),
)
def batches_per_epoch(rows: Any, batch_size: Any) -> Any:
    """Batches that go through all rows once, which is the updates of an epoch."""
    return ceil(rows / batch_size)


@rule(
    tex=r"<rows> - (<batches> - 1) \cdot <batch_size>",
    slips=(
        Slip(
            "full_batch",
            "the last batch is taken to be full",
            lambda rows, batches, batch_size: batch_size,
            "<batch_size>",
        ),
        Slip(
            "rows_that_lack",
            "the rows that the last batch lacks are given",
            lambda rows, batches, batch_size: batches * batch_size - rows,
            r"<batches> \cdot <batch_size> - <rows>",
        ),
    ),
)
def rows_in_last_batch(rows: Any, batches: Any, batch_size: Any) -> Any:
    """Rows that are left for the last batch of an epoch."""
    return rows - (batches - 1) * batch_size


@rule(
    tex=r"\frac{<rows>}{<batches>}",
    slips=(
        Slip(
            "number_for_size",
            "the number of batches is taken for the size of a batch",
            lambda rows, batches: batches,
            "<batches>",
        ),
    ),
)
def rows_per_batch(rows: Any, batches: Any) -> Any:
    """Rows in each of so many batches of the same size."""
    return rows / batches


@rule(
    tex=r"<epochs> \cdot <batches>",
    slips=(
        Slip(
            "no_epochs",
            "the updates of a single epoch are counted",
            lambda epochs, batches: batches,
            "<batches>",
        ),
        Slip(
            "an_update_per_epoch",
            "an update is counted for each epoch",
            lambda epochs, batches: epochs,
            "<epochs>",
        ),
    ),
)
def updates_in_epochs(epochs: Any, batches: Any) -> Any:
    """Updates in so many epochs, one for each batch."""
    return epochs * batches

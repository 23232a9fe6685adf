"""How gradient descent goes through the rows: how many updates some epochs make."""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import ceil
from chainrule.rules.rule import rule


@rule(tex=r"<epochs> \cdot \left\lceil \frac{<rows>}{<batch_size>} \right\rceil")
def number_of_updates(epochs: Any, rows: Any, batch_size: Any) -> Any:
    """Updates in so many epochs, the last batch smaller where the rows do not divide.

    >>> float(number_of_updates(5, 50, 5)), float(number_of_updates(1, 5, 2))
    (50.0, 3.0)
    """
    return epochs * ceil(rows / batch_size)


@rule(tex=r"\left\lceil \frac{<rows>}{<batch_size>} \right\rceil")
def batches_per_epoch(rows: Any, batch_size: Any) -> Any:
    """Batches that go through all rows once, which is the updates of an epoch."""
    return ceil(rows / batch_size)


@rule(tex=r"<rows> - (<batches> - 1) \cdot <batch_size>")
def rows_in_last_batch(rows: Any, batches: Any, batch_size: Any) -> Any:
    """Rows that are left for the last batch of an epoch."""
    return rows - (batches - 1) * batch_size


@rule(tex=r"\frac{<rows>}{<batches>}")
def rows_per_batch(rows: Any, batches: Any) -> Any:
    """Rows in each of so many batches of the same size."""
    return rows / batches


@rule(tex=r"<epochs> \cdot <batches>")
def updates_in_epochs(epochs: Any, batches: Any) -> Any:
    """Updates in so many epochs, one for each batch."""
    return epochs * batches

"""How many updates some epochs make: batch, stochastic and mini-batch descent."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics.optimizer.given import Given
from chainrule.paper.workings import Working
from chainrule.rules.descent import batches_per_epoch, rows_in_last_batch, rows_per_batch, updates_in_epochs

MOST_DRAWN = 60
"""Batches drawn side by side."""


def work_counts(question: Question, given: Given) -> Working:
    """Work the batches of an epoch, the rows in the last of them, and the updates in all epochs.

    Raises SheetError for a batch larger than the rows, and for sizes that do not fit the descent.
    """
    rows = given.rows
    assert rows is not None
    size = _batch_size(given, rows)
    page = Page(question)
    page.give("rows", rows)
    page.give("epochs", given.epochs)
    page.part("batches", "Batches in an epoch")
    if size is None:
        page.give("batches", given.batches)
        page.work("batch_size", rows_per_batch, "rows", "batches")
        if rows % (given.batches or 1):
            page.remark("The rows cannot be shared out evenly: some batches have a row more than others.")
    else:
        page.give("batch_size", size)
        page.work("batches", batches_per_epoch, "rows", "batch_size")
        page.work(
            "last_batch", rows_in_last_batch, "rows", "batches", "batch_size", symbol=r"B_{\text{last}}"
        )
    page.part("updates", "Updates")
    page.work("updates", updates_in_epochs, "epochs", "batches")
    batches = given.batches if size is None else -(-rows // size)
    assert batches is not None
    if batches <= MOST_DRAWN:
        page.part("picture", "An epoch")
        page.picture("The rows of an epoch in batches", partial(_drawn, rows, batches, size))
    return page.working()


def _batch_size(given: Given, rows: int) -> int | None:
    """The rows in a batch; None where the number of batches is given instead."""
    if given.batch_size is not None and given.batches is not None:
        raise SheetError("given.batches: batch_size is given as well; expected one of them")
    if given.descent in ("batch", "stochastic"):
        fixed = rows if given.descent == "batch" else 1
        if given.batches is not None or given.batch_size not in (None, fixed):
            key = "batches" if given.batches is not None else "batch_size"
            raise SheetError(f"given.{key}: {given.descent} descent has batches of {fixed}; leave {key} out")
        return fixed
    if given.batches is not None:
        if given.batches > rows:
            raise SheetError(
                f"given.batches: {given.batches} batches of {rows} rows; expected {rows} at most"
            )
        return None
    if given.batch_size is None:
        if given.descent == "mini-batch":
            raise SheetError("given.batch_size: is missing; expected the rows in a batch, or batches")
        return rows
    if given.batch_size > rows:
        raise SheetError(f"given.batch_size: {given.batch_size} of {rows} rows; expected {rows} at most")
    return given.batch_size


def _drawn(rows: int, batches: int, size: int | None) -> str:
    """The rows as a bar, cut into batches."""
    from chainrule.paper.pictures import BLUE, RED, drawing

    ends: list[Any] = [
        rows * i / batches if size is None else min(size * i, rows) for i in range(batches + 1)
    ]
    if size is None:
        ends = [round(end) for end in ends]
    with drawing("The rows of an epoch in batches", height=1.3) as picture:
        axes = picture.axes
        for first, last in pairwise(ends):
            whole = size is None or last - first == size
            axes.barh(
                0, last - first, left=first, color=BLUE if whole else RED, edgecolor="white", alpha=0.85
            )
            if batches <= 12:
                axes.text((first + last) / 2, 0, str(last - first), ha="center", va="center", color="white")
        axes.set(xlabel="row", yticks=[], xlim=(0, rows))
        axes.grid(False)
    return picture.svg

"""The topic ``normalization``: batch and layer normalization with gradients, and the scaling of features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError, check_number
from chainrule.paper.topics.normalization.given import Given
from chainrule.paper.topics.normalization.kinds import work_batch, work_layer, work_min_max, work_standard
from chainrule.paper.workings import Working

MOST_VALUES = 1000


def solve(question: Question) -> Working:
    """Work the statistics, the normalized values, and what follows from them.

    Raises SheetError for what does not fit together or cannot be divided by.
    """
    given: Given = question.given
    for place, values in (("x", given.x), *_numbered(given.batches)):
        _check(place, values, given)
    _check_features(given)
    check_number("epsilon", given.epsilon, lambda v: v >= 0, "a number of at least 0")
    check_number("momentum", given.momentum, lambda v: 0 <= v < 1, "a number from 0 up to, but not, 1")
    return _WORK[given.kind](Page(question), given)


_WORK: Mapping[str, Callable[[Page, Given], Working]] = {
    "batch": work_batch,
    "layer": work_layer,
    "standard": work_standard,
    "min_max": work_min_max,
}


def _check(place: str, values: Any, given: Given) -> None:
    """Raise SheetError for a batch that is no list and no rows, is too large, or too small."""
    if values is None:
        return
    if values.ndim not in (1, 2):
        raise SheetError(f"given.{place}: expected a list of numbers, or rows of them")
    if values.size > MOST_VALUES:
        raise SheetError(f"given.{place}: {values.size} numbers; at most {MOST_VALUES} are worked by hand")
    is_measured = place != "x" or given.batches is None
    if given.variance == "sample" and len(values) < 2 and is_measured:
        raise SheetError(
            f"given.{place}: one row has no sample variance, which divides by m - 1; expected more rows"
        )


def _check_features(given: Given) -> None:
    """Raise SheetError where the batches, and x, have not the same features."""
    first, *others = [*([("x", given.x)] if given.x is not None else []), *_numbered(given.batches)]
    for place, batch in others:
        if batch.shape[1:] != first[1].shape[1:]:
            found, wanted = _features(batch), _features(first[1])
            raise SheetError(f"given.{place}: {found}, and {first[0]} has {wanted}; expected the same")


def _numbered(batches: list[Any] | None) -> list[tuple[str, Any]]:
    """The batches with their places in the sheet."""
    return [(f"batches[{i}]", batch) for i, batch in enumerate(batches or [], start=1)]


def _features(batch: np.ndarray) -> str:
    return "a plain list, one feature" if batch.ndim == 1 else f"rows of {batch.shape[1]}"

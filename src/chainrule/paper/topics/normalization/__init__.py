"""The topic ``normalization``: batch and layer normalization with gradients, and the scaling of features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from chainrule.paper.notation import exact_text
from chainrule.paper.page import Page
from chainrule.paper.reading import Value
from chainrule.paper.sheet import Question, Scalar, SheetError, Strict, Values, Vector
from chainrule.paper.topics.normalization.kinds import work_batch, work_layer, work_min_max, work_standard
from chainrule.paper.workings import Working

MOST_VALUES = 1000
MOST_BATCHES = 20
_LAYER = {"x", "gamma", "beta", "epsilon", "epsilon_at"}
_MOVING = {"dy", "training", "moving_mean", "moving_variance", "momentum", "batches"}
_KEYS = {
    "batch": _LAYER | _MOVING | {"variance"},
    "layer": _LAYER,
    "standard": {"x", "variance"},
    "min_max": {"x", "range"},
}
"""What may be given for each kind."""


class Given(Strict):
    """What is given in a question of the topic ``normalization``."""

    kind: Literal["batch", "layer", "standard", "min_max"] = Field("batch", description="what is done with x")
    x: Values | None = Field(None, description="a list, one feature of a batch; or rows, one per sample")
    gamma: Values | None = Field(None, description="the scale, one number or one per feature; 1 if absent")
    beta: Values | None = Field(None, description="the shift, one number or one per feature; 0 if absent")
    epsilon: Scalar = Field(1e-3, validate_default=True, description="added to the variance; 0.001 as Keras")
    epsilon_at: Literal["inside", "outside"] = Field("inside", description="of the root of the variance")
    variance: Literal["population", "sample"] = Field("population", description="divided by m, or by m - 1")
    dy: Values | None = Field(None, description="the gradient of the loss in the result, to work backward")
    training: bool = Field(True, description="false: by the moving averages, as after training")
    moving_mean: Values | None = Field(None, description="the moving mean before; 0 if absent")
    moving_variance: Values | None = Field(None, description="the moving variance before; 1 if absent")
    momentum: Scalar = Field(0.99, validate_default=True, description="of the moving averages; 0.99 as Keras")
    batches: list[Values] | None = Field(
        None, min_length=1, max_length=MOST_BATCHES, description="batches that the moving averages follow"
    )
    range: Vector | None = Field(None, description="what min_max scales to; 0 to 1 if absent")

    @model_validator(mode="after")
    def _fits(self) -> Given:
        if self.x is None and self.batches is None:
            raise ValueError("x is missing; expected a list of numbers, or rows of them")
        for key in sorted(self.model_fields_set - {"kind"}):
            kinds = [kind for kind, keys in _KEYS.items() if key in keys]
            if self.kind not in kinds:
                raise ValueError(
                    f"{key} is given and kind is {self.kind!r}; it belongs to {' and '.join(kinds)}"
                )
        if self.x is None and (self.kind != "batch" or self.dy is not None):
            raise ValueError("x is missing; expected a list of numbers, or rows of them")
        in_training = self.training and self.batches is None and self.variance == "population"
        if self.dy is not None and not in_training:
            raise ValueError(
                "dy: the backward pass is that of one batch in training, with the population's variance"
            )
        if self.dy is not None and self.epsilon_at == "outside":
            raise ValueError("dy: the backward pass is worked with epsilon inside the root")
        return self


def solve(question: Question) -> Working:
    """Work the statistics, the normalized values, and what follows from them.

    Raises SheetError for what does not fit together or cannot be divided by.
    """
    given: Given = question.given
    for place, values in (("x", given.x), *_numbered(given.batches)):
        _check(place, values, given)
    _check_features(given)
    _check_number("epsilon", given.epsilon, lambda v: v >= 0, "a number of at least 0")
    _check_number("momentum", given.momentum, lambda v: 0 <= v < 1, "a number from 0 up to, but not, 1")
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
    if given.variance == "sample" and len(values) < 2 and given.kind != "layer":
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


def _check_number(key: str, value: np.ndarray, test: Any, expected: str) -> None:
    found: Any = value[()]
    if isinstance(found, Value):
        if found.names:
            return
        found = found.number()
    if not test(found):
        raise SheetError(f"given.{key}: expected {expected}; got {exact_text(found)}")

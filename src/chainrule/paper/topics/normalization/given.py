"""What is given in a question of the topic ``normalization``, each kind with the keys that it needs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from chainrule.paper.sheet import Scalar, Strict, Values, Vector

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
                "dy is given; the backward pass is that of one batch in training, "
                "with the population's variance"
            )
        if self.dy is not None and self.epsilon_at == "outside":
            raise ValueError("dy is given; the backward pass is worked with epsilon inside the root")
        self._check_used()
        return self

    def _check_used(self) -> None:
        """Raise ValueError for a key of batch normalization that nothing here would take."""
        given = self.model_fields_set
        if self.x is None and (unused := sorted(given & (_LAYER - {"x"}))):
            raise ValueError(f"{unused[0]} is given without x; expected x, which is to be normalized")
        is_at_rest = not self.training and self.batches is None
        if is_at_rest and (unused := sorted(given & {"momentum", "variance"})):
            raise ValueError(
                f"{unused[0]} is given and training is false; the moving averages are taken as they are"
            )

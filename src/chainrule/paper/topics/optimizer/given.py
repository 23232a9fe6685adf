"""What is given in a question of the topic ``optimizer``: a path, a falling rate, or a count."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from chainrule.paper.sheet import Strict, Table, Values

MOST_UPDATES = 100
_COUNTED = ("rows", "batch_size", "batches", "descent")
_KEYS = {
    "a count of updates": {*_COUNTED, "epochs"},
    "learning rates": {"optimizer", "schedule", "steps"},
    "a path with gradients": {"optimizer", "schedule", "steps", "w", "gradients"},
    "a path with a formula": {"optimizer", "schedule", "steps", "w", "gradient", "loss", "names"},
}
"""What may be given for each question."""


class Given(Strict):
    """What is given in a question of the topic ``optimizer``: a path, a falling rate, or a count."""

    optimizer: Table = Field(
        "SGD", description="its name, or a table with its name and arguments, as in Keras"
    )
    w: Values | None = Field(
        None, description="the parameter at the start: a number, a list or rows; 0 if absent"
    )
    gradients: Values | None = Field(None, description="the gradient of each update, in the shape of w")
    gradient: str | list[str] | None = Field(
        None, description="the gradient as a formula in w; one per entry"
    )
    loss: str | None = Field(None, description="the loss as a formula in w, from which the gradient follows")
    names: list[str] | None = Field(
        None, min_length=1, description="the entries' names in the formulas: w1, w2, …"
    )
    steps: int | None = Field(None, ge=1, le=MOST_UPDATES, description="how many updates are worked")
    schedule: Table | None = Field(
        None, description="how the learning rate falls: a name, or a table with one"
    )
    rows: int | None = Field(None, ge=1, le=10**12, description="how many rows there are, to count updates")
    epochs: int = Field(1, ge=1, le=10**9)
    batch_size: int | None = Field(None, ge=1, le=10**12)
    batches: int | None = Field(
        None, ge=1, le=10**12, description="how many batches an epoch has, of the same size"
    )
    descent: Literal["batch", "stochastic", "mini-batch"] | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Given:
        of_path = [k for k in ("gradients", "gradient", "loss") if getattr(self, k) is not None]
        of_count = [k for k in _COUNTED if getattr(self, k) is not None]
        if len(of_path) > 1:
            raise ValueError(f"{of_path[0]} and {of_path[1]} are both given; expected one of them")
        if of_path and of_count:
            raise ValueError(f"{of_path[0]} and {of_count[0]} are both given; a path or a count, not both")
        if of_count and self.rows is None:
            raise ValueError(f"{of_count[0]} is given without rows; expected how many rows there are")
        if not of_path and not of_count and self.schedule is None:
            raise ValueError(
                "expected gradients, gradient or loss for a path, rows for a count of updates, "
                "or schedule and steps for learning rates"
            )
        if self.steps is None and not of_count and self.gradients is None:
            raise ValueError("steps is missing; expected how many updates are to be worked")
        asked = self._asked()
        if others := sorted(self.model_fields_set - _KEYS[asked]):
            raise ValueError(f"{others[0]} is given for {asked}, which does not take it; leave it out")
        return self

    def _asked(self) -> str:
        """What is asked for, as :data:`_KEYS` calls it."""
        if self.rows is not None:
            return "a count of updates"
        if self.gradients is not None:
            return "a path with gradients"
        is_path = self.gradient is not None or self.loss is not None
        return "a path with a formula" if is_path else "learning rates"

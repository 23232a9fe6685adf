"""What is given in a question of the topic ``perceptron``, and which kind of question it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from chainrule.paper.sheet import Scalar, Strict, Table, Values, Vector
from chainrule.paper.topics.perceptron.table import GATES

_TABLE = {"gate", "inputs", "x", "y"}
_KEYS = {
    "loss": _TABLE | {"w", "b", "loss", "learning_rate", "penalty", "alpha", "l1_ratio"},
    "training": _TABLE | {"w", "b", "threshold", "learning_rate", "epochs", "order", "train_bias"},
    "check": _TABLE | {"w", "b", "threshold"},
    "output": {"x", "w", "b", "threshold", "activation"},
    "separable": _TABLE,
}


class Given(Strict):
    """What is given in a question of the topic ``perceptron``."""

    gate: Literal["and", "or", "nand", "nor", "xor", "xnor"] | None = Field(
        None, description="a truth table by its name"
    )
    inputs: int = Field(2, ge=1, le=6, description="how many inputs the gate has")
    x: Values | None = Field(None, description="the inputs, a row per sample; of an output, one row will do")
    y: Vector | None = Field(None, description="the targets: 0 and 1, or -1 and 1")
    w: Vector | None = Field(None, description="the weights (in training, the first ones)")
    b: Scalar | None = Field(None, description="the bias; 0 if absent")
    threshold: Scalar | None = Field(None, description="the step is at this z; at 0 if absent")
    activation: Table | None = Field(None, description="of an output; the step if absent")
    learning_rate: Scalar | None = Field(None, description="greater than 0; its presence asks for training")
    epochs: int | None = Field(None, ge=1, le=1000, description="how often the table is gone through at most")
    order: list[int] | None = Field(None, min_length=1, description="row numbers in the order of an epoch")
    train_bias: bool = Field(True, description="whether the bias is trained")
    loss: Table | None = Field(None, description="a loss of z: perceptron, hinge, mse, …")
    penalty: Literal["l1", "l2", "half_l2", "elastic"] | None = Field(None, description="on the weights")
    alpha: Scalar | None = Field(None, description="what the penalty is multiplied by")
    l1_ratio: Scalar | None = Field(None, description="the share of L1 in the elastic penalty")

    @property
    def kind(self) -> str:
        """Which kind of question it is."""
        if self.loss is not None:
            return "loss"
        if self.learning_rate is not None:
            return "training"
        if self.w is not None:
            return "output" if self.y is None and self.gate is None else "check"
        return "separable"

    @model_validator(mode="after")
    def _keys_fit(self) -> Given:
        if extra := sorted(self.model_fields_set - _KEYS[self.kind]):
            takes = ", ".join(sorted(_KEYS[self.kind]))
            said = {"separable": "a table alone", "check": "weights and a table"}.get(self.kind, self.kind)
            raise ValueError(f"{extra[0]!r} does not belong to a question about {said}, which takes {takes}")
        if self.gate is None and self.x is None:
            raise ValueError(f"a table is missing; give x and y, or gate: one of {', '.join(GATES)}")
        if self.gate is not None and (self.x is not None or self.y is not None):
            raise ValueError("gate is a whole table; leave out x and y")
        if "inputs" in self.model_fields_set and self.gate is None:
            raise ValueError("inputs belongs to a gate; leave it out")
        if self.x is not None and self.y is None and self.kind != "output":
            raise ValueError("y is missing: a target for each row of x")
        if self.kind in ("loss", "training") and self.w is None:
            raise ValueError(f"w is missing: the {'first ' if self.kind == 'training' else ''}weights")
        return self

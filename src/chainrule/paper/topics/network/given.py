"""What is given in a question of the topic ``network``."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from chainrule.paper.sheet import LayerGiven, Scalar, Strict, Table, Values, Vector

MOST_LAYERS = 100
"""Layers of a chain that is given by its factors."""


class ChainGiven(Strict):
    """A chain of factors, as a gradient meets them: all equal, listed, or as slopes and weights."""

    factor: Scalar = Field(None, description="the factor of every layer, with depth")
    depth: int | None = Field(None, ge=1, le=MOST_LAYERS, description="how many layers")
    factors: Vector = Field(None, description="the factor of each layer, from the output back")
    slopes: Vector = Field(None, description="the slope of each activation, from the output back")
    weights: Vector = Field(None, description="the weight that belongs to each slope")
    parameter: Scalar = Field(None, description="a weight of the first layer, to be updated")


class Given(Strict):
    """What is given in a question of the topic ``network``: samples and layers, sizes, or a chain."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["x", "layers"]},
                {"required": ["inputs", "layers"]},
                {"required": ["chain"]},
            ]
        }
    )

    x: Values = Field(None, description="the inputs, one row or image per sample")
    y: Values = Field(None, description="the targets, one row per sample")
    inputs: int | list[int] | None = Field(
        None, description="how many inputs, or the shape of an image, where only sizes matter"
    )
    layers: list[LayerGiven] | None = Field(None, min_length=1)
    loss: Table = "mse"
    penalty: Table = Field(None, description="l1 or l2, with lambda and the factor before the sum")
    optimizer: Table = "SGD"
    batch_size: int | None = Field(None, ge=1, description="rows per update; all of them if absent")
    epochs: int = Field(1, ge=1, le=1000)
    training: bool = Field(
        True, description="false for the pass that predicts, with moving averages and without dropout"
    )
    chain: ChainGiven | None = Field(None, description="factors of a gradient, without a network")

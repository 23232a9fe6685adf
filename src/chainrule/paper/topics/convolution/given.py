"""What is given in a question of the topic ``convolution``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chainrule.paper.sheet import Strict, Values
from chainrule.paper.topics._windows import LARGEST, Lengths, Padding


class Layer(Strict):
    """A layer of a stack, along one axis: a convolution or a pooling."""

    kernel_size: int = Field(ge=1, le=LARGEST)
    strides: int = Field(1, ge=1, le=LARGEST)
    dilation_rate: int = Field(1, ge=1, le=LARGEST)
    padding: Padding = "valid"
    name: str = ""


class Given(Strict):
    """What is given in a question of the topic ``convolution``."""

    input: Values = Field(None, description="one channel as rows, or a list of channels; a signal as a list")
    filter: Values = Field(
        None, description="as the input; or a list of several filters, each of them as the input"
    )
    bias: Values = Field(None, description="a number, or a list with one for each filter")
    strides: Lengths = 1
    padding: Padding = "valid"
    dilation_rate: Lengths = 1
    flip: bool = Field(False, description="turn the filter by 180° first, as mathematics does")
    dY: Values = Field(  # noqa: N815 - the name of the quantity
        None, description="the gradient of the loss in the map; of several maps, a list of them"
    )
    loss: Literal["sum"] | None = Field(None, description="the loss, if dY is not given")

    size: Lengths = Field(None, description="the input's length, [height, width], or these and its channels")
    kernel_size: Lengths = Field(None, description="the filter's length, or [height, width]")
    filters: int | None = Field(None, ge=1, le=LARGEST)
    use_bias: bool = True
    dense: int | None = Field(None, ge=1, le=LARGEST, description="neurons of a dense layer behind it")

    layers: list[Layer] | None = Field(None, min_length=1, max_length=100)

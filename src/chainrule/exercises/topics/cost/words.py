"""The layers of a question about costs: as they are given, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.topics._shapes import counted, square

Layer = dict[str, Any]

FOR_ONE_SAMPLE = "Count the multiplications of one sample; adding a bias is none."
MULTIPLICATIONS = f"{FOR_ONE_SAMPLE} Those with a zero of the padding count too."
BIASES = "Every filter and every neuron has a bias."
FILTER_BIASES = "Every filter has a bias."


def convolution(filters: int, f: int, strides: int = 1, padding: str = "valid", **more: Any) -> Layer:
    """A convolution with square filters."""
    made = {"layer": "Conv2D", "filters": filters, "kernel_size": f}
    return {**made, **({"strides": strides} if strides > 1 else {}), "padding": padding, **more}


def dense(units: int, **more: Any) -> Layer:
    """A fully connected layer."""
    return {"layer": "Dense", "units": units, **more}


def pooling(f: int, strides: int = 0, kind: str = "Max", padding: str = "valid") -> Layer:
    """A pooling, whose stride is its window's length where it is not given."""
    made = {"layer": f"{kind}Pooling2D", "pool_size": f, "padding": padding}
    return {**made, **({"strides": strides} if strides else {})}


FLATTEN: Layer = {"layer": "Flatten"}
NORMALIZATION: Layer = {"layer": "BatchNormalization"}
RELU: Layer = {"layer": "ReLU"}


def words(layer: Layer) -> str:
    """A layer in words.

    >>> words(convolution(16, 3, padding="same"))
    'a convolution with 16 filters of 3 × 3, stride 1, padding same'
    >>> words(pooling(2))
    'max pooling of 2 × 2, stride 2, no padding'
    """
    name = layer["layer"]
    if name == "Dense":
        bare = " without biases" if not layer.get("use_bias", True) else ""
        return f"a fully connected layer of {counted(layer['units'], 'neuron')}{bare}"
    if name in ("MaxPooling2D", "AveragePooling2D"):
        f = layer["pool_size"]
        return f"{name.removesuffix('Pooling2D').lower()} pooling of {square(f)}{_details(layer, strides=f)}"
    if "kernel_size" in layer:
        return f"{_filters(layer)}{_details(layer, strides=1)}"
    return _OTHERS[name]


_OTHERS = {
    "Flatten": "flattening",
    "BatchNormalization": "batch normalization",
    "ReLU": "ReLU",
    "GlobalAveragePooling2D": "global average pooling",
}


def _filters(layer: Layer) -> str:
    f = square(layer["kernel_size"])
    if layer["layer"] == "DepthwiseConv2D":
        flat = counted(layer["depth_multiplier"], "flat filter")
        return f"a depthwise convolution with {flat} of {f} per channel"
    if layer["layer"] == "SeparableConv2D":
        behind = f"{layer['filters']} filters of 1 × 1"
        return f"a separable convolution: one flat filter of {f} per channel, then {behind}"
    return f"a convolution with {counted(layer['filters'], 'filter')} of {f}"


def _details(layer: Layer, strides: int) -> str:
    """Stride, as many where none is given, padding and the like."""
    padding = layer["padding"]
    said = [
        f"stride {layer.get('strides', strides)}",
        "no padding" if padding == "valid" else f"padding {padding}",
    ]
    if "dilation_rate" in layer:
        said.append(f"dilation rate {layer['dilation_rate']}")
    if "groups" in layer:
        said.append(f"in {layer['groups']} groups")
    if not layer.get("use_bias", True):
        said.append("without biases")
    return "".join(f", {each}" for each in said)


def numbered(layers: Sequence[Layer]) -> str:
    """Layers as a sentence has them, each with its number.

    >>> numbered([FLATTEN, dense(1)])
    '(1) flattening; (2) a fully connected layer of 1 neuron'
    """
    return "; ".join(f"({number}) {words(layer)}" for number, layer in enumerate(layers, start=1))


def each(word: str, layers: Sequence[Layer], *names: str, ending: str = "") -> list[str]:
    """A quantity of every layer of these names: ``parameters1``, ``parameters3``."""
    return [f"{word}{i}{ending}" for i, layer in enumerate(layers, start=1) if layer["layer"] in names]


def small_image(draw: Draw) -> list[int]:
    """The shape of a small image, grey or of three colours."""
    side = draw.integer(6, draw.by(10, 32, 64))
    return [side, side, draw.choice([1, 3])]

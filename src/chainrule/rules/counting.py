"""Counting what a layer costs: shapes, parameters, multiplications, and what a bottleneck saves.

Shapes are arrays: (height, width, channels), or (units) behind a dense layer; a kernel is
(height, width). In the formulas C is the channels of the input, H × W × K the output, f_h × f_w the
kernel, N the inputs of a dense layer, D the multiplier of a depthwise convolution. A multiplication
with a zero of the padding counts too; adding a bias, comparing and dividing do not.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016); Szegedy et al.,
"Going deeper with convolutions" (2015), for the bottleneck; Chollet, "Xception" (2017), for the
separable convolution.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, reduce

from chainrule.rules.arrays import Array, ceil, constant, floor, namespace
from chainrule.rules.convolution import output_size
from chainrule.rules.rule import Rule, Slip, rule

LONGEST_FORMULA = 6
"""Terms of a sum. Of a longer one the first few and the last are written."""


def _product(shape: Array) -> Array:
    return namespace(shape).prod(shape)


def _named(stem: str, count: int) -> tuple[str, ...]:
    return tuple(f"{stem}{i}" for i in range(1, count + 1))


def _shortened(terms: list[str]) -> list[str]:
    return terms if len(terms) <= LONGEST_FORMULA else [*terms[:3], r"\cdots", terms[-1]]


# ------------------------------------------------------------------------------- shapes


@rule(tex=r"\text{height and width of } <shape>")
def plane(shape: Array) -> Array:
    """Height and width of a shape; shape (2,)."""
    return shape[:2]


def _behind_window(name: str, channels: str, count: Callable[..., Array], *inputs: str) -> Rule:
    """The rule of a shape behind a window: height and width as it leaves them, and channels.

    Its slips are those of height and width.
    """

    def behind(size_of: Callable[..., Array]) -> Callable[..., Array]:
        def shape_behind(*values: Array) -> Array:
            size = size_of(*values[: -len(inputs)])
            return namespace(size).concat([size, count(*values[-len(inputs) :])])

        return shape_behind

    def tex(of_size: str) -> str:
        return rf"\left( {of_size}, \; {channels} \right)"

    named = (*output_size.inputs, *inputs)
    slips = tuple(replace(s, function=behind(s.function), tex=tex(s.tex)) for s in output_size.slips)
    return Rule(name, behind(output_size.function), tex(output_size.tex), named=named, slips=slips)


def channels_kept(shape: str) -> Slip:
    """The slip of a convolution's shape that keeps the channels of its input, the quantity named."""

    def kept(*values: Array) -> Array:
        *inputs, of_input = values
        size = output_size.function(*inputs[: len(output_size.inputs)])
        return namespace(size).concat([size, of_input[2:]])

    what = "the channels of the input are kept, where each filter gives one"
    return Slip("channels_kept", what, kept, rf"\left( {output_size.tex}, \; C \right)", also=(shape,))


convolution_shape = _behind_window(
    "convolution_shape", "<filters>", lambda filters: filters.reshape(1), "filters"
)
"""Height and width of a feature map, and a channel for each filter; shape (3,)."""

pooling_shape = _behind_window("pooling_shape", "C", lambda shape: shape[2:], "shape")
"""The shape behind a pooling, which keeps the channels; shape (3,)."""

depthwise_shape = _behind_window(
    "depthwise_shape",
    r"C \cdot <multiplier>",
    lambda shape, multiplier: shape[2:] * multiplier,
    "shape",
    "multiplier",
)
"""The shape behind a depthwise convolution, with so many channels for each; shape (3,)."""


@rule(tex=r"C")
def channels_alone(shape: Array) -> Array:
    """The shape behind a pooling over the whole plane; shape (1,)."""
    return shape[2:]


@rule(
    tex=r"\text{product of } <shape>",
    slips=(
        Slip(
            "channels_left_out",
            "the channels are left out",
            lambda shape: namespace(shape).prod(shape[:2], keepdims=True),
            r"n_{h} \cdot n_{w}",
        ),
        Slip(
            "added",
            "the lengths are added",
            lambda shape: namespace(shape).sum(shape, keepdims=True),
            r"\text{sum of } <shape>",
        ),
    ),
)
def flat_shape(shape: Array) -> Array:
    """How many numbers a shape holds; shape (1,)."""
    return namespace(shape).prod(shape, keepdims=True)


@rule(tex=r"<units>")
def dense_shape(shape: Array, units: Array) -> Array:
    """The shape behind a dense layer, which works on the last axis."""
    return namespace(shape).concat([shape[:-1], units.reshape(1)])


@rule(tex=r"\left( \text{all but the last of } <shape>, \; <units> \right)")
def dense_shape_at_places(shape: Array, units: Array) -> Array:
    """The shape behind a dense layer that works at every place of the axes before the last."""
    return dense_shape.function(shape, units)


@cache
def concatenated(count: int) -> Rule:
    """The rule that puts so many feature maps of one plane behind each other: channels add up."""

    def concatenate(plane: Array, *shapes: Array) -> Array:
        channels = shapes[0][2:]
        for shape in shapes[1:]:
            channels = channels + shape[2:]
        return namespace(plane).concat([plane, channels])

    sum_of = " + ".join(_shortened([f"C_{{{i}}}" for i in range(1, count + 1)]))
    tex = rf"\left( <plane>, \; {sum_of} \right)"
    first = Slip(
        "one_branch",
        "the channels of one branch are taken, not those of all",
        lambda plane, *shapes: namespace(plane).concat([plane, shapes[0][2:]]),
        r"\left( <plane>, \; C_{1} \right)",
    )
    slips = (first,) if count > 1 else ()
    return Rule("concatenate", concatenate, tex, named=("plane", *_named("shape", count)), slips=slips)


@cache
def added(count: int) -> Rule:
    """The rule of a sum of so many feature maps of one shape: the shape stays."""

    def add(plane: Array, *shapes: Array) -> Array:
        return namespace(plane).concat([plane, shapes[0][len(plane) :]])

    def concatenate(plane: Array, *shapes: Array) -> Array:
        return concatenated(count).function(plane, *shapes)

    slip = Slip(
        "channels_added",
        "the channels are added up, as those of maps put behind each other are",
        concatenate,
        rf"\left( <plane>, \; {count} \cdot C \right)",
    )
    tex = r"\left( <plane>, \; C \right)"
    slips = (slip,) if count > 1 else ()
    return Rule("add", add, tex, named=("plane", *_named("shape", count)), slips=slips)


# --------------------------------------------------------------------------- parameters


def _weights(kernel: Array, shape: Array, filters: Array) -> Array:
    return kernel[0] * kernel[1] * shape[2] * filters


_NO_BIASES = "the biases are left out"
_BIASES_COUNTED = "biases are counted, where there are none"
_FLAT_FILTER = "a filter is taken as flat, without the channels of the input"
_ONE_FILTER = "one filter alone is counted"
_NO_POINTWISE = "one_by_one_left_out", "the 1×1 convolution behind it is left out"
_NO_DEPTHWISE = "depthwise_left_out", "the depthwise convolution is left out, and the 1×1 one alone counted"
_NO_GROUPS = "groups_left_out", "the groups are left out, so that each filter sees all channels"
_FULL = "full_convolution", "the plain convolution is counted"


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
    slips=(
        Slip("biases_left_out", _NO_BIASES, _weights, r"f_{h} \cdot f_{w} \cdot C \cdot K"),
        Slip(
            "one_bias",
            "one bias is counted for the whole layer, not one for each filter",
            lambda kernel, shape, filters: _weights(kernel, shape, filters) + 1,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + 1",
        ),
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda kernel, shape, filters: kernel[0] * kernel[1] * filters + filters,
            r"f_{h} \cdot f_{w} \cdot K + K",
        ),
        Slip(
            "filters_left_out",
            _ONE_FILTER,
            lambda kernel, shape, filters: _weights(kernel, shape, filters) / filters + 1,
            r"f_{h} \cdot f_{w} \cdot C + 1",
        ),
    ),
)
def convolution_parameters(kernel: Array, shape: Array, filters: Array) -> Array:
    """Weights of a convolution and one bias for each filter.

    >>> import numpy as np
    >>> convolution_parameters(np.array([3, 3]), np.array([32, 32, 3]), np.array(16))
    np.int64(448)
    """
    return _weights(kernel, shape, filters) + filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot K",
    slips=(
        Slip(
            "biases_counted",
            _BIASES_COUNTED,
            lambda kernel, shape, filters: _weights(kernel, shape, filters) + filters,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
        ),
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda kernel, shape, filters: kernel[0] * kernel[1] * filters,
            r"f_{h} \cdot f_{w} \cdot K",
        ),
        Slip(
            "filters_left_out",
            _ONE_FILTER,
            lambda kernel, shape, filters: _weights(kernel, shape, filters) / filters,
            r"f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def convolution_weights(kernel: Array, shape: Array, filters: Array) -> Array:
    """Weights of a convolution without biases."""
    return _weights(kernel, shape, filters)


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K + K",
    slips=(
        Slip(
            *_NO_GROUPS,
            lambda kernel, shape, filters, groups: _weights(kernel, shape, filters) + filters,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
        ),
        Slip(
            "biases_left_out",
            _NO_BIASES,
            lambda kernel, shape, filters, groups: _weights(kernel, shape, filters) / groups,
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K",
        ),
        Slip(
            "one_group",
            "one group alone is counted",
            lambda kernel, shape, filters, groups: (
                _weights(kernel, shape, filters) / (groups * groups) + filters / groups
            ),
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot \frac{K}{<groups>} + \frac{K}{<groups>}",
        ),
    ),
)
def grouped_parameters(kernel: Array, shape: Array, filters: Array, groups: Array) -> Array:
    """Weights and biases of a convolution whose filters see only the channels of their group."""
    return kernel[0] * kernel[1] * (shape[2] / groups) * filters + filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K",
    slips=(
        Slip(
            *_NO_GROUPS,
            lambda kernel, shape, filters, groups: _weights(kernel, shape, filters),
            r"f_{h} \cdot f_{w} \cdot C \cdot K",
        ),
        Slip(
            "biases_counted",
            _BIASES_COUNTED,
            lambda kernel, shape, filters, groups: _weights(kernel, shape, filters) / groups + filters,
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K + K",
        ),
        Slip(
            "one_group",
            "one group alone is counted",
            lambda kernel, shape, filters, groups: _weights(kernel, shape, filters) / (groups * groups),
            r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot \frac{K}{<groups>}",
        ),
    ),
)
def grouped_weights(kernel: Array, shape: Array, filters: Array, groups: Array) -> Array:
    """Weights of a convolution in groups without biases."""
    return kernel[0] * kernel[1] * (shape[2] / groups) * filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D",
    slips=(
        Slip(
            "biases_left_out",
            _NO_BIASES,
            lambda kernel, shape, multiplier: _weights(kernel, shape, multiplier),
            r"f_{h} \cdot f_{w} \cdot C \cdot D",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier: (_weights(kernel, shape, shape[2]) + shape[2]) * multiplier,
            r"f_{h} \cdot f_{w} \cdot C \cdot C \cdot D + C \cdot D",
        ),
        Slip(
            "channels_left_out",
            "one filter is counted for all channels, not one for each",
            lambda kernel, shape, multiplier: (kernel[0] * kernel[1] + 1) * multiplier,
            r"f_{h} \cdot f_{w} \cdot D + D",
        ),
    ),
)
def depthwise_parameters(kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Weights of a depthwise convolution, a flat filter for each channel, and the biases."""
    return kernel[0] * kernel[1] * shape[2] * multiplier + shape[2] * multiplier


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D",
    slips=(
        Slip(
            "biases_counted",
            _BIASES_COUNTED,
            lambda kernel, shape, multiplier: (kernel[0] * kernel[1] + 1) * shape[2] * multiplier,
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier: _weights(kernel, shape, shape[2] * multiplier),
            r"f_{h} \cdot f_{w} \cdot C \cdot C \cdot D",
        ),
        Slip(
            "channels_left_out",
            "one filter is counted for all channels, not one for each",
            lambda kernel, shape, multiplier: kernel[0] * kernel[1] * multiplier,
            r"f_{h} \cdot f_{w} \cdot D",
        ),
    ),
)
def depthwise_weights(kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Weights of a depthwise convolution without biases."""
    return kernel[0] * kernel[1] * shape[2] * multiplier


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K + K",
    slips=(
        Slip(
            *_NO_POINTWISE,
            lambda kernel, shape, multiplier, filters: (
                _weights(kernel, shape, multiplier) + shape[2] * multiplier
            ),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D",
        ),
        Slip(
            *_NO_DEPTHWISE,
            lambda kernel, shape, multiplier, filters: shape[2] * multiplier * filters + filters,
            r"C \cdot D \cdot K + K",
        ),
        Slip(
            "biases_left_out",
            _NO_BIASES,
            lambda *inputs: _separable_weights(*inputs),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K",
        ),
        Slip(
            "depthwise_biases_counted",
            "biases are counted for the depthwise convolution too",
            lambda kernel, shape, multiplier, filters: (
                _separable_weights(kernel, shape, multiplier, filters) + shape[2] * multiplier + filters
            ),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D + C \cdot D \cdot K + K",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier, filters: _weights(kernel, shape, filters) + filters,
            r"f_{h} \cdot f_{w} \cdot C \cdot K + K",
        ),
    ),
)
def separable_parameters(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    """Weights of a depthwise convolution, of the 1×1 convolution behind it, and its biases."""
    return _separable_parameters(kernel, shape, multiplier, filters)


def _separable_parameters(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    return _separable_weights(kernel, shape, multiplier, filters) + filters


@rule(
    tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K",
    slips=(
        Slip(
            *_NO_POINTWISE,
            lambda kernel, shape, multiplier, filters: _weights(kernel, shape, multiplier),
            r"f_{h} \cdot f_{w} \cdot C \cdot D",
        ),
        Slip(
            *_NO_DEPTHWISE,
            lambda kernel, shape, multiplier, filters: shape[2] * multiplier * filters,
            r"C \cdot D \cdot K",
        ),
        Slip(
            "biases_counted",
            _BIASES_COUNTED,
            lambda *inputs: _separable_parameters(*inputs),
            r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K + K",
        ),
        Slip(
            *_FULL,
            lambda kernel, shape, multiplier, filters: _weights(kernel, shape, filters),
            r"f_{h} \cdot f_{w} \cdot C \cdot K",
        ),
    ),
)
def separable_weights(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    """Weights of a depthwise convolution and of the 1×1 convolution behind it."""
    return _separable_weights(kernel, shape, multiplier, filters)


def _separable_weights(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    return kernel[0] * kernel[1] * shape[2] * multiplier + shape[2] * multiplier * filters


@rule(
    tex=r"N \cdot <units> + <units>",
    slips=(
        Slip("biases_left_out", _NO_BIASES, lambda shape, units: shape[-1] * units, r"N \cdot <units>"),
        Slip(
            "one_bias",
            "one bias is counted for the whole layer, not one for each unit",
            lambda shape, units: shape[-1] * units + 1,
            r"N \cdot <units> + 1",
        ),
        Slip(
            "bias_for_each_input",
            "a bias is counted for each input, not for each unit",
            lambda shape, units: shape[-1] * units + shape[-1],
            r"N \cdot <units> + N",
        ),
    ),
)
def dense_parameters(shape: Array, units: Array) -> Array:
    """Weights of a dense layer and one bias for each unit."""
    return shape[-1] * units + units


@rule(
    tex=r"N \cdot <units>",
    slips=(
        Slip(
            "biases_counted",
            _BIASES_COUNTED,
            lambda shape, units: shape[-1] * units + units,
            r"N \cdot <units> + <units>",
        ),
        Slip("added", "inputs and units are added", lambda shape, units: shape[-1] + units, "N + <units>"),
    ),
)
def dense_weights(shape: Array, units: Array) -> Array:
    """Weights of a dense layer without biases."""
    return shape[-1] * units


_EVERY_NUMBER = "for_every_number", "they are counted for every number of the map, not for each channel"


@rule(
    tex=r"<vectors> \cdot C",
    slips=(
        Slip(
            "moving_averages_left_out",
            "the moving averages are left out",
            lambda shape, vectors: (vectors - 2) * shape[-1],
            r"(<vectors> - 2) \cdot C",
        ),
        Slip(
            *_EVERY_NUMBER,
            lambda shape, vectors: vectors * _product(shape),
            r"<vectors> \cdot n_{h} \cdot n_{w} \cdot C",
        ),
    ),
)
def normalization_parameters(shape: Array, vectors: Array) -> Array:
    """Parameters of a batch normalization: so many for each channel."""
    return vectors * shape[-1]


@rule(
    tex=r"2 \cdot C",
    slips=(
        Slip("one_average", "one of the two averages is counted", lambda shape: shape[-1], "C"),
        Slip(
            *_EVERY_NUMBER,
            lambda shape: 2 * _product(shape),
            r"2 \cdot n_{h} \cdot n_{w} \cdot C",
        ),
    ),
)
def moving_averages(shape: Array) -> Array:
    """Mean and variance that a batch normalization keeps for each channel, and does not train."""
    return 2 * shape[-1]


# ---------------------------------------------------------------------- multiplications


@rule(
    tex=r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
    slips=(
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda output, kernel, shape: _product(output) * kernel[0] * kernel[1],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
        ),
        Slip(
            "filters_left_out",
            _ONE_FILTER,
            lambda output, kernel, shape: output[0] * output[1] * kernel[0] * kernel[1] * shape[2],
            r"H \cdot W \cdot f_{h} \cdot f_{w} \cdot C",
        ),
        Slip(
            "filter_as_large_as_the_input",
            "the filter is taken as large as the input",
            lambda output, kernel, shape: _product(output) * _product(shape),
            r"H \cdot W \cdot K \cdot n_{h} \cdot n_{w} \cdot C",
        ),
        Slip(
            "every_pixel_of_the_input",
            "the filter is laid on every pixel of the input, not once for each of the output",
            lambda output, kernel, shape: _product(shape) * output[2] * kernel[0] * kernel[1],
            r"n_{h} \cdot n_{w} \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def convolution_multiplications(output: Array, kernel: Array, shape: Array) -> Array:
    """Multiplications of a convolution: each number of the output takes a whole filter.

    >>> import numpy as np
    >>> convolution_multiplications(np.array([28, 28, 32]), np.array([5, 5]), np.array([28, 28, 192]))
    np.int64(120422400)
    """
    return _product(output) * kernel[0] * kernel[1] * shape[2]


@rule(
    tex=r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot \frac{C}{<groups>}",
    slips=(
        Slip(
            *_NO_GROUPS,
            lambda output, kernel, shape, groups: _product(output) * kernel[0] * kernel[1] * shape[2],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
        ),
        Slip(
            "channels_left_out",
            _FLAT_FILTER,
            lambda output, kernel, shape, groups: _product(output) * kernel[0] * kernel[1],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
        ),
    ),
)
def grouped_multiplications(output: Array, kernel: Array, shape: Array, groups: Array) -> Array:
    """Multiplications of a convolution whose filters see only the channels of their group."""
    return _product(output) * kernel[0] * kernel[1] * (shape[2] / groups)


@rule(
    tex=r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w}",
    slips=(
        Slip(
            "channels_left_out",
            "one channel is counted, not all",
            lambda output, kernel: output[0] * output[1] * kernel[0] * kernel[1],
            r"H \cdot W \cdot f_{h} \cdot f_{w}",
        ),
        Slip(
            *_FULL,
            lambda output, kernel: _product(output) * output[2] * kernel[0] * kernel[1],
            r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def depthwise_multiplications(output: Array, kernel: Array) -> Array:
    """Multiplications of a depthwise convolution: each number of the output takes a flat filter."""
    return _product(output) * kernel[0] * kernel[1]


def _depthwise_part(output: Array, kernel: Array, shape: Array, multiplier: Array) -> Array:
    return output[0] * output[1] * shape[2] * multiplier * kernel[0] * kernel[1]


@rule(
    tex=r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w} + H \cdot W \cdot K \cdot C \cdot D",
    slips=(
        Slip(*_NO_POINTWISE, _depthwise_part, r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w}"),
        Slip(
            *_NO_DEPTHWISE,
            lambda output, kernel, shape, multiplier: _product(output) * shape[2] * multiplier,
            r"H \cdot W \cdot K \cdot C \cdot D",
        ),
        Slip(
            *_FULL,
            lambda output, kernel, shape, multiplier: _product(output) * kernel[0] * kernel[1] * shape[2],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot C",
        ),
    ),
)
def separable_multiplications(output: Array, kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Multiplications of a depthwise convolution and of the 1×1 convolution behind it."""
    return _depthwise_part(output, kernel, shape, multiplier) + _product(output) * shape[2] * multiplier


@rule(
    tex=r"N \cdot <units>",
    slips=(
        Slip(
            "biases_counted",
            "the biases are counted, which are added alone",
            lambda shape, units: _product(shape) * units + units,
            r"N \cdot <units> + <units>",
        ),
        Slip(
            "added", "inputs and units are added", lambda shape, units: _product(shape) + units, "N + <units>"
        ),
    ),
)
def dense_multiplications(shape: Array, units: Array) -> Array:
    """Multiplications of a dense layer: each unit takes every input."""
    return _product(shape) * units


@rule(
    tex=r"\text{places} \cdot N \cdot <units>",
    slips=(
        Slip(
            "places_left_out",
            "the layer is counted at one place alone",
            lambda shape, units: shape[-1] * units,
            r"N \cdot <units>",
        ),
    ),
)
def dense_multiplications_at_places(shape: Array, units: Array) -> Array:
    """Multiplications of a dense layer that works at every place of the axes before the last."""
    return dense_multiplications.function(shape, units)


# ------------------------------------------------------------------------- sums and savings


@cache
def sum_of(count: int, one_by_one: tuple[int, ...] = ()) -> Rule:
    """The rule that adds so many counts; ``one_by_one`` are those of 1×1 convolutions, from 0.

    >>> sum_of(2).tex, sum_of(9).tex
    ('<p1> + <p2>', '<p1> + <p2> + <p3> + \\\\cdots + <p9>')
    >>> [slip.id for slip in sum_of(3, (0,)).slips]
    ['last_left_out', 'one_by_one_left_out']
    """
    names = _named("p", count)

    def tex(places: Sequence[int]) -> str:
        return " + ".join(_shortened([f"<{names[i]}>" for i in places]))

    def add_up(places: Sequence[int]) -> Callable[..., Array]:
        return lambda *counts: reduce(operator.add, [counts[i] for i in places])

    def left_out(slip: str, what: str, without: Sequence[int]) -> Slip:
        places = [i for i in range(count) if i not in without]
        return Slip(slip, what, add_up(places), tex(places))

    slips = [left_out("last_left_out", "the last is left out", [count - 1])] if count > 1 else []
    if 0 < len(one_by_one) < count:
        slips.append(left_out("one_by_one_left_out", "the 1×1 convolutions are left out", one_by_one))
    return Rule("sum", add_up(range(count)), tex(range(count)), named=names, slips=tuple(slips))


@rule(tex=r"0")
def nothing(shape: Array) -> Array:
    """No parameters, or no multiplications, whatever the shape."""
    return constant(0, shape[0])


@cache
def values_of(count: int) -> Rule:
    """The rule that counts the numbers in so many outputs."""

    def add_up(*shapes: Array) -> Array:
        total = _product(shapes[0])
        for shape in shapes[1:]:
            total = total + _product(shape)
        return total

    without_input = Slip(
        "input_left_out",
        "the input is left out",
        lambda first, *others: add_up(*others),
        r"\sum \text{product of each shape but the first}",
    )
    tex = r"\sum \text{product of each shape}"
    return Rule(
        "values",
        add_up,
        tex,
        named=_named("shape", count),
        slips=(without_input,) if count > 1 else (),
    )


@rule(
    tex=r"<rows> \cdot <count>",
    slips=(Slip("one_sample", "one sample is counted, not the batch", lambda rows, count: count, "<count>"),),
)
def for_a_batch(rows: Array, count: Array) -> Array:
    """A count for all samples of a batch."""
    return rows * count


@rule(
    tex=r"<bytes> \cdot <count>",
    slips=(
        Slip(
            "in_bits",
            "bits are counted, not bytes",
            lambda count, bytes: 8 * bytes * count,  # noqa: A006
            r"8 \cdot <bytes> \cdot <count>",
        ),
        Slip(
            "bytes_left_out",
            "the numbers are counted, not the bytes that each takes",
            lambda count, bytes: count,  # noqa: A006
            "<count>",
        ),
    ),
)
def in_bytes(count: Array, bytes: Array) -> Array:  # noqa: A002 - the name of the unit
    """The memory that so many numbers take."""
    return bytes * count


@rule(
    tex=r"<first> - <second>",
    slips=(
        Slip(
            "second_alone",
            "what the second takes is given, not what it saves",
            lambda first, second: second,
            "<second>",
        ),
        Slip("added", "they are added", lambda first, second: first + second, "<first> + <second>"),
    ),
)
def saving(first: Array, second: Array) -> Array:
    """How many fewer the second takes."""
    return first - second


@rule(
    tex=r"\frac{<first>}{<second>}",
    slips=(
        Slip(
            "inverted",
            "the second is divided by the first",
            lambda first, second: second / first,
            r"\frac{<second>}{<first>}",
        ),
    ),
)
def ratio(first: Array, second: Array) -> Array:
    """How many times as many the first takes."""
    return first / second


@rule(
    tex=r"100 \cdot \frac{<saved>}{<first>}",
    slips=(
        Slip(
            "of_the_smaller",
            "the saving is divided by the new number, not by the old",
            lambda saved, first: 100 * saved / (first - saved),
            r"100 \cdot \frac{<saved>}{<first> - <saved>}",
        ),
        Slip(
            "remaining_share",
            "the share that remains is given, not the one that is saved",
            lambda saved, first: 100 - 100 * saved / first,
            r"100 - 100 \cdot \frac{<saved>}{<first>}",
        ),
    ),
)
def percent_saved(saved: Array, first: Array) -> Array:
    """The saving in percent of the first."""
    return 100 * saved / first


# ---------------------------------------------------------------------------- bottlenecks


@rule(
    tex=r"n_{h} \cdot n_{w} \cdot C + H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
    slips=(
        Slip(
            "one_by_one_left_out",
            "the 1×1 convolution itself is left out",
            lambda shape, output, kernel: _product(output) * kernel[0] * kernel[1],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
        ),
        Slip(
            "one_by_one_alone",
            "the 1×1 convolution alone is counted, without the one behind it",
            lambda shape, output, kernel: _product(shape),
            r"n_{h} \cdot n_{w} \cdot C",
        ),
    ),
)
def multiplications_per_width(shape: Array, output: Array, kernel: Array) -> Array:
    """What each filter of a 1×1 bottleneck costs: its own multiplications and those behind it."""
    return _product(shape) + _product(output) * kernel[0] * kernel[1]


@rule(
    tex=r"\frac{<multiplications>}{<each>}",
    slips=(
        Slip(
            "inverted",
            "the second is divided by the first",
            lambda multiplications, each: each / multiplications,
            r"\frac{<each>}{<multiplications>}",
        ),
    ),
)
def break_even(multiplications: Array, each: Array) -> Array:
    """The width at which a bottleneck costs as much as the convolution without it."""
    return multiplications / each


_CEILING = "ceiling_for_floor", "it is rounded up instead of down"


@rule(
    tex=r"\left\lceil \frac{<multiplications>}{<each>} \right\rceil - 1",
    slips=(
        Slip(
            *_CEILING,
            lambda multiplications, each: ceil(multiplications / each),
            r"\left\lceil \frac{<multiplications>}{<each>} \right\rceil",
        ),
        Slip(
            "not_rounded",
            "it is not rounded",
            lambda multiplications, each: multiplications / each,
            r"\frac{<multiplications>}{<each>}",
        ),
    ),
)
def largest_saving_width(multiplications: Array, each: Array) -> Array:
    """The largest whole width below the one that breaks even."""
    return ceil(multiplications / each) - 1


@rule(
    tex=r"\left\lfloor \frac{<budget>}{<each>} \right\rfloor",
    slips=(
        Slip(
            *_CEILING,
            lambda budget, each: ceil(budget / each),
            r"\left\lceil \frac{<budget>}{<each>} \right\rceil",
        ),
        Slip(
            "not_rounded", "it is not rounded", lambda budget, each: budget / each, r"\frac{<budget>}{<each>}"
        ),
    ),
)
def width_within(budget: Array, each: Array) -> Array:
    """The largest width of a bottleneck that a budget allows: w · each ≤ budget."""
    return floor(budget / each)

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

from collections.abc import Callable
from functools import cache

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
    """The rule of a shape behind a window: height and width as it leaves them, and channels."""

    def shape_behind(*values: Array) -> Array:
        size = output_size.function(*values[: -len(inputs)])
        return namespace(size).concat([size, count(*values[-len(inputs) :])])

    tex = rf"\left( {output_size.tex}, \; {channels} \right)"
    return Rule(name, shape_behind, tex, named=(*output_size.inputs, *inputs))


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


@rule(tex=r"\text{product of } <shape>")
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
    return Rule("concatenate", concatenate, tex, named=("plane", *_named("shape", count)))


@cache
def added(count: int) -> Rule:
    """The rule of a sum of so many feature maps of one shape: the shape stays."""

    def add(plane: Array, *shapes: Array) -> Array:
        return namespace(plane).concat([plane, shapes[0][len(plane) :]])

    return Rule("add", add, r"\left( <plane>, \; C \right)", named=("plane", *_named("shape", count)))


# --------------------------------------------------------------------------- parameters


def _weights(kernel: Array, shape: Array, filters: Array) -> Array:
    return kernel[0] * kernel[1] * shape[2] * filters


_NO_BIASES = "the biases are left out"
_FLAT_FILTER = "a filter is taken as flat, without the channels of the input"


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
    ),
)
def convolution_parameters(kernel: Array, shape: Array, filters: Array) -> Array:
    """Weights of a convolution and one bias for each filter.

    >>> import numpy as np
    >>> convolution_parameters(np.array([3, 3]), np.array([32, 32, 3]), np.array(16))
    np.int64(448)
    """
    return _weights(kernel, shape, filters) + filters


@rule(tex=r"f_{h} \cdot f_{w} \cdot C \cdot K")
def convolution_weights(kernel: Array, shape: Array, filters: Array) -> Array:
    """Weights of a convolution without biases."""
    return _weights(kernel, shape, filters)


@rule(tex=r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K + K")
def grouped_parameters(kernel: Array, shape: Array, filters: Array, groups: Array) -> Array:
    """Weights and biases of a convolution whose filters see only the channels of their group."""
    return kernel[0] * kernel[1] * (shape[2] / groups) * filters + filters


@rule(tex=r"f_{h} \cdot f_{w} \cdot \frac{C}{<groups>} \cdot K")
def grouped_weights(kernel: Array, shape: Array, filters: Array, groups: Array) -> Array:
    """Weights of a convolution in groups without biases."""
    return kernel[0] * kernel[1] * (shape[2] / groups) * filters


@rule(tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D")
def depthwise_parameters(kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Weights of a depthwise convolution, a flat filter for each channel, and the biases."""
    return kernel[0] * kernel[1] * shape[2] * multiplier + shape[2] * multiplier


@rule(tex=r"f_{h} \cdot f_{w} \cdot C \cdot D")
def depthwise_weights(kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Weights of a depthwise convolution without biases."""
    return kernel[0] * kernel[1] * shape[2] * multiplier


@rule(tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K + K")
def separable_parameters(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    """Weights of a depthwise convolution, of the 1×1 convolution behind it, and its biases."""
    return separable_weights.function(kernel, shape, multiplier, filters) + filters


@rule(tex=r"f_{h} \cdot f_{w} \cdot C \cdot D + C \cdot D \cdot K")
def separable_weights(kernel: Array, shape: Array, multiplier: Array, filters: Array) -> Array:
    """Weights of a depthwise convolution and of the 1×1 convolution behind it."""
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
    ),
)
def dense_parameters(shape: Array, units: Array) -> Array:
    """Weights of a dense layer and one bias for each unit."""
    return shape[-1] * units + units


@rule(tex=r"N \cdot <units>")
def dense_weights(shape: Array, units: Array) -> Array:
    """Weights of a dense layer without biases."""
    return shape[-1] * units


@rule(tex=r"<vectors> \cdot C")
def normalization_parameters(shape: Array, vectors: Array) -> Array:
    """Parameters of a batch normalization: so many for each channel."""
    return vectors * shape[-1]


@rule(tex=r"2 \cdot C")
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
            "one filter alone is counted",
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


@rule(tex=r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w} \cdot \frac{C}{<groups>}")
def grouped_multiplications(output: Array, kernel: Array, shape: Array, groups: Array) -> Array:
    """Multiplications of a convolution whose filters see only the channels of their group."""
    return _product(output) * kernel[0] * kernel[1] * (shape[2] / groups)


@rule(tex=r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w}")
def depthwise_multiplications(output: Array, kernel: Array) -> Array:
    """Multiplications of a depthwise convolution: each number of the output takes a flat filter."""
    return _product(output) * kernel[0] * kernel[1]


@rule(tex=r"H \cdot W \cdot C \cdot D \cdot f_{h} \cdot f_{w} + H \cdot W \cdot K \cdot C \cdot D")
def separable_multiplications(output: Array, kernel: Array, shape: Array, multiplier: Array) -> Array:
    """Multiplications of a depthwise convolution and of the 1×1 convolution behind it."""
    depthwise = output[0] * output[1] * shape[2] * multiplier * kernel[0] * kernel[1]
    return depthwise + _product(output) * shape[2] * multiplier


@rule(tex=r"N \cdot <units>")
def dense_multiplications(shape: Array, units: Array) -> Array:
    """Multiplications of a dense layer: each unit takes every input."""
    return _product(shape) * units


@rule(tex=r"\text{places} \cdot N \cdot <units>")
def dense_multiplications_at_places(shape: Array, units: Array) -> Array:
    """Multiplications of a dense layer that works at every place of the axes before the last."""
    return dense_multiplications.function(shape, units)


# ------------------------------------------------------------------------- sums and savings


@cache
def sum_of(count: int) -> Rule:
    """The rule that adds so many counts.

    >>> sum_of(2).tex, sum_of(9).tex
    ('<p1> + <p2>', '<p1> + <p2> + <p3> + \\\\cdots + <p9>')
    """

    def add_up(*counts: Array) -> Array:
        total = counts[0]
        for each in counts[1:]:
            total = total + each
        return total

    names = _named("p", count)
    return Rule("sum", add_up, " + ".join(_shortened([f"<{name}>" for name in names])), named=names)


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

    return Rule("values", add_up, r"\sum \text{product of each shape}", named=_named("shape", count))


@rule(tex=r"<rows> \cdot <count>")
def for_a_batch(rows: Array, count: Array) -> Array:
    """A count for all samples of a batch."""
    return rows * count


@rule(tex=r"<bytes> \cdot <count>")
def in_bytes(count: Array, bytes: Array) -> Array:  # noqa: A002 - the name of the unit
    """The memory that so many numbers take."""
    return bytes * count


@rule(tex=r"<first> - <second>")
def saving(first: Array, second: Array) -> Array:
    """How many fewer the second takes."""
    return first - second


@rule(tex=r"\frac{<first>}{<second>}")
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
    ),
)
def percent_saved(saved: Array, first: Array) -> Array:
    """The saving in percent of the first."""
    return 100 * saved / first


# ---------------------------------------------------------------------------- bottlenecks


@rule(tex=r"n_{h} \cdot n_{w} \cdot C + H \cdot W \cdot K \cdot f_{h} \cdot f_{w}")
def multiplications_per_width(shape: Array, output: Array, kernel: Array) -> Array:
    """What each filter of a 1×1 bottleneck costs: its own multiplications and those behind it."""
    return _product(shape) + _product(output) * kernel[0] * kernel[1]


@rule(tex=r"\frac{<multiplications>}{<each>}")
def break_even(multiplications: Array, each: Array) -> Array:
    """The width at which a bottleneck costs as much as the convolution without it."""
    return multiplications / each


@rule(tex=r"\left\lceil \frac{<multiplications>}{<each>} \right\rceil - 1")
def largest_saving_width(multiplications: Array, each: Array) -> Array:
    """The largest whole width below the one that breaks even."""
    return ceil(multiplications / each) - 1


@rule(tex=r"\left\lfloor \frac{<budget>}{<each>} \right\rfloor")
def width_within(budget: Array, each: Array) -> Array:
    """The largest width of a bottleneck that a budget allows: w · each ≤ budget."""
    return floor(budget / each)

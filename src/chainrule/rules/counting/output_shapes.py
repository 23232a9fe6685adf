"""Shapes behind layers and merges, as arrays.

Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from chainrule.rules.arrays import Array, namespace
from chainrule.rules.convolution.sizes import output_size
from chainrule.rules.counting.terms import numbered, shortened
from chainrule.rules.rule import Rule, Slip, rule


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

    sum_of = " + ".join(shortened([f"C_{{{i}}}" for i in range(1, count + 1)]))
    tex = rf"\left( <plane>, \; {sum_of} \right)"
    first = Slip(
        "one_branch",
        "the channels of one branch are taken, not those of all",
        lambda plane, *shapes: namespace(plane).concat([plane, shapes[0][2:]]),
        r"\left( <plane>, \; C_{1} \right)",
    )
    slips = (first,) if count > 1 else ()
    return Rule("concatenate", concatenate, tex, named=("plane", *numbered("shape", count)), slips=slips)


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
    return Rule("add", add, tex, named=("plane", *numbered("shape", count)), slips=slips)

"""Sizes: of feature maps, of paddings, and of what an output sees.

n is the length of the input along an axis, f that of the filter, s the stride, d the dilation. What
padding "same" needs stands in rules/windows.py.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, ceil, floor, namespace
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import CEILING_FOR_FLOOR


@rule(
    tex=r"<d> \cdot (<f> - 1) + 1",
    slips=(
        Slip("length_times_dilation", "f is multiplied by d", lambda f, d: f * d, r"<f> \cdot <d>"),
        Slip("no_plus_one", "the 1 is not added", lambda f, d: d * (f - 1), r"<d> \cdot (<f> - 1)"),
        Slip("no_dilation", "the dilation is left out", lambda f, d: f, "<f>"),
    ),
)
def effective_size(f: Array, d: Array) -> Array:
    """The length that a dilated filter spans."""
    return d * (f - 1) + 1


_ROOM = "<n> + <before> + <after> - <f>"


@rule(
    tex=r"\left\lfloor \frac{<n> + <before> + <after> - <f>}{<s>} \right\rfloor + 1",
    slips=(
        Slip(
            *CEILING_FOR_FLOOR,
            lambda n, f, before, after, s: ceil((n + before + after - f) / s) + 1,
            rf"\left\lceil \frac{{{_ROOM}}}{{<s>}} \right\rceil + 1",
        ),
        Slip(
            "padding_on_one_side",
            "the padding is counted on one side only",
            lambda n, f, before, after, s: floor((n + before - f) / s) + 1,
            r"\left\lfloor \frac{<n> + <before> - <f>}{<s>} \right\rfloor + 1",
        ),
        Slip(
            "no_padding",
            "the padding is left out",
            lambda n, f, before, after, s: floor((n - f) / s) + 1,
            r"\left\lfloor \frac{<n> - <f>}{<s>} \right\rfloor + 1",
        ),
        Slip(
            "no_plus_one",
            "the 1 is not added",
            lambda n, f, before, after, s: floor((n + before + after - f) / s),
            rf"\left\lfloor \frac{{{_ROOM}}}{{<s>}} \right\rfloor",
        ),
        Slip(
            "one_in_the_fraction",
            "the 1 is added before dividing",
            lambda n, f, before, after, s: floor((n + before + after - f + 1) / s),
            rf"\left\lfloor \frac{{{_ROOM} + 1}}{{<s>}} \right\rfloor",
        ),
        Slip(
            "no_stride",
            "the stride is left out",
            lambda n, f, before, after, s: n + before + after - f + 1,
            f"{_ROOM} + 1",
        ),
    ),
)
def output_size(n: Array, f: Array, before: Array, after: Array, s: Array) -> Array:
    """The length of the feature map, with so many zeros before and after the input.

    >>> import numpy as np
    >>> output_size(np.array(28.0), np.array(5.0), np.array(2.0), np.array(2.0), np.array(1.0))
    np.float64(28.0)
    """
    return floor((n + before + after - f) / s) + 1


@rule(
    tex=r"(<n> - 1) \cdot <s> + <f> - <n>",
    slips=(
        Slip(
            "no_minus_one",
            "the 1 is not subtracted",
            lambda n, f, s: n * s + f - n,
            r"<n> \cdot <s> + <f> - <n>",
        ),
        Slip("no_stride", "the stride is left out", lambda n, f, s: f - 1 + 0 * n, "<f> - 1"),
    ),
)
def keeping_padding(n: Array, f: Array, s: Array) -> Array:
    """How many zeros an axis needs for the map to be as long as the input, whatever the stride."""
    return (n - 1) * s + f - n


@rule(
    tex=r"\frac{<zeros>}{2}",
    slips=(Slip("not_halved", "all zeros are put on one side", lambda zeros: zeros, "<zeros>"),),
)
def padding_on_each_side(zeros: Array) -> Array:
    """The zeros of an axis shared out evenly; not always a whole number."""
    return zeros / 2


@rule(tex=r"\left( <size>, <k> \right)", as_whole=True)
def shape_of_maps(size: Array, k: Array) -> Array:
    """The lengths of a map, and how many maps there are: one for each filter."""
    return namespace(size).concat([size, k.reshape(1)])


@rule(
    tex=r"<r> + (<f> - 1) \cdot <jump>",
    slips=(
        Slip("no_jump", "the strides before are left out", lambda r, f, jump: r + f - 1, "<r> + <f> - 1"),
        Slip(
            "no_minus_one",
            "the 1 is not subtracted",
            lambda r, f, jump: r + f * jump,
            r"<r> + <f> \cdot <jump>",
        ),
        Slip("multiplied", "the lengths are multiplied", lambda r, f, jump: r * f, r"<r> \cdot <f>"),
    ),
)
def receptive_field(r: Array, f: Array, jump: Array) -> Array:
    """How many inputs one output sees, along an axis.

    r and jump are those of the layer before: what one of its outputs sees, and how many inputs lie
    between neighbouring outputs. Source: Araujo, Norris, Sim, "Computing receptive fields of
    convolutional neural networks", Distill (2019).
    """
    return r + (f - 1) * jump


@rule(
    tex=r"<jump> \cdot <s>",
    slips=(
        Slip("no_jump", "the strides before are left out", lambda jump, s: s, "<s>"),
        Slip("added", "the strides are added", lambda jump, s: jump + s, "<jump> + <s>"),
    ),
)
def receptive_jump(jump: Array, s: Array) -> Array:
    """How many inputs lie between the starts of what neighbouring outputs see."""
    return jump * s

"""Convolution on paper: one channel and one filter at a time, as matrices.

X is (h, w), padded already, W (fh, fw), Y and dY (h', w'), with one axis less or more for signals.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import Array, namespace, total
from chainrule.rules.convolution.gradients import convolution_dW
from chainrule.rules.convolution.sliding import slide, turned
from chainrule.rules.rule import Rule, Shape, Slip, rule, size
from chainrule.rules.slipping import MEAN_FOR_SUM, NO_BIAS
from chainrule.rules.windows import Pairs, padded, spread


def back_padding(spread_out: Shape, kernel: Shape, dilation: Shape, lengths: Shape) -> Pairs:
    """The zeros around dY, spread out already, for the gradient in an input of these padded lengths.

    As many as the filter reaches, and behind more where the stride left inputs over.

    >>> back_padding((3, 3), (3, 3), (1, 1), (6, 5))
    [(2, 3), (2, 2)]
    """
    reaches = [d * (f - 1) for f, d in zip(kernel, dilation, strict=True)]
    return [(r, n - o) for r, n, o in zip(reaches, lengths, spread_out, strict=True)]


def _lone(X: Array) -> Array:
    """One channel of one sample, as a batch of one."""
    return X[None, ..., None]


def _lone_kernel(W: Array) -> Array:
    """One channel of one filter, as a kernel."""
    return W[..., None, None]


def map_rule(flip: bool, bias: bool) -> Rule:
    """The rule of the feature map of one channel and one filter, from X, padded already, W, and b."""

    def function(X: Array, W: Array, *, strides: Shape, dilation: Shape) -> Array:
        return slide(_lone(X), _lone_kernel(W), strides, dilation, flip)[0, ..., 0]

    def with_bias(X: Array, W: Array, b: Array, *, strides: Shape, dilation: Shape) -> Array:
        return function(X, W, strides=strides, dilation=dilation) + b

    def other_way(X: Array, W: Array, *b: Array, strides: Shape, dilation: Shape) -> Array:
        made = slide(_lone(X), _lone_kernel(W), strides, dilation, not flip)[0, ..., 0]
        return made + b[0] if bias else made

    def without_bias(X: Array, W: Array, b: Array, *, strides: Shape, dilation: Shape) -> Array:
        return function(X, W, strides=strides, dilation=dilation)

    tex, other = (r"<X> \ast <W>", r"<X> \star <W>")[:: 1 if flip else -1]
    added = " + <b>" if bias else ""
    what = "is not turned by 180°" if flip else "is turned by 180° before it is laid on"
    slip = "kernel_not_flipped" if flip else "kernel_flipped"
    slips = [Slip(slip, f"the filter {what}", other_way, other + added)]
    if bias:
        slips.append(Slip(*NO_BIAS, without_bias, tex))
    name = "convolution" if flip else "cross_correlation"
    return Rule(name, with_bias if bias else function, tex + added, _bounded_by_a_map, tuple(slips))


def _bounded_by_a_map(X: Shape, W: Shape, *_: Shape) -> int:
    return size(X) * size(W)


def map_definition(kernel: Shape, strides: Shape, dilation: Shape, flip: bool) -> str:
    """What ⋆, or ∗ with ``flip``, stands for, in TeX.

    >>> map_definition((3,), (2,), (1,), flip=False)
    '(X \\\\star W)[i] = \\\\sum_{a} X[2(i-1) + a] \\\\cdot W[a]'
    """
    places, taps = "ij"[: len(kernel)], "ab"[: len(kernel)]
    under = ", ".join(
        _index(i, a, f if flip else 0, s, d)
        for i, a, f, s, d in zip(places, taps, kernel, strides, dilation, strict=True)
    )
    sign = r"\ast" if flip else r"\star"
    left = f"(X {sign} W)[{', '.join(places)}]"
    return rf"{left} = \sum_{{{','.join(taps)}}} X[{under}] \cdot W[{', '.join(taps)}]"


def _index(i: str, a: str, turned_length: int, s: int, d: int) -> str:
    """Which entry lies under the place a of the window at its i-th place; counted from 1."""
    f = turned_length
    start = i if s == 1 else f"{s}({i}-1)"
    if d > 1:
        one = "" if s == 1 else " + 1"
        return f"{start} + {d}({f}-{a}){one}" if f else f"{start} + {d}({a}-1){one}"
    if f:
        return f"{start} + {f if s == 1 else f + 1} - {a}"
    return f"{start} + {a}" + (" - 1" if s == 1 else "")


@rule(tex=r"\text{zeros around } <X>", as_whole=True)
def zeros_around(X: Array, *, padding: Pairs) -> Array:
    """One channel with its padding."""
    return padded(_lone(X), padding)[0, ..., 0]


@rule(tex=r"\text{zeros between the numbers of } <dY>", as_whole=True)
def zeros_between(dY: Array, *, strides: Shape) -> Array:
    """The slopes in a map, as far apart as the strides."""
    return spread(_lone(dY), strides)[0, ..., 0]


def _turned_one_way(W: Array) -> Array:
    """Left and right of a matrix exchanged; a filter of one axis cannot be turned one way only."""
    return W[:, ::-1] if W.ndim == 2 else turned(_lone_kernel(W))[..., 0, 0]


@rule(
    tex=r"\text{half turn of } <W>",
    as_whole=True,
    slips=(
        Slip("kernel_not_flipped", "the filter is not turned by 180°", lambda W: W, "<W>"),
        Slip(
            "turned_one_way",
            "the filter is turned from left to right only",
            _turned_one_way,
            r"\text{mirrored } <W>",
        ),
        Slip("transposed", "the filter is transposed instead of turned", lambda W: W.T, r"<W>^{\top}"),
    ),
)
def half_turn(W: Array) -> Array:
    """One channel of a filter turned by 180°."""
    return turned(_lone_kernel(W))[..., 0, 0]


def _dX(dY: Array, W: Array, flip: bool, dilation: Shape, inside: Pairs) -> Array:
    dX = slide(_lone(dY), _lone_kernel(W), (1,) * dY.ndim, dilation, flip)[0, ..., 0]
    return dX[tuple(slice(b, n - a) for n, (b, a) in zip(dX.shape, inside, strict=True))]


@rule(tex=r"<dY> \star <W>", multiplications=_bounded_by_a_map)
def map_dX(dY: Array, W: Array, *, dilation: Shape, inside: Pairs) -> Array:
    """Gradient in one channel, from dY with its zeros; ``inside`` is what of it is padding."""
    return _dX(dY, W, False, dilation, inside)


FLIPPED_MAP_DX = map_dX.with_slips(
    Slip(
        "kernel_flipped",
        "the filter is turned by 180° here too",
        lambda dY, W, *, dilation, inside: _dX(dY, W, True, dilation, inside),
        r"<dY> \ast <W>",
    )
)
"""The same where the filter was turned for the map, so that it is not turned here."""


def _dW(X: Array, dY: Array, *, kernel: Shape, strides: Shape, dilation: Shape) -> Array:
    nothing = [(0, 0)] * X.ndim
    options = {"kernel": kernel, "strides": strides, "dilation": dilation, "padding": nothing}
    return convolution_dW.function(_lone(X), _lone(dY), **options)[..., 0, 0]


def _turned_dW(X: Array, dY: Array, **options: Any) -> Array:
    return turned(_lone_kernel(_dW(X, dY, **options)))[..., 0, 0]


@rule(
    tex=r"<X> \star <dY>",
    multiplications=_bounded_by_a_map,
    slips=(
        Slip(
            "kernel_flipped",
            "the gradient is turned by 180°, as if the filter had been",
            _turned_dW,
            r"\text{half turn of } <X> \star <dY>",
        ),
    ),
)
def map_dW(X: Array, dY: Array, *, kernel: Shape, strides: Shape, dilation: Shape) -> Array:
    """Gradient in one channel of a filter, from X, padded already."""
    return _dW(X, dY, kernel=kernel, strides=strides, dilation=dilation)


@rule(
    tex=r"\text{half turn of } <X> \star <dY>",
    multiplications=_bounded_by_a_map,
    slips=(
        Slip(
            "kernel_not_flipped",
            "the gradient is not turned by 180°, though the filter was",
            _dW,
            r"<X> \star <dY>",
        ),
    ),
)
def flipped_map_dW(X: Array, dY: Array, *, kernel: Shape, strides: Shape, dilation: Shape) -> Array:
    """Gradient in one channel of a filter that is turned before it is laid on."""
    return _turned_dW(X, dY, kernel=kernel, strides=strides, dilation=dilation)


def _mean_for_sum(name: str) -> Slip:
    return Slip(
        *MEAN_FOR_SUM,
        lambda values: total(values) / size(values.shape),
        rf"\frac{{1}}{{n}} \sum <{name}>",
    )


@rule(tex=r"\sum <Y>", slips=(_mean_for_sum("Y"),))
def sum_of_a_map(Y: Array) -> Array:
    """The loss "sum": all numbers of a map added."""
    return total(Y)


@rule(tex=r"\sum <dY>", slips=(_mean_for_sum("dY"),))
def map_db(dY: Array) -> Array:
    """Gradient in the bias of one filter."""
    return total(dY)


def sum_of_maps(count: int, bias: bool) -> Rule:
    """The rule that adds so many maps, and a bias."""

    def function(*parts: Array) -> Array:
        summed = parts[0]
        for part in parts[1:]:
            summed = summed + part
        return summed

    def one_channel(*parts: Array) -> Array:
        return function(parts[0], *parts[count:])

    def without_bias(*parts: Array) -> Array:
        return function(*parts[:count])

    named = tuple(f"P{i}" for i in range(1, count + 1)) + (("b",) if bias else ())
    tex = " + ".join(f"<{n}>" for n in named)
    slips = []
    if count > 1:
        what = "the first channel alone is counted"
        slips.append(Slip("one_channel", what, one_channel, "<P1> + <b>" if bias else "<P1>"))
    if bias:
        slips.append(Slip(*NO_BIAS, without_bias, tex.removesuffix(" + <b>")))
    return Rule("sum_of_maps", function, tex, slips=tuple(slips), named=named)


@rule(tex=r"\text{lengths of } <X>", as_whole=True)
def lengths_of(X: Array) -> Array:
    """How many rows and columns a matrix has; of a vector, how many numbers."""
    return namespace(X).asarray(X.shape)

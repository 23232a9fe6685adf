"""Convolution: sizes, feature maps and their gradients, over one, two or more axes.

As in Keras, x is (m, h, w, c), the kernel W (fh, fw, c, k), b (k,) and the map (m, h', w', k), for m
samples, c channels and k filters; with one axis less or more, the same without w or with a depth.
``strides`` and ``dilation`` have a number for each of these axes, ``padding`` a pair of numbers of
zeros, before and after.

What networks call convolution is cross-correlation, written ⋆: the kernel is laid on the input as
it is. With ``flip`` it is turned by 180° first, as mathematics has it, written ∗.

The gradients are convolutions themselves: that in x is one of dY, spread out by the strides and
padded, with the turned kernel; that in W is one of x with dY.
Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from chainrule.rules.arrays import Array, floor, namespace, total, zeros
from chainrule.rules.rule import Rule, Shape, rule, size

Pairs = Sequence[tuple[int, int]]
"""How many zeros stand before and after the input, for each axis."""

# ------------------------------------------------------------------------------------ sizes
# n is the length of the input along an axis, f that of the filter, s the stride, d the dilation. What
# padding "same" needs stands in rules/counting.py, with the parameters of a layer.


@rule(tex=r"<d> \cdot (<f> - 1) + 1")
def effective_size(f: Array, d: Array) -> Array:
    """The length that a dilated filter spans."""
    return d * (f - 1) + 1


@rule(tex=r"\left\lfloor \frac{<n> + <before> + <after> - <f>}{<s>} \right\rfloor + 1")
def output_size(n: Array, f: Array, before: Array, after: Array, s: Array) -> Array:
    """The length of the feature map, with so many zeros before and after the input.

    >>> import numpy as np
    >>> output_size(np.array(28.0), np.array(5.0), np.array(2.0), np.array(2.0), np.array(1.0))
    np.float64(28.0)
    """
    return floor((n + before + after - f) / s) + 1


@rule(tex=r"(<n> - 1) \cdot <s> + <f> - <n>")
def keeping_padding(n: Array, f: Array, s: Array) -> Array:
    """How many zeros an axis needs for the map to be as long as the input, whatever the stride."""
    return (n - 1) * s + f - n


@rule(tex=r"\frac{<zeros>}{2}")
def padding_on_each_side(zeros: Array) -> Array:
    """The zeros of an axis shared out evenly; not always a whole number."""
    return zeros / 2


@rule(tex=r"\left( <size>, <k> \right)", as_whole=True)
def shape_of_maps(size: Array, k: Array) -> Array:
    """The lengths of a map, and how many maps there are: one for each filter."""
    return namespace(size).concat([size, k.reshape(1)])


@rule(tex=r"<r> + (<f> - 1) \cdot <jump>")
def receptive_field(r: Array, f: Array, jump: Array) -> Array:
    """How many inputs one output sees, along an axis.

    r and jump are those of the layer before: what one of its outputs sees, and how many inputs lie
    between neighbouring outputs. Source: Araujo, Norris, Sim, "Computing receptive fields of
    convolutional neural networks", Distill (2019).
    """
    return r + (f - 1) * jump


@rule(tex=r"<jump> \cdot <s>")
def receptive_jump(jump: Array, s: Array) -> Array:
    """How many inputs lie between the starts of what neighbouring outputs see."""
    return jump * s


# ------------------------------------------------------------------------------- the pieces


def output_shape(lengths: Shape, kernel: Shape, strides: Shape, dilation: Shape) -> Shape:
    """The lengths of the feature map, for an input that is padded already.

    >>> output_shape((6, 6), (3, 3), (2, 1), (1, 1))
    (2, 4)
    """
    spans = [d * (f - 1) + 1 for f, d in zip(kernel, dilation, strict=True)]
    return tuple((n - f) // s + 1 for n, f, s in zip(lengths, spans, strides, strict=True))


def padded(x: Array, padding: Pairs) -> Array:
    """x with zeros around it, along the axes after the first.

    >>> import numpy as np
    >>> padded(np.ones((1, 1, 2, 1)), [(1, 0), (0, 1)])[0, ..., 0]
    array([[0., 0., 0.],
           [1., 1., 0.]])
    """
    xp = namespace(x)
    for axis, (before, after) in enumerate(padding, start=1):
        around = [zeros((*x.shape[:axis], n, *x.shape[axis + 1 :]), x) for n in (before, after)]
        x = xp.concat([around[0], x, around[1]], axis=axis) if before or after else x
    return x


def spread(x: Array, steps: Shape) -> Array:
    """x with zeros between its neighbours, so that they are so many steps apart.

    >>> import numpy as np
    >>> spread(np.ones((1, 3, 1)), (2,))[0, :, 0]
    array([1., 0., 1., 0., 1.])
    """
    xp = namespace(x)
    for axis, step in enumerate(steps, start=1):
        if step == 1:
            continue
        n = x.shape[axis]
        apart = xp.stack([x] + [zeros(x.shape, x)] * (step - 1), axis=axis + 1)
        x = apart.reshape(*x.shape[:axis], n * step, *x.shape[axis + 1 :])
        x = x[(slice(None),) * axis + (slice((n - 1) * step + 1),)]
    return x


def turned(W: Array) -> Array:
    """The kernel turned by 180°: backwards along every axis but the last two."""
    return W[(slice(None, None, -1),) * (W.ndim - 2)]


def window_places(kernel: Shape) -> list[Shape]:
    """The places of a window, row by row."""
    return list(product(*(range(f) for f in kernel)))


def _under(place: Shape, outputs: Shape, strides: Shape, dilation: Shape) -> tuple[slice, ...]:
    """Where a padded input lies under one place of the window, while the window goes over it."""
    starts = [a * d for a, d in zip(place, dilation, strict=True)]
    return (
        slice(None),
        *(slice(a, a + (n - 1) * s + 1, s) for a, n, s in zip(starts, outputs, strides, strict=True)),
    )


def slide(x: Array, W: Array, strides: Shape, dilation: Shape, flip: bool = False) -> Array:
    """The kernel slid over an input that is padded already: of each window, the sum of products.

    A sum over the places of the window, each a shifted view of x times the weights of that place.
    """
    kernel = W.shape[:-2]
    outputs = output_shape(x.shape[1:-1], kernel, strides, dilation)
    summed = None
    for place in window_places(kernel):
        opposite = tuple(f - 1 - a for f, a in zip(kernel, place, strict=True))
        part = x[_under(place, outputs, strides, dilation)] @ W[opposite if flip else place]
        summed = part if summed is None else summed + part
    return summed


def back_padding(spread_out: Shape, kernel: Shape, dilation: Shape, lengths: Shape) -> Pairs:
    """The zeros around dY, spread out already, for the gradient in an input of these padded lengths.

    As many as the filter reaches, and behind more where the stride left inputs over.

    >>> back_padding((3, 3), (3, 3), (1, 1), (6, 5))
    [(2, 3), (2, 2)]
    """
    reaches = [d * (f - 1) for f, d in zip(kernel, dilation, strict=True)]
    return [(r, n - o) for r, n, o in zip(reaches, lengths, spread_out, strict=True)]


# ------------------------------------------------------------------------ the layer's rules


def multiplications(x: Shape, W: Shape, strides: Shape, padding: Pairs, dilation: Shape) -> int:
    """The multiplications of a convolution: for each place of the map, one with every weight.

    >>> multiplications((1, 28, 28, 192), (5, 5, 192, 32), (1, 1), ((2, 2), (2, 2)), (1, 1))
    120422400
    """
    lengths = tuple(n + sum(pair) for n, pair in zip(x[1:-1], padding, strict=True))
    return x[0] * size(output_shape(lengths, W[:-2], strides, dilation)) * size(W)


@rule(tex=r"<x> \star <W> + <b>")
def convolution(
    x: Array, W: Array, b: Array, *, strides: Shape, padding: Pairs, dilation: Shape, flip: bool = False
) -> Array:
    """The feature maps of a layer; shape (m, h', w', k).

    >>> import numpy as np
    >>> x, W = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> options = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)}
    >>> convolution(x, W, np.array([1.0]), **options)[0, ..., 0]
    array([[ 9., 13.],
           [21., 25.]])
    """
    return slide(padded(x, padding), W, strides, dilation, flip) + b


@rule(tex=r"<x> \star <W>")
def convolution_without_bias(
    x: Array, W: Array, *, strides: Shape, padding: Pairs, dilation: Shape, flip: bool = False
) -> Array:
    """The feature maps of a layer without bias; shape (m, h', w', k)."""
    return slide(padded(x, padding), W, strides, dilation, flip)


@rule(tex=r"<x> \star <dY>")
def convolution_dW(
    x: Array,
    dY: Array,
    *,
    kernel: Shape,
    strides: Shape,
    padding: Pairs,
    dilation: Shape,
    flip: bool = False,
) -> Array:
    """Gradient of the loss in the kernel, whose lengths are ``kernel``; shape (fh, fw, c, k)."""
    x, columns = padded(x, padding), dY.reshape(-1, dY.shape[-1])
    under = [x[_under(a, dY.shape[1:-1], strides, dilation)] for a in window_places(kernel)]
    slopes = [view.reshape(-1, x.shape[-1]).T @ columns for view in under]
    dW = namespace(x).stack(slopes).reshape(*kernel, x.shape[-1], dY.shape[-1])
    return turned(dW) if flip else dW


@rule(tex=r"<dY> \star <W>")
def convolution_dx(
    dY: Array,
    W: Array,
    *,
    lengths: Shape,
    strides: Shape,
    padding: Pairs,
    dilation: Shape,
    flip: bool = False,
) -> Array:
    """Gradient of the loss in the input, whose lengths are ``lengths``; shape (m, h, w, c)."""
    whole = tuple(n + sum(pair) for n, pair in zip(lengths, padding, strict=True))
    back = (W if flip else turned(W)).swapaxes(-1, -2)
    dY = spread(dY, strides)
    dY = padded(dY, back_padding(dY.shape[1:-1], W.shape[:-2], dilation, whole))
    dx = slide(dY, back, (1,) * len(lengths), dilation)
    inside = (slice(before, before + n) for n, (before, _) in zip(lengths, padding, strict=True))
    return dx[(slice(None), *inside)]


@rule(tex=r"\sum_{i,j} (<dY>)_{i,j}")
def convolution_db(dY: Array) -> Array:
    """Gradient of the loss in the biases, a sum over samples and places; shape (k,)."""
    return total(dY.reshape(-1, dY.shape[-1]), axis=0)


# ---------------------------------------------------------- on paper: matrices, one at a time


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

    tex = r"<X> \ast <W>" if flip else r"<X> \star <W>"
    name = "convolution" if flip else "cross_correlation"
    return Rule(name, with_bias if bias else function, tex + (" + <b>" if bias else ""), _bounded_by_a_map)


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


@rule(tex=r"\text{half turn of } <W>", as_whole=True)
def half_turn(W: Array) -> Array:
    """One channel of a filter turned by 180°."""
    return turned(_lone_kernel(W))[..., 0, 0]


@rule(tex=r"<dY> \star <W>", multiplications=_bounded_by_a_map)
def map_dX(dY: Array, W: Array, *, dilation: Shape, inside: Pairs) -> Array:
    """Gradient in one channel, from dY with its zeros; ``inside`` is what of it is padding."""
    dX = slide(_lone(dY), _lone_kernel(W), (1,) * dY.ndim, dilation)[0, ..., 0]
    return dX[tuple(slice(b, n - a) for n, (b, a) in zip(dX.shape, inside, strict=True))]


@rule(tex=r"<X> \star <dY>", multiplications=_bounded_by_a_map)
def map_dW(X: Array, dY: Array, *, kernel: Shape, strides: Shape, dilation: Shape) -> Array:
    """Gradient in one channel of a filter, from X, padded already."""
    nothing = [(0, 0)] * X.ndim
    options = {"kernel": kernel, "strides": strides, "dilation": dilation, "padding": nothing}
    return convolution_dW.function(_lone(X), _lone(dY), **options)[..., 0, 0]


@rule(tex=r"\text{half turn of } <X> \star <dY>", multiplications=_bounded_by_a_map)
def flipped_map_dW(X: Array, dY: Array, *, kernel: Shape, strides: Shape, dilation: Shape) -> Array:
    """Gradient in one channel of a filter that is turned before it is laid on."""
    dW = map_dW.function(X, dY, kernel=kernel, strides=strides, dilation=dilation)
    return turned(_lone_kernel(dW))[..., 0, 0]


@rule(tex=r"\sum <Y>")
def sum_of_a_map(Y: Array) -> Array:
    """The loss "sum": all numbers of a map added."""
    return total(Y)


@rule(tex=r"\sum <dY>")
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

    named = tuple(f"P{i}" for i in range(1, count + 1)) + (("b",) if bias else ())
    return Rule("sum_of_maps", function, " + ".join(f"<{n}>" for n in named), named=named)


@rule(tex=r"\text{lengths of } <X>", as_whole=True)
def lengths_of(X: Array) -> Array:
    """How many rows and columns a matrix has; of a vector, how many numbers."""
    return namespace(X).asarray(X.shape)

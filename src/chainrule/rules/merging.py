"""Merging: several arrays made one, place by place or side by side, and the gradients in each.

All are (m, …) for the same m samples. The rules for a number of inputs are made by functions of that
number; that of the sum is ``rules.networks.counts.sum_of``.
Source: Keras 3, keras.layers.Add, Average, Concatenate, Maximum, Multiply and Subtract.
"""

from __future__ import annotations

from functools import cache, reduce

from chainrule.rules.arrays import Array, constant, largest_of, namespace, where
from chainrule.rules.rule import Rule, Shape, rule, size


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(1, count + 1))


def _listed(names: tuple[str, ...], sign: str) -> str:
    return sign.join(f"<{name}>" for name in names)


def _product(*xs: Array) -> Array:
    return reduce(lambda x, y: x * y, xs)


def _products(*shapes: Shape) -> int:
    return (len(shapes) - 1) * size(shapes[0])


@rule(tex="<x1> - <x2>")
def subtracted(x1: Array, x2: Array) -> Array:
    """The difference of two arrays; their shape."""
    return x1 - x2


@rule(tex="-<da>")
def subtracted_dx2(da: Array) -> Array:
    """Gradient of the loss in what is subtracted; shape of da."""
    return -da


@cache
def averaged(count: int) -> Rule:
    """The rule of the mean of so many arrays; their shape."""
    names = _names(count)
    tex = rf"\frac{{{_listed(names, ' + ')}}}{{{count}}}"

    def function(*xs: Array) -> Array:
        return reduce(lambda x, y: x + y, xs) / count

    return Rule("averaged", function, tex, lambda x, *_: size(x), named=names)


@cache
def averaged_dx(count: int) -> Rule:
    """The rule of the gradient of the loss in each of so many arrays that are averaged; shape of da."""
    return Rule("averaged_dx", lambda da: da / count, rf"\frac{{<da>}}{{{count}}}", size)


@cache
def multiplied(count: int) -> Rule:
    """The rule of the product, place by place, of so many arrays; their shape."""
    names = _names(count)
    return Rule("multiplied", _product, _listed(names, r" \odot "), _products, named=names)


@cache
def multiplied_dx(count: int) -> Rule:
    """The rule of the gradient of the loss in one of so many factors, from da and the others; shape of da."""
    names = ("da", *_names(count - 1))
    return Rule("multiplied_dx", _product, _listed(names, r" \odot "), _products, named=names)


@cache
def maximum(count: int) -> Rule:
    """The rule of the largest, place by place, of so many arrays; their shape."""
    names = _names(count)
    return Rule("maximum", lambda *xs: largest_of(xs), rf"\max({_listed(names, ', ')})", named=names)


@cache
def maximum_dx(number: int) -> Rule:
    """The rule of the gradient of the loss in the array of this number, counted from 1; shape of da.

    It takes da, the maximum a and the arrays up to this one: da passes to the first that is largest.

    >>> import numpy as np
    >>> low, high = np.array([1.0, 5.0]), np.array([2.0, 5.0])
    >>> maximum_dx(2)(np.ones(2), high, low, high)
    array([1., 0.])
    """

    def function(da: Array, a: Array, *xs: Array) -> Array:
        *before, own = xs
        passed = where(own == a, da, constant(0, da))
        for other in before:
            passed = where(other == a, constant(0, da), passed)
        return passed

    own = f"<x{number}>"
    earlier = "".join(rf",\ <x{i}> \ne <a>" for i in range(1, number))
    tex = rf"\begin{{cases}} <da> & {own} = <a>{earlier} \\ 0 & \text{{otherwise}} \end{{cases}}"
    return Rule("maximum_dx", function, tex, named=("da", "a", *_names(number)))


@cache
def concatenated(count: int) -> Rule:
    """The rule of so many arrays one behind the other along an axis; the batch's is 0."""
    names = _names(count)

    def function(*xs: Array, axis: int = -1) -> Array:
        return namespace(*xs).concat(xs, axis=axis)

    tex = rf"\left[ {_listed(names, ', ')} \right]"
    return Rule("concatenated", function, tex, defaults={"axis": -1}, named=names)


@cache
def concatenated_dx(number: int) -> Rule:
    """The rule of the gradient of the loss in the array of this number, counted from 1: its piece of da.

    It takes da and the arrays up to this one, whose lengths say where the piece lies.

    >>> import numpy as np
    >>> concatenated_dx(2)(np.array([[1.0, 2.0, 3.0]]), np.ones((1, 2)), np.ones((1, 1)))
    array([[3.]])
    """

    def function(da: Array, *xs: Array, axis: int = -1) -> Array:
        start = sum(x.shape[axis] for x in xs[:-1])
        place = [slice(None)] * da.ndim
        place[axis] = slice(start, start + xs[-1].shape[axis])
        return da[tuple(place)]

    tex = rf"(<da>)_{{\text{{piece {number}}}}}"
    return Rule("concatenated_dx", function, tex, defaults={"axis": -1}, named=("da", *_names(number)))

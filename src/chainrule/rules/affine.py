"""The affine map of a dense layer, and its gradients.

Rows are samples: x is (m, n), W is (n, k), b is (k,), z is (m, k), for m samples, n inputs, k units.
With more axes between the first and the last, as (m, t, n), each place is mapped by itself.
Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable

from chainrule.rules.arrays import Array, total
from chainrule.rules.rule import Shape, Slip, rule, size
from chainrule.rules.slipping import NO_BIAS, OPPOSITE_SIGN


def _product(x: Shape, W: Shape, *_: Shape) -> int:
    return size(x) * W[1]


def _rows(x: Array) -> Array:
    """All places of all samples as rows of one matrix."""
    return x.reshape(-1, x.shape[-1]) if x.ndim > 2 else x


def _added(dz: Array) -> Array:
    return total(dz, axis=tuple(range(max(1, dz.ndim - 1))))


def _transposed(function: Callable[..., Array], tex: str) -> Slip:
    return Slip("transposed_weights", "the weight matrix is taken transposed", function, tex)


@rule(
    tex=r"<x> <W> + <b>",
    columns_tex=r"<W> <x> + <b>",
    multiplications=_product,
    in_matrices=True,
    second_factor_first=True,
    slips=(
        Slip(*NO_BIAS, lambda x, W, b: x @ W + 0 * b, r"<x> <W>"),
        _transposed(lambda x, W, b: x @ W.T + b, r"<x> <W>^{\top} + <b>"),
        Slip("bias_subtracted", "the bias is subtracted", lambda x, W, b: x @ W - b, r"<x> <W> - <b>"),
    ),
)
def affine(x: Array, W: Array, b: Array) -> Array:
    """Pre-activation of a dense layer; shape (m, k).

    >>> import numpy as np
    >>> affine(np.array([[1.0, 2.0]]), np.array([[0.5], [0.25]]), np.array([3.0]))
    array([[4.]])
    """
    return x @ W + b


@rule(
    tex=r"<x> <W>",
    columns_tex=r"<W> <x>",
    multiplications=_product,
    in_matrices=True,
    second_factor_first=True,
    slips=(_transposed(lambda x, W: x @ W.T, r"<x> <W>^{\top}"),),
)
def linear_map(x: Array, W: Array) -> Array:
    """Pre-activation of a dense layer without bias; shape (m, k)."""
    return x @ W


@rule(
    tex=r"<x>^{\top} <dz>",
    columns_tex=r"<dz> <x>^{\top}",
    multiplications=lambda x, dz: size(x) * dz[-1],
    in_matrices=True,
    slips=(
        Slip(
            *OPPOSITE_SIGN,
            lambda x, dz: -(_rows(x).T @ _rows(dz)),
            r"-<x>^{\top} <dz>",
        ),
        Slip(
            "no_input",
            "the input is left out",
            lambda x, dz: (1 + 0 * _rows(x)).T @ _rows(dz),
            r"\sum_i (<dz>)_{i}",
        ),
        Slip(
            "mean_over_rows",
            "the rows are averaged once more instead of added",
            lambda x, dz: _rows(x).T @ _rows(dz) / _rows(x).shape[0],
            r"\frac{1}{m} \cdot <x>^{\top} <dz>",
        ),
        Slip(
            "transposed_gradient",
            "the gradient is transposed",
            lambda x, dz: _rows(dz).T @ _rows(x),
            r"<dz>^{\top} <x>",
        ),
    ),
)
def affine_dW(x: Array, dz: Array) -> Array:
    """Gradient of the loss in W; shape (n, k)."""
    return _rows(x).T @ _rows(dz)


@rule(
    tex=r"\sum_i (<dz>)_{i}",
    slips=(
        Slip(
            "mean_over_rows",
            "the rows are averaged once more instead of added",
            lambda dz: _added(dz) / (size(dz.shape[:-1]) if dz.ndim > 1 else dz.shape[0]),
            r"\frac{1}{m} \sum_i (<dz>)_{i}",
        ),
        Slip(*OPPOSITE_SIGN, lambda dz: -_added(dz), r"-\sum_i (<dz>)_{i}"),
    ),
)
def affine_db(dz: Array) -> Array:
    """Gradient of the loss in b, a sum over the samples; shape (k,)."""
    return _added(dz)


@rule(
    tex=r"<dz> <W>^{\top}",
    columns_tex=r"<W>^{\top} <dz>",
    multiplications=lambda dz, W: size(dz) * W[0],
    in_matrices=True,
    slips=(
        Slip(
            "no_transpose",
            "the weight matrix is not transposed",
            lambda dz, W: dz @ W,
            r"<dz> <W>",
        ),
        Slip(
            "no_weights",
            "the weights are left out",
            lambda dz, W: dz @ (1 + 0 * W).T,
            r"\sum_k (<dz>)_{k}",
        ),
    ),
)
def affine_dx(dz: Array, W: Array) -> Array:
    """Gradient of the loss in the layer's input; shape (m, n)."""
    return dz @ W.T

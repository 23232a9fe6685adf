"""The array functions that rules are written in: one spelling for NumPy, JAX and exact numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = Any
"""A NumPy array of floats, a NumPy array of exact numbers (``dtype=object``), or a JAX array."""


def namespace(*arrays: Array) -> Any:
    """The array namespace of the first argument that has one (NumPy for plain and exact numbers)."""
    for array in arrays:
        if type(array) is not np.ndarray and hasattr(array, "__array_namespace__"):
            found = array.__array_namespace__()
            if found is not np:
                return found
    return np


def is_exact(*arrays: Array) -> bool:
    """Whether any of the arrays holds exact numbers, formulas or working instead of floats."""
    return any(getattr(getattr(array, "dtype", None), "kind", "") == "O" for array in arrays)


def exp(x: Array) -> Array:
    return namespace(x).exp(x)


def expm1(x: Array) -> Array:
    return namespace(x).expm1(x)


def log(x: Array) -> Array:
    return namespace(x).log(x)


def log1p(x: Array) -> Array:
    return namespace(x).log1p(x)


def log2(x: Array) -> Array:
    return namespace(x).log2(x)


def sin(x: Array) -> Array:
    return namespace(x).sin(x)


def cos(x: Array) -> Array:
    return namespace(x).cos(x)


def erf(x: Array) -> Array:
    """The error function; of exact numbers, or of NumPy floats."""
    return np.vectorize(lambda v: v.erf() if hasattr(v, "erf") else math.erf(v), otypes=[x.dtype])(x)


def floor(x: Array) -> Array:
    return namespace(x).floor(x)


def sqrt(x: Array) -> Array:
    return namespace(x).sqrt(x)


def tanh(x: Array) -> Array:
    return namespace(x).tanh(x)


def ceil(x: Array) -> Array:
    return namespace(x).ceil(x)


def absolute(x: Array) -> Array:
    return namespace(x).abs(x)


def where(condition: Array, x: Array, y: Array) -> Array:
    return namespace(condition, x, y).where(condition, x, y)


def pi(like: Array) -> Any:
    """The number π, in the kind of number of ``like``."""
    return like.flat[0].pi() if is_exact(like) else math.pi


def clip(x: Array, low: float, high: float) -> Array:
    return namespace(x).clip(x, low, high)


def constant(value: Any, like: Array) -> Array:
    """``value`` everywhere, in the shape and the kind of number of ``like``."""
    if is_exact(like):
        first = like.flat[0]
        make = first.constant if hasattr(first, "constant") else type(first)
        return np.full(like.shape, make(value), dtype=object)
    return namespace(like).full_like(like, value)


def total(x: Array, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Array:
    """The sum along an axis or several, or of everything."""
    return namespace(x).sum(x, axis=axis, keepdims=keepdims)


def largest(x: Array, axis: int | tuple[int, ...], keepdims: bool = False) -> Array:
    return namespace(x).max(x, axis=axis, keepdims=keepdims)


def pick(x: Array, labels: Array) -> Array:
    """Of each row of ``x``, the entry that the row's label names; shape (m, 1)."""
    return namespace(x).take_along_axis(x, labels.reshape(-1, 1), axis=-1)


def one_hot(labels: Array, classes: int) -> Array:
    """True where the column is the row's label; shape (m, classes)."""
    return labels.reshape(-1, 1) == namespace(labels).arange(classes)


def zeros(shape: tuple[int, ...], like: Array) -> Array:
    """Zeros in this shape, of the kind of number of ``like``."""
    if is_exact(like):
        return np.full(shape, type(like.flat[0])(0), dtype=object)
    return namespace(like).zeros(shape, dtype=like.dtype)


def largest_of(parts: Sequence[Array]) -> Array:
    """Place by place, the largest of several arrays of one shape; of equal ones, the first."""
    if not is_exact(*parts):
        return namespace(*parts).max(namespace(*parts).stack(list(parts)), axis=0)
    made = np.empty(parts[0].shape, dtype=object)
    for place in np.ndindex(made.shape):
        first, *others = {id(part[place]): part[place] for part in parts}.values()
        made[place] = first.largest(others) if hasattr(first, "largest") else max([first, *others])
    return made

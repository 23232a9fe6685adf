"""Embedding: a row of a trained matrix for each whole number, and its gradients.

x holds ids from 0, shape (m, …), as whole numbers of any kind; W is (v, d), a row per id. Looking up is a
product with one-hot rows, which gives the gradient. Sources: Bengio, Ducharme, Vincent, Jauvin, "A neural
probabilistic language model" (JMLR 2003); Keras 3, keras.layers.Embedding.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, namespace, where
from chainrule.rules.rule import Shape, Slip, rule, size


def _named(x: Array, count: int) -> Array:
    """Which of so many rows each id names; shape (ids, count)."""
    return x.reshape(-1, 1) == namespace(x).arange(count)


def _one_hot(x: Array, W: Array, count: int) -> Array:
    """A row per id with 1 in the id's column, in the kind of number of W; shape (ids, count)."""
    like = W[:1, :1]
    return where(_named(x, count), constant(1, like), constant(0, like))


def _rows_named(x: Array, W: Array) -> Array:
    named = _named(x, W.shape[0])
    if not named.any(axis=1).all():
        unknown = x.reshape(-1)[int(named.any(axis=1).argmin())]
        raise ArithmeticError(f"ids are whole numbers from 0 to {W.shape[0] - 1}; got {unknown}")
    return W[named.argmax(axis=1)].reshape(*x.shape, W.shape[1])


def _lookup(x: Array, W: Array) -> Array:
    return namespace(x, W).take(W, x.astype(int), axis=0)


@rule(
    tex=r"(<W>)_{<x>}",
    stable=_lookup,
    slips=(
        Slip(
            "counted_from_one",
            "the rows are counted from 1",
            lambda x, W: _rows_named(x, namespace(W).concat([W[-1:], W[:-1]])),
            r"(<W>)_{<x> - 1}",
        ),
    ),
)
def embedded(x: Array, W: Array) -> Array:
    """The row of W that each id names; shape (m, …, d).

    >>> import numpy as np
    >>> embedded(np.array([[1.0, 0.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[[3., 4.],
            [1., 2.]]])

    Raises ArithmeticError for an id that names no row.
    """
    return _rows_named(x, W)


def _count(x: Shape, da: Shape, W: Shape) -> int:
    return size(x) * size(W)


def _gathered(x: Array, da: Array, rows: int) -> Array:
    flat = da.reshape(-1, da.shape[-1])
    return _one_hot(x, flat, rows).T @ flat


@rule(
    tex=r"\operatorname{onehot}(<x>)^{\top} <da>",
    multiplications=_count,
    slips=(
        Slip(
            "counted_from_one",
            "the rows are counted from 1",
            lambda x, da, W: _gathered(x - 1, da, W.shape[0]),
            r"\operatorname{onehot}(<x> - 1)^{\top} <da>",
        ),
    ),
)
def embedded_dW(x: Array, da: Array, W: Array) -> Array:
    """Gradient of the loss in W: each row's is the sum over the places that its id has; shape (v, d).

    It needs of W its number of rows alone.
    """
    return _gathered(x, da, W.shape[0])


@rule(tex="0")
def embedded_dx(x: Array) -> Array:
    """Gradient of the loss in the ids: 0, as they are names; shape of x."""
    return constant(0, x)

"""Pooling on paper: matrices, one at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from chainrule.rules.arrays import Array
from chainrule.rules.pooling.local_pooling import (
    LARGEST_BACK_SLIPS,
    LARGEST_SLIPS,
    MEAN_BACK_SLIPS,
    MEAN_SLIPS,
    average_pooling,
    average_pooling_dx,
    max_pooling,
    max_pooling_dx,
)
from chainrule.rules.pooling.pieces import places_of, shared_out
from chainrule.rules.rule import Shape, Slip, rule
from chainrule.rules.windows import Pairs


def _lone(X: Array) -> Array:
    return X[None, ..., None]


def _of_a_map(slips: tuple[Slip, ...]) -> tuple[Slip, ...]:
    """Slips of the layer as slips of one channel, from X."""

    def alone(slip: Slip) -> Slip:
        return replace(
            slip,
            function=lambda X, **options: slip.function(_lone(X), **options)[0, ..., 0],
            tex=slip.tex.replace("<x>", "<X>"),
        )

    return tuple(map(alone, slips))


@rule(tex=r"\max_{\text{window}} <X>", slips=_of_a_map(LARGEST_SLIPS))
def map_of_largest(X: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Max pooling of one channel."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return max_pooling.function(X[None, ..., None], **options)[0, ..., 0]


@rule(tex=average_pooling.tex.replace("<x>", "<X>"), slips=_of_a_map(MEAN_SLIPS))
def map_of_means(X: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Average pooling of one channel."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return average_pooling.function(X[None, ..., None], **options)[0, ..., 0]


def _back_of_a_map(slip: Slip) -> Slip:
    def function(X: Array, dY: Array, **options: Any) -> Array:
        return slip.function(_lone(X), _lone(dY), **options)[0, ..., 0]

    return replace(slip, function=function, tex=slip.tex.replace("<dy>", "<dY>"))


@rule(
    tex=max_pooling_dx.tex.replace("<dy>", "<dY>"),
    as_whole=True,
    slips=tuple(map(_back_of_a_map, LARGEST_BACK_SLIPS)),
)
def map_of_largest_dX(X: Array, dY: Array, *, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Gradient of the loss in one channel before a max pooling."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return max_pooling_dx.function(X[None, ..., None], dY[None, ..., None], **options)[0, ..., 0]


@rule(
    tex=average_pooling_dx.tex.replace("<dy>", "<dY>"),
    slips=(
        Slip(
            "not_divided",
            MEAN_BACK_SLIPS[0].what,
            lambda dY, *, lengths, **options: shared_out(_lone(dY), lengths, **options, divided=False)[
                0, ..., 0
            ],
            r"\sum_{\text{windows}} <dY>",
        ),
    ),
)
def map_of_means_dX(dY: Array, *, lengths: Shape, pool_size: Shape, strides: Shape, padding: Pairs) -> Array:
    """Gradient of the loss in one channel, of these lengths, before an average pooling."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    X = np.empty((1, *lengths, 1))
    return average_pooling_dx.function(dY[None, ..., None], X, **options)[0, ..., 0]


def winners(X: np.ndarray, pool_size: Shape, strides: Shape, padding: Pairs) -> list[list[Shape]]:
    """Of one channel and every window, row by row, where its largest numbers lie, the first of them first.

    >>> winners(np.array([[1, 2], [2, 0]]), (2, 2), (2, 2), ((0, 0), (0, 0)))
    [[(0, 1), (1, 0)]]
    """
    y = map_of_largest.function(X, pool_size=pool_size, strides=strides, padding=padding)
    found: list[list[Shape]] = [[] for _ in range(y.size)]
    for place in places_of(X.shape, pool_size, strides, padding):
        for i, at in enumerate(np.ndindex(y.shape)):
            source = tuple(int(rows[a]) for rows, a in zip(place.rows, at, strict=True))
            if place.inside[(*at, 0)] and X[source] == y[at]:
                found[i].append(source)
    return found

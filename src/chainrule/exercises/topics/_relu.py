"""Layers with ReLU, drawn so that it cuts some z off and leaves others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.topics._networks import Layer, Rows, drawn_layers


def relu_layers(
    draw: Draw,
    samples: Callable[[], Rows],
    sizes: Sequence[int],
    fits: Callable[[Rows], bool],
    step: str = "1",
    bias: bool = True,
) -> tuple[Rows, list[Layer]]:
    """Samples and layers with ReLU between these sizes, drawn until every layer's z fit."""
    while True:
        x = samples()
        made, a = drawn_layers(draw, sizes, ["relu"] * (len(sizes) - 1), -2, 2, step, bias), x
        for layer in made:
            z = affine(a, layer["W"], layer.get("b", [0] * layer["units"]))
            if not fits(z):
                break
            a = [[max(each, 0) for each in row] for row in z]
        else:
            return x, made


def affine(x: Rows, W: Rows, b: list[Any]) -> Rows:
    """xW + b, exactly.

    >>> affine([[1, 2]], [[1, 0], [1, -1]], [0, 5])
    [[3, 3]]
    """
    return [
        [
            sum(v * w for v, w in zip(row, column, strict=True)) + c
            for column, c in zip(zip(*W, strict=True), b, strict=True)
        ]
        for row in x
    ]


def is_cut(z: Rows) -> bool:
    """Whether ReLU cuts some z off and leaves each sample one, and no z is 0.

    >>> is_cut([[1, -2], [3, 4]]), is_cut([[1, 2]]), is_cut([[-1, -2]])
    (True, False, False)
    """
    return any(v < 0 for row in z for v in row) and is_passed(z)


def is_small(z: Rows, most: int = 2) -> bool:
    """Whether no z is larger than ``most``, so that scores behind it stay near each other."""
    return all(v <= most for row in z for v in row)


def is_passed(z: Rows) -> bool:
    """Whether ReLU leaves each sample at least one z, and none is 0."""
    return all(v != 0 for row in z for v in row) and all(any(v > 0 for v in row) for row in z)


def is_alive(z: Rows) -> bool:
    """Whether ReLU cuts some z off, but leaves each sample one and each unit one, and no z is 0.

    >>> is_alive([[1, -2], [3, 4]]), is_alive([[1, -2], [3, -4]])
    (True, False)
    """
    return is_cut(z) and all(any(v > 0 for v in unit) for unit in zip(*z, strict=True))

"""Questions with numbers: the feature map of a filter, laid on as it is or turned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import square, zeros_around
from chainrule.paper.workings import Working

AS_IT_IS = "The filter is laid on as it is, as networks do it (cross-correlation)."
AS_THEY_ARE = "The filters are laid on as they are, as networks do it (cross-correlation)."
TURNED = "The filter is turned by 180° first, as mathematics has it (∗)."

HORIZONTAL_EDGES = (
    [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    [[3, 10, 3], [0, 0, 0], [-3, -10, -3]],
)
"""Prewitt's, Sobel's and Scharr's filters."""
KNOWN_FILTERS: tuple[Sequence[Sequence[Any]], ...] = (
    [["1/9"] * 3] * 3,
    [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    [[1, 1, 1], [1, -8, 1], [1, 1, 1]],
    [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    *HORIZONTAL_EDGES[:2],
)
"""The mean, a sharper image, two of Laplace's, a relief, and two for edges."""


def turning_matters(working: Working) -> bool:
    """Whether maps are not even, and a filter that is turned is another one."""
    tape = working.tape
    maps = [tape[name].value for name in working.names if name.startswith("Y")]
    filters = [q.value for q in working.given if q.name.startswith("W")]
    turned = [W[(slice(None, None, -1),) * W.ndim] for W in filters]
    return all(len(set(Y.flat)) > 1 for Y in maps) and all(
        not np.array_equal(W, other) for W, other in zip(filters, turned, strict=True)
    )


@kind("easy", suits=turning_matters)
def first_map(draw: Draw) -> Drawn:
    """The map of a small filter on a small image."""
    side = draw.integer(3, 4)
    f = side - 1
    return {
        "text": f"A {square(f)} filter W goes over the {square(side)} image X with stride 1 and no padding. "
        f"{AS_IT_IS} How large is the map, and which numbers does it hold?",
        "find": ["size", "Y"],
        "given": {"input": draw.matrix(side, side, 0, 9), "filter": draw.matrix(f, f, -2, 2)},
    }


@kind("easy", suits=turning_matters)
def signal_map(draw: Draw) -> Drawn:
    """The map of a signal."""
    what = draw.choice(["temperatures of days in a row", "a recorded sound", "prices of days in a row"])
    flip, f = draw.chance(), draw.integer(2, 3)
    return {
        "text": f"The signal X ({what}) meets a filter W with stride 1 and no padding. "
        f"{'The filter is read from its end, as mathematics has it (∗).' if flip else AS_IT_IS} Work the map "
        "Y.",
        "find": ["Y"],
        "given": {
            "input": draw.integers(f + draw.integer(2, 4), -9, 9),
            "filter": draw.integers(f, -3, 3, zero=False),
            **({"flip": True} if flip else {}),
        },
    }


@kind("easy")
def edges(draw: Draw) -> Drawn:
    """A filter for edges on an image of two even parts."""
    bright, dark = draw.different(2, 0, 20)
    rows, at, upright = draw.integer(4, 5), draw.integer(1, 3), draw.chance()
    image: Sequence[Sequence[Any]] = [[bright if i < at else dark] * 4 for i in range(rows)]
    laid: Sequence[Sequence[Any]] = draw.choice(HORIZONTAL_EDGES)
    if upright:
        image, laid = _transposed(image), _transposed(laid)
    return {
        "text": f"An image X has two even parts, one {'beside' if upright else 'above'} the other. A filter "
        f"W for edges goes over it with stride 1 and no padding. {AS_IT_IS} Work the map Y: where is it not "
        "0?",
        "find": ["Y"],
        "given": {"input": image, "filter": [list(row) for row in laid]},
    }


def _transposed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


@kind("medium", suits=turning_matters)
def biased_map(draw: Draw) -> Drawn:
    """A map with a bias and a stride."""
    s = draw.integer(1, 2)
    side, f = draw.choice([(4, 2), (5, 3)] if s == 2 else [(4, 2), (4, 3)])
    return {
        "text": f"A {square(f)} filter W with bias b goes over the {square(side)} image X with stride {s} "
        f"and no padding. {AS_IT_IS} How large is the map, and which numbers does it hold?",
        "find": ["size", "Y"],
        "given": {
            "input": draw.matrix(side, side, 0, 9),
            "filter": draw.matrix(f, f, -1, 1, "0.1"),
            "bias": draw.decimal(-2, 2, zero=False),
            "strides": s,
        },
    }


@kind("medium", suits=turning_matters)
def flipped_map(draw: Draw) -> Drawn:
    """A map by the convolution of mathematics."""
    side = draw.integer(3, 4)
    return {
        "text": f"Convolve the {square(side)} image X with the 2 × 2 filter W, stride 1, no padding. "
        f"{TURNED} How large is the map, and which numbers does it hold?",
        "find": ["size", "Y"],
        "given": {
            "input": draw.matrix(side, side, 0, 5, "0.5"),
            "filter": draw.matrix(2, 2, -2, 2, "0.5"),
            "flip": True,
        },
    }


@kind("medium", suits=turning_matters)
def padded_map(draw: Draw) -> Drawn:
    """A map of an image with zeros around it."""
    side, s = draw.choice([(2, 1), (3, 1), (3, 2), (4, 2)])
    return {
        "text": f"The {square(side)} image X gets {zeros_around(1)}, and a 3 × 3 filter W goes over it with "
        f"stride {s}. {AS_IT_IS} How large is the map, and which numbers does it hold?",
        "find": ["size", "Y"],
        "given": {
            "input": draw.matrix(side, side, 0, 9),
            "filter": draw.matrix(3, 3, -2, 2, "0.5"),
            "padding": 1,
            "strides": s,
        },
    }


@kind("medium", suits=turning_matters)
def dilated_map(draw: Draw) -> Drawn:
    """A map of a filter with holes."""
    side = draw.integer(4, 5)
    return {
        "text": f"A 2 × 2 filter W with dilation rate 2 and bias b goes over the {square(side)} image X with "
        f"stride 1 and no padding. {AS_IT_IS} How many rows and columns does the filter span, how large is "
        "the map, and which numbers does it hold?",
        "find": ["effective", "size", "Y"],
        "given": {
            "input": draw.matrix(side, side, 0, 9),
            "filter": draw.matrix(2, 2, -2, 2, "0.5"),
            "bias": draw.decimal(-2, 2, "0.5", zero=False),
            "dilation_rate": 2,
        },
    }


@kind("medium", "hard", suits=turning_matters)
def two_channels(draw: Draw) -> Drawn:
    """What each channel adds to a map, and the map."""
    side = draw.by(3, 3, 4)
    step = draw.by("1", "1", "0.5")
    return {
        "text": f"An image of {square(side)} pixels has two channels, X₁ and X₂. A filter with one 2 × 2 "
        f"matrix for each, W₁ and W₂, and bias b goes over it with stride 1 and no padding. {AS_IT_IS} Work "
        "what each channel adds (P₁ and P₂), and the map Y.",
        "find": ["P1", "P2", "Y"],
        "given": {
            "input": [draw.matrix(side, side, -2, 5, step) for _ in range(2)],
            "filter": [draw.matrix(2, 2, -2, 2, "0.5") for _ in range(2)],
            "bias": draw.decimal(-2, 2, "0.5", zero=False),
        },
    }


@kind("hard")
def known_filters(draw: Draw) -> Drawn:
    """Three known filters on the same image."""
    image = [[9 * int(pixel) for pixel in row] for row in draw.matrix(4, 4, 0, 9)]
    filters = draw.sample(KNOWN_FILTERS, 3)
    return {
        "text": "Three 3 × 3 filters W₁, W₂ and W₃ go over the 4 × 4 image X, each with stride 1 and without "
        f"padding or bias. {AS_THEY_ARE} Work their maps.",
        "find": ["Y1", "Y2", "Y3"],
        "given": {"input": image, "filter": [[list(row) for row in laid] for laid in filters]},
    }

"""What a filter finds, decided from its numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from chainrule.paper.notation import exact_tex
from chainrule.paper.numbers import Number

FLAT = "Its numbers add up to 0, so where the image is even the map is 0."
DIGITS = 6
"""Of a number in a sentence, where it is too long to be written exactly."""


def meaning(W: np.ndarray, flip: bool) -> str:
    """What a filter of one channel finds, as prose; nothing where its numbers are not all rational.

    >>> from chainrule.paper.numbers import numbers
    >>> meaning(numbers([[1, 0, -1]] * 3), flip=False).split(":")[0]
    'A filter for vertical edges (Prewitt)'
    """
    if W.ndim != 2 or not all(isinstance(v, Number) and v.exact is not None for v in W.flat):
        return ""
    laid = W[::-1, ::-1] if flip else W
    return _constant(laid) or _difference(laid) or _smoothing(laid) or _other(laid)


def strongest(Y: np.ndarray) -> str:
    """Where the map is furthest from 0, as prose; nothing where that is in no few places."""
    if Y.ndim != 2 or not all(isinstance(v, Number) and v.exact is not None for v in Y.flat):
        return ""
    furthest = max(abs(v) for v in Y.flat)
    places = [place for place in np.ndindex(Y.shape) if abs(Y[place]) == furthest]
    rows, columns = (sorted({place[axis] + 1 for place in places}) for axis in (0, 1))
    if furthest == 0 or len(places) == Y.size:
        return ""
    if len(rows) == Y.shape[0] and len(places) == Y.shape[0] * len(columns):
        where = _listed("column", columns)
    elif len(columns) == Y.shape[1] and len(places) == Y.shape[1] * len(rows):
        where = _listed("row", rows)
    elif len(places) == 1:
        where = f"row {rows[0]}, column {columns[0]}"
    else:
        return ""
    return f"Here the map is furthest from 0 in {where}."


def _listed(word: str, numbers: list[int]) -> str:
    first = ", ".join(str(n) for n in numbers[:-1])
    return f"{word}s {first} and {numbers[-1]}" if first else f"{word} {numbers[0]}"


def _written(value: Any) -> str:
    return f"${exact_tex(value, DIGITS)}$"


def _centre(W: np.ndarray) -> tuple[int, ...]:
    """The place in the middle, of odd lengths."""
    return tuple(n // 2 for n in W.shape)


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool((a == b).all())


def _constant(W: np.ndarray) -> str:
    """Filters with at most one number that is not 0."""
    places = [place for place in np.ndindex(W.shape) if W[place] != 0]
    if not places:
        return "All its numbers are 0: it finds nothing, the map is 0 everywhere."
    if len(places) > 1:
        return ""
    value = W[places[0]]
    centre = all(2 * i + 1 == n for i, n in zip(places[0], W.shape, strict=True))
    if centre and value == 1:
        return "The identity: it takes the pixel under its centre as it is, and changes nothing."
    times = "" if value == 1 else f", times {_written(value)}"
    if centre:
        return f"A multiple of the identity: it takes the pixel under its centre{times}."
    return f"A shift: it takes a pixel beside the centre of its window{times}, so the image moves."


def _difference(W: np.ndarray) -> str:
    """Filters whose numbers add up to 0: they compare, and find edges, lines and points."""
    if sum(W.flat) != 0:
        return ""
    if found := _edge(W, "vertical", "left", "right") or _edge(W.T, "horizontal", "upper", "lower"):
        return found
    if found := _line(W, "vertical") or _line(W.T, "horizontal"):
        return found
    if _diagonal(W) or _diagonal(W[:, ::-1]):
        return (
            "A filter for diagonal edges: on the two sides of a diagonal its numbers have opposite signs. "
            + FLAT
        )
    if _surrounds(W):
        return (
            "A Laplacian filter, for edges in every direction: it compares each pixel with those around it. "
            + FLAT
        )
    return f"A filter of differences. {FLAT} It is furthest from 0 where the image changes as its numbers do."


def _edge(W: np.ndarray, direction: str, first: str, second: str) -> str:
    """Left and right halves opposite, the columns each of one sign: an edge between them."""
    if not _same(W, -W[:, ::-1]):
        return ""
    half = W[:, : W.shape[1] // 2]
    positive, negative = bool((half >= 0).all()), bool((half <= 0).all())
    if not (positive or negative):
        return ""
    bright, dark = (first, second) if positive else (second, first)
    name = _KNOWN.get(str((abs(W) * 1).tolist()), "")
    return (
        f"A filter for {direction} edges{name}: it subtracts what lies in its {dark} part from what lies in "
        f"its {bright} part. {FLAT} It is positive where the {bright} part of the window is brighter, "
        "negative where it is darker."
    )


def _line(W: np.ndarray, direction: str) -> str:
    """The same columns in every row, the middle ones opposite to the outer ones: a line."""
    if W.shape[1] < 3 or W.shape[0] < 2 or not all(_same(row, W[0]) for row in W) or not _same(W, W[:, ::-1]):
        return ""
    if not W[0, W.shape[1] // 2] * W[0, 0] < 0:
        return ""
    kind = "bright" if W[0, W.shape[1] // 2] > 0 else "dark"
    return f"A filter for {direction} lines: it is largest on a {kind} line as wide as its middle. {FLAT}"


def _diagonal(W: np.ndarray) -> bool:
    """Whether the numbers above the main diagonal have one sign, and those below are their opposites."""
    if not _same(W, -W.T):
        return False
    above = W[np.triu_indices(len(W), k=1)]
    return bool((above >= 0).all() or (above <= 0).all())


def _surrounds(W: np.ndarray) -> bool:
    """Whether the centre has one sign, everything around it the other or 0, alike in all directions."""
    if any(n % 2 == 0 for n in W.shape) or 1 in W.shape:
        return False
    if not (_same(W, W.T) and _same(W, W[::-1])):
        return False
    centre = _centre(W)
    around = [W[place] for place in np.ndindex(W.shape) if place != centre]
    return bool(W[centre] != 0) and all(v * W[centre] <= 0 for v in around)


def _smoothing(W: np.ndarray) -> str:
    """Filters that average, and the one that undoes it."""
    weight = sum(W.flat)
    if all(v >= 0 for v in W.flat):
        if all(v == W.flat[0] for v in W.flat):
            kind = "the mean" if weight == 1 else "the sum"
            times = "" if weight == 1 or W.flat[0] == 1 else f", times {_written(W.flat[0])}"
            return f"A box blur: it takes {kind} of its window{times}, so edges become soft."
        symmetric = _same(W, W[::-1]) and _same(W, W[:, ::-1])
        if symmetric and _falls_off(W):
            more = "" if weight == 1 else f" (and the image is made {_written(weight)} times as bright)"
            return f"A blur in the manner of a Gauss filter: pixels near the centre count more{more}."
        return ""
    if weight == 1 and _surrounds(W) and W[_centre(W)] > 1:
        return (
            "A filter that sharpens: it is the identity plus a Laplacian filter, so an even part of the "
            "image stays as it is, and differences from the pixels around grow."
        )
    return ""


def _falls_off(W: np.ndarray) -> bool:
    """Whether the centre is largest, and numbers become smaller outwards, row by row and column by column."""

    def falls(line: np.ndarray) -> bool:
        first = line[: (len(line) + 1) // 2]
        return all(a <= b for a, b in pairwise(first))

    lines = [*W, *W.T]
    if any(n % 2 == 0 for n in W.shape) or not all(falls(line) for line in lines):
        return False
    largest = [v for v in W.flat if v == W[_centre(W)]]
    return len(largest) == 1


def _other(W: np.ndarray) -> str:
    said = "None of the well-known filters (edges, lines, blur, sharpening, identity)."
    if all(v in (0, 1) for v in W.flat):
        return f"{said} It adds the pixels under its ones: the map is largest where they are all bright."
    return f"{said} The map is largest where the image, in the window, has the pattern of the filter."


_KNOWN = {
    "[[1, 0, 1], [1, 0, 1], [1, 0, 1]]": " (Prewitt)",
    "[[1, 0, 1], [2, 0, 2], [1, 0, 1]]": " (Sobel)",
    "[[3, 0, 3], [10, 0, 10], [3, 0, 3]]": " (Scharr)",
}

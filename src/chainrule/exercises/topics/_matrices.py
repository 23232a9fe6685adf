"""Matrices of whole numbers with chosen eigenvalues, singular values, or rank."""

from __future__ import annotations

import numpy as np

from chainrule.exercises.draws import Draw

TRIPLES = ((3, 4, 5), (6, 8, 10), (5, 12, 13), (8, 15, 17))
"""Whole sides of triangles with a right angle."""
Rows = list[list[int]]


def unimodular(draw: Draw, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """A matrix of whole numbers with determinant 1, and its inverse, which is one too."""
    P = inverse = np.eye(rows, dtype=int)
    for i in draw.shuffled(range(rows)):
        j = draw.choice([j for j in range(rows) if j != i])
        factor = draw.choice((-2, -1, 1, 2) if i == 0 else (-1, 1))
        step, back = np.eye(rows, dtype=int), np.eye(rows, dtype=int)
        step[i, j], back[i, j] = factor, -factor
        P, inverse = P @ step, back @ inverse
    return P, inverse


def similar(draw: Draw, inner: np.ndarray) -> Rows:
    """A matrix of whole numbers with the eigenvalues of another."""
    P, inverse = unimodular(draw, len(inner))
    return rows_of(P @ inner @ inverse)


def symmetric(draw: Draw, least: int = 1, most: int = 9) -> Rows:
    """A symmetric matrix of two rows whose eigenvalues are whole numbers, the smaller from ``least`` on."""
    legs = draw.choice(TRIPLES[: draw.by(1, 2, 4)])
    across, up = draw.shuffled(legs[:2])
    middle = legs[2] + draw.integer(least, most)
    up *= draw.choice((1, -1))
    return [[middle + across, up], [up, middle - across]]


def with_singular_values(draw: Draw) -> Rows:
    """A matrix of two rows with whole singular values: a turn with a stretch, plus one that mirrors.

    z ↦ αz + βz̄ has the singular values |α| + |β| and ||α| - |β||.
    """
    (a, b), (c, d) = _whole_length(draw), _whole_length(draw)
    return [[a + c, d - b], [b + d, a - c]]


def _whole_length(draw: Draw) -> tuple[int, int]:
    if draw.chance(0.3):
        size = draw.integer(1, 4)
        return draw.choice(((size, 0), (0, size), (-size, 0), (0, -size)))
    across, up = draw.shuffled(draw.choice(TRIPLES[:2])[:2])
    return across * draw.choice((1, -1)), up * draw.choice((1, -1))


def of_rank(draw: Draw, rows: int, columns: int, rank: int) -> Rows:
    """A matrix of whole numbers whose reduced row echelon form has whole numbers too."""
    places = [0, *sorted(draw.sample(range(1, columns), rank - 1))]
    reduced = np.zeros((rank, columns), dtype=int)
    for row, place in enumerate(places):
        reduced[row, place] = 1
        for column in range(place + 1, columns):
            if column not in places:
                reduced[row, column] = draw.integer(-3, 3, zero=False)
    left = np.array([draw.integers(rank, -2, 3, zero=False) for _ in range(rows)])
    return rows_of(left @ reduced)


def rows_of(A: np.ndarray) -> Rows:
    """A matrix as a sheet has it."""
    return [[int(v) for v in row] for row in A]

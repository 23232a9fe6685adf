"""Vectors: lengths, dot products, and the cosine similarity of each pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from chainrule.paper.names import tex_name
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.workings import Working
from chainrule.rules.linear_algebra import products as rules


def solve_vectors(question: Question, vectors: dict[str, np.ndarray]) -> Working:
    """Work each vector's length, and dot product and cosine of each pair.

    Raises SheetError for a single vector, different lengths, and a vector of zeros.
    """
    if len(vectors) < 2:
        raise SheetError("given.vectors: expected two vectors or more, as { A = [1, 2], B = [3, 4] }")
    page = Page(question)
    (first, length), *others = ((name, vector.shape[0]) for name, vector in vectors.items())
    for name, other in others:
        if other != length:
            raise SheetError(f"given.vectors.{name}: {other} entries; {first} has {length}")
    for name, vector in vectors.items():
        page.give(name, vector)
    page.part("norms", "Lengths")
    for name in vectors:
        page.work(f"norm_{name}", rules.norm, name, symbol=rf"\| {tex_name(name)} \|")
        value = page[f"norm_{name}"][()]
        if getattr(value, "is_number", True) and value == 0:
            raise SheetError(
                f"given.vectors.{name}: all entries are 0; such a vector has no direction, no cosine"
            )
    page.part("dot_products", "Dot products")
    for a, b in combinations(vectors, 2):
        page.work(f"dot_{a}_{b}", rules.dot, a, b, symbol=rf"{tex_name(a)} \cdot {tex_name(b)}")
    page.part("cosine_similarity", "Cosine similarity")
    for a, b in combinations(vectors, 2):
        page.work(
            f"cosine_{a}_{b}", rules.cosine, f"dot_{a}_{b}", f"norm_{a}", f"norm_{b}",
            symbol=rf"\cos({tex_name(a)}, {tex_name(b)})",
        )  # fmt: skip
    return page.working()

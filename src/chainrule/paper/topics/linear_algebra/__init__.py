"""The topic ``linear_algebra``: matrices, vectors, and the slopes of a formula.

A matrix is given as ``A`` (and ``B``), vectors as ``vectors``, a formula as ``formula``.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.reading import Value
from chainrule.paper.sheet import Matrix, Question, Scalar, SheetError, Strict, Vector
from chainrule.paper.topics.linear_algebra import conditioning, eigen, matrices
from chainrule.paper.topics.linear_algebra.eigenvectors import eigenvectors
from chainrule.paper.topics.linear_algebra.exact import exactly
from chainrule.paper.workings import Working

LARGEST_SIDE = 12
"""Rows or columns of a matrix, entries of a vector, vectors."""
MOST_STEPS = 50
_NAME = re.compile(r"[A-Za-z]+\d*")


def _small(array: np.ndarray) -> np.ndarray:
    if max(array.shape) > LARGEST_SIDE:
        raise ValueError(f"{max(array.shape)} rows, columns or entries; at most {LARGEST_SIDE} are worked")
    return array


def _named(table: dict[str, Any]) -> dict[str, Any]:
    if len(table) > LARGEST_SIDE:
        raise ValueError(f"{len(table)} vectors; at most {LARGEST_SIDE} are worked")
    if wrong := [name for name in table if not _NAME.fullmatch(name)]:
        raise ValueError(f"the name {wrong[0][:40]!r}; expected letters and then digits, as A or w1")
    return table


SmallMatrix = Annotated[Matrix, AfterValidator(_small)]
SmallVector = Annotated[Vector, AfterValidator(_small)]


class Given(Strict):
    """What is given in a question of the topic ``linear_algebra``: A, vectors or formula."""

    A: SmallMatrix | None = Field(None, description="a matrix, row by row")
    B: SmallMatrix | None = Field(None, description="a second matrix, to multiply A by")
    vectors: Annotated[dict[str, SmallVector], AfterValidator(_named)] | None = Field(
        None, description="vectors by their names, for lengths, dot products and cosine similarity"
    )
    formula: str | None = Field(None, description="a formula, as 'L = 100*w1^2 + w2^2' or 'x^2 + x'")
    at: dict[str, Scalar] | None = Field(None, description="the point at which the slopes are worked")
    start: dict[str, Scalar] | None = Field(None, description="where gradient descent starts")
    learning_rate: Scalar | None = None
    steps: int = Field(5, ge=1, le=MOST_STEPS, description="steps of gradient descent")

    @model_validator(mode="after")
    def _one_subject(self) -> Given:
        subjects = [name for name in ("A", "vectors", "formula") if getattr(self, name) is not None]
        if len(subjects) != 1:
            found = " and ".join(subjects) or "none of them"
            raise ValueError(f"expected one of A, vectors and formula; got {found}")
        allowed = {"A": {"B"}, "vectors": set(), "formula": {"at", "start", "learning_rate", "steps"}}
        extra = self.model_fields_set - {subjects[0]} - allowed[subjects[0]]
        if extra:
            raise ValueError(f"{sorted(extra)[0]} does not go with {subjects[0]}")
        return self


def solve(question: Question) -> Working:
    """Work what is given.

    Raises SheetError for what does not fit, WorkError for what cannot be worked.
    """
    if question.convention == "columns":
        raise SheetError("convention: matrices are read as they stand here; leave it out")
    given: Given = question.given
    if given.A is not None:
        return _matrix(question, given)
    if given.vectors is not None:
        from chainrule.paper.topics.linear_algebra.vectors import solve_vectors

        return solve_vectors(question, given.vectors)
    from chainrule.paper.topics.linear_algebra.surfaces import solve_formula

    return solve_formula(question, given)


def _matrix(question: Question, given: Given) -> Working:
    page = Page(question)
    assert given.A is not None
    if given.B is not None:
        page.give("A", given.A)
        page.give("B", given.B)
        matrices.multiply(page)
        return page.working()
    rational = _rational(given.A)
    wanted = set(question.find or ())
    square = given.A.shape[0] == given.A.shape[1]
    if rational is None:
        return _symbolic(exactly(question), given.A, wanted)
    page.tape.give("A", rational)
    with page.unrounded():
        matrices.ranks_and_spaces(page)
        if square:
            matrices.determine(page)
        elif wanted & {"determinant"}:
            raise SheetError(f"given.A: {matrices.shape_of(rational)}; a determinant needs a square matrix")
        _spectral(page, wanted, square)
    return page.working()


_SPECTRAL = {"eigenvalues", "eigenvectors", "characteristic_polynomial"}


def _spectral(page: Page, wanted: set[str], square: bool) -> None:
    """Eigenvalues where the matrix is square; singular values where they are asked for."""
    A = page["A"]
    asked = bool(wanted & _SPECTRAL) or any(re.fullmatch(r"(lambda|v)\d+", name) for name in wanted)
    positive = False
    if asked or (square and A.shape[0] <= eigen.LARGEST):
        eigen.check_square(A)
        page.part("eigenvalues", "Eigenvalues")
        found = eigen.spectrum(page, "A", "A")
        eigenvectors(page, found)
        positive = conditioning.is_symmetric(A) and conditioning.is_positive(page, found)
    if positive:
        conditioning.condition(page, found)
    if "singular_values" in wanted or ("condition_number" in wanted and not positive):
        conditioning.singular(page, with_condition=not positive)


def _symbolic(question: Question, A: np.ndarray, wanted: set[str]) -> Working:
    """A matrix with symbols or irrational numbers: what needs no elimination."""
    page = Page(question)
    rows = A.shape[0]
    if A.shape[0] != A.shape[1] or rows > matrices.LARGEST_SYMBOLIC:
        raise SheetError(
            f"given.A: {matrices.shape_of(A)}, and not all entries are fractions; expected fractions, "
            f"or a square matrix of at most {matrices.LARGEST_SYMBOLIC} rows"
        )
    if known := wanted & {"rank", "column_space", "null_space", "eigenvectors", "singular_values"}:
        raise SheetError(f"find: {sorted(known)[0]!r} needs a matrix of fractions, without symbols or roots")
    page.give("A", A)
    matrices.determine(page)
    if page.closed and rows <= eigen.LARGEST_EXPANDED:
        eigen.symbolic_spectrum(page)
    return page.working()


def _rational(A: np.ndarray) -> np.ndarray | None:
    """The matrix as rational numbers; None where an entry is something else."""
    made = np.empty(A.shape, dtype=object)
    for place in np.ndindex(A.shape):
        value: Any = A[place]
        if isinstance(value, Value):
            value = None if value.names else value.number()
        if not isinstance(value, Number) or value.exact is None:
            return None
        made[place] = value
    return made

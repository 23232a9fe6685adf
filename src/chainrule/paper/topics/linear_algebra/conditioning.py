"""Condition numbers: by the eigenvalues of a positive matrix, by the singular values of any."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.topics.linear_algebra.eigen import Spectrum, spectrum
from chainrule.rules.arrays import Array
from chainrule.rules.linear_algebra import conditioning, eigen
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import NO_ROOT


def condition(page: Page, found: Spectrum) -> None:
    """The condition number of a symmetric matrix whose eigenvalues are all greater than 0."""
    page.part("condition_number", "Condition number")
    page.work("lambda_max", eigen.largest_entry, found.values, symbol=r"\lambda_{\max}", shown=False)
    page.work("lambda_min", eigen.smallest_entry, found.values, symbol=r"\lambda_{\min}", shown=False)
    page.work(
        "condition_number", conditioning.condition_number, "lambda_max", "lambda_min",
        symbol=rf"\kappa({found.symbol})",
    )  # fmt: skip


def is_symmetric(A: np.ndarray) -> bool:
    """Whether a matrix is its own transpose."""
    return A.shape[0] == A.shape[1] and all(A[i, j] == A[j, i] for i, j in np.ndindex(A.shape) if i < j)


def is_positive(page: Page, found: Spectrum) -> bool:
    """Whether all eigenvalues are real and greater than 0."""
    return found.is_real and page[found.values][-1] > 0


def singular(page: Page, with_condition: bool) -> None:
    """Singular values, by the eigenvalues of AᵀA, or of AAᵀ where that is smaller; and σmax / σmin."""
    A = page["A"]
    wide = A.shape[0] < A.shape[1]
    symbol = r"A A^{\top}" if wide else r"A^{\top} A"
    page.part("singular_values", "Singular values")
    page.remark(f"The singular values are the square roots of the eigenvalues of $G = {symbol}$.")
    page.work("gram", conditioning.row_gram if wide else conditioning.gram, "A", symbol="G")
    found = spectrum(page, "gram", "G", "_gram")
    closed = page.question.rounding is None and all(f.degree <= 2 for f in found.factors)
    values = "eigenvalues_gram"
    page.work(
        "singular_values", closed_roots if closed else conditioning.singular_values, values, symbol=r"\sigma"
    )
    if not with_condition:
        return
    page.part("condition_number", "Condition number")
    if page[values][-1] == 0:
        page.remark(r"The smallest singular value is 0: the condition number is infinite, $\kappa = \infty$.")
        return
    page.work("sigma_max", eigen.largest_entry, "singular_values", symbol=r"\sigma_{\max}", shown=False)
    page.work("sigma_min", eigen.smallest_entry, "singular_values", symbol=r"\sigma_{\min}", shown=False)
    page.work(
        "condition_number", conditioning.condition_number, "sigma_max", "sigma_min", symbol=r"\kappa(A)"
    )


@rule(
    tex=r"\sqrt{<eigenvalues>}",
    as_whole=True,
    same="order",
    slips=(Slip(*NO_ROOT, lambda eigenvalues: eigenvalues, "<eigenvalues>"),),
)
def closed_roots(eigenvalues: Array) -> Array:
    """Square roots as formulas, where they are not rational."""
    return np.array([_closed_root(v) for v in eigenvalues], dtype=object)


def _closed_root(value: Any) -> Any:
    from chainrule.paper.formulas import Formula

    if isinstance(value, Number) and value.sqrt().exact is not None:
        return value.sqrt()
    return Formula(value).sqrt()

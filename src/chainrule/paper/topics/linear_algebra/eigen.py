"""Eigenvalues, exactly, by the characteristic polynomial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.linear_algebra.matrices import shape_of
from chainrule.paper.topics.linear_algebra.roots import Factor, Root, factors, roots
from chainrule.paper.topics.linear_algebra.tex import (
    determinant_tex,
    expansion_tex,
    factor_tex,
    polynomial_tex,
    shifted_tex,
    value_tex,
)
from chainrule.rules.arrays import Array
from chainrule.rules.linear_algebra import eigen as rules
from chainrule.rules.rule import Slip, rule

LARGEST = 6
"""Rows of a matrix whose eigenvalues are worked."""
LARGEST_EXPANDED = 3


@dataclass(frozen=True)
class Spectrum:
    """The eigenvalues of the quantity ``of``: distinct ones as roots, and all by the name ``values``."""

    of: str
    symbol: str
    factors: list[Factor]
    distinct: list[Root]
    values: str

    @property
    def is_real(self) -> bool:
        return all(root.is_real for root in self.distinct)


# -------------------------------------------------------------------------- eigenvalues


def _opposite_roots(p: Array, *, closed: bool) -> Array:
    return -real_roots.function(p, closed=closed)


def _undivided_roots(p: Array, *, closed: bool) -> Array:
    if len(p) != 3:
        raise ValueError("no quadratic equation")
    return 2 * real_roots.function(p, closed=closed)


_OPPOSITE = "opposite_sign", "the sign is turned"
_UNDIVIDED = "not_halved", "the formula for quadratic equations is not divided by 2"


@rule(
    tex=r"\text{roots of } <p>",
    as_whole=True,
    same="order",
    slips=(
        Slip(*_OPPOSITE, _opposite_roots, r"\text{roots of } <p> \text{, with signs turned}"),
        Slip(*_UNDIVIDED, _undivided_roots, r"-b \pm \sqrt{b^2 - 4 c} \text{ of } <p>"),
        Slip(
            "diagonal_alone",
            "the entries of the diagonal are taken",
            lambda p, A, *, closed: np.diagonal(A),
            r"A_{ii}",
            also=("A",),
        ),
    ),
)
def real_roots(p: Array, *, closed: bool) -> Array:
    """The real roots of a polynomial, each as often as it is one, the largest first."""
    found = roots(factors(list(p)), closed)
    return np.array([r.real for r in found if r.is_real for _ in range(r.factor.times)], dtype=object)


@rule(tex=r"\text{real parts of the roots of } <p>", as_whole=True, same="order")
def real_parts(p: Array, *, closed: bool) -> Array:
    """The real parts of all roots, real roots first, then pairs of complex ones."""
    found = roots(factors(list(p)), closed)
    return np.array([r.real for r in found for _ in range(r.factor.times)], dtype=object)


@rule(tex=r"\text{imaginary parts of the roots of } <p>", as_whole=True, same="order")
def imaginary_parts(p: Array, *, closed: bool) -> Array:
    """The imaginary parts of all roots, in the order of the real parts."""
    found = roots(factors(list(p)), closed)
    return np.array([r.imaginary for r in found for _ in range(r.factor.times)], dtype=object)


@rule(tex=r"\frac{-b \pm \sqrt{b^2 - 4 c}}{2} \text{ of } <p>", as_whole=True, same="order")
def quadratic_roots(p: Array) -> Array:
    """The roots of λ² + bλ + c, of formulas; shape (2,)."""
    _, b, c = p
    root = (b * b - 4 * c).expanded().sqrt()
    return np.array([(-b + root) / 2, (-b - root) / 2], dtype=object)


@rule(tex=rules.characteristic_polynomial.tex, as_whole=True)
def expanded_polynomial(A: Array) -> Array:
    """The coefficients of the characteristic polynomial of a matrix of formulas, multiplied out."""
    coefficients = rules.characteristic_polynomial.function(A)
    return np.array([c.expanded().tidy() for c in coefficients], dtype=object)


def spectrum(page: Page, of: str, symbol: str, ending: str = "") -> Spectrum:
    """Work the eigenvalues of a matrix of rational numbers; ``ending`` ends the names of quantities.

    Raises SheetError for a matrix that is not square, or too large.
    """
    A = page[of]
    check_square(A)
    polynomial, values = f"characteristic_polynomial{ending}", f"eigenvalues{ending}"
    page.remark(rf"The eigenvalues are the numbers $\lambda$ for which $\det({symbol} - \lambda I) = 0$.")
    page.work(polynomial, rules.characteristic_polynomial, of, symbol="p", shown=False)
    found = factors(list(page[polynomial]))
    _expanded(page, A, symbol, list(page[polynomial]), found)
    page.show(polynomial)
    closed = page.question.rounding is None and all(f.degree <= 2 for f in found)
    for factor in found:
        _solve_factor(page, factor)
    distinct = roots(found, closed)
    if all(root.is_real for root in distinct):
        page.work(values, real_roots, polynomial, closed=closed, symbol=r"\lambda")
    else:
        page.remark("Some roots are complex; real and imaginary parts are listed in the same order.")
        page.work(
            f"real_parts{ending}", real_parts, polynomial, closed=closed, symbol=r"\text{Re} \, \lambda"
        )
        page.work(
            f"imaginary_parts{ending}", imaginary_parts, polynomial, closed=closed,
            symbol=r"\text{Im} \, \lambda",
        )  # fmt: skip
    if shape := _shape(A):
        page.remark(f"${symbol}$ is {shape}: its eigenvalues are the entries of its diagonal.")
    return Spectrum(of, symbol, found, distinct, values)


def check_square(A: np.ndarray) -> None:
    """Raise SheetError for a matrix that is not square, or too large."""
    if A.shape[0] != A.shape[1]:
        raise SheetError(f"given.A: {shape_of(A)}; eigenvalues need a square matrix")
    if A.shape[0] > LARGEST:
        raise SheetError(f"given.A: {shape_of(A)}; eigenvalues are worked for at most {LARGEST} rows")


def symbolic_spectrum(page: Page) -> None:
    """The characteristic polynomial of a matrix of formulas, and of two rows its roots."""
    A = page["A"]
    check_square(A)
    page.part("eigenvalues", "Eigenvalues")
    page.remark(r"The eigenvalues are the numbers $\lambda$ for which $\det(A - \lambda I) = 0$.")
    page.work("characteristic_polynomial", expanded_polynomial, "A", symbol="p", shown=False)
    _expanded(page, A, "A", list(page["characteristic_polynomial"]), None)
    page.show("characteristic_polynomial")
    if A.shape[0] != 2:
        page.remark("Roots with symbols in them are worked for two rows only.")
        return
    _, b, c = page["characteristic_polynomial"]
    discriminant = (b * b - 4 * c).expanded()
    if discriminant.is_number and discriminant.sign() < 0:
        page.remark(r"$b^2 - 4 c$ is negative: there is no real eigenvalue.")
        return
    page.work("eigenvalues", quadratic_roots, "characteristic_polynomial", symbol=r"\lambda")


def _expanded(
    page: Page, A: np.ndarray, symbol: str, coefficients: list[Any], found: list[Factor] | None
) -> None:
    """det(A - λI), step by step to its factors."""
    n = A.shape[0]
    entries = shifted_tex(A)
    signed = [-c for c in coefficients] if n % 2 else coefficients
    links = [(determinant_tex(entries), "")] if n > 1 else []
    if 2 <= n <= LARGEST_EXPANDED:
        links.append((expansion_tex(entries), "expanded along the first row"))
    links.append((polynomial_tex(signed), "" if n <= LARGEST_EXPANDED else "multiplied out"))
    if found is not None and (len(found) > 1 or (found[0].times > 1 and coefficients[-1] != 0)):
        links.append((("-" if n % 2 else "") + _factored(found), ""))
    page.chain(rf"\det({symbol} - \lambda I)", *links)


def _factored(found: list[Factor]) -> str:
    text = ""
    for factor in sorted(found, key=lambda f: f.coefficients != [1, 0]):
        tex = factor_tex(polynomial_tex(factor.coefficients))
        text += f" {tex}" if factor.times == 1 else f" {tex}^{{{factor.times}}}"
    return text.strip()


def _solve_factor(page: Page, factor: Factor) -> None:
    """The roots of a factor that is not linear."""
    tex = polynomial_tex(factor.coefficients)
    if factor.degree == 2:
        _, b, c = factor.coefficients
        under = rf"{factor_tex(value_tex(b))}^2 - 4 \cdot {factor_tex(value_tex(c))}"
        page.remark(f"${tex} = 0$ by the formula for quadratic equations:")
        page.chain(
            r"\lambda",
            (rf"\frac{{{value_tex(-b)} \pm \sqrt{{{under}}}}}{{2}}", ""),
            (rf"\frac{{{value_tex(-b)} \pm \sqrt{{{value_tex(factor.discriminant)}}}}}{{2}}", ""),
        )
    elif factor.degree > 2:
        page.remark(
            f"${tex}$ has no factor with rational numbers, so its roots are given by their decimals, "
            "each digit proven."
        )


def _shape(A: np.ndarray) -> str:
    """Diagonal, triangular, or neither: then no word."""
    n = A.shape[0]
    below = all(A[i, j] == 0 for i in range(n) for j in range(i))
    above = all(A[i, j] == 0 for i in range(n) for j in range(i + 1, n))
    if n == 1 or not (below or above):
        return ""
    return "diagonal" if below and above else "triangular"

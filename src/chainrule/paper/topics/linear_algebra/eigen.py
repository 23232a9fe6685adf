"""Eigenvalues and eigenvectors, exactly, and what follows: condition number, singular values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.linear_algebra.matrices import reduce_for_null_space, shape_of, solved
from chainrule.paper.topics.linear_algebra.roots import Factor, Root, eigenspace, factors, roots
from chainrule.paper.topics.linear_algebra.tex import (
    determinant_tex,
    expansion_tex,
    factor_tex,
    matrix_tex,
    polynomial_tex,
    shifted_tex,
    value_tex,
)
from chainrule.rules import linear_algebra as rules
from chainrule.rules.arrays import Array
from chainrule.rules.rule import rule

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


@rule(tex=r"\text{roots of } <p>", as_whole=True)
def real_roots(p: Array, *, closed: bool) -> Array:
    """The real roots of a polynomial, each as often as it is one, the largest first."""
    found = roots(factors(list(p)), closed)
    return np.array([r.real for r in found if r.is_real for _ in range(r.factor.times)], dtype=object)


@rule(tex=r"\text{real parts of the roots of } <p>", as_whole=True)
def real_parts(p: Array, *, closed: bool) -> Array:
    """The real parts of all roots, real roots first, then pairs of complex ones."""
    found = roots(factors(list(p)), closed)
    return np.array([r.real for r in found for _ in range(r.factor.times)], dtype=object)


@rule(tex=r"\text{imaginary parts of the roots of } <p>", as_whole=True)
def imaginary_parts(p: Array, *, closed: bool) -> Array:
    """The imaginary parts of all roots, in the order of the real parts."""
    found = roots(factors(list(p)), closed)
    return np.array([r.imaginary for r in found for _ in range(r.factor.times)], dtype=object)


@rule(tex=r"\frac{-b \pm \sqrt{b^2 - 4 c}}{2} \text{ of } <p>", as_whole=True)
def quadratic_roots(p: Array) -> Array:
    """The roots of λ² + bλ + c, of formulas; shape (2,)."""
    _, b, c = p
    root = (b * b - 4 * c).expanded().sqrt()
    return np.array([(-b + root) / 2, (-b - root) / 2], dtype=object)


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
    if _is_triangular(A):
        shape = "diagonal" if _is_triangular(A.T) else "triangular"
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
    page.work("characteristic_polynomial", rules.characteristic_polynomial, "A", symbol="p", shown=False)
    _expanded(page, A, "A", [c.expanded().tidy() for c in page["characteristic_polynomial"]], None)
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


def _is_triangular(A: np.ndarray) -> bool:
    """Whether all entries below the diagonal, or all above it, are 0."""
    n = A.shape[0]
    below = all(A[i, j] == 0 for i in range(n) for j in range(i))
    above = all(A[i, j] == 0 for i in range(n) for j in range(i + 1, n))
    return n > 1 and (below or above)


# ------------------------------------------------------------------------- eigenvectors


def eigenvectors(page: Page, found: Spectrum) -> None:
    """Work the eigenvectors of each eigenvalue, and say whether there is a basis of them."""
    page.part("eigenvectors", "Eigenvectors")
    page.remark(
        rf"For each eigenvalue the solutions of $({found.symbol} - \lambda I) v = 0$, without $v = 0$."
    )
    rows, geometric = [], []
    A = [[v.exact for v in row] for row in page[found.of]]
    dimensions = {f: eigenspace(A, f.polynomial) for f in found.factors}
    said: set[Factor] = set()
    for number, root in enumerate(found.distinct, start=1):
        space = dimensions[root.factor]
        if root.is_real:
            at = 1 + sum(r.factor.times for r in found.distinct[: number - 1])
            if root.factor.degree > 1 and root.factor not in said:
                _in_lambda(page, root, space)
            _of_eigenvalue(page, found, number, at, root, space)
        elif root.factor not in said:
            _complex(page, number, root, space)
        said.add(root.factor)
        geometric.append(len(space))
        rows.append((f"${_root_tex(root)}$", str(root.factor.times), str(len(space))))
    page.table("Multiplicities", ("eigenvalue", "algebraic", "geometric"), rows)
    _verdict(page, found, geometric)


def _of_eigenvalue(
    page: Page, found: Spectrum, number: int, at: int, root: Root, space: list[list[list[Number]]]
) -> None:
    eigenvalue, vector = f"lambda{number}", f"v{number}"
    if found.is_real:
        page.work(eigenvalue, rules.entry, found.values, at=at, shown=False)
    else:
        page.work(eigenvalue, rules.entry, "real_parts", at=at, shown=False)
    if root.factor.degree == 1:
        A, shift = page[found.of], value_tex(root.real)
        name = f"M{number}"
        page.work(name, rules.shifted, found.of, eigenvalue, shown=False)
        before = [
            [rf"{value_tex(v)} - {factor_tex(shift)}" if i == j else value_tex(v) for j, v in enumerate(row)]
            for i, row in enumerate(A)
        ]
        page.chain(
            rf"{found.symbol} - \lambda_{{{number}}} I",
            (matrix_tex(before), rf"$\lambda_{{{number}}} = {shift}$"),
            (matrix_tex(page[name]), ""),
        )
        reduce_for_null_space(page, name, number)
        solved(page, f"R{number}")
        page.work(vector, rules.null_space, f"R{number}")
        _checked(page, found, number, vector)
    else:
        coefficients = np.array(space, dtype=object).transpose(1, 0, 2)
        page.work(vector, rules.at_eigenvalue, eigenvalue, coefficients=coefficients)


def _checked(page: Page, found: Spectrum, number: int, vector: str) -> None:
    """A v = λ v, with the numbers."""
    for v in page[vector].T:
        column, image = v.reshape(-1, 1), (page[found.of] @ v).reshape(-1, 1)
        page.chain(
            f"{found.symbol} {matrix_tex(column)}",
            (matrix_tex(image), ""),
            (
                rf"{factor_tex(value_tex(page[f'lambda{number}'][()]))} \cdot {matrix_tex(column)}",
                "as it must be",
            ),
        )


def _in_lambda(page: Page, root: Root, space: list[list[list[Number]]]) -> None:
    """The eigenvectors as polynomials in the eigenvalue."""
    columns = [matrix_tex([[polynomial_tex(entry[::-1])] for entry in v]) for v in space]
    page.remark(
        rf"Where ${polynomial_tex(root.factor.coefficients)} = 0$, elimination with $\lambda$ as it stands "
        rf"gives $v(\lambda) = {', '.join(columns)}$."
    )


def _complex(page: Page, number: int, root: Root, space: list[list[list[Number]]]) -> None:
    _in_lambda(page, root, space)
    if root.factor.degree > 2:
        return
    for v in space:
        entries = [[_complex_tex(c[0] + c[1] * root.real, c[1] * root.imaginary)] for c in v]
        page.remark(
            rf"For $\lambda = {_root_tex(root)}$ that is ${matrix_tex(entries)}$; "
            "for the other root of the pair, the same with $-i$ for $i$."
        )


def _root_tex(root: Root) -> str:
    if root.is_real:
        return _short(root.real)
    return _complex_tex(root.real, root.imaginary)


def _short(value: Any) -> str:
    sign = r"\approx " if isinstance(value, Number) and value.exact is None else ""
    return sign + value_tex(value)


def _complex_tex(real: Any, imaginary: Any) -> str:
    """a + b i in TeX."""
    size = value_tex(imaginary)
    negative = size.startswith("-")
    size = size.removeprefix("-").strip()
    size = "" if size == "1" else f"{size} "
    if size == "0 ":
        return value_tex(real)
    first = value_tex(real)
    if first == "0":
        return f"{'-' if negative else ''}{size}i"
    return f"{first} {'-' if negative else '+'} {size}i"


def _verdict(page: Page, found: Spectrum, geometric: list[int]) -> None:
    """Whether there is a basis of eigenvectors."""
    n = page[found.of].shape[0]
    short = [(r, g) for r, g in zip(found.distinct, geometric, strict=True) if g < r.factor.times]
    if not short:
        where = "" if found.is_real else " of complex numbers"
        page.remark(
            f"There are {n} independent eigenvectors{where}: ${found.symbol}$ is diagonalizable."
            if n > 1
            else "One row, one eigenvector."
        )
        return
    for root, g in short:
        count = "one independent eigenvector" if g == 1 else f"{g} independent eigenvectors"
        page.remark(
            rf"$\lambda = {_root_tex(root)}$ is a root {root.factor.times} times, but has only {count}: "
            f"${found.symbol}$ is defective. No basis of eigenvectors exists."
        )

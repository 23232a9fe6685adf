"""Eigenvectors, exactly, and whether there is a basis of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.topics.linear_algebra.eigen import Spectrum
from chainrule.paper.topics.linear_algebra.matrices import reduce_for_null_space, solved
from chainrule.paper.topics.linear_algebra.roots import Factor, Root, eigenspace
from chainrule.paper.topics.linear_algebra.tex import (
    factor_tex,
    matrix_tex,
    polynomial_tex,
    value_tex,
)
from chainrule.rules.linear_algebra import eigen, spaces


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
        page.work(eigenvalue, eigen.entry, found.values, at=at, shown=False)
    else:
        page.work(eigenvalue, eigen.entry, "real_parts", at=at, shown=False)
    if root.factor.degree == 1:
        A, shift = page[found.of], value_tex(root.real)
        name = f"M{number}"
        page.work(name, eigen.shifted, found.of, eigenvalue, shown=False)
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
        page.work(vector, spaces.null_space, f"R{number}")
        _checked(page, found, number, vector)
    else:
        coefficients = np.array(space, dtype=object).transpose(1, 0, 2)
        page.work(vector, eigen.at_eigenvalue, eigenvalue, coefficients=coefficients)


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

"""Matrices, polynomials and equations in TeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.paper.notation import exact_tex, tex_array
from chainrule.rules.linear_algebra.elimination import RowOperation


def value_tex(value: Any) -> str:
    r"""A number or a formula in TeX, without the braces that keep its sign.

    >>> from chainrule.paper.numbers import Number
    >>> value_tex(Number("-1/2"))
    '-\\frac{1}{2}'
    """
    tex = exact_tex(value)
    return tex[1:-1] if tex.startswith("{-") and tex.endswith("}") else tex


def matrix_tex(values: np.ndarray | Sequence[Sequence[str]]) -> str:
    """A matrix of numbers, or of their TeX."""
    array = np.asarray(values, dtype=object)
    return tex_array(array, lambda v: v if isinstance(v, str) else exact_tex(v))


def determinant_tex(entries: Sequence[Sequence[str]]) -> str:
    """The determinant of entries given in TeX."""
    return rf"\det {matrix_tex(entries)}"


def factor_tex(tex: str) -> str:
    """TeX as a factor of a product: a sum, or what has a sign, in parentheses."""
    depth = 0
    for sign in tex:
        depth += (sign in "({") - (sign in ")}")
        if depth == 0 and sign in "+-":
            return rf"\left({tex}\right)" if "frac" in tex else f"({tex})"
    return tex


def product_tex(*factors: str) -> str:
    """A product of factors given in TeX; numbers stand with a dot between them."""
    return r" \cdot ".join(factor_tex(factor) for factor in factors)


def power_tex(letter: str, power: int) -> str:
    """A power of a letter, for the powers from 1 on."""
    return letter if power == 1 else f"{letter}^{{{power}}}"


def polynomial_tex(coefficients: Sequence[Any], letter: str = r"\lambda") -> str:
    r"""A polynomial of these coefficients, numbers or formulas, the highest power first.

    >>> from chainrule.paper.numbers import numbers
    >>> polynomial_tex(numbers([1, -5, 0, "1/2"]), "x")
    'x^{3} - 5 x^{2} + \\frac{1}{2}'
    """
    text = ""
    for power, coefficient in zip(reversed(range(len(coefficients))), coefficients, strict=True):
        if _is(coefficient, 0):
            continue
        tex = value_tex(coefficient)
        negative = tex.startswith("-") and not _is_sum(tex[1:])
        size = tex[1:].strip() if negative else factor_tex(tex) if _is_sum(tex) and (text or power) else tex
        if power:
            size = power_tex(letter, power) if size == "1" else f"{size} {power_tex(letter, power)}"
        sign = (" - " if negative else " + ") if text else ("-" if negative else "")
        text += sign + size
    return text or "0"


def shifted_tex(A: np.ndarray) -> list[list[str]]:
    r"""The entries of A - λI in TeX."""

    def diagonal(value: Any) -> str:
        return r"-\lambda" if _is(value, 0) else rf"{value_tex(value)} - \lambda"

    n = A.shape[0]
    return [[diagonal(A[i, j]) if i == j else value_tex(A[i, j]) for j in range(n)] for i in range(n)]


def expansion_tex(entries: Sequence[Sequence[str]]) -> str:
    """A determinant of two or three rows, of entries in TeX, expanded along its first row."""
    if len(entries) == 2:
        (a, b), (c, d) = entries
        return f"{product_tex(a, d)} - {product_tex(b, c)}"
    text = ""
    for j, first in enumerate(entries[0]):
        if first == "0":
            continue
        minor = [[row[k] for k in range(3) if k != j] for row in entries[1:]]
        sign = (" - " if j % 2 else " + ") if text else ("-" if j % 2 else "")
        text += rf"{sign}{factor_tex(first)} \cdot \left[ {expansion_tex(minor)} \right]"
    return text or "0"


def operation_tex(operation: RowOperation) -> str:
    """An operation on rows as it is written beside them: R₂ ← R₂ - 5 R₁."""
    row, other = f"R_{{{operation.row + 1}}}", f"R_{{{operation.other + 1}}}"
    if operation.kind == "swap":
        return rf"{row} \leftrightarrow {other}"
    factor = value_tex(operation.factor)
    if operation.kind == "scale":
        inverse = value_tex(1 / operation.factor)
        return rf"{row} \leftarrow {'-' if inverse == '-1' else factor_tex(inverse)} {row}"
    negative = factor.startswith("-")
    size = factor[1:] if negative else factor
    return rf"{row} \leftarrow {row} {'+' if negative else '-'} {'' if size == '1' else size + ' '}{other}"


def equations_tex(R: np.ndarray, bound: Sequence[tuple[int, int]]) -> list[str]:
    """What a reduced row echelon form says: each bound unknown by the free ones."""
    free = [j for j in range(R.shape[1]) if j not in [column for _, column in bound]]
    said = []
    for row, column in bound:
        text = ""
        for j in free:
            if not _is(R[row, j], 0):
                tex = value_tex(-R[row, j])
                negative, size = tex.startswith("-"), tex.lstrip("-")
                sign = (" - " if negative else " + ") if text else ("-" if negative else "")
                text += f"{sign}{'' if size == '1' else size + ' '}x_{{{j + 1}}}"
        said.append(f"x_{{{column + 1}}} = {text or '0'}")
    return said


def _is(value: Any, number: int) -> bool:
    exact = getattr(value, "exact", None)
    return bool(exact == number) if exact is not None else str(value) == str(number)


def _is_sum(tex: str) -> bool:
    bare = re.sub(r"\{[^{}]*\}|\([^()]*\)", "", tex)
    return "+" in bare or "-" in bare

"""How numbers and arrays are written: as TeX and as plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.paper.digits import Digits, significant
from chainrule.paper.numbers import Number
from chainrule.paper.plain import plain

DIGITS = 6
"""Significant digits of a decimal, where a question does not say."""
LONGEST_FRACTION = 12
LONGEST_EXACT = 17
"""Characters. A longer fraction is written as its decimal where that ends; beyond the second length
only the digits asked for are shown. ``--json`` has every number whole."""
LONGEST_PUT_IN = 8
"""Characters. A longer fraction is put into a formula as its decimals."""
LARGEST_ARRAY = 8
FIRST_SHOWN = 3
"""Rows or columns. Of an array with more than the first number, the first few and the last are shown."""


def plain_digits(value: Number, digits: int = DIGITS) -> Digits:
    """A number as it is put into a formula: ``0.2``, ``1/3``, ``2.71828``."""
    decimal = significant(value, digits)
    if decimal.exact or value.exact is None:
        return decimal
    fraction = str(value.exact)
    return Digits(fraction, exact=True) if len(fraction) <= LONGEST_PUT_IN else decimal


def plain_number(value: Any, digits: int = DIGITS) -> str:
    """A number or a formula as it is put into a formula."""
    return plain_digits(value, digits).text if isinstance(value, Number) else formula_text(value)


def formula_text(value: Any) -> str:
    """A formula, or a label, as plain text."""
    return plain(value.tex) if hasattr(value, "tex") else str(value)


def minus(text: str) -> str:
    """The text with real minus signs, as long as a plus."""
    return text.replace("-", "−")


def exact_digits(value: Any, digits: int = DIGITS) -> Digits:
    """The number written exactly, ``17/10``, or its proven decimals where it is long or no fraction.

    >>> exact_digits(Number("1.7")).text, exact_digits(Number("0.32310995")).text
    ('17/10', '0.32310995')
    >>> exact_digits(Number("1/3") ** 40)
    Digits(text='8.22526e-20', exact=False)
    """
    if not isinstance(value, Number):
        return Digits(formula_text(value), exact=True)
    fraction = str(value.exact) if value.exact is not None else ""
    if fraction and len(fraction) <= LONGEST_FRACTION:
        return Digits(fraction, exact=True)
    decimal = significant(value, LONGEST_EXACT if fraction else digits)
    if decimal.exact and len(decimal.text) <= LONGEST_EXACT:
        return decimal
    if fraction and len(fraction) <= LONGEST_EXACT:
        return Digits(fraction, exact=True)
    return significant(value, digits)


def exact_text(value: Any, digits: int = DIGITS) -> str:
    """The text of :func:`exact_digits`."""
    return exact_digits(value, digits).text


def exact_tex(value: Any, digits: int = DIGITS) -> str:
    """The exact number in TeX, or its proven decimals."""
    if not isinstance(value, Number):
        return str(getattr(value, "tex", value))
    return digits_tex(exact_text(value, digits))


def digits_tex(text: str) -> str:
    """A number's text in TeX: a fraction, or a decimal.

    >>> digits_tex("-17/10"), digits_tex("1.5e-9")
    ('{-\\\\frac{17}{10}}', '1.5 \\\\cdot 10^{-9}')
    """
    if "/" in text:
        top, bottom = text.split("/")
        fraction = rf"\frac{{{top.lstrip('-')}}}{{{bottom}}}"
        return f"{{-{fraction}}}" if top.startswith("-") else fraction
    return _scientific(text)


def decimal_tex(value: Any, digits: int = DIGITS) -> str:
    """The number's decimals in TeX."""
    if not isinstance(value, Number):
        return str(getattr(value, "tex", value))
    return _scientific(significant(value, digits).text)


def _scientific(text: str) -> str:
    """A decimal in TeX; a negative one in braces, so that its sign is set as a sign."""
    mantissa, _, power = text.partition("e")
    tex = rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa
    return f"{{{tex}}}" if text.startswith("-") else tex


def is_rounded(value: Any, digits: int = DIGITS) -> bool:
    """Whether a number's decimals are not the number itself, but rounded."""
    return isinstance(value, Number) and not significant(value, digits).exact


def tex_array(value: np.ndarray, write: Callable[[Any], str]) -> str:
    """An array as a TeX matrix; a single number without brackets; large ones with dots."""
    if value.ndim == 0:
        return write(value[()])
    rows = value.reshape(1, -1) if value.ndim == 1 else value.reshape(value.shape[0], -1)
    lines = [" & ".join(_shortened([write(v) for v in _ends(row)], row, r"\cdots")) for row in _ends(rows)]
    lines = _shortened(lines, rows, r"\vdots")
    return r"{\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}}"


def plain_array(value: np.ndarray, write: Callable[[Any], str]) -> str:
    """An array as nested brackets; a single number without; large ones with dots."""
    if value.ndim == 0:
        return write(value[()])
    parts = [write(v) if value.ndim == 1 else plain_array(v, write) for v in _ends(value)]
    return "[" + ", ".join(_shortened(parts, value, "…")) + "]"


def visible(value: np.ndarray) -> list[Any]:
    """The elements that :func:`tex_array` and :func:`plain_array` write."""
    if value.ndim == 0:
        return [value[()]]
    return [v for part in _ends(value) for v in (visible(part) if value.ndim > 1 else [part])]


def _ends(values: np.ndarray) -> list[Any]:
    return list(values) if len(values) <= LARGEST_ARRAY else [*values[:FIRST_SHOWN], values[-1]]


def _shortened(parts: list[str], values: np.ndarray, dots: str) -> list[str]:
    return parts if len(values) <= LARGEST_ARRAY else [*parts[:FIRST_SHOWN], dots, *parts[FIRST_SHOWN:]]

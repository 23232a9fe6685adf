"""A formula on a page: its name, its variables, and how its derivatives are written."""

from __future__ import annotations

from typing import Any

from chainrule.paper.names import tex_name
from chainrule.paper.notation import decimal_tex, exact_digits
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics.linear_algebra import eigen
from chainrule.paper.topics.linear_algebra.expressions import read_formula
from chainrule.paper.topics.linear_algebra.tex import value_tex

RESERVED = {
    "gradient", "hessian", "derivative", "value", "slope", "curvature", "eigenvalues", "factors",
    "minimum", "H", "p", "learning", "rank",
}  # fmt: skip


class Surface:
    """A formula on a page: its name, its variables, and its derivatives."""

    def __init__(self, question: Question) -> None:
        given = question.given
        self.page = Page(question)
        self.given = given
        self.name, self.formula, self.variables = read_formula(given.formula, RESERVED)
        self.at = self._point("at", given.at)
        self.start = self._point("start", given.start)
        if (given.start is None) != (given.learning_rate is None):
            there, missing = ("start", "learning_rate") if given.start else ("learning_rate", "start")
            raise SheetError(f"given.{missing}: is missing; {there} is given, and descent needs both")
        self.tex = tex_name(self.name)
        self.arguments = ", ".join(tex_name(v) for v in self.variables)
        self.quadratic: eigen.Spectrum | None = None

    def _point(self, key: str, point: dict[str, Any] | None) -> dict[str, Any] | None:
        if point is None:
            return None
        expected = ", ".join(self.variables)
        for name in point:
            if name not in self.variables:
                raise SheetError(f"given.{key}.{name}: no variable of the formula; they are {expected}")
        for name in self.variables:
            if name not in point:
                raise SheetError(f"given.{key}: {name} is missing; expected {expected}")
        return point

    @property
    def is_curve(self) -> bool:
        """Whether there is one variable."""
        return len(self.variables) == 1

    def slope_tex(self, variable: str, *more: str) -> str:
        """A derivative in TeX: of the first order, or with more variables of a higher one."""
        d = "d" if self.is_curve else r"\partial"
        space = "" if self.is_curve else " "
        if not more:
            return rf"\frac{{{d}{space}{self.tex}}}{{{d}{space}{tex_name(variable)}}}"
        if more[0] == variable:
            return rf"\frac{{{d}^2{space}{self.tex}}}{{{d}{space}{tex_name(variable)}^2}}"
        below = f"{d}{space}{tex_name(variable)} {d}{space}{tex_name(more[0])}"
        return rf"\frac{{{d}^2{space}{self.tex}}}{{{below}}}"


def known_sign(value: Any) -> int | None:
    """The sign of a number; of a formula with symbols none."""
    return int(value.sign()) if getattr(value, "is_number", True) else None


def shown(page: Page, value: Any) -> str:
    """A value in TeX, with ≈ where digits are left out."""
    if isinstance(value, Number):
        digits = page.question.digits
        exact = exact_digits(value, digits)
        return value_tex(value) if exact.exact else rf"\approx {decimal_tex(value, digits)}"
    return value_tex(value)

"""A formula: its gradient and Hessian, at a point, its stationary points, and gradient descent on it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.formulas import Formula
from chainrule.paper.notation import decimal_tex, exact_digits, is_rounded, tex_name
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics.linear_algebra import eigen, pictures, stationary
from chainrule.paper.topics.linear_algebra.expressions import (
    array_rule,
    formula_rule,
    formula_tex,
    read_formula,
)
from chainrule.paper.topics.linear_algebra.matrices import unrounded
from chainrule.paper.topics.linear_algebra.tex import matrix_tex, value_tex
from chainrule.paper.values import names_in, resolve
from chainrule.paper.workings import Working
from chainrule.rules import calculus as rules
from chainrule.rules.optimizers import gradient_descent

ILL = 10
"""From this condition number on a surface is called ill-conditioned here."""
STEPS_SHOWN = 2
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


def solve_formula(question: Question, given: Any) -> Working:
    """Work the slopes of a formula, and what is asked for with them.

    Raises SheetError for what does not fit, WorkError for what cannot be worked.
    """
    surface = Surface(question)
    page = surface.page
    with unrounded(page):
        page.tape.give(surface.name, np.array(surface.formula, dtype=object), tex_name(surface.name))
        _derivatives(surface)
    if surface.at is not None:
        _at_point(surface, surface.at)
    with unrounded(page):
        _stationary(surface)
        _curvature(surface, set(question.find or ()))
    if surface.quadratic is not None:
        _step_sizes(surface)
    if surface.start is not None:
        _descent(surface, surface.start)
    _drawn(surface)
    return page.working()


# ---------------------------------------------------------------------------- derivatives


def _derivatives(surface: Surface) -> None:
    page, name, variables = surface.page, surface.name, surface.variables
    if surface.is_curve:
        (x,) = variables
        page.part("derivative", "Derivative")
        page.work("derivative", rules.derivative, name, x=x, symbol=surface.slope_tex(x))
        page.part("second_derivative", "Second derivative")
        page.work("second_derivative", rules.derivative, "derivative", x=x, symbol=surface.slope_tex(x, x))
        return
    page.part("gradient", "Gradient")
    page.work(
        "gradient", rules.gradient, name, variables=variables, symbol=rf"\nabla {surface.tex}", shown=False
    )
    for x, slope in zip(variables, page["gradient"], strict=True):
        page.chain(surface.slope_tex(x), (formula_tex(slope), ""))
    page.show("gradient")
    page.remark("The gradient points where the formula grows fastest; its opposite is the way down.")
    page.part("hessian", "Hessian matrix")
    page.work("hessian", rules.hessian, "gradient", variables=variables, symbol="H", shown=False)
    for i, x in enumerate(variables):
        for j, second in enumerate(variables):
            if i <= j:
                left = rf"\frac{{\partial}}{{\partial {tex_name(x)}}} {surface.slope_tex(second)}"
                before = formula_tex(page["gradient"][j])
                put_in = rf"\frac{{\partial}}{{\partial {tex_name(x)}}} \left( {before} \right)"
                page.chain(
                    surface.slope_tex(x, second),
                    (left, ""),
                    (put_in, ""),
                    (formula_tex(page["hessian"][i, j]), ""),
                )
    page.show("hessian")


def _at_point(surface: Surface, at: dict[str, Any]) -> None:
    page, variables = surface.page, surface.variables
    for variable in variables:
        page.give(variable, at[variable])
    page.part("at_point", "At the point")
    where = rf"({surface.arguments})"
    page.work(
        "value", formula_rule("value", surface.formula, variables), *variables, symbol=surface.tex + where
    )
    if surface.is_curve:
        for name, derivative in (("slope", "derivative"), ("curvature", "second_derivative")):
            formula: Any = page[derivative][()]
            symbol = page.tape[derivative].symbol
            page.work(name, formula_rule(name, formula, variables), *variables, symbol=symbol)
        sign = _known_sign(page["slope"][()])
        if sign is not None:
            word = {1: "rises", -1: "falls", 0: "is level"}[sign]
            page.remark(
                f"The slope says how fast ${surface.tex}$ changes with ${surface.arguments}$: here it {word}."
            )
        return
    rule = array_rule("gradient", page["gradient"], variables)
    page.work("gradient_at", rule, *variables, symbol=rf"\nabla {surface.tex}{where}")
    if any(h.expression.free_symbols for h in page["hessian"].flat):
        page.work(
            "hessian_at", array_rule("hessian", page["hessian"], variables), *variables, symbol=f"H{where}"
        )


def _known_sign(value: Any) -> int | None:
    """The sign of a number; of a formula with symbols none."""
    return int(value.sign()) if getattr(value, "is_number", True) else None


# ----------------------------------------------------------------------- stationary points


def _stationary(surface: Surface) -> None:
    page, variables = surface.page, surface.variables
    page.part("stationary_points", "Stationary points")
    slopes = page["derivative"].reshape(1) if surface.is_curve else page["gradient"]
    solved = stationary.solve_gradient(list(slopes), variables)
    equations = r", \quad ".join(f"{formula_tex(slope)} = 0" for slope in slopes)
    page.remark(f"All slopes are 0 where ${equations}$.")
    if solved is None:
        page.remark("These equations are not solved here: factoring and substitution do not solve them.")
        return
    for line in solved.lines:
        bound = {tex_name(v): formula_tex(value) for v, value in line.items()}
        said = r", \; ".join(f"{name} = {value}" for name, value in bound.items() if name != value)
        page.remark(f"All points with ${said}$ are stationary: they lie on a line or a surface.")
    if not solved.points:
        if not solved.lines:
            page.remark("No real numbers solve this: there is no stationary point.")
        return
    of = "derivative" if surface.is_curve else "gradient"
    page.work(
        "stationary_points", stationary.stationary_points, of, variables=variables,
        symbol=rf"{surface.arguments if surface.is_curve else f'({surface.arguments})'}^{{*}}",
    )  # fmt: skip
    page.work(
        "stationary_values", stationary.values_at, surface.name, "stationary_points", variables=variables,
        symbol=rf"{surface.tex}^{{*}}",
    )  # fmt: skip
    second = page["second_derivative"].reshape(1, 1) if surface.is_curve else page["hessian"]
    rows = []
    for point, value in zip(solved.points, page["stationary_values"], strict=True):
        said = stationary.kind(slopes, second, dict(zip(variables, point, strict=True)))
        where = ", ".join(_shown(page, v) for v in point)
        rows.append((f"${where}$" if surface.is_curve else f"$({where})$", f"${_shown(page, value)}$", said))
    page.table("What they are", (f"${surface.arguments}$", f"${surface.tex}$", "kind"), rows)


def _shown(page: Page, value: Any) -> str:
    """A value in TeX, with ≈ where digits are left out."""
    if isinstance(value, Number):
        digits = page.question.digits
        exact = exact_digits(value, digits)
        return value_tex(value) if exact.exact else rf"\approx {decimal_tex(value, digits)}"
    return value_tex(value)


# ------------------------------------------------------------------------------- curvature


def _curvature(surface: Surface, wanted: set[str]) -> None:
    """Eigenvalues and condition number of the Hessian, where it is a matrix of fractions."""
    page = surface.page
    if surface.is_curve:
        return
    constant = "hessian_at" not in page.tape.quantities
    H = _fractions(page["hessian" if constant else "hessian_at"])
    if H is None:
        return
    page.tape.give("H", H, hidden=True)
    page.part("eigenvalues", "Eigenvalues of the Hessian")
    if not constant:
        page.remark(rf"The Hessian at the point: $H = {matrix_tex(H)}$.")
    found = eigen.spectrum(page, "H", "H")
    values = page["eigenvalues"]
    diagonal = all(H[i, j] == 0 for i, j in np.ndindex(H.shape) if i != j)
    if not diagonal or "eigenvectors" in wanted:
        eigen.eigenvectors(page, found)
    if not values[-1] > 0:
        page.part("condition_number", "Condition number")
        kind = "a saddle or a maximum" if values[-1] < 0 else "flat in some direction"
        page.remark(
            rf"$\lambda_{{\min}} = {_shown(page, values[-1])}$ is not greater than 0: the surface is {kind} "
            r"here, and $\lambda_{\max} / \lambda_{\min}$ measures nothing."
        )
        return
    eigen.condition(page, found)
    _conditioned(surface)
    if constant:
        surface.quadratic = found


def _fractions(values: np.ndarray) -> np.ndarray | None:
    made = np.empty(values.shape, dtype=object)
    for place in np.ndindex(values.shape):
        value: Any = values[place]
        if isinstance(value, Formula):
            value = value.number() if value.expression.is_Rational else None
        if not isinstance(value, Number) or value.exact is None:
            return None
        made[place] = value
    return made


def _conditioned(surface: Surface) -> None:
    """What the condition number means for descent."""
    page = surface.page
    kappa, values = page["condition_number"][()], page["eigenvalues"]
    steep, flat = _shown(page, values[0]), _shown(page, values[-1])
    if kappa == 1:
        page.remark(
            "All directions are equally steep: the contours are circles, and descent goes straight down."
        )
        return
    page.remark(
        rf"The surface is steepest along the eigenvector of ${steep}$ and flattest along that of ${flat}$. "
        r"Its contours are $\sqrt{\kappa}$ times as long as wide."
    )
    if kappa >= ILL:
        page.remark(
            r"$\kappa$ is large: the surface is ill-conditioned. A learning rate that is small enough for "
            "the steep direction is too small for the flat one, so descent zigzags across the valley and "
            "advances slowly along it."
        )


def _step_sizes(surface: Surface) -> None:
    """Which learning rates converge on a quadratic, and which is best."""
    page = surface.page
    page.part("learning_rates", "Learning rates")
    page.remark(
        r"On a quadratic, a step of gradient descent multiplies the distance to the minimum by "
        r"$1 - \eta \lambda$ along each eigenvector; it shrinks along all of them if "
        r"$\eta < 2 / \lambda_{\max}$."
    )
    page.work("largest_learning_rate", rules.learning_rate_limit, "lambda_max", symbol=r"\eta_{\max}")
    page.work(
        "best_learning_rate", rules.best_learning_rate, "lambda_max", "lambda_min",
        symbol=r"\eta_{\text{best}}",
    )  # fmt: skip
    page.work(
        "best_factor", rules.best_factor, "condition_number",
        symbol=r"\left| 1 - \eta_{\text{best}} \lambda \right|",
    )  # fmt: skip


# --------------------------------------------------------------------------------- descent


def _descent(surface: Surface, start: dict[str, Any]) -> None:
    """The path of gradient descent, worked step by step."""
    page, variables, steps = surface.page, surface.variables, surface.given.steps
    slopes = page["derivative"].reshape(1) if surface.is_curve else page["gradient"]
    _give_start(surface, start)
    page.part("descent", "Gradient descent")
    value = formula_rule("value", surface.formula, variables)
    page.work(f"{surface.name}.0", value, *(f"{v}.0" for v in variables), symbol=rf"{surface.tex}^{{(0)}}")
    rules_of = {v: formula_rule(f"slope_{v}", s, variables) for v, s in zip(variables, slopes, strict=True)}
    for t in range(steps):
        shown = t < STEPS_SHOWN
        here = [f"{v}.{t}" for v in variables]
        for v in variables:
            symbol = rf"\left( {surface.slope_tex(v)} \right)^{{({t})}}"
            page.work(f"d{v}.{t}", rules_of[v], *here, symbol=symbol, shown=shown)
        for v in variables:
            page.work(f"{v}.{t + 1}", gradient_descent, f"{v}.{t}", f"d{v}.{t}", "learning_rate", shown=shown)
        there = [f"{v}.{t + 1}" for v in variables]
        symbol = rf"{surface.tex}^{{({t + 1})}}"
        page.work(f"{surface.name}.{t + 1}", value, *there, symbol=symbol, shown=shown)
    head = [
        "step",
        *(f"${tex_name(v)}$" for v in variables),
        *(f"${surface.slope_tex(v)}$" for v in variables),
        f"${surface.tex}$",
    ]
    rows = [
        [
            str(t),
            *(_cell(page, f"{v}.{t}") for v in variables),
            *(_cell(page, f"d{v}.{t}") if t < steps else "" for v in variables),
            _cell(page, f"{surface.name}.{t}"),
        ]
        for t in range(steps + 1)
    ]
    page.table("The path", head, rows)
    if surface.quadratic is not None:
        _zigzag(surface)


def _give_start(surface: Surface, start: dict[str, Any]) -> None:
    """Where descent starts, and its learning rate: as numbers, or as formulas where names are in them."""
    page, values = surface.page, [surface.given.learning_rate, *start.values()]
    symbolic = bool(names_in(values))
    if symbolic and any(h.expression.free_symbols for h in _second_slopes(page).flat):
        raise SheetError("given.start: names in descent are worked on a quadratic formula only; give numbers")
    for name, value in (("learning_rate", values[0]), *((f"{v}.0", start[v]) for v in surface.variables)):
        page.tape.give(name, resolve(value, symbolic))
    rate: Any = page["learning_rate"][()]
    if isinstance(rate, Number) and rate <= 0:
        raise SheetError(f"given.learning_rate: {rate}; expected a number greater than 0")


def _second_slopes(page: Page) -> np.ndarray:
    """The second derivatives, of one variable or of several."""
    return page["second_derivative" if "second_derivative" in page.tape.quantities else "hessian"]


def _cell(page: Page, name: str) -> str:
    value: Any = page[name][()]
    number = value.number() if getattr(value, "is_number", False) else value
    sign = r"\approx " if is_rounded(number, page.question.digits) else ""
    return f"${sign}{decimal_tex(number, page.question.digits)}$"


def _zigzag(surface: Surface) -> None:
    """What each step does along each eigenvector."""
    page = surface.page
    page.part("factors", "What a step does")
    factors = page.work("factors", rules.shrink_factors, "learning_rate", "eigenvalues", symbol="r")
    for value, factor in zip(page["eigenvalues"], factors, strict=True):
        sign = _known_sign(factor)
        along = rf"Along the eigenvector of $\lambda = {_shown(page, value)}$"
        if factor > 1 or factor < -1:
            page.remark(f"{along} the distance grows with every step: the learning rate is too large.")
        elif factor == -1:
            page.remark(f"{along} the path jumps to and fro for ever, at the same distance.")
        elif sign == -1:
            page.remark(f"{along} the factor is negative: every step jumps to the other side, a zigzag.")
        elif sign == 0:
            page.remark(f"{along} one step arrives at the minimum.")
        else:
            page.remark(f"{along} the path goes on to the same side, without a zigzag.")


# -------------------------------------------------------------------------------- pictures


def _drawn(surface: Surface) -> None:
    page, variables = surface.page, surface.variables
    if len(variables) > 2:
        return
    path = _floats(surface, ".") if surface.start is not None else []
    marked = _floats(surface, "") if surface.at is not None else []
    fixed = page.tape.quantities.get("stationary_points")
    rest = _points(fixed.value.reshape(-1, len(variables))) if fixed is not None else []
    if path is None or marked is None or rest is None:
        return
    scaled = "" if surface.is_curve else "; the axes have scales of their own"
    title = f"{surface.name} over {' and '.join(variables)}{scaled}"
    page.part("picture", "Picture")
    draw = pictures.curve if surface.is_curve else pictures.contours
    page.picture(title, partial(draw, title, surface.formula, variables, path, marked, rest))


LARGEST_DRAWN = 10**6
"""A path is drawn up to the first point beyond this."""


def _floats(surface: Surface, ending: str) -> list[list[float]] | None:
    """The points of the path, or the point given, as floats; None where names are in them."""
    page = surface.page
    endings = [f".{t}" for t in range(surface.given.steps + 1)] if ending else [""]
    return _points(np.array([[page[v + e][()] for v in surface.variables] for e in endings], dtype=object))


def _points(values: np.ndarray) -> list[list[float]] | None:
    if not all(getattr(v, "is_number", True) for v in values.flat):
        return None
    numbers = [[v.number() if isinstance(v, Formula) else v for v in row] for row in values]
    far = (i for i, row in enumerate(numbers) if any(abs(v) > LARGEST_DRAWN for v in row))
    return [[float(v) for v in row] for row in numbers[: next(far, None)]]

"""A formula: its gradient and Hessian, at a point, its stationary points, and gradient descent on it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.formulas import Formula
from chainrule.paper.names import tex_name
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import Question
from chainrule.paper.topics.linear_algebra import conditioning, eigen, pictures, stationary
from chainrule.paper.topics.linear_algebra.descent import descend, step_sizes
from chainrule.paper.topics.linear_algebra.eigenvectors import eigenvectors
from chainrule.paper.topics.linear_algebra.exact import has_irrational
from chainrule.paper.topics.linear_algebra.expressions import (
    array_rule,
    formula_rule,
    formula_tex,
)
from chainrule.paper.topics.linear_algebra.surface import Surface, known_sign, shown
from chainrule.paper.topics.linear_algebra.tex import matrix_tex
from chainrule.paper.values import resolve
from chainrule.paper.workings import Working
from chainrule.rules import calculus as rules

ILL = 10
"""From this condition number on a surface is called ill-conditioned here."""


def solve_formula(question: Question, given: Any) -> Working:
    """Work the slopes of a formula, and what is asked for with them.

    Raises SheetError for what does not fit, WorkError for what cannot be worked.
    """
    surface = Surface(question)
    page = surface.page
    with page.unrounded():
        page.tape.give(surface.name, np.array(surface.formula, dtype=object), tex_name(surface.name))
        _derivatives(surface)
    if surface.at is not None:
        _at_point(surface, surface.at)
    with page.unrounded():
        _stationary(surface)
        _curvature(surface, set(question.find or ()))
    if surface.quadratic is not None:
        step_sizes(surface)
    if surface.start is not None:
        descend(surface, surface.start)
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
    exact = page.question.rounding is None and has_irrational(at.values())
    for variable in variables:
        page.give(variable, resolve(at[variable], closed=True) if exact else at[variable])
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
        sign = known_sign(page["slope"][()])
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
        where = ", ".join(shown(page, v) for v in point)
        rows.append((f"${where}$" if surface.is_curve else f"$({where})$", f"${shown(page, value)}$", said))
    page.table("What they are", (f"${surface.arguments}$", f"${surface.tex}$", "kind"), rows)


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
        eigenvectors(page, found)
    if not values[-1] > 0:
        page.part("condition_number", "Condition number")
        kind = _not_positive(values)
        page.remark(
            rf"$\lambda_{{\min}} = {shown(page, values[-1])}$ is not greater than 0: the surface is {kind} "
            r"here, and $\lambda_{\max} / \lambda_{\min}$ measures nothing."
        )
        return
    conditioning.condition(page, found)
    _conditioned(surface)
    if constant:
        surface.quadratic = found


def _not_positive(values: np.ndarray) -> str:
    """What the surface is by the eigenvalues of its Hessian, the least of which is not greater than 0."""
    if values[-1] == 0:
        return "flat in some direction"
    return "curved up and down, a saddle," if values[0] > 0 else "nowhere curved upward"


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
    steep, flat = shown(page, values[0]), shown(page, values[-1])
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

"""Random variables with finitely many values: one, or two with their joint probabilities."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.distributions import agree, check_probabilities, is_known, verdict
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.probability.given import Given
from chainrule.paper.topics.probability.naming import POSSIBLE
from chainrule.rules.probability import events, two_variables, variables

MOST_VALUES = 100
MOST_ROWS = 40
"""Outcomes that are listed with their values."""


def solve_one(page: Page, given: Given) -> None:
    """Work a random variable of which values and probabilities are given."""
    if given.probabilities is None:
        raise SheetError("given.probabilities: is missing; expected one for each of the values")
    values, chances = page.exact(given.values), page.exact(given.probabilities)
    if len(values) != len(chances):
        raise SheetError(
            f"given.probabilities: {len(chances)} of them for {len(values)} values; expected one for each"
        )
    if len(values) > MOST_VALUES:
        raise SheetError(f"given.values: {len(values)} values; at most {MOST_VALUES} are worked")
    check_probabilities("given.probabilities", chances)
    if all(isinstance(v, Number) and v.exact is not None for v in values):
        if len({v.exact for v in values}) < len(values):
            raise SheetError("given.values: a value stands there twice; add its probabilities up")
        order = sorted(range(len(values)), key=lambda i: values[i])
        values, chances = values[order], chances[order]
    page.give("x", values)
    page.give("p", chances, symbol="P(X = x)")
    _work_one(page)


def on_outcomes(page: Page, outcomes: list[str], values: list[Number], chances: np.ndarray | None) -> None:
    """Work a random variable that has a value for each outcome of a sample space."""
    distinct = sorted({v.exact: v for v in values}.values(), key=lambda v: v)
    if len(distinct) > MOST_VALUES:
        raise SheetError(
            f"given.variable: {len(distinct)} different values; at most {MOST_VALUES} are worked"
        )
    page.part("variable", "Random variable")
    listed = list(zip(outcomes, values, strict=True))
    rows = [(as_prose(o), page.write(v)) for o, v in listed[:MOST_ROWS]]
    page.table(
        "" if len(listed) <= MOST_ROWS else f"the first {MOST_ROWS} outcomes", ["outcome", "$X$"], rows
    )
    page.give("x", np.array(distinct, dtype=object), hidden=True)
    groups = tuple(tuple(i for i, v in enumerate(values) if v == each) for each in distinct)
    if chances is None:
        page.give(
            "n_x", np.array([len(group) for group in groups]).astype(object), symbol="n(X = x)", hidden=True
        )
        page.work("p", events.classical, "n_x", POSSIBLE, symbol="P(X = x)")
    else:
        page.work("p", variables.gathered(groups), "p_o", symbol="P(X = x)")
    _work_one(page)


def _work_one(page: Page) -> None:
    """Distribution function, expectation, variance (both ways) and standard deviation."""
    page.part("distribution", "Distribution")
    page.work("cdf", variables.cumulative, "p", symbol="P(X \\le x)")
    rows = [[page.write(v) for v in line] for line in zip(page["x"], page["p"], page["cdf"], strict=True)]
    page.table("", ["$x$", "$P(X = x)$", r"$P(X \le x)$"], rows)
    page.part("expectation", "Expectation")
    page.work("E_X", variables.expectation, "x", "p", symbol="E(X)")
    page.part("variance", "Variance")
    page.work("var_X", variables.variance, "x", "p", "E_X", symbol=r"\mathrm{var}(X)")
    page.work("E_X2", variables.second_moment, "x", "p", symbol="E(X^2)")
    page.work("var_X_by_moments", variables.variance_by_moments, "E_X2", "E_X", symbol=r"\mathrm{var}(X)")
    if agree(page["var_X"][()], page["var_X_by_moments"][()]):
        page.remark("Both formulas of the variance give the same.")
    page.work("sd_X", variables.standard_deviation, "var_X", symbol=r"\sigma_{X}")
    if all(is_known(v) for v in (*page["x"], *page["p"])):
        points, chances = page["x"].astype(float), page["p"].astype(float)
        page.part("picture", "Picture")
        page.picture("P(X = x) and P(X ≤ x)", partial(_bars, points, chances))


def _bars(points: np.ndarray, chances: np.ndarray) -> str:
    from chainrule.paper.topics.probability.pictures import bars

    return bars(points, chances)


# ------------------------------------------------------------------------ two variables


def solve_two(page: Page, given: Given) -> None:
    """Work two random variables of which the joint probabilities are given."""
    x, y, joint = _joint(page, given)
    page.give("x", x)
    page.give("y", y)
    page.give("joint", joint, symbol="P(X = x, Y = y)")
    page.part("marginals", "Marginal distributions")
    page.work("p_X", two_variables.marginal_of_rows, "joint", symbol="P(X = x)")
    page.work("p_Y", two_variables.marginal_of_columns, "joint", symbol="P(Y = y)")
    _table(page)
    page.part("moments", "Expectations and variances")
    for letter, values in (("X", "x"), ("Y", "y")):
        _moments(page, letter, values)
    page.part("covariance", "Covariance and correlation")
    page.work("E_XY", two_variables.mean_product, "x", "y", "joint", symbol="E(XY)")
    page.work("cov", two_variables.covariance, "E_XY", "E_X", "E_Y", symbol=r"\mathrm{cov}(X, Y)")
    inputs = ("x", "y", "joint", "E_X", "E_Y")
    page.work(
        "cov_by_definition", two_variables.covariance_by_definition, *inputs, symbol=r"\mathrm{cov}(X, Y)"
    )
    if all(not is_known(v) or not agree(v, Number(0)) for v in (page["var_X"][()], page["var_Y"][()])):
        page.work("correlation", two_variables.correlation, "cov", "var_X", "var_Y", symbol=r"\rho(X, Y)")
    else:
        why = "one of the two is constant, its variance is 0"
        if "correlation" in (page.question.find or ()):
            raise SheetError(f"find: correlation is not defined: {why}")
        page.remark(f"A correlation is not defined: {why}.")
    page.part("sum", "Sum")
    page.work("E_sum", events.added(2), "E_X", "E_Y", symbol="E(X + Y)")
    page.work(
        "var_sum", two_variables.variance_of_sum, "var_X", "var_Y", "cov", symbol=r"\mathrm{var}(X + Y)"
    )
    symbol = r"\mathrm{var}(X + Y)"
    page.work("var_sum_by_definition", two_variables.variance_of_sum_by_definition, *inputs, symbol=symbol)
    _independence(page)


def _joint(page: Page, given: Given) -> tuple[np.ndarray, ...]:
    for place in ("x", "y"):
        if getattr(given, place) is None:
            raise SheetError(f"given.{place}: is missing; expected the values of {place.upper()}")
    x, y, joint = (page.exact(each) for each in (given.x, given.y, given.joint))
    if joint.shape != (len(x), len(y)):
        raise SheetError(
            f"given.joint: {joint.shape[0]} × {joint.shape[1]} probabilities; expected {len(x)} × {len(y)}, "
            "a row per value of X, a column per value of Y"
        )
    if joint.size > MOST_VALUES:
        raise SheetError(f"given.joint: {joint.size} probabilities; at most {MOST_VALUES} are worked")
    check_probabilities("given.joint", joint)
    return x, y, joint


def _table(page: Page) -> None:
    rows = [
        [page.write(v), *(page.write(p) for p in line), page.write(mass)]
        for v, line, mass in zip(page["x"], page["joint"], page["p_X"], strict=True)
    ]
    rows.append(["$P(Y = y)$", *(page.write(p) for p in page["p_Y"]), page.write(Number(1))])
    page.table("", ["$x$ | $y$", *(page.write(v) for v in page["y"]), "$P(X = x)$"], rows)


def _moments(page: Page, letter: str, values: str) -> None:
    mass = f"p_{letter}"
    page.work(f"E_{letter}", variables.expectation, values, mass, symbol=f"E({letter})")
    page.work(f"E_{letter}2", variables.second_moment, values, mass, symbol=f"E({letter}^2)")
    symbol = rf"\mathrm{{var}}({letter})"
    page.work(f"var_{letter}", variables.variance_by_moments, f"E_{letter}2", f"E_{letter}", symbol=symbol)


def _independence(page: Page) -> None:
    """Whether all joint probabilities are products; of those that are not, the first is shown."""
    page.part("independence", "Independence")
    for i, j in np.ndindex(page["joint"].shape):
        both, expected = page["joint"][i, j], page["p_X"][i] * page["p_Y"][j]
        if not agree(both, expected):
            break
    holds = agree(both, expected)
    if not holds and not is_known(both - expected):
        page.remark("Independent exactly if every joint probability is the product of its marginals.")
        return
    at = rf"X = {_tex(page, page['x'][i])}, Y = {_tex(page, page['y'][j])}"
    sign = "=" if holds else r"\ne"
    page.give("P_both", both, symbol=f"P({at})", hidden=True)
    page.give("P_product", expected, symbol=f"P({at.replace(', ', ') P(')})", hidden=True)
    page.work("independent", verdict(events.equal, "yes" if holds else "no"), "P_both", "P_product")
    compared = rf"{_tex(page, both)} {sign} {_tex(page, expected)}"
    if holds:
        page.remark(
            f"${compared}$, and so in every cell: X and Y are independent, and their covariance is 0."
        )
    else:
        page.remark(f"${compared}$: X and Y are not independent.")


def _tex(page: Page, value: Any) -> str:
    return page.write(value).strip("$").removeprefix(r"\approx ")

"""A trial function in place of the network: what is left over of the equation, and its loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy

from chainrule.paper.formulas import Formula
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.calculus import differentiate
from chainrule.paper.topics.identity.claims import read
from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.equations import (
    PARTS,
    Condition,
    Equation,
    has_pi,
    leaves,
)
from chainrule.paper.topics.identity.expressions import (
    Expression,
    Scope,
    derivative,
    indexed,
    named,
    replaced,
    rule_of,
    symbol,
    worked_out,
)
from chainrule.paper.topics.identity.proofs import Derivation
from chainrule.rules.residuals import mean_square, weighted_sum

MOST_POINTS = 1000


def try_function(
    page: Page,
    given: Any,
    equation: Equation,
    conditions: dict[str, list[Condition]],
    weights: dict[str, Expression],
    trial: Expression,
) -> None:
    parameters = {
        name: _as_number(read(text, f"given.parameters.{name}")) for name, text in given.parameters.items()
    }
    unknown = sorted(set(parameters) - trial.names() - _all_names(equation, conditions))
    if unknown:
        raise SheetError(
            f"given.parameters: {unknown[0]!r} is neither in the trial function nor in the equation"
        )
    page.part("trial", "The trial function")
    head = rf"\hat{{{equation.unknown}}}({', '.join(equation.variables)})"
    page.remark(f"${head} = {trial.tex}$" + _with(parameters) + ".")
    trial = replaced(trial, parameters)
    slopes = _slopes(page, equation, conditions, trial)
    residual = _residual(page, equation, slopes, parameters)
    parts = {}
    if given.points is not None:
        page.part("residual", "The residual at the points")
        _give_points(page, equation, given.points)
        _check_points(page, equation, slopes)
        rule = rule_of("residual", residual, *equation.variables)
        page.work("residual", rule, *equation.variables, symbol="r")
        page.work("loss_physics", mean_square("r"), "residual", symbol=r"L_{\text{physics}}")
        parts["physics"] = "loss_physics"
    for part, each in conditions.items():
        if each:
            parts[part] = _edges(page, given, equation, each, part, slopes, parameters)
    if set(parts) == set(weights):
        _whole(page, weights, parts, parameters)


def _as_number(e: Expression) -> Expression:
    """A fraction in place of a quotient of numbers."""
    if e.names() or has_pi(e):
        return e
    number = e.value(Scope(kind=Number, pi=Number.pi))
    return Expression(number) if number.exact is not None else e


def _all_names(equation: Equation, conditions: dict[str, list[Condition]]) -> set[str]:
    names = equation.residual.names()
    for condition in (c for each in conditions.values() for c in each):
        names |= condition.value.names().union(*(e.names() for e in condition.place))
    return names


def _with(parameters: dict[str, Expression]) -> str:
    said = [f"${symbol(name).tex} = {value.tex}$" for name, value in parameters.items()]
    return f", with {', '.join(said)}" if said else ""


def _slopes(
    page: Page, equation: Equation, conditions: dict[str, list[Condition]], trial: Expression
) -> dict[str, Expression]:
    """The trial function and its derivatives, by the rules of calculus; keys say by which variables."""
    wanted = {*equation.derivatives.values(), *(c.by for each in conditions.values() for c in each)}
    needed = sorted({by[:n] for by in wanted for n in range(len(by) + 1)}, key=lambda by: (len(by), by))
    made = {"": trial}
    for by in needed:
        if by:
            made[by] = _slope(page, equation, by, made[by[:-1]])
    return made


def _slope(page: Page, equation: Equation, by: str, before: Expression) -> Expression:
    variable = symbol(by[-1])
    partial = len(equation.variables) > 1
    asked = derivative(before, variable, partial)
    proof = Derivation(named(equation.written(by, hat=True), asked))
    proof.line(asked, "definition")
    for line, reason in differentiate(before, variable):
        proof.line(line, reason, by_rule=True)
    proof.write(page)
    return proof.last


def _residual(
    page: Page, equation: Equation, slopes: dict[str, Expression], parameters: dict[str, Expression]
) -> Expression:
    """The residual with the trial function put in; checked against SymPy's derivatives of it."""
    page.part("put_in", "The residual of the trial function")
    plain = replaced(equation.residual, parameters)
    body = replaced(plain, {name: slopes[by] for name, by in equation.derivatives.items()})
    whole = slopes[""].formula().expression
    values = {
        name: Formula(sympy.diff(whole, *(sympy.Symbol(v, real=True) for v in by)) if by else whole)
        for name, by in equation.derivatives.items()
    }
    shown = replaced(plain, leaves(equation, hat=True))
    proof = Derivation(named("r", shown), [Scope(values)])
    proof.line(shown, "left side minus right side")
    proof.line(body, "the trial function put in", by_rule=True)
    value = body.formula().expression
    if compare(value, sympy.Integer(0)).equal:
        body = Expression(0)
        proof.line(body, "worked")
    elif len(short := Formula(sympy.expand(value)).tex) < len(body.tex):
        proof.line(worked_out(short, sympy.expand(value)), "collected")
    proof.write(page)
    if body == 0:
        page.remark("The trial function solves the equation.")
    return body


def _give_points(page: Page, equation: Equation, points: np.ndarray) -> None:
    count = len(equation.variables)
    if points.ndim != (1 if count == 1 else 2) or (count > 1 and points.shape[1] != count):
        expected = "a list of points" if count == 1 else f"rows of {count}: {', '.join(equation.variables)}"
        raise SheetError(f"given.points: expected {expected}")
    if len(points) > MOST_POINTS:
        raise SheetError(f"given.points: {len(points)} of them; expected at most {MOST_POINTS}")
    for i, variable in enumerate(equation.variables):
        page.give(variable, points if count == 1 else points[:, i])


def _check_points(page: Page, equation: Equation, slopes: dict[str, Expression]) -> None:
    """Raise SheetError for a point at which the trial function has no value, though its residual may."""
    points = np.stack([page[v] for v in equation.variables], axis=-1).reshape(-1, len(equation.variables))
    for point in points:
        values = dict(zip(equation.variables, point, strict=True))
        kind = type(point[0])
        for by in equation.derivatives.values():
            try:
                slopes[by].value(Scope(values, kind=kind, pi=kind.pi))
            except ArithmeticError as error:
                at = ", ".join(str(v) for v in point)
                raise SheetError(f"given.points: at {at} the trial function has no value: {error}") from None


def _edges(
    page: Page,
    given: Any,
    equation: Equation,
    conditions: list[Condition],
    part: str,
    slopes: dict[str, Expression],
    parameters: dict[str, Expression],
) -> str:
    page.part(f"{part}_values", f"At the {part} {'condition' if len(conditions) == 1 else 'conditions'}")
    names = []
    for i, condition in enumerate(conditions, start=1):
        name = f"{part}{i}"
        names.append(name)
        place = {v: replaced(e, parameters) for v, e in zip(equation.variables, condition.place, strict=True)}
        # What stands for a variable may not be taken for it: all are replaced at once.
        value = replaced(slopes[condition.by], place)
        value = value if condition.value == 0 else value - replaced(condition.value, parameters)
        at = ", ".join(e.tex for e in place.values())
        given_value = replaced(condition.value, parameters)
        tex = indexed("u", equation.written(condition.by, at, hat=True))
        tex = tex if given_value == 0 else tex - given_value
        symbol = _LEFT_OVER[part].format(i)
        page.remark(f"${symbol} = {tex.tex}$:")
        page.work(name, *_rule_at(page, given, condition, name, value, part), symbol=symbol)
    page.work(f"loss_{part}", mean_square(*names), *names, symbol=rf"L_{{\text{{{part}}}}}")
    return f"loss_{part}"


_LEFT_OVER = {"boundary": "r_{{{}}}", "initial": "s_{{{}}}"}
"""How what is left over on an edge is called."""


def _rule_at(
    page: Page, given: Any, condition: Condition, name: str, value: Expression, part: str
) -> Iterator[Any]:
    """The rule of what is left over on an edge, and the points there."""
    if not condition.running:
        page.give(f"{name}_place", 0, hidden=True)
        yield rule_of(name, value, "place", tex=value.tex)
        yield f"{name}_place"
        return
    if len(condition.running) > 1:
        raise SheetError(
            f"given.{part}: on this edge {' and '.join(condition.running)} run; expected one of them to"
        )
    if given.boundary_points is None:
        raise SheetError(
            f"given.boundary_points: is missing; expected values of {condition.running[0]} on the edges"
        )
    if given.boundary_points.ndim != 1 or len(given.boundary_points) > MOST_POINTS:
        raise SheetError(f"given.boundary_points: expected a list of at most {MOST_POINTS} values")
    (running,) = condition.running
    page.give(f"{running}_edge", given.boundary_points, symbol=f"{running}_{{b}}")
    yield rule_of(name, value, running)
    yield f"{running}_edge"


def _whole(
    page: Page, weights: dict[str, Expression], parts: dict[str, str], parameters: dict[str, Expression]
) -> None:
    page.part("loss", "The loss of the trial function")
    pairs, inputs = [], []
    for part, weight in weights.items():
        name = f"weight_{part}"
        kind = type(page[parts[part]].item())
        number = replaced(weight, parameters).value(Scope(kind=kind, pi=kind.pi))
        page.give(name, np.array(number, dtype=object), symbol=rf"\lambda_{{{PARTS[part]}}}")
        pairs.append((name, part))
        inputs += [name, parts[part]]
    page.work("loss", weighted_sum(*pairs), *inputs)

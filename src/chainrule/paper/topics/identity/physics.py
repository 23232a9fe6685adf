"""The loss of a physics-informed network: an equation's residual, and what is given at the boundary."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.formulas import Formula
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question
from chainrule.paper.topics.identity.claims import read
from chainrule.paper.topics.identity.equations import (
    PARTS,
    Condition,
    Equation,
    has_pi,
    leaves,
    read_condition,
    read_equation,
    read_trial,
    read_weights,
)
from chainrule.paper.topics.identity.expressions import (
    Expression,
    indexed,
    replaced,
    rule_of,
    symbol,
)
from chainrule.paper.topics.identity.trial import try_function


def solve_physics(question: Question) -> Page:
    """The loss's parts in general, and for a trial function in numbers."""
    given = question.given
    equation = read_equation(given)
    conditions = {
        part: [read_condition(equation, place, text, part) for place, text in getattr(given, part).items()]
        for part in ("boundary", "initial")
    }
    weights = read_weights(given, conditions)
    trial = read_trial(given, equation)
    page = _page(question, equation, conditions, trial)
    page.part("equation", "The equation")
    unknown = f"{equation.unknown}({', '.join(equation.variables)})"
    sides = [replaced(e, leaves(equation)) for e in (equation.left, equation.right)]
    page.remark(
        rf"${sides[0].tex} = {sides[1].tex}$ for ${unknown}$, of order {equation.order}. A network "
        rf"$\hat{{{equation.unknown}}}$ is trained so that its residual, the left side minus the right side, "
        "is small at collocation points, and that it fits what is given at the edges."
    )
    _operator(page, equation)
    if len(equation.variables) == 1:
        _count_conditions(page, equation, conditions)
    _losses(page, given, equation, conditions, weights)
    if trial is not None:
        try_function(page, given, equation, conditions, weights, trial)
    return page


def _page(
    question: Question, equation: Equation, conditions: dict[str, list[Condition]], trial: Expression | None
) -> Page:
    """A page in formulas where a name is left without a number."""
    given = question.given
    names = set()
    if trial is not None:
        names |= trial.names() | equation.residual.names()
        for condition in (c for each in conditions.values() for c in each):
            names |= condition.value.names().union(*(e.names() for e in condition.place))
        names |= {name for text in given.weights.values() for name in read(text, "given.weights").names()}
    names -= {*equation.variables, *equation.derivatives, *given.parameters}
    for name, text in given.parameters.items():
        names |= read(text, f"given.parameters.{name}").names()
    exact = bool(names) or (trial is not None and has_pi(trial))  # so that sin π is 0, and not near it
    return Page(question.model_copy(update={"closed": question.closed or exact}))


# ------------------------------------------------------------------- the loss in general


def _operator(page: Page, equation: Equation) -> None:
    """The residual as a formula in the unknown and its derivatives."""
    names = tuple(sorted(equation.residual.names()))
    for name in names:
        by = equation.derivatives.get(name)
        tex = equation.written(by) if by is not None else symbol(name).tex
        page.give(f"letter_{name}", np.array(Formula.symbol(name), dtype=object), symbol=tex, hidden=True)
    with page.unrounded():
        page.work("F", rule_of("residual", equation.residual, *names), *(f"letter_{name}" for name in names))


def _count_conditions(page: Page, equation: Equation, conditions: dict[str, list[Condition]]) -> None:
    count = sum(len(each) for each in conditions.values())
    if count < equation.order:
        stated = f"{count} {'is' if count == 1 else 'are'} given"
        page.remark(
            f"An equation of order {equation.order} needs {equation.order} conditions, and {stated}: many "
            "functions have the loss 0."
        )


def _losses(
    page: Page,
    given: Any,
    equation: Equation,
    conditions: dict[str, list[Condition]],
    weights: dict[str, Expression],
) -> None:
    at = ", ".join(f"{v}_{{i}}" for v in equation.variables)
    page.part("physics", "The loss of the equation")
    residual = replaced(equation.residual, leaves(equation, at, hat=True))
    residual = replaced(residual, {v: symbol(v, f"{v}_{{i}}") for v in equation.variables})
    count = f", with $N_{{f}} = {given.collocation}$" if given.collocation else ""
    page.remark(
        rf"$L_{{\text{{physics}}}} = \frac{{1}}{{N_{{f}}}} \sum_{{i=1}}^{{N_{{f}}}} "
        rf"\left| {residual.tex} \right|^2$, "
        rf"at $N_{{f}}$ collocation points ${f'({at})' if len(equation.variables) > 1 else at}${count}."
    )
    for part, letter in PARTS.items():
        if each := conditions.get(part):
            page.part(part, f"The loss of the {part} {'condition' if len(each) == 1 else 'conditions'}")
            page.remark(_edge_loss(equation, each, part, letter))
    page.part("total", "The loss in all")
    terms = [
        (rf"{weight.tex} \cdot " if part in given.weights else rf"\lambda_{{{PARTS[part]}}} ")
        + rf"L_{{\text{{{part}}}}}"
        for part, weight in weights.items()
    ]
    left = [rf"$\lambda_{{{PARTS[part]}}}$" for part in weights if part not in given.weights]
    said = f"; {', '.join(left)} {'are' if len(left) > 1 else 'is'} to be chosen" if left else ""
    said += ", and 1 below" if left and given.trial is not None else ""
    page.remark(rf"$L = {' + '.join(terms)}${said}.")


def _edge_loss(equation: Equation, conditions: list[Condition], part: str, letter: str) -> str:
    squares, runs = [], False
    for condition in conditions:
        marked = {v: symbol(v, f"{v}_{{i}}") for v in condition.running}
        at = ", ".join(replaced(e, marked).tex for e in condition.place)
        value = replaced(condition.value, marked)
        difference = indexed("u", equation.written(condition.by, at, hat=True)) - value
        shown = difference if value != 0 else difference.arguments[0]
        squares.append(rf"\left| {shown.tex} \right|^2")
        runs = runs or bool(condition.running)
    name, number = rf"L_{{\text{{{part}}}}}", f"N_{{{letter}}}"
    if len(squares) == 1 and not runs:
        return rf"${name} = {squares[0]}$."
    inner = " + ".join(
        (r"\sum_{i} " if c.running else "") + s for c, s in zip(conditions, squares, strict=True)
    )
    inner = rf"\left[ {inner} \right]" if len(squares) > 1 else inner
    said = (
        f"with ${number}$ points in all"
        if runs
        else f"with ${number} = {len(squares)}$, one term for each place"
    )
    return rf"${name} = \frac{{1}}{{{number}}} {inner}$, {said}: the mean of the squares."

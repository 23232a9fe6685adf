"""Gradient descent on a formula: its path, step by step, and which learning rates converge."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.names import tex_name
from chainrule.paper.notation import decimal_tex, is_rounded
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.linear_algebra.exact import has_irrational
from chainrule.paper.topics.linear_algebra.expressions import formula_rule
from chainrule.paper.topics.linear_algebra.surface import Surface, known_sign, shown
from chainrule.paper.values import names_in, resolve
from chainrule.rules import calculus as rules
from chainrule.rules.optimizers.gradient_steps import gradient_descent

STEPS_SHOWN = 2
"""Steps that are worked in full; all of them stand in the table."""


def step_sizes(surface: Surface) -> None:
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


def descend(surface: Surface, start: dict[str, Any]) -> None:
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
    named = bool(names_in(values))
    quadratic = not any(h.expression.free_symbols for h in _second_slopes(page).flat)
    if named and not quadratic:
        raise SheetError("given.start: names in descent are worked on a quadratic formula only; give numbers")
    symbolic = named or (quadratic and page.question.rounding is None and has_irrational(values))
    for name, value in (("learning_rate", values[0]), *((f"{v}.0", start[v]) for v in surface.variables)):
        page.tape.give(name, resolve(value, symbolic))
    rate: Any = page["learning_rate"][()]
    if getattr(rate, "is_number", True) and rate <= 0:
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
        sign = known_sign(factor)
        if sign is None:
            continue
        along = rf"Along the eigenvector of $\lambda = {shown(page, value)}$"
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

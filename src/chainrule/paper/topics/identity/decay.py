"""Weight decay, from the L2 penalty line by line."""

from __future__ import annotations

from typing import Any

import sympy

from chainrule.lookup import suggest
from chainrule.paper.formulas import Formula, smooth
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.expressions import (
    Expression,
    Scope,
    derivative,
    indexed,
    symbol,
    total,
)
from chainrule.paper.topics.identity.proofs import Derivation, places
from chainrule.paper.values import names_in, resolve
from chainrule.rules.penalties import decay_rule
from chainrule.rules.penalties import weight_decay as decayed

WEIGHTS = 3
"""Weights of the penalty on which the derivation is checked; nothing in it depends on how many."""

_LAMBDA, _N = symbol("lambda", r"\lambda"), symbol("n")
PENALTIES = {"lambda/2": _LAMBDA / 2, "lambda": _LAMBDA, "lambda/2n": _LAMBDA / (2 * _N)}
FACTORS = {"lambda/2": "1/2", "lambda": "1", "lambda/2n": "1/2m"}
"""What the rules call them."""


def weight_decay(page: Page, given: Any) -> None:
    """w ← (1 − ηλ)w − η ∂L/∂w, from L' = L + λ/2 Σ w²."""
    penalty = given.penalty or "lambda/2"
    if penalty not in PENALTIES:
        raise SheetError(f"given.penalty: {penalty!r}: {suggest(penalty, PENALTIES)}")
    if penalty != "lambda/2n" and given.n is not None:
        raise SheetError("given.n: belongs to the penalty 'lambda/2n' alone")
    _check_signs(given)
    factor = PENALTIES[penalty]
    scope = _scope(factor)
    wi, wk = indexed("w", "w_{i}", "i"), indexed("w", "w_{k}", "k")
    loss, slope = indexed("L", "L"), indexed("dL", r"\frac{\partial L}{\partial w_{i}}", "i")
    eta = symbol("eta", r"\eta")
    whole = loss + factor * total("k", "K", wk**2)
    strength = {"lambda/2": _LAMBDA, "lambda": 2 * _LAMBDA, "lambda/2n": _LAMBDA / _N}[penalty]
    page.part("slope", "Slope of the loss with its penalty")
    page.remark(rf"$L' = {whole.tex}$, where $L$ is any loss of the weights.")
    at = list(places(scope, {"i": WEIGHTS}))
    proof = Derivation(indexed("whole", r"\frac{\partial L'}{\partial w_{i}}", "i"), at)
    proof.line(derivative(whole, wi, partial=True), "definition of L'")
    proof.line(
        slope + factor * derivative(total("k", "K", wk**2), wi, partial=True),
        "sum rule, and a constant factor",
    )
    proof.line(slope + factor * (2 * wi), "only the term with $k = i$ depends on $w_{i}$; power rule")
    proof.line(slope + strength * wi, "the 2 worked in")
    proof.write(page)
    page.part("update", "The update")
    step = Derivation(
        indexed("new", r"w_{i}^{\text{new}}", "i"), at, "Gradient descent with learning rate $\\eta$ on $L'$:"
    )
    outer = indexed("whole", r"\frac{\partial L'}{\partial w_{i}}", "i")
    step.line(wi - eta * outer, "descent")
    step.line(wi - eta * (slope + strength * wi), "the slope put in")
    multiplied = {"lambda/2": eta * _LAMBDA, "lambda": 2 * (eta * _LAMBDA), "lambda/2n": eta * _LAMBDA / _N}[
        penalty
    ]
    step.line(wi - multiplied * wi - eta * slope, "multiplied out")
    step.line((1 - multiplied) * wi - eta * slope, "$w_{i}$ taken out")
    step.write(page)
    page.remark(
        rf"Before the step that the loss asks for, every weight shrinks by the factor "
        rf"$1 - {multiplied.tex}$: weight decay. It is to be between 0 and 1."
    )
    _numbers(page, given, penalty)


def _check_signs(given: Any) -> None:
    """Raise SheetError for a number that no weight decay has."""
    for key, least in (("learning_rate", 0), ("strength", 0), ("n", 1)):
        value = getattr(given, key)
        if value is None or names_in([value]):
            continue
        number = resolve(value, closed=False).item()
        if number < least or (number.exact is None and key == "n"):
            raise SheetError(f"given.{key}: {number}; expected a number of at least {least}")


def _scope(factor: Expression) -> Scope:
    """Weights, a loss of which nothing is known but that it depends on all of them, and the slopes."""
    names = [sympy.Symbol(f"w{k + 1}", real=True) for k in range(WEIGHTS)]
    loss = smooth("L")(*names)
    whole = loss + factor.formula().expression * sum(name**2 for name in names)
    eta = sympy.Symbol("eta", real=True)
    return Scope(
        {
            "w": [Formula(name) for name in names],
            "L": Formula(loss),
            "dL": [Formula(sympy.diff(loss, name)) for name in names],
            "whole": [Formula(sympy.diff(whole, name)) for name in names],
            "new": [Formula(name - eta * sympy.diff(whole, name)) for name in names],
        },
        counts={"K": WEIGHTS},
    )


def _numbers(page: Page, given: Any, penalty: str) -> None:
    """The factor and the new weight, with the numbers given or in letters."""
    page.part("numbers", "With numbers" if given.w is not None else "In letters")
    names = {
        "learning_rate": r"\eta",
        "lambda": r"\lambda",
        "w": "w",
        "gradient": r"\frac{\partial L}{\partial w}",
    }
    values = {
        "learning_rate": given.learning_rate,
        "lambda": given.strength,
        "w": given.w,
        "gradient": given.gradient,
    }
    if penalty == "lambda/2n":
        names["n"], values["n"] = "n", given.n
    for name, tex in names.items():
        value = values[name]
        page.give(name, value if value is not None else _LETTERS.get(name, name), tex, hidden=value is None)
    factor = decay_rule(FACTORS[penalty])
    scaling = ("lambda", "n")[: len(factor.inputs) - 1]
    page.work("factor", factor, "learning_rate", *scaling, symbol="d")
    found = page["factor"].item()
    if found.is_number and not 0 <= found.number() <= 1:
        page.remark("Here it is not: the step is too large, and the weight does not just shrink.")
    page.work("w_new", decayed, "w", "gradient", "learning_rate", "factor", symbol=r"w^{\text{new}}")


_LETTERS = {"learning_rate": "eta", "gradient": "g"}

"""The slope of any activation, by the rules of calculus, up to the formula by which it trains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from chainrule import activations
from chainrule.paper.formulas import Formula
from chainrule.paper.numbers import UndecidedError
from chainrule.paper.page import Page
from chainrule.paper.plain import plain
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.calculus import differentiate, plus
from chainrule.paper.topics.identity.equality import compare
from chainrule.paper.topics.identity.expressions import (
    Expression,
    Scope,
    by_rule,
    derivative,
    named,
    symbol,
)
from chainrule.paper.topics.identity.proofs import Derivation, letters, saying
from chainrule.rules.activations.activation import Activation
from chainrule.rules.activations.exponential import SELU_ALPHA, SELU_SCALE

Z = symbol("z")


def activation_derivative(page: Page, given: Any) -> None:
    """The slope of an activation, by the rules of calculus, up to the formula that trains."""
    activation = _activation(given.activation)
    chosen = set(given.activation) - {"name"} if isinstance(given.activation, dict) else set()
    options = {
        name: Expression(value) if name in chosen else symbol(name, OPTION_TEX.get(name, ""))
        for name, value in activation.options.items()
    }
    branches = _branches(activation, options)
    slopes = []
    for z, side in branches:
        page.part("slope" if not side else f"slope_{side}", _TITLES[side])
        slopes.append(_slope(page, activation, z, options))
        name = f"slope_{side}" if side else "slope"
        rule, inputs = letters(page, name, slopes[-1])
        page.work(name, rule, *inputs, symbol="f'(z)")
    constants = _CONSTANTS if activation.name == "selu" else {}
    if constants:
        page.remark(rf"It trains with $\lambda = {SELU_SCALE}$ and $\alpha = {SELU_ALPHA}$.")
    if len(slopes) == 2:
        page.part("corner", "Where the pieces meet")
        _corner(page, activation, options, slopes, constants)


OPTION_TEX = {"negative_slope": r"\alpha"}
_TITLES = {"": "Slope", "positive": "Slope for z > 0", "negative": "Slope for z < 0"}
_CONSTANTS = {"lambda": SELU_SCALE, "alpha": SELU_ALPHA}
"""SELU's long numbers: its slope is derived for letters in their place."""


def _activation(found: Any) -> Activation:
    try:
        activation = activations.get(found)
    except (ValueError, TypeError) as error:
        raise SheetError(f"given.activation: {error}") from None
    if activation.derivative is None:
        raise SheetError(
            f"given.activation: every output of {activation.name} depends on all inputs; "
            f"expected an activation of each element on its own, or identity = 'softmax_derivative'"
        )
    return activation


def _branches(activation: Activation, options: dict[str, Expression]) -> list[tuple[Expression, str]]:
    """z, or where the activation has two pieces, a positive and a negative z."""
    sides = {"": [(Z, "")], "±": [(symbol("z", sign=1), "positive"), (symbol("z", sign=-1), "negative")]}
    for branches in sides.values():
        try:
            for z, _ in branches:
                _applied(activation, z, options)
                _slope_rule(activation, z, z, options)
        except UndecidedError:
            continue
        return branches
    raise SheetError(
        f"given.activation: {activation.name} has pieces that meet elsewhere than at 0; "
        "expected one smooth function, or two pieces that meet at 0"
    )


def _applied(activation: Activation, z: Expression, options: dict[str, Expression]) -> Expression:
    trained = [symbol(name) for name in activation.forward.inputs[1:]]
    return _with_letters(by_rule(activation.forward, z, *trained, **options))


def _slope_rule(
    activation: Activation, z: Expression, a: Expression, options: dict[str, Expression]
) -> Expression:
    assert activation.derivative is not None
    trained = [symbol(name) for name in activation.derivative.inputs[2:]]
    made = _with_letters(by_rule(activation.derivative, z, a, *trained, **options))
    return plus(*made.arguments) if made.operation == "+" else made


def _with_letters(e: Expression) -> Expression:
    """The expression with letters in the place of SELU's numbers."""
    if not e.operation:
        return next((symbol(name) for name, value in _CONSTANTS.items() if e == value), e)
    return Expression(e.content, e.operation, tuple(_with_letters(argument) for argument in e.arguments))


def _slope(page: Page, activation: Activation, z: Expression, options: dict[str, Expression]) -> Expression:
    body = _applied(activation, z, options)
    a = named("f(z)", body)
    derivation = Derivation(named("f'(z)", derivative(a, z)))
    derivation.line(derivative(body, z), rf"$f(z) = {body.tex}$")
    for line, reason in differentiate(body, z):
        derivation.line(line, reason, by_rule=True)
    trains = _slope_rule(activation, z, a, options)
    if trains.tex != derivation.last.tex:
        derivation.line(trains, f"the formula by which {activation.name} trains")
    derivation.write(page)
    return derivation.last


def _corner(
    page: Page,
    activation: Activation,
    options: dict[str, Expression],
    slopes: list[Expression],
    constants: Mapping[str, float],
) -> None:
    """Values and slopes from both sides at z = 0."""
    at = Scope({"z": Formula(0), **{name: Formula(value) for name, value in constants.items()}})
    sides = [_applied(activation, symbol("z", sign=sign), options) for sign in (1, -1)]
    (right, left), (rising, falling) = ([e.formula(at) for e in pair] for pair in (sides, slopes))
    joined = bool(compare(right.expression, left.expression).equal)
    page.table(
        "At $z = 0$",
        ("", "from the right", "from the left"),
        (
            ("$f$", f"${right.tex}$", f"${left.tex}$"),
            ("$f'$", page.decimal(rising), page.decimal(falling)),
        ),
    )
    difference = sympy.expand(rising.expression - falling.expression)
    names = sorted(difference.free_symbols, key=str)
    verdict, said = "no", "The slopes differ: $f$ is continuous at 0, and has a corner there."
    if not joined:
        said = "The values differ: $f$ is not continuous at 0."
    elif compare(difference, sympy.Integer(0)).equal:
        verdict, said = "yes", "Both agree: $f$ is continuous and differentiable at 0."
    elif len(names) == 1 and sympy.Poly(difference, names[0]).degree() == 1:
        (root,) = sympy.solve(difference, names[0])
        name, value = OPTION_TEX.get(str(names[0]), Formula(names[0]).tex), Formula(root).tex
        verdict = f"only for {names[0]} = {plain(value)}"
        said = rf"$f$ is continuous at 0, and differentiable there for ${name} = {value}$ only."
    page.remark(said)
    page.give("rising", np.array(rising, dtype=object), hidden=True)
    page.give("falling", np.array(falling, dtype=object), hidden=True)
    page.work(
        "differentiable", saying(verdict, "f'(0+) = f'(0-)"), "rising", "falling", symbol=DIFFERENTIABLE
    )


DIFFERENTIABLE = r"\text{differentiable at 0}"

"""Sigmoid and tanh: derivative, symmetry and inverse."""

from __future__ import annotations

from typing import Any

from chainrule.paper.page import Page
from chainrule.paper.topics.identity.calculus import differentiate
from chainrule.paper.topics.identity.expressions import (
    Expression,
    by_rule,
    derivative,
    named,
    rule_of,
    symbol,
)
from chainrule.paper.topics.identity.proofs import Derivation, prove
from chainrule.rules.activations.activation import Activation
from chainrule.rules.activations.classic import hyperbolic_tangent, sigmoid

Z = symbol("z")
DEFINITION = "definition"


def _sigmoid_of(z: Expression) -> Expression:
    """σ(z), by the rule that trains."""
    return named(rf"\sigma({z.tex})", by_rule(sigmoid.forward, z))


def sigmoid_derivative(page: Page, given: Any) -> None:
    """σ' = σ(1 − σ)."""
    s = _sigmoid_of(Z)
    power = (-Z).exp()
    page.part("proof", "Proof")
    derivation = Derivation(named(r"\sigma'(z)", derivative(s, Z)))
    derivation.line(derivative(s.arguments[0], Z), DEFINITION)
    for line, reason in differentiate(s.arguments[0], Z):
        derivation.line(line, reason)
    derivation.line(power / (1 + power) ** 2, "two minus signs make a plus")
    derivation.line((1 + power - 1) / (1 + power) ** 2, "1 added and taken away above")
    derivation.line((1 + power) / (1 + power) ** 2 - 1 / (1 + power) ** 2, "one fraction for each part")
    derivation.line(1 / (1 + power) - (1 / (1 + power)) ** 2, "cancelled")
    derivation.line(s - s**2, DEFINITION)
    derivation.line(s * (1 - s), r"$\sigma(z)$ taken out")
    derivation.write(page)
    _slope_of(page, sigmoid, r"\sigma'(z)")


def sigmoid_symmetry(page: Page, given: Any) -> None:
    """σ(−z) = 1 − σ(z)."""
    s, power = _sigmoid_of(Z), (-Z).exp()
    page.part("proof", "Proof")
    prove(
        page,
        _sigmoid_of(-Z),
        (by_rule(sigmoid.forward, -Z), DEFINITION),
        (1 / (1 + Z.exp()), "two minus signs make a plus"),
        (power / (power * (1 + Z.exp())), "above and below times $e^{-z}$"),
        (power / (power + 1), "$e^{-z} e^{z} = 1$"),
        ((1 + power - 1) / (1 + power), "1 added and taken away above"),
        (1 - 1 / (1 + power), "one fraction for each part"),
        (1 - s, DEFINITION),
    )
    result(page, "mirrored", 1 - s, r"\sigma(-z)", "z")


def sigmoid_inverse(page: Page, given: Any) -> None:
    """σ⁻¹(p) = ln(p/(1 − p)): solved, and composed both ways."""
    p = symbol("p")
    s, power = _sigmoid_of(Z), (-Z).exp()
    one = named("p", s)
    inverse = (p / (1 - p)).log()
    page.part("inverse", "Solved for z")
    prove(
        page,
        Z.exp(),
        (1 / power, "$e^{u} = 1/e^{-u}$"),
        (1 / (1 + power - 1), "1 added and taken away below"),
        (1 / (1 / one - 1), r"$p = \sigma(z) = \frac{1}{1 + e^{-z}}$, so $1 + e^{-z} = \frac{1}{p}$"),
        (one / (1 - one), "above and below times $p$"),
        title=r"With $p = \sigma(z)$, and so $0 < p < 1$:",
    )
    page.remark(rf"The logarithm of both sides: $z = \sigma^{{-1}}(p) = {inverse.tex}$.")
    page.part("proof", "Composed both ways")
    body = s.arguments[0]
    first = Derivation(
        named(r"\sigma^{-1}(\sigma(z))", (s / (1 - s)).log()), title=r"The inverse undoes $\sigma$:"
    )
    first.line((s / (1 - s)).log(), "definition of the inverse")
    first.line(
        (s / named(r"\sigma(-z)", by_rule(sigmoid.forward, -Z))).log(), r"$\sigma(-z) = 1 - \sigma(z)$"
    )
    first.line((body / (1 / (1 + Z.exp()))).log(), r"definition of $\sigma$")
    first.line(((1 + Z.exp()) / (1 + power)).log(), "dividing by a fraction")
    first.line((Z.exp() * (power + 1) / (1 + power)).log(), "$1 + e^{z} = e^{z} (e^{-z} + 1)$")
    first.line(Z.exp().log(), "cancelled")
    first.line(Z, "ln undoes the power of e")
    first.write(page)
    second = Derivation(
        named(r"\sigma(\sigma^{-1}(p))", by_rule(sigmoid.forward, inverse)),
        title=r"And $\sigma$ undoes the inverse:",
    )
    second.line(1 / (1 + (-inverse).exp()), r"definition of $\sigma$")
    second.line(1 / (1 + ((1 - p) / p).log().exp()), r"$-\ln u = \ln \frac{1}{u}$")
    second.line(1 / (1 + (1 - p) / p), "the power of e undoes ln")
    second.line(1 / ((p + 1 - p) / p), "one fraction")
    second.line(p, "$p + 1 - p = 1$")
    second.write(page)
    result(page, "inverse", inverse, r"\sigma^{-1}(p)", "p")


def tanh_derivative(page: Page, given: Any) -> None:
    """tanh' = 1 − tanh², from the powers of e."""
    up, down = Z.exp(), (-Z).exp()
    quotient = (up - down) / (up + down)
    a = named(r"\tanh(z)", by_rule(hyperbolic_tangent.forward, Z))
    page.part("proof", "Proof")
    derivation = Derivation(named(r"\tanh'(z)", derivative(a, Z)))
    derivation.line(derivative(quotient, Z), DEFINITION)
    for line, reason in differentiate(quotient, Z):
        derivation.line(line, reason)
    squared = ((up + down) * (up + down) - (up - down) * (up - down)) / (up + down) ** 2
    derivation.line(squared, "two minus signs make a plus")
    derivation.line(1 - (quotient) ** 2, "one fraction for each part")
    derivation.line(1 - a**2, DEFINITION)
    derivation.write(page)
    _slope_of(page, hyperbolic_tangent, r"\tanh'(z)")


def tanh_symmetry(page: Page, given: Any) -> None:
    """tanh(−z) = −tanh z."""
    up, down = Z.exp(), (-Z).exp()
    a = named(r"\tanh(z)", by_rule(hyperbolic_tangent.forward, Z))
    page.part("proof", "Proof")
    prove(
        page,
        named(r"\tanh(-z)", by_rule(hyperbolic_tangent.forward, -Z)),
        ((down - up) / (down + up), "definition, and $-(-z) = z$"),
        (-((up - down) / (up + down)), "the sign taken to the front"),
        (-a, DEFINITION),
    )
    result(page, "mirrored", -((up - down) / (up + down)), r"\tanh(-z)", "z")


def tanh_inverse(page: Page, given: Any) -> None:
    """tanh⁻¹(a) = ½ ln((1 + a)/(1 − a)), composed both ways."""
    a = symbol("a")
    half = Expression("1/2")
    inverse = half * ((1 + a) / (1 - a)).log()
    t = named(r"\tanh(z)", by_rule(hyperbolic_tangent.forward, Z))
    up, down = Z.exp(), (-Z).exp()
    square = (2 * Z).exp()
    one = named("a", (square - 1) / (square + 1))
    page.part("inverse", "Solved for z")
    prove(
        page,
        square,
        (2 * square / Expression(2), "above and below times 2"),
        ((square + 1 + (square - 1)) / (square + 1 - (square - 1)), "what was taken away is added"),
        ((1 + one.arguments[0]) / (1 - one.arguments[0]), "above and below divided by $e^{2z} + 1$"),
        ((1 + one) / (1 - one), r"$a = \tanh(z) = \frac{e^{2z} - 1}{e^{2z} + 1}$"),
        title=r"With $a = \tanh(z)$, and so $-1 < a < 1$:",
    )
    page.remark(rf"Half the logarithm of both sides: $z = \tanh^{{-1}}(a) = {inverse.tex}$.")
    page.part("proof", "Composed both ways")
    prove(
        page,
        named(r"\tanh^{-1}(\tanh(z))", half * ((1 + t) / (1 - t)).log()),
        (half * ((1 + t) / (1 - t)).log(), "definition of the inverse"),
        (
            half * ((1 + (up - down) / (up + down)) / (1 - (up - down) / (up + down))).log(),
            "definition of tanh",
        ),
        (half * ((2 * up) / (2 * down)).log(), "above and below times $e^{z} + e^{-z}$"),
        (half * (2 * Z).exp().log(), "$e^{z}/e^{-z} = e^{2z}$"),
        (Z, "ln undoes the power of e"),
        title="The inverse undoes tanh:",
    )
    power = ((1 + a) / (1 - a)).log().exp()
    prove(
        page,
        named(r"\tanh(\tanh^{-1}(a))", by_rule(hyperbolic_tangent.forward, inverse)),
        ((power - 1) / (power + 1), r"$\tanh(z) = \frac{e^{2z} - 1}{e^{2z} + 1}$"),
        (((1 + a) / (1 - a) - 1) / ((1 + a) / (1 - a) + 1), "the power of e undoes ln"),
        ((1 + a - (1 - a)) / (1 + a + (1 - a)), "above and below times $1 - a$"),
        (2 * a / Expression(2), "worked"),
        (a, "cancelled"),
        title="And tanh undoes the inverse:",
    )
    result(page, "inverse", inverse, r"\tanh^{-1}(a)", "a")


def tanh_from_sigmoid(page: Page, given: Any) -> None:
    """tanh z = 2σ(2z) − 1."""
    s = _sigmoid_of(2 * Z)
    power = (-(2 * Z)).exp()
    up, down = Z.exp(), (-Z).exp()
    page.part("proof", "Proof")
    prove(
        page,
        2 * s - 1,
        (2 / (1 + power) - 1, r"definition of $\sigma$"),
        ((2 - (1 + power)) / (1 + power), "one fraction"),
        ((1 - power) / (1 + power), "worked"),
        ((up - down) / (up + down), "above and below times $e^{z}$"),
        (named(r"\tanh(z)", by_rule(hyperbolic_tangent.forward, Z)), "definition of tanh"),
    )
    result(page, "tanh", 2 * s - 1, r"\tanh(z)", "z")


# ------------------------------------------------------------------------------ quantities


def result(page: Page, name: str, expression: Expression, tex: str, *names: str) -> None:
    """The result, as a formula in its names."""
    page.part("result", "Result")
    for each in names:
        page.give(each, each, hidden=True)
    page.work(name, rule_of(name, expression, *names), *names, symbol=tex)


def _slope_of(page: Page, activation: Activation, tex: str) -> None:
    """The slope, as training works it."""
    assert activation.derivative is not None
    page.part("result", "Result")
    page.give("z", "z", hidden=True)
    page.work("a", activation.forward, "z", symbol="a")
    page.work("slope", activation.derivative, "z", "a", symbol=tex)
    page.part("largest", "Largest slope")
    a = symbol("a")
    square = (a - Expression("1/2")) ** 2
    if activation is sigmoid:
        prove(
            page, a * (1 - a), (a - a**2, "multiplied out"), (Expression("1/4") - square, "square completed")
        )
    page.remark("A square is never negative, so no slope is larger than that at $z = 0$:")
    page.give("z0", 0, symbol="z", hidden=True)
    page.work("a0", activation.forward, "z0", symbol="a")
    page.work("slope0", activation.derivative, "z0", "a0", symbol=tex.replace("(z)", "(0)"))

"""Softmax: its slopes, what leaves it as it is, and how the sigmoid comes out of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.formulas import Formula
from chainrule.paper.page import Page
from chainrule.paper.topics.identity.activations import result
from chainrule.paper.topics.identity.expressions import (
    Expression,
    Scope,
    by_rule,
    derivative,
    indexed,
    named,
    symbol,
    total,
)
from chainrule.paper.topics.identity.proofs import Derivation, places
from chainrule.rules.activations.classic import sigmoid
from chainrule.rules.activations.softmax import SOFTMAX_JACOBIAN, softmax

CLASSES = 3
"""Outputs, where a question does not say."""

DEFINITION = "definition"


def entry(name: str, index: str) -> Expression:
    """An entry of a vector."""
    return indexed(name, f"{name}_{{{index}}}", index)


def softmax_scope(classes: int) -> Scope:
    """Names z_k, for so many classes, and the outputs a_k of the rule that trains."""
    z = np.array([[Formula.symbol(f"z{k + 1}") for k in range(classes)]], dtype=object)
    return Scope({"z": z[0], "a": softmax.forward.function(z)[0]}, counts={"K": classes})


def softmax_derivative(page: Page, given: Any) -> None:
    """∂a_i/∂z_j = a_i(δ_ij − a_j), for i = j and for i ≠ j."""
    classes = given.classes or CLASSES
    scope = softmax_scope(classes)
    powers = total("k", "K", entry("z", "k").exp())
    shown = named("S", powers)
    page.part("proof", "Proof")
    page.remark(
        rf"$a_{{i}} = \frac{{e^{{z_{{i}}}}}}{{S}}$ with $S = {powers.tex}$, for {classes} classes. "
        r"$S$ holds $e^{z_{j}}$ once, so $\frac{\partial S}{\partial z_{j}} = e^{z_{j}}$. "
        "The power above holds $z_{j}$ only where $i = j$."
    )
    zi, zj, ai, aj = entry("z", "i"), entry("z", "j"), entry("a", "i"), entry("a", "j")
    same = [s for s in places(scope, {"i": classes, "j": classes}) if s.places["i"] == s.places["j"]]
    other = [s for s in places(scope, {"i": classes, "j": classes}) if s.places["i"] != s.places["j"]]
    slope = named(r"\frac{\partial a_{i}}{\partial z_{j}}", derivative(zi.exp() / shown, zj, partial=True))
    diagonal = Derivation(slope, same, "For $i = j$:")
    diagonal.line(derivative(zi.exp() / shown, zj, partial=True), DEFINITION)
    diagonal.line((zi.exp() * shown - zi.exp() * zj.exp()) / shown**2, "quotient rule")
    diagonal.line(zi.exp() / shown * ((shown - zj.exp()) / shown), "two fractions")
    diagonal.line(zi.exp() / shown * (1 - zj.exp() / shown), "divided")
    diagonal.line(ai * (1 - aj), DEFINITION)
    diagonal.write(page)
    beside = Derivation(slope, other, r"For $i \ne j$:")
    if other:
        beside.line(derivative(zi.exp() / shown, zj, partial=True), DEFINITION)
        beside.line((0 * shown - zi.exp() * zj.exp()) / shown**2, "quotient rule")
        beside.line(-(zi.exp() / shown * (zj.exp() / shown)), "two fractions")
        beside.line(-(ai * aj), DEFINITION)
        beside.write(page)
    page.remark(
        r"Both in one: $\frac{\partial a_{i}}{\partial z_{j}} = a_{i} (\delta_{ij} - a_{j})$, where "
        r"$\delta_{ij}$ is 1 for $i = j$ and 0 otherwise."
    )
    page.part("jacobian", "The matrix of slopes")
    page.give("a", [f"a{k + 1}" for k in range(classes)], hidden=True)
    page.work("jacobian", SOFTMAX_JACOBIAN, "a", symbol=r"\frac{\partial a}{\partial z}")


def softmax_shift(page: Page, given: Any) -> None:
    """Softmax does not change where the same number is added to all inputs."""
    classes = given.classes or CLASSES
    scope = softmax_scope(classes)
    c, index = Formula.symbol("c"), {"i": classes}
    shifted = softmax.forward.function(np.array([[v + c for v in scope.values["z"]]], dtype=object))[0]
    scope = Scope({**scope.values, "c": c, "b": shifted}, counts=scope.counts)
    zi, zk, power = entry("z", "i"), entry("z", "k"), symbol("c").exp()
    page.part("proof", "Proof")
    proof = Derivation(indexed("b", r"\operatorname{softmax}(z + c)_{i}", "i"), places(scope, index))
    proof.line((zi + symbol("c")).exp() / total("k", "K", (zk + symbol("c")).exp()), DEFINITION)
    proof.line(power * zi.exp() / total("k", "K", power * zk.exp()), "$e^{u + c} = e^{c} e^{u}$")
    proof.line(power * zi.exp() / (power * total("k", "K", zk.exp())), "the same factor in every term")
    proof.line(zi.exp() / total("k", "K", zk.exp()), "cancelled")
    proof.line(indexed("a", r"\operatorname{softmax}(z)_{i}", "i"), DEFINITION)
    proof.write(page)
    page.remark(
        r"With $c = -\max_{k} z_{k}$ no power is larger than 1, and no float overflows: so it is computed."
    )
    page.part("result", "Result")
    page.give("z", [f"z{k + 1}" for k in range(classes)], hidden=True)
    page.work("a", softmax.forward, "z")


def softmax_of_two(page: Page, given: Any) -> None:
    """Softmax of two classes is the sigmoid of the difference."""
    scope = softmax_scope(2)
    first, second = symbol("z1"), symbol("z2")
    page.part("proof", "Proof")
    proof = Derivation(indexed("a", "a_{1}", "first"), [scope.at(first=0)])
    proof.line(first.exp() / (first.exp() + second.exp()), DEFINITION)
    proof.line(1 / (1 + second.exp() / first.exp()), "above and below divided by $e^{z_{1}}$")
    proof.line(1 / (1 + (-(first - second)).exp()), "$e^{u}/e^{v} = e^{u - v}$")
    proof.line(
        named(r"\sigma(z_{1} - z_{2})", by_rule(sigmoid.forward, first - second)), r"definition of $\sigma$"
    )
    proof.write(page)
    result(page, "a1", first.exp() / (first.exp() + second.exp()), "a_{1}", "z1", "z2")

"""δ = p − y: the slope of a cross-entropy in the inputs of the sigmoid or softmax before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from chainrule import losses
from chainrule.paper.formulas import Formula
from chainrule.paper.page import Page
from chainrule.paper.topics.identity.expressions import Scope, indexed, kronecker, total
from chainrule.paper.topics.identity.proofs import Derivation, places
from chainrule.paper.topics.identity.softmax import CLASSES, entry
from chainrule.rules.activations.classic import sigmoid
from chainrule.rules.activations.softmax import softmax
from chainrule.rules.rule import Rule


def softmax_crossentropy(page: Page, given: Any) -> None:
    """∂L/∂z_i = p_i − y_i, in indices."""
    classes = given.classes or CLASSES
    scope = _softmax_scope(classes)
    pi, pk, yi, yk = entry("p", "i"), entry("p", "k"), entry("y", "i"), entry("y", "k")
    delta = kronecker("k", "i")
    page.part("proof", "Proof")
    page.remark(
        rf"$L = -\sum_{{k}} y_{{k}} \ln p_{{k}}$ and $p = \operatorname{{softmax}}(z)$, for {classes} "
        r"classes, with $\sum_{k} y_{k} = 1$. The loss, softmax and the last line are those "
        "by which networks train."
    )
    proof = Derivation(
        indexed("dL", r"\frac{\partial L}{\partial z_{i}}", "i"), places(scope, {"i": classes})
    )
    slope = indexed("dp", r"\frac{\partial p_{k}}{\partial z_{i}}", "k", "i")
    outer = indexed("dLp", r"\frac{\partial L}{\partial p_{k}}", "k")
    proof.line(total("k", "K", outer * slope), "chain rule: $z_{i}$ acts by way of every $p_{k}$")
    proof.line(-total("k", "K", yk / pk * slope), r"$(\ln u)' = 1/u$")
    proof.line(-total("k", "K", yk / pk * (pk * (delta - pi))), "slope of softmax")
    proof.line(-total("k", "K", yk * (delta - pi)), "cancelled")
    proof.line(-total("k", "K", yk * delta) + pi * total("k", "K", yk), "two sums")
    proof.line(-yi + pi * total("k", "K", yk), r"$\delta_{ki}$ is 0 but for $k = i$")
    proof.line(-yi + pi, r"$\sum_{k} y_{k} = 1$")
    proof.line(indexed("fused", "p_{i} - y_{i}", "i"), "as it trains")
    proof.write(page)
    page.part("result", "Result")
    page.give("y", [[f"y{k + 1}" for k in range(classes)]], hidden=True)
    page.give("p", [[f"p{k + 1}" for k in range(classes)]], hidden=True)
    page.work("delta", losses.get("categorical_crossentropy").gradient_behind("softmax"), "y", "p")


def _softmax_scope(classes: int) -> Scope:
    """Values of the loss and of its slopes, by the rules that train and SymPy's differentiation."""
    loss = losses.get("categorical_crossentropy")
    z = [sympy.Symbol(f"z{k + 1}", real=True) for k in range(classes)]
    free = [sympy.Symbol(f"p{k + 1}", positive=True) for k in range(classes)]
    y = [sympy.Symbol(f"y{k + 1}", real=True) for k in range(classes - 1)]
    y.append(1 - sum(y))
    target = _row(y)
    p = softmax.forward.function(_row(z))
    whole = worked(loss.value, target, p).expression
    outer = worked(loss.value, target, _row(free)).expression
    back = {name: value.expression for name, value in zip(free, p[0], strict=True)}
    fused = loss.gradient_behind("softmax").function(target, p)[0]
    return Scope(
        {
            "y": target[0],
            "p": p[0],
            "dL": [Formula(sympy.diff(whole, name)) for name in z],
            "dp": [[Formula(sympy.diff(value.expression, name)) for name in z] for value in p[0]],
            "dLp": [Formula(sympy.diff(outer, name).xreplace(back)) for name in free],
            "fused": list(fused),
        },
        counts={"K": classes},
    )


def sigmoid_crossentropy(page: Page, given: Any) -> None:
    """∂L/∂z = p − y for binary cross-entropy behind a sigmoid."""
    p, y = indexed("p", "p"), indexed("y", "y")
    page.part("proof", "Proof")
    page.remark(
        r"$L = -\left[ y \ln p + (1 - y) \ln(1 - p) \right]$ and $p = \sigma(z)$. "
        "The loss, the sigmoid and the last line are those by which networks train."
    )
    proof = Derivation(indexed("dL", r"\frac{\partial L}{\partial z}"), [_sigmoid_scope()])
    outer, inner = (
        indexed("dLp", r"\frac{\partial L}{\partial p}"),
        indexed("dp", r"\frac{\partial p}{\partial z}"),
    )
    proof.line(outer * inner, "chain rule")
    proof.line((-(y / p) + (1 - y) / (1 - p)) * inner, r"$(\ln u)' = u'/u$")
    proof.line((-y * (1 - p) + (1 - y) * p) / (p * (1 - p)) * inner, "one fraction")
    proof.line((p - y) / (p * (1 - p)) * inner, "$y p$ falls out")
    proof.line((p - y) / (p * (1 - p)) * (p * (1 - p)), "slope of the sigmoid")
    proof.line(p - y, "cancelled")
    proof.line(indexed("fused", "p - y"), "as it trains")
    proof.write(page)
    page.part("result", "Result")
    page.give("y", [["y"]], hidden=True)
    page.give("p", [["p"]], hidden=True)
    page.work("delta", losses.get("binary_crossentropy").gradient_behind("sigmoid"), "y", "p")


def _sigmoid_scope() -> Scope:
    loss = losses.get("binary_crossentropy")
    z, free, y = sympy.Symbol("z", real=True), sympy.Symbol("p", positive=True), sympy.Symbol("y", real=True)
    p = sigmoid.forward.function(_row([z]))
    whole = worked(loss.value, _row([y]), p).expression
    outer = worked(loss.value, _row([y]), _row([free])).expression
    inner = p.item().expression
    return Scope(
        {
            "y": Formula(y),
            "p": p.item(),
            "dL": Formula(sympy.diff(whole, z)),
            "dp": Formula(sympy.diff(inner, z)),
            "dLp": Formula(sympy.diff(outer, free).xreplace({free: inner})),
            "fused": loss.gradient_behind("sigmoid").function(_row([y]), p).item(),
        }
    )


def worked(rule: Rule, *inputs: np.ndarray) -> Formula:
    """The single value that a rule gives."""
    return Formula(np.asarray(rule.function(*inputs, **rule.defaults), dtype=object).flat[0])


def _row(values: list[sympy.Expr]) -> np.ndarray:
    """One sample, as formulas."""
    made = np.empty((1, len(values)), dtype=object)
    made[0] = [Formula(value) for value in values]
    return made

"""Derivations about expectations: variance, KL divergence, the uniform distribution, batch normalization."""

from __future__ import annotations

from typing import Any

import sympy

from chainrule.lookup import suggest
from chainrule.paper.formulas import Formula
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.expressions import (
    Expression,
    Scope,
    indexed,
    named,
    rule_of,
    symbol,
    total,
    worked_out,
)
from chainrule.paper.topics.identity.proofs import Derivation, prove
from chainrule.rules.probability.variables import variance_by_moments

VALUES = 3
"""Values that the random variable takes where a line is checked."""


def _distribution() -> Scope:
    """A random variable with three values, and two distributions on them: all of them letters."""
    x = [sympy.Symbol(f"x{k + 1}", real=True) for k in range(VALUES)]
    p, q = ([sympy.Symbol(f"{n}{k + 1}", positive=True) for k in range(VALUES - 1)] for n in "pq")
    p.append(1 - sum(p))
    q.append(1 - sum(q))
    return Scope(
        {"x": _formulas(x), "p": _formulas(p), "q": _formulas(q)},
        counts={"K": VALUES},
    )


def _formulas(values: list[sympy.Expr]) -> list[Formula]:
    return [Formula(value) for value in values]


_NOTE = "Each line was checked for a random variable with three values; values and probabilities are letters."


def expected(inner: Expression, tex: str = "") -> Expression:
    """E[…], a sum over the values with their probabilities."""
    body = total("k", "K", indexed("p", "p_{k}", "k") * inner)
    return named(f"E[{tex or inner.tex}]", body)


def variance(page: Page, given: Any) -> None:
    """E[(X − μ)²] = E[X²] − μ²."""
    x = indexed("x", "X", "k")
    mean = named(r"\mu", total("k", "K", indexed("p", "p_{k}", "k") * x))
    page.part("proof", "Proof")
    page.remark(r"$\mu = E[X]$ is a number. $E$ is linear: $E[U + V] = E[U] + E[V]$ and $E[c U] = c E[U]$.")
    centred = expected((x - mean) ** 2)
    proof = Derivation(named(r"\operatorname{Var}(X)", centred), [_distribution()])
    proof.line(centred, "definition")
    proof.line(expected(x**2 - 2 * mean * x + mean**2), "square multiplied out")
    proof.line(expected(x**2) + expected(-(2 * mean * x)) + expected(mean**2), "$E$ of a sum")
    proof.line(
        expected(x**2) - 2 * mean * expected(x) + mean**2, "constant factors taken out, and $E[c] = c$"
    )
    proof.line(expected(x**2) - 2 * mean * mean + mean**2, r"$E[X] = \mu$")
    proof.line(expected(x**2) - 2 * mean**2 + mean**2, "the same factor twice")
    proof.line(expected(x**2) - mean**2, "worked")
    proof.write(page)
    page.remark(_NOTE)
    page.part("result", "Result")
    page.give("m2", "m2", symbol="E[X^2]", hidden=True)
    page.give("mu", "mu", hidden=True)
    page.work("variance", variance_by_moments, "m2", "mu", symbol=r"\operatorname{Var}(X)")


def kl_divergence(page: Page, given: Any) -> None:
    """KL(p‖q) = CE(p, q) − H(p)."""
    p, q = indexed("p", "p_{k}", "k"), indexed("q", "q_{k}", "k")
    page.part("proof", "Proof")
    divergence = named(r"\operatorname{KL}(p \parallel q)", total("k", "K", p * (p / q).log2()))
    proof = Derivation(divergence, [_distribution()])
    proof.line(total("k", "K", p * (p / q).log2()), "definition")
    proof.line(total("k", "K", p * (p.log2() - q.log2())), "logarithm of a quotient")
    proof.line(total("k", "K", p * p.log2()) - total("k", "K", p * q.log2()), "two sums")
    proof.line(-total("k", "K", p * q.log2()) - (-total("k", "K", p * p.log2())), "in another order")
    crossed = named(r"\operatorname{CE}(p, q)", -total("k", "K", p * q.log2()))
    entropy = named("H(p)", -total("k", "K", p * p.log2()))
    proof.line(crossed - entropy, "definitions of cross-entropy and entropy")
    proof.write(page)
    page.remark(_NOTE)
    page.part("result", "Result")
    page.give("ce", "ce", symbol=crossed.tex, hidden=True)
    page.give("h", "h", symbol=entropy.tex, hidden=True)
    difference = rule_of("kl_divergence", symbol("ce") - symbol("h"), "ce", "h")
    page.work("kl", difference, "ce", "h", symbol=divergence.tex)


def uniform(page: Page, given: Any) -> None:
    """Mean (a + b)/2 and variance (b − a)²/12, by integration."""
    _check_bounds(page, given)
    x, a, b = symbol("x"), symbol("a"), symbol("b")
    page.part("mean", "Mean")
    page.remark(r"The density is $\frac{1}{b - a}$ between $a$ and $b$, and 0 elsewhere.")
    mean = integral(x / (b - a), x, a, b)
    half, third = x**2 / 2, x**3 / 3
    proof = Derivation(named("E[X]", mean))
    proof.line(mean, "definition")
    proof.line(1 / (b - a) * integral(x, x, a, b), "constant factor taken out")
    proof.line(1 / (b - a) * between(half, x, a, b), rf"${half.tex}$ has the slope $x$")
    proof.line((b**2 - a**2) / (2 * (b - a)), "the bounds put in")
    proof.line((b - a) * (b + a) / (2 * (b - a)), "difference of squares")
    proof.line((a + b) / 2, "cancelled")
    proof.write(page)
    page.part("variance", "Variance")
    mu = named(r"\mu", (a + b) / 2)
    square = integral(x**2 / (b - a), x, a, b)
    proof = Derivation(named(r"\operatorname{Var}(X)", square - mu**2))
    proof.line(square - mu**2, r"$\operatorname{Var}(X) = E[X^2] - \mu^2$")
    proof.line(1 / (b - a) * between(third, x, a, b) - mu**2, rf"${third.tex}$ has the slope $x^2$")
    proof.line(
        (b**3 - a**3) / (3 * (b - a)) - ((a + b) / 2) ** 2, r"the bounds put in, and $\mu = \frac{a + b}{2}$"
    )
    proof.line((a**2 + a * b + b**2) / 3 - (a**2 + 2 * a * b + b**2) / 4, "$b^3 - a^3$ divided by $b - a$")
    proof.line(
        (4 * a**2 + 4 * a * b + 4 * b**2 - 3 * a**2 - 6 * a * b - 3 * b**2) / Expression(12),
        "common denominator",
    )
    proof.line((a**2 - 2 * a * b + b**2) / 12, "worked")
    proof.line((b - a) ** 2 / 12, "a square")
    proof.write(page)
    page.part("result", "Result")
    for name, value in (("a", given.a), ("b", given.b)):
        page.give(name, value if value is not None else name, hidden=value is None)
    page.work("mean", rule_of("uniform_mean", (a + b) / 2, "a", "b"), "a", "b", symbol="E[X]")
    page.work(
        "variance",
        rule_of("uniform_variance", (b - a) ** 2 / 12, "a", "b"),
        "a",
        "b",
        symbol=r"\operatorname{Var}(X)",
    )


def _check_bounds(page: Page, given: Any) -> None:
    if given.a is not None and given.b is not None:
        low, high = page.exact(given.a).item(), page.exact(given.b).item()
        if low.is_number and high.is_number and not low < high:
            raise SheetError("given.b: expected more than a")


def integral(body: Expression, by: Expression, low: Expression, high: Expression) -> Expression:
    """The integral, which SymPy works where it is checked."""
    tex = rf"\int_{{{low.tex}}}^{{{high.tex}}} {body.tex} \, d{by.tex}"
    names = [e.formula().expression for e in (by, low, high)]
    value = sympy.integrate(body.formula().expression, tuple(names))
    return worked_out(tex, value)


def between(body: Expression, by: Expression, low: Expression, high: Expression) -> Expression:
    """[F]_a^b, the difference of the values at the bounds."""
    at, start, end = (e.formula().expression for e in (by, low, high))
    whole = body.formula().expression
    tex = rf"\left[ {body.tex} \right]_{{{low.tex}}}^{{{high.tex}}}"
    return worked_out(tex, whole.xreplace({at: end}) - whole.xreplace({at: start}))


EPSILONS = {
    "root": r"the root of the variance plus $\epsilon$",
    "added": r"the standard deviation plus $\epsilon$",
    "none": "the standard deviation",
}


def batch_normalization(page: Page, given: Any) -> None:
    """With γ the divisor and β the mean, batch normalization gives back its input."""
    kind = given.epsilon or "root"
    if kind not in EPSILONS:
        raise SheetError(f"given.epsilon: {kind!r}: {suggest(kind, EPSILONS)}")
    z, mu, epsilon = symbol("z"), symbol("mu", r"\mu"), symbol("epsilon", r"\epsilon")
    variance = symbol("v", r"\sigma^{2}")
    deviation = named(r"\sigma", variance.sqrt())
    divisor = {"root": (variance + epsilon).sqrt(), "added": deviation + epsilon, "none": deviation}[kind]
    normal = named(r"\hat{z}", (z - mu) / divisor)
    gamma, beta = named(r"\gamma", divisor), named(r"\beta", mu)
    page.part("proof", "Proof")
    page.remark(
        rf"$\hat{{z}} = {normal.arguments[0].tex}$ is normalized by {EPSILONS[kind]}; the layer gives "
        rf"$\gamma \hat{{z}} + \beta$. With $\gamma = {divisor.tex}$ and $\beta = \mu$:"
    )
    prove(
        page,
        gamma * normal + beta,
        (divisor * ((z - mu) / divisor) + mu, r"what $\gamma$, $\hat{z}$ and $\beta$ are"),
        (z - mu + mu, "cancelled"),
        (z, "worked"),
    )
    page.remark("So the layer can learn to leave its input as it is, where that is best.")
    page.part("result", "Result")
    names = tuple(sorted((gamma * normal + beta).names()))
    tex = {"z": "", "mu": "", "epsilon": r"\epsilon", "v": r"\sigma^{2}"}
    for name in names:
        page.give(name, name, symbol=tex[name], hidden=True)
    page.work("y", rule_of("batch_normalization", gamma * normal + beta, *names), *names)

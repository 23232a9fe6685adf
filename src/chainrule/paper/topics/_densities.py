"""Densities on a page: their parameters, formulas, moments and integrals."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.paper.distributions import Density, Normal, Pieces, Uniform, is_known
from chainrule.paper.limits import limit_tex
from chainrule.paper.notation import exact_tex
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.rules.probability import densities, events, normal, uniform, variables

if TYPE_CHECKING:
    from chainrule.paper.integrals import Integral


def give(page: Page, density: Density, of: str = "") -> None:
    """Put down the parameters of a density; ``of`` ends their names, where there are several.

    Of a normal density given by its variance, the standard deviation is worked.
    """
    below = f"_{{{of}}}" if of else ""
    ending = f"_{of}" if of else ""
    match density:
        case Uniform(a, b):
            for name, value in (("a", a), ("b", b)):
                named = str(value) == name and not of
                page.give(f"{name}{ending}", np.asarray(value, dtype=object), f"{name}{below}", hidden=named)
        case Normal(mu, sigma, variance):
            page.give(f"mu{ending}", np.asarray(mu, dtype=object), symbol=rf"\mu{below}")
            if variance is None:
                page.give(f"sigma{ending}", np.asarray(sigma, dtype=object), symbol=rf"\sigma{below}")
                return
            square = f"variance{ending}"
            page.give(square, np.asarray(variance, dtype=object), symbol=rf"\sigma{below}^2")
            page.work(f"sigma{ending}", variables.standard_deviation, square, symbol=rf"\sigma{below}")


def density_tex(density: Density) -> str:
    """The density as a formula in x."""
    match density:
        case Uniform(a, b):
            known = is_known(a) and is_known(b)
            height = exact_tex(1 / (b - a)) if known else rf"\frac{{1}}{{{exact_tex(b)} - {exact_tex(a)}}}"
            lines = [(height, rf"{exact_tex(a)} \le x \le {exact_tex(b)}")]
        case Normal(mu, sigma, variance):
            square = sigma**2 if variance is None else variance
            doubled = exact_tex(2 * square)
            root = r"2 \pi" if is_known(square) and square == 1 else rf"2 \pi \cdot {exact_tex(square)}"
            return rf"\frac{{1}}{{\sqrt{{{root}}}}} \, e^{{-\frac{{{_distance(mu)}^2}}{{{doubled}}}}}"
        case Pieces(integrals):
            import sympy

            lines = []
            for each in integrals:
                ends = [limit_tex(each.low) + r" \le ", "x", r" \le " + limit_tex(each.high)]
                where = "".join(
                    part
                    for part, end in zip(ends, (each.low, None, each.high), strict=True)
                    if not isinstance(end, float)
                )
                where = r"x \in \mathbb{R}" if where == "x" else where
                lines.append((str(sympy.latex(each.expression, ln_notation=True)), where))
    lines.append(("0", r"\text{otherwise}"))
    return r"\begin{cases} " + r" \\ ".join(f"{value} & {where}" for value, where in lines) + r" \end{cases}"


def _distance(mu: Any) -> str:
    """x - μ in TeX, as one writes it."""
    if is_known(mu) and mu == 0:
        return "x"
    if is_known(mu) and mu < 0:
        return f"(x + {exact_tex(-mu)})"
    return f"(x - {exact_tex(mu)})"


def show_density(page: Page, density: Density) -> None:
    page.chain("f(x)", (density_tex(density), ""))
    match density:
        case Pieces(integrals):
            work_integral(page, "mass", r"\int f(x) \, dx", integrals, "f(x)")
            page.remark("It is nowhere negative and integrates to 1: a density.")
        case Uniform():
            page.remark("A rectangle of width $b - a$ and height $1/(b - a)$: its area is 1.")


def moments(page: Page, density: Density, of: str = "") -> tuple[str, str] | None:
    """Work expectation and variance of a density; the names of both, or None where one is not finite."""
    ending = f"_{of}" if of else ""
    mean, variance = f"E_X{ending}", f"var_X{ending}"
    symbols = (f"E_{{{of}}}(X)", rf"\mathrm{{var}}_{{{of}}}(X)") if of else ("E(X)", r"\mathrm{var}(X)")
    match density:
        case Uniform():
            if not of:
                _derive_uniform(page)
            page.work(mean, uniform.uniform_mean, f"a{ending}", f"b{ending}", symbol=symbols[0])
            page.work(variance, uniform.uniform_variance, f"a{ending}", f"b{ending}", symbol=symbols[1])
        case Normal():
            page.work(mean, normal.normal_mean, f"mu{ending}", symbol=symbols[0])
            if density.variance is None:
                page.work(variance, normal.normal_variance, f"sigma{ending}", symbol=symbols[1])
            else:
                page.work(variance, events.same, f"variance{ending}", symbol=symbols[1])
        case Pieces(integrals):
            if not _integrate_moments(page, integrals, mean, variance, symbols, ending):
                return None
    if not of:
        page.work("sd_X", variables.standard_deviation, variance, symbol=r"\sigma_{X}")
    return mean, variance


def _derive_uniform(page: Page) -> None:
    page.chain(
        "E(X)",
        (r"\int_{a}^{b} x \cdot \frac{1}{b - a} \, dx", "definition"),
        (r"\frac{1}{b - a} \left[ \frac{x^2}{2} \right]_{a}^{b}", "antiderivative"),
        (r"\frac{b^2 - a^2}{2 (b - a)}", "limits put in"),
        (r"\frac{a + b}{2}", "$b^2 - a^2 = (b - a)(b + a)$"),
    )
    page.chain(
        r"\mathrm{var}(X)",
        (r"\int_{a}^{b} x^2 \cdot \frac{1}{b - a} \, dx - E(X)^2", r"$\mathrm{var}(X) = E(X^2) - E(X)^2$"),
        (r"\frac{b^3 - a^3}{3 (b - a)} - \frac{(a + b)^2}{4}", "antiderivative, limits put in"),
        (
            r"\frac{a^2 + a b + b^2}{3} - \frac{a^2 + 2 a b + b^2}{4}",
            "$b^3 - a^3 = (b - a)(a^2 + a b + b^2)$",
        ),
        (r"\frac{(b - a)^2}{12}", "over one denominator"),
    )


def _integrate_moments(
    page: Page, integrals: Sequence[Any], mean: str, variance: str, symbols: tuple[str, str], ending: str
) -> bool:
    """Work both by integrals; whether they converge."""
    from chainrule.paper.integrals import times_power

    square = f"E_X2{ending}"
    moments = ((mean, symbols[0], "x"), (square, symbols[0].replace("(X)", "(X^2)"), "x^2"))
    for power, (name, symbol, factor) in enumerate(moments, start=1):
        parts = [times_power(each, power) for each in integrals]
        if any(each.diverges for each in parts):
            without = {mean, square, variance, "sd_X"} if name == mean else {square, variance, "sd_X"}
            if asked := without & set(page.question.find or ()):
                raise SheetError(
                    f"find: {min(asked)} is not finite: the integral of {name} does not converge"
                )
            lacking = "expectation and no variance" if name == mean else "finite variance"
            page.remark(rf"$\int {factor} \, f(x) \, dx$ does not converge: $X$ has no {lacking}.")
            return False
        work_integral(page, name, symbol, parts, rf"{factor} \, f(x)")
    page.work(variance, variables.variance_by_moments, square, mean, symbol=symbols[1])
    return True


def work_integral(
    page: Page, name: str, symbol: str, integrals: Sequence[Integral], integrand: str, shown: bool = True
) -> np.ndarray:
    """Work an integral, or a sum of them; ``integrand`` is how it is written under the sign."""
    import sympy

    from chainrule.paper.formulas import Formula
    from chainrule.paper.integrals import number_of

    number = Formula if page.closed else number_of
    parts, inputs = [], []
    for i, integral in enumerate(integrals, 1):
        found = integral.antiderivative
        if found is None and page.closed and not integral.is_odd:
            raise SheetError(f"closed: {name} has no closed form here; leave closed out for its decimals")
        tex = str(sympy.latex(found.expression, ln_notation=True)) if found else ""
        low, high = integral.low, integral.high
        for end, value in (("low", low), ("high", high)):
            if isinstance(value, float):
                continue
            inputs.append(f"{name}_{end}{i}")
            limit = np.asarray(value, dtype=object)
            page.give(inputs[-1], limit, symbol=limit_tex(value), hidden=True)
        below, above = (v if isinstance(v, float) else None for v in (low, high))
        at = partial(found.at, number=number) if found else None
        parts.append(densities.Integration(integral.function(number), integrand, tex, below, above, at=at))
    value = page.work(name, densities.definite_integral(tuple(parts)), *inputs, symbol=symbol, shown=shown)
    if shown and any(each.is_odd for each in integrals):
        page.remark("An odd function between opposite limits: what is left of 0 and right of it cancels out.")
    return value

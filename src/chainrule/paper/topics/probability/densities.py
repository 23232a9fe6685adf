"""Continuous random variables: density, distribution function, expectation, variance, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.distributions import (
    Density,
    Normal,
    Pieces,
    Uniform,
    is_known,
    read_density,
)
from chainrule.paper.limits import is_less, limit_text
from chainrule.paper.notation import exact_tex
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics._densities import give, moments, show_density, work_integral
from chainrule.paper.topics.probability.given import Given
from chainrule.rules.probability import densities, events, normal, uniform

MOST_POINTS = 12


def solve(page: Page, given: Given) -> None:
    """Work moments, and what is asked at points and between ends."""
    assert given.density is not None
    density = read_density(page, given.density, "given.density")
    points = list(page.exact(given.at)) if given.at is not None else []
    if len(points) > MOST_POINTS:
        raise SheetError(f"given.at: {len(points)} points; at most {MOST_POINTS} are worked")
    intervals = [_ends(page, pair) for pair in given.between or []]
    page.part("density", "Density")
    give(page, density)
    show_density(page, density)
    page.part("moments", "Expectation and variance")
    moments(page, density)
    if points:
        page.part("points", "At points")
        for point, number in zip(points, _numbers(len(points)), strict=True):
            _work_point(page, density, point, number)
    if intervals:
        page.part("intervals", "Between ends")
        for (low, high), number in zip(intervals, _numbers(len(intervals)), strict=True):
            _work_interval(page, density, low, high, number)
    if _is_drawn(density, intervals):
        page.part("picture", "Picture")
        ends = tuple((_float(low), _float(high)) for low, high in intervals)
        page.picture("Density", partial(_curve, density, ends))


def _ends(page: Page, pair: tuple[Any, Any]) -> tuple[Any, Any]:
    low, high = (v if isinstance(v, float) else page.exact(v)[()] for v in pair)
    if all(isinstance(v, float) or is_known(v) for v in (low, high)) and is_less(high, low):
        raise SheetError(
            f"given.between: {limit_text(low)} is greater than {limit_text(high)}; "
            "expected the smaller end first"
        )
    return low, high


def _numbers(count: int) -> Sequence[str]:
    """What follows the names of quantities: nothing for one, else their numbers."""
    return [""] if count == 1 else [str(i) for i in range(1, count + 1)]


def _work_point(page: Page, density: Density, point: Any, number: str) -> None:
    """Density and distribution function at a point."""
    page.give(f"x{number}", np.asarray(point, dtype=object))
    at = exact_tex(point)
    page.work(f"pdf{number}", *_density_at(density, point, f"x{number}"), symbol=f"f({at})")
    distribution(page, density, point, f"cdf{number}", f"x{number}")


def _density_at(density: Density, point: Any, name: str) -> tuple[Any, ...]:
    match density:
        case Uniform():
            return uniform.uniform_pdf, name, "a", "b"
        case Normal():
            return normal.normal_pdf, name, "mu", "sigma"
    return _formula_at(density, point), name


def _formula_at(density: Pieces, point: Any) -> Any:
    """The rule of the formula that holds at a point: 0 outside of all."""
    from chainrule.paper.antiderivatives import X
    from chainrule.paper.functions import Function, function_rule

    for each in density.integrals:
        if not is_less(point, each.low) and not is_less(each.high, point):
            function = Function(each.expression, (X.name,))
            if each.expression.has(X):
                return replace(function_rule("density", function), named=("theta",))
            return densities.level(function.at({X.name: point}), function.tex({}))
    return densities.outside


def distribution(page: Page, density: Density, point: Any, name: str, x: str) -> None:
    """Work the distribution function at a point, which is the quantity ``x``."""
    symbol = f"F({exact_tex(point)})"
    match density:
        case Uniform():
            page.work(name, uniform.uniform_cdf, x, "a", "b", symbol=symbol)
        case Normal():
            score = name.replace("cdf", "z")
            page.work(score, normal.standard_score, x, "mu", "sigma", symbol=f"z({exact_tex(point)})")
            page.work(name, normal.normal_cdf, score, symbol=symbol)
        case Pieces(integrals):
            from chainrule.paper.integrals import up_to

            parts = up_to(integrals, point)
            if parts:
                work_integral(page, name, symbol, parts, "f(x)")
            else:
                page.work(name, densities.outside, x, symbol=symbol)


def _work_interval(page: Page, density: Density, low: Any, high: Any, number: str) -> None:
    """The probability between two ends, of which one may be infinite."""
    ends = {"low": low, "high": high}
    for end, value in ends.items():
        if not isinstance(value, float):
            page.give(f"{end}{number}", np.asarray(value, dtype=object), hidden=True)
            distribution(page, density, value, f"cdf_{end}{number}", f"{end}{number}")
    name = f"P{number}"
    below, above = f"cdf_low{number}", f"cdf_high{number}"
    if isinstance(low, float) and isinstance(high, float):
        raise SheetError("given.between: from -∞ to ∞ the probability is 1; expected at least one end")
    if isinstance(low, float):
        page.work(name, events.same, above, symbol=rf"P(X \le {exact_tex(high)})")
    elif isinstance(high, float):
        page.work(name, events.complement, below, symbol=rf"P(X \ge {exact_tex(low)})")
    else:
        symbol = rf"P({exact_tex(low)} \le X \le {exact_tex(high)})"
        page.work(name, densities.difference, above, below, symbol=symbol)


def _is_drawn(density: Density, intervals: Sequence[tuple[Any, Any]]) -> bool:
    numbers = [v for pair in intervals for v in pair]
    match density:
        case Uniform(a, b):
            numbers += [a, b]
        case Normal(mu, sigma):
            numbers += [mu, sigma]
    return all(isinstance(v, float) or is_known(v) for v in numbers)


def _float(value: Any) -> float:
    return math.copysign(math.inf, value) if isinstance(value, float) else float(value)


def _curve(density: Density, intervals: tuple[tuple[float, float], ...]) -> str:
    from chainrule.paper.topics.probability.pictures import shaded

    return shaded(density, intervals)

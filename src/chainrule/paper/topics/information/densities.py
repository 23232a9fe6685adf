"""Densities: differential entropy, cross-entropy, divergence; by formula or by integration."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.paper.distributions import (
    Density,
    Normal,
    Pieces,
    Uniform,
    is_known,
    read_density,
)
from chainrule.paper.limits import is_less, limit_tex
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics._densities import density_tex, give, moments, work_integral
from chainrule.paper.topics.information.given import Given
from chainrule.paper.topics.information.units import (
    CROSS_ENTROPY,
    DIVERGENCE,
    check_identity,
    infinite,
    say_unit,
)
from chainrule.paper.words import Word
from chainrule.rules.information import continuous, logarithms
from chainrule.rules.probability.densities import difference

if TYPE_CHECKING:
    from chainrule.paper.integrals import Integral

CE, KL = CROSS_ENTROPY.format("f", "g"), DIVERGENCE.format("f", "g")


def solve(page: Page, given: Given) -> None:
    """Work the differential entropy of f, and of g what compares it with f."""
    tables = {key: table for key, table in (("f", given.f), ("g", given.g)) if table is not None}
    densities = {key: read_density(page, table, f"given.{key}") for key, table in tables.items()}
    page.part("densities", "Densities")
    for key, density in densities.items():
        give(page, density, key)
        page.chain(f"{key}(x)", (density_tex(density), ""))
    page.part("entropy", "Differential entropy")
    say_unit(page, given.base)
    for key, density in densities.items():
        _entropy(page, given.base, density, key)
    if "g" in densities:
        _compare(page, given.base, densities["f"], densities["g"])
    if all(_is_drawn(density) for density in densities.values()):
        page.part("picture", "Picture")
        page.picture("The densities", partial(_curves, densities))


def _entropy(page: Page, base: str, density: Density, of: str) -> None:
    name, symbol = f"H_{of}", f"H({of})"
    match density:
        case Uniform():
            page.work(name, continuous.uniform_entropy(base), f"a_{of}", f"b_{of}", symbol=symbol)
        case Normal():
            page.work(name, continuous.normal_entropy(base), f"sigma_{of}", symbol=symbol)
        case Pieces(integrals):
            integrand = rf"-{of}(x) \, {logarithms.log_tex(base)} {of}(x)"
            work_integral(page, name, symbol, [_own_log(each, base) for each in integrals], integrand)


def _own_log(integral: Integral, base: str) -> Integral:
    """The integral of -f log f."""
    from flint import acb

    from chainrule.paper.integrals import constant_ball, log_of_itself, logarithm_of, on_balls

    itself = log_of_itself(on_balls(integral.expression))

    def balls(z: acb, analytic: bool) -> acb:
        return -itself(z, analytic) / constant_ball(logarithm_of(base))

    return replace(
        integral, expression=_times_log(integral.expression, integral.expression, base), balls=balls
    )


def _times_log(f: Any, g: Any, base: str) -> Any:
    """-f log g as a formula."""
    import sympy

    from chainrule.paper.integrals import logarithm_of

    return -f * sympy.log(g) / logarithm_of(base)


def _compare(page: Page, base: str, f: Density, g: Density) -> None:
    """Cross-entropy and divergence of f from g."""
    page.part("cross_entropy", "Cross-entropy")
    if not _is_within(f, g):
        _say_infinite(page, base)
        return
    _cross_entropy(page, base, f, g)
    page.part("kl", "Kullback-Leibler divergence")
    match f, g:
        case Uniform(), Uniform():
            page.work("KL", continuous.kl_of_uniforms(base), "a_f", "b_f", "a_g", "b_g", symbol=KL)
        case Normal(), Normal():
            page.work("KL", continuous.kl_of_normals(base), "mu_f", "sigma_f", "mu_g", "sigma_g", symbol=KL)
        case _:
            page.work("KL", difference, "CE", "H_f", symbol=KL)
            page.remark("Divergence is cross-entropy less entropy.")
            return
    check_identity(page, "H_f", "KL", "fg")


def _cross_entropy(page: Page, base: str, f: Density, g: Density) -> None:
    match g:
        case Uniform():
            low, high = _ends(page, f)
            page.work("CE", continuous.cross_entropy_to_uniform(base), low, high, "a_g", "b_g", symbol=CE)
        case Normal():
            page.remark("Of f, the mean and the variance are all that is needed.")
            found = moments(page, f, "f")
            if found is None:
                raise SheetError("given.f: has no finite variance; its cross-entropy to a normal g needs one")
            page.work("CE", continuous.cross_entropy_to_normal(base), *found, "mu_g", "sigma_g", symbol=CE)
        case Pieces():
            if isinstance(f, Normal):
                raise SheetError(
                    "given.g: for a normal f, expected a normal g: another cannot be integrated here"
                )
            integrand = rf"-f(x) \, {logarithms.log_tex(base)} g(x)"
            work_integral(page, "CE", CE, _overlaps(f, g, base), integrand)


def _ends(page: Page, density: Density) -> tuple[str, str]:
    """The names of both ends of a density that is 0 outside of them."""
    if isinstance(density, Uniform):
        return "a_f", "b_f"
    assert isinstance(density, Pieces)
    for name, value in (("c_f", density.low), ("d_f", density.high)):
        page.give(name, np.asarray(value, dtype=object), symbol=limit_tex(value), hidden=True)
    return "c_f", "d_f"


def _pieces(density: Density) -> list[Integral]:
    """The density as formulas on intervals."""
    from chainrule.paper.formulas import Formula
    from chainrule.paper.integrals import Integral

    if isinstance(density, Uniform):
        height = 1 / (Formula(density.b) - Formula(density.a))
        return [Integral(height.expression, density.a, density.b)]
    assert isinstance(density, Pieces)
    return list(density.integrals)


def _overlaps(f: Density, g: Density, base: str) -> list[Integral]:
    """-f log g on each interval where both have one formula."""
    from chainrule.paper.integrals import Integral

    found = []
    for a in _pieces(f):
        for b in _pieces(g):
            low = b.low if is_less(a.low, b.low) else a.low
            high = a.high if is_less(a.high, b.high) else b.high
            if is_less(low, high):
                found.append(Integral(_times_log(a.expression, b.expression, base), low, high))
    return found


def _intervals(density: Density) -> list[tuple[Any, Any]]:
    """Where a density is not 0, adjoining intervals taken as one."""
    match density:
        case Uniform(a, b):
            return [(a, b)]
        case Normal():
            return [(-float("inf"), float("inf"))]
    merged: list[tuple[Any, Any]] = []
    for each in density.integrals:
        if merged and not is_less(merged[-1][1], each.low):
            merged[-1] = (merged[-1][0], each.high)
        else:
            merged.append((each.low, each.high))
    return merged


def _is_within(f: Density, g: Density) -> bool:
    """Whether g is positive wherever f is."""
    wider = _intervals(g)
    return all(
        any(not is_less(low, left) and not is_less(right, high) for left, right in wider)
        for low, high in _intervals(f)
    )


def _say_infinite(page: Page, base: str) -> None:
    for name in ("f", "g"):
        page.give(name, np.array(Word("density"), dtype=object), symbol=f"{name}(x)", hidden=True)
    page.work("CE", infinite(continuous.cross_entropy_of_densities(base)), "f", "g", symbol=CE)
    page.part("kl", "Kullback-Leibler divergence")
    page.work("KL", infinite(continuous.kl_of_densities(base)), "f", "g", symbol=KL)
    page.remark(r"Infinite: f is positive where g is 0, and $-\log 0 = \infty$.")


def _is_drawn(density: Density) -> bool:
    match density:
        case Uniform(a, b):
            return is_known(a) and is_known(b)
        case Normal(mu, sigma):
            return is_known(mu) and is_known(sigma)
    return True


def _curves(densities: dict[str, Density]) -> str:
    from chainrule.paper.topics.information.pictures import curves

    return curves(densities)

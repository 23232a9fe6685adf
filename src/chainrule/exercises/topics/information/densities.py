"""Questions about densities: differential entropy, cross-entropy, divergence."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind

NATS: dict[str, Any] = {"base": "e"}


def _uniform(low: Any, high: Any) -> dict[str, Any]:
    return {"name": "uniform", "a": low, "b": high}


def _normal(mean: Any, deviation: Any) -> dict[str, Any]:
    return {"name": "normal", "mu": mean, "sigma": deviation}


@kind("easy", "medium")
def uniform_densities(draw: Draw) -> Drawn:
    """The logarithms of two widths."""
    widths: tuple[int, ...] = draw.by((1, 2, 4, 8, 16), (1, 2, 3, 4, 5, 6, 8, 10, 12), ())
    narrow, wide = sorted(draw.sample(widths, 2))
    low = draw.integer(-5, 5)
    left = low + draw.below(wide - narrow + 1)
    base, unit = draw.choice((({}, "in bits"), *draw.by((), ((NATS, "in nats"),), ())))
    return {
        "text": f"f is the uniform density on [{said(left)}, {said(left + narrow)}], and g that on "
        f"[{said(low)}, {said(low + wide)}]. Find the entropies of both, the cross-entropy CE of f and g (f "
        f"weighs the logarithms of g) and the divergence KL of f from g, {unit}.",
        "find": ["H_f", "H_g", "CE", "KL"],
        "given": {"f": _uniform(left, left + narrow), "g": _uniform(low, low + wide), **base},
    }


@kind("medium")
def normal_entropy(draw: Draw) -> Drawn:
    """The entropy of a normal density, in which the mean plays no part."""
    mean, deviation = draw.decimal(-5, 5, "0.5"), draw.decimal(0.5, 6, "0.1")
    base, unit = draw.choice(((NATS, "in nats"), ({}, "in bits")))
    return {
        "text": f"f is the normal density with mean {said(mean)} and standard deviation {said(deviation)}. "
        f"Find its differential entropy, {unit}.",
        "find": ["H_f"],
        "given": {"f": _normal(mean, deviation), **base},
    }


@kind("medium", "hard")
def normal_densities(draw: Draw) -> Drawn:
    """Two normal densities: the distance of their means and the ratio of their deviations count."""
    one, other = draw.different(2, -3, 3, draw.by("1", "1", "0.5"))
    narrow, wide = draw.different(2, 0.5, 4, draw.by("0.5", "0.5", "0.1"))
    base, unit = draw.choice(((NATS, "in nats"), *draw.by((), (), (({}, "in bits"),))))
    return {
        "text": f"f is the normal density with mean {said(one)} and standard deviation {said(narrow)}, g "
        f"that with mean {said(other)} and standard deviation {said(wide)}. Find the entropy of f, the "
        "cross-entropy CE of f and g (f weighs the logarithms of g) and the divergence KL of f from g, "
        f"{unit}.",
        "find": ["H_f", "CE", "KL"],
        "given": {"f": _normal(one, narrow), "g": _normal(other, wide), **base},
    }


@kind("hard")
def uniform_and_normal(draw: Draw) -> Drawn:
    """Of the uniform density, mean and variance are all that counts under a normal one."""
    low, width = draw.integer(-4, 4), draw.integer(1, 6)
    mean, deviation = draw.integer(-3, 3), draw.decimal(0.5, 4, "0.5")
    base, unit = draw.choice(((NATS, "in nats"), ({}, "in bits")))
    return {
        "text": f"f is the uniform density on [{said(low)}, {said(low + width)}], and g the normal density "
        f"with mean {said(mean)} and standard deviation {said(deviation)}. Find mean and variance of f, its "
        "entropy, the cross-entropy CE of f and g (f weighs the logarithms of g) and the divergence KL of f "
        f"from g, {unit}.",
        "find": ["H_f", "E_X_f", "var_X_f", "CE", "KL"],
        "given": {"f": _uniform(low, low + width), "g": _normal(mean, deviation), **base},
    }


@kind("hard")
def densities_of_powers(draw: Draw) -> Drawn:
    """Densities that are powers of x: their logarithms are integrated by parts."""
    n, m = (int(each) for each in draw.different(2, 2, 6))
    return {
        "text": f"f(x) = {n}x{_power(n)} and g(x) = {m}x{_power(m)}, both on [0, 1]. Find the differential "
        "entropy of f, the cross-entropy CE of f and g (f weighs the logarithms of g) and the divergence KL "
        "of f from g, in nats.",
        "find": ["H_f", "CE", "KL"],
        "given": {"f": _of_power(n), "g": _of_power(m), **NATS},
    }


def _power(n: int) -> str:
    return "" if n == 2 else "²³⁴⁵"[n - 3]


def _of_power(n: int) -> dict[str, Any]:
    return {"formula": f"{n} x^{n - 1}", "low": 0, "high": 1}

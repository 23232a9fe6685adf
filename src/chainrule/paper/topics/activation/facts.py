"""What is known of each activation: its range, its slope, and its corner."""

from __future__ import annotations

from typing import Any

from chainrule.paper.distributions import is_known
from chainrule.paper.page import Page
from chainrule.paper.topics.activation.chosen import Chosen

_FACTS = {
    "linear": "every number is a value; the slope is 1 everywhere.",
    "step": "the values are 0 and 1; the slope is 0 wherever there is one: gradients cannot train it.",
    "sigmoid": r"$0 < f(z) < 1$. The slope $f(z)(1 - f(z)) = \frac{1}{4} - (f(z) - \frac{1}{2})^{2}$ "
    r"is at most $\frac{1}{4}$, at $z = 0$, and tends to 0 on both sides.",
    "tanh": r"$\tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}$; "
    r"$-1 < f(z) < 1$, and $f(-z) = -f(z)$. The slope $1 - f(z)^{2}$ is at most 1, at "
    "$z = 0$, and tends to 0 on both sides.",
    "relu": r"$f(z) \ge 0$; the slope is 0 or 1.",
    "leaky_relu": "the slope is 1 right of 0 and {negative_slope} left of it.",
    "prelu": r"the slope left of 0, $\alpha$, is trained with the weights; right of it the slope is 1.",
    "elu": r"{range}the slope tends to $\alpha$ from the left of 0 and is 1 "
    r"on the right: $f$ is differentiable at 0 only where $\alpha$ is 1.",
    "selu": r"$f(z) > -\lambda \alpha$, with fixed $\lambda$ (about 1.05070) and $\alpha$ (about 1.67326). "
    r"At 0 the slope jumps from $\lambda \alpha$ (about 1.75810) to $\lambda$.",
}
_CORNERS = {
    "step": "At $z = 0$ the step jumps from 0 to 1 and has no slope; 0 is put there.",
    "relu": "At $z = 0$ is a corner: the slope from the left is 0, from the right 1; the left one is taken.",
    "leaky_relu": "At $z = 0$ is a corner: the slope from the right is 1; the left one is taken.",
    "prelu": r"At $z = 0$ is a corner: the slope from the right is 1; the left one, $\alpha$, is taken.",
    "elu": "At $z = 0$ the slope from the left is taken.",
    "selu": "At $z = 0$ is a corner: the slope from the left is taken.",
}


def fact(page: Page, chosen: Chosen) -> str:
    """The range and the slopes, as prose."""
    text = _FACTS[chosen.activation.name]
    options = chosen.activation.options
    if "negative_slope" in options:
        text = text.replace("{negative_slope}", page.write(_exact(page, options["negative_slope"])))
    if "alpha" in options:
        alpha = _exact(page, options["alpha"])
        has_bound = not is_known(alpha) or alpha > 0
        lower = rf"$f(z) > -\alpha$, here {page.write(-alpha)}; " if has_bound else ""
        text = text.replace("{range}", lower)
    name = chosen.label if chosen.name != "a" else chosen.activation.name.replace("_", " ")
    return f"{name[0].upper()}{name[1:]}: {text}"


def _exact(page: Page, option: Any) -> Any:
    """An option as a number on paper; the usual ones are floats."""
    return option if hasattr(option, "tidy") else page.exact(option)[()]


def note_corner(page: Page, chosen: Chosen) -> None:
    """Say which slope is taken where one of the points is at the corner."""
    name = chosen.activation.name
    slopes = [page[each][()] for each in chosen.trained_names]
    slopes += [_exact(page, v) for v in chosen.activation.options.values()]
    if name in ("elu", "leaky_relu", "prelu") and all(_is_one(v) for v in slopes):
        return
    if name in _CORNERS and any(_is_zero(v) for v in page["z"].flat):
        page.remark(_CORNERS[name] if chosen.name == "a" else f"{chosen.label}: {_CORNERS[name]}")


def _is_one(value: Any) -> bool:
    return _is_zero(value - 1)


def _is_zero(value: Any) -> bool:
    """Whether a value is known to be 0: exactly, for balls are not compared."""
    known = getattr(value, "expression", None)
    return bool(known == 0) if known is not None else bool(value.exact is not None and value.exact == 0)

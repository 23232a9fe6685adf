"""How widely initial weights are spread: Glorot's, He's and LeCun's variance for each layer."""

from __future__ import annotations

from chainrule.initializers import GlorotUniform
from chainrule.layers.dense import Dense
from chainrule.network import Placed
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network.subject import Subject
from chainrule.rules.initializers import VARIANCES, deviation, fans, uniform_limit

_TITLES = {"glorot": "Glorot", "he": "He", "lecun": "LeCun"}


def initialization(subject: Subject) -> None:
    """Work ``glorot_variance1``, ``glorot_deviation1``, ``glorot_limit1`` and the like for each layer.

    A layer whose initializer is named in the sheet gets that alone.
    """
    page = subject.page
    if not subject.dense:
        raise SheetError("find: initialization needs a Dense layer")
    page.part("initialization", "How widely the initial weights are spread")
    rows = []
    for place in subject.dense:
        fan_in, fan_out = fans(place.parameters[f"W{place.number}"].shape)
        page.give(f"fan_in{place.number}", fan_in, rf"\text{{fan-in}}_{{{place.number}}}", hidden=True)
        page.give(f"fan_out{place.number}", fan_out, rf"\text{{fan-out}}_{{{place.number}}}", hidden=True)
        for family in _families(place):
            rows.append(_spread(page, place.number, family))
    head = ("layer", "initializer", "variance", "standard deviation", "uniform limit")
    page.table("", head, rows)
    page.remark(
        "Glorot's (also called Xavier's) suits sigmoid and tanh, He's suits ReLU, LeCun's, with the fan-in "
        "alone, SELU; some courses call LeCun's Xavier's as well. A uniform distribution on $[-l, l]$ has "
        "the variance $\\frac{l^{2}}{3}$, hence $l = \\sqrt{3 \\, \\text{Var}}$. Keras cuts its normal "
        "distributions at two standard deviations and widens them, so that the standard deviation is the "
        "one above."
    )


def _families(place: Placed) -> list[str]:
    """The family of an initializer with one, where it is not the usual one; else all of them."""
    assert isinstance(place.layer, Dense)
    initializer = place.layer.kernel_initializer
    family = getattr(initializer, "variance", None)
    return list(VARIANCES) if family is None or isinstance(initializer, GlorotUniform) else [family]


def _spread(page: Page, number: str, family: str) -> list[str]:
    rule = VARIANCES[family]
    of, at = rf"_{{\text{{{_TITLES[family]}}}}}", f"(W_{{{number}}})"
    variance = f"{family}_variance{number}"
    page.work(variance, rule, *(f"{fan}{number}" for fan in rule.inputs), symbol=rf"\text{{Var}}{of}{at}")
    page.work(f"{family}_deviation{number}", deviation, variance, symbol=rf"\sigma{of}{at}")
    page.work(f"{family}_limit{number}", uniform_limit, variance, symbol=f"l{of}{at}")
    spread = page.write(page[f"{family}_deviation{number}"][()])
    limit = page.decimal(page[f"{family}_limit{number}"][()])
    return [number, _TITLES[family], page.write(page[variance][()]), spread, f"±{limit}"]

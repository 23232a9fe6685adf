"""Distributions with finitely many outcomes: entropy, cross-entropy, divergence."""

from __future__ import annotations

from functools import partial

import numpy as np

from chainrule.paper.distributions import check_probabilities, is_known
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.information.given import Given
from chainrule.paper.topics.information.units import (
    CROSS_ENTROPY,
    DIVERGENCE,
    check_identity,
    infinite,
    say_unit,
)
from chainrule.rules.information import discrete as rules

MOST_OUTCOMES = 200


def solve(page: Page, given: Given) -> None:
    """Work the entropy of p, and of q what compares it with p."""
    names = _distributions(page, given)
    page.part("entropy", "Entropy")
    say_unit(page, given.base)
    page.work("H_p", rules.entropy(given.base), "p", symbol="H(p)")
    if given.q is not None:
        page.work("H_q", rules.entropy(given.base), "q", symbol="H(q)")
        _compare(page, given.base, names)
    if all(is_known(v) for name in ("p", "q") if name in page.tape.quantities for v in page[name]):
        page.part("picture", "Picture")
        heights = tuple(page[name].astype(float) for name in ("p", "q") if name in page.tape.quantities)
        page.picture("The distributions", partial(_bars, tuple(names), heights))


def _distributions(page: Page, given: Given) -> list[str]:
    for key in ("p", "q"):
        if getattr(given, key) is None:
            continue
        values = page.exact(getattr(given, key))
        if len(values) > MOST_OUTCOMES:
            raise SheetError(f"given.{key}: {len(values)} outcomes; at most {MOST_OUTCOMES} are worked")
        check_probabilities(f"given.{key}", values)
        page.give(key, values)
    outcomes = len(page["p"])
    if given.q is not None and len(page["q"]) != outcomes:
        raise SheetError(f"given.q: {len(page['q'])} probabilities for the {outcomes} outcomes of p")
    names = given.names or [str(i) for i in range(1, outcomes + 1)]
    if len(names) != outcomes:
        raise SheetError(f"given.names: {len(names)} names for {outcomes} outcomes")
    return names


def _compare(page: Page, base: str, names: list[str]) -> None:
    """Cross-entropy and divergence, of p from q and of q from p."""
    p, q = page["p"], page["q"]
    ruled_out = _ruled_out(p, q)
    page.part("cross_entropy", "Cross-entropy")
    rule = rules.cross_entropy(base) if ruled_out is None else infinite(rules.cross_entropy(base))
    page.work("CE", rule, "p", "q", symbol=CROSS_ENTROPY.format("p", "q"))
    page.part("kl", "Kullback-Leibler divergence")
    rule = rules.kl_divergence(base) if ruled_out is None else infinite(rules.kl_divergence(base))
    page.work("KL", rule, "p", "q", symbol=DIVERGENCE.format("p", "q"))
    if ruled_out is None:
        page.remark(
            "So much longer a message gets on average when outcomes of p are coded as if they came from q."
        )
        check_identity(page, "H_p", "KL", "pq")
    else:
        page.remark(_why_infinite(page, names[ruled_out], page.write(p[ruled_out]), "q"))
    page.part("reversed", "The other way round")
    ruled_out = _ruled_out(q, p)
    rule = rules.kl_divergence(base) if ruled_out is None else infinite(rules.kl_divergence(base))
    page.work("KL_reversed", rule, "q", "p", symbol=DIVERGENCE.format("q", "p"))
    if ruled_out is not None:
        page.remark(_why_infinite(page, names[ruled_out], page.write(q[ruled_out]), "p"))


def _ruled_out(p: np.ndarray, q: np.ndarray) -> int | None:
    """The first outcome that happens, but is impossible in the other distribution."""
    for i, (happens, expected) in enumerate(zip(p, q, strict=True)):
        if is_known(expected) and expected == 0 and not (is_known(happens) and happens == 0):
            return i
    return None


def _why_infinite(page: Page, name: str, chance: str, other: str) -> str:
    return (
        f"Infinite: outcome {as_prose(name)} has probability {chance}, but 0 under {other}, "
        r"and $-\log 0 = \infty$."
    )


def _bars(names: tuple[str, ...], heights: tuple[np.ndarray, ...]) -> str:
    from chainrule.paper.topics.information.pictures import bars

    return bars(names, heights)

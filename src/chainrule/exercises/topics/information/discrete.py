"""Questions about distributions with finitely many outcomes: entropy, cross-entropy, divergence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from chainrule.exercises.draws import Draw, ratio
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

OUTCOMES = (
    "A network gives the classes of a picture",
    "The letters of a small alphabet have",
    "The words of a small language have",
    "The balls in an urn have, by their colours,",
)
UNITS: dict[Any, str] = {
    2: "in bits",
    "e": "in nats (with natural logarithms)",
    10: "with logarithms to base 10",
}


def _is_other(working: Working) -> bool:
    """Whether the two distributions are far enough apart that it shows in a few digits."""
    return float(working.tape["KL"].value[()]) > 0.02


def halved(draw: Draw, count: int) -> list[int | str]:
    """So many probabilities that are powers of 1/2."""
    parts = [Fraction(1)]
    while len(parts) < count:
        part = parts.pop(draw.below(len(parts)))
        parts += [part / 2, part / 2]
    return [ratio(part) for part in draw.shuffled(parts)]


def _base(draw: Draw) -> tuple[dict[str, Any], str]:
    """The base as it is given, and in words; bits need not be said."""
    base: Any = draw.choice(draw.by((2,), (2, 2, "e"), (2, "e", 10)))
    return ({} if base == 2 else {"base": base}), UNITS[base]


@kind("easy", "medium")
def entropy(draw: Draw) -> Drawn:
    """How uncertain an outcome is."""
    base, unit = _base(draw)
    p = draw.probabilities(draw.by(3, 4, 4), 100)
    return {
        "text": f"{draw.choice(OUTCOMES)} the probabilities p. Find the entropy of p, {unit}.",
        "find": ["H_p"],
        "given": {"p": p, **base},
    }


@kind("easy", "medium")
def entropy_of_halves(draw: Draw) -> Drawn:
    """Probabilities that are powers of 1/2: every logarithm is a whole number."""
    count = draw.choice(draw.by((4, 5), (6, 7), ()))
    return {
        "text": f"{draw.choice(OUTCOMES)} the probabilities p. Find the entropy of p, in bits.",
        "find": ["H_p"],
        "given": {"p": halved(draw, count)},
    }


@kind("easy", "medium", suits=_is_other)
def divergence_of_halves(draw: Draw) -> Drawn:
    """Entropy, cross-entropy and divergence where every logarithm is a whole number."""
    count = draw.choice(draw.by((4,), (5, 6), ()))
    return {
        "text": f"{draw.choice(OUTCOMES)} the probabilities p, and a code was made for q. Find the entropy "
        "of p, the cross-entropy of p and q (p weighs the logarithms of q) and the divergence KL of p from "
        "q, in bits.",
        "find": ["H_p", "CE", "KL"],
        "given": {"p": halved(draw, count), "q": halved(draw, count)},
    }


@kind("easy", "medium", suits=_is_other)
def one_hot(draw: Draw) -> Drawn:
    """The cross-entropy of a sample whose class is known, which is its divergence too."""
    base, unit = _base(draw)
    q = draw.probabilities(3, 100)
    right = draw.below(3)
    return {
        "text": f"A sample belongs to class {right + 1} of three for certain, which is p; a network "
        "predicts q. Find the entropy of p, the cross-entropy of p and q (p weighs the logarithms of q) and "
        f"the divergence KL of p from q, {unit}, with 0 · log 0 = 0.",
        "find": ["H_p", "CE", "KL"],
        "given": {"p": [int(k == right) for k in range(3)], "q": q, **base},
    }


@kind("medium", "hard", suits=_is_other)
def divergence(draw: Draw) -> Drawn:
    """Entropy, cross-entropy and divergence of two distributions."""
    base, unit = _base(draw)
    count, of = draw.by(3, 3, 4), draw.by(10, 20, 100)
    return {
        "text": f"{draw.choice(OUTCOMES)} the probabilities p; a model predicts q. Find, {unit}, the "
        "entropy of p, the cross-entropy of p and q (p weighs the logarithms of q), the divergence KL of p "
        "from q, and the same once more as the difference of the first two.",
        "find": ["H_p", "CE", "KL", "KL_by_entropies"],
        "given": {"p": draw.probabilities(count, of), "q": draw.probabilities(count, of), **base},
    }


@kind("medium", "hard", suits=_is_other)
def divergence_both_ways(draw: Draw) -> Drawn:
    """The divergence is not the same the other way round."""
    base, unit = _base(draw)
    count, of = draw.by(2, 2, 3), draw.by(10, 20, 100)
    return {
        "text": f"Find the Kullback-Leibler divergence of p from q, Σ p log(p/q), and that of q from p, "
        f"Σ q log(q/p), {unit}; and the entropies of both.",
        "find": ["H_p", "H_q", "KL", "KL_reversed"],
        "given": {"p": draw.probabilities(count, of), "q": draw.probabilities(count, of), **base},
    }


@kind("easy")
def impossible_outcome(draw: Draw) -> Drawn:
    """A divergence is infinite where something happens that was ruled out."""
    everything, without = draw.probabilities(3, 10), draw.probabilities(2, 10)
    without.insert(draw.below(3), 0)
    p, q = draw.shuffled([everything, without])
    return {
        "text": "Of two distributions of three outcomes one has a 0. Find the Kullback-Leibler divergence "
        "of p from q, Σ p log(p/q), and that of q from p, Σ q log(q/p), in bits, with 0 · log 0 = 0. Write "
        "“infinite” for one that is.",
        "find": ["KL", "KL_reversed"],
        "given": {"p": p, "q": q},
    }

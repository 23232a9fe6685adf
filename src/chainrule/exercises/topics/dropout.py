"""Questions about dropout: outputs in training and when tested, their mean over all masks, the gradient."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import listed
from chainrule.paper.topics.dropout import seeded_draws

_KEEP = ("0.8", "0.4", "0.25", "0.75", "0.6", "0.2")
_INVERTED = (
    "Dropout in its inverted form: in training the outputs that are kept are divided by the keep probability "
    "p, and when tested nothing is scaled."
)
_CLASSIC = (
    "Dropout in its classic form: in training the outputs that are kept stay as they are, and when tested "
    "all of them are multiplied by the keep probability p."
)
_MASK = "The mask m is 1 for a unit that is kept and 0 for one that is dropped."


def _keep(draw: Draw) -> Decimal:
    """A probability of being kept, other than that of being dropped."""
    return Decimal(draw.choice(_KEEP))


def _mask(draw: Draw, count: int) -> list[int]:
    """A mask that keeps some units and drops others."""
    kept = draw.integer(1, count - 1)
    return draw.shuffled([1] * kept + [0] * (count - kept))


def _outputs(draw: Draw, count: int) -> list[Any]:
    """Outputs of units, none of them 0."""
    return draw.decimals(count, -9, 9, draw.by("1", "0.5", "0.1"), zero=False)


def _form(draw: Draw) -> tuple[str, dict[str, Any]]:
    """One of the two forms, in words and as it is given."""
    return (_CLASSIC, {"scaling": "classic"}) if draw.chance() else (_INVERTED, {})


@kind("easy")
def training(draw: Draw) -> Drawn:
    """The outputs in training, kept ones divided by the keep probability."""
    count = draw.integer(4, 6)
    return {
        "text": f"A layer has the outputs x. {_INVERTED} {_MASK} What are the outputs in training?",
        "find": ["y"],
        "given": {"x": _outputs(draw, count), "mask": _mask(draw, count), "keep": _keep(draw)},
    }


@kind("easy")
def from_the_rate(draw: Draw) -> Drawn:
    """The keep probability from the rate, and the outputs in training."""
    count = draw.integer(4, 5)
    return {
        "text": "A layer has the outputs x; Keras' Dropout(r) drops a unit with the probability r. "
        f"{_INVERTED} {_MASK} What is the keep probability p, and what are the outputs in training?",
        "find": ["keep", "y"],
        "given": {"x": _outputs(draw, count), "mask": _mask(draw, count), "rate": 1 - _keep(draw)},
    }


@kind("easy")
def when_tested(draw: Draw) -> Drawn:
    """The outputs when tested, and their sum."""
    form, scaling = _form(draw)
    return {
        "text": f"A layer has the outputs x. {form} What are the outputs when tested, and their sum s?",
        "find": ["y_test", "total_test"],
        "given": {"x": _outputs(draw, draw.integer(3, 5)), "keep": _keep(draw), **scaling},
    }


@kind("easy", "medium")
def both_sums(draw: Draw) -> Drawn:
    """The sums of the outputs in training and when tested."""
    form, scaling = _form(draw)
    count = draw.by(3, draw.integer(5, 6), 5)
    return {
        "text": f"A layer has the outputs x. {form} {_MASK} Work the outputs in training and their sum, and "
        "the outputs when tested and their sum: do the two agree for this mask?",
        "find": ["y", "total", "y_test", "total_test"],
        "given": {"x": _outputs(draw, count), "mask": _mask(draw, count), "keep": _keep(draw), **scaling},
    }


@kind("medium")
def expected_outputs(draw: Draw) -> Drawn:
    """The outputs for one mask, and their mean over all masks."""
    form, scaling = _form(draw)
    count = draw.integer(5, 6)
    return {
        "text": f"A layer has the outputs x. {form} {_MASK} Work the outputs in training for this mask, the "
        "outputs to be expected in training, E(y), on average over all masks, and the outputs when tested.",
        "find": ["y", "y_test", "expected"],
        "given": {"x": _outputs(draw, count), "mask": _mask(draw, count), "keep": _keep(draw), **scaling},
    }


@kind("medium")
def gradient(draw: Draw) -> Drawn:
    """The outputs in training, and the gradient in the layer's outputs."""
    form, scaling = _form(draw)
    count = draw.integer(5, 6)
    return {
        "text": f"A layer has the outputs x, of which dropout makes y. {form} {_MASK} Work the outputs y in "
        "training, and from the gradient of the loss L in y, which is given, the gradient in x.",
        "find": ["y", "dx"],
        "given": {
            "x": _outputs(draw, count),
            "mask": _mask(draw, count),
            "keep": _keep(draw),
            **scaling,
            "dy": draw.decimals(count, -2, 2, "0.5", zero=False),
        },
    }


@kind("medium", "hard")
def drawn_mask(draw: Draw) -> Drawn:
    """A mask from random numbers, and the outputs in training."""
    count, keep = draw.integer(5, draw.by(6, 6, 8)), _keep(draw)
    seed, numbers = _seeded(draw, count, keep)
    slopes = {} if draw.difficulty == "medium" else {"dy": draw.decimals(count, -2, 2, "0.1", zero=False)}
    asked = ", and from the gradient of the loss in y, which is given, that in x" if slopes else ""
    return {
        "text": "A layer has the outputs x; Keras' Dropout(r) drops a unit with the probability r. "
        f"{_INVERTED} For the units of x a random generator gives the numbers {said(numbers)}; a unit is "
        "kept where its number is less than p. What are the keep probability p and the mask m (1 kept, 0 "
        f"dropped)? Work the outputs y in training and their sum s{asked}.",
        "find": ["keep", "mask", "y", "total", *(["dx"] if slopes else [])],
        "given": {"x": _outputs(draw, count), "rate": 1 - keep, "seed": seed, **slopes},
    }


def _seeded(draw: Draw, count: int, keep: Decimal) -> tuple[int, list[Decimal]]:
    """A seed whose mask keeps some units and drops others, and its numbers with two decimals."""
    while True:
        seed = draw.integer(1, 9999)
        numbers = [Decimal(f"{float(u):.2f}") for u in seeded_draws(seed, (count,))]
        if keep not in numbers and min(numbers) < keep < max(numbers):
            return seed, numbers


@kind("medium", "hard")
def all_masks(draw: Draw) -> Drawn:
    """Every mask with its probability and outputs, and the mean of these."""
    form, scaling = _form(draw)
    count = draw.by(2, 2, 3)
    masks = listed([f"({', '.join(map(str, mask))})" for mask in product((1, 0), repeat=count)])
    return {
        "text": f"A layer of {count} units has the outputs x; each unit is kept with the probability p, "
        f"whatever the others are. {form} The masks are {masks}, where 1 is a unit that is kept. Work the "
        "probability P of each, and the outputs in training Y, a row for each mask. What is the mean of "
        "these outputs over all masks?",
        "find": ["probability", "outputs", "mean_of_masks"],
        "given": {"x": _outputs(draw, count), "keep": _keep(draw), **scaling},
    }


@kind("hard")
def samples_in_rows(draw: Draw) -> Drawn:
    """Several samples, each with a mask of its own, forward and backward."""
    form, scaling = _form(draw)
    samples, units = draw.choice([(2, 4), (3, 4), (3, 5), (2, 6)])
    return {
        "text": f"The rows of x are a layer's outputs for {samples} samples, those of the mask m say which "
        f"units are kept (1) and dropped (0). A unit is dropped with the probability r. {form} Work the keep "
        "probability p, the outputs y in training, the outputs when tested, those to be expected in "
        "training, E(y), on average over all masks, and from the gradient of the loss L in y, which is "
        "given, the gradient in x.",
        "find": ["keep", "y", "y_test", "expected", "dx"],
        "given": {
            "x": [_outputs(draw, units) for _ in range(samples)],
            "mask": [_mask(draw, units) for _ in range(samples)],
            "rate": 1 - _keep(draw),
            **scaling,
            "dy": draw.matrix(samples, units, -2, 2, "0.5", zero=False),
        },
    }

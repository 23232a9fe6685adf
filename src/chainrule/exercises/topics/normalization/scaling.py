"""Questions about layer normalization, and about the scaling of features to a range or a deviation of 1."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._spreads import batch
from chainrule.exercises.topics.normalization.batches import STATISTICS, columns

_FEATURES = ("ages", "temperatures", "points in a test", "hours of work", "lengths")


@kind("easy", "medium")
def standard_scaling(draw: Draw) -> Drawn:
    """A feature scaled to mean 0 and deviation 1."""
    is_sample = draw.chance(draw.by(0, 0.5, 0))
    count = draw.integer(4, 5)
    divided = "m − 1, as that of a sample" if is_sample else "the number m of values"
    return {
        "text": f"The values x of a feature are {draw.choice(_FEATURES)}. Scale them to mean 0 and standard "
        "deviation 1: work the mean μ, the variance, the standard deviation σ, and the scaled values z. The "
        f"variance divides by {divided}.",
        "find": [*STATISTICS, "y"],
        "given": {
            "kind": "standard",
            "x": batch(
                draw, count, draw.by("1", "0.5", "0.5"), 10, 40, divisor=count - 1 if is_sample else count
            ),
            **({"variance": "sample"} if is_sample else {}),
        },
    }


def _ranged(draw: Draw, count: int, widths: tuple[int, ...]) -> list[int]:
    """Different values whose largest lies so far above the smallest."""
    low, width = draw.integer(1, 60), draw.choice(widths)
    inside = [int(value) for value in draw.different(count - 2, 1, width - 1)]
    return draw.shuffled([low, low + width, *(low + value for value in inside)])


@kind("easy")
def to_unit_range(draw: Draw) -> Drawn:
    """A feature scaled to the range from 0 to 1."""
    return {
        "text": f"The values x of a feature are {draw.choice(_FEATURES)}. Scale them to the range from 0 to "
        "1: which are the smallest and the largest, and what does each value become?",
        "find": ["x_min", "x_max", "y"],
        "given": {"kind": "min_max", "x": _ranged(draw, draw.integer(4, 5), (8, 10, 16, 20, 25, 30))},
    }


@kind("medium")
def to_a_range(draw: Draw) -> Drawn:
    """A feature scaled to a range that does not begin at 0."""
    low, high = draw.choice([(-1, 1), (-1, 1), (1, 5), (-2, 2), (1, 10)])
    return {
        "text": f"The values x of a feature are {draw.choice(_FEATURES)}. Scale them to the range from a to "
        "b, so that the smallest becomes a and the largest b: which are the smallest and the largest, and "
        "what does each value become?",
        "find": ["x_min", "x_max", "y"],
        "given": {
            "kind": "min_max",
            "x": _ranged(draw, draw.integer(4, 6), (8, 10, 16, 20, 25, 40, 50)),
            "range": [low, high],
        },
    }


@kind("medium")
def two_columns(draw: Draw) -> Drawn:
    """Two features, each scaled to the range from 0 to 1."""
    rows = draw.integer(3, 4)
    ages = _ranged(draw, rows, (8, 16, 20, 25, 40))
    incomes = [10 * value for value in _ranged(draw, rows, (8, 10, 16, 20, 40))]
    return {
        "text": f"The rows of x are {rows} people, its columns age and income (in hundreds). Scale each "
        "column by itself to the range from 0 to 1: which are its smallest and its largest value, and what "
        "does each value become?",
        "find": ["x_min", "x_max", "y"],
        "given": {"kind": "min_max", "x": columns(ages, incomes)},
    }


@kind("easy")
def one_sample(draw: Draw) -> Drawn:
    """Layer normalization of one sample."""
    count = draw.integer(4, 5)
    return {
        "text": f"Layer normalization of one sample x with {count} features, ε = 0: work the mean μ and the "
        "variance σ² over its features (divided by their number), the deviation s = √σ², and the normalized "
        "values x̂.",
        "find": [*STATISTICS, "xhat"],
        "given": {"kind": "layer", "x": batch(draw, count), "epsilon": 0},
    }


@kind("medium", "hard")
def layer_of_samples(draw: Draw) -> Drawn:
    """Layer normalization of several samples, each over its features."""
    samples, count = draw.by(2, 2, 3), draw.by(4, 4, 5)
    step = draw.by("0.5", "0.5", "0.1")
    return {
        "text": f"Layer normalization of {samples} samples, the rows of x, each over its own {count} "
        "features, with ε = 0 and a γ and a β for each feature: work the mean μ, the variance σ² (divided by "
        "the number of features) and the deviation s = √σ² of each sample, the normalized values x̂, and y = "
        "γ·x̂ + β.",
        "find": [*STATISTICS, "xhat", "y"],
        "given": {
            "kind": "layer",
            "x": [batch(draw, count, step) for _ in range(samples)],
            "gamma": draw.decimals(count, 0.5, 2, "0.5"),
            "beta": draw.decimals(count, -1, 1, "0.5"),
            "epsilon": 0,
        },
    }

"""What the questions about losses share: what is asked for, labels, and which numbers will do."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.paper.workings import Working

OF_ALL = "The loss of all is the mean over the samples."


def differ(working: Working) -> bool:
    """Whether no prediction is exactly right, and not every sample costs the same."""
    losses = working.tape["sample_loss"].value
    return bool((working.tape["y"].value != working.tape["y_pred"].value).all() and len({*losses}) > 1)


def asked(draw: Draw, samples: int = 2) -> list[str]:
    """What is to be found; the gradient is left out of easy questions."""
    of_each = ["sample_loss"] if samples > 1 else []
    return [*of_each, "loss"] if draw.difficulty == "easy" else [*of_each, "loss", "dy_pred"]


def gradient(draw: Draw) -> str:
    return "" if draw.difficulty == "easy" else " Find the gradient of that in ŷ too."


def both_labels(draw: Draw, count: int, other: int) -> list[int]:
    """So many labels, 1 and the other, each at least once."""
    ones = draw.integer(1, count - 1)
    return draw.shuffled([1] * ones + [other] * (count - ones))

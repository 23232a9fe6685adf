"""Questions about losses of margins: hinge and perceptron."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics.loss._common import OF_ALL, asked, both_labels, gradient
from chainrule.paper.workings import Working


def _on_both_sides(corner: int) -> Callable[[Working], bool]:
    """Whether some samples cost nothing and others do, and none is at the corner."""

    def suits(working: Working) -> bool:
        margins = (working.tape["y"].value * working.tape["y_pred"].value).reshape(-1)
        exact = [margin.exact for margin in margins]
        return corner not in exact and min(exact) < corner < max(exact)

    return suits


@kind("easy", "medium", "hard", suits=_on_both_sides(1))
def hinge(draw: Draw) -> Drawn:
    """Samples on the right side of the margin cost nothing."""
    return {
        "text": f"{_of_sides(draw)} The hinge loss of a sample is max(0, 1 − yŷ). {OF_ALL} Find the loss of "
        f"each sample, and of all.{gradient(draw)}",
        "find": asked(draw),
        "given": {"loss": "hinge", **_margins(draw)},
    }


@kind("easy", "medium", "hard", suits=_on_both_sides(0))
def perceptron(draw: Draw) -> Drawn:
    """Only samples on the wrong side cost something."""
    return {
        "text": f"{_of_sides(draw)} The perceptron loss of a sample is max(0, −yŷ). {OF_ALL} Find the loss "
        f"of each sample, and of all.{gradient(draw)}",
        "find": asked(draw),
        "given": {"loss": "perceptron", **_margins(draw)},
    }


def _of_sides(draw: Draw) -> str:
    return draw.choice(
        (
            "A classifier gives the scores ŷ to samples of the classes y, 1 and −1.",
            "Mails are spam (y = 1) or not (y = −1), and a filter gives them the scores ŷ.",
            "Points lie on two sides of a line, y = 1 and y = −1, and a classifier gives them the scores ŷ.",
        )
    )


def _margins(draw: Draw) -> dict[str, Any]:
    count = draw.by(4, 5, 6)
    return {
        "y": both_labels(draw, count, -1),
        "y_pred": draw.decimals(count, -3, 3, draw.by("0.5", "0.1", "0.01"), zero=False),
    }

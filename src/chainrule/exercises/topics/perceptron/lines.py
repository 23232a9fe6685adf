"""Tables of two classes: which rows are wrong, where the line runs, whether there is one."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._suiting import values
from chainrule.exercises.topics.perceptron.output import FIRES, fires

GATES = ("and", "or", "nand", "nor")


@kind("easy", "medium")
def gate_and_line(draw: Draw) -> Drawn:
    """Whether weights make a gate, and where the line of the perceptron runs."""
    gate = draw.choice([*GATES, "xor"])
    step = draw.by("1", "0.5", "0.5")
    w, b = draw.decimals(2, -3, 3, step, zero=False), draw.decimal(-3, 3, "0.5", zero=False)
    threshold = draw.integer(-2, 2, zero=False) if draw.chance(0.5) else 0
    given: dict[str, Any] = {"gate": gate, "w": w, "b": b}
    return {
        "text": f"Does a perceptron with these weights make the gate {gate.upper()} of two inputs? "
        f"{fires(threshold) if threshold else FIRES} Find z and ŷ of the rows (0, 0), (0, 1), (1, 0) and "
        "(1, 1), and how many rows are wrong; and of the line on which z is at the step the slope and the "
        "intercept, as x₂ = slope·x₁ + intercept.",
        "find": ["z", "yhat", "mistakes", "slope", "intercept"],
        "given": {**given, "threshold": threshold} if threshold else given,
    }


@kind("medium", "hard")
def classes_and_line(draw: Draw) -> Drawn:
    """Points of two classes, what a perceptron says of them, and its line."""
    rows, step = draw.by(4, 5, 8), draw.by("1", "0.5", "0.1")
    w, b = draw.decimals(2, -3, 3, step, zero=False), draw.decimal(-4, 4, step)
    threshold = draw.integer(-3, 3, zero=False)
    return {
        "text": f"A perceptron tells two classes of points apart, 1 and 0. {fires(threshold)} Find z and ŷ "
        "of each point, and how many points are on the wrong side; and of the line on which z is at the "
        "step the slope and the intercept, as x₂ = slope·x₁ + intercept.",
        "find": ["z", "yhat", "mistakes", "slope", "intercept"],
        "given": {
            "x": draw.matrix(rows, 2, -3, 5),
            "y": [1, 0, *draw.integers(rows - 2, 0, 1)],
            "w": w,
            "b": b,
            "threshold": threshold,
        },
    }


@kind("easy", "medium")
def upright_line(draw: Draw) -> Drawn:
    """A weight that is 0: the line of the perceptron is upright."""
    rows = draw.by(4, 6, 6)
    return {
        "text": f"A perceptron tells two classes of points apart, 1 and 0. {FIRES} Find z and ŷ of each "
        "point and how many points are wrong. Its line is upright: at which x₁ does it stand?",
        "find": ["z", "yhat", "mistakes", "position"],
        "given": {
            "x": draw.matrix(rows, 2, -3, 5),
            "y": [1, 0, *draw.integers(rows - 2, 0, 1)],
            "w": [draw.decimal(-4, 4, draw.by("1", "0.5", "0.5"), zero=False), 0],
            "b": draw.decimal(-5, 5, "0.5", zero=False),
        },
    }


@kind("easy", "medium", suits=lambda working: bool(values(working, "y").any()))
def linearly_separable(draw: Draw) -> Drawn:
    """Whether any line separates two classes of points."""
    rows = draw.by(4, 5, 6)
    names = "ABCDEF"[:rows]
    points = draw.sample([[a, b] for a in range(4) for b in range(4)], rows)
    crossed = draw.chance()
    y = [1, 0, *draw.integers(rows - 2, 0, 1)]
    if crossed:
        corner, (across, up) = [draw.below(2), draw.below(2)], draw.integers(2, 1, 2)
        square = [[corner[0] + across * i, corner[1] + up * j] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))]
        others = [point for point in points if point not in square]
        points, y = [*square, *others][:rows], [0, 1, 1, 0, *draw.integers(rows, 0, 1)][:rows]
    listed = ", ".join(f"{name}({a}, {b})" for name, (a, b) in zip(names, points, strict=True))
    return {
        "text": f"The points {listed} belong to the classes {said(y)}, in this order. Is there a "
        "perceptron, that is, a line, that separates the two classes? Answer 1 for yes and 0 for no. (If "
        "yes, give such a line; if no, a reason.)",
        "find": ["separable"],
        "given": {"x": points, "y": y},
    }

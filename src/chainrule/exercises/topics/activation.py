"""Questions about activations: value and slope at points, several compared, softmax."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind

FROM_LEFT = "At a corner take the slope from the left."


def _at(draw: Draw, activation: Any, opening: str) -> Drawn:
    """A question about values and slopes at some points on both sides of 0."""
    return {
        "text": f"{opening} Find its value a and its slope at the points z.",
        "find": ["a", "slope"],
        "given": {"activation": activation, "z": _points(draw)},
    }


def _points(draw: Draw) -> list[int | Decimal]:
    """Different points, of both signs and none of them 0."""
    count, step = draw.by(3, 4, 5), draw.by("0.5", "0.1", "0.01")
    below = draw.integer(1, count - 1)
    low, high = draw.by(-3, -2.5, -2.5), draw.by(3, 2.5, 2.5)
    least = float(step)
    return draw.shuffled(
        [*draw.different(below, low, -least, step), *draw.different(count - below, least, high, step)]
    )


# ----------------------------------------------------------------------------- straight pieces


@kind("easy", "medium")
def relu(draw: Draw) -> Drawn:
    """ReLU lets through what is above 0."""
    return _at(draw, "relu", "ReLU is max(0, z).")


@kind("easy", "medium")
def leaky_relu(draw: Draw) -> Drawn:
    """Leaky ReLU keeps a small slope below 0."""
    slope = draw.choice(_slopes(draw))
    opening = f"Leaky ReLU is z above 0, and {slope} · z elsewhere."
    return _at(draw, {"name": "leaky_relu", "negative_slope": slope}, opening)


@kind("easy", "medium")
def parametric_relu(draw: Draw) -> Drawn:
    """The slope below 0 is a parameter that is trained."""
    slope = draw.choice(_slopes(draw))
    opening = f"Parametric ReLU is z above 0, and αz elsewhere; α has been trained to {slope}."
    return _at(draw, {"name": "prelu", "alpha": slope}, opening)


def _slopes(draw: Draw) -> tuple[Decimal, ...]:
    tenths = ("0.1", "0.2", "0.5")
    return tuple(Decimal(each) for each in draw.by(tenths, (*tenths, "0.01", "0.05", "0.25"), tenths))


@kind("easy", "medium")
def dead_units(draw: Draw) -> Drawn:
    """Units whose sum is 0 or below have the value 0, and no gradient passes them."""
    negative, zeros = draw.integers(2, -5, -1), [0] * draw.choice((1, 2))
    positive = draw.decimals(draw.by(2, 3, 3), 0.5, 5, draw.by("0.5", "0.1", "0.1"))
    return {
        "text": "The units of a layer with ReLU, max(0, z), have the sums z. A unit is dead for this sample "
        "where its slope is 0, which is also taken at z = 0. Find the values a and the slopes.",
        "find": ["a", "slope"],
        "given": {"activation": "relu", "z": draw.shuffled([*negative, *zeros, *positive])},
    }


@kind("easy")
def corner_of_leaky_relu(draw: Draw) -> Drawn:
    """At 0 the slopes from the left and from the right differ."""
    slope = draw.choice((Decimal("0.1"), Decimal("0.2"), Decimal("0.01"), Decimal("0.5")))
    points = [0, draw.integer(-9, -1), draw.integer(1, 9)]
    return {
        "text": f"Leaky ReLU is z above 0, and {slope} · z elsewhere. {FROM_LEFT} Find its value a and its "
        "slope at the points z.",
        "find": ["a", "slope"],
        "given": {"activation": {"name": "leaky_relu", "negative_slope": slope}, "z": draw.shuffled(points)},
    }


@kind("easy")
def step(draw: Draw) -> Drawn:
    """The step of the perceptron, which no gradient can train."""
    points = [0, *draw.decimals(3, -5, 5, "0.1")]
    return {
        "text": "The step is 1 from z = 0 on, and 0 below; where it jumps its slope is said to be 0. Find "
        "its value a and its slope at the points z.",
        "find": ["a", "slope"],
        "given": {"activation": "step", "z": draw.shuffled(points)},
    }


# ------------------------------------------------------------------------------- with powers


@kind("easy", "medium", "hard")
def sigmoid(draw: Draw) -> Drawn:
    """The sigmoid, and its slope from its value."""
    return _at(draw, "sigmoid", "The sigmoid is 1/(1 + e^−z).")


@kind("easy", "medium", "hard")
def tanh(draw: Draw) -> Drawn:
    """tanh, and its slope from its value."""
    return _at(draw, "tanh", "tanh is (e^z − e^−z)/(e^z + e^−z).")


@kind("medium", "hard")
def elu(draw: Draw) -> Drawn:
    """ELU bends below 0 towards -α."""
    alpha = draw.choice((Decimal("0.3"), Decimal("0.5"), Decimal("0.8"), 1, Decimal("1.5")))
    return _at(draw, {"name": "elu", "alpha": alpha}, f"ELU is z above 0, and {alpha}(e^z − 1) elsewhere.")


@kind("medium", "hard")
def selu(draw: Draw) -> Drawn:
    """SELU below 0, where it bends."""
    return {
        "text": "SELU is λα(e^z − 1) where z is at most 0, with λ = 1.0507009873554805 and α = "
        "1.6732632423543772. Find its value a and its slope at the points z.",
        "find": ["a", "slope"],
        "given": {"activation": "selu", "z": draw.different(draw.by(0, 3, 4), -2.5, -0.1, "0.1")},
    }


@kind("medium", "hard")
def compared(draw: Draw) -> Drawn:
    """Several activations at the same points: what is left of a gradient."""
    slope = draw.choice((Decimal("0.01"), Decimal("0.1"), Decimal("0.2")))
    leaky = {"name": "leaky_relu", "negative_slope": slope}
    words = {
        "sigmoid": "the sigmoid 1/(1 + e^−z)",
        "tanh": "tanh",
        "relu": "ReLU",
        "leaky_relu": f"leaky ReLU with the slope {slope} below 0",
        "elu": "ELU, e^z − 1 below 0",
    }
    names = draw.by([], ["sigmoid", "tanh", "relu"], ["sigmoid", "tanh", "relu", "leaky_relu", "elu"])
    chosen = draw.sample(names, draw.by(0, 2, 3))
    return {
        "text": f"Compare {said([words[name] for name in chosen])}: find for each its values at the points "
        "z, and then its slopes there.",
        "find": [*chosen, *(f"{name}_slope" for name in chosen)],
        "given": {
            "activation": [leaky if name == "leaky_relu" else name for name in chosen],
            "z": _points(draw)[: draw.by(0, 3, 4)],
        },
    }


# ---------------------------------------------------------------------------------- softmax


@kind("easy", "medium")
def softmax(draw: Draw) -> Drawn:
    """Powers of e, their sum, and the probabilities."""
    z = draw.different(draw.by(3, 4, 4), -1, 3, draw.by("0.5", "0.1", "0.1"))
    return {
        "text": "The last layer of a network gives the scores z of some classes. Find the powers u = e^z, "
        "their sum S, and the probabilities a that softmax makes of them.",
        "find": ["powers", "sum", "a"],
        "given": {"activation": "softmax", "z": z},
    }


@kind("medium", "hard")
def softmax_of_rows(draw: Draw) -> Drawn:
    """Each sample has a row of its own, and a sum."""
    rows, columns = draw.by((2, 3), (2, 3), (3, 3))
    return {
        "text": f"The last layer of a network gives the scores z of {columns} classes, a row for each "
        "sample. Find the powers u = e^z, the sum S of each row, and the probabilities a that softmax makes "
        "of each row.",
        "find": ["powers", "sum", "a"],
        "given": {
            "activation": "softmax",
            "z": [draw.different(columns, -1, 3, draw.by("0.5", "0.5", "0.1")) for _ in range(rows)],
        },
    }


@kind("medium", "hard")
def slopes_of_softmax(draw: Draw) -> Drawn:
    """The Jacobian: every probability depends on every score."""
    z = draw.different(draw.by(2, 2, 3), -1, 2, draw.by("0.1", "0.1", "0.1"))
    return {
        "text": "Softmax makes the probabilities a of the scores z. Find the powers u = e^z, their sum S, "
        "a, and the matrix J of all slopes, in row i and column j that of aᵢ in zⱼ.",
        "find": ["powers", "sum", "a", "jacobian"],
        "given": {"activation": "softmax", "z": z},
    }

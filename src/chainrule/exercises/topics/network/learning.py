"""One step of learning: the pass forward, the loss, its gradients from the output back, and the update."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import (
    COLUMNS,
    MEAN_SQUARED,
    ROWS,
    SQUARED,
    backward,
    dense,
    described,
    drawn_layers,
    forward,
    in_columns,
    several,
    sgd,
    updated,
)
from chainrule.exercises.topics._relu import is_alive, relu_layers
from chainrule.exercises.topics._suiting import is_live, values
from chainrule.paper.workings import Working

RATES = (Decimal("0.1"), Decimal("0.01"), Decimal("0.2"), Decimal("0.5"))

BACK = "Work the pass forward, the loss, and its gradients from the output back"


def _first_gradient(working: Working) -> list[str]:
    return [name for name in working.names if name.startswith("dW")]


def learns(working: Working) -> bool:
    """Whether every weight matrix gets a gradient."""
    return is_live(working, *_first_gradient(working))


@kind("easy", suits=learns)
def linear_neuron_step(draw: Draw) -> Drawn:
    """One step of one linear neuron on one sample."""
    layers = drawn_layers(draw, (2, 1), [""], -4, 4)
    rate = draw.choice(RATES[:2])
    return {
        "text": f"A linear neuron ŷ = xW₁ + b₁ learns by gradient descent with {SQUARED} and the learning "
        f"rate {rate}. Work one step on the sample: the output z₁ = a₁ = ŷ, the loss, its gradients, and "
        "the new weights and bias.",
        "find": [*forward(layers), "loss", *backward(layers), *updated(layers)],
        "given": {
            "x": [draw.integers(2, -4, 4, zero=False)],
            "y": [[draw.integer(-5, 5)]],
            "optimizer": sgd(rate),
            "layers": layers,
        },
    }


@kind("easy", "medium", suits=learns)
def chain_of_units(draw: Draw) -> Drawn:
    """Linear units in a row: the chain rule from the loss back to the first weight."""
    depth = draw.by(2, 3, 3)
    step = draw.by("1", "0.5", "0.5")
    layers = [dense([[draw.decimal(-4, 4, step, zero=False)]]) for _ in range(depth)]
    return {
        "text": f"{several(depth, 'linear unit').capitalize()} without biases stand in a row, so that ŷ = "
        f"x{'·'.join(('w₁', 'w₂', 'w₃')[:depth])}. The loss is {SQUARED}. {BACK} to the first weight, by "
        "the chain rule.",
        "find": [*forward(layers), "loss", *backward(layers)],
        "given": {
            "x": [[draw.integer(-3, 3, zero=False)]],
            "y": [[draw.integer(-9, 9)]],
            "layers": layers,
        },
    }


def _line_suits(working: Working) -> bool:
    return learns(working) and bool(values(working, "loss") < 1000)


@kind("easy", "medium", "hard", suits=_line_suits)
def line_through_points(draw: Draw) -> Drawn:
    """One step of batch descent for a line through points, with a factor of the loss as courses have it."""
    rows = draw.by(2, 4, 5)
    factor, words = draw.choice(
        [("1/m", "L = 1/m Σ (y − ŷ)²"), ("1/2m", "L = 1/2m Σ (y − ŷ)²"), ("1/2", "L = ½ Σ (y − ŷ)²")]
    )
    layers = drawn_layers(draw, (1, 1), [""], -2, 2, draw.by("1", "0.5", "0.1"))
    rate = draw.choice(RATES[:2])
    x, y = draw.different(rows, -4, 6), draw.integers(rows, -6, 9)
    points = [f"({said(a)}, {said(b)})" for a, b in zip(x, y, strict=True)]
    return {
        "text": f"The line ŷ = wx + b is fitted to the points {', '.join(points[:-1])} and {points[-1]} by "
        f"batch descent with the loss {words} over all m = {rows} points and the learning rate {rate}. Work "
        "one update: the outputs z₁ = a₁ = ŷ, the loss, its gradients in the outputs, in w and in b, and "
        "the new w and b.",
        "find": [*forward(layers), "loss", *backward(layers), *updated(layers)],
        "given": {
            "x": [[v] for v in x],
            "y": [[v] for v in y],
            "loss": {"name": "mse", "factor": factor},
            "optimizer": sgd(rate),
            "layers": layers,
        },
    }


@kind("medium", "hard", suits=learns)
def relu_step(draw: Draw) -> Drawn:
    """One step of a network with a hidden layer of ReLU units, none of them dead."""
    sizes, step = draw.by((2, 2, 1), (2, 2, 1), (2, 3, 1)), draw.by("1", "1", "0.5")
    rate = draw.choice(RATES[:2])
    x, hidden = relu_layers(draw, lambda: draw.matrix(2, 2, -2, 3, zero=False), sizes[:2], is_alive, step)
    layers = [*hidden, *drawn_layers(draw, sizes[1:], [""], -2, 2, step)]
    columns = draw.chance(0.3)
    made = {
        "text": f"A network has {described(2, layers)}. It learns with {MEAN_SQUARED}. "
        f"{COLUMNS if columns else ROWS} {BACK}, and one update of gradient descent with the learning rate "
        f"{rate}. The output unit is linear: a₂ = z₂.",
        "find": [*forward(layers), "loss", *backward(layers), *updated(layers)],
        "given": {
            "x": x,
            "y": [[v] for v in draw.integers(2, -3, 5)],
            "optimizer": sgd(rate),
            "layers": layers,
        },
    }
    return in_columns(made) if columns else made


@kind("medium", "hard", suits=learns)
def leaky_step(draw: Draw) -> Drawn:
    """Gradients through leaky ReLU, whose slope is never 0."""
    slope = draw.choice([Decimal("0.1"), Decimal("0.2"), Decimal("0.5")])
    leaky = {"name": "leaky_relu", "negative_slope": slope}
    rows, step = draw.by(1, 2, 3), draw.by("1", "1", "0.5")
    x, (hidden,) = relu_layers(draw, lambda: draw.matrix(rows, 2, -2, 3, zero=False), (2, 2), is_alive, step)
    layers = [{**hidden, "activation": leaky}, *drawn_layers(draw, (2, 1), [""], -2, 2, step)]
    return {
        "text": f"A network has {described(2, layers)}; the slope of leaky ReLU is {slope} for z < 0. The "
        f"loss is {MEAN_SQUARED}. {ROWS} {BACK} to the first layer. The output unit is linear: a₂ = z₂.",
        "find": [*forward(layers), "loss", *backward(layers)],
        "given": {
            "x": x,
            "y": [[v] for v in draw.integers(rows, -3, 5)],
            "layers": layers,
        },
    }


def _no_corner(working: Working) -> bool:
    y, outputs = values(working, "y"), values(working, "z1")
    return bool((y != outputs).all() and (y * outputs != 1).all()) and learns(working)


@kind("easy", "medium", suits=_no_corner)
def other_losses(draw: Draw) -> Drawn:
    """A linear neuron with the mean absolute error, Huber's loss or the hinge loss."""
    rows = draw.by(2, 4, 4)
    loss, words, targets = draw.choice(
        [
            ("mae", "the mean absolute error, 1/m Σ |y − ŷ|", range(-5, 6)),
            (
                "huber",
                "Huber's loss, the mean of ½(y − ŷ)² where |y − ŷ| ≤ 1 and of |y − ŷ| − ½ elsewhere",
                range(-5, 6),
            ),
            ("hinge", "the hinge loss, the mean of max(0, 1 − yŷ)", (-1, 1)),
        ]
    )
    layers = drawn_layers(draw, (2, 1), [""], -2, 2, draw.by("1", "0.5", "0.5"))
    return {
        "text": f"A linear neuron ŷ = xW₁ + b₁ learns with {words} over the m = {rows} samples. Work the "
        "outputs z₁ = a₁ = ŷ, the loss, and its gradients in the outputs, in W₁ and in b₁.",
        "find": [*forward(layers), "loss", *backward(layers)],
        "given": {
            "x": draw.matrix(rows, 2, -2, 3, "0.5", zero=False),
            "y": [[draw.choice(targets)] for _ in range(rows)],
            "loss": loss,
            "layers": layers,
        },
    }

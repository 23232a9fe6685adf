"""Layers that drop or disturb: dropout with a given mask, noise."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, said, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import MEAN_SQUARED, ROWS, SQUARED, dense, drawn_layers, sgd
from chainrule.exercises.topics._suiting import is_live
from chainrule.exercises.topics.network.normalizing import TENTH


def _dropping(draw: Draw, units: int) -> tuple[Decimal, list[int]]:
    """A rate, and a mask that keeps at least one unit and drops at least one."""
    dropped = draw.integer(1, units - 1)
    return draw.choice([Decimal("0.5"), Decimal("0.2"), Decimal("0.6")]), draw.shuffled(
        [0] * dropped + [1] * (units - dropped)
    )


@kind("easy", "medium", suits=lambda working: "dW1" not in working.names or is_live(working, "dW1", "dW3"))
def dropout_step(draw: Draw) -> Drawn:
    """A hidden layer of which some units are dropped: forward, and which weights get a gradient."""
    units, step = draw.by(2, 3, 3), draw.by("1", "0.5", "0.5")
    rate, mask = _dropping(draw, units)
    first, last = drawn_layers(draw, (2, units, 1), ["", ""], -2, 2, step)
    back = draw.difficulty == "medium"
    more = " Work also the gradients back to the first layer: which weights get none?" if back else ""
    return {
        "text": f"Behind a linear hidden layer of {units} units stands dropout with the rate {rate}; the "
        "units that the mask keeps (1) are divided by the probability of being kept. A linear unit gives "
        f"the output z₃ = a₃ = ŷ. The loss is {SQUARED}. {ROWS} Find z₁ = a₁, a₂ behind the dropout, z₃ and "
        f"the loss.{more}",
        "find": [
            *("z1", "a2", "z3", "loss"),
            *(["da3", "dW3", "db3", "da2", "da1", "dW1", "db1"] if back else []),
        ],
        "given": {
            "x": [draw.integers(2, -2, 3, zero=False)],
            "y": [[draw.integer(-5, 5)]],
            "layers": [first, {"layer": "Dropout", "rate": rate, "mask": mask}, last],
        },
    }


@kind("easy")
def dropout_predicting(draw: Draw) -> Drawn:
    """A network with dropout when it predicts: nothing is dropped, and nothing is scaled."""
    rate, _ = _dropping(draw, 2)
    first, last = drawn_layers(draw, (2, 2, 1), ["", ""], -2, 3)
    return {
        "text": f"A network was trained with (inverted) dropout of the rate {rate} behind its linear hidden "
        "layer: kept units were divided by the probability of being kept. Now it predicts. Find z₁ = a₁, "
        f"a₂ behind the dropout, and the linear output z₃. {ROWS}",
        "find": ["z1", "a2", "z3"],
        "given": {
            "x": [draw.integers(2, -2, 3, zero=False)],
            "training": False,
            "layers": [first, {"layer": "Dropout", "rate": rate}, last],
        },
    }


@kind("medium", "hard", suits=lambda working: is_live(working, "dW2.1", "dW2.2"))
def dropout_twice(draw: Draw) -> Drawn:
    """Two updates, each with a mask of its own."""
    n = draw.by(2, 2, 3)
    rate, mask = _dropping(draw, n)
    other = [1 - kept for kept in mask]
    weights = draw.matrix(n, 1, -2, 2, draw.by("1", "1", "0.5"), zero=False)
    return {
        "text": f"Dropout with the rate {rate} stands before a linear unit without bias; the inputs that a "
        f"mask keeps (1) are divided by the probability of being kept. The loss is {SQUARED}, the learning "
        "rate of gradient descent 0.1. Two updates are made with the same sample: the first with the mask "
        f"{said(mask)}, the second with {said(other)}. Find in each what comes through the dropout, a₁, the "
        "output z₂ = a₂ = ŷ, the gradients in it and in W₂, and the new W₂.",
        "find": [f"{name}.{k}" for k in (1, 2) for name in ("a1", "z2", "da2", "dW2", "W2")],
        "given": {
            "x": [draw.integers(n, -3, 3, zero=False)],
            "y": [[draw.integer(-5, 5)]],
            "epochs": 2,
            "optimizer": sgd(TENTH),
            "layers": [
                {"layer": "Dropout", "rate": rate, "mask": [[mask], [other]]},
                dense(weights),
            ],
        },
    }


@kind("easy", "medium", suits=lambda working: is_live(working, "dW2"))
def noisy_inputs(draw: Draw) -> Drawn:
    """Noise added to the inputs of a neuron while it trains."""
    n, rows = draw.by(2, 3, 3), draw.by(1, 2, 2)
    deviation = draw.choice([Decimal("0.1"), Decimal("0.5"), Decimal("0.2")])
    noise = [[short(Decimal(v)) for v in row] for row in draw.matrix(rows, n, -2, 2, "0.5", zero=False)]
    layers = drawn_layers(draw, (n, 1), [""], -2, 2, draw.by("1", "0.5", "0.5"))
    loss = SQUARED if rows == 1 else MEAN_SQUARED
    return {
        "text": f"While it trains, Gaussian noise with the standard deviation {deviation} is added to the "
        "inputs of a linear neuron: n, drawn from the standard normal distribution, times the deviation. "
        f"The loss is {loss}. Find the disturbed inputs a₁, the output z₂ = a₂ = ŷ, the loss, and its "
        "gradients in the output, the weights and the bias.",
        "find": ["a1", "z2", "loss", "da2", "dW2", "db2"],
        "given": {
            "x": draw.matrix(rows, n, -3, 3),
            "y": [[v] for v in draw.integers(rows, -5, 5)],
            "layers": [{"layer": "GaussianNoise", "stddev": deviation, "n": noise}, *layers],
        },
    }

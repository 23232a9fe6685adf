"""Units that do not learn as they should: dead, exactly at zero, or alike for ever."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._networks import MEAN_SQUARED, ROWS, SQUARED, dense, described, sgd
from chainrule.exercises.topics._suiting import is_live, values
from chainrule.paper.workings import Working


def _one_is_dead(working: Working) -> bool:
    z = values(working, "z1")
    return bool((z[:, 0] < 0).all() and (z[:, 1:] > 0).any(axis=0).all()) and is_live(working, "da2")


@kind("easy", "medium", "hard", suits=_one_is_dead, when_asked=True)
def dead_unit(draw: Draw) -> Drawn:
    """A ReLU unit that gives 0 for every sample, and what gradient it gets."""
    rows, n, step = draw.by(2, 3, 3), draw.by(1, 2, 2), draw.by("1", "1", "0.5")
    W = draw.matrix(n, draw.by(2, 2, 3), -2, 3, step, zero=False)
    b = [draw.integer(-12, -6), *draw.integers(len(W[0]) - 1, 0, 3)]
    layers = [
        dense(W, b, "relu"),
        dense(draw.matrix(len(b), 1, -2, 2, step, zero=False), draw.by(None, [0], [0])),
    ]
    rest = ["z2", "da2", "dW2", "da1", "dz1", "dW1", "db1"]
    found = draw.by(
        ["z1", "top1", "dead1"], ["z1", *rest, "top1", "dead1"], ["z1", "a1", *rest, "W1_new", "b1_new"]
    )
    if draw.difficulty == "hard":
        found = [*found, "top1", "dead1"]
    asked = {
        "easy": "Find z₁ for all samples, each hidden unit's largest z₁ over the samples, and how many "
        "hidden units are dead, that is, have no z₁ above 0.",
        "medium": f"The loss is {MEAN_SQUARED}. Find z₁, the output z₂ = a₂ and the gradients back to the "
        "first layer; each hidden unit's largest z₁ over the samples, and how many hidden units are dead, "
        "that is, have no z₁ above 0.",
        "hard": f"The loss is {MEAN_SQUARED}, the learning rate of gradient descent 0.1. Find the pass "
        "forward (z₂ = a₂), the gradients back to the first layer, and W₁ and b₁ after one update; each "
        "hidden unit's largest z₁ over the samples, and how many hidden units are dead, that is, have no "
        "z₁ above 0.",
    }[draw.difficulty]
    return {
        "text": f"A network has {described(n, layers)}. {ROWS} {asked}",
        "find": found,
        "given": {
            "x": draw.matrix(rows, n, -1, 3, zero=False),
            "y": [[v] for v in draw.integers(rows, -3, 6)],
            **draw.by({}, {}, {"optimizer": sgd(Decimal("0.1"))}),
            "layers": layers,
        },
    }


@kind("easy", "medium", suits=lambda working: is_live(working, "da2", "da1"))
def relu_at_zero(draw: Draw) -> Drawn:
    """A ReLU unit whose z is exactly 0: its slope there is taken as 0."""
    x = draw.integers(2, -3, 3, zero=False)
    W = draw.matrix(2, 2, -2, 3, zero=False)
    at_zero = draw.below(2)
    b: list[int] = [0, 0]
    for unit in range(2):
        z = int(x[0] * W[0][unit] + x[1] * W[1][unit])
        b[unit] = -z if unit == at_zero else draw.integer(1, 4) - z
    layers = [dense(W, b, "relu"), dense(draw.matrix(2, 1, -3, 3, draw.by("1", "0.5", "0.5"), zero=False))]
    weights = ["dW1", "db1"] if draw.difficulty == "medium" else []
    return {
        "text": f"A network has {described(2, layers)}; the output unit has no bias. The loss is {SQUARED}; "
        f"the slope of ReLU at 0 is taken as 0. {ROWS} Work the pass forward, and back to z₁"
        f"{', W₁ and b₁' if weights else ''}. The output unit is linear: a₂ = z₂.",
        "find": ["z1", "a1", "z2", "da2", "da1", "dz1", *weights],
        "given": {"x": [x], "y": [[draw.integer(-5, 5)]], "layers": layers},
    }


def _units_stay_alive(working: Working) -> bool:
    gradients = [name for name in working.tape.quantities if name.startswith("dW2.")]
    hidden = [name for name in working.tape.quantities if name.startswith("z1.")]
    return is_live(working, *gradients) and all((values(working, z) > 0).all() for z in hidden)


@kind("medium", "hard", suits=_units_stay_alive)
def units_alike(draw: Draw) -> Drawn:
    """Hidden units that start alike, and how many different ones there are after updates."""
    units = draw.by(2, 2, 3)
    x, weights = draw.integers(2, 1, 2), draw.integers(2, 1, 3)
    bias, out = draw.integer(0, 3), draw.choice([-1, 1])
    layers = [dense([[weight] * units for weight in weights], [bias] * units, "relu"), dense([[out]] * units)]
    output = units * out * (x[0] * weights[0] + x[1] * weights[1] + bias)
    return {
        "text": f"A network has {described(2, layers)}; the output unit has no bias. The hidden units start "
        f"with equal weights, as given. The network learns from one sample with {SQUARED} by gradient "
        f"descent with the learning rate 0.1. {ROWS} Find all weights and biases after each of two updates, "
        "and how many different hidden units there are then.",
        "find": [*(f"{name}.{k}" for k in (1, 2) for name in ("W1", "b1", "W2")), "different1"],
        "given": {
            "x": [x],
            "y": [[output + draw.integer(-3, 3, zero=False)]],
            "epochs": 2,
            "optimizer": sgd(Decimal("0.1")),
            "layers": layers,
        },
    }

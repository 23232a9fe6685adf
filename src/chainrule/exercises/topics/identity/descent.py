"""Weight decay with numbers."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

PENALTIES = {"lambda/2": "λ/2 Σw²", "lambda": "λ Σw²", "lambda/2n": "λ/(2n) Σw²"}


def _decays(working: Working) -> bool:
    """Whether the weight shrinks, and neither stays nor vanishes."""
    return bool(0 < working["factor"].item().number() < 1) and bool(working["w_new"].item().number() != 0)


@kind("easy", "medium", "hard", suits=_decays)
def weight_decay(draw: Draw) -> Drawn:
    """One step of gradient descent on a loss with the penalty of the squares."""
    penalty = draw.by("lambda/2", draw.choice(("lambda/2", "lambda")), "lambda/2n")
    step = draw.by("0.5", "0.1", "0.01")
    more = {"n": draw.choice((2, 4, 5, 8, 10, 20, 25, 50))} if penalty == "lambda/2n" else {}
    number = ", n is the number of samples" if more else ""
    return {
        "text": f"A loss L of the weights has the penalty {PENALTIES[penalty]} added to it. One step of "
        "gradient descent with learning rate η is done; λ, a weight w and the slope ∂L/∂w of the loss "
        f"without its penalty are given{number}. Find the factor d by which the penalty lets the weight "
        "decay, and the new weight.",
        "find": ["factor", "w_new"],
        "given": {
            "identity": "weight_decay",
            "penalty": penalty,
            "w": draw.decimal(-5, 5, step, zero=False),
            "gradient": draw.decimal(-4, 4, step, zero=False),
            "learning_rate": draw.decimal(
                *draw.by((0.1, 0.5, "0.1"), (0.05, 0.5, "0.05"), (0.01, 0.5, "0.01"))
            ),
            "strength": draw.decimal(*draw.by((0.1, 0.9, "0.1"), (0.1, 0.9, "0.1"), (0.5, 5, "0.5"))),
            **more,
        },
    }

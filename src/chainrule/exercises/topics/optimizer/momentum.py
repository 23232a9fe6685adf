"""Questions about momentum: in the three forms that courses write, and Nesterov's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind

TENTH, HALF = Decimal("0.1"), Decimal("0.5")
NINE = Decimal("0.9")


def _moving(draw: Draw, law: str, **more: Any) -> Drawn:
    """A question about velocity and weight under given gradients."""
    steps, entries = draw.by(2, 3, 3), draw.by(1, 1, 2)
    rate = draw.choice(draw.by((TENTH,), (TENTH, Decimal("0.2")), (TENTH, Decimal("0.2"))))
    fading = draw.choice(draw.by((HALF,), (HALF, NINE), (Decimal("0.8"), NINE)))
    gradients = draw.matrix(steps, entries, -6, 6, draw.by("1", "0.5", "0.5"), zero=False)
    start: Any = draw.integers(entries, -3, 3)
    several = entries > 1
    return {
        "text": f"{'Two weights begin at w' if several else f'A weight begins at w = {said(start[0])}'}, and "
        f"{'their' if several else 'its'} gradients in {steps} updates are g. Gradient descent with momentum "
        f"works with {law}; η = {rate}, β = {fading}, and v begins at 0. Find v and w of each update.",
        "find": ["v", "w"],
        "given": {
            "w": start if several else start[0],
            "gradients": gradients if several else [row[0] for row in gradients],
            "optimizer": {"name": "SGD", "learning_rate": rate, "momentum": fading, **more},
        },
    }


@kind("easy", "medium", "hard")
def momentum_added(draw: Draw) -> Drawn:
    """The velocity points downhill, and is added."""
    return _moving(draw, "v = βv − ηg and w = w + v")


@kind("easy", "medium", "hard")
def momentum_subtracted(draw: Draw) -> Drawn:
    """The velocity points uphill, and is subtracted."""
    return _moving(draw, "v = βv + ηg and w = w − v", form="subtract")


@kind("easy", "medium", "hard")
def momentum_averaged(draw: Draw) -> Drawn:
    """The velocity is a moving average of the gradients."""
    return _moving(draw, "v = βv + (1 − β)g and w = w − ηv", form="average")


@kind("medium", "hard")
def nesterov(draw: Draw) -> Drawn:
    """Nesterov's momentum as Keras arranges it."""
    return _moving(draw, "v = βv − ηg and, as Nesterov, w = w + βv − ηg with the new v", nesterov=True)


@kind("medium", "hard")
def nesterov_looking_ahead(draw: Draw) -> Drawn:
    """The gradient is taken where the velocity alone would lead."""
    steps, is_added = draw.by(2, 2, 3), draw.chance()
    rate, fading = draw.choice((TENTH, Decimal("0.2"))), draw.choice((HALF, Decimal("0.8")))
    steep, start = draw.choice((1, 2)), draw.integer(-9, 9, zero=False)
    factor = f"{steep} " if steep > 1 else ""
    place, velocity, weight = ("w + βv", "βv − ηg", "w + v") if is_added else ("w − βv", "βv + ηg", "w − v")
    form = {} if is_added else {"form": "subtract"}
    return {
        "text": f"Nesterov's momentum takes the gradient g of the loss L = {factor}w² not at w but at "
        f"{place}; then v = {velocity} and w = {weight}. Take {steps} steps from w = {said(start)} and v = "
        f"0 with η = {rate} and β = {fading}: find the place where the gradient is taken, g, v and w of "
        "each.",
        "find": ["ahead", "g", "v", "w"],
        "given": {
            "w": start,
            "loss": f"{factor}w^2",
            "steps": steps,
            "optimizer": {
                "name": "SGD",
                "learning_rate": rate,
                "momentum": fading,
                "nesterov": "look_ahead",
                **form,
            },
        },
    }

"""Questions about optimizers that divide by the size of past gradients: AdaGrad, RMSProp, Adam."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind

TENTH, HALF, NINE = Decimal("0.1"), Decimal("0.5"), Decimal("0.9")
HUNDREDTH_LESS = Decimal("0.99")
ROOTS = (
    (3, 4, 12),
    (4, 3, 12),
    (6, 8, 24),
    (8, 6, 24),
    (9, 12, 8),
    (12, 9, 8),
    (9, 12, 20),
    (12, 9, 20),
    (12, 16, 15),
    (16, 12, 15),
    (12, 16, 21),
    (16, 12, 21),
)
"""Gradients whose squares sum to a square, also the first two alone."""


def _path(draw: Draw, law: str, find: list[str], gradients: list[Any], optimizer: dict[str, Any]) -> Drawn:
    """A question about a weight's path under given gradients; the averages begin at 0."""
    start = draw.decimal(-5, 5, "0.5")
    return {
        "text": f"A weight begins at w = {said(start)}, and its gradients in {len(gradients)} updates are "
        f"{said(gradients)}. {law}",
        "find": find,
        "given": {"w": start, "gradients": gradients, "optimizer": optimizer},
    }


@kind("medium")
def adagrad(draw: Draw) -> Drawn:
    """The sum of all squares, whose roots are whole numbers."""
    rate = draw.choice((TENTH, Decimal("0.2"), HALF, 1))
    steps = draw.choice((2, 3))
    gradients = [draw.choice((-1, 1)) * each for each in draw.choice(ROOTS)[:steps]]
    law = (
        f"AdaGrad works with r = r + g², Δw = ηg/√r and w = w − Δw (without ε); η = {rate}, and r begins at "
        "0. Find r, Δw and w of each update."
    )
    optimizer = {"name": "Adagrad", "learning_rate": rate, "initial_accumulator_value": 0, "epsilon": 0}
    return _path(draw, law, ["r", "step", "w"], gradients, optimizer)


@kind("hard")
def adagrad_with_epsilon(draw: Draw) -> Drawn:
    """The sum of all squares, with ε inside or outside the root."""
    rate, epsilon = draw.choice((HALF, 1)), draw.choice((TENTH, HALF, 1))
    first = draw.choice((0, TENTH))
    gradients = draw.decimals(3, -5, 5, "0.5", zero=False)
    is_inside = draw.chance()
    below = "√(r + ε)" if is_inside else "(√r + ε)"
    law = (
        f"AdaGrad works with r = r + g², Δw = ηg/{below} and w = w − Δw; η = {rate}, ε = {epsilon}, and r "
        f"begins at {first}. Find r, Δw and w of each update."
    )
    optimizer = {"name": "Adagrad", "learning_rate": rate, "initial_accumulator_value": first}
    where = {"epsilon": epsilon, "epsilon_at": "inside" if is_inside else "outside"}
    return _path(draw, law, ["r", "step", "w"], gradients, {**optimizer, **where})


@kind("medium", "hard")
def rmsprop(draw: Draw) -> Drawn:
    """A moving average of the squares in the place of their sum."""
    rate, rho = draw.choice((TENTH, Decimal("0.2"))), draw.choice((HALF, Decimal("0.8"), NINE))
    epsilon = draw.by(0, 0, draw.choice((TENTH, HALF, 1)))
    gradients = draw.decimals(draw.by(2, 2, 3), -9, 9, draw.by("1", "1", "0.5"), zero=False)
    below = "√(r + ε)" if epsilon else "√r"
    law = (
        f"RMSProp works with r = ρr + (1 − ρ)g², Δw = ηg/{below} and w = w − Δw; η = {rate}, ρ = {rho}, "
        f"{f'ε = {epsilon}' if epsilon else 'without ε'}, and r begins at 0. Find r, Δw and w of each update."
    )
    optimizer = {"name": "RMSprop", "learning_rate": rate, "rho": rho, "epsilon": epsilon}
    return _path(draw, law, ["r", "step", "w"], gradients, optimizer)


@kind("hard")
def rmsprop_with_momentum(draw: Draw) -> Drawn:
    """The steps of RMSProp, gathered in a velocity."""
    rate, rho = draw.choice((TENTH, Decimal("0.2"))), draw.choice((HALF, NINE))
    momentum = draw.choice((HALF, NINE))
    gradients = draw.integers(2, -9, 9, zero=False)
    law = (
        "RMSProp with momentum works with r = ρr + (1 − ρ)g², Δw = ηg/√r (without ε), v = βv + Δw and "
        f"w = w − v; η = {rate}, ρ = {rho}, β = {momentum}, and r and v begin at 0. Find r, Δw, v and w of "
        "each update."
    )
    optimizer = {"name": "RMSprop", "learning_rate": rate, "rho": rho, "momentum": momentum, "epsilon": 0}
    return _path(draw, law, ["r", "step", "v", "w"], gradients, optimizer)


@kind("hard")
def centered_rmsprop(draw: Draw) -> Drawn:
    """RMSProp that divides by the deviation of the gradients from their average."""
    rate, rho = draw.choice((TENTH, Decimal("0.2"))), draw.choice((HALF, NINE))
    gradients = draw.integers(2, -9, 9, zero=False)
    law = (
        "Centered RMSProp works with r = ρr + (1 − ρ)g², m = ρm + (1 − ρ)g, the variance s = r − m², "
        f"Δw = ηg/√s (without ε) and w = w − Δw; η = {rate}, ρ = {rho}, and r and m begin at 0. Find r, m, "
        "s, Δw and w of each update."
    )
    optimizer = {"name": "RMSprop", "learning_rate": rate, "rho": rho, "centered": True, "epsilon": 0}
    return _path(draw, law, ["r", "m", "variance", "step", "w"], gradients, optimizer)


MOMENTS = "m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g²"
CORRECTED = f"{MOMENTS}, m̂ = m/(1 − β₁^t), v̂ = v/(1 − β₂^t)"


def _adam(draw: Draw, second: Decimal, name: str = "Adam") -> tuple[str, dict[str, Any]]:
    """Adam's numbers, in words and as arguments; ``second`` is the second moment's factor."""
    rate = draw.choice((TENTH, Decimal("0.2")))
    said_of = f"η = {rate}, β₁ = 0.9, β₂ = {second}"
    return said_of, {"name": name, "learning_rate": rate, "beta_1": NINE, "beta_2": second}


@kind("hard")
def adam(draw: Draw) -> Drawn:
    """Both moments, corrected; ε inside the root or outside."""
    said_of, optimizer = _adam(draw, draw.choice((NINE, HUNDREDTH_LESS)))
    epsilon, is_inside = draw.choice((Decimal("0.01"), TENTH)), draw.chance()
    below = "√(v̂ + ε)" if is_inside else "(√v̂ + ε)"
    law = (
        f"Adam works in update t = 1, 2 with {CORRECTED}, Δw = η m̂/{below} and w = w − Δw; {said_of}, "
        f"ε = {epsilon}, and m and v begin at 0. Find m, v, m̂, v̂, Δw and w of both updates."
    )
    where = {"epsilon": epsilon, "epsilon_at": "inside" if is_inside else "outside"}
    find = ["m", "v", "mhat", "vhat", "step", "w"]
    return _path(draw, law, find, draw.decimals(2, -5, 5, "0.5", zero=False), {**optimizer, **where})


@kind("hard")
def adam_of_keras(draw: Draw) -> Drawn:
    """Both corrections of the moments are put into the learning rate."""
    said_of, optimizer = _adam(draw, HUNDREDTH_LESS)
    law = (
        f"Adam as Keras arranges it works in update t = 1, 2 with {MOMENTS}, the rate α = "
        f"η√(1 − β₂^t)/(1 − β₁^t), Δw = αm/√v (without ε) and w = w − Δw; {said_of}, and m and v begin at 0. "
        "Find m, v, α, Δw and w of both updates."
    )
    where = {"epsilon": 0, "epsilon_at": "keras"}
    find = ["m", "v", "rate", "step", "w"]
    return _path(draw, law, find, draw.decimals(2, -5, 5, "0.5", zero=False), {**optimizer, **where})


@kind("hard")
def adamw(draw: Draw) -> Drawn:
    """Adam's step from a weight that is made smaller first."""
    said_of, optimizer = _adam(draw, draw.choice((NINE, HUNDREDTH_LESS)), "AdamW")
    decay = draw.choice((TENTH, Decimal("0.2")))
    law = (
        f"AdamW works in update t = 1, 2 with {CORRECTED}, makes the weight smaller by ηλw, and then "
        f"subtracts Δw = η m̂/√v̂ (without ε); {said_of}, λ = {decay}, and m and v begin at 0. Find the "
        "decayed weight, m, v, m̂, v̂, Δw and w of both updates."
    )
    find = ["decayed", "m", "v", "mhat", "vhat", "step", "w"]
    numbers = {"weight_decay": decay, "epsilon": 0}
    return _path(draw, law, find, draw.decimals(2, -5, 5, "0.5", zero=False), {**optimizer, **numbers})

"""Questions about learning rates that fall."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind

HALF = Decimal("0.5")


def _rates(draw: Draw, law: str, steps: int, schedule: dict[str, Any] | str) -> Drawn:
    """A question about the rates of the first updates under a schedule."""
    rate = draw.decimal(0.2, 1.2, draw.by("0.1", "0.01", "0.01"))
    return {
        "text": f"A learning rate begins with η = {rate} and falls: in update t = 1, 2, … it is {law}. Find "
        f"the learning rates of the first {steps} updates.",
        "find": ["learning_rate"],
        "given": {
            "steps": steps,
            "optimizer": {"name": "SGD", "learning_rate": rate},
            "schedule": schedule,
        },
    }


@kind("easy", "medium")
def step_decay(draw: Draw) -> Drawn:
    """Stairs: multiplied by a factor every few updates."""
    factor = draw.choice(draw.by((HALF, Decimal("0.1"), Decimal("0.2")), (HALF, *_tenths(6, 9)), ()))
    every, steps = draw.choice((2, 3)), draw.by(4, 6, 6)
    law = f"η · d^⌊(t − 1)/D⌋ with d = {factor} and D = {every}, where ⌊ ⌋ rounds down"
    return _rates(draw, law, steps, {"name": "StepDecay", "decay_rate": factor, "decay_steps": every})


@kind("easy")
def rate_over_number(draw: Draw) -> Drawn:
    """Divided by the number of the update."""
    return _rates(draw, "η/t", draw.choice((4, 5)), "inverse")


@kind("medium")
def exponential_decay(draw: Draw) -> Drawn:
    """A power that falls with every update, smoothly."""
    factor, every = draw.choice((HALF, *_tenths(6, 9))), draw.choice((2, 4))
    law = f"η · d^((t − 1)/D) with d = {factor} and D = {every}"
    return _rates(draw, law, 5, {"name": "ExponentialDecay", "decay_rate": factor, "decay_steps": every})


@kind("medium")
def natural_decay(draw: Draw) -> Drawn:
    """The factor e^-k for every update."""
    k = draw.choice(_tenths(1, 6))
    law = f"η · e^(−k(t − 1)) with k = {k}"
    return _rates(draw, law, draw.choice((4, 5)), {"name": "natural_decay", "k": k})


@kind("medium", "hard")
def inverse_time_decay(draw: Draw) -> Drawn:
    """Divided by what grows with the updates, smoothly or in stairs."""
    rate, every = draw.choice((HALF, 1, 2)), draw.choice((2, 4))
    stairs = draw.chance()
    share = "⌊(t − 1)/D⌋" if stairs else "(t − 1)/D"
    law = f"η/(1 + d · {share}) with d = {rate} and D = {every}"
    law += ", where ⌊ ⌋ rounds down" if stairs else ""
    arguments = {"decay_rate": rate, "decay_steps": every, "staircase": stairs}
    return _rates(draw, law, draw.by(5, 5, 7), {"name": "InverseTimeDecay", **arguments})


@kind("medium", "hard")
def cosine_decay(draw: Draw) -> Drawn:
    """Half a cosine wave down to a share of the rate."""
    steps = draw.by(5, 5, 7)
    share = draw.choice((0, *draw.by((), (), _tenths(1, 2))))
    wave = f"(1 + cos(π(t − 1)/D))/2 with D = {steps}"
    law = f"η · {wave}" if not share else f"η · (α + (1 − α) · (1 + cos(π(t − 1)/D))/2) with D = {steps}"
    law += f" and α = {share}" if share else ""
    return _rates(draw, law, steps, {"name": "CosineDecay", "decay_steps": steps, "alpha": share})


@kind("medium", "hard")
def polynomial_decay(draw: Draw) -> Drawn:
    """A line, or a power of what is left, down to a last rate."""
    steps, power = draw.choice((4, 5)), draw.by(1, 1, 2)
    end = draw.choice((Decimal("0.05"), Decimal("0.1")))
    raised = f"^{power}" if power > 1 else ""
    law = f"(η − e) · (1 − (t − 1)/D){raised} + e with the last rate e = {end} and D = {steps}"
    arguments = {"decay_steps": steps, "end_learning_rate": end, "power": power}
    return _rates(draw, law, steps, {"name": "PolynomialDecay", **arguments})


@kind("medium", "hard")
def path_with_falling_rate(draw: Draw) -> Drawn:
    """A weight's path with the learning rate η/√t."""
    rate, steps = draw.choice(_tenths(1, 5)), draw.by(3, 3, 4)
    return {
        "text": f"A weight w begins at the value given, and its gradients in {steps} updates are g. The "
        f"learning rate of update t = 1, 2, … is η/√t with η = {rate}. Find the learning rate, the step Δw = "
        "(learning rate) · g and the new weight w − Δw of each update.",
        "find": ["learning_rate", "step", "w"],
        "given": {
            "w": draw.integer(-5, 5),
            "gradients": draw.decimals(steps, -5, 5, "0.1", zero=False),
            "optimizer": {"name": "SGD", "learning_rate": rate},
            "schedule": "inverse_sqrt",
        },
    }


def _tenths(low: int, high: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(each) / 10 for each in range(low, high + 1))

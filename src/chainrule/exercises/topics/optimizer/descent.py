"""Questions about plain gradient descent: from given gradients, from a loss, and with weight decay."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind

TENTH, FIFTH, HALF = Decimal("0.1"), Decimal("0.2"), Decimal("0.5")


@kind("easy", "medium")
def gradient_descent(draw: Draw) -> Drawn:
    """Steps against given gradients."""
    steps, rate = draw.by(2, 3, 3), draw.choice((TENTH, FIFTH, HALF))
    entries = draw.choice(draw.by((1,), (2, 3), (1,)))
    gradients = draw.matrix(steps, entries, -9, 9, draw.by("1", "0.1", "1"), zero=False)
    start = draw.decimals(entries, -5, 5, draw.by("1", "0.5", "1"))
    several = entries > 1
    return {
        "text": f"{f'{entries} weights w begin' if several else 'A weight w begins'} at the value"
        f"{'s' if several else ''} given, and the gradients in {steps} updates are g. Gradient descent has "
        f"the learning rate η = {rate}. Find the step Δw = ηg and the new w of each update.",
        "find": ["step", "w"],
        "given": {
            "w": start if several else start[0],
            "gradients": gradients if several else [row[0] for row in gradients],
            "optimizer": {"name": "SGD", "learning_rate": rate},
        },
    }


@kind("easy", "medium")
def weight_decay(draw: Draw) -> Drawn:
    """The weight shrinks by a factor before its step."""
    steps, rate = draw.by(1, 2, 2), draw.choice(draw.by((TENTH, HALF), (TENTH, FIFTH), ()))
    decay = draw.choice((TENTH, FIFTH, Decimal("0.4")))
    weight = draw.integer(-9, 9, zero=False)
    gradients = draw.decimals(steps, -5, 5, draw.by("1", "0.5", "1"), zero=False)
    several = steps > 1
    return {
        "text": f"Gradient descent with weight decay first makes the weight w − ηλw of w, and then subtracts "
        f"the step Δw = ηg. A weight is {said(weight)}, and its "
        f"{'gradients in two updates are' if several else 'gradient is'} {said(gradients)}; η = {rate} and "
        f"λ = {decay}. Find the decayed weight, the step and the new weight"
        f"{' of both updates' if several else ''}.",
        "find": ["decayed", "step", "w"],
        "given": {
            "w": weight,
            "gradients": gradients,
            "optimizer": {"name": "SGD", "learning_rate": rate, "weight_decay": decay},
        },
    }


@kind("easy", "medium", "hard")
def descent_on_a_parabola(draw: Draw) -> Drawn:
    """The gradient of a quadratic loss, and the steps down to its lowest point."""
    steps, rate = draw.by(2, 2, 3), draw.choice((TENTH, FIFTH))
    lowest = draw.integer(-4, 4, zero=False)
    start = lowest + draw.choice((-1, 1)) * draw.integer(2, 9)
    steep = draw.by(1, draw.choice((1, 2, 3)), draw.choice((2, 3)))
    inner = f"w - {lowest}" if lowest > 0 else f"w + {-lowest}"
    loss = f"{f'{steep} ' if steep > 1 else ''}({inner})^2"
    shown = loss.replace("-", "−").replace("^2", "²")
    is_easy = draw.difficulty == "easy"
    also = "" if is_easy else ", and the loss at the start and after each update"
    return {
        "text": f"A weight begins at w = {said(start)}, and the loss is L = {shown}. Take {steps} steps of "
        f"gradient descent with η = {rate}: find the gradient, the step Δw = ηg and the new weight of each"
        f"{also}.",
        "find": ["g", "step", "w", *([] if is_easy else ["loss"])],
        "given": {
            "w": start,
            "loss": loss,
            "steps": steps,
            "optimizer": {"name": "SGD", "learning_rate": rate},
        },
    }


@kind("medium", "hard")
def descent_in_a_valley(draw: Draw) -> Drawn:
    """A loss of two weights that is steep in one direction and flat in the other."""
    steps = draw.by(2, 2, 3)
    steep = draw.integer(3, 9)
    rate = draw.choice((Decimal("0.05"), TENTH))
    start = [draw.integer(-6, 6, zero=False) for _ in range(2)]
    return {
        "text": f"The loss L = {steep} w₁² + w₂² is steep in one direction and flat in the other. Take "
        f"{steps} steps of gradient descent from w = ({said(start[0])}, {said(start[1])}) with η = {rate}: "
        "find the gradient, the step Δw = ηg and the new w of each.",
        "find": ["g", "step", "w"],
        "given": {
            "w": start,
            "loss": f"{steep} w1^2 + w2^2",
            "steps": steps,
            "optimizer": {"name": "SGD", "learning_rate": rate},
        },
    }

"""Gradient descent on a formula: its path, and which learning rates converge."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._matrices import symmetric
from chainrule.exercises.topics._polynomials import polynomial

RATES = ("0.05", "0.1", "0.2", "0.25", "0.3", "0.4", "0.5")
_STEPS = {1: "one step", 2: "two steps", 3: "three steps"}


@kind("easy", "medium")
def curve_descent(draw: Draw) -> Drawn:
    """Gradient descent on a parabola: slope, weight and loss, step by step."""
    letter, steps = draw.choice(("w", "b")), draw.by(1, 2, 2)
    scale, middle = draw.choice((1, 2, 3)), draw.integer(-3, 4)
    start = middle + draw.integer(-6, 6, zero=False)
    formula = polynomial([(scale, f"{letter}^2"), (-2 * scale * middle, letter), (scale * middle**2, "")])
    path = [f"{name}.{t}" for t in range(1, steps + 1) for name in (letter, "L")]
    slopes = [f"d{letter}.{t}" for t in range(steps)]
    return {
        "text": f"The loss L depends on {letter}. Do {_STEPS[steps]} of gradient descent with the learning "
        f"rate η from the {letter} given. Find the loss at the start, and for each step the slope before it, "
        f"{letter} after it, and the loss there.",
        "find": ["L.0", *slopes, *path],
        "given": {
            "formula": f"L = {formula}",
            "start": {letter: start},
            "learning_rate": Decimal(draw.choice(RATES)),
            "steps": steps,
        },
    }


@kind("medium", "hard")
def surface_descent(draw: Draw) -> Drawn:
    """Gradient descent on a quadratic in two weights."""
    steps = draw.by(1, 1, 2)
    a, c = draw.different(2, 1, draw.by(5, 5, 8))
    b = draw.by(0, draw.choice((0, 1, -1)), draw.integer(-1, 1))
    rate = draw.choice(RATES[:4])
    names = [
        name
        for t in range(steps)
        for name in (f"dw1.{t}", f"dw2.{t}", f"w1.{t + 1}", f"w2.{t + 1}", f"L.{t + 1}")
    ]
    return {
        "text": f"The loss L depends on w₁ and w₂. Do {_STEPS[steps]} of gradient descent with the learning "
        "rate η from the weights given. Find the loss at the start, and for each step both slopes before it, "
        "both weights after it, and the loss there.",
        "find": ["L.0", *names],
        "given": {
            "formula": f"L = {polynomial([(int(a), 'w1^2'), (b, 'w1*w2'), (int(c), 'w2^2')])}",
            "start": {
                "w1": draw.decimal(-2, 2, "0.5", zero=False),
                "w2": draw.decimal(-2, 2, "0.5", zero=False),
            },
            "learning_rate": Decimal(rate),
            "steps": steps,
        },
    }


@kind("medium", "hard")
def learning_rates(draw: Draw) -> Drawn:
    """Which learning rates converge on a quadratic, which is best, and what each step does."""
    if draw.difficulty == "medium":
        p, q, s = 2 * draw.integer(1, 20), 0, 2 * draw.integer(1, 20)
        s += 2 * (p == s)
    else:
        (p, q), (_, s) = symmetric(draw)
    rate = short(Decimal(draw.integer(1, 19)) / draw.choice((100, 1000) if p > 10 else (100,)))
    terms = [(short(Decimal(p) / 2), "w1^2"), (q, "w1*w2"), (short(Decimal(s) / 2), "w2^2")]
    return {
        "text": "Find the eigenvalues of the Hessian matrix of the loss L, the largest first, and the "
        "condition number, the quotient of the largest and the smallest. From which learning rate on does "
        "gradient descent diverge? Which one is best, so that the slowest direction is as fast as it can be, "
        "and by which factor does a step with it shrink the distance along the slowest direction? By which "
        "factors does a step with the learning rate η given multiply the distance to the minimum along the "
        "eigenvectors (in the order of the eigenvalues)?",
        "find": [
            "eigenvalues",
            "condition_number",
            "largest_learning_rate",
            "best_learning_rate",
            "best_factor",
            "factors",
        ],
        "given": {
            "formula": f"L = {polynomial(terms)}",
            "start": {"w1": 1, "w2": 1},
            "learning_rate": rate,
            "steps": 1,
        },
    }

"""Claims about sums and averages: linear layers, variances, moving averages of gradients."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._polynomials import polynomial, spoken
from chainrule.exercises.topics.identity.claim import claim, is_told_apart

WEIGHTS = (-4, -3, -2, 2, 3, 4, 5)


@kind("easy", "medium", suits=is_told_apart)
def two_linear_layers(draw: Draw) -> Drawn:
    """Two linear layers after one another as one, with its weight and its bias."""
    w1, w2, w3, v1 = (draw.choice(WEIGHTS) for _ in range(4))
    b1, b2, b3 = draw.integers(3, -5, 6, zero=False)
    left, inputs = f"{w2}*({polynomial([(w1, 'x'), (b1, '')])}) + {b2}", "x"
    weights = [(w1 * w2, "x")]
    if draw.difficulty == "medium":
        left = f"{w2}*({polynomial([(w1, 'x'), (v1, 'y'), (b1, '')])}) + {b2}"
        left, inputs = f"{w3}*({left}) + {b3}", "xy"
        weights = [(w1 * w2 * w3, "x"), (v1 * w2 * w3, "y")]
        b1, b2 = w3 * b1, w3 * b2 + b3
    left = left.replace("+ -", "- ")
    biases = (w2 * b1 + b2, w2 * b1 + b2, b1 + b2, w2 * b1)
    right = polynomial([*weights, (draw.choice(biases), "")])
    layers = "two linear layers" if draw.difficulty == "easy" else "three linear layers"
    return claim(
        f"For {layers} after one another a solution",
        f"{spoken(left)} = {spoken(right)}",
        {"left": left, "right": right},
        {name: draw.integer(-2, 3) for name in inputs},
    )


@kind("easy", "medium", suits=is_told_apart)
def variance_of_a_multiple(draw: Draw) -> Drawn:
    """The variance of aX + b from the moments of X."""
    a, b = draw.choice((-3, -2, 2, 3, 4, 5)), draw.integer(-5, 6, zero=False)
    second = polynomial([(a * a, "p"), (2 * a * b, "m"), (b * b, "")])
    mean = polynomial([(a, "m"), (b, "")])
    spread = "(p - m^2)"
    right = draw.choice(
        (
            f"{a * a}*{spread}",
            f"{a * a}*{spread}",
            f"{a}*{spread}",
            polynomial([(a * a, spread), (b, "")]),
            polynomial([(a * a, spread), (b * b, "")]),
        )
    )
    m = draw.by(draw.integer(-3, 4), draw.decimal(-2, 3, "0.5"), 0)
    p = m * m + draw.integer(1, 6)
    return claim(
        "X has the expectation m, and X² has the expectation p. Of the variance of "
        f"{spoken(mean).replace('m', 'X')} a solution",
        f"{spoken(second)} − ({spoken(mean)})² = {spoken(right)}",
        {"left": f"{second} - ({mean})^2", "right": right},
        {"m": m, "p": p},
    )


@kind("medium", "hard", suits=is_told_apart)
def average_of_gradients(draw: Draw) -> Drawn:
    """A moving average of gradients that are all g, started at 0: how far it has come."""
    steps, scale = draw.choice(draw.by((2,), (2, 3, 4), (3, 4))), draw.integer(2, 9)
    define = {"v1": f"(1 - b)*{scale}*g"}
    for i in range(2, steps + 1):
        define[f"v{i}"] = f"b*v{i - 1} + (1 - b)*{scale}*g"
    corrected = draw.difficulty == "hard" and draw.chance()
    if corrected:
        last = f"v{steps}/(1 - b^{steps})"
        rights = [(scale, "g"), (scale, "g"), (scale, "(1 - b)*g"), (scale, "g/(1 - b)")]
    else:
        last = f"v{steps}"
        true = (scale, f"(1 - b^{steps})*g")
        rights = [true, true, (scale, f"(1 - b)^{steps}*g"), (scale * steps, "(1 - b)*g")]
    right = polynomial([draw.choice(rights)])
    said_last = f"v{steps}".translate(str.maketrans("1234", "₁₂₃₄"))
    claimed = f"{said_last}/(1 − b{'²³⁴'[steps - 2]})" if corrected else said_last
    return claim(
        f"A moving average of gradients starts at v₀ = 0 and goes on by v ← b v + (1 − b) {scale}g, for the "
        f"gradient is always {scale}g. A solution",
        f"after {steps} steps {claimed} = {spoken(right)}",
        {"left": last, "right": right, "define": define},
        {"b": draw.decimal(0.1, 0.9, "0.1"), "g": draw.integer(-5, 9, zero=False)},
    )

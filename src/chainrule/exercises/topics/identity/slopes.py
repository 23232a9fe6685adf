"""Claims about slopes: of powers, products and activations; and what undoes an activation."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._polynomials import polynomial, spoken
from chainrule.exercises.topics.identity.claim import claim, is_told_apart, linear

SIGMOID, TANH = "1/(1 + exp(-({})))", "tanh({})"


@kind("easy", suits=is_told_apart)
def chain_rule(draw: Draw) -> Drawn:
    """The slope of a power of a linear formula; the inner slope may be forgotten."""
    (slope, inner), power = linear(draw), draw.choice((2, 3))
    rest = f"({inner})" if power == 2 else f"({inner})^{power - 1}"
    full = f"({inner})^{power}"
    right = draw.choice(
        (
            f"{power * slope}*{rest}",
            f"{power * slope}*{rest}",
            f"{power}*{rest}",
            f"{slope}*{rest}",
            f"{slope}*{full}",
        )
    )
    return claim(
        "A solution",
        f"the slope of {spoken(full)} by z is {spoken(right)}",
        {"left": full, "derivative": 1, "right": right},
        {"z": draw.integer(-2, 3)},
    )


@kind("medium", suits=is_told_apart)
def product_rule(draw: Draw) -> Drawn:
    """The slope of a power times an exponential; the slopes may be multiplied."""
    power, rate = draw.integer(2, 4), draw.choice((-3, -2, -1, 2, 3))
    scale = draw.integer(1, 5)
    e = f"exp({polynomial([(rate, 'z')])})"
    before = "z" if power == 2 else f"z^{power - 1}"
    true = f"({polynomial([(scale * power, before), (scale * rate, f'z^{power}')])})*{e}"
    right = draw.choice(
        (
            true,
            true,
            f"{scale * power * rate}*{before}*{e}",
            f"({polynomial([(scale * power, before), (scale, f'z^{power}')])})*{e}",
            f"{scale * power}*{before}*{e}",
        )
    )
    left = polynomial([(scale, f"z^{power}*{e}")])
    return claim(
        "A solution",
        f"the slope of {spoken(left)} by z is {spoken(right)}",
        {"left": left, "derivative": 1, "right": right},
        {"z": draw.choice((-2, -1, 1, 2))},
    )


@kind("medium", suits=is_told_apart)
def slope_of_activation(draw: Draw) -> Drawn:
    """The slope of an activation of a linear formula, by the activation itself."""
    slope, inner = linear(draw, -3, 4)
    name, formula, rights = draw.choice(
        (
            ("s", SIGMOID, ("s*(1 - s)", "(1 - s)", "s*(1 + s)")),
            ("t", TANH, ("(1 - t^2)", "(1 - t)", "(1 + t^2)")),
        )
    )
    chosen = draw.choice((rights[0], *rights))
    factor = draw.choice((slope, slope, slope, 1)) if chosen == rights[0] else slope
    right = polynomial([(factor, chosen)])
    return claim(
        f"Let {name} = {spoken(formula.format(inner))}. A solution",
        f"its slope by z is {spoken(right)}",
        {"left": name, "derivative": 1, "right": right, "define": {name: formula.format(inner)}},
        {"z": draw.integer(-1, 1)},
    )


@kind("medium", suits=is_told_apart)
def composed_activation(draw: Draw) -> Drawn:
    """Functions that undo or mirror one another: logit and sigmoid, softplus, tanh by the sigmoid."""
    _, inner = linear(draw, -3, 3)
    left, right, wrong = draw.choice(
        (
            ("ln(s/(1 - s))", inner, f"-({inner})"),
            ("ln((1 - s)/s)", f"-({inner})", inner),
            ("2*s - 1", f"tanh(({inner})/2)", f"tanh(2*({inner}))"),
            ("1 - s", f"1/(1 + exp({inner}))", f"1/(1 + exp(-({inner})))"),
            ("-ln(1 - s)", f"ln(1 + exp({inner}))", f"ln(1 + exp(-({inner})))"),
        )
    )
    chosen = draw.choice((right, wrong))
    return claim(
        f"Let s = {spoken(SIGMOID.format(inner))}. A solution",
        f"{spoken(left)} = {spoken(chosen)}",
        {"left": left, "right": chosen, "define": {"s": SIGMOID.format(inner)}},
        {"z": draw.integer(-1, 1)},
    )


@kind("hard", suits=is_told_apart)
def second_derivative(draw: Draw) -> Drawn:
    """The second derivative of an activation, or of z times it, by the activation itself."""
    slope, inner = linear(draw, -3, 4)
    square = slope * slope
    name, formula, left, right, wrong = draw.choice(
        (
            ("s", SIGMOID, "s", [(square, "s*(1 - s)*(1 - 2*s)")], [(slope, "s*(1 - s)*(1 - 2*s)")]),
            ("s", SIGMOID, "s", [(square, "s*(1 - s)*(1 - 2*s)")], [(square, "s*(1 - s)^2")]),
            ("t", TANH, "t", [(-2 * square, "t*(1 - t^2)")], [(-2 * slope, "t*(1 - t^2)")]),
            ("t", TANH, "t", [(-2 * square, "t*(1 - t^2)")], [(2 * square, "t*(1 - t^2)")]),
            (
                "s", SIGMOID, "z*s",
                [(2 * slope, "s*(1 - s)"), (square, "z*s*(1 - s)*(1 - 2*s)")],
                [(slope, "s*(1 - s)"), (square, "z*s*(1 - s)*(1 - 2*s)")],
            ),
            (
                "t", TANH, "z*t",
                [(2 * slope, "(1 - t^2)"), (-2 * square, "z*t*(1 - t^2)")],
                [(2 * slope, "(1 - t^2)"), (2 * square, "z*t*(1 - t^2)")],
            ),
        )
    )  # fmt: skip
    chosen = polynomial(draw.choice((right, wrong)))
    return claim(
        f"Let {name} = {spoken(formula.format(inner))}. A solution",
        f"the second derivative of {spoken(left)} by z is {spoken(chosen)}",
        {"left": left, "derivative": 2, "right": chosen, "define": {name: formula.format(inner)}},
        {"z": draw.integer(-1, 1)},
    )

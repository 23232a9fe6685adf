"""Slopes of a formula: derivatives, values at a point, stationary points, curvature."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._matrices import symmetric
from chainrule.exercises.topics._polynomials import polynomial
from chainrule.paper.workings import Working


def _curves(working: Working) -> bool:
    """Whether the point is not itself a stationary one."""
    return bool(working.tape["slope"].value.item() != 0)


@kind("easy", "medium", suits=_curves)
def curve(draw: Draw) -> Drawn:
    """A parabola: value, slope and curvature at a point, and its lowest or highest point."""
    scale, middle = (
        draw.choice(draw.by((1, 1, 2, -1), (1, 2, 3, -1, -2), (1,))),
        draw.integer(-4, 4, zero=False),
    )
    half = 0 if draw.by(True, False, False) else draw.choice((0, 1))
    formula = polynomial(
        [(scale, "x^2"), (-2 * scale * middle + scale * half, "x"), (draw.integer(-6, 9), "")]
    )
    return {
        "text": "Find the value, the slope and the second derivative of y at the point x. Where is its slope "
        "0, and what is y there?",
        "find": ["value", "slope", "curvature", "stationary_points", "stationary_values"],
        "given": {"formula": f"y = {formula}", "at": {"x": draw.integer(-4, 5)}},
    }


@kind("medium", "hard", suits=_curves)
def curve_with_two_stationary_points(draw: Draw) -> Drawn:
    """A cubic whose slope is 0 at two whole numbers."""
    first, second = sorted(draw.different(2, -4, 5))
    scale = draw.choice((1, -1)) * (2 if (first + second) % 2 else 1)
    formula = polynomial(
        [
            (scale, "x^3"),
            (-3 * scale * (first + second) // 2, "x^2"),
            (3 * scale * first * second, "x"),
            (draw.integer(-9, 9), ""),
        ]
    )
    return {
        "text": "Find the value, the slope and the second derivative of y at the point x. Where is its slope "
        "0 (the larger place first), and what is y there?",
        "find": ["value", "slope", "curvature", "stationary_points", "stationary_values"],
        "given": {"formula": f"y = {formula}", "at": {"x": draw.integer(-3, 4)}},
    }


@kind("easy", "medium")
def derivatives(draw: Draw) -> Drawn:
    """The derivative of a polynomial as a formula; of two variables the gradient and the Hessian matrix."""
    a, b, c, d = draw.integers(4, -6, 6, zero=False)
    if draw.difficulty == "easy":
        high, low = draw.sample((5, 4, 3, 2), 2)
        formula = polynomial([(a, f"x^{max(high, low)}"), (b, f"x^{min(high, low)}"), (c, "x"), (d, "")])
        return {
            "text": "Find the derivative of y and its second derivative, as formulas in x.",
            "find": ["derivative", "second_derivative"],
            "given": {"formula": f"y = {formula}"},
        }
    formula = polynomial(
        [(a, f"x^{draw.choice((2, 3))}"), (b, draw.choice(("x*y", "x^2*y", "x*y^2"))), (c, "y^2"), (d, "y")]
    )
    return {
        "text": "Find the gradient of f, its partial derivatives by x and by y, and its Hessian matrix of "
        "second partial derivatives, as formulas in x and y.",
        "find": ["gradient", "hessian"],
        "given": {"formula": f"f = {formula}"},
    }


def _is_steep(working: Working) -> bool:
    return any(v != 0 for v in working.tape["gradient_at"].value)


@kind("easy", "medium", "hard", suits=_is_steep)
def surface_at_point(draw: Draw) -> Drawn:
    """Value and gradient of a formula in two variables at a point, and of a cubic its Hessian matrix."""
    a, b, c = draw.integers(3, -4, 5, zero=False)
    terms = draw.by(
        [(a, "x^2"), (b, "y^2"), (c, "x")],
        [(a, "x^2"), (b, "x*y"), (c, "y^2"), (draw.integer(-5, 5), "y")],
        [(a, "x^2*y"), (b, draw.choice(("x*y", "x*y^2"))), (c, "y^3"), (draw.integer(-5, 5), "x^2")],
    )
    more = " and its Hessian matrix" if draw.difficulty == "hard" else ""
    return {
        "text": f"Find the value of f and its gradient{more} at the point (x, y).",
        "find": ["value", "gradient_at", *(["hessian_at"] if more else [])],
        "given": {
            "formula": f"f = {polynomial(terms)}",
            "at": {"x": draw.integer(-3, 4), "y": draw.integer(-3, 4)},
        },
    }


@kind("medium", "hard")
def surface(draw: Draw) -> Drawn:
    """A quadratic in two variables: where it is smallest, and how well-conditioned it is."""
    (p, q), (_, s) = symmetric(draw)
    x, y = draw.integer(-3, 3), draw.integer(-3, 3)
    if draw.difficulty == "medium":
        p, q, s = 2 * draw.integer(1, 9), 0, 2 * draw.integer(1, 9)
    scale = 1 if p % 2 == 0 and s % 2 == 0 else 2
    p, q, s = scale * p, scale * q, scale * s
    terms = [
        (p // 2, "x^2"),
        (q, "x*y"),
        (s // 2, "y^2"),
        (-(p * x + q * y), "x"),
        (-(q * x + s * y), "y"),
        (draw.integer(0, 9), ""),
    ]
    return {
        "text": "Find the point (x, y) at which all slopes of f are 0, and f there. Find the coefficients of "
        "the characteristic polynomial det(λI − H) of its Hessian matrix H, that of the highest power of λ "
        "first, the eigenvalues of H, the largest first, and the condition number, the quotient of the "
        "largest and the smallest.",
        "find": [
            "stationary_points",
            "stationary_values",
            "characteristic_polynomial",
            "eigenvalues",
            "condition_number",
        ],
        "given": {"formula": f"f = {polynomial(terms)}"},
    }

"""The loss of a physics-informed network, for a polynomial in place of the network."""

from __future__ import annotations

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._polynomials import polynomial, spoken
from chainrule.paper.workings import Working


def _misses(working: Working) -> bool:
    """Whether the trial function solves neither the equation nor the conditions."""
    return all(working.tape[name].value.item() != 0 for name in ("loss_physics", "loss_boundary"))


@kind("easy", "medium", "hard", suits=_misses)
def physics(draw: Draw) -> Drawn:
    """Residual and loss of a polynomial in an ordinary differential equation."""
    p, q = draw.integers(2, -3, 3, zero=False)
    first = draw.difficulty == "easy"
    sides = [(1, "y'"), (q, "y")] if first else [(1, "y''"), (p, "y'"), (q, "y")]
    equation = f"{polynomial(sides)} = {draw.integer(-2, 3)}"
    trial = polynomial(
        [(draw.integer(-3, 4, zero=False), ""), (draw.integer(-3, 3, zero=False), "x")]
        + ([] if first else [(draw.integer(-2, 3, zero=False), "x^2")])
    )
    end = draw.integer(1, 2)
    edges = {"0": draw.integer(-2, 5), **({} if first else {str(end): draw.integer(-3, 6)})}
    weight = draw.by(1, draw.integer(2, 10), draw.integer(2, 20))
    points = sorted(draw.different(draw.by(2, 3, 4), 0, end, draw.by("0.5", "0.5", "0.2")))
    places = said([f"y({place}) = {said(value)}" for place, value in edges.items()])
    names = [f"boundary{i}" for i in range(1, len(edges) + 1)]
    left_over = "y(0) minus what it should be" if first else "each of the two values minus what it should be"
    weighed = "1 for both" if first else f"1 for the equation and {weight} for the conditions"
    return {
        "text": f"A physics-informed network is to solve {spoken(equation)} with {places}. In its place try "
        f"y = {spoken(trial)}. Find the residual, the left side minus the right side, at the points x given, "
        f"the mean of its squares, what is left over of the conditions ({left_over}), the mean of its "
        f"squares, and the loss, the weighted sum of the two means, with the weight {weighed}.",
        "find": ["residual", "loss_physics", *names, "loss_boundary", "loss"],
        "given": {
            "equation": equation,
            "boundary": edges,
            "trial": trial,
            "points": points,
            **({} if first else {"weights": {"boundary": weight}}),
        },
    }


@kind("hard", suits=_misses)
def heat(draw: Draw) -> Drawn:
    """Residual and loss of a polynomial in the heat equation, with edges and a start."""
    k, a, b, c = draw.decimal(0.1, 0.9), draw.integer(-3, 3, zero=False), *draw.integers(2, -2, 3, zero=False)
    trial = polynomial([(a, "x^2*t"), (b, "x"), (c, "t")])
    equation = f"u_t = {k}*u_xx"
    start = polynomial([(draw.integer(-2, 3, zero=False), "x")])
    right = draw.integer(-2, 3)
    weights = {"boundary": draw.integer(1, 5), "initial": draw.integer(1, 5)}
    points = [
        [x, t]
        for x, t in zip(draw.different(2, 0.1, 0.9, "0.1"), draw.decimals(2, 0.5, 2, "0.5"), strict=True)
    ]
    return {
        "text": f"A physics-informed network is to solve u_t = {k} u_xx for 0 ≤ x ≤ 1, with u(0, t) = 0, "
        f"u(1, t) = {said(right)} and u(x, 0) = {spoken(start)}. In its place try u = {spoken(trial)}. Find "
        "the residual, the left side minus the right side, at the points (x, t) given, and the mean of its "
        "squares; what is left over (u minus what it should be) at both edges and at the start, at the "
        "places given there, and the mean of the squares of both edges together, and that of the start; and "
        f"the loss, the sum of the three means with weights: 1 for the equation, {weights['boundary']} for "
        f"the edges, {weights['initial']} for the start.",
        "find": [
            "residual",
            "loss_physics",
            "boundary1",
            "boundary2",
            "loss_boundary",
            "initial1",
            "loss_initial",
            "loss",
        ],
        "given": {
            "equation": equation,
            "boundary": {"u(0, t)": 0, "u(1, t)": right},
            "initial": {"u(x, 0)": start},
            "trial": trial,
            "points": points,
            "boundary_points": sorted(draw.different(2, 0, 1, "0.5")),
            "weights": weights,
        },
    }

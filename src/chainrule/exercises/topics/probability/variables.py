"""Random variables with a few values: one, of its own or on outcomes, and two together."""

from __future__ import annotations

from decimal import Decimal

from chainrule.exercises.draws import Draw, said, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

MOMENTS = ["E_X", "E_X2", "var_X", "sd_X"]
COUNTED = (
    "the number of faults that a program shows in a day",
    "the number of calls in a minute",
    "the number of goals of a team in a match",
    "the number of wrong labels in a batch",
)
WON = (
    "what a bet wins or loses, in euros",
    "the profit of a stall on one day, in hundreds of euros",
    "by how many points a score changes in a round",
)
COLOURS = ("white", "red", "blue", "green", "black", "yellow")
LOADED = ("even", "odd")


def _varies(working: Working) -> bool:
    """Whether neither mean nor variance is 0, nor equal to another quantity on the page."""
    moments = [working.tape[name].value.item() for name in ("E_X", "E_X2", "var_X")]
    return all(moment != 0 for moment in moments) and moments[0] != moments[1]


@kind("easy", "medium", "hard", suits=_varies)
def random_variable(draw: Draw) -> Drawn:
    """A random variable given by its values and their probabilities."""
    count = draw.by(3, 4, 6)
    counted = draw.chance()
    values = sorted(draw.different(count, *((0, count + 1) if counted else (-5, 6))))
    asked, find = draw.by(
        ("expectation and the expectation of its square", ["E_X", "E_X2"]),
        ("expectation, its variance and its standard deviation", ["cdf", "E_X", "var_X", "sd_X"]),
        (
            "expectation, its variance by both formulas, and its standard deviation",
            ["cdf", "E_X", "var_X", "E_X2", "var_X_by_moments", "sd_X"],
        ),
    )
    distribution = "distribution function P(X ≤ x) at each of its values, its " if "cdf" in find else ""
    return {
        "text": f"X is {draw.choice(COUNTED if counted else WON)}: it has the values x with the "
        f"probabilities P(X = x). Find its {distribution}{asked}.",
        "find": find,
        "given": {"values": values, "probabilities": draw.probabilities(count, draw.by(10, 10, 20))},
    }


@kind("easy", "medium")
def heads(draw: Draw) -> Drawn:
    """The number of heads, or of tails, of several coins; its distribution and moments."""
    count, side = draw.integer(*draw.by((2, 3), (4, 5), (4, 5))), draw.choice(("heads", "tails"))
    return {
        "text": f"X is the number of {side} when {count} fair coins are tossed. Find the probabilities and "
        f"the distribution function of its values, 0 to {count}, its expectation, variance and standard "
        "deviation.",
        "find": ["p", "cdf", "E_X", "var_X", "sd_X"],
        "given": {"coins": count, "variable": side},
    }


@kind("easy", "medium", "hard")
def loaded_die(draw: Draw) -> Drawn:
    """A loaded die: the probability of an event, and the number that it shows on average."""
    sides = draw.by(4, 6, 8)
    chances = draw.probabilities(sides, draw.by(10, 20, 50))
    word = draw.choice(LOADED)
    members = [n for n in range(1, sides + 1) if (n % 2 == 0) == (word == "even")]
    more = draw.by(["E_X"], ["cdf", "E_X", "var_X"], ["cdf", *MOMENTS])
    asked = draw.by(
        "the expected number",
        "the distribution function, expectation and variance of the number",
        "the distribution function of the number, its expectation, the expectation of its square, its "
        "variance and its standard deviation",
    )
    return {
        "text": f"A die with {sides} sides is loaded: it shows 1 to {sides} with the probabilities P(o), in "
        f"this order. X is the number that it shows. Find the probability of an {word} number and of its "
        f"complement, and {asked}.",
        "find": [f"P_{word}", f"P_not_{word}", *more],
        "given": {
            "dice": 1,
            "sides": sides,
            "probabilities": chances,
            "events": {word: members},
            "variable": "total",
        },
    }


@kind("medium", "hard", suits=_varies)
def game(draw: Draw) -> Drawn:
    """A wheel of colours, of which several win the same: the distribution of what is won."""
    count = draw.by(4, 5, 6)
    colours = draw.sample(COLOURS, count)
    prizes = draw.different(count - 2, -4, 8)
    won = draw.shuffled([*prizes, *draw.sample(prizes, 2)])
    pairs = ", ".join(f"{colour} {said(prize)}" for colour, prize in zip(colours, won, strict=True))
    return {
        "text": f"A wheel stops at {', '.join(colours[:-1])} or {colours[-1]} with the probabilities P(o), "
        f"in this order. It pays so many euros (a minus sign is a loss): {pairs}. X is what it pays. Find "
        "the probability of each value of X, the smallest first, the distribution function there, the "
        "expectation of X and of X², the variance and the standard deviation.",
        "find": ["p", "cdf", *MOMENTS],
        "given": {
            "space": colours,
            "probabilities": draw.probabilities(count, draw.by(10, 20, 20)),
            "variable": won,
        },
    }


def _go_together(working: Working) -> bool:
    """Whether the two are correlated, and neither is 0 on average, or the same as its square."""
    values = {name: working.tape[name].value.item() for name in ("cov", "E_X", "E_Y", "E_XY")}
    return all(value != 0 for value in values.values()) and working.tape["var_sum"].value.item() != 0


@kind("easy", "medium", "hard", suits=_go_together)
def two_variables(draw: Draw) -> Drawn:
    """Two random variables by their joint probabilities: covariance, and what follows from it."""
    rows, columns = draw.by((2, 2), (2, 3), (3, 3))
    of = draw.by(10, 10, 20)
    chances = draw.probabilities(rows * columns, of)
    x, y = (
        sorted(draw.different(rows, 0, 4)),
        sorted(draw.different(columns, *draw.by((0, 3), (-1, 3), (-2, 4)))),
    )
    covariance = ["p_X", "p_Y", "E_X", "E_Y", "E_XY", "cov"]
    moments = ["p_X", "p_Y", "E_X", "E_X2", "var_X", "E_Y", "E_Y2", "var_Y", "E_XY", "cov", "correlation"]
    asked, find = draw.by(
        ("the expectations of X, of Y and of XY, and the covariance of X and Y", covariance),
        (
            "the expectations of X, X², Y, Y² and XY, both variances, the covariance and the correlation of "
            "X and Y, and expectation and variance of X + Y",
            [*moments, "E_sum", "var_sum"],
        ),
        (
            "the expectations of X, X², Y, Y² and XY, both variances, the covariance by both formulas, the "
            "correlation of X and Y, and expectation and variance of X + Y, the variance by its definition "
            "too",
            [*moments[:-1], "cov_by_definition", "correlation", "E_sum", "var_sum", "var_sum_by_definition"],
        ),
    )
    return {
        "text": "X has the values x, a row each, and Y the values y, a column each; P(X = x, Y = y) are "
        f"their joint probabilities. Find the marginal probabilities of X and of Y, {asked}.",
        "find": find,
        "given": {"x": x, "y": y, "joint": [chances[i * columns : (i + 1) * columns] for i in range(rows)]},
    }


@kind("medium", "hard")
def independent_variables(draw: Draw) -> Drawn:
    """Two random variables that may be independent: covariance, and the verdict."""
    columns = draw.by(2, 3, 3)
    p, q = draw.probabilities(2), draw.probabilities(columns)
    joint = [[Decimal(a) * Decimal(b) for b in q] for a in p]
    if draw.chance():
        shift = min(joint[0][0], joint[1][1]) / draw.by(1, 1, 2)
        for i in (0, 1):
            joint[i][i] -= shift
            joint[i][1 - i] += shift
    return {
        "text": "X has the values x, a row each, and Y the values y, a column each; P(X = x, Y = y) are "
        "their joint probabilities. Find the marginal probabilities, the expectations of X, of Y and of XY, "
        "and the covariance. Are X and Y independent?",
        "find": ["p_X", "p_Y", "E_X", "E_Y", "E_XY", "cov", "independent"],
        "given": {
            "x": sorted(draw.different(2, 0, 4)),
            "y": sorted(draw.different(columns, -2, 4)),
            "joint": [[short(each) for each in row] for row in joint],
        },
    }

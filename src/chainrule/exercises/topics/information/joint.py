"""Questions about two variables in a table: joint and conditional entropy, mutual information."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics.information.discrete import halved
from chainrule.paper.workings import Working

ALL = ["p_X", "p_Y", "H_X", "H_Y", "H_XY", "H_Y_given_X", "H_X_given_Y", "MI"]
PAIRS = (
    "X is the weather and Y whether a train is late",
    "X is the class of a picture and Y what a network says",
    "X is a treatment and Y how a patient fares",
    "X is the sender of a mail and Y how it is sorted",
)
WORDS = (
    "the marginal distributions of X and Y, the entropies H(X), H(Y) and H(X, Y), the conditional entropies "
    "H(Y|X) and H(X|Y), and the mutual information I(X; Y), in bits."
)


def _is_usual(working: Working) -> bool:
    """Whether X and Y tell something of each other, and differ."""
    tape = working.tape
    mutual, in_x, in_y = (float(tape[name].value[()]) for name in ("MI", "H_X", "H_Y"))
    return mutual > 0.02 and abs(in_x - in_y) > 0.005


@kind("medium", "hard", suits=_is_usual)
def mutual_information(draw: Draw) -> Drawn:
    """From joint probabilities."""
    rows, columns = draw.by((2, 2), (2, 2), (2, 3))
    of = draw.by(10, 20, 100)
    shares = [short(Decimal(share) / of) for share in draw.shares(rows * columns, of)]
    return {
        "text": f"{draw.choice(PAIRS)}; their joint probabilities are given, X in the rows and Y in the "
        f"columns. Find {WORDS}",
        "find": ALL,
        "given": {"joint": _in_rows(shares, columns)},
    }


@kind("medium", suits=_is_usual)
def mutual_information_of_halves(draw: Draw) -> Drawn:
    """From joint probabilities that are powers of 1/2."""
    return {
        "text": f"{draw.choice(PAIRS)}; their joint probabilities are given, X in the rows and Y in the "
        f"columns. Find {WORDS}",
        "find": ALL,
        "given": {"joint": _in_rows(halved(draw, 8), 4)},
    }


@kind("medium", "hard", suits=_is_usual)
def mutual_information_of_counts(draw: Draw) -> Drawn:
    """From a table of counts."""
    rows, columns = draw.by((2, 2), (2, 2), (2, 3))
    counts = draw.shares(rows * columns, draw.by(20, draw.choice((20, 40, 50)), 100))
    return {
        "text": f"{draw.choice(PAIRS)}; how often they came together was counted, X in the rows and Y in the "
        f"columns. Find the joint probabilities, {WORDS}",
        "find": ["joint", *ALL],
        "given": {"counts": _in_rows(counts, columns)},
    }


@kind("easy", suits=_is_usual)
def marginal_distributions(draw: Draw) -> Drawn:
    """Sums of rows and columns, and the entropy of both variables together."""
    return {
        "text": f"{draw.choice(PAIRS)}; their joint probabilities are given, X in the rows and Y in the "
        "columns. Find the marginal distributions of X and Y, and the joint entropy H(X, Y) in bits.",
        "find": ["p_X", "p_Y", "H_XY"],
        "given": {"joint": _in_rows(halved(draw, 6), draw.choice((2, 3)))},
    }


def _in_rows(values: list[Any], columns: int) -> list[list[Any]]:
    return [values[start : start + columns] for start in range(0, len(values), columns)]

"""Whether a line (a hyperplane) separates two classes: a line that does, or a proof that none can.

Gordan's theorem: either a line separates the classes strictly, or a weighted mean of the points of one
class is a weighted mean of the points of the other, and never both. A linear programme over fractions
finds the one or the other; what is printed is then verified by itself.
"""

from __future__ import annotations

from functools import partial
from math import gcd, lcm

import numpy as np
from flint import fmpq

from chainrule.paper.numbers import Number, numbers
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.perceptron.line import draw, equation, mark_points
from chainrule.paper.topics.perceptron.table import Rows, cell, check_classes, point
from chainrule.rules.perceptron import separation as rules

Points = list[list[fmpq]]
SEPARATION = "separation"
ASKED = frozenset({SEPARATION, "separable"})
"""What of ``find`` asks whether a line separates: the part, or its answer alone."""
_SIDES = (("p", "mean_upper", 1, r"\lambda"), ("q", "mean_lower", -1, r"\mu"))


def separate(points: Points, sides: list[int]) -> tuple[list[fmpq], fmpq] | list[fmpq]:
    """Weights and bias of a line between the classes, or the multipliers that prove there is none.

    Side 1 lies where w·x + b > 0, side -1 where w·x + b < 0. The multipliers, one per point, are not
    less than 0, add up to 1 in each class, and give both classes the same weighted mean.

    >>> half = fmpq(1, 2)
    >>> gate = [[fmpq(a), fmpq(b)] for a in (0, 1) for b in (0, 1)]
    >>> separate(gate, [-1, 1, 1, -1]) == [half] * 4
    True
    """
    columns = [
        [*(side * v for v in p), fmpq(side), fmpq(side == 1)] for p, side in zip(points, sides, strict=True)
    ]
    solution, dual = _phase_one(columns)
    if solution is not None:
        return solution
    weights = [-v for v in dual[: len(points[0])]]
    return _halfway(points, sides, weights)


def _phase_one(columns: list[list[fmpq]]) -> tuple[list[fmpq] | None, list[fmpq]]:
    """A λ ≥ 0 with Σ λᵢ columnᵢ = (0, …, 0, 1), or the dual values that prove there is none.

    The first phase of the simplex method, with Bland's rule, so that it ends.
    """
    count, height = len(columns), len(columns[0])
    table = [
        [columns[j][i] for j in range(count)]
        + [fmpq(i == j) for j in range(height)]
        + [fmpq(i == height - 1)]
        for i in range(height)
    ]
    basis = list(range(count, count + height))
    cost = [-sum((row[j] for row in table), fmpq(0)) for j in range(count)] + [fmpq(0)] * height
    cost.append(-table[-1][-1])
    while (entering := next((j for j in range(count) if cost[j] < 0), None)) is not None:
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(table) if row[entering] > 0]
        leaving = min(ratios)[2]
        pivot = table[leaving][entering]
        table[leaving] = [v / pivot for v in table[leaving]]
        for row in (*table, cost):
            factor = row[entering]
            if row is not table[leaving] and factor:
                row[:] = [v - factor * p for v, p in zip(row, table[leaving], strict=True)]
        basis[leaving] = entering
    if cost[-1] == 0:
        solution = [fmpq(0)] * count
        for i, j in enumerate(basis):
            if j < count:
                solution[j] = table[i][-1]
        return solution, []
    return None, [1 - cost[count + i] for i in range(height)]


def _halfway(points: Points, sides: list[int], weights: list[fmpq]) -> tuple[list[fmpq], fmpq]:
    """The line with these weights halfway between the classes, in the smallest whole numbers."""
    heights = [sum((w * v for w, v in zip(weights, p, strict=True)), fmpq(0)) for p in points]
    upper = [h for h, side in zip(heights, sides, strict=True) if side == 1]
    lower = [h for h, side in zip(heights, sides, strict=True) if side == -1]
    if not upper or not lower:
        return [fmpq(0)] * len(weights), fmpq(1 if upper else -1)
    bias = -(min(upper) + max(lower)) / 2
    numbers_in = [*weights, bias]
    below = lcm(*(int(v.q) for v in numbers_in))
    above = gcd(*(int((v * below).p) for v in numbers_in))
    whole = [v * below / above for v in numbers_in]
    return whole[:-1], whole[-1]


def work_separation(page: Page, rows: Rows, alone: bool = True) -> None:
    """Whether the table is linearly separable, with the line or the proof.

    ``alone`` says that the question asks for this only, so that what cannot be decided is an error.
    """
    check_classes(rows)
    points = rows.points
    if points is None:
        if alone:
            raise SheetError("given.x: whether a line separates is decided for fractions; got another number")
        page.part(SEPARATION, "Linearly separable?")
        page.remark("Whether a line separates the classes is decided for fractions only.")
        return
    if alone:
        page.give("x", rows.x)
        page.give("y", rows.y)
    page.part(SEPARATION, "Linearly separable?")
    found = separate(points, rows.sides)
    if isinstance(found, tuple):
        _line(page, rows, *found)
    else:
        _proof(page, rows, found)


def _line(page: Page, rows: Rows, weights: list[fmpq], bias: fmpq) -> None:
    kind = "line" if rows.n == 2 else "hyperplane"
    one_class = len(set(rows.sides)) == 1
    if one_class:
        page.remark(
            "Every row is of the same class: no weights are needed, and a bias alone puts all of them on "
            "their side: $s = 1$ for class 1 and $s = -1$ for the other."
        )
    else:
        page.remark(
            f"A separating {kind} was found by linear programming; that it separates is seen by putting in "
            "the rows: $s = 1$ for class 1 and $s = -1$ for the other."
        )
    page.give("w_line", numbers(weights), symbol=r"w^{\text{line}}", hidden=True)
    page.give("b_line", Number(bias), symbol=r"b^{\text{line}}", hidden=True)
    page.give("side", numbers(rows.sides), symbol="s", hidden=True)
    if not one_class:
        page.remark(f"The {kind}: ${equation(page, numbers(weights), Number(bias))}$.")
    page.work("margins", rules.margins, "side", "x", "w_line", "b_line", symbol=r"\text{margins}")
    page.work("separable", rules.all_on_their_side, "margins")
    page.remark("Every margin is greater than 0: the classes are linearly separable (1 means yes).")
    if rows.n == 2 and not one_class:
        points = np.array([[float(Number(v)) for v in row] for row in rows.points or []])
        line = [*(float(Number(w)) for w in weights), float(Number(bias))]
        page.picture("The table and a line", partial(draw, points, rows.sides, [line]))


def _proof(page: Page, rows: Rows, multipliers: list[fmpq]) -> None:
    means = []
    for symbol, name, side, multiplier in _SIDES:
        chosen = [i for i, s in enumerate(rows.sides) if s == side and multipliers[i]]
        page.give(f"{name}_points", rows.x[chosen], symbol=symbol.upper(), hidden=True)
        weights = numbers([multipliers[i] for i in chosen])
        page.give(f"{name}_multipliers", weights, symbol=multiplier, hidden=True)
        means.append((symbol, name))
    page.remark(
        "Linear programming over fractions finds multipliers, not less than 0 and with sum 1 in each "
        "class, that give both classes the same weighted mean:"
    )
    cells = [
        (point(page, page["x"][i]), cell(page, page["y"][i]), cell(page, Number(multipliers[i])))
        for i in range(rows.m)
        if multipliers[i]
    ]
    page.table("", ("$x$", "$y$", "multiplier"), cells)
    page.remark(
        r"The rows of $P$ are the points of class 1 in the table, with multipliers $\lambda$; those of $Q$ "
        r"are the other class, with $\mu$."
    )
    for symbol, name in means:
        page.work(name, rules.convex_combination, f"{name}_multipliers", f"{name}_points", symbol=symbol)
    page.work("separable", rules.differs, "mean_upper", "mean_lower")
    page.remark(
        r"Suppose that $w \cdot x + b \ge \theta$ for every row of class 1 and $w \cdot x + b < \theta$ "
        r"for every row of the other. Multiplied and added up, the first gives $w \cdot p + b \ge \theta$ "
        r"and the second $w \cdot q + b < \theta$. But $p = q$: a contradiction. No weights, no bias and no "
        "threshold do it: the table is not linearly separable (0 means no)."
    )
    if rows.n == 2:
        page.picture("Why no line separates", partial(_draw_proof, rows, multipliers))


def _draw_proof(rows: Rows, multipliers: list[fmpq]) -> str:
    """The points that the proof takes, joined within each class, and the point where they meet."""
    from chainrule.paper.pictures import GREEN, INK, RED, drawing

    points = np.array([[float(Number(v)) for v in row] for row in rows.points or []])
    sides = np.array(rows.sides)
    weights = np.array([float(Number(v)) for v in multipliers])
    with drawing("Why no line separates") as picture:
        axes = picture.axes
        for side, color in ((1, GREEN), (-1, RED)):
            used = points[(sides == side) & (weights > 0)]
            axes.fill(*used.T, facecolor=color, edgecolor=color, alpha=0.3, linewidth=2)
        mark_points(axes, points, rows.sides)
        meeting = (weights * (sides == 1)) @ points
        axes.plot(*meeting, "*", color=INK, markersize=12, label="in both")
        axes.margins(0.2)
        axes.set(xlabel="$x_1$", ylabel="$x_2$")
        axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=3)
    return picture.svg

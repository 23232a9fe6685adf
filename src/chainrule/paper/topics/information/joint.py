"""Two variables in a table: joint and conditional entropy, mutual information."""

from __future__ import annotations

import numpy as np

from chainrule.paper.distributions import agree, check_not_negative, check_probabilities, is_known
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.information.given import Given
from chainrule.paper.topics.information.units import say_unit
from chainrule.rules.information import discrete as rules
from chainrule.rules.probability import densities, events, two_variables

MOST_SIDES = 20


def solve(page: Page, given: Given) -> None:
    """Work the entropies of both variables and what each tells of the other."""
    _table(page, given)
    page.part("marginals", "Marginal distributions")
    page.work("p_X", two_variables.marginal_of_rows, "joint", symbol="p(x)")
    page.work("p_Y", two_variables.marginal_of_columns, "joint", symbol="p(y)")
    _show_table(page, given)
    entropy = rules.entropy(given.base)
    page.part("entropy", "Entropies")
    say_unit(page, given.base)
    page.work("H_X", entropy, "p_X", symbol="H(X)")
    page.work("H_Y", entropy, "p_Y", symbol="H(Y)")
    page.work("H_XY", entropy, "joint", symbol="H(X, Y)")
    page.part("conditional", "Conditional entropies")
    page.work("H_Y_given_X", rules.conditional_entropy("H_Y"), "H_XY", "H_X", symbol=r"H(Y \mid X)")
    page.work("H_X_given_Y", rules.conditional_entropy("H_X"), "H_XY", "H_Y", symbol=r"H(X \mid Y)")
    page.part("mutual_information", "Mutual information")
    page.work("MI", rules.mutual_information(given.base), "joint", "p_X", "p_Y", symbol="I(X; Y)")
    page.work("MI_by_entropies", densities.difference, "H_Y", "H_Y_given_X", symbol="I(X; Y)")
    if agree(page["MI"][()], page["MI_by_entropies"][()]):
        page.remark("Both ways give the same: so much less uncertain is Y once X is known.")
    if is_known(page["MI"][()]) and agree(page["MI"][()], Number(0)):
        page.remark("It is 0: the two variables are independent.")


def _table(page: Page, given: Given) -> None:
    key = "joint" if given.joint is not None else "counts"
    values = page.exact(getattr(given, key))
    if max(values.shape) > MOST_SIDES:
        raise SheetError(
            f"given.{key}: {values.shape[0]} × {values.shape[1]}; at most {MOST_SIDES} rows and columns"
        )
    for place, length in (("rows", values.shape[0]), ("columns", values.shape[1])):
        names = getattr(given, place)
        if names is not None and len(names) != length:
            raise SheetError(f"given.{place}: {len(names)} names for {length} {place} of the table")
    if key == "joint":
        check_probabilities("given.joint", values)
        page.give("joint", values, symbol="p(x, y)")
        return
    check_not_negative("given.counts", values, "a count is 0 or more")
    total = values.sum()
    if is_known(total) and total == 0:
        raise SheetError("given.counts: nothing was counted; expected at least one count above 0")
    page.give("counts", values, symbol="n(x, y)")
    page.give("n", np.asarray(total, dtype=object), hidden=True)
    page.part("joint", "Joint probabilities")
    page.work("joint", events.classical, "counts", "n", symbol="p(x, y)")


def _show_table(page: Page, given: Given) -> None:
    joint, p_x, p_y = page["joint"], page["p_X"], page["p_Y"]
    rows = given.rows or [f"row {i}" for i in range(1, len(p_x) + 1)]
    columns = given.columns or [f"column {j}" for j in range(1, len(p_y) + 1)]
    lines = [
        [as_prose(row), *(page.write(v) for v in line), page.write(mass)]
        for row, line, mass in zip(rows, joint, p_x, strict=True)
    ]
    lines.append(["$p(y)$", *(page.write(v) for v in p_y), ""])
    page.table("", ["", *(as_prose(column) for column in columns), "$p(x)$"], lines)

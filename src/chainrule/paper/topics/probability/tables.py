"""A table of counts: joint, marginal and conditional probabilities of its rows and columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.distributions import agree, check_not_negative, is_known, verdict
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.probability.given import Given
from chainrule.paper.topics.probability.naming import POSSIBLE, check_names, key, name_tex, space_tex
from chainrule.rules.probability import events as rules

MOST_SIDES = 20
MOST_WORKED = 6
"""Cells. Of a larger table the probabilities stand in tables alone."""


def solve(page: Page, given: Given) -> None:
    """Work every joint, marginal and conditional probability of the table."""
    counts = page.exact(given.counts)
    rows, columns = _names(given, counts)
    page.give("counts", counts, symbol="n")
    shown = counts.size <= MOST_WORKED
    page.part("counts", "Table")
    _with_totals(page, counts, rows, columns)
    letter = space_tex([*rows, *columns])
    page.give(POSSIBLE, _size(counts.sum()), symbol=f"n({letter})", hidden=True)
    page.part("marginal", "Marginal probabilities")
    for names, axis in ((rows, 1), (columns, 0)):
        for name, count in zip(names, counts.sum(axis=axis), strict=True):
            page.give(f"n_{key(name)}", _size(count), symbol=f"n({name_tex(name)})", hidden=True)
            page.work(
                f"P_{key(name)}", rules.classical, f"n_{key(name)}", POSSIBLE, symbol=f"P({name_tex(name)})"
            )
    page.part("joint", "Joint probabilities")
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            both, tex = f"{key(row)}_and_{key(column)}", rf"{name_tex(row)} \cap {name_tex(column)}"
            page.give(f"n_{both}", _size(counts[i, j]), symbol=f"n({tex})", hidden=True)
            page.work(f"P_{both}", rules.classical, f"n_{both}", POSSIBLE, symbol=f"P({tex})", shown=shown)
    _cells(page, "", rows, columns, lambda row, column: f"P_{key(row)}_and_{key(column)}")
    page.part("conditional", "Conditional probabilities")
    for events, conditions, turned in ((columns, rows, False), (rows, columns, True)):
        _conditionals(page, events, conditions, turned, shown)
    _independence(page, rows, columns)


def _size(count: Any) -> np.ndarray:
    """A count as a quantity; it may be a formula."""
    return np.asarray(count, dtype=object)


def _names(given: Given, counts: np.ndarray) -> tuple[list[str], list[str]]:
    if max(counts.shape) > MOST_SIDES:
        raise SheetError(
            f"given.counts: {counts.shape[0]} × {counts.shape[1]}; at most {MOST_SIDES} rows and columns"
        )
    check_not_negative("given.counts", counts, "a count is 0 or more")
    if is_known(counts.sum()) and counts.sum() == 0:
        raise SheetError("given.counts: nothing was counted; expected at least one count above 0")
    rows = given.rows or [f"row {i}" for i in range(1, counts.shape[0] + 1)]
    columns = given.columns or [f"column {j}" for j in range(1, counts.shape[1] + 1)]
    for place, names, length in (("rows", rows, counts.shape[0]), ("columns", columns, counts.shape[1])):
        if len(names) != length:
            raise SheetError(f"given.{place}: {len(names)} names for {length} {place} of the table")
    check_names("given.rows and given.columns", [*rows, *columns])
    return rows, columns


def _with_totals(page: Page, counts: np.ndarray, rows: list[str], columns: list[str]) -> None:
    lines = [
        [as_prose(row), *(page.write(v) for v in values), page.write(values.sum())]
        for row, values in zip(rows, counts, strict=True)
    ]
    sums = counts.sum(axis=0)
    lines.append(["total", *(page.write(v) for v in sums), page.write(sums.sum())])
    page.table("", ["", *(as_prose(column) for column in columns), "total"], lines)


def _cells(page: Page, title: str, rows: list[str], columns: list[str], name: object) -> None:
    assert callable(name)
    lines = [
        [as_prose(row), *(page.write(page[name(row, column)][()]) for column in columns)] for row in rows
    ]
    page.table(title, ["", *(as_prose(column) for column in columns)], lines)


def _conditionals(page: Page, events: list[str], conditions: list[str], turned: bool, shown: bool) -> None:
    """The probability of every event given every condition that is possible."""
    possible = []
    for condition in conditions:
        below = page[f"P_{key(condition)}"][()]
        if is_known(below) and below == 0:
            _refuse_impossible(page, events, condition)
            page.remark(f"Nothing is known given {as_prose(condition)}: its probability is 0.")
            continue
        possible.append(condition)
        for event in events:
            row, column = (event, condition) if turned else (condition, event)
            page.work(
                f"P_{key(event)}_given_{key(condition)}",
                rules.conditional_beside(f"P_{key(event)}"),
                f"P_{key(row)}_and_{key(column)}",
                f"P_{key(condition)}",
                symbol=rf"P({name_tex(event)} \mid {name_tex(condition)})",
                shown=shown,
            )
    if not shown:
        _cells(
            page,
            "each column, given the row" if not turned else "each row, given the column",
            possible,
            events,
            lambda condition, event: f"P_{key(event)}_given_{key(condition)}",
        )


def _refuse_impossible(page: Page, events: list[str], condition: str) -> None:
    asked = {f"P_{key(event)}_given_{key(condition)}" for event in events} & set(page.question.find or [])
    if asked:
        raise SheetError(
            f"find: {min(asked)} is not defined: {condition} is impossible, its probability is 0"
        )


def _independence(page: Page, rows: list[str], columns: list[str]) -> None:
    """Whether every joint probability is the product of its marginals; of those that are not, the first."""
    page.part("independence", "Independence")
    for row in rows:
        for column in columns:
            both, expected = f"P_{key(row)}_and_{key(column)}", f"P_{key(row)}_times_P_{key(column)}"
            symbol = rf"P({name_tex(row)}) \, P({name_tex(column)})"
            page.work(
                expected, rules.product, f"P_{key(row)}", f"P_{key(column)}", symbol=symbol, shown=False
            )
            if not agree(page[both][()], page[expected][()]):
                if not is_known(page[both][()] - page[expected][()]):
                    page.remark(
                        "Independent exactly if every joint probability is the product of its marginals."
                    )
                    return
                page.show(expected)
                page.work("independent", verdict(rules.equal, "no"), both, expected)
                page.remark(
                    f"Not equal to {page.write(page[both][()])}: rows and columns are not independent, "
                    "as they would be if this held in every cell."
                )
                return
    page.work("independent", verdict(rules.equal, "yes"), both, expected)
    page.remark("So in every cell: rows and columns are independent.")

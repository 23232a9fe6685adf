"""Precision, recall and the like of each of several classes, and their averages."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.topics.metrics.undefined import undefined
from chainrule.paper.words import text_tex
from chainrule.rules.metrics import averages, confusion, shares
from chainrule.rules.rule import Rule

_WHY = {
    "precision": "nothing was called {}, so it is 0/0",
    "recall": "no sample is {}, so it is 0/0",
    "specificity": "every sample is {}, so it is 0/0",
    "f1": "no sample is {}, and none was called so: 0/0",
}
_SYMBOLS = {"f1": "F_{1}"}


def work_averages(page: Page, classes: list[Any], by_rows: bool) -> None:
    """The counts of each class, its metrics, and macro, weighted and micro averages."""
    page.part("counts", "Counts of each class")
    page.remark("Each class in turn is the positive one, and all others together the negative.")
    in_row, in_column = ("FN", "FP") if by_rows else ("FP", "FN")
    page.work("TP", confusion.diagonal, "C", symbol=r"\text{TP}")
    page.work(in_row, confusion.rest_of_row, "C", symbol=rf"\text{{{in_row}}}")
    page.work(in_column, confusion.rest_of_column, "C", symbol=rf"\text{{{in_column}}}")
    page.work("N", confusion.number_of_samples, "C")
    page.work("TN", confusion.rest, "N", "TP", "FP", "FN", symbol=r"\text{TN}")
    page.work("support", confusion.support, "TP", "FN")
    page.part("per_class", "Metrics of each class")
    names = [as_prose(str(c)) for c in classes]
    values = {
        "precision": _each(page, "precision", shares.precision, ("TP", "FP"), names),
        "recall": _each(page, "recall", shares.recall, ("TP", "FN"), names),
        "specificity": _each(page, "specificity", shares.specificity, ("TN", "FP"), names),
    }
    values["f1"] = _f1(page, values, names)
    cells = [
        (name, page.write(support), *(_cell(page, values[key][k]) for key in values))
        for k, (name, support) in enumerate(zip(names, page["support"], strict=True))
    ]
    page.table("", ("class", "support", "precision", "recall", "specificity", "$F_{1}$"), cells)
    _averages(page, values)


def _cell(page: Page, value: Any) -> str:
    return "undefined" if value is None else page.decimal(value)


def _each(page: Page, name: str, rule: Rule, inputs: tuple[str, ...], names: list[str]) -> list[Any]:
    """A ratio for every class: as one vector where all are defined, else class by class; None: undefined."""
    arrays = [page[i] for i in inputs]
    weights = (2, 1, 1) if name == "f1" else (1, 1)
    below = np.sum([w * array for w, array in zip(weights, arrays, strict=True)], axis=0)
    symbol = _SYMBOLS.get(name, rf"\text{{{name}}}")
    if all(v != 0 for v in below):
        return list(page.work(name, rule, *inputs, symbol=symbol))
    if name in (page.question.find or ()):
        bad = next(n for n, v in zip(names, below, strict=True) if v == 0)
        why = f"{_WHY[name].format(bad)}; of single classes ask for {name}1, {name}2, …"
        undefined(page, name, name, why)
    found: list[Any] = []
    for k, class_name in enumerate(names):
        if below[k] == 0:
            title = f"{name} of {class_name}".replace("f1", "$F_{1}$")
            undefined(page, f"{name}{k + 1}", title[0].upper() + title[1:], _WHY[name].format(class_name))
            found.append(None)
            continue
        word = text_tex(class_name)
        taken = [f"{i}{k + 1}" for i in inputs]
        for single, i, array in zip(taken, inputs, arrays, strict=True):
            page.give(
                single, array[k : k + 1].reshape(()), symbol=_below(rf"\text{{{i}}}", word), hidden=True
            )
        found.append(page.work(f"{name}{k + 1}", rule, *taken, symbol=_below(symbol, word))[()])
    return found


def _f1(page: Page, values: dict[str, list[Any]], names: list[str]) -> list[Any]:
    """From precision and recall as the formula has it; from the counts where those do not give it."""
    pairs = list(zip(values["precision"], values["recall"], strict=True))
    if all(p is not None and r is not None and p + r != 0 for p, r in pairs):
        return list(page.work("f1", shares.f1, "precision", "recall", symbol="F_{1}"))
    return _each(page, "f1", shares.f1_of_counts, ("TP", "FP", "FN"), names)


def _averages(page: Page, values: dict[str, list[Any]]) -> None:
    page.part("averages", "Averages over the classes")
    page.work("accuracy", shares.share_right, "TP", "N")
    for name in ("precision", "recall", "f1"):
        symbol = _SYMBOLS.get(name, rf"\text{{{name}}}")
        if None in values[name]:
            for kind in ("macro", "weighted"):
                title = f"The {kind} average of {name}".replace("f1", "$F_{1}$")
                undefined(page, f"{name}_{kind}", title, "it is undefined for a class")
            continue
        page.work(f"{name}_macro", averages.macro_average, name, symbol=_below(symbol, text_tex("macro")))
        page.work(
            f"{name}_weighted",
            averages.weighted_average,
            "support",
            name,
            symbol=_below(symbol, text_tex("weighted")),
        )
    if None not in values["recall"]:
        page.remark("Balanced accuracy is the macro average of recall.")
    for name, wrong in (("precision", "FP"), ("recall", "FN")):
        symbol = _below(rf"\text{{{name}}}", text_tex("micro"))
        page.work(f"{name}_micro", averages.micro_average, "TP", wrong, symbol=symbol)
    page.remark(
        "Every sample has one class, so what is a false positive of one class is a false negative of "
        "another: micro precision, micro recall, micro $F_{1}$ and accuracy are the same."
    )


def _below(symbol: str, word: str) -> str:
    return rf"F_{{1,{word}}}" if symbol == "F_{1}" else rf"{symbol}_{{{word}}}"

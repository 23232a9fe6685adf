"""Units that do not learn as they should: alike for ever, or dead."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from chainrule.network import Placed
from chainrule.paper.numbers import Number, worked_alike
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.network.penalty import PENALTY
from chainrule.paper.topics.network.subject import Subject
from chainrule.rules.networks.units import largest_over_samples, number_dead, number_different

MOST_ROWS = 12
"""Updates in the table of symmetries; of more, the first ones and the last."""
MOST_SHOWN = 4
"""Weights of a unit that are written out."""


def symmetry(subject: Subject) -> None:
    """Say after each update which units of a hidden layer are alike; ``different1`` counts those that differ.

    Two units are alike where the weights into them, their biases and the weights out of them are
    equal; balls are equal where they were worked in the same way from the same numbers.
    """
    program = subject.need_updates("symmetry")
    page, places = subject.page, subject.all_dense("symmetry")
    hidden = [place for place in places[:-1] if place.output_shape[0] > 1]
    if not hidden:
        raise SheetError("find: symmetry needs a hidden layer of two units or more")
    page.part("symmetry", "Are the units of a layer different?")
    shown = _some(subject.updates)
    followed = [name for place in places for name in place.parameters]
    keys = _keys(page, [subject.after(name, t) for t in shown for name in followed])
    rows, kinds = [], np.zeros(0, dtype=np.int64)
    for place, behind in pairwise(places):
        if place not in hidden:
            continue
        for t in shown:
            kinds = _kinds(subject, keys, place, behind, t)
            rows.append([str(t), place.number, _said(kinds), _into(subject, place, kinds, t)])
        page.give(f"kinds{place.number}", kinds, rf"\text{{layer }}{place.number}", hidden=True)
    page.table("", ("after update", "hidden layer", "its units", "weights into a unit, and its bias"), rows)
    for place in hidden:
        symbol = rf"\text{{different units}}_{{{place.number}}}"
        page.work(f"different{place.number}", number_different, f"kinds{place.number}", symbol=symbol)
    kept = [int(page[f"kinds{place.number}"].max()) + 1 for place in hidden]
    if any(kinds < place.output_shape[0] for kinds, place in zip(kept, hidden, strict=True)):
        _explain(page, subject.columns, min(kept))
    _say_unmoved(page, subject, program.parameters, keys)


def _some(updates: int) -> list[int]:
    if updates < MOST_ROWS:
        return list(range(updates + 1))
    return [*range(MOST_ROWS - 1), updates]


def _keys(page: Page, names: Sequence[str]) -> dict[str, np.ndarray]:
    """For each quantity an array of keys; equal keys are equal values."""
    values = [v for name in names for v in page[name].flat]
    if all(isinstance(v, Number) for v in values):
        found: list[Any] = list(worked_alike(values))
    else:
        found = [str(v) for v in values]
    keys, at = {}, 0
    for name in names:
        array = np.empty(page[name].shape, dtype=object)
        array.reshape(-1)[:] = found[at : at + array.size]
        keys[name], at = array, at + array.size
    return keys


def _kinds(
    subject: Subject, keys: dict[str, np.ndarray], place: Placed, behind: Placed, update: int
) -> np.ndarray:
    """The kind of each unit of a layer, numbered from 0 in the order in which they appear."""
    into = keys[subject.after(f"W{place.number}", update)]
    out = keys[subject.after(f"W{behind.number}", update)]
    bias = f"b{place.number}"
    columns = [into, keys[subject.after(bias, update)].reshape(1, -1)] if bias in place.parameters else [into]
    units = [(*column, *row) for column, row in zip(np.concatenate(columns).T, out, strict=True)]
    known = {unit: kind for kind, unit in enumerate(dict.fromkeys(units))}
    return np.array([known[unit] for unit in units], dtype=np.int64)


def _said(kinds: np.ndarray) -> str:
    """Which units are alike, in words.

    >>> _said(np.array([0, 0, 0])), _said(np.array([0, 1, 0])), _said(np.array([0, 1]))
    ('all 3 alike', 'alike: 1 and 3', 'all different')
    """
    groups = [np.flatnonzero(kinds == kind) + 1 for kind in range(int(kinds.max()) + 1)]
    if len(groups) == 1:
        return "both alike" if len(kinds) == 2 else f"all {len(kinds)} alike"
    several = [" and ".join(map(str, group)) for group in groups if len(group) > 1]
    return f"alike: {'; '.join(several)}" if several else "all different"


def _into(subject: Subject, place: Placed, kinds: np.ndarray, update: int) -> str:
    """The weights into a unit and its bias, where all units have the same."""
    page = subject.page
    W = page[subject.after(f"W{place.number}", update)]
    if kinds.max() > 0 or len(W) > MOST_SHOWN:
        return ""
    bias = f"b{place.number}"
    values = [*W[:, 0], *([page[subject.after(bias, update)][0]] if bias in place.parameters else [])]
    return ", ".join(page.decimal(v) for v in values)


def _explain(page: Page, columns: bool, different: int) -> None:
    page.remark(
        "Units $j$ and $k$ with the same weights into them and the same bias get the same $z$ and the same "
        "$a$. With the same weights out of them they get the same gradient as well, because"
    )
    links = (
        (r"\frac{\partial L}{\partial a_{j}} f'(z_{j}) x_{i}", "the chain rule"),
        (r"\frac{\partial L}{\partial a_{k}} f'(z_{k}) x_{i}", "the same weights out, and $z_{j} = z_{k}$"),
        (r"\frac{\partial L}{\partial w_{ik}}" if not columns else r"\frac{\partial L}{\partial w_{ki}}", ""),
    )
    left = r"\frac{\partial L}{\partial w_{ij}}" if not columns else r"\frac{\partial L}{\partial w_{ji}}"
    page.chain(left, *links)
    said = "the layer can do no more than one unit" if different == 1 else "alike units do no more than one"
    page.remark(f"So every update keeps them alike, and {said}. Random initial weights break this symmetry.")


def _say_unmoved(page: Page, subject: Subject, parameters: Any, keys: dict[str, np.ndarray]) -> None:
    """Name the parameters that the updates have left as they were."""
    unmoved = [
        name
        for name in parameters
        if name in keys and (keys[name] == keys[subject.after(name, subject.updates)]).all()
    ]
    if unmoved:
        named = ", ".join(f"${name[0]}_{{{name[1:]}}}$" for name in unmoved)
        moved = [f"${name[0]}_{{{name[1:]}}}$" for name in parameters if name not in unmoved]
        rest = f"; only {', '.join(moved)} changed" if moved else ""
        why = ": their gradients are 0" if _without_gradient(subject, unmoved) else ""
        page.remark(f"No update has changed {named}{why}{rest}.")


def _without_gradient(subject: Subject, parameters: Sequence[str]) -> bool:
    """Whether the gradients of these parameters were 0 in every update."""
    updates = range(1, subject.updates + 1)
    gradients = (subject.page[subject.at(f"d{name}", t)] for name in parameters for t in updates)
    return all(_is_zero(v) for gradient in gradients for v in gradient.flat)


# ---------------------------------------------------------------------------- dead units


def dead(subject: Subject) -> None:
    """Find the ReLU units that give 0 for every sample: ``top1`` is the largest z, ``dead1`` counts."""
    subject.need_updates("dead")
    page = subject.page
    places = [place for place in subject.dense if subject.activation(place) == "relu"]
    if not places:
        raise SheetError("find: dead looks at ReLU units; no Dense layer has the activation relu")
    page.part("dead", "Dead ReLU units")
    rows: list[list[str]] = []
    for place in places:
        i = place.number
        z = subject.at(f"z{i}") if subject.whole else f"z{i}_before"
        page.work(f"top{i}", largest_over_samples, z, symbol=rf"\max z_{{{i}}}")
        page.work(f"dead{i}", number_dead, f"top{i}", symbol=rf"\text{{dead units}}_{{{i}}}")
        rows += _units(subject, place)
    times = "the update" if subject.updates == 1 else f"{subject.updates} updates"
    gradient = "gradient" if subject.updates == 1 else "first gradient"
    head = ("layer", "unit", "largest $z$", "", gradient, f"weights after {times}")
    page.table("Over all samples", head, rows)
    if any(page[f"dead{place.number}"] != 0 for place in places):
        page.remark(
            "Where $z \\le 0$ the slope of ReLU is 0, and the gradient of every weight into the unit is a "
            "product with that slope: "
            "$\\frac{\\partial L}{\\partial w} = \\frac{\\partial L}{\\partial a} \\cdot 0 \\cdot x = 0$. "
            f"{_fate(subject)} A leaky ReLU, whose slope is never 0, has no dead units."
        )
    else:
        page.remark("Every unit gives more than 0 for some sample, so none is dead.")


def _fate(subject: Subject) -> str:
    """What becomes of a dead unit: the loss does not move it, but a penalty may."""
    if PENALTY in subject.page.tape.quantities or subject.at(PENALTY) in subject.page.tape.quantities:
        return (
            "The loss does not move the unit; only the penalty still does, which pulls its weights towards 0."
        )
    return (
        "So $w^{\\text{new}} = w - \\eta \\cdot 0 = w$. In the first layer, whose inputs do not change, "
        "such a unit stays dead for ever; behind other layers only a change of theirs can wake it."
    )


def _units(subject: Subject, place: Placed) -> list[list[str]]:
    """A row for each unit of a layer: whether it is dead, and whether the updates change its weights."""
    page, i, rows = subject.page, place.number, []
    names = [name for name in (f"W{i}", f"b{i}") if name in place.parameters]
    after = {name: subject.after(name, subject.updates) for name in names}
    keys = _keys(page, [*names, *after.values()])
    for unit, top in enumerate(page[f"top{i}"]):
        gradients = [v for name in names for v in page[subject.at(f"d{name}")][..., unit].reshape(-1)]
        moved = any((keys[name] != keys[after[name]])[..., unit].any() for name in names)
        rows.append(
            [
                i,
                str(unit + 1),
                page.write(top),
                "dead" if bool(top <= 0) else "alive",
                "0" if all(_is_zero(v) for v in gradients) else "not 0",
                "others" if moved else "the same",
            ]
        )
    return rows


def _is_zero(value: Any) -> bool:
    return getattr(value, "exact", None) == 0 or getattr(value, "expression", None) == 0

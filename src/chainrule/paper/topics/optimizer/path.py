"""A parameter's path: every update worked line by line, a table of all, and pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.paper.elements import are_drawable, as_number
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.optimizer.lines import Line, Ref, now, symbol
from chainrule.paper.topics.optimizer.methods import Method
from chainrule.paper.topics.optimizer.schedules import Schedule
from chainrule.paper.workings import Working

if TYPE_CHECKING:
    from chainrule.paper.functions import Function

RATE = Ref("learning_rate")
MOST_OPERATIONS = 300
"""Operations in a formula. Where letters are given, they grow with each update."""


@dataclass(frozen=True)
class Start:
    """The parameter at the start, and the gradient of each update where those are given."""

    w: np.ndarray
    gradients: np.ndarray | None = None


@dataclass(frozen=True)
class Formulas:
    """A loss, where it is known, and its slope in each entry of the parameter."""

    loss: Function | None
    slopes: list[Function]


def work_rates(page: Page, method: Method, schedule: Schedule, steps: int) -> Working:
    """Work the learning rate of every update."""
    _give(page, {"learning_rate": method.learning_rate, **schedule.numbers()})
    line = schedule.line()
    _formulas(page, [line])
    page.part("rates", "Learning rates")
    for update in range(1, steps + 1):
        _count(page, schedule, update)
        _work(page, line, update)
    _table(page, ["learning_rate"], steps)
    _picture(page, ["learning_rate"], steps)
    return page.working()


def work_path(
    page: Page,
    method: Method,
    schedule: Schedule | None,
    start: Start,
    steps: int,
    formulas: Formulas | None,
) -> Working:
    """Work every update of the parameter."""
    page.give("w", start.w, symbol="w^{(0)}")
    if start.gradients is not None:
        page.give("gradients", start.gradients, symbol="g")
    _give(page, {**method.numbers(), **(schedule.numbers() if schedule else {})})
    for name, value in method.states().items():
        page.give(name, _everywhere(value, start.w), symbol=f"{symbol(name)}^{{(0)}}")
    lines, loss = _lines(method, schedule, formulas)
    _formulas(page, lines)
    if loss is not None:
        page.part("start", "Start")
        page.work("loss", loss, "w", symbol="L^{(0)}")
    for update in range(1, steps + 1):
        page.part(f"update{update}", f"Update {update}")
        _count(page, schedule, update)
        if start.gradients is not None:
            page.give(f"g.{update}", start.gradients[update - 1, ...], hidden=True)
        for line in lines:
            _work(page, line, update)
        if loss is not None:
            page.work(f"loss.{update}", loss, f"w.{update}")
    worked = [line.name for line in lines]
    names = [*([] if "g" in worked else ["g"]), *worked, *(["loss"] if loss is not None else [])]
    _table(page, names, steps)
    _picture(page, names, steps, formulas)
    return page.working()


def _everywhere(value: Any, w: np.ndarray) -> np.ndarray:
    one = value[()] if isinstance(value, np.ndarray) else Number(value)
    return np.full(w.shape, one, dtype=object)


def _lines(method: Method, schedule: Schedule | None, formulas: Formulas | None) -> tuple[list[Line], Any]:
    """The lines of an update in order, and the rule of the loss where it is known."""
    lines = [schedule.line()] if schedule else []
    ahead, place = method.place()
    lines += ahead
    loss = None
    if formulas is not None:
        from chainrule.paper.functions import function_rule, gradient_rule

        lines.append(Line("g", gradient_rule(formulas.slopes), (place,)))
        loss = function_rule("loss", formulas.loss) if formulas.loss is not None else None
    return [*lines, *method.update(now("learning_rate") if schedule else RATE)], loss


def _give(page: Page, numbers: dict[str, np.ndarray]) -> None:
    for name, value in numbers.items():
        page.give(name, value, symbol=symbol(name))


def _count(page: Page, schedule: Schedule | None, update: int) -> None:
    """The number of the update, as the optimizer counts it and as the schedule does."""
    counts = {"t": update, **({"s": update - 1 + schedule.first} if schedule else {})}
    for name, count in counts.items():
        page.give(f"{name}.{update}", Number(count), symbol=str(count), hidden=True)


def _work(page: Page, line: Line, update: int) -> None:
    options: dict[str, Any] = {k: page[name][()] for k, name in line.options.items()}
    inputs = [ref.at(update) for ref in line.inputs]
    at = f"{line.name}.{update}"
    page.work(at, line.rule, *inputs, symbol=f"{symbol(line.name)}^{{({update})}}", **options)
    if page.closed:
        _check_length(page[at], line.name, update)


def _check_length(formulas: np.ndarray, name: str, update: int) -> None:
    """Raise SheetError for formulas that have grown so long that nobody reads them."""
    if any(formula.expression.count_ops() > MOST_OPERATIONS for formula in formulas.flat):
        raise SheetError(
            f"given.steps: in update {update} the formula of {name} has more than {MOST_OPERATIONS} "
            "operations; expected fewer updates, or numbers without closed"
        )


def _formulas(page: Page, lines: Iterable[Line]) -> None:
    page.part("formulas", "Formulas, for update t")
    for line in lines:
        left, right = line.tex
        page.chain(left, (right, ""))


# ------------------------------------------------------------------------------- shown


def _table(page: Page, names: list[str], steps: int) -> None:
    """Every quantity in every update; the start is update 0, where something begins there."""
    page.part("table", "All updates")
    columns = list(dict.fromkeys(names))
    rows = [[f"${update}$", *(_cell(page, name, update) for name in columns)] for update in range(steps + 1)]
    if all(cell == "" for cell in rows[0][1:]):
        rows = rows[1:]
    page.table("", ["$t$", *(f"${symbol(name)}^{{(t)}}$" for name in columns)], rows)


def _cell(page: Page, name: str, update: int) -> str:
    at = now(name).at(update)
    if at not in page.tape.quantities or (update == 0 and name == "learning_rate"):
        return ""
    value = page[at]
    if not value.ndim:
        return page.decimal(value[()])
    return f"${_tuple(page, value)}$"


def _tuple(page: Page, value: np.ndarray) -> str:
    """A list as (1, 2), rows as ((1, 2), (3, 4)), in TeX."""
    parts = [_tuple(page, v) if np.ndim(v) else page.decimal(v).strip("$") for v in value]
    return f"({', '.join(parts)})"


def _picture(page: Page, names: list[str], steps: int, formulas: Formulas | None = None) -> None:
    """Parameter and state against the update, and the path over the loss, of numbers alone."""
    series = {name: _series(page, name, steps) for name in dict.fromkeys(names)}
    if any(values is None for values in series.values()):
        return
    page.part("picture", "Pictures")
    page.picture("Against the number of the update", partial(_against_updates, series))
    loss = formulas.loss if formulas else None
    if loss is not None and len(loss.names) <= 2:
        page.picture("The path over the loss", partial(_over_loss, loss, series["w"]))


def _against_updates(series: Any) -> str:
    from chainrule.paper.topics.optimizer.pictures import against_updates

    return against_updates(series)


def _over_loss(loss: Function, path: Any) -> str:
    from chainrule.paper.topics.optimizer.pictures import over_loss

    return over_loss(loss, path[1])


def _series(page: Page, name: str, steps: int) -> tuple[list[int], np.ndarray] | None:
    """A quantity in each update, as floats: (updates, entries). None for what is not drawn."""
    updates, values = [], []
    for update in range(steps + 1):
        at = now(name).at(update)
        if at not in page.tape.quantities or (update == 0 and name == "learning_rate"):
            continue
        flat = list(page[at].flat)
        if not are_drawable(map(as_number, flat)):
            return None
        updates.append(update)
        values.append([float(v) for v in flat])
    return updates, np.asarray(values)

"""The topic ``activation``: value and slope of an activation at given points, its curve; or of several."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError, Strict, Values
from chainrule.paper.topics.activation.chosen import Chosen, choose
from chainrule.paper.topics.activation.curves import picture_of
from chainrule.paper.topics.activation.facts import fact, note_corner
from chainrule.paper.topics.activation.softmax import work_softmax
from chainrule.paper.values import read_array
from chainrule.paper.workings import Working

MOST_POINTS = 400
MOST_COMPARED = 12
MOST_IN_TABLE = 40
_TABLE = {
    "description": "A name, a table with a name and options, or a list of these, to be compared",
    "anyOf": [
        {"type": "string"},
        {"type": "object", "required": ["name"]},
        {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}},
    ],
}


def _read(raw: Any) -> Any:
    if isinstance(raw, list):
        if not raw:
            raise ValueError("an empty list; expected at least one activation")
        if len(raw) > MOST_COMPARED:
            raise ValueError(f"{len(raw)} activations; at most {MOST_COMPARED} are compared")
        return [_one(part) for part in raw]
    return _one(raw)


def _one(raw: Any) -> dict[str, Any]:
    """The activation as a table whose options are exact numbers."""
    if not isinstance(raw, (str, dict)):
        raise ValueError(f"expected a name, or a table with a name; got {raw!r}")
    table: dict[str, Any] = {"name": raw} if isinstance(raw, str) else dict(raw)
    if not isinstance(table.get("name"), str):
        raise ValueError("a table for an activation needs its name")
    for option, value in table.items():
        if option != "name":
            table[option] = read_array(value)
            if table[option].ndim:
                raise ValueError(f"{option}: expected one number; got a list")
    return table


class Given(Strict):
    """What is given in a question of the topic ``activation``."""

    activation: Annotated[Any, BeforeValidator(_read), WithJsonSchema(_TABLE)] = Field(
        description="its name, or a table with its name and options; or a list of several"
    )
    z: Values = Field(description="the pre-activations; for softmax one vector, or a row per sample")


def solve(question: Question) -> Working:
    """Work values and slopes; of softmax, the probabilities, and the Jacobian where the slope is asked.

    Raises SheetError for what is no activation, WorkError for what cannot be worked.
    """
    given: Given = question.given
    if given.z.ndim > 2 or given.z.size > MOST_POINTS:
        said = f"expected a number, a list of numbers, or rows of them, at most {MOST_POINTS} in all"
        raise SheetError(f"given.z: {said}")
    page = Page(question)
    if isinstance(given.activation, list):
        _compare(page, given)
        return page.working()
    chosen = choose(page, given.activation, "given.activation")
    if chosen.activation.derivative is None:
        work_softmax(page, given.z)
        return page.working()
    page.part("value", "Value")
    page.give("z", given.z)
    taken = chosen.give_trained(page)
    page.work("a", chosen.activation.forward, "z", *taken)
    page.part("slope", "Slope")
    page.work("slope", chosen.activation.derivative, "z", "a", *taken, symbol="f'(z)")
    note_corner(page, chosen)
    page.part("facts", "What is known of it")
    page.remark(fact(page, chosen))
    page.part("curve", "Curve")
    picture_of(page, [chosen], f"{chosen.activation.name} and its slope")
    return page.working()


def _compare(page: Page, given: Given) -> None:
    """Several activations at the same points: values, slopes, a table of both, and their curves."""
    several: list[Chosen] = []
    for place, table in enumerate(given.activation, start=1):
        chosen = choose(page, table, f"given.activation[{place}]")
        if chosen.activation.derivative is None:
            raise SheetError(
                f"given.activation[{place}]: softmax takes a whole vector and is no curve; ask for it alone"
            )
        again = sum(c.activation.name == chosen.activation.name for c in several)
        several.append(chosen.named(f"{chosen.activation.name}{again + 1 if again else ''}"))
    page.give("z", given.z)
    page.part("value", "Values")
    for chosen in several:
        taken = chosen.give_trained(page)
        page.work(chosen.name, chosen.activation.forward, "z", *taken, symbol=chosen.symbol)
    page.part("slope", "Slopes")
    for chosen in several:
        assert chosen.activation.derivative is not None
        names = ("z", chosen.name, *chosen.trained_names)
        page.work(chosen.slope_name, chosen.activation.derivative, *names, symbol=chosen.slope_symbol)
        note_corner(page, chosen)
    if page["z"].size <= MOST_IN_TABLE:
        _tables(page, several)
    page.part("facts", "What is known of them")
    for chosen in several:
        page.remark(fact(page, chosen))
    page.part("curve", "Curves")
    picture_of(page, several, "The activations")


def _tables(page: Page, several: list[Chosen]) -> None:
    page.part("table", "Compared")
    points = [page.decimal(v) for v in page["z"].flat]
    for title, names in (
        ("Values", [c.name for c in several]),
        ("Slopes", [c.slope_name for c in several]),
    ):
        columns = [[page.decimal(v) for v in np.broadcast_to(page[n], page["z"].shape).flat] for n in names]
        head = ("$z$", *(c.label for c in several))
        page.table(title, head, zip(points, *columns, strict=True))

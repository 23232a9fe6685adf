"""What a question in Moodle says: its text, what is given, what to find, and where to fill it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from chainrule.exercises.moodle.cloze import Box
from chainrule.exercises.moodle.markup import laid_out, math, words
from chainrule.exercises.moodle.tolerance import DIGITS
from chainrule.paper.elements import APPROXIMATELY, quantity_tex, written_tex
from chainrule.paper.explain import given_entries
from chainrule.paper.notation import LARGEST_ARRAY
from chainrule.paper.tape import Quantity
from chainrule.paper.workings import Working

IN_NUMBERS = (
    f"Give whole numbers exactly, and others as decimals with at least {DIGITS} significant digits, "
    "as 0.333 or 1.25e-7."
)
WITH_ALL_DIGITS = "Work with all digits, and round only what you give."


def head(working: Working) -> Markup:
    """The question's text and the values that are given; of a large array, every number."""
    text = working.text.strip()
    made = [_paragraph(words(text))] if text else []
    for quantity, entry in zip(working.given, given_entries(working), strict=True):
        value = working.shown(quantity)
        sign = "=" if entry.value_is_exact else APPROXIMATELY
        if max(value.shape, default=1) > LARGEST_ARRAY:
            label = math(f"{entry.tex} {sign}")
            made.append(laid_out(label, value, quantity.stacked, _numbers(working)))
        else:
            made.append(_paragraph(math(f"{entry.tex} {sign} {entry.value_tex}")))
    return Markup("\n").join([*made, Markup("")])


def boxes_to_fill(working: Working, filled: Mapping[str, np.ndarray], weights: Mapping[str, int]) -> Markup:
    """How to answer, and each quantity with a box for each of its entries."""
    made = []
    if any(box.kind == "NUMERICAL" for boxes in filled.values() for box in boxes.flat):
        made.append(_paragraph(words(_how(working.rounding))))
    for name, boxes in filled.items():
        quantity = working.tape[name]
        label = math(f"{quantity_tex(quantity)} =") + words(_in_what_form(quantity, boxes))
        made.append(laid_out(label, boxes, quantity.stacked, _clozes(weights[name])))
    return Markup("\n").join(made)


def find(working: Working, names: Sequence[str]) -> Markup:
    """The quantities that are asked for, where there are no boxes for them."""
    listed = Markup(", ").join(math(quantity_tex(working.tape[name])) for name in names)
    return _paragraph(Markup("Find {}.").format(listed)) if names else Markup("")


def key(parts: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Markup:
    """The values of quantities, for who reads the answers."""
    entries = [item for part in parts for item in part["items"] if item["kind"] == "entry"]
    made = [_paragraph(math(f"{e['tex']} {e['value']}")) for e in entries if e["name"] in names]
    return Markup("\n").join(made)


def _how(places: int | None) -> str:
    if places is None:
        return f"{IN_NUMBERS} {WITH_ALL_DIGITS}"
    return f"Round every step to {places} {'decimal' if places == 1 else 'decimals'}, and give so many."


def _in_what_form(quantity: Quantity, boxes: np.ndarray) -> str:
    assert quantity.step is not None
    if quantity.step.rule.same == "order":
        return " (in ascending order)"
    if all(box.kind == "NUMERICAL" for box in boxes.flat):
        return ""
    right = {box.choices[0].answer for box in boxes.flat}
    return " (yes or no)" if right <= {"yes", "no"} else " (in words)"


def _numbers(working: Working) -> Callable[[Any], Markup]:
    return lambda value: math(written_tex(working, value))


def _clozes(weight: int) -> Callable[[Box], Markup]:
    return lambda box: box.cloze(weight)


def _paragraph(content: Markup) -> Markup:
    return Markup("<p>{}</p>").format(content)

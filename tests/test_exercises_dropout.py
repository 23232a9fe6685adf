"""Exercises of dropout: what their texts ask, worked anew in fractions."""

import re
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

TOPIC = "dropout"
ALL = [(each.name, level) for each in kinds(TOPIC) for level in each.difficulties]


def drawn(name, level, count=20):
    return make(TOPIC, level, count, seed=14, kinds=[name]).exercises


def exact(value):
    """A value as fractions, nested as it is."""
    made = np.empty(value.shape, dtype=object)
    for place, number in np.ndenumerate(value):
        made[place] = Fraction(int(number.exact.p), int(number.exact.q))
    return made


def expected(exercise):
    """Everything that may be asked, from the text and from what the sheet shows under Given."""
    text = exercise.table["text"]
    given = {q.name: exact(q.value) for q in exercise.working.given}
    x, inverted = given["x"], "inverted form" in text
    keep = given["keep"][()] if "keep" in given else 1 - given["rate"][()]
    made = {"keep": keep, "y_test": x if inverted else keep * x, "expected": x if inverted else keep * x}
    scale = 1 / keep if inverted else Fraction(1)
    mask = given.get("mask")
    if numbers := re.findall(r"0\.\d\d", text):
        assert len(numbers) == x.size
        mask = made["mask"] = np.array([Fraction(int(Fraction(u) < keep)) for u in numbers])
    if mask is not None:
        made["y"] = x * mask * scale
        made["total"] = made["y"].sum()
        if "dy" in given:
            made["dx"] = given["dy"] * mask * scale
    masks = np.array([*product((1, 0), repeat=x.size if x.ndim == 1 else 1)])
    if "The masks are" in text:
        assert "(" + "), (".join(", ".join(map(str, m)) for m in masks[:-1]) + ") and (0, 0" in text
        chances = [np.prod([keep if kept else 1 - keep for kept in m]) for m in masks]
        outputs = masks * x * scale
        mean = sum(chance * row for chance, row in zip(chances, outputs, strict=True))
        made |= {"probability": np.array(chances), "outputs": outputs, "mean_of_masks": mean}
    return made | {"total_test": made["y_test"].sum()}


@pytest.mark.parametrize(("name", "level"), ALL)
def test_answers_are_those_of_the_text(name, level):
    for exercise in drawn(name, level):
        answers = expected(exercise)
        for asked in exercise.working.names:
            assert (exact(exercise.working[asked]) == answers[asked]).all()


@pytest.mark.parametrize(("name", "level"), ALL)
def test_some_units_are_kept_and_others_dropped(name, level):
    for exercise in drawn(name, level):
        mask = expected(exercise).get("mask")
        masks = [exact(q.value) for q in exercise.working.given if q.name == "mask"]
        for each in masks or ([mask] if mask is not None else []):
            assert all(0 < row.sum() < row.size for row in np.atleast_2d(each))


@pytest.mark.parametrize(("name", "level"), ALL)
def test_keeping_and_dropping_have_different_chances(name, level):
    for exercise in drawn(name, level):
        keep = expected(exercise)["keep"]
        assert 0 < keep < 1 != 2 * keep

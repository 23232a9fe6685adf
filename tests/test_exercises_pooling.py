"""Exercises of pooling: what their texts ask, worked anew window by window."""

import re
from itertools import product

import numpy as np
import pytest

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

TOPIC = "pooling"
ALL = [(each.name, level) for each in kinds(TOPIC) for level in each.difficulties]
SIZES = [each for each in ALL if "size" in each[0]]


def drawn(name, level, count=20):
    return make(TOPIC, level, count, seed=12, kinds=[name]).exercises


def floats(working, name):
    return np.asarray(working[name].astype(float))


def split(n, f, s, text):
    """How much padding the text asks for along an axis: before, and after."""
    if "padding same" in text:
        zeros = max(0, (-(-n // s) - 1) * s + f - n)
        return zeros // 2, zeros - zeros // 2
    found = re.search(r"padding (\d)", text)
    return (int(found[1]), int(found[1])) if found else (0, 0)


class Sheet:
    """What a reader has: the text, and what the sheet shows under Given."""

    def __init__(self, exercise):
        self.text, self.working = exercise.table["text"], exercise.working
        self.given = {q.name: q.value.astype(float) for q in self.working.given}
        self.is_max = "largest number" in self.text
        found = re.search(r"every (\d+) (?:× \d+ )?(?:window|neighbours)", self.text)
        self.f, self.s = int(found[1]), int(re.search(r"stride (\d+)", self.text)[1])

    def places(self, X):
        """Of every window, the places of the input that lie in it."""
        pads = [split(n, self.f, self.s, self.text) for n in X.shape]
        starts = [
            range(-before, n + after - self.f + 1, self.s)
            for n, (before, after) in zip(X.shape, pads, strict=True)
        ]
        shape = [len(each) for each in starts]
        inside = [
            [p for p in product(*(range(a, a + self.f) for a in corner)) if in_bounds(p, X.shape)]
            for corner in product(*starts)
        ]
        return shape, inside

    def pooled(self, X):
        shape, inside = self.places(X)
        pick = max if self.is_max else np.mean
        return np.reshape([pick([X[p] for p in places]) for places in inside], shape)

    def back(self, X, slopes):
        """Each slope to the first largest number of its window, or shared among its numbers."""
        made = np.zeros(X.shape)
        for places, slope in zip(self.places(X)[1], slopes.flat, strict=True):
            if self.is_max:
                largest = max(X[p] for p in places)
                made[next(p for p in places if X[p] == largest)] += slope
            else:
                for p in places:
                    made[p] += slope / len(places)
        return made


def in_bounds(place, shape):
    return all(0 <= i < n for i, n in zip(place, shape, strict=True))


@pytest.mark.parametrize(("name", "level"), [each for each in ALL if each not in SIZES])
def test_outputs_and_gradients_are_those_of_the_text(name, level):
    for exercise in drawn(name, level, 10):
        sheet, working = Sheet(exercise), exercise.working
        inputs = {n: v for n, v in sheet.given.items() if n.startswith("X")}
        outputs = {n.replace("X", "Y"): sheet.pooled(X) for n, X in inputs.items()}
        for asked in working.names:
            if asked in outputs:
                found = outputs[asked]
            elif asked == "size":
                found = outputs["Y"].shape
            elif asked == "loss":
                found = sum(Y.sum() for Y in outputs.values())
            elif asked.startswith("dX"):
                X = inputs[asked[1:]]
                slopes = sheet.given.get("dY", np.ones(sheet.places(X)[0]))
                found = sheet.back(X, slopes)
            else:
                continue
            np.testing.assert_allclose(floats(working, asked), found, atol=1e-9)


@pytest.mark.parametrize(("name", "level"), SIZES)
def test_sizes_are_counted_window_by_window(name, level):
    for exercise in drawn(name, level):
        text, working = exercise.table["text"], exercise.working
        n, f = (
            [*map(int, re.search(rf"{of} (\d+) × (\d+)", text).groups())] for of in ("map of", "windows of")
        )
        steps = re.search(r"stride (\d+) down and (\d+)", text) or re.search(r"stride (\d+)()", text)
        s = [int(steps[1]), int(steps[2] or steps[1])]
        pads = [split(*each, text) for each in zip(n, f, s, strict=True)]
        expected = [
            len(range(0, n + before + after - f + 1, s))
            for n, f, s, (before, after) in zip(n, f, s, pads, strict=True)
        ]
        assert floats(working, "size").tolist() == expected
        if name == "same_size":
            assert [*zip(floats(working, "before"), floats(working, "after"), strict=True)] == pads


def winners(sheet, X):
    return [sum(X[p] == max(X[q] for q in places) for p in places) for places in sheet.places(X)[1]]


@pytest.mark.parametrize(("name", "level"), [each for each in ALL if each not in SIZES])
def test_ties_come_where_they_are_the_point_alone(name, level):
    for exercise in drawn(name, level):
        sheet = Sheet(exercise)
        if sheet.is_max:
            inputs = [value for n, value in sheet.given.items() if n.startswith("X")]
            ties = sum(count > 1 for X in inputs for count in winners(sheet, X))
            assert (1 <= ties <= 2) if name == "ties_of_largest" else ties == 0

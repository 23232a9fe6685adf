"""Exercises of convolution: what their texts ask, worked anew with SciPy, by counting, and by differences."""

import re
from itertools import count, product

import numpy as np
import pytest
from scipy.signal import correlate

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

TOPIC = "convolution"
WITH_NUMBERS = {
    *("first_map", "signal_map", "edges", "biased_map", "flipped_map", "padded_map", "dilated_map"),
    *("two_channels", "known_filters", "signal_gradients", "gradients_of_sum", "gradients"),
    *("flipped_gradients", "gradients_with_stride", "dilated_gradients", "gradients_of_two_filters"),
}
ALL = [(each.name, level) for each in kinds(TOPIC) for level in each.difficulties]


def drawn(name, level, count=20):
    return make(TOPIC, level, count, seed=11, kinds=[name]).exercises


def floats(working, name):
    return np.asarray(working[name].astype(float))


def number(text, pattern, otherwise):
    """The first whole number that a pattern finds in a text."""
    found = re.search(pattern, text)
    return int(found[1]) if found else otherwise


class Sheet:
    """What a reader has: the text, and what the sheet shows under Given."""

    def __init__(self, exercise):
        self.text, self.working = exercise.table["text"], exercise.working
        self.given = {q.name: q.value.astype(float) for q in self.working.given}
        self.flip = "turned by 180° first" in self.text or "read from its end" in self.text
        self.stride = number(self.text, r"stride (\d+)", 1)
        self.dilation = number(self.text, r"dilation rate (\d+)", 1)
        self.padding = (
            1 if "one zero of padding" in self.text else number(self.text, r"(\d+) zeros of padding", 0)
        )

    def names(self, letter):
        return sorted(name for name in self.given if re.fullmatch(rf"{letter}[\d_]*", name))

    def maps(self, given):
        """The maps of every filter: each has as many matrices as there are channels."""
        channels = [np.pad(given[name], self.padding) for name in self.names("X")]
        filters = [self.laid(given[name]) for name in self.names("W")]
        made = []
        for k in range(len(filters) // len(channels)):
            own = filters[k * len(channels) : (k + 1) * len(channels)]
            whole = sum(correlate(X, W, "valid") for X, W in zip(channels, own, strict=True))
            biases = self.names("b")
            bias = given[biases[k]] if biases else 0
            made.append(whole[(slice(None, None, self.stride),) * whole.ndim] + bias)
        return made

    def laid(self, W):
        """A filter as it is laid on, with its holes."""
        W = W[(slice(None, None, -1),) * W.ndim] if self.flip else W
        spread = np.zeros([self.dilation * (f - 1) + 1 for f in W.shape])
        spread[(slice(None, None, self.dilation),) * W.ndim] = W
        return spread

    def loss(self, given):
        slopes = self.names("dY")
        weights = [self.given[name] for name in slopes] if slopes else [1] * len(self.maps(given))
        return sum(float((w * Y).sum()) for w, Y in zip(weights, self.maps(given), strict=True))

    def gradient(self, name):
        """The loss is linear in each of them, so that a step of 1 gives the slope."""
        value = self.given[name]
        made = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            moved = value.copy()
            moved[place] += 1
            made[place] = self.loss({**self.given, name: moved}) - self.loss(self.given)
        return made


@pytest.mark.parametrize(("name", "level"), [each for each in ALL if each[0] in WITH_NUMBERS])
def test_maps_and_gradients_are_those_of_the_text(name, level):
    for exercise in drawn(name, level, 8):
        sheet = Sheet(exercise)
        working, maps = exercise.working, sheet.maps(sheet.given)
        for asked in working.names:
            if re.fullmatch(r"Y\d*", asked):
                found = maps[int(asked[1:] or 1) - 1]
            elif asked == "size":
                found = maps[0].shape
            elif asked == "loss":
                found = sum(Y.sum() for Y in maps)
            elif re.fullmatch(r"d[XWb][\d_]*", asked):
                found = sheet.gradient(asked[1:])
            else:
                continue
            np.testing.assert_allclose(floats(working, asked), found, atol=1e-9)


def windows(n, f, s):
    return len(range(0, n - f + 1, s))


def pair(text, pattern):
    return [int(part) for part in re.search(pattern, text).groups()]


@pytest.mark.parametrize(
    ("name", "level"), [("map_size", "easy"), ("dilated_size", "easy"), ("dilated_size", "medium")]
)
def test_sizes_are_counted_window_by_window(name, level):
    for exercise in drawn(name, level):
        text, sheet = exercise.table["text"], Sheet(exercise)
        f = number(text, r"(\d+) × \d+ filter", 0) or number(text, r"filter of (\d+)", 0)
        n = number(text, r"of (\d+) × \d+ (?:pixels|with stride)", 0)
        spanned = sheet.dilation * (f - 1) + 1
        expected = windows(n + 2 * sheet.padding, spanned, sheet.stride)
        assert floats(exercise.working, "size").tolist() == [expected] * 2
        if name == "dilated_size":
            assert floats(exercise.working, "effective").tolist() == [spanned] * 2


def test_sizes_by_axis_are_counted_window_by_window():
    for exercise in drawn("map_size_by_axis", "medium"):
        text = exercise.table["text"]
        size, kernel = pair(text, r"of (\d+) × (\d+) pixels"), pair(text, r"filter of (\d+) × (\d+)")
        top, bottom, left, right = pair(text, r"(\d+) above, (\d+) below, (\d+) on the left and (\d+) on")
        s = pair(text, r"stride (\d+) down and (\d+) to")
        rows = windows(size[0] + top + bottom, kernel[0], s[0])
        columns = windows(size[1] + left + right, kernel[1], s[1])
        assert floats(exercise.working, "size").tolist() == [rows, columns]


@pytest.mark.parametrize("level", ["easy", "medium"])
def test_the_zeros_keep_the_image_at_its_size(level):
    for exercise in drawn("keeping_padding", level):
        text, working = exercise.table["text"], exercise.working
        [f, n] = pair(text, r"filter of (\d+) × .* of (\d+) ×")
        s = number(text, r"stride (\d+)", 0)
        zeros = next(zeros for zeros in count() if windows(n + zeros, f, s) == n)
        assert floats(working, "zeros").tolist() == [zeros] * 2
        assert floats(working, "p").tolist() == [zeros / 2] * 2
        if level == "medium":
            assert floats(working, "before").tolist() == [zeros // 2] * 2
            assert floats(working, "after").tolist() == [zeros - zeros // 2] * 2


@pytest.mark.parametrize("level", ["medium", "hard"])
def test_padding_same_has_the_fewest_zeros_that_give_its_length(level):
    for exercise in drawn("same_padding", level):
        text, working = exercise.table["text"], exercise.working
        size, strides = pair(text, r"input of (\d+) × (\d+)"), pair(text, r"stride (\d+) down and (\d+) to")
        kernel = pair(text, r"filters? of (\d+) × (\d+)")
        for axis, (n, f, s) in enumerate(zip(size, kernel, strides, strict=True)):
            zeros = next(zeros for zeros in count() if windows(n + zeros, f, s) >= -(-n // s))
            found = [floats(working, name)[axis] for name in ("zeros", "before", "after", "size")]
            assert found == [zeros, zeros // 2, zeros - zeros // 2, -(-n // s)]
        if level == "hard":
            channels, filters = (
                number(text, r"input of \d+ × \d+ × (\d+)", 0),
                number(text, r"meets (\d+)", 0),
            )
            assert float(working["parameters"][()]) == filters * (kernel[0] * kernel[1] * channels + 1)


@pytest.mark.parametrize(
    ("name", "level"), [each for each in ALL if each[0] in ("parameters", "parameters_with_dense")]
)
def test_parameters_are_counted_one_by_one(name, level):
    for exercise in drawn(name, level):
        text, working, sheet = exercise.table["text"], exercise.working, Sheet(exercise)
        rows, columns, channels = pair(text, r"of (\d+) × (\d+) × (\d+)")
        [filters, f] = pair(text, r"through (\d+) filters of (\d+)")
        size = [windows(n + 2 * sheet.padding, f, sheet.stride) for n in (rows, columns)]
        weights = len([*product(range(f), range(f), range(channels), range(filters))])
        own = weights + (0 if "without biases" in text else filters)
        assert floats(working, "shape").tolist() == [*size, filters]
        assert float(working["parameters"][()]) == own
        if name == "parameters_with_dense":
            units = number(text, r"layer of (\d+) neuron", 0)
            dense = (size[0] * size[1] * filters + 1) * units
            assert float(working["dense_parameters"][()]) == dense
            assert float(working["total"][()]) == own + dense


def seen(layers, output):
    """The inputs that an output depends on, from the last layer back to the first."""
    inputs = {output}
    for f, s, d in reversed(layers):
        inputs = {i * s + d * tap for i in inputs for tap in range(f)}
    return inputs


@pytest.mark.parametrize(("name", "level"), [each for each in ALL if each[0].startswith("receptive")])
def test_receptive_fields_are_what_an_output_depends_on(name, level):
    for exercise in drawn(name, level, 10):
        text, working = exercise.table["text"], exercise.working
        layers = [
            (int(f), int(s), int(d or 1))
            for f, s, d in re.findall(
                r"(\d+) × \d+ (?:convolution|pooling) with stride (\d+)(?: and dilation rate (\d+))?", text
            )
        ]
        n, same = number(text, r"of (\d+) × \d+ pixels", 0), number(text, r"Layer (\d+) has padding same", 0)
        for number_of, (f, s, d) in enumerate(layers, start=1):
            first, second = (seen(layers[:number_of], i) for i in (0, 1))
            assert float(working[f"r{number_of}"][()]) == max(first) - min(first) + 1
            assert float(working[f"jump{number_of}"][()]) == min(second) - min(first)
            if n:
                n = -(-n // s) if number_of == same else windows(n, d * (f - 1) + 1, s)
                assert float(working[f"n{number_of}"][()]) == n >= 1


@pytest.mark.parametrize(
    ("name", "level"), [("first_map", "easy"), ("biased_map", "medium"), ("gradients", "hard")]
)
def test_a_turned_filter_is_another_one(name, level):
    for exercise in drawn(name, level):
        W = Sheet(exercise).given["W"]
        assert not np.array_equal(W, W[::-1, ::-1])
        assert len(np.unique(floats(exercise.working, "Y"))) > 1

"""Exercises of costs: their texts read by patterns, and counted anew."""

import re
from fractions import Fraction
from itertools import pairwise
from math import prod

import pytest

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

TOPIC = "cost"
ALL = [(each.name, level) for each in kinds(TOPIC) for level in each.difficulties]


def drawn(name, level, count=15):
    return make(TOPIC, level, count, seed=15, kinds=[name]).exercises


def asked(exercise):
    """The answers by name, lists for shapes."""
    made = {}
    for name in exercise.working.names:
        values = [Fraction(int(v.exact.p), int(v.exact.q)) for v in exercise.working[name].flat]
        made[name] = values if exercise.working[name].ndim else values[0]
    return made


def shape_of(text):
    return [int(n) for n in re.search(r"(\d+) × (\d+) × (\d+)", text).groups()]


def length(n, f, s, same):
    return -(-n // s) if same else (n - f) // s + 1


class Layer:
    """A layer as a text has it: the shape behind it, its parameters and multiplications."""

    def __init__(self, words, shape, biased=True):
        self.words, self.parameters, self.multiplications, self.moving = words, 0, 0, 0
        self.shape = [*shape]
        biased = biased and "without biases" not in words
        if found := re.search(r"connected layer of (\d+) neuron", words):
            units = int(found[1])
            assert len(shape) == 1
            self.multiplications = shape[0] * units
            self.parameters, self.shape = self.multiplications + units * biased, [units]
        elif "flattening" in words:
            self.shape = [prod(shape)]
        elif "global average" in words:
            self.shape = shape[2:]
        elif "batch normalization" in words:
            self.parameters, self.moving = 4 * shape[-1], 2 * shape[-1]
        elif "ReLU" not in words:
            self.read_window(words, shape, biased)

    def read_window(self, words, shape, biased):
        f = int(re.search(r"of (\d+) × \d+", words)[1])
        s, same = int(re.search(r"stride (\d+)", words)[1]), "padding same" in words
        holes = re.search(r"dilation rate (\d+)", words)
        self.spanned = (int(holes[1]) if holes else 1) * (f - 1) + 1
        plane = [length(n, self.spanned, s, same) for n in shape[:2]]
        self.needed = [max(0, (m - 1) * s + self.spanned - n) for m, n in zip(plane, shape, strict=False)]
        places, channels = prod(plane), shape[2]
        if "pooling" in words:
            self.shape = [*plane, channels]
        elif found := re.search(r"depthwise convolution with (\d+) flat", words):
            flat = channels * int(found[1])
            self.shape = [*plane, flat]
            self.parameters, self.multiplications = flat * f * f + flat * biased, places * flat * f * f
        elif found := re.search(r"then (\d+) filters of 1 × 1", words):
            filters = int(found[1])
            self.shape = [*plane, filters]
            self.parameters = channels * f * f + channels * filters + filters * biased
            self.multiplications = places * (channels * f * f + channels * filters)
        else:
            filters = int(re.search(r"with (\d+) filter", words)[1])
            groups = re.search(r"in (\d+) groups", words)
            weights = filters * f * f * channels // (int(groups[1]) if groups else 1)
            self.shape = [*plane, filters]
            self.parameters, self.multiplications = weights + filters * biased, places * weights


def stack(texts, shape, biased=True):
    layers = []
    for words in texts:
        layers.append(Layer(words, layers[-1].shape if layers else shape, biased))
    return layers


def numbered(text):
    """The layers of a text that have numbers: (1) …; (2) …"""
    return re.findall(r"\((?:\d\.)*\d\) ([^;.]*)", text)


def total(layers, word):
    return sum(getattr(layer, word) for layer in layers)


def of_layers(layers, ending=""):
    """Every answer about these layers."""
    made = {}
    for i, layer in enumerate(layers, start=1):
        made |= {
            f"shape{i}{ending}": layer.shape,
            f"parameters{i}{ending}": layer.parameters,
            f"multiplications{i}{ending}": layer.multiplications,
            f"moving{i}{ending}": layer.moving,
        }
    for word in ("parameters", "multiplications"):
        made[word + ending] = total(layers, word)
    made["moving"] = total(layers, "moving")
    made["trainable"] = made[f"parameters{ending}"] - made["moving"]
    return made


def savings(first, second):
    """What the second layers save on the first."""
    made = {}
    for word, stem in (("multiplications", ""), ("parameters", "parameter_")):
        before, after = total(first, word), total(second, word)
        made |= {
            f"{stem}saving": before - after,
            f"{stem}ratio": Fraction(before, after),
            f"{stem}percent": Fraction(100 * (before - after), before),
        }
    return made


def check(exercise, expected):
    answers = asked(exercise)
    assert {*answers} <= {*expected}
    assert answers == {name: expected[name] for name in answers}


SINGLE = {"one_convolution", "in_groups", "depthwise", "padded_same"}
STACKS = {"pooled_and_flattened", "flattened_image", "small_classifier", "normalized_network", "deep_network"}


@pytest.mark.parametrize(("name", "level"), [each for each in ALL if each[0] in SINGLE])
def test_one_layer_is_counted_as_the_text_has_it(name, level):
    for exercise in drawn(name, level):
        text = exercise.table["text"]
        words = re.search(r"goe?s? through (.*?[^.]*)\.", text)[1].partition("; ")[0]
        layer = Layer(words, shape_of(text))
        expected = of_layers([layer])
        if name == "padded_same":
            expected |= {"zeros1": layer.needed, "before1": [n // 2 for n in layer.needed]}
            expected |= {"after1": [n - n // 2 for n in layer.needed], "effective1": [layer.spanned] * 2}
        check(exercise, expected)


@pytest.mark.parametrize(("name", "level"), [each for each in ALL if each[0] in STACKS])
def test_stacks_are_counted_as_the_text_has_them(name, level):
    for exercise in drawn(name, level):
        text = exercise.table["text"]
        check(exercise, of_layers(stack(numbered(text), shape_of(text))))


@pytest.mark.parametrize("level", ["easy", "medium"])
def test_perceptrons_have_a_weight_for_every_pair(level):
    for exercise in drawn("perceptron", level):
        text = exercise.table["text"]
        inputs, units = re.search(r"has (\d+) inputs and layers of (.*) neurons", text).groups()
        widths = [int(inputs), *map(int, re.findall(r"\d+", units))]
        biased = "with biases" in text
        layers = [a * b + b * biased for a, b in pairwise(widths)]
        expected = {f"parameters{i}": count for i, count in enumerate(layers, start=1)}
        check(exercise, {**expected, "parameters": sum(layers)})


def test_a_dense_layer_multiplies_every_input_with_every_weight():
    for exercise in drawn("multiplications_of_dense", "easy"):
        units, inputs = map(
            int, re.search(r"of (\d+) neurons, .* has (\d+) inputs", exercise.table["text"]).groups()
        )
        check(exercise, {"parameters1": units * (inputs + 1), "multiplications1": units * inputs})


@pytest.mark.parametrize("level", ["medium", "hard"])
def test_memory_is_that_of_all_values_of_the_text(level):
    for exercise in drawn("memory", level):
        text = exercise.table["text"]
        layers = stack(numbered(text), shape_of(text))
        size, rows = int(re.search(r"with (\d) for each", text)[1]), re.search(r"batch of (\d+)", text)
        values = prod(shape_of(text)) + sum(prod(layer.shape) for layer in layers)
        rows = int(rows[1]) if rows else 1
        expected = of_layers(layers) | {"values": values, "batch_values": rows * values}
        expected["batch_multiplications"] = rows * expected["multiplications"]
        expected["parameter_bytes"] = size * expected["parameters"]
        expected["activation_bytes"] = size * rows * values
        check(exercise, expected)


def test_a_residual_block_adds_its_branches():
    for exercise in drawn("residual_block", "hard"):
        text = exercise.table["text"]
        first, second, beside = numbered(text)[:3]
        main, shortcut = stack([first, second], shape_of(text)), stack([beside], shape_of(text))
        assert main[-1].shape == shortcut[-1].shape
        expected = {"shape1": main[-1].shape}
        for number, layer in zip(("1_1_1", "1_1_2", "1_2_1"), [*main, *shortcut], strict=True):
            expected |= {
                f"{word}{number}": getattr(layer, word) for word in ("parameters", "multiplications")
            }
            expected[f"shape{number}"] = layer.shape
        for word in ("parameters", "multiplications"):
            expected[word] = total([*main, *shortcut], word)
        check(exercise, expected)


def convolution_of(text):
    return re.search(r"(a convolution with \d+ filters? of [^.]*)", text)[1]


def narrowed(width, words, shape):
    bare = ", without biases" if "without biases" in words else ""
    return stack([f"a convolution with {width} filters of 1 × 1, stride 1{bare}", words], shape)


def widest(words, shape, most):
    """The largest bottleneck that takes at most so many multiplications."""
    costs = ((w, total(narrowed(w, words, shape), "multiplications")) for w in range(2, 10**6))
    return next(w for w, cost in costs if cost > most) - 1


@pytest.mark.parametrize(
    ("name", "level"), [each for each in ALL if each[0] in ("bottleneck", "within_a_budget")]
)
def test_bottlenecks_save_what_the_text_asks(name, level):
    for exercise in drawn(name, level):
        text = exercise.table["text"]
        shape, words = shape_of(text), convolution_of(text)
        old = stack([words], shape)
        if name == "bottleneck":
            width = int(re.search(r"bottleneck of (\d+)", text)[1])
        else:
            budget = int(re.search(r"at most ([\d,]+)", text)[1].replace(",", ""))
            width = widest(words, shape, budget)
        new, each = narrowed(width, words, shape), total(narrowed(1, words, shape), "multiplications")
        expected = of_layers(old) | of_layers(new, "_new") | savings(old, new)
        expected |= {"width": width, "each1": each, "break_even1": Fraction(old[0].multiplications, each)}
        expected["largest_width1"] = widest(words, shape, old[0].multiplications - 1)
        check(exercise, expected)
        assert expected["saving"] > 0


@pytest.mark.parametrize("level", ["medium", "hard"])
def test_separable_convolutions_save_what_the_text_asks(level):
    for exercise in drawn("made_separable", level):
        text = exercise.table["text"]
        shape, words = shape_of(text), convolution_of(text)
        f, filters = re.search(r"flat filter of (\d+) .* then (\d+) filters", text).groups()
        bare = "" if "Every filter has a bias" in text else ", without biases"
        behind = f"{filters} filters of 1 × 1, stride 1, padding same"
        made = f"separable: one flat filter of {f} × {f}, then {behind}"
        old, new = stack([words], shape), stack([made + bare], shape)
        check(exercise, of_layers(old) | of_layers(new, "_new") | savings(old, new))


@pytest.mark.parametrize(
    ("name", "level"), [each for each in ALL if each[0] in ("one_by_one_alone", "shared_weights")]
)
def test_second_designs_save_what_the_text_asks(name, level):
    for exercise in drawn(name, level):
        text = exercise.table["text"]
        shape = shape_of(text)
        found = re.findall(r"(a convolution with \d+ filters? of \d+ × \d+[^.;]*)", text)
        old = stack(numbered(text) or found[:1], shape)
        new = stack(found[-1:], shape)
        if name == "shared_weights":
            old = stack([words.partition("; or")[0] for words in numbered(text)], shape)
            assert prod(old[-1].shape) == prod(new[-1].shape)
        else:
            assert old[-1].shape == new[-1].shape
        expected = of_layers(old) | of_layers(new, "_second") | savings(old, new)
        check(exercise, expected)


def test_inception_modules_save_what_the_text_asks():
    for exercise in drawn("inception", "hard"):
        text = exercise.table["text"]
        shape, branches = shape_of(text), numbered(text)[:2]
        widths = re.search(r"bottleneck of (\d+) .* and one of (\d+)", text).groups()
        old, new = [], []
        expected = {}
        for i, (words, width) in enumerate(zip(branches, widths, strict=True), start=1):
            narrow = f"a convolution with {width} filters of 1 × 1, stride 1, without biases"
            before, after = stack([words], shape), stack([narrow, words], shape)
            old, new = old + before, new + after
            expected[f"multiplications1_{i}_1"] = before[0].multiplications
            expected |= {f"multiplications1_{i}_{j}_new": after[j - 1].multiplications for j in (1, 2)}
        expected["shape1"] = [*old[0].shape[:2], old[0].shape[2] + old[1].shape[2]]
        expected["multiplications"] = total(old, "multiplications")
        expected["multiplications_new"] = total(new, "multiplications")
        check(exercise, expected | savings(old, new))

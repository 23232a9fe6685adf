"""Exercises of the topic network: what their numbers are like, and that the texts say what is worked."""

import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.metrics import log_loss

from chainrule.exercises.draws import Draw
from exercises_oracle import Topic, answers, asks_for_quantities_in_plain_text, slope

NETWORK = Topic("network")
KINDS, EACH, questions = NETWORK.kinds, NETWORK.levels, NETWORK.questions
MAY_DIE = {"dead_unit", "relu_at_zero"}


def points_of(text):
    """The points (a, b) that a text lists."""
    numbers = r"\((-?[\d.]+), (-?[\d.]+)\)"
    return [(Fraction(a), Fraction(b)) for a, b in re.findall(numbers, text.replace("−", "-"))]


# ------------------------------------------------------------------------- every kind


@pytest.mark.parametrize(("name", "difficulty"), EACH)
def test_every_kind_asks_for_quantities_and_says_so_in_plain_text(name, difficulty):
    for table, working in questions(name, difficulty, 3):
        assert asks_for_quantities_in_plain_text(table, working)


def has_relu(name, difficulty):
    return "'relu'" in str(KINDS[name].draw(Draw("", difficulty))["given"])


@pytest.mark.parametrize(
    ("name", "difficulty"), [each for each in EACH if has_relu(*each) and each[0] not in MAY_DIE]
)
def test_no_relu_is_exactly_at_zero_and_every_sample_keeps_a_unit(name, difficulty):
    for table, working in questions(name, difficulty, 20):
        layers = table["given"].get("layers", [])
        cut = [f"z{i}" for i, layer in enumerate(layers, 1) if layer.get("activation") == "relu"]
        numbers = answers(working)
        for z in (numbers[each] for each in cut if each in numbers):
            assert z.all()
            assert (z > 0).any(axis=tuple(range(1, z.ndim))).all()


@pytest.mark.parametrize("name", ["relu_step", "leaky_step", "penalized_network"])
def test_every_unit_is_alive_for_a_sample_and_some_are_cut(name):
    for difficulty in KINDS[name].difficulties:
        for _, working in questions(name, difficulty, 20):
            z = answers(working)["z1"]
            assert (z > 0).any(axis=0).all()
            assert (z < 0).any()


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard"])
def test_each_difficulty_has_kinds_with_ten_thousand_questions(difficulty):
    assert NETWORK.wide(difficulty) >= 5


# ------------------------------------------------------------------------- dense networks

ACTIVATIONS = {
    "": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": expit,
    "tanh": np.tanh,
    "softmax": lambda z: softmax(z, axis=-1),
}


def parameters_of(given):
    return [np.array(layer[name], float) for layer in given["layers"] for name in ("W", "b") if name in layer]


def output(given, x, parameters):
    """The last layer's output of dense layers, with these weights and biases."""
    left, a = list(parameters), np.array(x, float)
    for layer in given["layers"]:
        z = a @ left.pop(0) + (left.pop(0) if "b" in layer else 0)
        activation = layer.get("activation", "")
        if isinstance(activation, dict):
            a = np.where(z > 0, z, float(activation["negative_slope"]) * z)
        else:
            a = ACTIVATIONS[activation](z)
    return a


LOSSES = {
    "the squared error L = (y − ŷ)²": lambda y, p: np.mean((y - p) ** 2),
    "the mean squared error": lambda y, p: np.mean((y - p) ** 2),
    "binary cross-entropy": lambda y, p: log_loss(y.ravel(), p.ravel(), labels=[0, 1]),
    "L = −Σ y ln ŷ": lambda y, p: log_loss(y.argmax(axis=1), p, labels=range(y.shape[1])),
    "the mean absolute error": lambda y, p: np.mean(abs(y - p)),
    "Huber's loss": lambda y, p: np.mean(np.where(abs(y - p) <= 1, (y - p) ** 2 / 2, abs(y - p) - 0.5)),
    "the hinge loss": lambda y, p: np.mean(np.maximum(0, 1 - y * p)),
    "1/2m Σ (y − ŷ)²": lambda y, p: np.sum((y - p) ** 2) / (2 * len(y)),
    "1/m Σ (y − ŷ)²": lambda y, p: np.sum((y - p) ** 2) / len(y),
    "½ Σ (y − ŷ)²": lambda y, p: np.sum((y - p) ** 2) / 2,
}

TRAINED = [
    "linear_neuron_step",
    "chain_of_units",
    "line_through_points",
    "relu_step",
    "leaky_step",
    "sigmoid_neuron_squared",
    "logistic_neuron",
    "sigmoid_network_gradients",
    "softmax_step",
    "other_losses",
    "lengths_of_gradients",
    "relu_at_zero",
]


@pytest.mark.parametrize("name", TRAINED)
def test_the_loss_that_the_text_names_has_these_gradients(name):
    for difficulty in KINDS[name].difficulties:
        for table, working in questions(name, difficulty, 3):
            numbers, given = answers(working), table["given"]
            if table.get("convention") == "columns":
                layers = [{**layer, "W": np.transpose(layer["W"])} for layer in given["layers"]]
                given = {**given, "x": np.transpose(given["x"]), "layers": layers}
                assert "z = Wx + b" in table["text"]
            loss = next(LOSSES[words] for words in LOSSES if words in table["text"])
            parameters = parameters_of(given)
            of = [
                n for i, layer in enumerate(given["layers"], 1) for n in (f"W{i}", f"b{i}") if n[0] in layer
            ]
            y = numbers["y"]
            assert np.isclose(loss(y, output(given, given["x"], parameters)), numbers["loss"])
            for i, parameter in enumerate(of):
                if f"d{parameter}" not in table["find"] or name in MAY_DIE:
                    continue

                def with_it(value, i=i, parameters=parameters, given=given, loss=loss, y=y):
                    changed = [*parameters[:i], value, *parameters[i + 1 :]]
                    return loss(y, output(given, given["x"], changed))

                gradient = slope(with_it, parameters[i])
                assert np.allclose(gradient, numbers[f"d{parameter}"], atol=1e-5), (parameter, table)
                if f"{parameter}_new" in table["find"]:
                    rate = re.search(r"learning rate ([\d.]+\d|\d+)", table["text"]).group(1)
                    assert np.allclose(
                        parameters[i] - float(rate) * numbers[f"d{parameter}"], numbers[f"{parameter}_new"]
                    )


def test_the_slope_at_zero_is_zero():
    for _, working in questions("relu_at_zero", "easy", 10):
        numbers = answers(working)
        assert (numbers["z1"] == 0).sum() == 1
        assert (numbers["dz1"][numbers["z1"] == 0] == 0).all()
        assert (numbers["dz1"] != 0).any()


@pytest.mark.parametrize("name", ["one_neuron", "relu_forward", "class_probabilities", "sigmoid_forward"])
def test_passes_forward(name):
    for difficulty in KINDS[name].difficulties:
        for table, working in questions(name, difficulty, 4):
            given = table["given"]
            if table.get("convention") == "columns":
                layers = [{**layer, "W": np.transpose(layer["W"])} for layer in given["layers"]]
                given = {**given, "x": np.transpose(given["x"]), "layers": layers}
            found = answers(working)[f"a{len(given['layers'])}"]
            assert np.allclose(found, output(given, given["x"], parameters_of(given)))
            if name == "class_probabilities":
                assert np.allclose(found.sum(axis=1), 1)


def test_collapsed_layers_give_the_same_output():
    for difficulty in ("easy", "medium", "hard"):
        for table, working in questions("collapse", difficulty):
            numbers, x = answers(working), np.array(table["given"]["x"], float)
            expected = output(table["given"], x, parameters_of(table["given"]))
            assert np.allclose(x @ numbers["W_collapsed"] + numbers["b_collapsed"], expected)
            assert np.allclose(numbers["z_collapsed"], expected)


# ------------------------------------------------------------------------- several updates


def test_stochastic_descent_goes_from_point_to_point():
    for difficulty in ("easy", "medium"):
        for table, working in questions("sample_by_sample", difficulty):
            text, numbers = table["text"], answers(working)
            factor = 1 if "½" in text else 2
            rate = float(re.search(r"learning rate ([\d.]+):", text).group(1))
            w = float(table["given"]["layers"][0]["W"][0][0])
            for k, (x, y) in enumerate(points_of(text), start=1):
                w -= rate * factor * float(x) * (w * float(x) - float(y))
                assert np.isclose(numbers[f"W1.{k}"].item(), w)


def test_batches_are_taken_in_order():
    for difficulty in ("medium", "hard"):
        for table, working in questions("mini_batches", difficulty):
            points, numbers = points_of(table["text"]), answers(working)
            layer = table["given"]["layers"][0]
            w, b = Fraction(layer["W"][0][0]), Fraction(layer["b"][0])
            before = sum((y - w * x - b) ** 2 for x, y in points) / len(points)
            assert np.isclose(float(before), numbers["loss_before"].item())
            batches = [points[i : i + 2] for i in range(0, len(points), 2)]
            assert int(numbers["updates"]) == len(batches)
            for k, batch in enumerate(batches, start=1):
                errors = [w * x + b - y for x, y in batch]
                dw = 2 * sum(e * x for e, (x, _) in zip(errors, batch, strict=True)) / len(batch)
                w, b = w - dw / 10, b - Fraction(2, 10) * sum(errors) / len(batch)
                assert np.isclose(float(w), numbers[f"W1.{k}"].item())
                assert np.isclose(float(b), numbers[f"b1.{k}"].item())


def test_two_epochs_of_batch_descent():
    for difficulty in ("medium", "hard"):
        for table, working in questions("two_epochs", difficulty):
            numbers, given = answers(working), table["given"]
            x, y = np.array(given["x"], float), np.array(given["y"], float)
            W, b = parameters_of(given)
            for k in (1, 2):
                error = x @ W + b - y
                W, b = W - 0.2 * x.T @ error / len(x), b - 0.2 * error.mean(axis=0)
                assert np.allclose(numbers[f"W1.{k}"], W)
                assert np.allclose(numbers[f"b1.{k}"], b)


def test_momentum_as_the_text_has_it():
    for difficulty in ("medium", "hard"):
        for table, working in questions("with_momentum", difficulty):
            numbers, given = answers(working), table["given"]
            beta, rate = re.search(r"v ← ([\d.]+) v .* η = ([\d.]+)\. Work", table["text"]).groups()
            x, y = np.array(given["x"], float), np.array(given["y"], float)
            (W,), v = parameters_of(given), 0
            for k in range(1, given["epochs"] + 1):
                v = float(beta) * v - float(rate) * 2 * x.T @ (x @ W - y)
                W = W + v
                assert np.allclose(numbers[f"W1.{k}"], W)


def test_adaptive_steps_as_the_text_has_them():
    for difficulty in ("medium", "hard"):
        for table, working in questions("adaptive_step", difficulty, 8):
            numbers, given, text = answers(working), table["given"], table["text"]
            rate = float(re.search(r"η = ([\d.]+),", text).group(1))
            x, y = np.array(given["x"], float), np.array(given["y"], float)
            (W,) = parameters_of(given)
            g = 2 * x.T @ (x @ W - y) / len(x)
            if "Adagrad" in text:
                step = rate * g / np.sqrt(g**2 + 0.1)
            elif "RMSprop" in text:
                step = rate * g / np.sqrt(0.1 * g**2 + 0.1)
            else:
                m, v = 0.1 * g, 0.01 * g**2
                step = rate * np.sqrt(1 - 0.99) / (1 - 0.9) * m / (np.sqrt(v) + 0.1)
            assert np.allclose(numbers["W1_new"], W - step)


PENALTIES = {
    "λ Σ w²": lambda W, m: (W**2).sum(),
    "λ/2 Σ w²": lambda W, m: (W**2).sum() / 2,
    "λ/m Σ w²": lambda W, m: (W**2).sum() / m,
    "λ/2m Σ w²": lambda W, m: (W**2).sum() / (2 * m),
    "λ Σ |w|": lambda W, m: abs(W).sum(),
    "λ/m Σ |w|": lambda W, m: abs(W).sum() / m,
    "λ/2m Σ |w|": lambda W, m: abs(W).sum() / (2 * m),
}


@pytest.mark.parametrize("name", ["weight_decay", "l1_pull"])
def test_a_step_along_the_gradient_of_the_cost(name):
    for difficulty in ("easy", "medium"):
        for table, working in questions(name, difficulty):
            numbers, given, text = answers(working), table["given"], table["text"]
            x, y = np.array(given["x"], float), np.array(given["y"], float)
            (W,) = parameters_of(given)
            strength = float(re.search(r"λ = ([\d.]*\d)", text).group(1))
            penalty = next(PENALTIES[words] for words in PENALTIES if f"R = {words}" in text)

            def cost(W, x=x, y=y, strength=strength, penalty=penalty):
                return np.mean((y - x @ W) ** 2) + strength * penalty(W, len(x))

            assert np.isclose(cost(W), numbers["cost"].item())
            assert np.allclose(W - 0.1 * slope(cost, W), numbers["W1_new"], atol=1e-6)


def test_a_kernel_with_a_penalty_comes_back_into_its_bound():
    for table, working in questions("penalty_and_bound", "hard", 10):
        numbers, text = answers(working), table["text"]
        strength = float(re.search(r"the penalty ([\d.]+) Σ w²", text).group(1))
        rate = float(re.search(r"η = ([\d.]+)\. Where", text).group(1))
        x, y = (np.array(table["given"][name], float) for name in ("x", "y"))
        (W,) = parameters_of(table["given"])
        g = 2 * x.T @ (x @ W - y) + 2 * strength * W
        free = W - rate * g
        if "Adam" in text:
            free = W - rate * np.sqrt(1 - 0.99) / 0.1 * 0.1 * g / (np.sqrt(0.01 * g**2) + 0.01)
        assert np.allclose(numbers["W1_new"], free / np.linalg.norm(free))


# ------------------------------------------------------------------------- sizes and depth


def test_parameters_are_counted_from_the_words():
    for difficulty in ("easy", "medium"):
        for table, working in questions("count_parameters", difficulty):
            sizes = [table["given"]["inputs"], *(layer["units"] for layer in table["given"]["layers"])]
            last = 0 if "but those of the last layer" in table["text"] else sizes[-1]
            weights = sum(n * k for n, k in pairwise(sizes))
            assert answers(working)["params"] == weights + sum(sizes[1:-1]) + last


def test_parameters_of_convolutions_are_counted_from_the_words():
    for difficulty in ("medium", "hard"):
        for table, working in questions("count_convolutional", difficulty):
            text = table["text"].replace("one channel", "1 channels").replace("three channels", "3 channels")
            image, channels = map(int, re.search(r"images of (\d+) × \d+ with (\d) channels", text).groups())
            total = 0
            for filters, size in re.findall(r"with (\d+) filters of (\d) × \d", text):
                total += int(filters) * (int(size) ** 2 * channels + 1)
                image, channels = (image - int(size) + 1) // 2, int(filters)
            n = image * image * channels
            for units in re.findall(r"a dense layer of (\d+) units", text):
                total, n = total + int(units) * (n + 1), int(units)
            assert answers(working)["params"] == total


def test_initial_weights_have_the_named_spread():
    variances = {"Glorot": lambda n, k: 2 / (n + k), "He": lambda n, k: 2 / n, "LeCun": lambda n, k: 1 / n}
    for difficulty in ("easy", "medium"):
        for table, working in questions("initial_spread", difficulty):
            family = re.search(r"after (\w+)", table["text"]).group(1)
            variance = variances[family](table["given"]["inputs"], table["given"]["layers"][0]["units"])
            numbers = answers(working)
            assert np.isclose(numbers[f"{family.lower()}_deviation1"].item() ** 2, variance)
            assert np.isclose(numbers[f"{family.lower()}_limit1"].item(), np.sqrt(3 * variance))


def test_a_gradient_through_equal_layers():
    for table, working in questions("equal_factors", "medium"):
        chain = table["given"]["chain"]
        gradient = float(Fraction(chain["factor"])) ** chain["depth"]
        rate = float(re.search(r"learning rate ([\d.]*\d)", table["text"]).group(1))
        assert np.isclose(answers(working)["gradient"].item(), gradient)
        assert np.isclose(answers(working)["w_new"].item(), float(chain["parameter"]) - rate * gradient)


@pytest.mark.parametrize("name", ["vanishing_gradient", "exploding_gradient"])
def test_the_product_of_the_factors_is_the_derivative_of_the_last_z_in_the_first(name):
    for difficulty in KINDS[name].difficulties:
        for table, working in questions(name, difficulty, 3):
            numbers, layers = answers(working), table["given"]["layers"]

            def last_z(z, layers=layers):
                for layer, behind in pairwise(layers):
                    z = ACTIVATIONS[layer["activation"]](z) * float(behind["W"][0][0])
                return z.item()

            assert np.isclose(slope(last_z, numbers["z1"]).item(), numbers["product"].item())


def test_lengths_of_gradients():
    for _, working in questions("lengths_of_gradients", "hard", 3):
        numbers = answers(working)
        assert np.isclose(numbers["norm1"], np.linalg.norm(numbers["dz1"]))
        assert np.isclose(numbers["weight_norm2"], np.linalg.norm(numbers["dW2"]))
        assert np.isclose(numbers["product"], numbers["norm1"] / numbers["norm3"])


def test_one_unit_is_dead_and_learns_nothing():
    for difficulty in ("easy", "medium", "hard"):
        for table, working in questions("dead_unit", difficulty, 20):
            numbers, layer = answers(working), table["given"]["layers"][0]
            z = np.array(table["given"]["x"], float) @ np.array(layer["W"], float) + np.array(
                layer["b"], float
            )
            dead = (z <= 0).all(axis=0)
            assert dead.sum() == numbers["dead1"] == 1
            assert not numbers["dW1"][:, dead].any()


def test_units_that_start_alike_stay_alike():
    for difficulty in ("medium", "hard"):
        for _, working in questions("units_alike", difficulty, 20):
            numbers = answers(working)
            assert numbers["different1"] == 1
            assert np.ptp(numbers["W1.2"], axis=1).max() == np.ptp(numbers["W2.2"]) == 0
            assert (numbers["W2.1"] != numbers["W2"]).any()

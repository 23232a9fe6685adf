"""Exercises on images, normalization and blocks: that the texts say what is worked."""

import re

import numpy as np
import pytest
from scipy.signal import correlate2d

from exercises_oracle import Topic, answers, slope
from test_exercises_network import output, parameters_of

NETWORK = Topic("network")
KINDS, questions = NETWORK.kinds, NETWORK.questions


# ------------------------------------------------------------------------- images


@pytest.mark.parametrize("name", ["filter_map", "filter_step", "small_network"])
def test_filters_slide_without_being_flipped(name):
    for difficulty in KINDS[name].difficulties:
        for table, working in questions(name, difficulty, 3):
            given, numbers = table["given"], answers(working)
            x, layer = np.array(given["x"], float), given["layers"][0]
            W, b = np.array(layer["W"], float), float(layer["b"][0])
            expected = correlate2d(x, W, mode="valid") + b
            assert np.allclose(numbers["z1"][0, :, :, 0], expected)
            if name == "filter_step":
                y = np.array(given["y"], float)

                def loss(W, x=x, b=b, y=y):
                    return np.mean((y - np.maximum(correlate2d(x, W, mode="valid") + b, 0)) ** 2)

                assert np.isclose(loss(W), numbers["loss"])
                assert np.allclose(slope(loss, W), numbers["dW1"][:, :, 0, 0], atol=1e-5)


def test_the_smallest_network_is_its_own_derivative():
    for table, working in questions("small_network", "hard", 3):
        given, numbers = table["given"], answers(working)
        x, y = np.array(given["x"], float), float(given["y"][0])
        V, c = np.array(given["layers"][3]["W"], float), float(given["layers"][3]["b"][0])
        b = float(given["layers"][0]["b"][0])

        def loss(W, x=x, y=y, V=V, c=c, b=b):
            a = np.maximum(correlate2d(x, W, mode="valid") + b, 0)
            pooled = a.reshape(2, 2, 2, 2).max(axis=(1, 3))
            return (y - (pooled.reshape(1, 4) @ V).item() - c) ** 2

        W = np.array(given["layers"][0]["W"], float)
        assert np.isclose(loss(W), numbers["loss"])
        assert np.allclose(slope(loss, W), numbers["dW1"][:, :, 0, 0], atol=1e-4)


def test_two_channels_are_added_up():
    for table, working in questions("filters_and_channels", "hard", 3):
        layer, numbers = table["given"]["layers"][0], answers(working)
        x, W = np.array(table["given"]["x"], float)[0], np.array(layer["W"], float)
        for f in range(2):
            expected = sum(correlate2d(x[:, :, c], W[:, :, c, f], mode="valid") for c in range(2))
            assert np.allclose(numbers["z1"][0, :, :, f], expected + float(layer["b"][f]))


def test_a_causal_filter_sees_only_what_came_before():
    for difficulty in ("easy", "medium"):
        for table, working in questions("sequence", difficulty):
            layer, x = table["given"]["layers"][0], [float(v) for v in table["given"]["x"]]
            w, b = [float(v) for v in layer["W"]], float(layer["b"][0])
            late = [0.0] * (len(w) - 1) + x
            expected = [sum(w[j] * late[t + j] for j in range(len(w))) + b for t in range(len(x))]
            assert np.allclose(answers(working)["z1"].ravel(), expected)


@pytest.mark.parametrize("name", ["pooling_back", "global_pooling"])
def test_pooling_and_where_its_gradient_goes(name):
    for difficulty in KINDS[name].difficulties:
        for table, working in questions(name, difficulty, 6):
            numbers, text = answers(working), table["text"]
            take = np.max if "the largest number" in text else np.mean
            x, y = np.array(table["given"]["x"], float), np.array(table["given"]["y"], float)

            def loss(x, y=y, take=take, name=name):
                if name == "global_pooling":
                    return np.mean((y.ravel() - take(x, axis=(0, 1))) ** 2)
                h, w = x.shape
                return np.mean((y - take(x.reshape(h // 2, 2, w // 2, 2), axis=(1, 3))) ** 2)

            assert np.isclose(loss(x), numbers["loss"])
            assert np.allclose(slope(loss, x).ravel(), numbers["dx"].ravel(), atol=1e-5)


def test_flattening_takes_the_last_index_first():
    for table, working in questions("flattened_maps", "medium"):
        numbers, layer = answers(working), table["given"]["layers"][0]
        x, W = np.array(table["given"]["x"], float), np.array(layer["W"], float)
        row = [
            max((x[i : i + 2, j : j + 2] * W[:, :, 0, f]).sum() + float(layer["b"][f]), 0)
            for i in range(2)
            for j in range(2)
            for f in range(2)
        ]
        assert np.allclose(numbers["a2"].ravel(), row)


# ------------------------------------------------------------------------- normalization, blocks


@pytest.mark.parametrize(("name", "axis"), [("batch_norm_step", 0), ("layer_normalized", 1)])
def test_normalization_and_the_way_back(name, axis):
    for difficulty in KINDS[name].difficulties:
        for table, working in questions(name, difficulty, 3):
            given, numbers = table["given"], answers(working)
            x, layer = np.array(given["x"], float), given["layers"][0]
            gamma, beta = (np.array(layer[key], float) for key in ("gamma", "beta"))

            def normalized(x, gamma=gamma, beta=beta):
                centred = x - x.mean(axis=axis, keepdims=True)
                return gamma * centred / centred.std(axis=axis, keepdims=True) + beta

            assert np.allclose(normalized(x), numbers["a1"])
            assert (numbers["deviation1"] % 1 == 0).all()
            if "dx" in table["find"]:
                y = np.array(given["y"], float)
                gradient = slope(lambda x, y=y, f=normalized: np.mean((y - f(x)) ** 2), x)
                assert np.allclose(gradient, numbers["dx"], atol=1e-5)
            if name == "batch_norm_step":
                kept = 0.9 * np.array(layer["moving_var"], float) + 0.1 * x.var(axis=0)
                assert np.allclose(kept, numbers["moving_var1_new"])


def test_dropout_scales_what_it_keeps():
    for difficulty in ("easy", "medium"):
        for table, working in questions("dropout_step", difficulty):
            numbers, layer = answers(working), table["given"]["layers"][1]
            kept = 1 - float(re.search(r"with the rate ([\d.]+);", table["text"]).group(1))
            assert np.allclose(numbers["a2"], numbers["z1"] * np.array(layer["mask"]) / kept)
            assert 0 < sum(layer["mask"]) < len(layer["mask"])


def test_nothing_is_dropped_when_a_network_predicts():
    for _, working in questions("dropout_predicting", "easy"):
        numbers = answers(working)
        assert (numbers["a2"] == numbers["z1"]).all()


def test_words_are_counted_from_zero():
    for difficulty in ("easy", "medium", "hard"):
        for table, working in questions("embedding", difficulty):
            numbers, given = answers(working), table["given"]
            W, ids = np.array(given["layers"][0]["W"], float), given["x"][0]
            assert np.allclose(numbers["a1"][0], W[ids])
            y = np.array(given["y"], float)
            gradient = slope(lambda W, y=y, ids=ids: np.mean((y - W[ids]) ** 2), W)
            assert np.allclose(gradient, numbers["dW1"], atol=1e-6)


def test_a_residual_block_adds_its_input():
    for difficulty in ("easy", "medium", "hard"):
        for table, working in questions("residual_block", difficulty, 3):
            given, numbers = table["given"], answers(working)
            inside = {"layers": given["layers"][0]["layers"]}
            parameters, y = parameters_of(inside), np.array(given["y"], float)

            def loss(x, inside=inside, parameters=parameters, y=y):
                return np.mean((y - np.maximum(x + output(inside, x, parameters), 0)) ** 2)

            x = np.array(given["x"], float)
            assert np.isclose(loss(x), numbers["loss"])
            assert np.allclose(slope(loss, x), numbers["dx"], atol=1e-5)


def test_branches_stand_side_by_side():
    for difficulty in ("medium", "hard"):
        for table, working in questions("branches", difficulty, 3):
            x = np.array(table["given"]["x"], float)
            made = []
            for branch in table["given"]["layers"][0]["branches"]:
                inside = {"layers": branch}
                made.append(output(inside, x, parameters_of(inside)))
            assert np.allclose(answers(working)["a1"], np.concatenate(made, axis=1))

"""Exercises of normalization: what their texts ask, worked anew with NumPy and scikit-learn."""

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make
from chainrule.exercises.topics._spreads import batch, spreads

TOPIC = "normalization"
ALL = [(each.name, level) for each in kinds(TOPIC) for level in each.difficulties]
BATCHES = {
    *("normalized_batch", "scaled_batch", "sample_variance", "with_epsilon", "with_epsilon_outside"),
    *("two_features", "gradients_of_scale", "backward", "backward_of_features"),
}


def of_kinds(*names):
    return [each for each in ALL if each[0] in names]


def drawn(name, level, count=20):
    return make(TOPIC, level, count, seed=13, kinds=[name]).exercises


def given(exercise):
    return {q.name: q.value.astype(float) for q in exercise.working.given}


def check(working, expected):
    """That every quantity asked for is what is expected."""
    assert {*working.names} <= {*expected}
    for name in working.names:
        np.testing.assert_allclose(working[name].astype(float), expected[name], atol=1e-9)


def forward(text, x, gamma, beta, epsilon, axis=0):
    """What the text says of the variance and of ε."""
    less = 1 if "divides by m − 1" in text else 0
    mean, var = x.mean(axis=axis, keepdims=axis == 1), x.var(axis=axis, ddof=less, keepdims=axis == 1)
    outside = "ε outside the root" in text
    deviation = np.sqrt(var) + epsilon if outside else np.sqrt(var + epsilon)
    xhat = (x - mean) / deviation
    return {"mean": mean, "var": var, "deviation": deviation, "xhat": xhat, "y": gamma * xhat + beta}


def slopes(text, x, gamma, beta, epsilon, dy):
    """By differences in each of the ways: the loss is Σ dy·y."""
    made = forward(text, x, gamma, beta, epsilon)

    def loss(**changed):
        parts = {"x": x, **made, **changed}
        xhat = changed.get("xhat")
        if xhat is None:
            xhat = (parts["x"] - parts["mean"]) / np.sqrt(parts["var"] + epsilon)
        return (dy * (changed.get("gamma", gamma) * xhat + changed.get("beta", beta))).sum()

    def of_x(**changed):
        return (dy * forward(text, changed["x"], gamma, beta, epsilon)["y"]).sum()

    return made | {
        "dgamma": difference(loss, "gamma", gamma),
        "dbeta": difference(loss, "beta", beta),
        "dxhat": difference(loss, "xhat", made["xhat"]),
        "dvar": difference(loss, "var", made["var"]),
        "dmean": difference(loss, "mean", made["mean"]),
        "dx": difference(of_x, "x", x),
    }


def difference(function, name, value, step=1e-4):
    value = np.asarray(value, dtype=float)
    made = np.zeros(value.shape)
    for place in np.ndindex(value.shape):
        ends = []
        for sign in (1, -1):
            moved = value.copy()
            moved[place] += sign * step
            ends.append(function(**{name: moved}))
        made[place] = (ends[0] - ends[1]) / (2 * step)
    return made


@pytest.mark.parametrize(("name", "level"), of_kinds(*BATCHES))
def test_batches_are_normalized_as_the_text_says(name, level):
    for exercise in drawn(name, level, 10):
        values, text = given(exercise), exercise.table["text"]
        parts = [values[key] for key in ("x", "gamma", "beta", "epsilon")]
        if "dy" not in values:
            check(exercise.working, forward(text, *parts))
            continue
        expected = slopes(text, *parts, values["dy"])
        for asked in exercise.working.names:
            found = exercise.working[asked].astype(float)
            np.testing.assert_allclose(found, expected[asked], atol=1e-5)


@pytest.mark.parametrize(("name", "level"), of_kinds("one_sample", "layer_of_samples"))
def test_layers_are_normalized_over_the_features_of_a_sample(name, level):
    for exercise in drawn(name, level):
        values = given(exercise)
        parts = [values[key] for key in ("x", "gamma", "beta", "epsilon")]
        check(exercise.working, forward(exercise.table["text"], *parts, axis=1))


@pytest.mark.parametrize("level", ["easy", "medium"])
def test_features_are_scaled_to_a_deviation_of_one(level):
    for exercise in drawn("standard_scaling", level):
        x = given(exercise)["x"]
        made = exercise.working["y"].astype(float)
        if "m − 1" in exercise.table["text"]:
            assert made.mean() == pytest.approx(0)
            assert made.std(ddof=1) == pytest.approx(1)
        else:
            np.testing.assert_allclose(
                made, StandardScaler().fit_transform(x.reshape(-1, 1))[:, 0], atol=1e-9
            )


@pytest.mark.parametrize(("name", "level"), of_kinds("to_unit_range", "to_a_range", "two_columns"))
def test_features_are_scaled_to_a_range(name, level):
    for exercise in drawn(name, level):
        values, working = given(exercise), exercise.working
        x = values["x"].reshape(len(values["x"]), -1)
        scaler = MinMaxScaler((values.get("a", 0), values.get("b", 1)))
        made = scaler.fit_transform(x).reshape(values["x"].shape)
        np.testing.assert_allclose(working["y"].astype(float), made, atol=1e-9)
        np.testing.assert_allclose(working["x_min"].astype(float).reshape(-1), scaler.data_min_)
        np.testing.assert_allclose(working["x_max"].astype(float).reshape(-1), scaler.data_max_)
        assert (x > 0).all()


def test_a_batch_moves_the_averages():
    for exercise in drawn("one_moving_average", "easy"):
        values = given(exercise)
        keep, x = values["momentum"], values["x"]
        expected = {"mean": x.mean(), "var": x.var()}
        for word in ("mean", "var"):
            old = values[f"moving_{word}"]
            expected[f"moving_{word}_new"] = keep * old + (1 - keep) * expected[word]
        check(exercise.working, expected)


@pytest.mark.parametrize("level", ["easy", "medium"])
def test_a_layer_at_rest_takes_the_averages(level):
    for exercise in drawn("normalized_at_rest", level):
        v = given(exercise)
        deviation = np.sqrt(v["moving_var"] + v["epsilon"])
        xhat = (v["x"] - v["moving_mean"]) / deviation
        check(exercise.working, {"deviation": deviation, "xhat": xhat, "y": v["gamma"] * xhat + v["beta"]})


@pytest.mark.parametrize("level", ["medium", "hard"])
def test_averages_follow_every_batch(level):
    for exercise in drawn("followed_averages", level):
        v, expected, moving = given(exercise), {}, {"mean": 0, "var": 1}
        batches = [name for name in v if name.startswith("x.")]
        assert exercise.table["text"].startswith(f"{len(batches)} batches")
        for number in range(1, len(batches) + 1):
            x = v[f"x.{number}"]
            for word, value in (("mean", x.mean()), ("var", x.var())):
                moving[word] = v["momentum"] * moving[word] + (1 - v["momentum"]) * value
                expected |= {f"{word}.{number}": value, f"moving_{word}.{number}": moving[word]}
        if level == "hard":
            deviation = np.sqrt(moving["var"] + v["epsilon"])
            xhat = (v["x"] - moving["mean"]) / deviation
            expected |= {"deviation": deviation, "xhat": xhat, "y": xhat}
        check(exercise.working, expected)


@pytest.mark.parametrize(("name", "level"), [each for each in ALL if each != ("followed_averages", "hard")])
def test_no_root_is_irrational(name, level):
    for exercise in drawn(name, level):
        working = exercise.working
        assert all(number.exact is not None for asked in working.names for number in working[asked].flat)


@pytest.mark.parametrize("added", [0, 1])
@pytest.mark.parametrize(("count", "divisor"), [(4, 4), (5, 5), (4, 3), (5, 4)])
def test_deviations_of_batches_are_whole_numbers_of_steps(count, divisor, added):
    for seed in range(30):
        made = batch(Draw(str(seed), "hard"), count, "0.5", divisor=divisor, added=added)
        x = np.array([float(value) for value in made])
        root = 2 * np.sqrt(x.var() * count / divisor + added / 4)
        assert root == pytest.approx(round(root))
        assert round(root) in spreads(count, divisor, added)
        assert len({*made}) > 2

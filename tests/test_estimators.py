"""The scikit-learn estimators: scikit-learn's own conformance tests, and what they promise beside those."""

import copy
import pickle
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Thread

import numpy as np
import optax
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_digits, load_iris, load_wine
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.estimator_checks import parametrize_with_checks

import chainrule
from chainrule import NetworkClassifier, NetworkRegressor, config, losses, optimizers
from chainrule.callbacks import Callback
from chainrule.estimators.building import Ending
from chainrule.estimators.rows import Rows
from chainrule.estimators.sharing import shared_programs
from chainrule.layers import Dense, Layer, Reshape
from chainrule.losses import Huber, MeanSquaredError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int) + (X[:, 2] > 1)
T = np.c_[X[:, 0] + 1, X[:, 1] * X[:, 2]]


def classifier(layers=(8,), **more):
    return NetworkClassifier(layers, **{"epochs": 5, "random_state": 0, **more})


def regressor(layers=(8,), **more):
    return NetworkRegressor(layers, **{"epochs": 5, "random_state": 0, **more})


def weights(estimator):
    return np.concatenate([w.ravel() for w in estimator.model_.get_weights()])


@pytest.mark.slow
@parametrize_with_checks([NetworkClassifier(), NetworkRegressor()])
def test_scikit_learns_own_conformance_test(estimator, check):
    check(estimator)


# As good as scikit-learn's own networks.


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("load", "epochs", "least"),
    [
        (load_iris, 200, 0.93),
        (load_wine, 200, 0.95),
        pytest.param(load_digits, 30, 0.96, marks=pytest.mark.slow),
    ],
)
def test_classes_are_told_as_well_as_by_scikit_learns_network(load, epochs, least):
    x, y = load(return_X_y=True)
    split = train_test_split(x, y, test_size=0.3, random_state=0, stratify=y)
    scores = []
    for network in (
        NetworkClassifier(epochs=epochs, random_state=0),
        MLPClassifier(max_iter=epochs, random_state=0),
    ):
        made = make_pipeline(StandardScaler(), network).fit(split[0], split[2])
        scores.append(made.score(split[1], split[3]))
    ours, theirs = scores
    assert ours >= least
    assert ours > theirs - 0.03


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_numbers_are_told_as_well_as_by_scikit_learns_network():
    x, y = load_diabetes(return_X_y=True)
    split = train_test_split(x, y, test_size=0.3, random_state=0)
    scores = []
    for network in (
        NetworkRegressor((16,), random_state=0),
        MLPRegressor(hidden_layer_sizes=(16,), random_state=0),
    ):
        scaled = TransformedTargetRegressor(
            make_pipeline(StandardScaler(), network), transformer=StandardScaler()
        )
        scores.append(scaled.fit(split[0], split[2]).score(split[1], split[3]))
    ours, theirs = scores
    assert ours > 0.3
    assert ours > theirs - 0.05


# What a fit leaves behind.


def test_the_loss_curve_ends_at_the_loss_of_the_model():
    fitted = classifier(epochs=300).fit(X, Y)
    assert len(fitted.loss_curve_) == fitted.n_iter_ == 300
    assert fitted.loss_curve_[-1] == pytest.approx(log_loss(Y, fitted.predict_proba(X)), rel=1e-2)
    numbers = regressor(epochs=300).fit(X, T)
    assert numbers.loss_curve_[-1] == pytest.approx(mean_squared_error(T, numbers.predict(X)), rel=1e-2)


def test_the_model_within_gives_what_the_estimator_predicts():
    fitted = classifier().fit(X, Y)
    probabilities = fitted.model_.predict(X.astype(np.float32), verbose=0)
    np.testing.assert_allclose(fitted.predict_proba(X), probabilities, rtol=1e-5)
    assert isinstance(fitted.model_, chainrule.Sequential)


def test_names_of_columns_are_kept_and_compared():
    table = pyarrow.table({"length": X[:, 0], "width": X[:, 1]})
    fitted = regressor().fit(table, Y)
    assert fitted.feature_names_in_.tolist() == ["length", "width"]
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(pyarrow.table({"width": X[:, 0], "length": X[:, 1]}))


def test_a_row_is_predicted_alike_whatever_rows_are_beside_it():
    fitted = classifier((50,)).fit(X, Y)
    many = np.random.default_rng(1).normal(size=(300, 3))
    together = fitted.predict_proba(many)
    for rows in (slice(0, 1), slice(7, 8), slice(130, 260), slice(299, None, -1)):
        np.testing.assert_array_equal(fitted.predict_proba(many[rows]), together[rows])


# Kinds of targets.


@pytest.mark.parametrize("y", [Y % 2, Y], ids=["two", "three"])
def test_classes_may_be_words(y):
    words = np.array(["ant", "bee", "cat"], dtype=object)[y]
    fitted, by_number = classifier().fit(X, words), classifier().fit(X, y)
    assert fitted.classes_.tolist() == sorted(set(words))
    np.testing.assert_array_equal(fitted.predict_proba(X), by_number.predict_proba(X))
    assert set(fitted.predict(X)) <= set(words)


def test_several_labels_per_row_and_several_numbers_per_row():
    labels = (T > 0).astype(int)
    fitted = classifier(epochs=300, learning_rate=0.03).fit(X, labels)
    assert fitted.predict(X).shape == fitted.predict_proba(X).shape == (40, 2)
    assert fitted.score(X, labels) > 0.8
    numbers = regressor(epochs=300, learning_rate=0.03).fit(X, T)
    assert numbers.predict(X).shape == (40, 2)
    assert numbers.score(X, T) > 0.8
    assert regressor().fit(X, T[:, :1]).predict(X).shape == (40, 1)


TWO_AND_THREE = [pytest.param(Y % 2, id="two", marks=pytest.mark.slow), pytest.param(Y, id="three")]


@pytest.mark.parametrize(
    "loss", ["categorical_crossentropy", "mse", "binary_crossentropy", MeanSquaredError()]
)
@pytest.mark.parametrize("y", TWO_AND_THREE)
def test_other_losses_of_probabilities(loss, y):
    fitted = classifier(loss=loss).fit(X, y)
    np.testing.assert_allclose(fitted.predict_proba(X).sum(axis=1), 1)
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]


# Weights.


@pytest.mark.parametrize(
    ("make", "y"),
    [(classifier, Y), pytest.param(classifier, Y % 2, marks=pytest.mark.slow), (regressor, T)],
)
def test_a_weight_is_as_many_rows_whatever_their_order(make, y):
    counts = np.random.default_rng(2).integers(0, 4, len(X))
    order = np.random.default_rng(3).permutation(len(X))
    weighted = make().fit(X[order], y[order], sample_weight=counts[order])
    repeated = make().fit(X.repeat(counts, axis=0), y.repeat(counts, axis=0))
    np.testing.assert_array_equal(weights(weighted), weights(repeated))
    np.testing.assert_array_equal(weights(make().fit(X[order], y[order])), weights(make().fit(X, y)))


def test_a_weight_is_as_many_rows_for_given_layers_too():
    counts = np.random.default_rng(2).integers(0, 4, len(X))
    made = regressor([Dense(8, activation="tanh")])
    weighted = clone(made).fit(X, T, counts)
    repeated = clone(made).fit(X.repeat(counts, axis=0), T.repeat(counts, axis=0))
    np.testing.assert_allclose(weights(weighted), weights(repeated), rtol=1e-4, atol=1e-6)


def test_only_the_ratios_of_weights_count():
    counts = np.random.default_rng(2).uniform(1, 2, len(X))
    found = [weights(regressor(optimizer="sgd").fit(X, T, k * counts)) for k in (1, 4)]
    np.testing.assert_array_equal(*found)


def test_weights_in_batches_move_the_prediction():
    heavy = np.where(T[:, 0] > 1, 9.0, 1.0)
    plain, weighted = (
        regressor((), batch_size=8, epochs=300, learning_rate=0.01).fit(0 * X, T[:, 0], sample_weight=counts)
        for counts in (None, heavy)
    )
    for fitted, counts in ((plain, None), (weighted, heavy)):
        mean = np.average(T[:, 0], weights=counts)
        assert fitted.predict(X[:1] * 0)[0] == pytest.approx(mean, abs=0.15)


@pytest.mark.parametrize("y", TWO_AND_THREE)
def test_class_weights_are_weights_of_rows(y):
    table = {0: 1.0, 1: 2.5, 2: 4.0}
    of_rows = np.vectorize(table.get)(y)
    by_class = classifier(class_weight={k: w for k, w in table.items() if k in y}).fit(X, y)
    np.testing.assert_array_equal(weights(by_class), weights(classifier().fit(X, y, of_rows)))
    balanced = classifier(class_weight="balanced").fit(X, y)
    by_scikit_learn = classifier().fit(X, y, compute_sample_weight("balanced", y))
    np.testing.assert_allclose(weights(balanced), weights(by_scikit_learn), rtol=1e-5, atol=1e-7)


ROW = st.tuples(st.sampled_from([-1.0, -0.0, 0.0, 1.0]), st.integers(0, 1), st.integers(0, 3))


@given(st.lists(ROW, min_size=1))
@settings(derandomize=True, deadline=None)
def test_equal_rows_are_put_together_with_all_their_weight(drawn):
    x, y, counts = (np.array(column) for column in zip(*drawn, strict=True))
    rows = Rows(x[:, None], y, counts).distinct()
    expected = Counter()
    for number, label, count in drawn:
        expected[number, label] += count
    found = zip(rows.x[:, 0].tolist(), rows.y.tolist(), rows.weights.tolist(), strict=True)
    assert sorted(found) == sorted((*row, count) for row, count in expected.items())


# Seeds.


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="one batch"),
        pytest.param({"batch_size": 8}, id="batches", marks=pytest.mark.slow),
        pytest.param({"layers": [chainrule.layers.Dropout(0.5)]}, id="dropout"),
    ],
)
def test_the_same_random_state_gives_the_same_network(more):
    one, two, other = (classifier(**{"random_state": seed, **more}).fit(X, Y) for seed in (1, 1, 2))
    np.testing.assert_array_equal(weights(one), weights(two))
    assert (weights(one) != weights(other)).any()


def test_a_fit_leaves_the_users_seeds_alone():
    chainrule.utils.set_random_seed(5)
    expected = config.next_seed()
    chainrule.utils.set_random_seed(5)
    before = np.random.get_state()[1].tolist()
    classifier().fit(X, Y)
    assert config.next_seed() == expected
    assert np.random.get_state()[1].tolist() == before


def test_without_a_random_state_chainrules_seeds_decide():
    found = []
    for _ in range(2):
        chainrule.utils.set_random_seed(3)
        found.append(weights(classifier(random_state=None).fit(X, Y)))
    np.testing.assert_array_equal(*found)
    assert (weights(classifier(random_state=None).fit(X, Y)) != found[0]).any()


def test_threads_do_not_disturb_each_others_seeds():
    expected = [weights(classifier(random_state=seed).fit(X, Y)) for seed in range(4)]
    found = {}
    threads = [
        Thread(target=lambda s=seed: found.update({s: weights(classifier(random_state=s).fit(X, Y))}))
        for seed in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, alone in enumerate(expected):
        np.testing.assert_array_equal(found[seed], alone)


# Further fits.


def test_a_warm_start_goes_on():
    fitted = classifier(warm_start=True).fit(X, Y)
    first = weights(fitted)
    fitted.fit(X, Y)
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 10
    assert fitted.loss_curve_[5] < fitted.loss_curve_[4]
    assert (weights(fitted) != first).any()
    with pytest.raises(ValueError, match="not known"):
        fitted.fit(X, Y + 1)


def test_part_after_part_is_learned():
    made = classifier(learning_rate=0.05)
    for epoch in range(150):
        half = slice(0, 20) if epoch % 2 else slice(20, 40)
        made.partial_fit(X[half], Y[half], classes=[0, 1, 2])
    assert made.n_iter_ == 150
    assert made.score(X, Y) > 0.85
    with pytest.raises(ValueError, match="first call"):
        classifier().partial_fit(X, Y)
    with pytest.raises(ValueError, match="not those of the first"):
        made.partial_fit(X, Y, classes=[0, 1])
    with pytest.raises(ValueError, match="balanced"):
        classifier(class_weight="balanced").partial_fit(X, Y, classes=[0, 1, 2])


def test_early_stopping_keeps_the_best_epoch():
    noise = np.random.default_rng(4).integers(0, 2, len(X))
    made = classifier(
        early_stopping=True, validation_fraction=0.25, patience=3, learning_rate=0.05, epochs=500
    )
    fitted = made.fit(X, noise, sample_weight=np.arange(1, 41))
    assert fitted.n_iter_ < 500
    held = fitted.history_["val_loss"]
    assert len(held) - 1 - int(np.argmin(held)) == 3


def test_callbacks_are_told():
    seen = []

    class Seen(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(logs["loss"])

    fitted = regressor(callbacks=[Seen()]).fit(X, T)
    assert seen == fitted.loss_curve_


# Layers, and the programs that networks share.


def test_given_layers_are_copied_for_each_fit():
    table = {"class_name": "Dense", "config": {"units": 3}}
    layers = [Reshape((3, 1)), chainrule.layers.Flatten(), Dense(4, activation="tanh"), table, 5]
    one = classifier(layers).fit(X, Y)
    two = clone(one).fit(X, Y)
    np.testing.assert_array_equal(weights(one), weights(two))
    assert [type(layer).__name__ for layer in one.model_.layers] == ["Reshape", "Flatten", *["Dense"] * 4]
    assert not set(map(id, one.model_.layers)) & set(map(id, [*layers, *two.model_.layers]))


def test_no_hidden_layer_is_a_linear_model():
    assert len(classifier(()).fit(X, Y).model_.layers) == 1


def test_networks_made_alike_share_their_programs():
    one = classifier(learning_rate=0.1).fit(X, Y)
    two = classifier(learning_rate=0.2, random_state=1).fit(X, Y)
    assert one.model_.programs is two.model_.programs
    before = weights(one)
    two.fit(X, Y)
    np.testing.assert_array_equal(weights(one), before)


def test_networks_that_differ_have_their_own_programs():
    usual = {
        "sizes": (3, 8),
        "activation": "relu",
        "kernel_regularizer": None,
        "ending": Ending(1, "linear", losses.get("mse")),
        "optimizer": optimizers.Adam(),
    }
    others = {
        "sizes": (3, 9),
        "activation": {"name": "leaky_relu", "negative_slope": 0.3},
        "kernel_regularizer": "l2",
        "ending": Ending(1, "linear", losses.get("mae")),
        "optimizer": optimizers.Adam(beta_1=0.8),
    }
    first = shared_programs(**usual)
    assert shared_programs(**usual) is first
    assert shared_programs(**{**usual, "optimizer": optimizers.Adam(0.5)}) is first
    made = [shared_programs(**{**usual, name: value}) for name, value in others.items()]
    assert len({id(programs) for programs in (first, *made)}) == 6


def test_a_loss_of_ones_own_is_never_taken_for_another():
    class Summed(Huber):
        @property
        def divide_by(self):
            return "1/m"

    ours = regressor(loss=Summed()).fit(X, T)
    usual = regressor(loss="huber").fit(X, T)
    assert ours.loss_curve_[0] == pytest.approx(2 * usual.loss_curve_[0], rel=1e-5)


@pytest.mark.parametrize(
    ("optimizer", "learning_rate"),
    [
        (optax.sgd(0.1), None),
        ("sgd", optimizers.schedules.ExponentialDecay(0.1, 1, 1.0)),
        (optimizers.SGD(0.3), 0.1),
        ({"name": "sgd", "learning_rate": 0.1}, None),
    ],
    ids=["optax", "schedule", "object", "table"],
)
def test_optimizers_and_learning_rates_may_be_given_in_all_their_forms(optimizer, learning_rate):
    fitted = clone(classifier(optimizer=optimizer, learning_rate=learning_rate)).fit(X, Y)
    expected = classifier(optimizer="sgd", learning_rate=0.1).fit(X, Y)
    np.testing.assert_allclose(weights(fitted), weights(expected), rtol=1e-5, atol=1e-6)


def test_a_penalty_makes_weights_smaller():
    plain, small = (
        np.abs(weights(regressor(epochs=200, learning_rate=0.03, kernel_regularizer=penalty).fit(X, T))).sum()
        for penalty in (None, {"name": "l2", "l2": 0.1})
    )
    assert small < 0.7 * plain


# Copies, grids, processes.


@pytest.mark.parametrize("layers", [(8,), [Dense(8, activation="leaky_relu")]], ids=["units", "layers"])
@pytest.mark.parametrize(
    "again",
    [
        pytest.param(copy.deepcopy, id="copy", marks=pytest.mark.slow),
        pytest.param(lambda made: pickle.loads(pickle.dumps(made)), id="pickle"),
    ],
)
def test_a_copy_predicts_the_same_and_learns_on(layers, again):
    fitted = classifier(layers, warm_start=True).fit(X, Y)
    other = again(fitted)
    np.testing.assert_array_equal(other.predict_proba(X), fitted.predict_proba(X))
    np.testing.assert_array_equal(weights(other.fit(X, Y)), weights(fitted.fit(X, Y)))
    assert repr(again(clone(fitted))) == repr(clone(fitted)) or layers != (8,)


@pytest.mark.parametrize(
    ("layers", "jobs"),
    [([(), (8,)], 1), pytest.param([(), [Dense(8, activation="tanh")]], 2, marks=pytest.mark.slow)],
    ids=["here", "in processes"],
)
def test_a_grid_search_finds_what_the_problem_needs(layers, jobs):
    x = np.random.default_rng(5).uniform(-1, 1, (60, 2))
    y = np.where(x[:, 0] * x[:, 1] > 0, "same", "other")
    pipeline = make_pipeline(StandardScaler(), classifier(epochs=100))
    grid = {"networkclassifier__layers": layers, "networkclassifier__learning_rate": [0.001, 0.1]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=jobs, error_score="raise").fit(x, y)
    assert search.best_params_ == {
        "networkclassifier__layers": layers[1],
        "networkclassifier__learning_rate": 0.1,
    }
    assert search.best_score_ > 0.8


def test_cross_validation_of_a_pipeline_is_the_same_again():
    made = make_pipeline(StandardScaler(), regressor(epochs=100, learning_rate=0.03))
    scores = [cross_val_score(made, X, T, cv=3) for _ in range(2)]
    np.testing.assert_array_equal(*scores)


def test_importing_chainrule_does_not_import_scikit_learn():
    code = "import chainrule, sys; sys.exit('sklearn' in sys.modules or 'jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The doors.


class Odd(Layer):
    """Not flat at its end."""

    def output_shape(self, input_shape):
        return (*input_shape, 1)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"layers": "64"}, TypeError, "tuple of units"),
        ({"layers": 64}, TypeError, "tuple of units"),
        ({"layers": (0,)}, ValueError, "units must be a whole number"),
        ({"layers": (True,)}, TypeError, "layers takes"),
        ({"layers": [object()]}, TypeError, "layers takes"),
        ({"layers": [{"class_name": "Dens", "config": {}}]}, ValueError, "did you mean 'Dense'"),
        ({"layers": [Reshape((3, 1))]}, ValueError, "end with Flatten"),
        ({"activation": "rello"}, ValueError, "did you mean 'relu'"),
        ({"optimizer": "adem"}, ValueError, "unknown optimizer"),
        ({"optimizer": optax.sgd(0.1), "learning_rate": 0.1}, ValueError, "has its own"),
        ({"learning_rate": -1}, ValueError, "learning_rate"),
        ({"learning_rate": "fast"}, (TypeError, ValueError), "learning_rate"),
        ({"loss": "hinge"}, ValueError, "probabilities"),
        ({"loss": {"name": "binary_crossentropy", "from_logits": True}}, ValueError, "from_logits"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"batch_size": "all"}, TypeError, "batch_size"),
        ({"epochs": 0}, ValueError, "epochs"),
        ({"epochs": 1.5}, TypeError, "epochs"),
        ({"class_weight": "even"}, ValueError, "balanced"),
        ({"class_weight": {0: -1, 1: 1, 2: 1}}, ValueError, "negative"),
        ({"class_weight": {0: 0, 1: 0, 2: 0}}, ValueError, "zero"),
        ({"class_weight": {0: float("nan"), 1: 1, 2: 1}}, ValueError, "finite"),
        ({"callbacks": [print]}, TypeError, "callbacks"),
        ({"early_stopping": True, "validation_fraction": 2.0}, ValueError, "validation_fraction must"),
        ({"early_stopping": True, "validation_fraction": 5}, ValueError, "validation_fraction must"),
        ({"early_stopping": True, "validation_fraction": 0.01}, ValueError, "validation_fraction keeps"),
        ({"early_stopping": True, "validation_fraction": "some"}, TypeError, "validation_fraction must"),
        ({"random_state": "luck"}, ValueError, "seed"),
        ({"verbose": 7}, ValueError, "verbose"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_arguments_that_make_no_sense_are_refused_by_fit(arguments, error, words):
    made = classifier(**{"layers": (4,), **arguments})
    with pytest.raises(error, match=words):
        made.fit(X, Y)


def test_data_that_makes_no_sense_is_refused():
    with pytest.raises(TypeError, match="Sparse data was passed"):
        classifier().fit(csr_array(X), Y)
    with pytest.raises(ValueError, match=r"y has one class: 0$"):
        classifier().fit(X, 0 * Y)
    with pytest.raises(ValueError, match="Unknown label type"):
        classifier().fit(X, T[:, 0])
    with pytest.raises(ValueError, match="negative"):
        regressor().fit(X, T, -np.ones(40))
    with pytest.raises(ValueError, match="zero"):
        regressor().fit(X, T, np.zeros(40))
    with pytest.raises(ValueError, match="too large"):
        regressor().fit(X * 1e300, T)
    with pytest.raises(ValueError, match="inf: leave"):
        regressor().fit(X, T * 1e300)
    with pytest.raises(NotFittedError):
        regressor().predict(X)
    with pytest.raises(ValueError, match="of another kind"):
        classifier(warm_start=True).fit(X, Y).fit(X, (T > 0).astype(int))
    with pytest.raises(ValueError, match="columns"):
        regressor(warm_start=True).fit(X, T).fit(X, T[:, 0])
    with pytest.raises(ValueError, match="class_weight is for classes"):
        classifier(class_weight={0: 2.0}).fit(X, (T > 0).astype(int))
    with pytest.warns(DataConversionWarning):
        classifier().fit(X, Y[:, None])


@pytest.mark.parametrize("images", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_code_on_the_page_runs(monkeypatch, images):
    page = (Path(__file__).parent.parent / "docs" / "estimators.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    names: dict = {}
    for block in blocks:  # each goes on with what those before it made
        exec(block.replace("n_jobs=2", "cv=2"), names)
    assert names["search"].best_score_ > 0.9
    if images:
        x, y = load_digits(return_X_y=True)
        assert names["images"].set_params(epochs=2).fit(x[:400], y[:400]).predict(x[:5]).shape == (5,)
    assert names["scaled"].fit(names["x"], names["y"]).score(names["x"], names["y"]) > 0.7

"""Splits, folds, scaling and class weights: each row where it belongs, scikit-learn's numbers."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from chainrule.data import Scaler, balanced_class_weight, digits, folds, learn_scaler, split, split_three
from chainrule.doors import class_weights
from chainrule.utils import to_categorical

LABELS = np.repeat([0, 1, 2], [60, 30, 10])


def test_three_parts_have_every_row_once_and_the_labels_in_their_shares():
    x = np.arange(100)
    parts = split_three(x, LABELS, validation=0.2, test=0.3, seed=1, stratify=True)
    assert [len(rows) for rows, _ in parts] == [50, 20, 30]
    assert sorted(np.concatenate([rows for rows, _ in parts])) == list(range(100))
    for rows, labels in parts:
        np.testing.assert_array_equal(labels, LABELS[rows])
        np.testing.assert_array_equal(np.bincount(labels) / len(labels), [0.6, 0.3, 0.1])
    np.testing.assert_array_equal(parts.test[0], split(x, LABELS, 0.3, seed=1, stratify=True)[1])


def test_parts_may_be_numbers_of_rows_and_one_hot_rows_are_labels():
    y = to_categorical(LABELS)
    parts = split_three(y, y, validation=10, test=20, seed=1, stratify=True)
    assert [len(rows) for rows, _ in parts] == [70, 10, 20]
    np.testing.assert_array_equal(parts.test[1].sum(axis=0), [12, 6, 2])


@pytest.mark.parametrize(
    ("validation", "test", "message"),
    [
        (0.5, 0.5, "validation has 50 rows and test 50, which leaves none of 100"),
        (0.0, 0.2, "validation must be a part of the rows"),
        (0.2, 100, "test must be a part of the rows, as 0.2, or a number below 100; got 100"),
        (0.2, 1.5, "test must be"),
        (-3, 0.2, "validation must be"),
        (float("nan"), 0.2, "validation must be"),
    ],
)
def test_parts_that_leave_no_rows_are_refused(validation, test, message):
    with pytest.raises(ValueError, match=message):
        split_three(LABELS, LABELS, validation, test, seed=1)


@pytest.mark.parametrize("part", ["0.2", True, None])
def test_parts_that_are_no_numbers_are_refused(part):
    with pytest.raises(TypeError, match="must be a number"):
        split_three(LABELS, LABELS, part, 0.2, seed=1)


def test_a_label_of_one_row_cannot_be_in_all_parts():
    with pytest.raises(ValueError, match=r"y holds 0\.5, and labels are whole numbers"):
        split(np.zeros((4, 1)), np.array([0.5, 1, 0.5, 1]), 0.5, 1, stratify=True)
    with pytest.raises(ValueError, match="test keeps 1 of 4 rows, and each of 2 labels needs a row on both"):
        split(np.zeros((4, 1)), np.array([0, 1, 0, 1]), 0.2, 1, stratify=True)
    with pytest.raises(ValueError, match="x has 4 rows and y has 3"):
        split(np.zeros((4, 1)), np.zeros(3), 0.5, 1)
    with pytest.raises(ValueError, match="label 2 is in a single row"):
        split_three(np.arange(7), np.array([0, 0, 0, 1, 1, 1, 2]), 2, 2, seed=1, stratify=True)


@settings(derandomize=True, deadline=None)
@given(st.integers(2, 6), st.integers(6, 40), st.integers(0, 3))
def test_each_row_is_tested_in_one_fold_and_trained_on_in_the_others(k, rows, seed):
    found = folds(np.linspace(0, 1, rows), k, seed)
    assert sorted(np.concatenate([test for _, test in found])) == list(range(rows))
    assert {len(test) for _, test in found} <= {rows // k, -(-rows // k)}
    for train, test in found:
        assert sorted([*train, *test]) == list(range(rows))


@pytest.mark.parametrize(
    "y", [LABELS, LABELS[:, None], to_categorical(LABELS)], ids=["labels", "column", "one-hot"]
)
def test_folds_keep_the_shares_of_labels(y):
    theirs = StratifiedKFold(5, shuffle=True, random_state=7).split(LABELS, LABELS)
    for (train, test), (their_train, their_test) in zip(folds(y, 5, seed=7), theirs, strict=True):
        np.testing.assert_array_equal(train, their_train)
        np.testing.assert_array_equal(test, their_test)
        np.testing.assert_array_equal(np.bincount(LABELS[test]), [12, 6, 2])


def test_folds_can_leave_the_labels_alone():
    shares = {tuple(np.bincount(LABELS[test], minlength=3)) for _, test in folds(LABELS, 5, stratify=False)}
    assert shares != {(12, 6, 2)}


@pytest.mark.parametrize(
    ("y", "k", "options", "message"),
    [
        ([0, 1], 1, {}, "k must be at least 2"),
        ([0, 1], 3, {}, "2 rows cannot make 3 folds"),
        (5, 2, {}, "0 rows cannot make 2 folds"),
        ([0, 0, 0, 1], 2, {}, "label 1 is in 1 rows, too few for 2 folds"),
        (np.eye(4) * 2, 2, {"stratify": True}, "its rows are not one-hot"),
    ],
    ids=["k", "rows", "number", "label", "several"],
)
def test_folds_that_cannot_be_made_are_refused(y, k, options, message):
    with pytest.raises(ValueError, match=message):
        folds(np.array(y), k, **options)


# --------------------------------------------------------------------------------- scaling

THEIRS = {"standard": StandardScaler, "min_max": MinMaxScaler}


@pytest.mark.parametrize("kind", THEIRS)
@settings(derandomize=True, deadline=None)
@given(x=arrays(np.float32, (7, 3), elements=st.floats(-1000, 1000, width=16)))
def test_columns_are_scaled_as_by_scikit_learn(kind, x):
    scaler, theirs = learn_scaler(kind, x), THEIRS[kind]().fit(x.astype(float))
    np.testing.assert_allclose(scaler.apply(x), theirs.transform(x.astype(float)), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(scaler.undo(scaler.apply(x)), x, rtol=1e-4, atol=1e-3)


def test_the_numbers_are_those_of_the_rows_trained_on_alone():
    x = digits().x
    scaler = learn_scaler("standard", x[:1000])
    scaled = scaler.apply(x[:1000])
    changing = x[:1000].std(axis=0) > 0
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0)[changing], 1, atol=1e-4)
    np.testing.assert_array_equal(scaled[:, ~changing], 0)
    assert scaled.dtype == np.float32
    assert abs(scaler.apply(x[1000:]).mean(axis=0)).max() > 0.05


@pytest.mark.parametrize("kind", THEIRS)
def test_images_are_scaled_channel_by_channel(kind):
    images = np.random.default_rng(1).normal([0, 5, 9], [1, 2, 3], (20, 4, 4, 3))
    scaler = learn_scaler(kind, images)
    assert (scaler.center.shape, scaler.apply(images).shape) == ((3,), (20, 4, 4, 3))
    columns = THEIRS[kind]().fit_transform(images.reshape(-1, 3)).reshape(images.shape)
    np.testing.assert_allclose(scaler.apply(images), columns, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", THEIRS)
def test_a_scaler_is_saved_as_json_and_made_again(kind):
    x = digits().x[:50]
    scaler = learn_scaler(kind, x)
    again = Scaler.from_config(json.loads(json.dumps(scaler.get_config())))
    np.testing.assert_array_equal(again.apply(x), scaler.apply(x))
    assert again.kind == kind


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ([], "saved as kind, center and width"),
        ({"kind": "standard"}, "saved as kind, center and width"),
        (
            {"kind": "x", "center": [0], "width": [1]},
            "unknown scaling 'x': expected one of min_max, standard",
        ),
        ({"kind": "standard", "center": ["a"], "width": [1]}, "lists of numbers"),
        ({"kind": "standard", "center": [0, 1], "width": [1]}, "two lists alike"),
        ({"kind": "standard", "center": [0], "width": [0]}, "above 0"),
        ({"kind": "standard", "center": [float("nan")], "width": [1]}, "must be finite"),
    ],
    ids=["list", "keys", "kind", "text", "shapes", "zero", "nan"],
)
def test_what_is_no_scaler_is_refused(config, message):
    with pytest.raises(ValueError, match=message):
        Scaler.from_config(config)


def test_rows_that_cannot_be_scaled_are_refused():
    with pytest.raises(ValueError, match=r"unknown scaling 'minmax': .*did you mean 'min_max'"):
        learn_scaler("minmax", [[1.0]])
    with pytest.raises(ValueError, match="x is empty"):
        learn_scaler("standard", np.ones((0, 3)))
    with pytest.raises(ValueError, match="x has no rows"):
        learn_scaler("standard", iter([]))
    with pytest.raises(ValueError, match=r"x\[1, 0\] is nan"):
        learn_scaler("standard", [[1.0], [np.nan]])
    with pytest.raises(TypeError, match="must hold numbers"):
        learn_scaler("standard", [["a"]])
    scaler = learn_scaler("standard", [[1.0, 2.0], [2.0, 4.0]])
    with pytest.raises(ValueError, match="x has 3 features and the scaler was learned from 2"):
        scaler.apply([[1, 2, 3]])
    with pytest.raises(ValueError, match=r"too large for float32|is inf"):
        Scaler("standard", np.zeros(1), np.array([1e-30])).apply([[1e30]])


# --------------------------------------------------------------------------------- weights


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_balanced_weights_are_scikit_learns_and_make_classes_count_the_same(y):
    weights = class_weights(balanced_class_weight(y), np.array(y))
    np.testing.assert_allclose(weights, compute_sample_weight("balanced", y), rtol=1e-6)
    totals = [weights[np.array(y) == label].sum() for label in set(y)]
    np.testing.assert_allclose(totals, len(y) / len(set(y)), rtol=1e-5)


def test_one_hot_rows_have_the_weights_of_their_labels():
    assert balanced_class_weight(to_categorical(LABELS)) == balanced_class_weight(LABELS)
    assert balanced_class_weight(LABELS.astype(float)) == balanced_class_weight(LABELS)


@pytest.mark.parametrize("y", [[], 3, ["a"], [0.5], [-1], [np.nan], [[1, 1]]], ids=str)
def test_what_is_no_label_has_no_balanced_weight(y):
    with pytest.raises(ValueError, match=r"y h|y must"):
        balanced_class_weight(y)

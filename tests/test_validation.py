"""Cross-validation: every fold, trained at once with the others, is what it is when trained alone."""

import numpy as np
import pytest
from sklearn.model_selection import KFold

import chainrule
from chainrule import data
from chainrule.layers import Dense, Dropout
from chainrule.validation import cross_validate

X = np.random.default_rng(0).normal(size=(33, 4)).astype(np.float32)
LABELS = np.arange(33) % 3


def classifier(rate=0.05):
    chainrule.utils.set_random_seed(2)
    model = chainrule.Sequential(
        [chainrule.Input((4,)), Dense(6, activation="relu"), Dropout(0.25), Dense(3, activation="softmax")]
    )
    model.compile(
        chainrule.optimizers.SGD(rate, 0.9), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


@pytest.mark.slow
def test_each_fold_is_as_if_it_were_trained_alone():
    how = {"epochs": 4, "batch_size": 8}
    model = classifier()
    before = model.get_weights()
    found = cross_validate(model, X, LABELS, 4, **how)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    alone = classifier()
    starts = [alone.fresh_values(alone.trainer()) for _ in range(4)]
    for fold, (trained, held) in enumerate(found.rows):
        assert sorted([*trained, *held]) == list(range(33))
        alone.compile(alone.optimizer, alone.loss, metrics=["accuracy"])
        alone.set_weights([starts[fold][name] for name in alone.weights])
        logs = alone.fit(
            X[trained], LABELS[trained], validation_data=(X[held], LABELS[held]), verbose=0, **how
        )
        for name, values in logs.history.items():
            np.testing.assert_allclose(found.history[name][fold], values, rtol=1e-5, atol=1e-6)
        for ours, theirs in zip(found.weights[fold], alone.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert found.scores["accuracy"] == [fold[-1] for fold in found.history["val_accuracy"]]
    assert found.mean("accuracy") == pytest.approx(np.mean(found.scores["accuracy"]))
    assert found.deviation("loss") == pytest.approx(np.std(found.scores["loss"], ddof=1))


@pytest.mark.slow
def test_the_digits_are_learnt_in_every_fold():
    digits = data.digits()
    model = chainrule.Sequential([chainrule.Input((64,)), Dense(32, "relu"), Dense(10, "softmax")])
    model.compile(chainrule.optimizers.SGD(0.1, 0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    chainrule.utils.set_random_seed(0)
    found = cross_validate(model, digits.x, digits.y, 5, epochs=15)
    assert min(found.scores["accuracy"]) > 0.94


def test_rows_may_be_given_and_weigh():
    half = [(np.arange(16), np.arange(16, 33)), (np.arange(16, 32), np.arange(16))]
    found = cross_validate(
        classifier(), X, LABELS, half, sample_weight=np.ones(33), class_weight={0: 1, 1: 2, 2: 1}
    )
    assert len(found.scores["loss"]) == 2


def test_what_cannot_be_validated_is_refused():
    model = classifier()
    for folds, kind, says in (
        (1, ValueError, "folds must be at least 2"),
        (20, ValueError, "too few for 20 folds"),
        ([], ValueError, "folds is empty"),
        ([(1, 2, 3)], ValueError, r"folds\[0\] must be a pair"),
        ([([0], [])], ValueError, r"folds\[0\]: the rows held out must be a list of whole numbers"),
        ([([0], [33])], ValueError, "go beyond the 33 rows"),
    ):
        with pytest.raises(kind, match=says):
            cross_validate(model, X, LABELS, folds)
    for folds in (None, 2.5, "3", KFold(3)):
        with pytest.raises(
            TypeError, match=r"folds must be a number, or pairs of rows as .*KFold\(5\)\.split"
        ):
            cross_validate(model, X, LABELS, folds)
    with pytest.raises(RuntimeError, match="no loss yet"):
        cross_validate(chainrule.Sequential([Dense(1)]), X, LABELS)


def test_classes_weigh_where_rows_are_trained_on_alone():
    half = [(np.arange(16), np.arange(16, 33))]
    for weights in ({}, {"sample_weight": np.linspace(0.5, 2, 33)}):
        chainrule.utils.set_random_seed(5)
        model = chainrule.Sequential([chainrule.Input((4,)), Dense(3, "softmax", kernel_initializer="ones")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        by_class = {0: 1.0, 1: 4.0, 2: 0.5}
        found = cross_validate(
            model, X, LABELS, half, epochs=2, batch_size=16, class_weight=by_class, **weights
        )
        parts = [{k: v[rows] for k, v in weights.items()} for rows in half[0]]
        held = (X[16:], LABELS[16:], *parts[1].values())
        how = {"epochs": 2, "batch_size": 16, "verbose": 0, "class_weight": by_class, **parts[0]}
        alone = model.fit(X[:16], LABELS[:16], validation_data=held, **how).history
        for name, column in alone.items():
            np.testing.assert_allclose(found.history[name][0], column, rtol=1e-5)


def test_folds_keep_the_share_of_two_classes_whatever_the_loss():
    rare = (np.arange(33) % 8 == 0).astype(int)  # 5 of 33
    for loss in ("binary_crossentropy", "hinge"):
        model = chainrule.Sequential([chainrule.Input((4,)), Dense(1, "sigmoid")])
        model.compile("sgd", loss)
        found = cross_validate(model, X, rare, np.int64(5))
        assert [rare[held].sum() for _, held in found.rows] == [1] * 5


def test_a_model_with_several_outputs_is_validated():
    x = chainrule.Input((4,))
    model = chainrule.Model(x, [Dense(3, "softmax", name="kind")(x), Dense(1, name="size")(x)])
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    found = cross_validate(model, X, [LABELS, X[:, 0]], 3, epochs=2)
    assert set(found.scores) == {"loss", "kind_loss", "size_loss"}
    assert [np.bincount(LABELS[held]).tolist() for _, held in found.rows] == [[4, 4, 3], [4, 3, 4], [3, 4, 4]]


def test_a_score_that_there_is_not_is_named_and_one_fold_has_no_deviation():
    found = cross_validate(classifier(), X, LABELS, [(np.arange(16), np.arange(16, 33))])
    assert np.isnan(found.deviation())
    with pytest.raises(ValueError, match="no score 'acc': expected one of accuracy, loss"):
        found.mean("acc")
    with pytest.raises(FloatingPointError, match="fold 1 became non-finite in epoch"):
        cross_validate(classifier(1e30), X, LABELS, 3, epochs=5)

"""What somebody tries who knows Keras: it does the same here, or the error says what does."""

import copy
import pickle

import keras
import numpy as np
import pytest

import chainrule
from chainrule import Input, Model, Sequential, callbacks
from chainrule.layers import Dense
from chainrule.models import load_model

RNG = np.random.default_rng(0)
X = RNG.normal(size=(43, 4)).astype(np.float32)
LABELS = RNG.integers(0, 3, 43)
TWO = (X[:, 0] > 0).astype(int)


def classifier(library=chainrule, **how):
    layers = library.layers
    model = library.Sequential(
        [library.Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(3, activation="softmax")]
    )
    model.compile(
        optimizer=library.optimizers.SGD(0.1),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        **how,
    )
    return model


def both():
    theirs, ours = classifier(keras), classifier()
    theirs.set_weights(ours.get_weights())
    return ours, theirs


def chunks_of(x, y, size=10):
    class Source:
        rows, chunk_rows, chunk_count = len(x), size, -(-len(x) // size)

        def chunks(self, epoch, seed, shuffle, start=0):
            for first in range(start * size, len(x), size):
                yield x[first : first + size], y[first : first + size]

    return Source()


@pytest.mark.parametrize(
    "how",
    [
        {"class_weight": {0: 1.0, 1: 3.0, 2: 0.5}},
        {"sample_weight": np.linspace(0, 2, 43)},
    ],
    ids=["classes", "samples"],
)
def test_classes_do_not_weigh_in_the_validation_as_in_keras(how):
    ours, theirs = both()
    common = {"batch_size": 8, "epochs": 2, "verbose": 0, "shuffle": False, "validation_split": 0.25}
    found = ours.fit(X, LABELS, **common, **how).history
    expected = theirs.fit(X, LABELS, **common, **how).history
    for name, column in expected.items():
        np.testing.assert_allclose(found[name], column, rtol=2e-6)


class Recording(callbacks.Callback):
    """Of Keras' callbacks or of ours: what each hook is given."""

    def __init__(self):
        self.told = []

    def on_train_begin(self, logs=None):
        self.told.append(("train begins", dict(logs), dict(self.params)))

    def on_epoch_begin(self, epoch, logs=None):
        self.told.append(("epoch begins", epoch, dict(logs)))

    def on_epoch_end(self, epoch, logs=None):
        self.told.append(("epoch ends", epoch, sorted(logs)))

    def on_train_end(self, logs=None):
        self.told.append(("train ends", sorted(logs)))


class Between(Recording):
    def on_train_batch_begin(self, batch, logs=None):
        self.told.append(("batch begins", batch, dict(logs)))

    def on_train_batch_end(self, batch, logs=None):
        self.told.append(("batch ends", batch, sorted(logs)))


@pytest.mark.parametrize("hooks", [Recording, Between])
def test_hooks_are_given_what_keras_gives_them(hooks):
    ours, theirs = both()
    for_keras = type("ForKeras", (keras.callbacks.Callback,), dict(vars(Recording)) | dict(vars(hooks)))
    here, there = hooks(), for_keras()
    for model, one in ((ours, here), (theirs, there)):
        model.fit(X, LABELS, batch_size=20, epochs=2, verbose=0, callbacks=[one])
    assert here.told == there.told
    assert here.params["steps"] == 3


def test_functions_as_callbacks_are_given_what_keras_gives_them():
    seen = []
    each = callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_epoch_begin=lambda epoch, logs: seen.append(epoch),
        on_train_batch_begin=lambda batch, logs: seen.append(batch),
        on_train_end=lambda logs: seen.append(sorted(logs)),
    )
    classifier().fit(X, LABELS, batch_size=43, verbose=0, callbacks=[each])
    assert seen == ["begin", 0, 0, ["accuracy", "loss"]]


def test_steps_count_the_updates_of_chunks_too():
    history = classifier().fit(chunks_of(X, LABELS), batch_size=4, verbose=0)  # 3 in each of 4, and 1
    assert history.params == {"verbose": 0, "epochs": 1, "steps": 13}


def test_logs_have_one_order_however_the_run_is_made():
    expected = ["loss", "accuracy", "val_loss", "val_accuracy"]
    check = chunks_of(X, LABELS)
    for how in (
        {"x": X, "y": LABELS, "validation_split": 0.5},
        {"x": X, "y": LABELS, "validation_split": 0.5, "callbacks": Between()},
        {"x": check, "validation_data": check},
    ):
        history = classifier().fit(verbose=0, **how)
        assert list(history.history) == expected


def test_epochs_begin_where_they_are_told_to():
    history = classifier().fit(X, LABELS, epochs=5, initial_epoch=3, verbose=0)
    assert history.epoch == [3, 4]
    assert classifier().fit(X, LABELS, epochs=2, initial_epoch=2, verbose=0).epoch == []


def test_shapes_of_several_outputs_are_a_list_as_in_keras():
    for library in (chainrule, keras):
        x = library.Input((4,))
        model = library.Model(x, [library.layers.Dense(2)(x), library.layers.Dense(3)(x)])
        assert list(model.output_shape) == [(None, 2), (None, 3)]
        assert model.input_shape == (None, 4)


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_of_a_trained_model_train_on_as_it_does(twin):
    model = classifier()
    model.fit(X, LABELS, verbose=0)
    other = twin(model)
    np.testing.assert_array_equal(other.predict(X), model.predict(X))
    how = {"verbose": 0, "shuffle": False}
    assert other.fit(X, LABELS, **how).history == model.fit(X, LABELS, **how).history


ABSENT = [
    (lambda m: m.fit(X, LABELS, validation_freq=2), r"fit has no argument 'validation_freq': .* every epoch"),
    (lambda m: m.fit(X, LABELS, steps_per_epoch=2), r"fit has no argument 'steps_per_epoch': .* all rows"),
    (lambda m: m.fit(X, LABELS, validation_batch_size=2), "in batches of batch_size"),
    (lambda m: m.fit(X, LABELS, epoch=2), r"one of batch_size, callbacks, .* \(did you mean 'epochs'\?\)"),
    (lambda m: m.evaluate(X, LABELS, steps=1), "evaluate has no argument 'steps'"),
    (lambda m: m.predict(X, steps=1), "predict has no argument 'steps'"),
    (lambda m: m.compile("sgd", "mse", weighted_metrics=["mae"]), "count every row the same"),
    (lambda m: m.compile("sgd", "mse", run_eagerly=True), r"model\.work\(x, y\) shows each step"),
    (lambda m: m.compile("sgd", "mse", metrics=3), r"metrics must be a name or a list of names.* got 3"),
    (lambda m: m.save("m.safetensors", overwrite=True), "a file that is there is replaced"),
    (lambda m: m.summary(expand_nested=True), "summary has no argument 'expand_nested'"),
    (lambda m: load_model("m.safetensors", compile=False), "compiled as it was saved"),
    (lambda m: m.fit(X, LABELS, class_weight="balanced"), r"or as data\.balanced_class_weight\(y\) makes it"),
    (lambda m: m.fit(X, LABELS, shuffle="batch"), "shuffle must be True or False, got 'batch'"),
    (lambda m: m.fit(X, LABELS, validation_split="0.2"), "validation_split must be a number"),
    (lambda m: m.fit(X, LABELS, callbacks=callbacks.EarlyStopping), r"the class EarlyStopping: make one"),
    (lambda m: m.fit(X), "y is missing: give a target per sample"),
    (lambda m: m.fit((row for row in X), LABELS), "x must be an array or a list of numbers, got generator"),
    (lambda m: m.predict(None), "x must be an array or a list of numbers, got NoneType"),
    (lambda m: m.predict({"x": X}), "x must be an array or a list of numbers, got dict"),
    (lambda m: m.predict(chunks_of(X, LABELS)), "x must be an array or a list of numbers, got Source"),
    (lambda m: m(X), r"a Sequential is not called: predict\(x\) gives its outputs"),
    (lambda m: m.set_weights(m.weights), "takes a list of arrays, as get_weights gives it; got dict"),
    (lambda m: m.set_weights(3), "takes a list of arrays, as get_weights gives it; got int"),
    (lambda m: m.get_layer(0), r"a layer's name is text, got 0: a number is given as index=0"),
    (lambda m: m.get_layer(index="a"), "index must be a whole number, got 'a'"),
    (lambda m: m.summary(line_length="wide"), "line_length must be a whole number"),
    (lambda m: m.add(m), r"got a Sequential: give its layers, as \[\*model\.layers, Dense\(1\)\]"),
    (lambda m: m.add(Dense), r"got the class Dense: make a layer of it"),
    (lambda m: Sequential(Dense(1)), r"layers must be a list of layers, got a single Dense: give \[layer\]"),
    (lambda m: Sequential([Dense(1)], name=3), "a model's name must be text, got 3"),
    (lambda m: Sequential([Dense(1)]).build(None), r"input_shape must be a tuple, as \(None, 64\); got None"),
    (lambda m: Sequential([Dense(1)]).build(3), r"input_shape must be a tuple, as \(None, 64\); got 3"),
    (lambda m: type("Own", (Model,), {})(), "Model needs its inputs and its outputs.* derived from layers"),
    (lambda m: Model(None, None), "Model needs its inputs and its outputs"),
    (lambda m: Model({"a": Input((2,))}, None), "Model needs its inputs and its outputs"),
]


@pytest.mark.parametrize(("attempt", "message"), ABSENT)
def test_what_is_not_taken_is_a_type_error_that_says_what_is(attempt, message):
    with pytest.raises(TypeError, match=message):
        attempt(classifier())


WRONG = [
    (
        lambda m: m.compile("sgd", "mse", loss_weights=[2.0]),
        r"several outputs, and the model has one; got \[2",
    ),
    (lambda m: m.fit(X, TWO * 0.5, class_weight={0: 1, 1: 2}), "which holds 0.5: give sample_weight"),
    (lambda m: m.fit(X, TWO, class_weight={0: 1, 1: 2}, validation_data=chunks_of(X, TWO)), "give arrays"),
    (lambda m: m.evaluate(chunks_of(X, TWO), sample_weight=np.ones(43)), "data in chunks has no weights"),
    (lambda m: m.predict(X[0]), r"the shape \(4, 4\) \(of a single sample \(1, 4\)\)"),
    (lambda m: Model([x := Input((2,)), x], Dense(1)(x)), "inputs must be Input objects, .* each once"),
]


@pytest.mark.parametrize(("attempt", "message"), WRONG)
def test_what_makes_no_sense_is_refused(attempt, message):
    model = Sequential([Input((4,)), Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=message):
        attempt(model)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("train_on_batch", r"fit\(x, y, batch_size=len\(x\), verbose=0\)"),
        ("predict_on_batch", "predict"),
        ("trainable_weights", "parameters"),
        ("metrics_names", "return_dict=True"),
        ("to_json", r"save\(path\)"),
        ("inputs", "nodes that you keep"),
        ("call", r"layers\.Layer"),
    ],
)
def test_what_a_model_has_not_is_an_attribute_error_that_says_what_it_has(name, instead):
    model = classifier()
    assert not hasattr(model, name)
    with pytest.raises(AttributeError, match=rf"a Sequential has no '{name}': .*{instead}"):
        getattr(model, name)


def test_what_stands_in_for_train_on_batch_makes_the_same_update():
    ours, theirs = both()
    theirs.train_on_batch(X, LABELS)
    ours.fit(X, LABELS, batch_size=len(X), verbose=0)
    for one, other in zip(ours.get_weights(), theirs.weights, strict=True):
        np.testing.assert_allclose(one, np.asarray(other.value), rtol=1e-5, atol=1e-6)


def test_tables_of_arrays_name_what_is_too_much_or_missing():
    x = Input((4,))
    model = Model(x, [Dense(1, name="a")(x), Dense(1, name="b")(x)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="y has no array 'b': give one for each of a, b"):
        model.evaluate(X, {"a": TWO})
    with pytest.raises(ValueError, match="y has an array 'c': expected one of a, b"):
        model.evaluate(X, {"a": TWO, "b": TWO, "c": TWO})

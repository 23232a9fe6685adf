"""Models that are graphs, rows that count more than others, layers that are frozen or come from elsewhere."""

import copy
import pickle

import keras
import numpy as np
import pytest

import chainrule
from chainrule.callbacks import Callback, Keeper
from chainrule.layers import Activation, Dense
from chainrule.models import Model, Sequential, load_model
from marks import but_slow

# Keras' own get_weights draws this warning from NumPy.
pytestmark = pytest.mark.filterwarnings(r"ignore:__array__ implementation doesn't accept a copy")

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(40, 4)).astype(np.float32)
MORE = RANDOM.normal(size=(40, 3)).astype(np.float32)
Y = RANDOM.normal(size=(40, 2)).astype(np.float32)
LABELS = RANDOM.integers(0, 3, 40)


def graph(library):
    """Two inputs, a quantity that three layers take, a sum, a product and a concatenation."""
    layers = library.layers
    x, more = library.Input((4,)), library.Input((3,))
    first = layers.Dense(5, activation="tanh")(x)
    second = layers.Dense(5, activation="sigmoid")(more)
    third = layers.Dense(5)(first)
    joined = layers.Concatenate()([layers.Add()([first, second, third]), layers.Multiply()([first, third])])
    return library.Model([x, more], layers.Dense(2)(joined))


def twins(make, loss, learning_rate=0.05, **how):
    """The same model in chainrule and in Keras, with the same weights."""
    models = []
    for library in (chainrule, keras):
        model = make(library)
        model.compile(library.optimizers.SGD(learning_rate, momentum=0.9), loss, **how)
        models.append(model)
    shapes = [tuple(w.shape) for w in models[1].get_weights()]
    assert [w.shape for w in models[0].get_weights()] == shapes
    random = np.random.default_rng(1)
    weights = [random.normal(0, 0.5, shape).astype(np.float32) for shape in shapes]
    for model in models:
        model.set_weights(weights)
    return models


def classifier(library):
    layers = library.layers
    return library.Sequential(
        [library.Input((4,)), layers.Dense(6, activation="relu"), layers.Dense(3, activation="softmax")]
    )


def assert_same(ours, theirs, logs=(), expected=()):
    for i, (our, their) in enumerate(zip(ours.get_weights(), theirs.get_weights(), strict=True)):
        np.testing.assert_allclose(our, their, rtol=2e-4, atol=5e-6, err_msg=f"weight {i}")
    if logs:
        assert logs.history.keys() == expected.history.keys()
        for name, values in expected.history.items():
            np.testing.assert_allclose(logs.history[name], values, rtol=5e-5, atol=1e-6, err_msg=name)


HOW = {"batch_size": 16, "epochs": 3, "shuffle": False, "verbose": 0}


def test_a_graph_with_two_inputs_trains_as_in_keras():
    ours, theirs = twins(graph, "mse")
    assert_same(ours, theirs, ours.fit([X, MORE], Y, **HOW), theirs.fit([X, MORE], Y, **HOW))
    np.testing.assert_allclose(ours.predict([X, MORE]), theirs.predict([X, MORE], verbose=0), atol=1e-5)


def heads(library):
    """Two outputs, one of which another layer takes too."""
    layers = library.layers
    x = library.Input((4,))
    first = layers.Dense(2, name="first")(layers.Dense(5, activation="tanh")(x))
    second = layers.Dense(3, activation="softmax", name="second")(first)
    return library.Model(x, [first, second])


@pytest.mark.slow
@pytest.mark.parametrize("by_name", [False, True])
def test_a_graph_with_two_outputs_trains_as_in_keras(by_name, tmp_path):
    given = {
        "loss": ["mse", "sparse_categorical_crossentropy"],
        "loss_weights": [1.0, 0.25],
        "metrics": [["mae"], ["accuracy"]],
    }
    if by_name:
        given = {key: dict(zip(("first", "second"), entry, strict=True)) for key, entry in given.items()}
    ours, theirs = twins(heads, **given)
    logs = [model.fit(X, [Y, LABELS], validation_data=(X, [Y, LABELS]), **HOW) for model in (ours, theirs)]
    assert_same(ours, theirs)
    for name, values in logs[1].history.items():
        np.testing.assert_allclose(logs[0].history[name], values, rtol=5e-5, atol=1e-6, err_msg=name)
    for found, expected in zip(ours.predict(X), theirs.predict(X, verbose=0), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)
    ours.save(tmp_path / "heads.safetensors")
    again = load_model(tmp_path / "heads.safetensors")
    assert again.evaluate(X, [Y, LABELS], verbose=0) == ours.evaluate(X, [Y, LABELS], verbose=0)


def test_what_does_not_fit_several_outputs_is_refused():
    model = twins(heads, "mse")[0]
    for given, says in (
        ({"loss": ["mse"]}, "loss must have an entry for each of the outputs first, second"),
        ({"loss": {"first": "mse"}}, "the output 'second' has none"),
        ({"loss": {"first": "mse", "secnd": "mse"}}, "did you mean 'second'"),
        ({"loss": "mse", "metrics": ["mae"]}, "metrics must have an entry for each"),
        ({"loss": "mse", "loss_weights": [1, -1]}, "not below 0 for 'second'"),
    ):
        with pytest.raises(ValueError, match=says):
            model.compile("sgd", **given)
    with pytest.raises(ValueError, match="give y as a list with an array for each"):
        model.fit(X, Y, verbose=0)
    with pytest.raises(ValueError, match="class_weight needs a model with one output"):
        model.fit(X, [Y, np.eye(3)[LABELS]], class_weight={0: 1}, verbose=0)


@pytest.mark.slow
def test_weights_of_rows_and_of_classes_count_as_in_keras():
    weights = RANDOM.random(40).astype(np.float32)
    for given in (
        {"sample_weight": weights},
        {"class_weight": {0: 1.0, 1: 3.0, 2: 0.25}},
        {"sample_weight": weights, "validation_data": (X[:8], LABELS[:8], weights[:8])},
    ):
        ours, theirs = twins(classifier, "sparse_categorical_crossentropy", metrics=["accuracy"])
        logs = [model.fit(X, LABELS, **given, **HOW) for model in (ours, theirs)]
        assert_same(ours, theirs, *logs)
    found = ours.evaluate(X, LABELS, sample_weight=weights, verbose=0)
    np.testing.assert_allclose(found, theirs.evaluate(X, LABELS, sample_weight=weights, verbose=0), rtol=1e-5)


def test_a_weight_of_two_is_the_row_twice():
    one, two = (twins(classifier, "sparse_categorical_crossentropy")[0] for _ in range(2))
    whole = {"batch_size": 80, "shuffle": False, "verbose": 0}
    one.fit(X, LABELS, sample_weight=np.full(40, 2.0), **whole)
    two.fit(np.tile(X, (2, 1)), np.tile(LABELS, 2), sample_weight=np.full(80, 2.0), **whole)
    assert_same(one, two)


def test_frozen_layers_stay_as_in_keras():
    ours, theirs = twins(classifier, "sparse_categorical_crossentropy")
    for model, library in ((ours, chainrule), (theirs, keras)):
        model.layers[0].trainable = False
        model.compile(library.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    before = ours.get_weights()
    assert_same(ours, theirs, ours.fit(X, LABELS, **HOW), theirs.fit(X, LABELS, **HOW))
    assert all((a == b).all() for a, b in zip(before[:2], ours.get_weights()[:2], strict=True))
    assert not (before[2] == ours.get_weights()[2]).all()
    ours.layers[0].trainable = True
    ours.fit(X, LABELS, **HOW)
    assert not (before[0] == ours.get_weights()[0]).all()


def test_models_share_the_weights_of_the_layers_that_stand_in_both():
    base = twins(classifier, "sparse_categorical_crossentropy")[0]
    new = Sequential([chainrule.Input((4,)), *base.layers[:-1], Dense(2)])
    x = chainrule.Input((4,))
    other = Model(x, Dense(2)(base.layers[0](x)))
    before, head = base.get_weights(), base.get_weights()[-1]
    new.compile("sgd", "mse")
    new.fit(X, Y, **HOW)
    assert not (before[0] == base.get_weights()[0]).all()
    assert (new.get_weights()[0] == base.get_weights()[0]).all()
    assert (new.get_weights()[0] == other.get_weights()[0]).all()
    assert (base.get_weights()[-1] == head).all()


def test_an_encoder_made_before_its_autoencoder_is_trained_is_trained_with_it():
    def made(library):
        x = library.Input((4,))
        code = library.layers.Dense(2, activation="tanh")(x)
        return library.Model(x, code), library.Model(x, library.layers.Dense(4)(code))

    (encoder, whole), (keras_encoder, keras_whole) = made(chainrule), made(keras)
    keras_whole.set_weights(whole.get_weights())
    for library, model in ((chainrule, whole), (keras, keras_whole)):
        model.compile(library.optimizers.SGD(0.5), "mse")
        model.fit(X, X, **HOW)
    np.testing.assert_allclose(encoder.predict(X), keras_encoder.predict(X, verbose=0), atol=1e-6)
    np.testing.assert_allclose(encoder.get_weights()[0], whole.get_weights()[0])


def test_a_layer_that_stands_elsewhere_with_other_shapes_is_refused():
    layer = Dense(3)
    Sequential([chainrule.Input((4,)), layer])
    with pytest.raises(ValueError, match="stands in another model, where its W has the shape"):
        Sequential([chainrule.Input((5,)), layer])


def test_a_copy_of_a_model_has_weights_of_its_own():
    model = twins(classifier, "sparse_categorical_crossentropy")[0]
    other = copy.deepcopy(model)
    before = other.get_weights()
    model.fit(X, LABELS, **HOW)
    assert all((a == b).all() for a, b in zip(before, other.get_weights(), strict=True))


def test_a_head_is_replaced_by_pop_and_add():
    model = twins(classifier, "sparse_categorical_crossentropy")[0]
    body, head = model.get_weights()[:2], model.get_weights()[2]
    assert isinstance(model.pop(), Dense)
    model.add(Dense(3))
    assert all((a == b).all() for a, b in zip(body, model.get_weights()[:2], strict=True))
    assert not (model.get_weights()[2] == head).any()
    with pytest.raises(ValueError, match="no layer to take away"):
        Sequential().pop()


def test_models_are_copied_and_pickled_whole(tmp_path):
    ours = twins(graph, "mse")[0]
    ours.fit([X, MORE], Y, **HOW)
    ours.save(tmp_path / "graph.safetensors")
    expected = ours.predict([X, MORE])
    for other in (
        pickle.loads(pickle.dumps(ours)),
        copy.deepcopy(ours),
        load_model(tmp_path / "graph.safetensors"),
    ):
        assert (other.predict([X, MORE]) == expected).all()
        other.fit([X, MORE], Y, **HOW)
    ours.fit([X, MORE], Y, **HOW)
    assert (other.predict([X, MORE]) == ours.predict([X, MORE])).all()


class Batches(Callback):
    def __init__(self):
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch, round(logs["loss"], 4)))


@pytest.mark.parametrize("k", but_slow([1, 3], [1, 2, 3, 100]))
def test_callbacks_between_updates_hear_what_keras_tells_them(k):
    ours, theirs = twins(graph, "mse")
    found, expected = Batches(), type("Theirs", (keras.callbacks.Callback,), dict(Batches.__dict__))()
    ours.compile(ours.optimizer, "mse", steps_per_execution=k)
    ours.fit([X, MORE], Y, callbacks=[found], **HOW)
    theirs.fit([X, MORE], Y, callbacks=[expected], **HOW)
    ends = [i for i in range(9) if i % 3 in {min(k - 1, 2), 2} or (k == 1)]
    assert [b for b, _ in found.seen] == [expected.seen[i][0] for i in ends]
    np.testing.assert_allclose([v for _, v in found.seen], [expected.seen[i][1] for i in ends], atol=1e-3)
    assert_same(ours, theirs)


def test_how_updates_are_split_over_calls_changes_no_bit():
    results = []
    for k in (1, 2, 3, 100):
        model = twins(graph, "mse")[0]
        model.compile("sgd", "mse", steps_per_execution=k)
        chainrule.utils.set_random_seed(4)
        model.fit([X, MORE], Y, callbacks=[Batches()], batch_size=16, epochs=3, verbose=0)
        results.append(b"".join(w.tobytes() for w in model.get_weights()))
    assert len(set(results)) == 1


class Kept(Keeper):
    """Keeps every place of a run, and begins at the one that it is given."""

    def __init__(self, start=None, between=False):
        self.start, self.places, self.between = start, [], between

    def keep(self, position, callbacks):
        self.places.append(copy.deepcopy(position))

    def resumed(self, callbacks):
        return self.start


@pytest.mark.slow
@pytest.mark.parametrize("between", [False, True])
def test_a_run_goes_on_from_any_place_and_ends_with_the_same_bits(between):
    def run(start=None):
        model = twins(graph, "mse")[0]
        model.compile(chainrule.optimizers.SGD(0.05, momentum=0.9), "mse", steps_per_execution=1)
        keeper = Kept(start)
        chainrule.utils.set_random_seed(4 if start is None else 5)
        model.fit(
            [X, MORE], Y, callbacks=[keeper] + [Batches()] * between, batch_size=16, epochs=4, verbose=0
        )
        return [w.tobytes() for w in model.get_weights()], keeper.places

    expected, places = run()
    assert len(places) >= (12 if between else 1)
    for place in places:
        assert run(place)[0] == expected


class Chunks:
    """Rows in memory, given as a data set on disk gives them."""

    def __init__(self, x, y, chunk_rows):
        self.x, self.y, self.rows, self.chunk_rows = x, y, len(x), chunk_rows
        self.chunk_count = -(-len(x) // chunk_rows)

    def chunks(self, epoch, seed, shuffle, start=0):
        for number in range(start, self.chunk_count):
            at = slice(number * self.chunk_rows, (number + 1) * self.chunk_rows)
            yield self.x[at], self.y[at]


@pytest.mark.parametrize("k", but_slow([None, 2], [None, 1, 2]))
def test_data_in_chunks_trains_as_the_same_rows_in_memory(k):
    plain, chunked = (
        twins(classifier, "sparse_categorical_crossentropy", metrics=["accuracy"])[0] for _ in range(2)
    )
    chunked.compile(plain.optimizer, plain.loss, metrics=["accuracy"], steps_per_execution=k or 1)
    told = [Batches()] if k else []
    how = {"batch_size": 8, "epochs": 3, "shuffle": False, "verbose": 0}
    logs = plain.fit(X, LABELS, validation_data=(X, LABELS), **how)
    source = Chunks(X, LABELS, 16)
    found = chunked.fit(source, validation_data=Chunks(X, LABELS, 16), callbacks=told, **how)
    assert_same(chunked, plain, found, logs)
    np.testing.assert_allclose(
        chunked.evaluate(source, verbose=0), plain.evaluate(X, LABELS, verbose=0), rtol=1e-5
    )


def test_what_makes_no_graph_is_refused():
    x, other = chainrule.Input((4,)), chainrule.Input((4,))
    dense = Dense(4)
    hidden = dense(x)
    for make, kind, says in (
        (lambda: Model(x, Dense(1)(other)), ValueError, "not among the model's inputs"),
        (lambda: Model([x, other], Dense(1)(x)), ValueError, "does not depend on the input x_2"),
        (lambda: Model(x, dense(hidden)), ValueError, "in the model already, as layer 1"),
        (lambda: Model(x, x), ValueError, "at least one layer between"),
        (lambda: Model(hidden, Dense(1)(hidden)), TypeError, "inputs must be Input objects, got Node"),
        (lambda: Model(x, "a"), TypeError, "outputs must be what layers give, got str"),
        (lambda: Model(x, [hidden, hidden]), ValueError, "at least one and each once"),
        (lambda: Model(x, []), ValueError, "at least one and each once"),
        (lambda: Dense(1)(X), TypeError, "numbers go through a model's predict"),
        (lambda: Activation("relu")([x, x]), TypeError, "is applied to an Input or to what a layer gives"),
    ):
        with pytest.raises(kind, match=says):
            make()
    model = twins(graph, "mse")[0]
    for data, kind, says in (
        (X, TypeError, "the model has 2 inputs: give x as a list"),
        ([X], ValueError, "the model has 2 inputs, and x holds 1 arrays"),
        ([X, MORE[:5]], ValueError, "different numbers of rows"),
        ([X, X], ValueError, r"x_2 has rows of shape \(4,\)"),
    ):
        with pytest.raises(kind, match=says):
            model.predict(data)


def test_weights_of_rows_are_checked():
    model = twins(classifier, "sparse_categorical_crossentropy")[0]
    for given, kind, says in (
        (
            {"sample_weight": [1.0]},
            ValueError,
            r"sample_weight must hold one number per row, shape \(40,\), got \(1,\)",
        ),
        ({"sample_weight": -np.ones(40)}, ValueError, "a weight is not below 0"),
        ({"sample_weight": np.zeros(40)}, ValueError, "0 in every row"),
        ({"sample_weight": ["a"] * 40}, TypeError, "must hold numbers"),
        ({"class_weight": {0: 1.0}}, ValueError, "has no weight for class 1"),
        ({"class_weight": [1, 2, 3]}, TypeError, "must be a table of weights by class"),
    ):
        with pytest.raises(kind, match=says):
            model.fit(X, LABELS, verbose=0, **given)

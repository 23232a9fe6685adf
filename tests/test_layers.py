"""Layers and networks: every written gradient against jax.grad and exact finite differences."""

import re
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import (
    ELU,
    Activation,
    Dense,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Parameter,
    PReLU,
    Quantities,
)
from chainrule.layers.node import Input
from chainrule.layers.registry import LAYERS, deserialize, serialize
from chainrule.layers.steps import needed, run
from chainrule.losses import LOSSES, CategoricalCrossentropy, MeanSquaredError
from chainrule.losses import get as loss_of
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.rules.activations.named import ACTIVATIONS
from chainrule.rules.affine import affine
from chainrule.rules.rule import Name, rule
from compiling import quickly

compiled = settings(  # each example compiles a program: few, and none to make a failing one smaller
    max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate]
)
FREE = [name for name, entry in ACTIVATIONS.items() if not entry.gradients]
LAST = {
    "binary_crossentropy": "sigmoid",
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
    "kl_divergence": "softmax",
}
LOSS_NAMES = [made.entry.name for name, made in LOSSES.items() if name == made.__name__]


class OwnDense(Dense):
    """A dense layer as a user writes it: forward alone, backward left to ``jax.vjp``."""

    backward = Layer.backward


def weights_of(network, seed=0, kind=np.asarray):
    random = np.random.default_rng(seed)
    return {name: kind(random.normal(0, 0.8, p.shape)) for name, p in network.parameters.items()}


def case(network, loss, rows, seed):
    """Values of everything that the program of a network is given."""
    random = np.random.default_rng(seed)
    shape = (rows, *network.output_shape)
    labels = random.integers(0, shape[1], rows)
    y = {
        "binary_crossentropy": lambda: (random.random(shape) > 0.5) * 1.0,
        "categorical_crossentropy": lambda: np.eye(shape[1])[labels],
        "sparse_categorical_crossentropy": lambda: labels,
        "kl_divergence": lambda: random.dirichlet(np.ones(shape[1]), rows),
        "hinge": lambda: np.sign(random.normal(size=shape)),
        "perceptron": lambda: np.sign(random.normal(size=shape)),
    }.get(loss.entry.name, lambda: random.normal(size=shape))()
    x = random.normal(size=(rows, *network.input_shape))
    return {"x": x, "y": y, **weights_of(network, seed)}


def gradients_by_jax(program, loss, given):
    """The gradient of the loss in the inputs, the weights and every quantity on the way.

    A zero is added to each quantity of the forward pass: the gradient in that zero is the one in the
    quantity. The loss is the plain one, of the output, so that fused losses are held against it.
    """
    inexact = {k: v for k, v in given.items() if k != "y"}
    on_the_way = run(program.forward, given)
    zeros = {step.name: jnp.zeros_like(on_the_way[step.name]) for step in program.forward}

    def loss_of_all(values, shifts):
        known = {**values, "y": given["y"]}
        for step in program.forward:
            known[step.name] = step.rule(*(known[i] for i in step.inputs), **step.options) + shifts[step.name]
        return loss.value(given["y"], known[program.output])

    of_given, of_way = jax.grad(loss_of_all, argnums=(0, 1))(inexact, zeros)
    return {f"d{k}": v for k, v in {**of_given, **of_way}.items()}


def check_gradients(layers, input_shape, loss, rows, seed):
    network = Network(layers, input_shape)
    program = network.program(loss, SGD())
    values = case(network, loss, rows, seed)

    @quickly
    def both(given):
        return run(program.backward, run((*program.forward, *program.loss), given)), gradients_by_jax(
            program, loss, given
        )

    with jax.enable_x64(True):
        traced = both({k: jnp.asarray(v) for k, v in values.items()})
        found = (*traced, run((*program.forward, *program.loss, *program.backward), values))
    written, automatic, in_numpy = ({k: np.asarray(v) for k, v in part.items()} for part in found)
    names = [step.name for step in program.backward]
    assert {f"d{parameter}" for parameter in network.parameters} | {"dx"} <= set(names)
    for name in names:
        scale = max(1.0, np.abs(automatic[name]).max())
        for ours in (written, in_numpy):
            assert ours[name].dtype == np.float64
            np.testing.assert_allclose(
                ours[name] / scale, automatic[name] / scale, rtol=0, atol=1e-12, err_msg=name
            )


dense = st.builds(
    Dense,
    st.integers(1, 5),
    activation=st.sampled_from(FREE),
    use_bias=st.booleans(),
    kernel_initializer=st.just("zeros"),
)
elementwise = st.one_of(
    st.builds(Activation, st.sampled_from(FREE)),
    st.builds(LeakyReLU, st.sampled_from([0.01, 0.3])),
    st.builds(ELU, st.sampled_from([0.5, 1.0])),
    st.builds(PReLU),
)
stacks = st.lists(st.one_of(dense, elementwise), min_size=0, max_size=3)


@pytest.mark.slow
@pytest.mark.parametrize("loss_name", LOSS_NAMES)
@compiled
@given(
    before=stacks,
    inputs=st.integers(1, 5),
    outputs=st.integers(2, 5),
    rows=st.integers(1, 6),
    seed=st.integers(0, 2**32 - 1),
    split=st.booleans(),
)
def test_every_written_gradient_of_random_stacks_is_jax_grad(
    loss_name, before, inputs, outputs, rows, seed, split
):
    last = LAST.get(loss_name, "linear")
    ends = [Dense(outputs), Activation(last)] if split else [Dense(outputs, activation=last)]
    check_gradients([*before, *ends], (inputs,), loss_of(loss_name), rows, seed)


KINDS = [
    *(Dense(3, activation=name) for name in FREE),
    Dense(3, use_bias=False),
    *(Activation(name) for name in FREE),
    LeakyReLU(0.1),
    ELU(1.5),
    PReLU(),
]


def test_every_layer_class_is_among_the_kinds_whose_gradients_are_checked():
    """Here, or in a file of its own that checks gradients and makes the layer."""
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    checked = "".join(text for text in texts if "check_gradients(" in text or "jax.grad" in text)
    assert [name for name in LAYERS if not re.search(rf"\b{name}\(", checked)] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: f"{type(k).__name__}-{k.activation.name}")
def test_every_written_gradient_of_each_kind_of_layer_is_jax_grad(kind):
    layers = [Dense(4, activation="tanh"), kind, Dense(2)]
    check_gradients(layers, (3,), MeanSquaredError(), rows=5, seed=1)


@pytest.mark.parametrize("last", ["sigmoid", "softmax"])
@pytest.mark.parametrize(
    "loss_name", ["binary_crossentropy", "categorical_crossentropy", "mse", "huber", "mae"]
)
def test_a_loss_that_is_not_fused_with_the_activation_before_it_has_the_same_gradients(loss_name, last):
    """A linear layer in between keeps the loss and the activation apart."""
    layers = [Dense(3, activation=last), Activation("linear")]
    check_gradients(layers, (2,), loss_of(loss_name), rows=4, seed=2)


def exactly(values):
    """Floats of few binary digits as an array of exact rationals."""
    return np.vectorize(lambda v: Fraction(round(float(v) * 64), 64), otypes=[object])(values)


EXACT_STACKS = {
    "linear": [Dense(3), Dense(2)],
    "relu": [Dense(4, activation="relu"), Dense(3, activation="relu"), Dense(2)],
    "leaky": [Dense(3), Activation({"name": "leaky_relu", "negative_slope": Fraction(1, 5)}), Dense(2)],
    "prelu": [Dense(3), PReLU(), Dense(2, use_bias=False)],
    "step": [Dense(2, activation="step"), Dense(2)],
}
EXACT_LOSSES = [
    *(MeanSquaredError(factor=factor) for factor in (None, "1/m", "1/2", "1/2m")),
    MeanSquaredError(reduction="sum"),
    *map(loss_of, ["mae", {"name": "Huber", "delta": Fraction(1, 2)}, "hinge", "perceptron"]),
]


@pytest.mark.parametrize("loss", EXACT_LOSSES, ids=lambda loss: f"{loss.name}-{loss.divide_by}")
@pytest.mark.parametrize("stack", EXACT_STACKS)
def test_every_gradient_equals_the_exact_central_difference_on_rationals(stack, loss):
    """These losses are piecewise quadratic in any one number, where a central difference is exact.

    The step is so small that no corner lies within it; not one digit is rounded anywhere.
    """
    network = Network(EXACT_STACKS[stack], (2,))
    program = network.program(loss, SGD())
    values = {k: exactly(v) for k, v in case(network, loss, rows=3, seed=3).items()}
    everything = run((*program.forward, *program.loss, *program.backward), values)
    step = Fraction(1, 10**12)
    for name in ["x", *network.parameters]:
        for place in np.ndindex(values[name].shape):

            def loss_at(shift, name=name, place=place):
                moved = values[name].copy()
                moved[place] += shift
                return run((*program.forward, *program.loss), {**values, name: moved})["loss"].item()

            difference = (loss_at(step) - loss_at(-step)) / (2 * step)
            assert everything[f"d{name}"][place] == difference, (name, place)
            assert isinstance(everything[f"d{name}"][place], Fraction)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        *((Dense(4, activation=n), keras.layers.Dense(4, activation=n)) for n in FREE if n != "step"),
        (Dense(4, use_bias=False), keras.layers.Dense(4, use_bias=False)),
        *((Activation(n), keras.layers.Activation(n)) for n in FREE if n != "step"),
        (LeakyReLU(), keras.layers.LeakyReLU()),
        (LeakyReLU(0.05), keras.layers.LeakyReLU(0.05)),
        (ELU(), keras.layers.ELU()),
        (ELU(0.5), keras.layers.ELU(0.5)),
        (PReLU(), keras.layers.PReLU()),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_each_layer_with_the_same_weights_gives_what_keras_layer_gives(ours, theirs):
    network = Network([ours], (3,))
    weights = {k: v.astype(np.float32) for k, v in weights_of(network, 5).items()}
    x = np.random.default_rng(6).normal(0, 2, (7, 3)).astype(np.float32)
    theirs.build((None, 3))
    theirs.set_weights(list(weights.values()))
    steps, output = network.forward()
    np.testing.assert_allclose(run(steps, {"x": x, **weights})[output], theirs(x), rtol=2e-6, atol=1e-6)
    assert network.output_shape == theirs.compute_output_shape((None, 3))[1:]


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("activation", ["linear", "sigmoid", "elu", "softmax"])
def test_a_layer_of_ones_own_without_backward_has_the_gradients_of_the_written_one(activation, use_bias):
    arguments = {"activation": activation, "use_bias": use_bias}
    written = Network([Dense(4, **arguments), Dense(3, **arguments), Dense(2)], (3,))
    own = Network([OwnDense(4, **arguments), OwnDense(3, **arguments), Dense(2)], (3,))
    loss = MeanSquaredError()
    values = case(written, loss, rows=5, seed=7)
    with jax.enable_x64(True):
        values = {k: jnp.asarray(v) for k, v in values.items()}
        expected, found = (
            run((*p.forward, *p.loss, *p.backward), values)
            for p in (network.program(loss, SGD()) for network in (written, own))
        )
    for name in ["dx", *(f"d{parameter}" for parameter in written.parameters)]:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12, atol=1e-12, err_msg=name)


@rule(tex="<x>^2")
def squared(x):
    return x * x


@rule(tex="<x> + <y>")
def plus(x, y):
    return x + y


class Watched(Layer):
    """A layer whose output is not the last thing that it writes, and that uses its input twice."""

    def forward(self, q, x):
        q.s = squared(x)
        q.a = plus(q.s, x)
        q.watch = squared(q.s)
        return q.a


def test_a_layer_of_ones_own_may_write_more_after_its_output():
    check_gradients([Dense(2), Watched(), Dense(1)], (2,), MeanSquaredError(), rows=3, seed=8)
    check_gradients([Dense(2), Watched()], (2,), MeanSquaredError(), rows=3, seed=8)


def test_a_layer_without_backward_cannot_be_worked_by_hand_and_says_so():
    network = Network([OwnDense(1)], (2,))
    program = network.program(MeanSquaredError(), SGD())
    values = {k: exactly(v) for k, v in case(network, MeanSquaredError(), 2, 9).items()}
    with pytest.raises(NotImplementedError, match="layer OwnDense has no backward written out"):
        run((*program.forward, *program.loss, *program.backward), values)


class Forgetful(Layer):
    def forward(self, q, x):
        q.a = squared(x)


class Silent(Layer):
    def forward(self, q, x):
        return x


class Twice(Layer):
    def forward(self, q, x):
        q.a = squared(x)
        q.a = squared(q.a)
        return q.a


class Plain(Layer):
    def forward(self, q, x):
        q.a = 3
        return q.a


class Mixed(Layer):
    def forward(self, q, x):
        q.a = plus(x, 2.0)
        return q.a


class Missing(Layer):
    def forward(self, q, x):
        q.a = affine(x, q.W, q.b)
        return q.a


class Empty(Layer):
    pass


@pytest.mark.parametrize(
    ("layer", "error", "says"),
    [
        (Forgetful(), TypeError, r"layer 1 \(forgetful\): forward must return a quantity .*returned None"),
        (Silent(), TypeError, r"layer 1 \(silent\): forward must return a quantity that it wrote"),
        (Twice(), ValueError, "'a1' is written already"),
        (Plain(), TypeError, "'a1' must be a rule applied to quantities, got int"),
        (Mixed(), TypeError, "rule 'plus' was applied to float 2.0 beside quantities"),
        (Missing(), AttributeError, "layer 1 has no quantity 'W' yet; it has nothing"),
        (Empty(), NotImplementedError, "layer Empty has no forward: write the steps"),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, Layer) else "",
)
def test_a_layer_written_wrongly_is_told_what_is_wrong(layer, error, says):
    with pytest.raises(error, match=says):
        Network([layer], (2,)).forward()


def test_a_quantity_that_is_not_there_yet_is_named_with_those_that_are():
    q = Quantities("3", ("W", "b"))
    q.z = affine(Name("a2"), q.W, q.b)
    with pytest.raises(AttributeError, match="layer 3 has no quantity 'a' yet; it has W, b, z"):
        _ = q.a


def test_quantities_are_named_by_the_layers_number_and_gradients_take_a_d():
    network = Network([Dense(2, activation="relu"), Activation("tanh"), PReLU(), Dense(1)], (3,))
    program = network.program(MeanSquaredError(), SGD())
    names = {
        part: [s.name for s in getattr(program, part)] for part in ("forward", "loss", "backward", "update")
    }
    assert names == {
        "forward": ["z1", "a1", "a2", "a3", "z4", "a4"],
        "loss": ["loss"],
        "backward": ["da4", "dz4", "dW4", "db4", "da3", "dalpha3", "da2", "da1", "dz1", "dW1", "db1", "dx"],
        "update": ["W1_new", "b1_new", "alpha3_new", "W4_new", "b4_new"],
    }
    assert list(program.parameters) == ["W1", "b1", "alpha3", "W4", "b4"]
    assert program.output == "a4"
    assert [step.layer for step in program.forward] == ["1", "1", "2", "3", "4", "4"]


@pytest.mark.parametrize("optimizer", [SGD(), SGD(momentum=0.9), SGD(momentum=0.9, nesterov=True)])
@pytest.mark.parametrize("loss_name", LOSS_NAMES)
def test_every_step_takes_what_is_given_or_written_before_it(loss_name, optimizer):
    layers = [Dense(3, activation="relu"), PReLU(), OwnDense(2), Dense(2, activation=LAST.get(loss_name))]
    program = Network(layers, (3,)).program(loss_of(loss_name), optimizer)
    known = {"x", "y", "learning_rate", *program.parameters, *program.state}
    for step in program.steps:
        assert set(step.inputs) <= known, step
        assert step.name not in known, step
        known.add(step.name)
    assert {f"{name}_new" for name in (*program.parameters, *program.state)} <= known


def test_softmax_and_cross_entropy_are_taken_together_and_the_outputs_gradient_stays():
    program = Network([Dense(2, activation="softmax")], (3,)).program(CategoricalCrossentropy(), SGD())
    assert [str(step) for step in program.backward[:2]] == [
        "da1 = categorical_crossentropy_gradient(y, a1)",
        "dz1 = softmax_categorical_crossentropy_gradient(y, a1)",
    ]
    assert "da1" not in [step.name for step in needed(program.backward, ["dx"])]


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: Network([], (2,)), "a network needs at least one layer"),
        (
            lambda: Network([LayerNormalization(axis=1)], (4, 4)),
            r"layer 1 \(layer_normalization\): LayerNormalization normalizes the last axis.* \(None, 4, 4\)",
        ),
        (
            lambda: Network([Activation("relu"), LayerNormalization(axis=1, name="head")], (4, 4)),
            r"layer 2 \(head\): LayerNormalization normalizes",
        ),
        (lambda: Dense(0), "units must be a whole number ≥ 1, got 0"),
        (lambda: Dense(2.5), "units must be a whole number ≥ 1, got 2.5"),
        (lambda: Dense(True), "units must be a whole number ≥ 1, got True"),
        (lambda: Dense(2, activation="prelu"), r"add PReLU\(\) after the Dense layer"),
        (lambda: Activation("prelu"), r"use PReLU\(\)"),
        (lambda: Dense(2, kernel_initializer="xavier"), "unknown initializer 'xavier'"),
        (lambda: Input(()), r"Input needs at least one length"),
        (lambda: Input((0,)), r"Input needs at least one length, each ≥ 1; got \(0,\)"),
        (lambda: deserialize({"class_name": "Lambda", "config": {}}), "unknown layer 'Lambda'"),
    ],
)
def test_a_network_that_cannot_be_is_refused_with_what_can(build, says):
    with pytest.raises(ValueError, match=says):
        build()


@pytest.mark.parametrize("build", [lambda: Input(3), lambda: Input((2.5,)), lambda: Dense(2, name=3)])
def test_an_argument_of_the_wrong_type_is_a_type_error(build):
    with pytest.raises(TypeError, match=r"Input takes a tuple|a layer's name must be text"):
        build()


def test_layers_are_named_as_in_keras_and_shapes_and_counts_are_keras_too():
    keras.backend.clear_session()
    sizes = [5, 4, 2]
    ours = Network(
        [Dense(sizes[0]), PReLU(), Dense(sizes[1], name="middle"), LeakyReLU(), Dense(sizes[2])], (3,)
    )
    theirs = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(sizes[0]),
            keras.layers.PReLU(),
            keras.layers.Dense(sizes[1], name="middle"),
            keras.layers.LeakyReLU(),
            keras.layers.Dense(sizes[2]),
        ]
    )
    assert [place.name for place in ours.places][:4] == [layer.name for layer in theirs.layers][:4]
    assert [place.output_shape for place in ours.places] == [
        layer.output.shape[1:] for layer in theirs.layers
    ]
    assert [place.count_params for place in ours.places] == [layer.count_params() for layer in theirs.layers]
    assert [p.shape for p in ours.parameters.values()] == [tuple(w.shape) for w in theirs.weights]


@pytest.mark.parametrize("layer", KINDS, ids=lambda k: f"{type(k).__name__}-{k.activation.name}")
def test_a_layer_comes_back_from_its_table(layer):
    table = serialize(layer)
    again = deserialize(table)
    assert serialize(again) == table
    assert type(again) is type(layer)
    assert again.activation.options == layer.activation.options


def test_a_layer_of_ones_own_comes_back_where_it_is_named():
    table = serialize(OwnDense(2))
    assert isinstance(deserialize(table, {"OwnDense": OwnDense}), OwnDense)
    with pytest.raises(ValueError, match="unknown layer 'OwnDense'"):
        deserialize(table)


def test_a_parameter_says_its_shape_and_first_values():
    parameters = Dense(2, bias_initializer="ones").parameters((3,))
    assert isinstance(parameters["W"], Parameter)
    assert parameters["b"].initializer(parameters["b"].shape).tolist() == [1, 1]


class Untold(Layer):
    def __init__(self, factor):
        self.factor = factor

    def forward(self, q, x):
        q.a = scaled_by(x, factor=self.factor)
        return q.a


@rule(tex="<factor> <x>")
def scaled_by(x, *, factor):
    return factor * x


def test_a_layer_may_do_without_the_bases_constructor():
    steps, output = Network([Untold(3.0)], (2,)).forward()
    np.testing.assert_array_equal(run(steps, {"x": np.ones((1, 2))})[output], [[3.0, 3.0]])


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("Dense", "a layer's table must have a class_name and a config, got 'Dense'"),
        (None, "a layer's table must have a class_name and a config, got None"),
        ({}, "a layer's table must have a class_name"),
        ({"class_name": "Dense", "config": 3}, "the config of the layer must be a table, got 3"),
        ({"class_name": "Chain", "config": None}, "the config of the layer must be a table, got None"),
    ],
    ids=["text", "none", "empty", "config", "container"],
)
def test_what_is_no_table_of_a_layer_is_refused(table, says):
    with pytest.raises(TypeError, match=says):
        deserialize(table)


@pytest.mark.parametrize("name", [n for n in layers.__all__ if "Pool" in n or "Conv" in n])
def test_classes_go_by_keras_other_names_too(name):
    assert getattr(layers, name).__name__ == getattr(keras.layers, name).__name__

"""What layers cost: counted from the rules, by hand, and in the working itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.applications import vgg16_layers
from chainrule.cost.count import layer_costs
from chainrule.layers import (
    ELU,
    Activation,
    BatchNormalization,
    Branches,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalMaxPooling1D,
    LayerNormalization,
    MaxPooling2D,
    PReLU,
)
from chainrule.layers.steps import run
from chainrule.losses import CategoricalCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy
from chainrule.network import Network
from chainrule.network.shapes import shapes_of
from chainrule.optimizers import SGD, Adam
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.terms import Term, trace


def costs(layers, inputs, loss=None):
    shape = inputs if isinstance(inputs, tuple) else (inputs,)
    return layer_costs(Network(layers, shape), loss or MeanSquaredError(), SGD())


def test_the_digit_network_by_hand():
    first, second = costs(
        [Dense(32, activation="relu"), Dense(10, activation="softmax")], 64, SparseCategoricalCrossentropy()
    )
    assert (first.parameters, second.parameters) == (64 * 32 + 32, 32 * 10 + 10)
    assert first.forward == 2048
    assert second.forward == pytest.approx(320, abs=20)  # the softmax divides, too
    assert second.backward >= 2 * 320
    assert (first.kind, first.output_shape, first.number, second.name) == ("Dense", (32,), "1", "dense_1")


def test_a_linear_layer_multiplies_once_per_weight_forward_and_twice_backward():
    (cost,) = costs([Dense(10)], 64)
    assert (cost.parameters, cost.forward) == (650, 640)
    assert 2 * 640 <= cost.backward <= 2 * 640 + 2 * 10


def test_layers_without_weights_have_no_parameters_but_prelu_has_its_slopes():
    elu, relu, prelu, dense = costs([ELU(), Activation("relu"), PReLU(), Dense(1, use_bias=False)], 5)
    assert [elu.parameters, relu.parameters, prelu.parameters, dense.parameters] == [0, 0, 5, 5]
    assert relu.forward == 0


@pytest.mark.parametrize("loss", [MeanSquaredError(), CategoricalCrossentropy()])
def test_costs_do_not_depend_on_the_loss_before_the_last_layer(loss):
    one, other = ([Dense(4, activation="tanh"), Dense(3, activation="softmax")] for _ in range(2))
    assert costs(one, 2, loss)[0] == costs(other, 2)[0]


def products(term):
    """How many products of two numbers the working of one element shows."""
    inside = sum(products(argument) for argument in term.arguments)
    return inside + (term.operation == "*")


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_the_count_of_a_layer_is_what_its_working_shows(inputs, hidden, outputs, bias):
    network = Network([Dense(hidden, use_bias=bias), Dense(outputs, use_bias=bias)], (inputs,))
    program = network.program(MeanSquaredError(), SGD())
    values = {"x": numbers(np.full((1, inputs), 2.0)), "y": numbers(np.full((1, outputs), 7.0))}
    values |= {name: numbers(np.full(p.shape, 3.0)) for name, p in network.parameters.items()}
    shown = {}
    for part, steps in (("forward", program.forward), ("loss", program.loss), ("backward", program.backward)):
        for step in steps:
            terms = trace(step, [values[name] for name in step.inputs])
            values[step.name] = np.vectorize(lambda term: Term(term).value, otypes=[object])(terms)
            assert isinstance(values[step.name].flat[0], Number)
            counted = sum(products(Term(term)) for term in terms.flat)
            shown[part, step.layer] = shown.get((part, step.layer), 0) + counted
    for cost in layer_costs(network, MeanSquaredError(), SGD()):
        assert cost.forward == shown["forward", cost.number]
        assert cost.backward == shown["backward", cost.number]


def test_a_convolution_costs_a_product_for_each_weight_and_place():
    (first, second) = costs([Conv2D(6, 5), Conv2D(2, 3, strides=2, padding="same")], (28, 28, 1))
    assert (first.forward, first.parameters) == (24 * 24 * 6 * 25, 6 * 26)
    assert second.forward == 12 * 12 * 2 * 9 * 6
    assert first.backward == 2 * first.forward + 24 * 24 * 6  # the slope of no activation is multiplied too


def test_averages_that_are_carried_along_are_parameters_that_are_not_trained():
    norm, dense = costs([BatchNormalization(), Dense(2)], 3)
    assert (norm.parameters, norm.trained) == (12, 6)
    dense = Dense(2)
    dense.trainable = False
    (frozen,) = costs([dense], 3)
    assert (frozen.parameters, frozen.trained) == (8, 0)


def test_draws_and_branches_are_counted():
    block = Branches([[Dense(4)], [Dropout(0.5), Dense(2)], []])
    found = costs([block], 3)
    assert [(cost.number, cost.kind) for cost in found] == [
        ("1_1", "Dense"),
        ("1_2", "Dropout"),
        ("1_3", "Dense"),
        ("1", "Concatenate"),
    ]
    assert found[0].forward == 12
    assert found[1].forward == 2 * 3


def test_vgg16_is_counted_in_seconds_without_its_weights():
    network = Network(vgg16_layers(), (224, 224, 3))
    found = layer_costs(network, CategoricalCrossentropy(), SGD())
    assert sum(cost.parameters for cost in found) == 138_357_544
    convolutions = sum(cost.forward for cost in found if cost.kind == "Conv2D")
    dense = [25088 * 4096, 4096 * 4096, 4096 * 1000]
    assert convolutions == 15_346_630_656
    assert [cost.forward for cost in found if cost.kind == "Dense"] == pytest.approx(dense, abs=5000)


NETWORKS = {
    "dense": ([Dense(3, activation="softmax")], (4,), SparseCategoricalCrossentropy()),
    "sequence": ([Embedding(5, 3), Conv1D(2, 2), GlobalMaxPooling1D()], (6,), MeanSquaredError()),
    "image": (
        [Conv2D(4, 3, padding="same"), MaxPooling2D(2), Flatten(), Dense(2)],
        (6, 6, 2),
        MeanSquaredError(),
    ),
    "normalized": ([BatchNormalization(), LayerNormalization(), PReLU()], (4, 3), MeanSquaredError()),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_shapes_found_without_numbers_are_those_of_the_numbers(name):
    layers, shape, loss = NETWORKS[name]
    network = Network(layers, shape)
    program = network.program(loss, Adam())
    generator = np.random.default_rng(0)
    kept = {**program.parameters, **program.state, **program.carried}
    values = {k: np.ones(p.shape, np.float32) for k, p in kept.items()}
    values |= {
        "x": generator.integers(0, 5, (2, *shape)).astype(np.float32),
        "learning_rate": np.float32(0.1),
    }
    outputs = network.output_shape
    values["y"] = np.ones((2, *outputs), np.float32)
    if isinstance(loss, SparseCategoricalCrossentropy):
        values["y"] = np.zeros(2, np.int32)
    worked = run(program.steps, values)
    found = shapes_of(network, program, loss, rows=2)
    del found["sample_weight"]
    assert found == {name: np.shape(value) for name, value in worked.items()}

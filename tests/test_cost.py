"""What layers cost: counted from the rules, by hand, and in the working itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cost.count import layer_costs
from chainrule.layers import ELU, Activation, Dense, PReLU
from chainrule.losses import CategoricalCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.terms import Term, trace


def costs(layers, inputs, loss=None):
    return layer_costs(Network(layers, (inputs,)), loss or MeanSquaredError(), SGD())


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

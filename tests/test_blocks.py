"""Merges and containers: gradients through graphs, Keras' merges, residual blocks, branches, chains."""

import json

import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import (
    Activation,
    Add,
    Average,
    BatchNormalization,
    Branches,
    Chain,
    Concatenate,
    Container,
    Dense,
    Dropout,
    Input,
    LayerNormalization,
    Maximum,
    Merge,
    Multiply,
    Node,
    PReLU,
    Reshape,
    Residual,
    Subtract,
    deserialize,
    serialize,
)
from chainrule.layers.steps import run
from chainrule.network import Network
from layers_oracle import check_exact, check_gradients, program_of, single, values_of

compiled = settings(max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate])
MERGES = [
    (Add(), 2),
    (Add(), 4),
    (Subtract(), 2),
    (Average(), 3),
    (Multiply(), 2),
    (Multiply(), 4),
    (Maximum(), 2),
    (Maximum(), 3),
    (Concatenate(), 3),
    (Concatenate(axis=1), 2),
    (Concatenate(axis=-2), 2),
]
each_merge = pytest.mark.parametrize(
    ("merge", "count"), MERGES, ids=[f"{type(m).__name__}-{n}-{i}" for i, (m, n) in enumerate(MERGES)]
)


def merged(merge, shapes):
    """The network of a merge of as many inputs."""
    inputs = [Input(shape) for shape in shapes]
    return Network.of_graph(inputs, [merge(inputs)])


# -------------------------------------------------------------------------------- merges


@each_merge
def test_every_gradient_of_a_merge_is_jax_grad(merge, count):
    check_gradients(merged(merge, [(3, 2)] * count), seed=10 + count)


@each_merge
def test_a_merge_of_exact_numbers_gives_what_floats_give(merge, count):
    check_exact(merged(merge, [(3, 2)] * count), rows=2)


@each_merge
def test_a_merge_is_that_of_keras(merge, count):
    network = merged(merge, [(3, 2)] * count)
    values = single(values_of(network, program_of(network), 4, count))
    theirs = getattr(keras.layers, type(merge).__name__)(**merge.get_config())
    steps, output = network.forward()
    expected = theirs([values[name] for name in network.inputs])
    np.testing.assert_allclose(run(steps, values)[output], expected, rtol=1e-6)
    assert network.output_shape == tuple(expected.shape[1:])


@each_merge
def test_a_merge_comes_back_from_its_table(merge, count):
    again = deserialize(json.loads(json.dumps(serialize(merge))))
    assert type(again) is type(merge)
    assert serialize(again) == serialize(merge)


def test_a_concatenation_of_different_lengths_gives_each_its_own_piece():
    network = merged(Concatenate(axis=2), [(2, 1), (2, 3), (2, 2)])
    assert network.output_shape == (2, 6)
    check_gradients(network)


@pytest.mark.parametrize("merge", [Add, Subtract, Multiply, Maximum, Average, Concatenate])
def test_one_output_may_be_merged_with_itself(merge):
    """The gradient of a quantity that goes in twice is the sum of both."""
    x = Input((3,))
    hidden = Dense(4, activation="tanh")(x)
    check_gradients(Network.of_graph([x], [Dense(2)(merge()([hidden, hidden]))]))


def test_of_equal_inputs_the_first_has_the_gradient_of_the_maximum():
    network = merged(Maximum(), [(2,), (2,)])
    program = program_of(network)
    values = values_of(network, program, rows=1, seed=0)
    values |= {"x_1": np.array([[1.0, 5.0]]), "x_2": np.array([[1.0, 7.0]]), "y": np.zeros((1, 2))}
    found = run(program.steps, values)
    assert found["dx_1"].tolist() == [[1, 0]]
    assert found["dx_2"].tolist() == [[0, 7]]


# -------------------------------------------------------------------------------- blocks

BLOCKS = {
    "residual": lambda: Residual([Dense(3, activation="tanh")]),
    "relu": lambda: Residual([Dense(5, activation="tanh"), Dense(3)], activation="relu"),
    "projected": lambda: Residual([Dense(4)], shortcut=[Dense(4, use_bias=False)], activation="sigmoid"),
    "normalized": lambda: Residual([BatchNormalization(), Dense(3), Dropout(0.25), LayerNormalization()]),
    "concatenated": lambda: Branches([[Dense(2)], [], [Dense(3), PReLU()]]),
    "summed": lambda: Branches([[Dense(3)], []], merge="sum"),
    "both_empty": lambda: Branches([[], []]),
    "chain": lambda: Chain([Dense(4), Activation("tanh"), Dense(2)]),
    "nested": lambda: Residual(
        [Branches([[Dense(1)], [Chain([Dense(2), Residual(Dense(2))])]]), Activation("tanh")],
        shortcut=Chain(Dense(3)),
    ),
    "softmax": lambda: Residual([Dense(3)], activation="softmax"),
}
each_block = pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)


@each_block
def test_every_gradient_of_a_block_is_jax_grad(block):
    check_gradients(Network([Dense(3), block(), Dense(2)], (2,)))
    check_gradients(Network([block()], (3,)))


@each_block
def test_a_block_of_exact_numbers_gives_what_floats_give(block):
    check_exact(Network([block()], (3,)), rows=2)


@each_block
def test_a_block_comes_back_from_its_table(block):
    layer = block()
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    assert serialize(again) == serialize(layer)
    ours, theirs = (Network([made], (3,)) for made in (layer, again))
    assert [str(s) for s in program_of(ours).steps] == [str(s) for s in program_of(theirs).steps]


def test_a_frozen_layer_in_a_block_stays_frozen_in_its_table_and_the_others_do_not():
    block = Residual([Dense(4), Dense(3)])
    block.layers[0].trainable = False
    again = deserialize(serialize(block))
    assert [layer.trainable for layer in again.layers] == [False, True]
    block.trainable = False
    assert [layer.trainable for layer in deserialize(serialize(block)).layers] == [False, False]


inner = st.lists(st.sampled_from(["dense", "tanh", "residual", "branches"]), max_size=3)


def _layer(kind, width):
    return {
        "dense": lambda: Dense(width),
        "tanh": lambda: Activation("tanh"),
        "residual": lambda: Residual([Dense(width)], activation="elu"),
        "branches": lambda: Branches([[Dense(width)], []], merge="sum"),
    }[kind]()


@compiled
@given(st.lists(inner, min_size=2, max_size=3), st.booleans(), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_every_gradient_of_random_branches_is_jax_grad(branches, added, width, seed):
    lists = [[_layer(kind, width) for kind in branch] for branch in branches]
    block = Branches(lists, merge="sum" if added else "concatenate")
    check_gradients(Network([Dense(width), block], (2,)), seed=seed)


def test_layers_in_a_block_are_numbered_a_level_below_it_and_its_sum_has_its_own_number():
    network = Network([Dense(3), Residual([Dense(5), Dense(3)], activation="relu"), Dense(1)], (2,))
    program = program_of(network)
    assert [str(step) for step in program.forward] == [
        "z1 = affine(x, W1, b1)",
        "a1 = linear(z1)",
        "z2_1 = affine(a1, W2_1, b2_1)",
        "a2_1 = linear(z2_1)",
        "z2_2 = affine(a2_1, W2_2, b2_2)",
        "a2_2 = linear(z2_2)",
        "z2 = sum(a2_2, a1)",
        "a2 = relu(z2)",
        "z3 = affine(a2, W3, b3)",
        "a3 = linear(z3)",
    ]
    assert "da1 = sum(da1_by_2, da1_by_2_1)" in [str(step) for step in program.backward]


@pytest.mark.parametrize("shortcut", [False, True], ids=["identity", "projected"])
def test_a_residual_block_is_the_sum_that_keras_gives(shortcut):
    width = 4 if shortcut else 3
    layers = [Dense(5, activation="relu"), Dense(width)]
    block = Residual(layers, shortcut=[Dense(width)] if shortcut else None, activation="relu")
    network = Network([block], (3,))
    values = single(values_of(network, program_of(network), 6, 1))
    x = keras.Input((3,))
    main = keras.layers.Dense(width)(keras.layers.Dense(5, activation="relu")(x))
    short = keras.layers.Dense(width)(x) if shortcut else x
    theirs = keras.Model(x, keras.layers.Activation("relu")(keras.layers.Add()([main, short])))
    theirs.set_weights([values[name] for name in network.weights])
    steps, output = network.forward()
    np.testing.assert_allclose(run(steps, values)[output], theirs(values["x"]), rtol=1e-5, atol=1e-6)


def test_a_block_of_zero_weights_passes_its_input_on():
    """What residual blocks are for: to do nothing is what they find most easily."""
    network = Network([Residual([Dense(4), Dense(3)])], (3,))
    program = program_of(network)
    values = values_of(network, program, rows=2, seed=0)
    values |= {name: np.zeros_like(values[name]) for name in network.weights}
    found = run(program.steps, values)
    np.testing.assert_array_equal(found["a1"], values["x"])
    np.testing.assert_array_equal(found["dx"], found["da1"])


# --------------------------------------------------------------------------------- doors


def images(*shapes):
    return [Node(shape) for shape in shapes]


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: Chain([]), ValueError, "Chain needs at least one layer"),
        (lambda: Chain(["dense"]), TypeError, "a container is made of chainrule layers, got str"),
        (lambda: Chain(3), TypeError, "made of chainrule layers, got int"),
        (lambda: Residual([]), ValueError, "Residual needs at least one layer"),
        (lambda: Residual([Dense(2)], activation="prelu"), ValueError, r"add PReLU\(\) after the Residual"),
        (lambda: Residual([Dense(2)], activation="reluu"), ValueError, "unknown activation 'reluu'"),
        (
            lambda: Network([Dense(4), Residual([Dense(2)])], (3,)),
            ValueError,
            r"layer 2 \(residual\): the layers of this Residual give \(2,\) and its shortcut \(4,\), which "
            r"cannot be added: give a shortcut of the same shape, as shortcut=\[Dense\(2\)\]",
        ),
        (
            lambda: Residual([Dense(8)]).output_shape((4, 4, 2)),
            ValueError,
            r"give \(4, 4, 8\) and its shortcut \(4, 4, 2\).*shortcut=\[Conv2D\(8, 1, strides=…\)\]",
        ),
        (lambda: Branches([[Dense(2)]]), ValueError, "Branches needs two lists of layers or more, got 1"),
        (lambda: Branches([[], []], merge="mean"), ValueError, '"concatenate" or "sum", got \'mean\''),
        (
            lambda: Network([Branches([[Dense(2)], []], merge="sum")], (3,)),
            ValueError,
            r"layer 1 \(branches\): Add takes inputs of one shape, got \(2,\), \(3,\)",
        ),
        (
            lambda: Network([Branches([[Reshape((3, 1))], []])], (3,)),
            ValueError,
            r"Concatenate takes inputs that are alike but along axis -1; got \(None, 3, 1\), \(None, 3\)",
        ),
        (lambda: Concatenate(axis=0), ValueError, "axis 0 is the batch's"),
        (lambda: Concatenate(axis="last"), TypeError, "axis must be a whole number, got 'last'"),
        (lambda: Concatenate(axis=3)(images((2, 3), (2, 3))), ValueError, "alike but along axis 3"),
        (lambda: Concatenate(axis=-3)(images((2, 3), (2, 3))), ValueError, "alike but along axis -3"),
        (lambda: Concatenate()(images((2, 3), (4, 3))), ValueError, r"got \(None, 2, 3\), \(None, 4, 3\)"),
        (lambda: Subtract()(images((2,), (2,), (2,))), ValueError, "Subtract takes two inputs, got 3"),
        (
            lambda: Multiply()(images((2,), (3,))),
            ValueError,
            r"Multiply takes inputs of one shape, got \(2,\)",
        ),
        (lambda: Add()(images((2,))), ValueError, "Add takes two inputs or more, got 1"),
        (lambda: Add()(Node((2,))), TypeError, r"Add is applied to a list of what layers give"),
    ],
    ids=range(21),
)
def test_a_block_that_cannot_be_is_refused(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_a_layer_that_is_in_two_branches_is_refused():
    shared = Dense(2)
    with pytest.raises(ValueError, match="this Dense is in the model already, as layer 1_"):
        Network([Branches([[shared], [shared]])], (3,))


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: Add()(None), TypeError, r"Add is applied to a list .* as Add\(\)\(\[a, b\]\); got NoneType"),
        (lambda: Branches(3), TypeError, "branches are lists of layers, .* got 3"),
        (lambda: Branches([[], []], merge=["sum"]), ValueError, 'merge must be "concatenate" or "sum"'),
        (lambda: Container().wire(Input((3,))), NotImplementedError, "Container must have a wire of its own"),
        (lambda: Merge().merged_shape([]), NotImplementedError, "Merge must have a merged_shape of its own"),
    ],
    ids=["none", "number", "merge", "wire", "shape"],
)
def test_what_is_no_list_is_told_what_is_one(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.parametrize(
    "kind", [Add, Average, Concatenate, Maximum, Multiply, Subtract], ids=lambda kind: kind.__name__
)
def test_keras_functions_make_a_layer_and_apply_it(kind):
    node = getattr(layers, kind.__name__.lower())([Input((2, 3)), Input((2, 3))], name="both")
    assert type(node.layer) is kind
    assert node.layer.name == "both"
    assert node.shape == kind().merged_shape([(2, 3), (2, 3)])

"""Every layer worked by hand: its numbers are those of the compiled step, by worksheet and by model."""

import copy
import re

import numpy as np
import pytest

from chainrule.layers import Dense, Input
from chainrule.layers.merge import Merge
from chainrule.layers.registry import LAYERS
from chainrule.model import Model, Sequential
from chainrule.paper.layer_tables import GivenLayers
from chainrule.paper.sheet import LayerGiven
from chainrule.paper.solving import solve
from chainrule.training.single import compiled_step

IMAGE, MAPS, STEPS, OF_IMAGES = (4, 4, 1), (3, 3, 2), (4, 2), (5, 5, 1)
CONVOLUTION = {"layer": "Conv2D", "filters": 2, "kernel_size": 2, "activation": "relu"}
EXAMPLES = {
    "Activation": [((3,), {"activation": "tanh"})],
    "AveragePooling1D": [(STEPS, {"pool_size": 2})],
    "AveragePooling2D": [(IMAGE, {"pool_size": 2, "strides": 1, "padding": "same"})],
    "BatchNormalization": [((2,), {"momentum": 0.9}), (MAPS, {"scale": False})],
    "Branches": [
        (
            IMAGE,
            {"branches": [[CONVOLUTION | {"padding": "same"}], [{"layer": "Dropout", "rate": 0.5}], []]},
        ),
        ((3,), {"branches": [[{"layer": "Dense", "units": 3}], []], "merge": "sum"}),
    ],
    "Chain": [((3,), {"layers": [{"layer": "Dense", "units": 2}, {"layer": "BatchNormalization"}]})],
    "Conv1D": [(STEPS, {"filters": 2, "kernel_size": 2, "padding": "causal", "activation": "sigmoid"})],
    "Conv2D": [
        (IMAGE, {"filters": 1, "kernel_size": 2, "activation": "relu", "kernel_regularizer": "l2"}),
        (MAPS, {"filters": 4, "kernel_size": [2, 1], "strides": 2, "padding": "same", "groups": 2}),
        (IMAGE, {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "use_bias": False}),
    ],
    "Dense": [
        ((3,), {"units": 2, "activation": "sigmoid", "kernel_constraint": "max_norm"}),
        (STEPS, {"units": 2, "bias_regularizer": "l1"}),
    ],
    "DepthwiseConv2D": [(MAPS, {"kernel_size": 2, "depth_multiplier": 2})],
    "Dropout": [((4,), {"rate": 0.5}), ((4,), {"rate": 0})],
    "ELU": [((3,), {"alpha": 0.5})],
    "Embedding": [((3,), {"input_dim": 3, "output_dim": 2})],
    "Flatten": [(MAPS, {})],
    "GaussianNoise": [((3,), {"stddev": 0.1})],
    "GlobalAveragePooling1D": [(STEPS, {})],
    "GlobalAveragePooling2D": [(MAPS, {})],
    "GlobalMaxPooling1D": [(STEPS, {})],
    "GlobalMaxPooling2D": [(MAPS, {"keepdims": True})],
    "LayerNormalization": [((3,), {}), (STEPS, {})],
    "LeakyReLU": [((3,), {"negative_slope": 0.1})],
    "MaxPooling1D": [(STEPS, {"pool_size": 2})],
    "MaxPooling2D": [(MAPS, {"pool_size": 2, "strides": 1})],
    "PReLU": [((3,), {}), (MAPS, {"shared_axes": [1, 2]})],
    "PadChannels": [((2, 2, 1), {"before": 1, "after": 1})],
    "RandomBrightness": [(OF_IMAGES, {"factor": 0.2, "value_range": [0, 1]})],
    "RandomContrast": [(OF_IMAGES, {"factor": 0.5, "value_range": [0, 1]})],
    "RandomCrop": [(OF_IMAGES, {"height": 4, "width": 3})],
    "RandomErasing": [(OF_IMAGES, {"value_range": [0, 1]})],
    "RandomFlip": [(OF_IMAGES, {"mode": "horizontal"})],
    "RandomRotation": [(OF_IMAGES, {"factor": 0.1})],
    "RandomTranslation": [(OF_IMAGES, {"height_factor": 0.25, "width_factor": 0.25})],
    "RandomZoom": [(OF_IMAGES, {"height_factor": 0.2})],
    "ReLU": [((3,), {"max_value": 0.5, "negative_slope": 0.1})],
    "Reshape": [((6,), {"target_shape": [2, -1]})],
    "Residual": [
        ((2,), {"layers": [{"layer": "Dense", "units": 2, "activation": "tanh"}], "activation": "relu"}),
        (
            (3, 3, 1),
            {
                "layers": [CONVOLUTION | {"padding": "same"}, {"layer": "BatchNormalization"}],
                "shortcut": [{"layer": "Conv2D", "filters": 2, "kernel_size": 1, "use_bias": False}],
            },
        ),
    ],
    "Softmax": [((3,), {})],
    "SpatialDropout2D": [((2, 2, 3), {"rate": 0.4})],
}
"""For every layer some shapes of samples and arguments; values are drawn."""
MERGES = [name for name, made in LAYERS.items() if issubclass(made, Merge)]
CASES = [
    pytest.param(kind, shape, arguments, id=f"{kind}-{i}")
    for kind, examples in EXAMPLES.items()
    for i, (shape, arguments) in enumerate(examples, start=1)
]
ROWS, RATE = 2, 0.125


def test_no_layer_is_forgotten():
    assert {*EXAMPLES, *MERGES} == {*LAYERS}


def filled(model, seed=5):
    """Short decimals for all that the model keeps; variances above 0."""
    generator = np.random.default_rng(seed)
    values = [np.round(generator.uniform(-1, 1, v.shape), 2) for v in model.get_weights()]
    names = list(model.network.weights)
    model.set_weights([abs(v) + 0.5 if "var" in n else v for n, v in zip(names, values, strict=True)])
    return model


def samples(shape, kind=""):
    generator = np.random.default_rng(7)
    if kind == "Embedding":
        return generator.integers(0, 3, (ROWS, *shape)).astype(np.float32)
    return np.round(generator.uniform(-1, 1, (ROWS, *shape)), 2).astype(np.float32)


def model_of(kind, shape, arguments, optimizer="sgd"):
    table = LayerGiven(layer=kind, **arguments)
    model = Sequential([Input(shape), *GivenLayers([table], "layers").layers])
    model.compile({"name": optimizer, "learning_rate": RATE}, "mse")
    return filled(model)


def targets(model):
    generator = np.random.default_rng(9)
    shape = (ROWS, *model.network.output_shape)
    return np.round(generator.uniform(-1, 1, shape), 2).astype(np.float32)


def compiled(model, working, x, y):
    inputs = dict(x) if isinstance(x, dict) else {"x": x}
    drawn = {name: working[name].astype(np.float32) for name in working.program.draws}
    state = {name: np.zeros(p.shape, np.float32) for name, p in working.program.state.items()}
    return compiled_step(working.program, state | dict(model.values), {**inputs, "y": y, **drawn}, RATE)


def check(working, found):
    """Every quantity of the working is the compiled one, but for what float32 rounds off what it adds up."""
    steps = working.program.steps
    assert {step.name for step in steps} <= {*found}
    for step in steps:
        exact = floats(working.tape[step.name].value)
        assert exact.shape == found[step.name].shape
        size = max([1.0, *(abs(found[name]).max() for name in step.inputs if found[name].size)])
        np.testing.assert_allclose(found[step.name], exact, rtol=1e-5, atol=1e-5 * size, err_msg=step.name)


def floats(values):
    return np.vectorize(float, otypes=[float])(values)


@pytest.mark.parametrize(("kind", "shape", "arguments"), CASES)
def test_paper_gives_the_numbers_of_the_compiled_step(kind, shape, arguments):
    model = model_of(kind, shape, arguments)
    x, y = samples(shape, kind), targets(model)
    working = model.work(x, y)
    check(working, compiled(model, working, x, y))


# ------------------------------------------------------------------------------ worksheets


def toml(value):
    """A value as TOML writes it inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def nested(array):
    """The numbers of an array in lists, each as its shortest decimal."""
    return float(str(array)) if array.ndim == 0 else [nested(part) for part in array]


def table_at(tables, place):
    """The table at a place such as ``layers[1].branches[2][1]``."""
    found = {"layers": tables}
    for key, index in re.findall(r"([a-z]+)|\[(\d+)\]", place):
        found = found[key] if key else found[int(index) - 1]
    return found


def worksheet(model, tables, given, values, x, y, more=""):
    """The question with all values in the tables of the layers."""
    tables = copy.deepcopy(tables)
    for place in model.network.places:
        for name in (*place.weights, *place.draws):
            if name in values:
                table = table_at(tables, given.of(place.layer).at)
                table[name.removesuffix(place.number)] = nested(values[name])
    lines = [f"{key} = {toml(nested(value))}" for key, value in (("x", x), ("y", y))]
    return f"""
[[question]]
id = "q"
topic = "network"
[question.given]
{lines[0]}
{lines[1]}
optimizer = {{ name = "SGD", learning_rate = {RATE} }}
layers = {toml(tables)}
{more}
"""


@pytest.mark.parametrize(("kind", "shape", "arguments"), CASES)
def test_a_worksheet_gives_the_same_as_the_model(kind, shape, arguments):
    tables = [{"layer": kind, **arguments}]
    given = GivenLayers([LayerGiven(**table) for table in tables], "layers")
    model = Sequential([Input(shape), *given.layers])
    model.compile({"name": "sgd", "learning_rate": RATE}, "mse")
    filled(model)
    x, y = samples(shape, kind), targets(model)
    working = model.work(x, y)
    drawn = {name: floats(working[name]) for name in working.program.draws}
    solved = solve(worksheet(model, tables, given, dict(model.values) | drawn, x, y))["q"]
    assert solved.names == working.names
    for name in working.names:
        np.testing.assert_array_equal(floats(solved[name]), floats(working[name]), err_msg=name)


# ---------------------------------------------------------------------------------- graphs


@pytest.mark.parametrize("kind", MERGES)
def test_a_merge_of_branches_is_worked_to_the_numbers_of_the_compiled_step(kind):
    x = Input((3,))
    branches = [Dense(2, activation="tanh")(x), Dense(2)(x)]
    model = Model(x, Dense(1)(LAYERS[kind]()(branches)))
    model.compile({"name": "sgd", "learning_rate": RATE}, "mse")
    x, y = samples((3,)), targets(filled(model))
    working = model.work(x, y)
    assert {"dx_by_1", "dx_by_2", "dx"} <= {*working.names}
    check(working, compiled(model, working, x, y))


def test_several_inputs_are_worked():
    inputs = [Input((2,)), Input((3,))]
    model = Model(inputs, Dense(1)(LAYERS["Concatenate"]()(inputs)))
    model.compile({"name": "sgd", "learning_rate": RATE}, "mse")
    y = targets(filled(model))
    x = [samples((2,)), samples((3,))]
    working = model.work(x, y)
    check(working, compiled(model, working, {"x_1": x[0], "x_2": x[1]}, y))


def test_several_updates_take_the_rows_of_all_inputs():
    inputs = [Input((2,)), Input((2,))]
    model = Model(inputs, Dense(1)(LAYERS["Add"]()(inputs)))
    model.compile({"name": "sgd", "learning_rate": RATE}, "mse")
    x, y = [samples((2,)), samples((2,)) + 1], targets(filled(model))
    working = model.work(x, y, batch_size=1)
    np.testing.assert_allclose(floats(working.tape["a1.2"].value), x[0][1:] + x[1][1:], rtol=1e-6)

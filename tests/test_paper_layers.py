"""Every layer worked by hand: its numbers are those of the compiled step, by worksheet and by model."""

import numpy as np
import pytest

from chainrule.layers import Dense, Input, deserialize
from chainrule.layers.merge import Merge
from chainrule.layers.registry import LAYERS
from chainrule.model import Model, Sequential
from chainrule.paper.layer_tables import GivenLayers
from chainrule.paper.sheet import LayerGiven
from chainrule.paper.solving import solve
from chainrule.paper.tape import WorkError
from chainrule.training.single import compiled_step
from chainrule.utils import set_random_seed

IMAGE, MAPS, STEPS = (4, 4, 1), (3, 3, 2), (4, 2)
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
OF_IMAGES = (5, 5, 1)
NOT_WORKED = {}
"""Layers whose steps have no exact form, by the reason."""
MERGES = [name for name, made in LAYERS.items() if issubclass(made, Merge)]
CASES = [
    pytest.param(kind, shape, arguments, id=f"{kind}-{i}")
    for kind, examples in EXAMPLES.items()
    for i, (shape, arguments) in enumerate(examples, start=1)
]
ROWS, RATE = 2, 0.125


def test_no_layer_is_forgotten():
    assert {*EXAMPLES, *MERGES, *NOT_WORKED} == {*LAYERS}


def filled(model, seed=5):
    """Short decimals for all that the model keeps; variances above 0."""
    generator = np.random.default_rng(seed)
    values = [np.round(generator.uniform(-1, 1, v.shape), 2) for v in model.get_weights()]
    names = [name for name in model.network.weights]
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
    """Every quantity of the working is the compiled one."""
    steps = working.program.steps
    assert {step.name for step in steps} <= {*found}
    for step in steps:
        exact = np.vectorize(float, otypes=[float])(working.tape[step.name].value)
        assert exact.shape == found[step.name].shape
        np.testing.assert_allclose(found[step.name], exact, rtol=2e-5, atol=2e-6, err_msg=step.name)


@pytest.mark.parametrize(("kind", "shape", "arguments"), CASES)
def test_paper_gives_the_numbers_of_the_compiled_step(kind, shape, arguments):
    model = model_of(kind, shape, arguments)
    x, y = samples(shape, kind), targets(model)
    working = model.work(x, y)
    check(working, compiled(model, working, x, y))

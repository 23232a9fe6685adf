"""Every layer worked by hand: its numbers are those of the compiled step, by worksheet and by model."""

import copy
import re

import numpy as np
import pytest

from chainrule.layers import Dense, Input, Layer
from chainrule.layers.merge import Merge
from chainrule.layers.registry import LAYERS
from chainrule.model import Model, Sequential
from chainrule.paper.explain import explain
from chainrule.paper.layer_tables import GivenLayers
from chainrule.paper.names import plain_name, tex_name
from chainrule.paper.plain import plain as as_plain
from chainrule.paper.sheet import LayerGiven, SheetError
from chainrule.paper.solving import solve
from chainrule.paper.tape import WorkError
from chainrule.rules.merging import multiplied
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


# --------------------------------------------------------------------------------- updates


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop", "adagrad"])
def test_several_updates_carry_averages_masks_and_the_optimizers_state_along(optimizer):
    middle = [LAYERS["BatchNormalization"](momentum=0.5), LAYERS["Dropout"](0.4)]
    layers = [Dense(3, use_bias=False), *middle, Dense(1)]
    model = Sequential([Input((2,)), *layers])
    model.compile({"name": optimizer, "learning_rate": RATE}, "mse")
    filled(model)
    x, y = np.vstack([samples((2,)), samples((2,)) + 0.25]), np.array([[1], [0.5], [-1], [0]], np.float32)
    working = model.work(x, y, batch_size=2, epochs=2)
    program = model.network.program(model.loss, model.optimizer)
    values = dict(model.values)
    for name, p in program.state.items():
        values.setdefault(name, np.asarray(p.initializer(p.shape)).astype(p.dtype))
    for update in range(1, 5):
        rows = slice(0, 2) if update % 2 else slice(2, 4)
        drawn = {name: floats(working[f"{name}.{update}"]).astype(np.float32) for name in program.draws}
        found = compiled_step(program, values, {"x": x[rows], "y": y[rows], **drawn}, RATE)
        values |= {name: found[f"{name}_new"] for name in program.changing}
        for name in (*program.parameters, *program.carried):
            expected = floats(working[f"{name}.{update}"])
            np.testing.assert_allclose(
                values[name], expected, rtol=1e-4, atol=1e-5, err_msg=f"{name}.{update}"
            )
    assert len({str(working[f"mask3.{update}"]) for update in range(1, 5)}) > 1


def test_the_loss_over_all_rows_is_that_of_the_pass_that_predicts():
    model = Sequential([Input((2,)), LAYERS["BatchNormalization"](), LAYERS["Dropout"](0.5), Dense(1)])
    model.compile("sgd", "mse")
    x, y = samples((2,)), targets(filled(model))
    working = model.work(x, y, find=["loss_before", "loss_after"])
    assert float(working["loss_before"]) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)
    assert "mask2_before" not in working.tape.quantities


def test_what_is_worked_without_training_is_what_the_model_predicts():
    model = model_of("Residual", *EXAMPLES["Residual"][1])
    x, y = samples((3, 3, 1)), targets(model)
    working = model.work(x, y, training=False)
    np.testing.assert_allclose(model.predict(x), floats(working["a1"]), rtol=1e-5, atol=1e-6)
    assert float(working["loss"]) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)
    assert {quantity.part for quantity in working.quantities} == {"forward", "loss"}


def test_a_layer_that_is_frozen_stays_as_it_is():
    model = model_of("Dense", (3,), {"units": 2, "trainable": False})
    working = model.work(samples((3,)), targets(model))
    assert not [name for name in working if name.endswith("_new")]


def test_a_layer_of_ones_own_without_backward_says_so():
    class Square(Layer):
        def forward(self, q, x):
            q.a = multiplied(2)(x, x)
            return q.a

    model = Sequential([Input((2,)), Dense(2), Square()])
    model.compile("sgd", "mse")
    with pytest.raises(WorkError, match="Square has no backward written out"):
        model.work(samples((2,)), targets(filled(model)))
    assert list(model.work(samples((2,)), targets(model), training=False)) == ["z1", "a1", "a2", "loss"]


def test_a_large_model_is_said_to_be_too_large_at_once():
    model = Sequential([Input((64, 64, 3)), LAYERS["Conv2D"](64, 3), LAYERS["Flatten"](), Dense(10)])
    model.compile("sgd", "mse")
    with pytest.raises(SheetError, match=r"there are [\d,]+ products and results; at most 500,000"):
        model.work(np.ones((1, 64, 64, 3)), np.ones((1, 10)))


# ------------------------------------------------------------------------------ worksheets


def question(layers, x="[[1, 2]]", more="y = [[1, 2]]"):
    return f"""
[[question]]
id = "q"
topic = "network"
[question.given]
x = {x}
layers = [{layers}]
{more}
"""


KERNEL = "W = [[1, 2], [3, 4]]"
CONV = '{ layer = "Conv2D", filters = 1, kernel_size = 2, '


@pytest.mark.parametrize(
    ("x", "W"),
    [
        ("[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]"),
        ("[[[1], [2]], [[3], [4]]]", "[[[1], [2]], [[3], [4]]]"),
        ("[[[[1], [2]], [[3], [4]]]]", "[[[[1]], [[2]]], [[[3]], [[4]]]]"),
    ],
    ids=["matrix", "channels", "whole"],
)
def test_one_image_and_one_filter_may_be_matrices(x, W):
    q = solve(question(CONV + f"W = {W} }}", x, "y = 1"))["q"]
    assert q["x"].shape == (1, 2, 2, 1)
    assert str(q["a1"].item()) == "30"


def test_a_mask_is_taken_as_given_and_nothing_else_is_drawn():
    q = solve(question('{ layer = "Dropout", rate = 0.5, mask = [0, 1] }'))["q"]
    assert [quantity.name for quantity in q.given] == ["x", "y", "mask1"]
    assert [str(v) for v in q["a1"].flat] == ["0", "4"]
    assert "mask1" not in list(q)


def test_the_numbers_that_a_mask_is_drawn_from_may_be_given_instead():
    q = solve(question('{ layer = "Dropout", rate = 0.25, u = [0.7, 0.8] }'))["q"]
    assert [str(v) for v in q["mask1"].flat] == ["1", "0"]


def test_a_value_may_be_a_name_inside_a_container():
    q = solve(
        question(
            '{ layer = "Chain", layers = [{ layer = "Dense", units = 1, W = [["w"], [1]] }] }',
            more="y = [[0]]",
        )
    )["q"]
    assert str(q["dW1_1"][0, 0].expression.expand()) == "2*w + 4"


def test_momentum_is_exact_on_paper():
    q = solve(question('{ layer = "BatchNormalization", epsilon = 0 }', "[[1], [3]]", "y = [[0], [0]]"))["q"]
    assert str(q["moving_mean1_new"].item()) == "1/50"
    assert str(q["moving_var1_new"].item()) == "1"


MISTAKES = {
    "an argument that is not known": (
        question('{ layer = "Conv2D", filter = 1 }'),
        ["given.layers[1]", "filters"],
    ),
    "a value that the layer does not have": (
        question('{ layer = "BatchNormalization", mask = [1, 2] }'),
        [
            "given.layers[1].mask",
            "takes the arguments axis, momentum",
            "its values are gamma, beta, moving_mean",
        ],
    ),
    "a misspelt argument inside a container": (
        question('{ layer = "Residual", layers = [{ layer = "Dense", unit = 2 }] }'),
        ["given.layers[1].layers[1].unit: unknown key (did you mean 'units'?)"],
    ),
    "a value of a container": (
        question('{ layer = "Chain", layers = [{ layer = "Dense", units = 2 }], W = [1] }'),
        ["given.layers[1].W", "Chain takes the arguments layers, name", "it has no values"],
    ),
    "values missing inside a branch": (
        question('{ layer = "Branches", branches = [[], [{ layer = "Dense", units = 1 }]] }'),
        ["given.layers[1].branches[2][1].W", "is missing", "shape 2 × 1"],
    ),
    "an unknown layer inside a container": (
        question('{ layer = "Chain", layers = [{ layer = "Dens" }] }'),
        ["given.layers[1].layers[1].layer", "'Dens'", "did you mean 'Dense'?"],
    ),
    "a layer of several inputs": (
        question('{ layer = "Add" }'),
        ["given.layers[1].layer", "Branches or Residual"],
    ),
    "a mask that is missing": (
        question('{ layer = "Dropout", rate = 0.5 }'),
        ["given.layers[1].mask", "is missing", "shape 1 × 2", "or u, numbers drawn evenly from 0 to 1"],
    ),
    "noise that is missing": (
        question('{ layer = "GaussianNoise", stddev = 1 }'),
        ["given.layers[1].n", "is missing", "mean 0 and standard deviation 1", "1 × 2"],
    ),
    "a mask of another shape": (
        question('{ layer = "Dropout", rate = 0.5, mask = [1, 0, 1] }'),
        ["given.layers[1].mask", "expected shape 1 × 2, got 1 × 3"],
    ),
    "one mask for several updates": (
        question('{ layer = "Dropout", rate = 0.5, mask = [1, 0] }', more="y = [[1, 2]]\nepochs = 3"),
        ["given.layers[1].mask", "each of the 3 updates", "a list of 3, each 1 × 2"],
    ),
    "a kernel of another shape": (
        question(CONV + "W = [[1, 2, 3]] }", "[[1, 2], [3, 4]]", "y = 1"),
        ["given.layers[1].W", "expected shape 2 × 2 × 1 × 1, got 1 × 3"],
    ),
    "an image that is too small": (
        question(CONV + KERNEL + " }", "[[1, 2]]", "y = 1"),
        ["given.layers", "layer 1 (conv2d)", "2 × 2 does not fit"],
    ),
    "targets of another shape": (
        question(CONV + KERNEL + " }", "[[1, 2, 3], [3, 4, 5]]", "y = [1, 2, 3]"),
        ["given.y", "expected 1 × 1 × 2 × 1 values"],
    ),
    "an update that nothing is trained for": (
        question('{ layer = "Dropout", rate = 0.5 }', more="y = [[1, 2]]\ntraining = false\nepochs = 2"),
        ["given.epochs", "of no use where training is false"],
    ),
    "the gradients of a prediction": (
        question('{ layer = "Dropout", rate = 0.5 }', more="training = false").replace(
            "[question.given]", "find = ['gradients']\n[question.given]"
        ),
        ["find: 'gradients'", "no part"],
    ),
    "inputs of no shape": (
        '[[question]]\nid = "q"\ntopic = "network"\n[question.given]\ninputs = [0, 2]\n'
        'layers = [{ layer = "Flatten" }]',
        ["given.inputs", "as 4 or [28, 28, 1]"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named_with_their_place(text, expected):
    with pytest.raises(SheetError) as error:
        solve(text)
    message = str(error.value)
    assert "\n" not in message
    assert [part for part in expected if part not in message] == [], message


def test_dropout_that_drops_nothing_needs_no_mask():
    q = solve(question('{ layer = "Dropout", rate = 0 }'))["q"]
    assert [str(v) for v in q["a1"].flat] == ["1", "2"]


# --------------------------------------------------------------------------- what it looks like


def test_stacks_of_matrices_are_written_by_sample_channel_and_filter():
    model = model_of("Conv2D", MAPS, {"filters": 2, "kernel_size": 2})
    working = model.work(samples(MAPS), targets(model))
    text = str(working)
    for name in ("sample 1, channel 1: [[", "sample 2, channel 2: [[", "channel 2, filter 1: [["):
        assert name in text
    (entry,) = [e for part in explain(working) for e in part.entries if e.name == "z1"]
    assert entry.value_tex.count(r"\begin{bmatrix}") == 4
    assert r"\text{sample 2}" in entry.value_tex


@pytest.mark.parametrize("ending", ["html", "tex", "md", "ipynb", "json"])
def test_every_format_shows_images_and_graphs(ending, tmp_path):
    model = model_of("Residual", *EXAMPLES["Residual"][1])
    path = tmp_path / f"sheet.{ending}"
    model.work(samples((3, 3, 1)), targets(model)).save(path)
    assert len(path.read_text(encoding="utf-8")) > 5000


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_layer_is_written_as_html_and_as_text(kind, tmp_path):
    for shape, arguments in EXAMPLES[kind]:
        model = model_of(kind, shape, arguments)
        working = model.work(samples(shape, kind), targets(model))
        working.save(tmp_path / "sheet.html")
        assert plain_name(working.names[0]) in str(working)


NAMES = {
    "xhat1": (r"\hat{x}_{1}", "x\u0302₁"),
    "mean3_1": (r"\mu_{3,1}", "μ₃,₁"),
    "dvar1": (r"\frac{\partial L}{\partial {\sigma^{2}}_{1}}", "∂L/∂σ²₁"),
    "moving_mean1_new": (r"\bar{\mu}_{1}^{\text{new}}", "μ\u0305₁ new"),
    "moving_var1.3": (r"{\bar{\sigma}{}^{2}}_{1}^{(3)}", "σ\u0305²₁⁽³⁾"),
    "deviation2": ("s_{2}", "s₂"),
    "da1_by_2": (r"\left( \frac{\partial L}{\partial a_{1}} \right)^{\text{by 2}}", "(∂L/∂a₁) by 2"),
    "dx_by_3_1": (r"\left( \frac{\partial L}{\partial x} \right)^{\text{by 3,1}}", "(∂L/∂x) by 3,1"),
    "x_2": ("x_{2}", "x₂"),
    "z3_1": ("z_{3,1}", "z₃,₁"),
    "mask2": (r"\text{mask}_{2}", "mask₂"),
    "penaltyW1": ("R_{W_{1}}", "R_W₁"),
    "data_loss": (r"L_{\text{data}}", "L_data"),
}


@pytest.mark.parametrize(("name", "tex", "plain"), [(k, *v) for k, v in NAMES.items()], ids=NAMES)
def test_names_are_written_alike_in_tex_and_plain(name, tex, plain):
    assert (tex_name(name), plain_name(name)) == (tex, plain)
    assert as_plain(tex) == plain


def test_with_a_penalty_the_gradients_say_of_what_they_are():
    model = model_of("Dense", (3,), {"units": 2, "kernel_regularizer": "l2"})
    text = str(model.work(samples((3,)), targets(model)))
    assert "∂(L_data)/∂W₁ = xᵀ" in text or "∂L_data/∂W₁ = xᵀ" in text
    assert "∂L/∂W₁ = " in text

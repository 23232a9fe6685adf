"""The topic ``cost``, against Keras, against published figures, and against counting one by one."""

import re
import tomllib
from fractions import Fraction
from pathlib import Path

import jsonschema
import keras
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import main
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError, question_model
from chainrule.paper.solving import solve
from chainrule.paper.topics.cost.reading import LAYERS
from chainrule.paper.workings import Document
from chainrule.rules.counting import output_shapes
from chainrule.rules.windows import same_padding

SHEETS = Path(__file__).parent.parent / "worksheets"
SHEET, ANSWERS = SHEETS / "15-cost.toml", SHEETS / "answers" / "15-cost.toml"
same_draws = settings(derandomize=True, deadline=None, max_examples=50)


def as_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def sheet(find=None, **question):
    lines = [f"{key} = {as_toml(value)}" for key, value in question.items()]
    wanted = f"find = {as_toml(find)}\n" if find else ""
    return f'[[question]]\nid = "q"\ntopic = "cost"\n{wanted}[question.given]\n' + "\n".join(lines)


def counted(find=None, **question):
    return solve(sheet(find, **question))["q"]


def plain(working, name):
    array = working.tape[name].value
    assert all(v.exact is not None and v.exact.q == 1 for v in array.flat)
    values = [int(v.exact.p) for v in array.flat]
    return values if array.ndim else values[0]


def conv(filters, kernel_size, **more):
    return {"layer": "Conv2D", "filters": filters, "kernel_size": kernel_size, **more}


def dense(units, **more):
    return {"layer": "Dense", "units": units, **more}


# --------------------------------------------------------------------------- Keras, the oracle


INITIALIZED = {
    "Conv2D": ("kernel",),
    "Dense": ("kernel",),
    "DepthwiseConv2D": ("depthwise",),
    "SeparableConv2D": ("depthwise", "pointwise"),
}


def kept_shapes(layers, x, number="", shapes=None):
    """A Keras graph of a sheet's layers, with the shape behind each by its number."""
    shapes = {} if shapes is None else shapes
    for i, table in enumerate(layers, start=1):
        here = f"{number}{i}"
        if "branches" in table:
            ends = [
                kept_shapes(branch, x, f"{here}_{b}_", shapes)[0]
                for b, branch in enumerate(table["branches"], start=1)
            ]
            join = keras.layers.Add if table.get("join") == "add" else keras.layers.Concatenate
            x = join()(ends) if len(ends) > 1 else ends[0]
        else:
            arguments = {k: v for k, v in table.items() if k not in ("layer", "name")}
            for kernel in INITIALIZED.get(table["layer"], ()):
                arguments[f"{kernel}_initializer"] = "zeros"  # random ones take seconds to compile
            if isinstance(arguments.get("padding"), int):
                x = keras.layers.ZeroPadding2D(arguments.pop("padding"))(x)
            x = getattr(keras.layers, table["layer"])(**arguments)(x)
        shapes[here] = list(x.shape[1:])
    return x, shapes


def keras_model(shape, layers):
    start = keras.Input(tuple(shape))
    end, shapes = kept_shapes(layers, start)
    return keras.Model(start, end), shapes


def keras_multiplications(model):
    """The products of each number of an output, counted from the shapes of Keras' arrays."""
    total = 0
    for layer in model.layers:
        output = layer.output.shape[1:] if layer.weights else ()
        match type(layer).__name__:
            case "Conv2D":
                total += np.prod(output) * np.prod(layer.kernel.shape[:3])
            case "DepthwiseConv2D":
                total += np.prod(output) * np.prod(layer.kernel.shape[:2])
            case "SeparableConv2D":
                total += np.prod(output[:2]) * np.prod(layer.depthwise_kernel.shape)
                total += np.prod(output[:2]) * np.prod(layer.pointwise_kernel.shape)
            case "Dense":
                total += np.prod(output[:-1]) * np.prod(layer.kernel.shape)
    return int(total)


def check_against_keras(shape, layers):
    model, shapes = keras_model(shape, layers)
    working = counted(input=shape, layers=layers)
    assert plain(working, "parameters") == model.count_params()
    assert plain(working, "multiplications") == keras_multiplications(model)
    for number, expected in shapes.items():
        name = f"shape{number}"
        if name in working.tape.quantities:
            assert plain(working, name) == expected
    trained = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    name = "trainable" if "trainable" in working.tape.quantities else "parameters"
    assert plain(working, name) == trained
    return working, model


PAIR = st.integers(1, 4) | st.lists(st.integers(1, 4), min_size=2, max_size=2)


@st.composite
def convolutions(draw, channels):
    kind = draw(st.sampled_from(["Conv2D", "DepthwiseConv2D", "SeparableConv2D"]))
    padding = draw(st.sampled_from(["valid", "same"] if kind != "Conv2D" else ["valid", "same", 1, 2]))
    table = {"layer": kind, "kernel_size": draw(PAIR), "padding": padding, "use_bias": draw(st.booleans())}
    if draw(st.booleans()):
        table["strides"] = draw(st.integers(1, 3))
    elif kind == "Conv2D":
        table["dilation_rate"] = draw(st.integers(1, 2))
    if kind == "Conv2D":
        groups = draw(st.sampled_from([g for g in (1, 2, 3, 4) if channels % g == 0]))
        return {**table, "groups": groups, "filters": groups * draw(st.integers(1, 4))}
    table["depth_multiplier"] = draw(st.integers(1, 2))
    if kind == "SeparableConv2D":
        table["filters"] = draw(st.integers(1, 6))
    return table


@st.composite
def layer_tables(draw, channels):
    poolings = {
        "layer": st.sampled_from(["MaxPooling2D", "AveragePooling2D"]),
        "pool_size": st.integers(1, 3),
        "padding": st.sampled_from(["valid", "same"]),
    }
    plain_ones = [{"layer": "BatchNormalization"}, {"layer": "ReLU"}, {"layer": "Dropout", "rate": 0.5}]
    return draw(
        st.one_of(
            convolutions(channels),
            st.fixed_dictionaries(poolings, optional={"strides": st.integers(1, 2)}),
            st.sampled_from([*plain_ones, {"layer": "BatchNormalization", "scale": False}, dense(5)]),
        )
    )


def channels_behind(table, channels):
    if table["layer"] == "DepthwiseConv2D":
        return channels * table["depth_multiplier"]
    return table.get("filters") or table.get("units") or channels


@st.composite
def stacks(draw):
    channels = draw(st.integers(1, 6))
    shape, layers = [draw(st.integers(12, 30)), draw(st.integers(12, 30)), channels], []
    for _ in range(draw(st.integers(1, 4))):
        layers.append(draw(layer_tables(channels)))
        channels = channels_behind(layers[-1], channels)
    if draw(st.booleans()):
        widths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
        layers.append({"branches": [[conv(w, 3, padding="same"), {"layer": "ReLU"}] for w in widths] + [[]]})
    ends = [[], [{"layer": "Flatten"}, dense(3)], [{"layer": "GlobalAveragePooling2D"}, dense(4)]]
    return shape, layers + draw(st.sampled_from(ends))


@settings(same_draws, max_examples=12)
@given(stacks())
def test_random_stacks_have_keras_shapes_and_counts(stack):
    shape, layers = stack
    try:
        keras_model(shape, layers)
    except ValueError:
        with pytest.raises(SheetError, match="does not fit into the input"):
            counted(input=shape, layers=layers)
        return
    check_against_keras(shape, layers)


@settings(same_draws, max_examples=12)
@given(st.data())
def test_multiplications_are_counted_one_by_one_by_a_convolution_of_ones(data):
    # With weights and inputs of 1 every product is 1, so the outputs add up to their number.
    channels = data.draw(st.sampled_from([1, 2, 4]))
    table = data.draw(convolutions(channels).filter(lambda t: t["layer"] != "SeparableConv2D"))
    table = {**table, "padding": "valid", "use_bias": False}
    shape = [13, 11, channels]
    start = keras.Input(tuple(shape))
    initializer = "depthwise_initializer" if table["layer"] == "DepthwiseConv2D" else "kernel_initializer"
    arguments = {k: v for k, v in table.items() if k != "layer"} | {initializer: "ones"}
    layer = getattr(keras.layers, table["layer"])(**arguments)
    layer(start)
    ones = np.asarray(layer(np.ones((1, *shape), np.float32)), np.float64)
    assert plain(counted(input=shape, layers=[table]), "multiplications") == round(ones.sum())


# ------------------------------------------------------------------------- published figures


def vgg16():
    layers = []
    for filters, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [conv(filters, 3, padding="same", activation="relu")] * times
        layers.append({"layer": "MaxPooling2D", "pool_size": 2, "strides": 2})
    return [*layers, {"layer": "Flatten"}, dense(4096), dense(4096), dense(1000)]


def test_vgg_16_has_138_357_544_parameters_and_15_5_billion_multiplications():
    working = counted(input=[224, 224, 3], layers=vgg16())
    assert plain(working, "parameters") == 138_357_544  # keras.io/api/applications
    assert plain(working, "multiplications") == 15_470_264_320  # "15.5 GFLOPs"
    assert plain(working, "shape18") == [7, 7, 512]


def mobilenet():
    def block(filters, strides):
        flat = {"layer": "DepthwiseConv2D", "kernel_size": 3, "strides": strides, "padding": "same"}
        normalized = [{"layer": "BatchNormalization"}, {"layer": "ReLU"}]
        return [{**flat, "use_bias": False}, *normalized, conv(filters, 1, use_bias=False), *normalized]

    stem = conv(32, 3, strides=2, padding="same", use_bias=False)
    layers = [stem, {"layer": "BatchNormalization"}, {"layer": "ReLU"}]
    for filters, strides in (
        *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
        *([(512, 1)] * 5),
        *((1024, 2), (1024, 1)),
    ):
        layers += block(filters, strides)
    return [*layers, {"layer": "GlobalAveragePooling2D"}, dense(1000)]


def test_mobilenet_has_keras_parameters_and_the_papers_569_million_multiplications():
    working = counted(input=[224, 224, 3], layers=mobilenet())
    assert plain(working, "parameters") == 4_253_864  # keras.applications.MobileNet().summary()
    assert plain(working, "trainable") == 4_231_976
    assert round(plain(working, "multiplications") / 1e6) == 569  # Howard et al. (2017), table 4


def test_inception_3a_of_googlenet_has_the_papers_figures():
    branches = [
        [conv(64, 1)],
        [conv(96, 1), conv(128, 3, padding="same")],
        [conv(16, 1), conv(32, 5, padding="same")],
        [{"layer": "MaxPooling2D", "pool_size": 3, "strides": 1, "padding": "same"}, conv(32, 1)],
    ]
    working, _ = check_against_keras([28, 28, 192], [{"branches": branches}])
    assert plain(working, "shape1") == [28, 28, 256]
    assert round(plain(working, "multiplications") / 1e6) == 128  # Szegedy et al. (2015), table 1
    assert plain(working, "parameters") // 1024 == 159


def test_alexnet_in_two_groups_has_61_million_parameters():
    pool = {"layer": "MaxPooling2D", "pool_size": 3, "strides": 2}
    layers = [
        *(conv(96, 11, strides=4), pool, conv(256, 5, padding="same", groups=2), pool),
        *(conv(384, 3, padding="same"), conv(384, 3, padding="same", groups=2)),
        *(conv(256, 3, padding="same", groups=2), pool, {"layer": "Flatten"}),
        *(dense(4096), dense(4096), dense(1000)),
    ]
    working = counted(input=[227, 227, 3], layers=layers)
    assert plain(working, "parameters") == 60_965_224  # the figure of the published Caffe model
    assert plain(working, "multiplications") == 724_406_816


@pytest.mark.parametrize("last", [[{"layer": "Activation", "activation": "relu"}], []])
def test_residual_blocks_in_branches_are_those_of_keras(last):
    inner = [conv(8, 3, padding="same"), {"layer": "BatchNormalization"}]
    block = {"join": "add", "branches": [[*inner, {"join": "add", "branches": [inner, []]}], [conv(8, 1)]]}
    check_against_keras([9, 9, 4], [block, *last])


def test_a_dense_layer_on_a_feature_map_works_on_its_last_axis_as_in_keras():
    check_against_keras([6, 5, 3], [dense(7), {"layer": "Flatten"}, dense(2, use_bias=False)])
    check_against_keras([6, 5], [dense(7)])
    said = str(counted(input=[6, 5, 3], layers=[dense(7)]))
    assert "the same layer stands at each of the 6 × 5 places" in " ".join(said.split())
    assert "6·5·3·7 = 630" in said


def test_letters_are_explained_where_they_are_used():
    plane, flat = [conv(2, 3), {"layer": "Flatten"}], [dense(2)]
    both, one = (str(counted(input=[5, 5, 1], layers=layers)) for layers in (plane + flat, plane))
    assert "N the inputs of a dense layer" in " ".join(both.split())
    assert "N the inputs" not in one
    assert "n_h × n_w × C" in one
    assert "n_h" not in str(counted(input=[3], layers=flat))


def test_the_largest_width_is_not_found_from_a_rounded_limit():
    question = {"input": [28, 28, 64], "layers": [conv(64, 3, strides=2)], "width": 8}
    for places in (0, 1, 2):
        text = sheet(None, **question).replace("[question.given]", f"rounding = {places}\n[question.given]")
        assert plain(solve(text)["q"], "largest_width1") == 42


def test_layers_in_place_take_no_memory_and_it_is_said():
    working = counted(input=[4, 4, 1], layers=[conv(2, 1), {"layer": "ReLU"}])
    assert plain(working, "values") == 16 + 32
    assert "A layer that keeps the shape works in place." in " ".join(str(working).split())
    assert "in place" not in str(counted(input=[4, 4, 1], layers=[conv(2, 1)]))


# ------------------------------------------------------------------- the acceptance figures


def test_the_bottleneck_of_the_course():
    working = counted(input=[28, 28, 192], layers=[conv(32, 5, padding="same")], width=16)
    assert plain(working, "multiplications") == 120_422_400
    assert plain(working, "multiplications_new") == 12_443_648
    assert plain(working, "saving") == 120_422_400 - 12_443_648
    assert str(working["ratio"][()]) == str(Fraction(120_422_400, 12_443_648))
    assert str(working["percent"][()]) == str(100 - 100 * Fraction(12_443_648, 120_422_400))
    assert "28·28·32·5·5·192 = 120422400" in str(working)
    assert "28·28·16·1·1·192 = 2408448" in str(working)


def test_the_inception_module_of_the_course():
    module = {"branches": [[conv(128, 3, padding="same")], [conv(32, 5, padding="same")]]}
    working = counted(input=[32, 32, 192], layers=[module], width=[64, 16])
    assert plain(working, "multiplications") == 383_778_816
    assert plain(working, "multiplications_new") == 104_333_312
    assert plain(working, "shape1") == plain(working, "shape1_new") == [32, 32, 160]


def test_flattening_and_filters_as_large_as_the_image_take_the_same():
    working = counted(input=[32, 32, 1], layers=[{"layer": "Flatten"}, dense(5)], compare=[conv(5, 32)])
    assert plain(working, "parameters") == plain(working, "parameters_second") == 5125
    assert plain(working, "multiplications") == plain(working, "multiplications_second") == 5120
    assert "Both take the same number of parameters: 5,125." in str(working)


def test_a_filter_as_large_as_the_image_has_unequal_zeros_around_it():
    working = counted(input=[28, 28, 192], layers=[conv(32, 28, padding="same")])
    assert plain(working, "before1") == [13, 13]
    assert plain(working, "after1") == [14, 14]
    assert plain(working, "shape1") == [28, 28, 32]


@pytest.mark.parametrize("budget", [777_728, 13_000_000, 60_000_000, 120_422_399])
def test_the_width_within_a_budget_is_the_largest(budget):
    layers = [conv(32, 5, padding="same")]
    width = plain(counted(input=[28, 28, 192], layers=layers, budget=budget), "width")

    def cost(w):
        new = [conv(w, 1), *layers]
        return plain(counted(input=[28, 28, 192], layers=new), "multiplications")

    assert cost(width) <= budget < cost(width + 1)


def test_other_layers_are_paid_for_out_of_the_budget_first():
    layers = [conv(64, 1), conv(32, 5, padding="same"), conv(8, 1)]
    question = {"input": [14, 14, 16], "layers": layers}
    working = counted(**question, budget=5_000_000)
    width, others = plain(working, "width"), 14 * 14 * (16 * 64 + 32 * 8)
    assert plain(working, "others") == others
    assert plain(working, "multiplications_new") <= 5_000_000
    wider = counted(**question, width=width + 1)
    assert plain(wider, "multiplications_new") > 5_000_000


@same_draws
@given(st.integers(1, 40), st.integers(1, 40), st.integers(2, 5), st.integers(1, 3))
def test_a_bottleneck_saves_up_to_the_largest_width_and_no_further(channels, filters, kernel, strides):
    layers = [conv(filters, kernel, padding="same", strides=strides)]
    question = {"input": [12, 12, channels], "layers": layers}
    limit = plain(counted(**question, width=1), "largest_width1")
    if limit:
        assert plain(counted(**question, width=limit), "saving") > 0
    assert plain(counted(**question, width=limit + 1), "saving") <= 0


def test_a_separable_convolution_is_counted_as_a_depthwise_and_a_pointwise_one():
    question = {"input": [28, 28, 192], "layers": [conv(32, 5, padding="same", strides=2)]}
    working = counted(**question, separable=True)
    flat = {"layer": "DepthwiseConv2D", "kernel_size": 5, "strides": 2, "padding": "same", "use_bias": False}
    two = counted(input=[28, 28, 192], layers=[flat, conv(32, 1)])
    for word in ("parameters", "multiplications"):
        assert plain(working, f"{word}_new") == plain(two, word)


def test_memory_and_multiplications_of_a_batch():
    question = {"input": [10, 10, 3], "layers": [conv(4, 3), {"layer": "Flatten"}, dense(2)]}
    one, many = counted(**question), counted(**question, batch_size=32, bytes_per_number=2)
    values = 300 + 8 * 8 * 4 + 256 + 2
    assert plain(one, "activation_bytes") == 4 * values
    assert plain(one, "parameter_bytes") == 4 * (3 * 9 * 4 + 4 + 256 * 2 + 2)
    assert plain(many, "activation_bytes") == 2 * 32 * values
    assert plain(many, "batch_multiplications") == 32 * plain(one, "multiplications")


def test_a_stack_without_parameters_counts_nothing():
    working = counted(input=[4, 4, 1], layers=[{"layer": "MaxPool2D"}, {"layer": "ReLU"}])
    assert plain(working, "parameters") == plain(working, "multiplications") == 0
    compared = counted(input=[4, 4, 1], layers=[{"layer": "ReLU"}], compare=[{"layer": "Flatten"}])
    assert "ratio" not in compared.tape.quantities
    assert "They give different shapes of the same size: 4 × 4 × 1, and 16." in str(compared)


# ----------------------------------------------------------------------------- the worksheet


def bottlenecked(layers, widths):
    made = []
    for table in layers:
        if "branches" in table:
            made.append({**table, "branches": [bottlenecked(b, widths) for b in table["branches"]]})
        else:
            large = table["layer"] == "Conv2D" and table["kernel_size"] not in (1, [1, 1])
            made += [conv(widths.pop(0), 1), table] if large else [table]
    return made


def second_design(question, answers):
    """The layers that a question compares with, built here from what is given."""
    if "compare" in question:
        return question["compare"], "_second"
    if "separable" in question:
        [table] = question["layers"]
        return [{**table, "layer": "SeparableConv2D"}], "_new"
    if "width" in question or "budget" in question:
        widths = question.get("width", answers.get("width"))
        return bottlenecked(
            question["layers"], list(widths) if isinstance(widths, list) else [widths]
        ), "_new"
    return None, ""


def keras_counts(shape, layers, ending, wanted):
    model, shapes = keras_model(shape, layers)
    counts = {
        "parameters": model.count_params(),
        "multiplications": keras_multiplications(model),
        "trainable": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
    } | {f"shape{number}": each for number, each in shapes.items()}
    alone = {}
    places = {"": (shape, layers)} | {
        f"{i}_{b}_": (shapes.get(str(i - 1), shape), branch)
        for i, table in enumerate(layers, start=1)
        for b, branch in enumerate(table.get("branches", []), start=1)
    }
    for prefix, (start, stack) in places.items():
        for i, table in enumerate(stack, start=1):
            names = {f"{word}{prefix}{i}{ending}" for word in ("parameters", "multiplications")}
            if names & wanted:
                before = start if i == 1 else shapes[f"{prefix}{i - 1}"]
                one, _ = keras_model(before, [table])
                alone[f"parameters{prefix}{i}"] = one.count_params()
                alone[f"multiplications{prefix}{i}"] = keras_multiplications(one)
    return {name + ending: count for name, count in (counts | alone).items()}


def test_the_worksheets_answers_are_those_of_keras():
    questions = {q["id"]: q["given"] for q in tomllib.loads(SHEET.read_text("utf-8"))["question"]}
    answers = tomllib.loads(ANSWERS.read_text("utf-8"))
    assert list(answers) == list(questions)
    by_hand = {"width", "largest_width1", "break_even1"}
    for name, question in questions.items():
        found = keras_counts(question["input"], question["layers"], "", set(answers[name]))
        other, ending = second_design(question, answers[name])
        if other:
            found |= keras_counts(question["input"], other, ending, set(answers[name]))
            first, second = found["multiplications"], found[f"multiplications{ending}"]
            saved = first - second
            found |= {"saving": saved, "ratio": first / second, "percent": round(100 * saved / first, 4)}
        for key, answer in answers[name].items():
            assert key in by_hand or found[key] == answer, (name, key)
    budget = answers["within-a-budget"]
    each = 28 * 28 * 192 + 28 * 28 * 32 * 25
    assert budget["break_even1"] == round(120_422_400 / each, 3)
    assert budget["largest_width1"] == 120_422_400 // each
    assert budget["width"] == 13_000_000 // each


def test_the_worksheet_is_answered_so():
    solution = solve(SHEET)
    for name, answers in tomllib.loads(ANSWERS.read_text("utf-8")).items():
        for key, answer in answers.items():
            value = solution[name].tape[key].value
            expected = np.asarray(answer)
            assert value.shape == expected.shape
            np.testing.assert_allclose(value.astype(float), expected, rtol=4e-6, err_msg=f"{name}.{key}")


# ---------------------------------------------------------------------------------- mistakes

SMALL = {"input": [8, 8, 4], "layers": [conv(8, 3)]}
MISTAKES = {
    "a filter larger than the image": (
        {"input": [4, 4, 1], "layers": [conv(2, 5)]},
        "given.layers[1].kernel_size: 5 × 5 does not fit into the input of 4 × 4",
    ),
    "a dilated filter larger than the image": (
        {"input": [4, 4, 1], "layers": [conv(2, 3, dilation_rate=2)]},
        "given.layers[1].kernel_size: 5 × 5 does not fit into the input of 4 × 4",
    ),
    "a pool that could lie in the padding alone": (
        {"input": [4, 4, 1], "layers": [{"layer": "MaxPooling2D", "pool_size": 2, "padding": 2}]},
        "given.layers[1].padding: 2, and a window of 2 could hold no number of the input; expected at most 1",
    ),
    "a pool larger than what is left": (
        {"input": [4, 4, 1], "layers": [conv(2, 3), {"layer": "MaxPooling2D", "pool_size": 3}]},
        "given.layers[2].pool_size: 3 × 3 does not fit into the input of 2 × 2",
    ),
    "stride 0": (
        {"input": [4, 4, 1], "layers": [conv(2, 3, strides=0)]},
        "given.layers[1].strides: expected at least 1 and at most 1,000,000; got 0",
    ),
    "a padding that is no word": (
        {"input": [4, 4, 1], "layers": [conv(2, 3, padding="full")]},
        "given.layers[1].padding: expected 'valid', 'same' or whole numbers; got 'full'",
    ),
    "three sides": (
        {"input": [4, 4, 1], "layers": [conv(2, [1, 2, 3])]},
        "given.layers[1].kernel_size: expected a whole number, or two as [3, 3]; got a list",
    ),
    "a pair with a 0": (
        {"input": [4, 4, 1], "layers": [conv(2, [1, 0])]},
        "given.layers[1].kernel_size: expected at least 1 and at most 1,000,000; got 1 and 0",
    ),
    "heights that differ": (
        {"input": [8, 8, 1], "layers": [{"branches": [[conv(2, 3)], [conv(2, 5)]]}]},
        "given.layers[1].branches: branch 1 gives 6 × 6 × 2, branch 2 4 × 4 × 2; "
        "branches that are concatenated need the same heights and widths",
    ),
    "shapes that differ": (
        {"input": [8, 8, 1], "layers": [{"join": "add", "branches": [[conv(2, 1)], []]}]},
        "given.layers[1].branches: branch 1 gives 8 × 8 × 2, branch 2 8 × 8 × 1; "
        "branches that are added need the same shapes",
    ),
    "units that are concatenated": (
        {"input": [8], "layers": [{"branches": [[dense(2)], []]}]},
        "given.layers[1]: branches are concatenated along channels: each needs height, width and channels",
    ),
    "groups and channels": (
        {"input": [8, 8, 4], "layers": [conv(3, 3, groups=3)]},
        "given.layers[1].groups: 3 groups do not divide the 4 channels of the input",
    ),
    "groups and filters": (
        {"input": [8, 8, 6], "layers": [conv(4, 3, groups=3)]},
        "given.layers[1].groups: 3 groups do not divide the 4 filters",
    ),
    "width 0": (SMALL | {"width": 0}, "given.width: expected at least 1 and at most 1,000,000; got 0"),
    "width text": (
        SMALL | {"width": "2"},
        "given.width: expected a whole number, or a list of them; got '2'",
    ),
    "too many widths": (
        SMALL | {"width": [1, 2]},
        "given.width: expected one width, or one for each convolution larger than 1 × 1 (1); got 2",
    ),
    "no large convolution": (
        {"input": [8, 8, 4], "layers": [conv(8, 1)], "width": 2},
        "given.layers: no convolution here is larger than 1 × 1; a bottleneck saves nothing",
    ),
    "nothing to separate": (
        {"input": [8, 8, 4], "layers": [conv(8, 1)], "separable": True},
        "given.separable: no convolution here is larger than 1 × 1",
    ),
    "a budget that no width meets": (
        SMALL | {"budget": 100},
        "given.budget: no width meets 100; a bottleneck of 1 takes 2,848",
    ),
    "a budget that needs none": (
        SMALL | {"budget": 10368},
        "given.budget: without a bottleneck it takes 10,368, which is within 10,368: none is needed",
    ),
    "a budget for two": (
        SMALL | {"layers": [conv(8, 3), conv(8, 3)], "budget": 100},
        "given.budget: a budget is for one convolution larger than 1 × 1; got 2. Give widths instead",
    ),
    "two ways at once": (
        SMALL | {"budget": 100, "width": 2},
        "given: width and budget exclude each other; give one of them",
    ),
    "a convolution of units": (
        {"input": [8], "layers": [conv(8, 3)]},
        "given.layers[1]: Conv2D needs height, width and channels; got an input of shape 8",
    ),
    "a convolution behind a flatten, in a branch": (
        {"input": [8, 8, 1], "layers": [{"branches": [[], [{"layer": "Flatten"}, conv(8, 3)]]}]},
        "given.layers[1].branches[2][2]: Conv2D needs height, width and channels; got an input of shape 64",
    ),
    "a mistake in the second design": (
        SMALL | {"compare": [conv(8, 9)]},
        "given.compare[1].kernel_size: 9 × 9 does not fit into the input of 8 × 8",
    ),
    "an unknown layer": (
        {"input": [8], "layers": [{"layer": "Danse"}]},
        "given.layers[1].layer: expected one of",
    ),
    "no layer": (
        {"input": [8], "layers": [{"units": 3}]},
        "given.layers[1]: expected a table with 'layer' or with 'branches'; got keys units",
    ),
    "no filters": (
        {"input": [8, 8, 1], "layers": [{"layer": "Conv2D", "kernel_size": 3}]},
        "given.layers[1].filters: is missing",
    ),
    "an unknown key": (
        {"input": [8, 8, 1], "layers": [conv(8, 3, stride=2)]},
        "given.layers[1].stride: unknown key;",
    ),
    "an unknown activation": (
        {"input": [8], "layers": [dense(8, activation="rellu")]},
        "given.layers[1].activation: unknown activation 'rellu'",
    ),
    "no branches": (
        {"input": [8], "layers": [{"branches": []}]},
        "given.layers[1].branches: expected at least one",
    ),
    "no layers": ({"input": [8], "layers": []}, "given.layers: expected at least one; got an empty list"),
    "an input of 0": ({"input": [0], "layers": [dense(2)]}, "given.input[1]: input should be greater than"),
    "too many layers": (
        {"input": [8], "layers": [{"layer": "ReLU"}] * 201},
        "given.layers: 201 layers; at most 200 are counted",
    ),
}


@pytest.mark.parametrize(("question", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_in_one_line_with_its_place(question, said, tmp_path, capsys):
    path = tmp_path / "sheet.toml"
    path.write_text(sheet(**question), "utf-8")
    with pytest.raises(SheetError) as caught:
        solve(path)
    assert f"question 'q', {said}" in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(SystemExit) as status:
        main(["solve", str(path)])
    assert status.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_branches_nested_too_deeply_are_an_error():
    layers = [{"layer": "ReLU"}]
    for _ in range(7):
        layers = [{"branches": [layers]}]
    with pytest.raises(SheetError, match="nested more than 5 deep"):
        counted(input=[8, 8, 1], layers=layers)


# ---------------------------------------------------------------------------------- the page


def test_every_layer_is_in_the_schema():
    text = str(question_model("cost").model_json_schema())
    assert all(f"'{name}'" in text for name in LAYERS)


def test_the_worksheet_fits_the_schema():
    for question in tomllib.loads(SHEET.read_text("utf-8"))["question"]:
        jsonschema.validate(question, question_model("cost").model_json_schema())


def test_the_documents_example_gives_the_numbers_that_it_names():
    text = (SHEETS.parent / "docs" / "topics" / "cost.md").read_text("utf-8")
    working = solve(re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)[0])["bottleneck"]
    assert plain(working, "multiplications") == 120_422_400
    assert plain(working, "multiplications_new") == 12_443_648


def test_parts_and_quantities_can_be_asked_for():
    question = {"input": [8, 8, 4], "layers": [conv(8, 3), {"layer": "Flatten"}]}
    assert counted(["layer1", "multiplications"], **question).names == [
        "shape1",
        "parameters1",
        "multiplications1",
        "multiplications",
    ]


def test_counts_are_whole_whatever_is_asked_for():
    text = sheet(**SMALL).replace("[question.given]", "closed = true\n[question.given]")
    assert plain(solve(text)["q"], "multiplications") == 36 * 8 * 9 * 4


def test_every_format_shows_the_working_the_table_and_the_picture(tmp_path):
    module = {
        "name": "3a$x_<b>",
        "branches": [
            [conv(4, 1, name="<i>%&#_{")],
            [conv(128, 3, padding="same", dilation_rate=2), {"layer": "BatchNormalization"}],
            [{"layer": "MaxPooling2D", "pool_size": 3, "strides": 1, "padding": "same"}],
            [],
        ],
    }
    tail = [{"layer": "GlobalAveragePooling2D"}, dense(10, activation="softmax")]
    text = sheet(input=[16, 16, 8], layers=[module, *tail], width=2, batch_size=4)
    document = Document([solve(text)])
    for ending in ("html", "tex", "md", "ipynb", "json"):
        document.save(tmp_path / f"a.{ending}")
    html = (tmp_path / "a.html").read_text("utf-8")
    assert html.count("<svg") >= 2
    assert "<i>%" not in html
    assert "<table" in html
    assert r"\cdot" in (tmp_path / "a.tex").read_text("utf-8")
    nbformat.validate(nbformat.read(tmp_path / "a.ipynb", as_version=4))
    assert "multiplications" in str(document)


def test_pictures_of_long_stacks_and_of_nested_branches_are_drawn():
    deep = {"join": "add", "branches": [[{"branches": [[conv(2, 1)], [conv(2, 1)]]}], []]}
    layers = [*vgg16()[:18], {"layer": "Conv2D", "filters": 4, "kernel_size": 1}, deep]
    working = counted(input=[64, 64, 3], layers=layers)
    [picture] = working.pictures
    svg = picture.draw()
    assert svg.startswith("<svg")
    assert len(re.findall(r'<path d="[^"]*" clip-path', svg)) >= len(layers)


def test_the_rules_count_floats_and_exact_numbers_alike():
    exact = np.array([Number(28), Number(28), Number(192)], dtype=object)
    assert output_shapes.flat_shape(exact).tolist() == [Number(150528)]
    assert output_shapes.flat_shape(np.array([28.0, 28.0, 192.0])).tolist() == [150528.0]
    padded = same_padding(np.array([7.0, 8.0]), np.array([3.0, 1.0]), np.array([2.0, 4.0]))
    assert padded.tolist() == [2.0, 0.0]

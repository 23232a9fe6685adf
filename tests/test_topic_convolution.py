"""The topic ``convolution`` and its rules, against SciPy, Keras, JAX and exact differences."""

import itertools
import tomllib
from pathlib import Path

import jax
import keras
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import main
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.terms import Term
from chainrule.paper.topics.convolution.meaning import meaning
from chainrule.paper.workings import Document
from chainrule.rules.convolution.feature_maps import convolution, convolution_without_bias, multiplications
from chainrule.rules.convolution.gradients import convolution_db, convolution_dW, convolution_dx
from compiling import quickly
from marks import but_slow
from windows_oracle import answers_of, convolution_answers, floats, size_answers

SHEETS = Path(__file__).parent.parent / "worksheets"
QUESTIONS = {
    q["id"]: q
    for q in tomllib.loads((SHEETS / "13-convolution.toml").read_text(encoding="utf-8"))["question"]
    if q["topic"] == "convolution"
}
ANSWERS = tomllib.loads((SHEETS / "answers" / "13-convolution.toml").read_text(encoding="utf-8"))
same_draws = settings(derandomize=True, deadline=None, max_examples=25)

EXAM_X = [[3, 1, 4, 1, 5], [9, 2, 6, 5, 3], [5, 8, 9, 7, 9], [3, 2, 3, 8, 4], [1, 2, 3, 4, 5]]
EXAM_W = [[2, 0, 5], [9, 7, 2], [3, 8, 3]]


def as_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def sheet(more="", **keys):
    lines = "\n".join(f"{key} = {as_toml(value)}" for key, value in keys.items())
    return f'[[question]]\nid = "q"\ntopic = "convolution"\n{more}\n[question.given]\n{lines}'


def worked(more="", **keys):
    return solve(sheet(more, **keys))["q"]


def value(working, name):
    """A quantity as floats, whether it was asked for or not."""
    return working.tape[name].value.astype(float)


# ------------------------------------------------------------------------------ worksheet


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_those_of_other_programs(question):
    others = answers_of(QUESTIONS[question])
    answers = ANSWERS[question]
    assert set(others) <= set(answers)
    for name, right in others.items():
        np.testing.assert_allclose(floats(answers[name]), right, atol=1e-9, err_msg=name)


def test_gradients_have_the_size_of_what_they_are_of():
    for question in ("flip-convolution", "cross-correlation"):
        given = QUESTIONS[question]["given"]
        assert ANSWERS[question]["dX_size"] == list(np.shape(given["input"]))
        assert ANSWERS[question]["dW_size"] == list(np.shape(given["filter"]))


def test_figures_of_the_examination():
    flipped = worked(input=EXAM_X, filter=EXAM_W, flip=True, loss="sum")
    assert flipped["Y"].tolist() == [[158, 183, 172], [229, 237, 238], [164, 232, 233]]
    assert flipped["dX"].tolist() == [
        [3, 11, 14, 11, 3],
        [5, 20, 32, 27, 12],
        [10, 25, 39, 29, 14],
        [7, 14, 25, 18, 11],
        [5, 5, 7, 2, 2],
    ]
    assert flipped["dW"].tolist() == [[52, 46, 36], [54, 50, 47], [49, 43, 47]]
    plain = worked(input=EXAM_X, filter=EXAM_W, loss="sum")
    assert plain["Y"].tolist() == [[239, 194, 238], [201, 232, 260], [130, 148, 210]]
    assert plain["dW"].tolist() == [[47, 43, 49], [47, 50, 54], [36, 46, 52]]
    assert (flipped["dW"] == plain["dW"][::-1, ::-1]).all()


# ---------------------------------------------------------------------------------- rules

STRIDES = [(1, 1), (2, 3), (3, 2)]
PADDINGS = [((0, 0), (0, 0)), ((1, 2), (0, 3)), ((4, 4), (5, 1))]
DILATIONS = [(1, 1), (2, 1), (2, 3)]
CASES = list(itertools.product(STRIDES, PADDINGS, DILATIONS, (False, True)))
QUICK = [  # each with each of another kind
    case
    for case in CASES
    if (STRIDES.index(case[0]) + PADDINGS.index(case[1]) + DILATIONS.index(case[2])) % 3 == 0
]


@pytest.mark.parametrize(("strides", "padding", "dilation", "flip"), but_slow(QUICK, CASES))
def test_maps_and_gradients_are_those_of_jax(strides, padding, dilation, flip):
    draw = np.random.default_rng(1)
    x, W, b = draw.normal(size=(2, 9, 8, 3)), draw.normal(size=(3, 2, 3, 4)), draw.normal(size=4)
    options = {"strides": strides, "padding": padding, "dilation": dilation, "flip": flip}
    with jax.enable_x64(True):

        def by_jax(x, W, b):
            kernel = W[::-1, ::-1] if flip else W
            layout = ("NHWC", "HWIO", "NHWC")
            made = jax.lax.conv_general_dilated(
                x, kernel, strides, padding, rhs_dilation=dilation, dimension_numbers=layout
            )
            return made + b

        @quickly
        def in_one_program(x, W, b, dY):
            made, back = jax.vjp(by_jax, x, W, b)
            _, own_back = jax.vjp(lambda *a: convolution(*a, **options), x, W, b)
            return made, back(dY), own_back(dY), convolution_dx(dY, W, x, **options)

        Y = convolution(x, W, b, **options)
        dY = draw.normal(size=Y.shape)
        made, right, own, compiled = in_one_program(*(jax.numpy.asarray(a) for a in (x, W, b, dY)))
        np.testing.assert_allclose(Y, made, atol=1e-11)
        found = (
            convolution_dx(dY, W, x, **options),
            convolution_dW(x, dY, kernel=(3, 2), **options),
            convolution_db(dY),
        )
        for mine, jaxs, of_own in zip(found, right, own, strict=True):
            np.testing.assert_allclose(mine, jaxs, atol=1e-11)
            np.testing.assert_allclose(of_own, jaxs, atol=1e-11)
        np.testing.assert_allclose(compiled, found[0], atol=1e-11)


@pytest.mark.parametrize("axes", [1, 3])
def test_one_and_three_axes(axes):
    draw = np.random.default_rng(2)
    x, W = draw.normal(size=(2, *[6] * axes, 2)), draw.normal(size=(*[3] * axes, 2, 3))
    options = {"strides": (2,) * axes, "padding": ((1, 1),) * axes, "dilation": (1,) * axes}
    letters = "DHW"[-axes:]
    layout = (f"N{letters}C", f"{letters}IO", f"N{letters}C")
    with jax.enable_x64(True):
        right = jax.lax.conv_general_dilated(
            x, W, options["strides"], options["padding"], dimension_numbers=layout
        )
        np.testing.assert_allclose(convolution_without_bias(x, W, **options), right, atol=1e-11)
        gradient = quickly(jax.grad(lambda x: (convolution_without_bias(x, W, **options) ** 2).sum()))(x)
        mine = convolution_dx(2 * np.asarray(right), W, x, **options)
        np.testing.assert_allclose(mine, gradient, atol=1e-10)


@pytest.mark.parametrize(("padding", "strides"), list(itertools.product(["valid", "same"], [1, 2, 3])))
def test_a_worked_map_is_that_of_keras(padding, strides):
    draw = np.random.default_rng(3)
    X, W = draw.integers(-4, 5, size=(2, 7, 6)), draw.integers(-4, 5, size=(3, 2, 4, 3))
    given = {"input": X.tolist(), "filter": W.tolist(), "padding": padding, "strides": strides}
    working = worked(**given)
    with jax.enable_x64(True):
        x, kernel = X.transpose(1, 2, 0)[None].astype(float), W.transpose(2, 3, 1, 0).astype(float)
        right = np.asarray(keras.ops.conv(x, kernel, strides, padding, "channels_last"))[0]
    for k in range(3):
        np.testing.assert_array_equal(value(working, f"Y{k + 1}"), right[..., k])


def test_exact_numbers_give_exact_gradients():
    """The map is linear in x and in W, so differences are the gradient itself."""
    draw = np.random.default_rng(4)
    x, W = numbers(draw.integers(-9, 9, size=(1, 4, 5, 2))), numbers(draw.integers(-9, 9, size=(2, 2, 2, 2)))
    x = x / 7
    options = {"strides": (2, 1), "padding": ((1, 0), (0, 1)), "dilation": (1, 2), "flip": True}
    dY = numbers(draw.integers(-9, 9, size=convolution_without_bias(x, W, **options).shape)) / 3

    def loss(x, W):
        return (convolution_without_bias(x, W, **options) * dY).sum()

    gradients = (
        (convolution_dx(dY, W, x, **options), lambda step: loss(x + step, W), x.shape),
        (convolution_dW(x, dY, kernel=(2, 2), **options), lambda step: loss(x, W + step), W.shape),
    )
    start = loss(x, W)
    for gradient, moved, shape in gradients:
        assert gradient.shape == shape
        for place in np.ndindex(shape):
            step = numbers(np.zeros(shape, dtype=int))
            step[place] = Number(1)
            assert moved(step) - start == gradient[place]


def test_multiplications_are_those_that_are_made():
    x, W = np.full((2, 5, 4, 3), Term(Number(2))), np.full((2, 3, 3, 4), Term(Number(3)))
    options = {"strides": (2, 1), "padding": ((1, 0), (0, 1)), "dilation": (2, 1)}

    def products(term):
        return (term.operation == "*") + sum(products(part) for part in term.arguments)

    made = sum(products(term) for term in convolution_without_bias.function(x, W, **options).flat)
    assert made == multiplications(x.shape, W.shape, **options)


# ------------------------------------------------------------------------------- topic


@st.composite
def questions(draw):
    signal = draw(st.booleans())
    channels, filters = (1 if signal else draw(st.integers(1, 2))), draw(st.integers(1, 2))
    lengths = [draw(st.integers(3, 5)) for _ in range(1 if signal else 2)]
    kernel = [draw(st.integers(1, 3)) for _ in lengths]
    numbers = st.integers(-5, 5)

    def array(shape):
        if not shape:
            return draw(numbers)
        return [array(shape[1:]) for _ in range(shape[0])]

    given = {
        "input": array([channels, *lengths] if channels > 1 else lengths),
        "filter": array(
            [filters] * (filters > 1) + [channels] * (channels > 1) + kernel,
        ),
        "strides": draw(st.integers(1, 3)),
        "padding": [[draw(st.integers(0, 2)), draw(st.integers(1, 2))] for _ in lengths],
        "flip": draw(st.booleans()),
        "bias": array([filters]),
        "loss": "sum",
    }
    if all(n >= 2 * (f - 1) + 1 for n, f in zip(lengths, kernel, strict=True)):
        given["dilation_rate"] = draw(st.integers(1, 2))
    return given


@same_draws
@given(questions())
def test_maps_and_gradients_are_those_of_scipy(given):
    if isinstance(given["input"][0], int):
        given["padding"] = given["padding"][:1]
        others = convolution_answers(given | {"padding": [[0, 0], *given["padding"]]})
    else:
        others = convolution_answers(given)
    working = worked(**given)
    for name, right in others.items():
        np.testing.assert_allclose(value(working, name), right, atol=1e-9, err_msg=name)


@same_draws
@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 4), st.sampled_from(["valid", "same", "keep"]))
def test_sizes_are_those_of_keras(n, f, s, padding):
    if padding == "valid" and f > n:
        return
    given = {"size": n, "kernel_size": f, "strides": s, "padding": padding}
    working = worked(**given)
    for name, right in size_answers(given).items():
        np.testing.assert_array_equal(value(working, name), right, err_msg=name)
    if padding == "keep":
        assert value(working, "size").tolist() == [n, n]


def test_padding_in_every_form():
    image = np.arange(1, 13).reshape(3, 4).tolist()
    for padding, pairs in [
        (1, [[1, 1], [1, 1]]),
        ([2, 0], [[2, 2], [0, 0]]),
        ([[1, 0], [0, 2]], [[1, 0], [0, 2]]),
    ]:
        working = worked(input=image, filter=[[1, 2], [3, 4]], padding=padding)
        right = convolution_answers({"input": image, "filter": [[1, 2], [3, 4]], "padding": pairs})
        np.testing.assert_array_equal(value(working, "Y"), right["Y"])


def test_an_odd_padding_goes_to_the_end_and_is_said():
    working = worked(size=28, kernel_size=28, padding="keep")
    assert working["p"].tolist() == [Number("13.5")] * 2
    assert (working["before"].tolist(), working["after"].tolist()) == ([13, 13], [14, 14])
    assert "not symmetric" in str(working)
    assert "not symmetric" not in str(worked(size=28, kernel_size=3, padding="keep"))


def said_by(**keys):
    return " ".join(str(worked(**keys)).split())


def test_strides_and_dilation_of_gradients_are_said():
    image = [[1, 2, 3, 4]] * 4
    plain = said_by(input=image, filter=[[1, 2], [3, 4]], loss="sum")
    assert "apart" not in plain
    assert "moved" not in plain
    assert "holes" not in plain
    strided = said_by(input=image, filter=[[1, 2], [3, 4]], loss="sum", strides=[2, 1])
    assert "are laid 2 (rows) and 1 (columns) apart, as the stride is." in strided
    assert "gets zeros between its numbers" in strided
    dilated = said_by(input=image, filter=[[1, 2], [3, 4]], loss="sum", dilation_rate=2)
    assert "is moved by 2 each time, as the dilation is." in dilated
    assert "by the turned filter, with the holes of its dilation." in dilated


def test_sentences_are_true_of_what_is_given():
    assert "there are no biases" in said_by(size=5, kernel_size=3, filters=2, use_bias=False)
    assert "a filter has one bias" in said_by(size=5, kernel_size=3, filters=2)
    layers = [{"kernel_size": 5, "padding": 2}, {"kernel_size": 3, "padding": 1}]
    assert "sees 7 inputs along each axis; the input has only 6" in said_by(layers=layers, size=6)
    assert "sees 7 inputs along each axis." in said_by(layers=layers, size=7)
    assert "The bias is added everywhere alike." in said_by(input=[[1, 2]] * 2, filter=[[1, -1]], bias=2)


def test_a_remainder_that_lies_in_the_padding_is_said_so():
    said = said_by(size=5, kernel_size=3, strides=3, padding=1)
    assert "no window reaches the last row and the last column of the input with its padding." in said


def test_a_remainder_of_the_stride_is_said():
    assert "no window reaches the last row" in str(worked(size=[6, 5], kernel_size=3, strides=2))
    assert "no window reaches" not in str(worked(size=5, kernel_size=3, strides=2))


def test_numbers_put_in_are_those_of_the_window():
    text = str(worked(input=EXAM_X, filter=EXAM_W, flip=True))
    assert "Y[1,1] = 3·3 + 1·8 + 4·3 + 9·2 + 2·7 + 6·9 + 5·5 + 9·2 = 158" in text
    several = str(worked(input=[[[1, 2]], [[3, 4]]], filter=[[[5]], [[6]]], bias=7))
    for line in ("P₁[1] = 1·5 = 5", "P₂[1] = 3·6 = 18", "Y[1] = 5 + 18 + 7 = 30"):
        assert line in several


def test_an_unknown_number_stays_in_the_map_and_the_gradients():
    working = worked(input=[["a", 1], [2, "b"]], filter=[["w", 1]], loss="sum")
    assert [str(v) for v in working["Y"].flat] == ["a*w + 1", "b + 2*w"]
    assert [str(v) for v in working["dX"].flat] == ["w", "1", "w", "1"]
    assert str(worked("closed = true", input=[["√2", 1]], filter=[["√2", 0]])["Y"][0, 0]) == "2"


def test_rounding_rounds_the_map():
    working = worked("rounding = 2", input=[["1/3", 1]], filter=[[1, "1/3"]])
    assert working["Y"].tolist() == [[Number("0.67")]]


def test_parts_and_quantities_can_be_asked_for():
    keys = {"input": EXAM_X, "filter": EXAM_W, "loss": "sum"}
    assert worked('find = ["map"]', **keys).names == ["Y"]
    assert worked('find = ["dW", "size"]', **keys).names == ["size", "dW"]


FOUND = [
    ([[1, 0, -1]] * 3, "vertical edges (Prewitt)"),
    ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "vertical edges (Sobel)"),
    ([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], "horizontal edges (Sobel)"),
    ([[1, -1]], "vertical edges"),
    ([[0, 1, 2], [-1, 0, 1], [-2, -1, 0]], "diagonal edges"),
    ([[-1, 2, -1]] * 3, "vertical lines"),
    ([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]], "horizontal lines"),
    ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], "Laplacian"),
    ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], "Laplacian"),
    ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], "sharpens"),
    ([["1/9"] * 3] * 3, "box blur"),
    ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], "Gauss"),
    ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], "The identity"),
    ([[0, 0, 0], [0, 3, 0], [0, 0, 0]], "times $3$"),
    ([[0, 0, 0], [0, 0, 1], [0, 0, 0]], "A shift"),
    ([[0, 0], [0, 0]], "finds nothing"),
    ([[1, 0, 1], [0, 1, 0], [1, 0, 1]], "adds the pixels under its ones"),
    ([[2, 0, 5], [9, 7, 2], [3, 8, 3]], "None of the well-known"),
    ([[1, -3], [1, 1]], "A filter of differences"),
    ([[0, 1, -1], [-1, 0, 1], [1, -1, 0]], "A filter of differences"),
    ([[0, 0, 0], [1, -2, 1], [0, 0, 0]], "A filter of differences"),
    ([[0, 0, 0], [-1, 3, -1], [0, 0, 0]], "None of the well-known"),
    ([[0, "1/2", 0], ["1/2", -1, "1/2"], [0, "1/2", 0]], "None of the well-known"),
    ([[0, 0, 0], [1, 1, 1], [0, 0, 0]], "adds the pixels under its ones"),
    ([[2, 2], [2, 2]], "the sum of its window, times $2$"),
]


@pytest.mark.parametrize(("W", "said"), FOUND)
def test_what_a_filter_finds(W, said):
    assert said in meaning(numbers(W), flip=False)


def test_a_turned_filter_finds_the_opposite_edge():
    W = numbers([[1, 0, -1]] * 3)
    assert "where the left part of the window is brighter" in meaning(W, flip=False)
    assert "where the right part of the window is brighter" in meaning(W, flip=True)


def test_the_picture_shows_input_filter_and_map():
    (picture,) = worked(input=EXAM_X, filter=EXAM_W).pictures
    svg = picture.draw()
    assert svg.startswith("<svg")
    assert svg.count("<!-- 239 -->") == 1
    assert not worked(input=np.ones((17, 17), int).tolist(), filter=EXAM_W).pictures
    assert not worked(input=[[1e308, 2]], filter=[[1e308]]).pictures
    assert worked("closed = true", input=[["√2", 2]], filter=[["π"]]).pictures


def test_the_picture_of_several_channels_names_them_as_the_page_does():
    first, second = worked(input=[EXAM_W, EXAM_W], filter=[[EXAM_W] * 2] * 2).pictures
    assert "W_{1, 2}" in first.draw().replace("W_{1,2}", "W_{1, 2}")
    assert "W_{2, 1}" in second.draw().replace("W_{2,1}", "W_{2, 1}")
    assert not worked(input=[["w", 1]], filter=[[1]]).pictures


@pytest.mark.slow
def test_every_format_renders(tmp_path):
    document = Document([solve(SHEETS / "13-convolution.toml")])
    for ending in ("html", "md", "tex", "ipynb", "json"):
        path = tmp_path / f"convolution.{ending}"
        document.save(path)
        assert path.stat().st_size > 20_000
    nbformat.validate(nbformat.read(tmp_path / "convolution.ipynb", as_version=4))
    assert (tmp_path / "convolution.html").read_text(encoding="utf-8").count("<svg") > 12


# ------------------------------------------------------------------------------ misuse

IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
MISUSE = [
    ({}, "given: expected input and filter, size and kernel_size, or layers"),
    ({"input": IMAGE}, "given.filter: is missing"),
    ({"input": IMAGE, "filter": [[1] * 4] * 4}, "given.filter: 4 × 4 does not fit into the input of 3 × 3"),
    (
        {"input": IMAGE, "filter": [[1, 1], [1, 1]], "dilation_rate": 3},
        "given.filter: 4 × 4 does not fit into the input of 3 × 3",
    ),
    ({"input": IMAGE, "filter": [[1]], "strides": 0}, "given.strides: expected at least 1"),
    ({"input": IMAGE, "filter": [[1]], "strides": 1.5}, "given.strides: expected a whole number"),
    ({"input": IMAGE, "filter": [[1]], "strides": [1, 1, 1]}, "given.strides: 3 numbers; expected one, or 2"),
    ({"input": IMAGE, "filter": [[1]], "strides": []}, "given.strides: expected one to three whole numbers"),
    ({"input": IMAGE, "filter": [[1]], "dilation_rate": 0}, "given.dilation_rate: expected at least 1"),
    ({"input": IMAGE, "filter": [[1]], "padding": -1}, "given.padding: expected at least 0"),
    ({"input": IMAGE, "filter": [[1]], "padding": [[0, -1], [0, 0]]}, "given.padding: expected at least 0"),
    (
        {"input": IMAGE, "filter": [[1]], "padding": [[0, 1]]},
        "given.padding: a list with 1 entry; expected one number, or a list with 2",
    ),
    (
        {"input": IMAGE, "filter": [[1]], "padding": [[0], [1]]},
        "given.padding: expected a pair for each axis",
    ),
    (
        {"input": IMAGE, "filter": [[1]], "padding": "some"},
        "given.padding: expected one of keep, same, valid",
    ),
    (
        {"input": IMAGE, "filter": [[1]], "padding": 10**6},
        "given.padding: 4,000,012,000,009 numbers with the padding",
    ),
    ({"input": [IMAGE, IMAGE], "filter": [IMAGE]}, "given.filter: 1 channel; expected 2"),
    ({"input": [IMAGE, IMAGE], "filter": IMAGE}, "given.filter: nested 2 deep; for 2 channels in rows"),
    ({"input": [1, 2], "filter": [[[1]]]}, "given.filter: nested 3 deep; for a list of numbers"),
    ({"input": 3, "filter": [1]}, "given.input: expected a list of numbers"),
    ({"input": [], "filter": [1]}, "given.input: an empty list"),
    ({"input": IMAGE, "filter": [[]]}, "given.filter: an empty list"),
    ({"input": [[1, 2], [3]], "filter": [[1]]}, "given.input: rows of different lengths"),
    (
        {"input": IMAGE, "filter": [[1]], "bias": [1, 2]},
        "given.bias: 2 numbers; expected one for each filter",
    ),
    (
        {"input": IMAGE, "filter": [[1]], "dY": [[1]]},
        "given.dY: 1 × 1 numbers; expected the shape of the map, 3 × 3",
    ),
    ({"input": IMAGE, "filter": [[1]], "dY": 5}, "given.dY: one number, not in a list; expected the shape"),
    (
        {"input": IMAGE, "filter": [[[1]], [[2]]], "bias": 3},
        "given.bias: one number, not in a list; expected one for each filter, 2",
    ),
    (
        {"input": IMAGE, "filter": [[1] * 6] * 6, "padding": 1},
        "given.filter: 6 × 6 does not fit into the input of 5 × 5 with its padding",
    ),
    (
        {"layers": [{"kernel_size": 3, "padding": [1, 1]}], "size": 5},
        "given.layers[1].padding: a list with 2 entries; expected one number, or a list with 1",
    ),
    (
        {"layers": [{"kernel_size": 3, "kernal": 3}]},
        "given.layers[1].kernal: unknown key; expected one of dilation_rate, kernel_size, name, padding",
    ),
    (
        {"input": IMAGE, "filter": [[1]], "dY": IMAGE, "loss": "sum"},
        "given.loss: with dY given there is no loss",
    ),
    ({"input": IMAGE, "filter": [[1]], "loss": "mse"}, "given.loss: expected one of sum"),
    ({"input": IMAGE, "kernel_size": 2}, "given.kernel_size: does not go with input"),
    ({"input": IMAGE, "filter": [[1]], "stride": 2}, "given.stride: unknown key"),
    (
        {"input": [[1] * 400] * 400, "filter": [[1]]},
        "given.input: 160,000 products; expected at most 100,000",
    ),
    ({"input": [["w"] * 80] * 80, "filter": [[1]]}, "given.input: 6,400 products; expected at most 4,000"),
    ({"size": 5}, "given.kernel_size: is missing"),
    ({"size": 5, "kernel_size": 6}, "given.kernel_size: 6 × 6 does not fit into the input of 5 × 5"),
    ({"size": 0, "kernel_size": 6}, "given.size: expected at least 1"),
    ({"size": 5, "kernel_size": 3, "dense": 10}, "given.filters: is missing"),
    ({"size": [5], "kernel_size": 3, "filters": 2}, "given.filters: parameters are counted"),
    ({"layers": []}, "given.layers: expected at least one"),
    ({"layers": [{"strides": 2}]}, "given.layers[1].kernel_size: is missing"),
    (
        {"layers": [{"kernel_size": 3}], "size": 2},
        "given.layers[1].kernel_size: 3 does not fit into a length",
    ),
    ({"layers": [{"kernel_size": 3}], "size": [2, 2]}, "given.size: expected one whole number"),
]


@pytest.mark.parametrize(("keys", "said"), MISUSE)
def test_a_mistake_is_named_in_one_line(keys, said, tmp_path, capsys):
    with pytest.raises(SheetError) as error:
        worked(**keys)
    assert said in str(error.value)
    assert str(error.value).startswith("question 'q', given")
    assert "\n" not in str(error.value)
    path = tmp_path / "sheet.toml"
    path.write_text(sheet(**keys), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["solve", str(path)])
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)

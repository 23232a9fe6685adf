"""The topic ``pooling`` and its rules, against Keras, JAX and windows worked one by one."""

import itertools
import tomllib
from pathlib import Path

import jax
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import main
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules.pooling.local_pooling import (
    average_pooling,
    average_pooling_dx,
    max_pooling,
    max_pooling_dx,
)
from compiling import quickly
from marks import but_slow
from windows_oracle import answers_of, floats, pooling_answers, same_pads

SHEETS = Path(__file__).parent.parent / "worksheets"
QUESTIONS = {
    q["id"]: q
    for q in tomllib.loads((SHEETS / "13-convolution.toml").read_text(encoding="utf-8"))["question"]
    if q["topic"] == "pooling"
}
ANSWERS = tomllib.loads((SHEETS / "answers" / "13-convolution.toml").read_text(encoding="utf-8"))
same_draws = settings(derandomize=True, deadline=None, max_examples=25)
IMAGE = [[1, 3, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [3, 2, 3, 4]]


def as_toml(value):
    return "[" + ", ".join(map(as_toml, value)) + "]" if isinstance(value, list) else repr(value)


def sheet(more="", **keys):
    lines = "\n".join(f"{key} = {as_toml(value)}" for key, value in keys.items())
    return f'[[question]]\nid = "q"\ntopic = "pooling"\n{more}\n[question.given]\n{lines}'


def worked(more="", **keys):
    return solve(sheet(more, **keys))["q"]


def value(working, name):
    return working.tape[name].value.astype(float)


# ------------------------------------------------------------------------------ worksheet


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_those_of_windows_worked_one_by_one(question):
    others = answers_of(QUESTIONS[question])
    assert set(others) == set(ANSWERS[question])
    for name, right in others.items():
        np.testing.assert_allclose(floats(ANSWERS[question][name]), right, atol=1e-9, err_msg=name)


# ---------------------------------------------------------------------------------- rules

CASES = list(itertools.product([(2, 2), (3, 2), (1, 3)], [(1, 1), (2, 2), (3, 2)], ["valid", "same"]))
QUICK = [case for i, case in enumerate(CASES) if (i + i // 2) % 2 == 0]  # one padding of each


@pytest.mark.parametrize(("window", "strides", "padding"), but_slow(QUICK, CASES))
def test_outputs_and_gradients_are_those_of_keras(window, strides, padding):
    """With whole numbers, so that windows have their largest number more than once."""
    draw = np.random.default_rng(1)
    x = draw.integers(0, 5, size=(2, 7, 6, 3)).astype(float)
    pads = same_pads((7, 6), window, strides) if padding == "same" else ((0, 0), (0, 0))
    options = {"pool_size": window, "strides": strides, "padding": pads}
    with jax.enable_x64(True):
        for mine, by_keras in ((max_pooling, keras.ops.max_pool), (average_pooling, keras.ops.average_pool)):

            def right(x, pool=by_keras):
                return pool(x, window, strides, padding, data_format="channels_last")

            def back(x, dY, is_max=mine is max_pooling):
                if is_max:
                    return max_pooling_dx(x, dY, **options)
                return average_pooling_dx(dY, x, **options)

            @quickly
            def in_one_program(x, dY, right=right, back=back):
                made, pull = jax.vjp(right, x)
                return made, *pull(dY), back(x, dY)

            Y = mine(x, **options)
            dY = draw.normal(size=Y.shape)
            made, gradient, compiled = in_one_program(*map(jax.numpy.asarray, (x, dY)))
            np.testing.assert_allclose(Y, made, atol=1e-11)
            np.testing.assert_allclose(back(x, dY), gradient, atol=1e-11)
            np.testing.assert_allclose(compiled, gradient, atol=1e-11)


@pytest.mark.parametrize("axes", [1, 3])
def test_one_and_three_axes(axes):
    x = np.random.default_rng(2).normal(size=(2, *[5] * axes, 2))
    options = {"pool_size": (2,) * axes, "strides": (2,) * axes, "padding": ((0, 0),) * axes}
    with jax.enable_x64(True):
        right = keras.ops.average_pool(x, 2, 2, "valid", data_format="channels_last")
        np.testing.assert_allclose(average_pooling(x, **options), right, atol=1e-11)
        largest = keras.ops.max_pool(x, 2, 2, "valid", data_format="channels_last")
        np.testing.assert_allclose(max_pooling(x, **options), largest, atol=1e-11)


def test_exact_numbers_give_exact_gradients():
    """Where no window has its largest number twice, a small enough step changes nothing but by the slope."""
    draw = np.random.default_rng(5)
    x = numbers(draw.permutation(60).reshape(1, 6, 5, 2))
    options = {"pool_size": (3, 2), "strides": (1, 2), "padding": ((1, 0), (0, 1))}
    step = Number("1/3")
    for pool, is_max in ((max_pooling, True), (average_pooling, False)):
        Y = pool(x, **options)
        dY = numbers(draw.integers(-9, 9, size=Y.shape))
        gradient = max_pooling_dx(x, dY, **options) if is_max else average_pooling_dx(dY, x, **options)
        for place in np.ndindex(x.shape):
            moved = x.copy()
            moved[place] = moved[place] + step
            assert ((pool(moved, **options) - Y) * dY).sum() == step * gradient[place]


# ------------------------------------------------------------------------------- topic


@same_draws
@given(
    st.lists(st.lists(st.integers(-9, 9), min_size=5, max_size=5), min_size=4, max_size=4),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from(["max", "average"]),
    st.sampled_from(["valid", "same", 0, 1]),
)
def test_outputs_and_gradients_are_those_of_windows_worked_one_by_one(image, f, s, pooling, padding):
    if padding == 1 and f == 1:
        return
    keys = {"input": image, "pool_size": f, "strides": s, "pooling": pooling, "padding": padding}
    working = worked(**keys, loss="sum")
    for name, right in pooling_answers(keys).items():
        np.testing.assert_allclose(value(working, name), right, atol=1e-9, err_msg=name)


def test_every_channel_is_pooled_alone():
    working = worked(input=[IMAGE, [[9, 9, 9, 9]] * 4], dY=[[[1, 0], [0, 1]], [[1, 1], [1, 1]]])
    assert working["Y1"].tolist() == [[6, 8], [3, 4]]
    assert working["Y2"].tolist() == [[9, 9], [9, 9]]
    assert working["dX2"].tolist() == [[1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]


def test_numbers_put_in_are_those_of_the_window():
    assert "Y[1,2] = max(2, 4, 7, 8) = 8" in str(worked(input=IMAGE))
    assert "Y[1,1] = (1 + 3 + 5 + 6)/4 = 15/4" in str(worked(input=IMAGE, pooling="average"))
    at_the_edge = str(worked(input=[[1, 3, 2], [5, 6, 7], [3, 2, 4]], pooling="average", padding="same"))
    assert "Y[2,2] = 4/1 = 4" in at_the_edge
    assert "Y[2] = 9" in str(worked(input=[1, 2, 9], padding="same"))


def test_what_lies_outside_is_no_zero():
    assert worked(input=[[-1, -2], [-3, -4]], pool_size=2, strides=2, padding=1)["Y"].tolist() == [
        [-1, -2],
        [-3, -4],
    ]


def test_equal_numbers_are_said():
    assert "One window has its largest number more than once" in str(worked(input=IMAGE, loss="sum"))
    assert "4 windows have their" in str(worked(input=[[1] * 4] * 4, loss="sum"))
    assert "more than once" not in str(worked(input=[[1, 2], [3, 4]], loss="sum"))


def test_a_mean_may_hold_an_unknown_number_a_maximum_may_not():
    assert str(worked(input=[["a", 1], [2, 1]], pooling="average")["Y"][0, 0]) == "a/4 + 1"
    with pytest.raises(SheetError, match=r"cannot work Y = map_of_largest\(X\): the sign of .* depends on a"):
        worked(input=[["a", 1], [2, 1]])


def test_the_picture_shows_windows_in_colours():
    (picture,) = worked(input=IMAGE).pictures
    assert picture.draw().count("#cfe2f7") == 5
    (overlapping,) = worked(input=IMAGE, pool_size=3, strides=1).pictures
    assert overlapping.draw().startswith("<svg")
    assert not worked(input=[[1] * 20] * 20).pictures


def test_every_format_renders(tmp_path):
    document = Document([solve(sheet(input=IMAGE, dY=[[1, 2], [3, 4]]))])
    for ending in ("html", "md", "tex", "ipynb", "json"):
        document.save(tmp_path / f"pooling.{ending}")
        assert (tmp_path / f"pooling.{ending}").stat().st_size > 500
    assert r"\max(1, 3, 5, 6)" in (tmp_path / "pooling.tex").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------ misuse

MISUSE = [
    ({}, "given: expected input, or size, one of them"),
    ({"input": IMAGE, "size": 4}, "given: expected input, or size, one of them"),
    ({"input": IMAGE, "pool_size": 5}, "given.pool_size: 5 × 5 does not fit into the input of 4 × 4"),
    ({"input": IMAGE, "pool_size": 0}, "given.pool_size: expected at least 1"),
    ({"input": IMAGE, "pool_size": [2, 2, 2]}, "given.pool_size: 3 numbers; expected one, or 2"),
    ({"input": IMAGE, "strides": 0}, "given.strides: expected at least 1"),
    ({"input": IMAGE, "padding": -1}, "given.padding: expected at least 0"),
    ({"input": IMAGE, "padding": "keep"}, "given.padding: expected 'valid', 'same' or whole numbers"),
    ({"input": IMAGE, "padding": 2}, "given.padding: 2, and a window of 2 could hold no number"),
    ({"input": IMAGE, "pooling": "min"}, "given.pooling: expected one of average, max"),
    ({"input": IMAGE, "dY": [[1, 2]]}, "given.dY: 1 × 2 numbers; expected the shape of the output, 2 × 2"),
    ({"input": IMAGE, "dY": [[1, 2], [3, 4]], "loss": "sum"}, "given.loss: with dY given"),
    ({"size": 10, "loss": "sum"}, "given.loss: does not go with size"),
    ({"size": [10, 10, 3]}, "given.size: 3 numbers; expected the length, or [height, width]"),
    ({"input": IMAGE, "dY": 5}, "given.dY: one number, not in a list; expected the shape of the output"),
    ({"size": 1}, "given.pool_size: 2 × 2 does not fit into the input of 1 × 1"),
    ({"input": [[]]}, "given.input: an empty list"),
    ({"input": 3}, "given.input: expected a list of numbers"),
    ({"input": [[1, 2], [3]]}, "given.input: rows of different lengths"),
    ({"input": IMAGE, "poolsize": 2}, "given.poolsize: unknown key"),
    ({"input": [[1] * 400] * 400, "pool_size": 1}, "given.input: 160,000 numbers in windows"),
]


@pytest.mark.parametrize(("keys", "said"), MISUSE)
def test_a_mistake_is_named_in_one_line(keys, said, tmp_path, capsys):
    with pytest.raises(SheetError) as error:
        worked(**keys)
    assert said in str(error.value)
    assert str(error.value).startswith("question 'q', given")
    path = tmp_path / "sheet.toml"
    path.write_text(sheet(**keys), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["solve", str(path)])
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)

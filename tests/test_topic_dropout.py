"""The topic ``dropout`` and its rules, against Keras, JAX, and counting every mask."""

import json
import tomllib
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import main
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.topics.dropout import seeded_draws
from chainrule.paper.workings import Document
from chainrule.rules import dropout as rules

SHEETS = Path(__file__).parent.parent / "worksheets"
ANSWERS = tomllib.loads((SHEETS / "answers" / "14-normalization-dropout.toml").read_text(encoding="utf-8"))
same_draws = settings(derandomize=True, deadline=None, max_examples=20)


def as_toml(value):
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)


def sheet(top="", **question):
    lines = "\n".join(f"{key} = {as_toml(value)}" for key, value in question.items())
    return f'[[question]]\nid = "q"\ntopic = "dropout"\n{top}\n[question.given]\n{lines}\n'


def worked(top="", **question):
    return solve(sheet(top, **question))["q"]


def fractions(working, name):
    return [Fraction(str(v)) for v in np.asarray(working.tape[name].value).flat]


# ----------------------------------------------------------------------------- every mask


@same_draws
@given(
    x=st.lists(st.integers(-9, 9), min_size=1, max_size=4),
    tenths=st.integers(1, 10),
    scaling=st.sampled_from(["inverted", "classic"]),
)
def test_the_mean_over_all_masks_is_the_output_when_tested(x, tenths, scaling):
    keep = Fraction(tenths, 10)
    mean = [Fraction(0)] * len(x)
    for mask in product((0, 1), repeat=len(x)):
        chance = keep ** sum(mask) * (1 - keep) ** (len(x) - sum(mask))
        by = keep if scaling == "inverted" else 1
        mean = [m + chance * v * k / by for m, v, k in zip(mean, x, mask, strict=True)]
    working = worked(x=x, keep=str(keep), scaling=scaling)
    for name in ("y_test", "expected", "mean_of_masks"):
        assert fractions(working, name) == mean, name
    assert sum(fractions(working, "probability")) == 1


@same_draws
@given(seed=st.integers(0, 2**32), tenths=st.integers(1, 9), rows=st.integers(1, 3), units=st.integers(1, 5))
def test_a_seed_draws_the_mask_of_pythons_generator_row_by_row(seed, tenths, rows, units):
    x = [[1] * units] * rows
    working = worked(x=x, keep=tenths / 10, seed=seed)
    random = Random(seed)
    right = [[int(random.random() < tenths / 10) for _ in range(units)] for _ in range(rows)]
    assert working["mask"].astype(float).tolist() == right
    assert worked(x=x, rate=1 - tenths / 10, seed=seed)["mask"].shape == (rows, units)


def test_a_seed_draws_the_same_numbers_for_ever():
    """The first numbers that Python's Mersenne Twister draws from the seed 1."""
    assert [float(u) for u in seeded_draws(1, (2,))] == [0.13436424411240122, 0.8474337369372327]
    assert (
        worked(x=[1, 2, 3], keep=0.5, seed=5)["mask"].tolist()
        == worked(x=[4, 5, 6], keep=0.5, seed=5)["mask"].tolist()
    )


def test_keras_keeps_and_scales_as_the_rule_does():
    layer, x = keras.layers.Dropout(0.25, seed=3), np.arange(1, 41, dtype=np.float32).reshape(8, 5)
    theirs = np.asarray(layer(x, training=True))
    ours = rules.inverted_dropout(x, (theirs != 0).astype(np.float32), keep=0.75)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    np.testing.assert_array_equal(layer(x, training=False), rules.inverted_test(x))


@pytest.mark.parametrize("scaling", ["inverted", "classic"])
def test_the_gradient_is_that_of_jax(scaling):
    draw = np.random.default_rng(3)
    x, dy, u = draw.normal(0, 1, (3, 4, 5))
    mask = rules.drawn_mask(u, keep=0.5)
    with jax.enable_x64(True):
        if scaling == "inverted":
            _, back = jax.vjp(lambda x: rules.inverted_dropout(x, jnp.asarray(mask), keep=0.7), x)
            ours = rules.inverted_dx(dy, mask, keep=0.7)
        else:
            _, back = jax.vjp(lambda x: rules.classic_dropout(x, jnp.asarray(mask)), x)
            ours = rules.classic_dx(dy, mask)
        np.testing.assert_allclose(ours, back(jnp.asarray(dy))[0], rtol=1e-11, atol=1e-11)


def test_the_rules_run_compiled_on_jax():
    u = jnp.asarray([0.1, 0.6, 0.74, 0.76])
    mask = jax.jit(lambda u: rules.drawn_mask(u, keep=0.75))(u)
    assert mask.tolist() == [1, 1, 1, 0]
    assert mask.dtype == u.dtype


# ------------------------------------------------------------------------------ the course


def test_the_sums_of_the_course_match_for_its_mask_and_not_for_another():
    """Outputs 5, 5, 7.5, 7.5, two dropped: 12.5 in training, /0.5 = 25, and 25 when tested."""
    x = [5, 5, 7.5, 7.5]
    assert sum(v for v, kept in zip(x, [1, 0, 1, 0], strict=True) if kept) / 0.5 == 25 == sum(x)
    assert ANSWERS["dropout-sums-match"]["total"] == ANSWERS["dropout-sums-match"]["total_test"] == 25
    assert ANSWERS["dropout-another-mask"]["total"] == (5 + 5) / 0.5
    assert ANSWERS["dropout-classic"]["total"] == "25/2"
    working = worked(x=x, mask=[1, 0, 1, 0], keep=0.5, scaling="classic")
    assert fractions(working, "total") == [Fraction(25, 2)]


def test_the_worksheets_other_answers_are_those_of_numpy():
    x = np.arange(1, 6)
    mask = np.array([1, 0, 1, 1, 1])
    assert [float(Fraction(v)) for v in ANSWERS["dropout-rate"]["y"]] == (x * mask / 0.8).tolist()
    assert [float(Fraction(v)) for v in ANSWERS["dropout-rate"]["dx"]] == (mask / 0.8).tolist()
    np.testing.assert_allclose(ANSWERS["dropout-eighty-percent"]["y_test"], 0.8 * np.array([10, 20, 30]))
    random = Random(7)
    assert ANSWERS["dropout-seed"]["mask"] == [int(random.random() < 0.5) for _ in range(6)]


def test_rate_and_keep_are_the_same_layer():
    by_rate, by_keep = worked(x=[1, 2], rate=0.25, mask=[1, 0]), worked(x=[1, 2], keep=0.75, mask=[1, 0])
    assert fractions(by_rate, "y") == fractions(by_keep, "y") == [Fraction(4, 3), 0]
    assert fractions(by_rate, "keep") == [Fraction(3, 4)]


def test_letters_give_formulas():
    working = worked(x=["a", "b"], keep="p", mask=[1, 0])
    assert [str(v) for v in working["y"]] == ["a/p", "0"]
    assert [str(v) for v in working["expected"]] == ["a", "b"]


# -------------------------------------------------------------------------------- mistakes

MISTAKES = [
    ({"keep": 0.5}, "x: is missing"),
    ({"x": [1, 2]}, "neither keep nor rate is given"),
    ({"x": [1, 2], "keep": 0.5, "rate": 0.5}, "keep and rate are both given"),
    ({"x": [1, 2], "keep": 0}, "given.keep: expected a number greater than 0, at most 1; got 0"),
    ({"x": [1, 2], "keep": 1.5}, "given.keep: expected a number greater than 0, at most 1; got 3/2"),
    ({"x": [1, 2], "keep": -0.5}, "given.keep: expected"),
    ({"x": [1, 2], "keep": "√2"}, "given.keep: expected"),
    ({"x": [1, 2], "rate": 1}, "given.rate: expected a number from 0 up to, but not, 1; got 1"),
    ({"x": [1, 2], "rate": -0.1}, "given.rate: expected"),
    ({"x": [1, 2], "keep": 0.5, "mask": [1, 0, 1]}, "given.mask: shape 3, and x has 2"),
    ({"x": [[1, 2]], "keep": 0.5, "mask": [1, 0]}, "given.mask: shape 2, and x has 1 × 2"),
    ({"x": [1, 2], "keep": 0.5, "mask": [1, 2]}, "given.mask: expected 0 (dropped) or 1 (kept); got 2"),
    ({"x": [1, 2], "keep": 0.5, "mask": [1, 0.5]}, "got 1/2"),
    ({"x": [1, 2], "keep": 0.5, "mask": [1, "m"]}, "got m"),
    ({"x": [1, 2], "keep": 0.5, "mask": [1, 0], "seed": 1}, "mask and seed are both given"),
    ({"x": [1, 2], "keep": 0.5, "seed": -1}, "given.seed: "),
    ({"x": [1, 2], "keep": "p", "seed": 1}, "given.seed: no mask can be drawn"),
    ({"x": [1, 2], "keep": 0.5, "dy": [1, 2]}, "dy is given without mask or seed"),
    ({"x": [1, 2], "keep": 0.5, "mask": [1, 0], "dy": [1]}, "given.dy: shape 1, and x has 2"),
    ({"x": 3, "keep": 0.5}, "given.x: expected a list"),
    ({"x": [], "keep": 0.5}, "given.x: an empty list"),
    ({"x": [1] * 1001, "keep": 0.5}, "at most 1000"),
    ({"x": [1, 2], "keep": 0.5, "scaling": "twice"}, "given.scaling: "),
    ({"x": [1, 2], "kep": 0.5}, "did you mean 'keep'"),
    (
        {"x": [1, 2], "keep": "√2 - √2"},
        "given.keep: expected a number greater than 0, at most 1; cannot tell",
    ),
    ({"x": ["10^999"], "keep": 0.5}, "x: the power 999 is larger"),
]


@pytest.mark.parametrize(("question", "says"), MISTAKES, ids=lambda v: v if isinstance(v, str) else "")
def test_a_mistake_is_named_with_its_place_in_one_line(question, says):
    with pytest.raises(SheetError) as error:
        worked(**question)
    assert says in str(error.value)
    assert str(error.value).startswith("question 'q'")
    assert "\n" not in str(error.value)


def test_a_keep_probability_of_several_terms_stands_in_brackets():
    text = str(worked('find = ["expected"]', x=[2, 4], rate="r"))
    assert "(1 − r)·x/(1 − r) + (1 − (1 − r))·0" in text


def test_the_mean_of_all_masks_is_multiplied_out():
    text = str(worked(x=["a", "b", 6], keep="p"))
    assert "multiplied out" in text
    assert "[a, b, 6]" in text


def test_a_rounded_probability_is_no_fraction():
    text = str(worked("rounding = 2", x=[2, 4, 6], keep="1/3"))
    assert "0.04" in text
    assert "1/25" not in text


def test_a_mistake_at_the_command_line_is_status_two(tmp_path, capsys):
    file = tmp_path / "bad.toml"
    file.write_text(sheet(x=[1, 2], keep=0), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["solve", str(file)])
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


# --------------------------------------------------------------------------------- formats


def test_a_layer_is_written_in_every_format(tmp_path):
    text = sheet(x=[[1, 2], [3, 4]], rate=0.4, seed=3, scaling="classic", dy=[[1, 1], [1, 1]])
    document = Document([solve(text)])
    for ending in ("html", "md", "tex", "ipynb", "json"):
        document.save(tmp_path / f"sheet.{ending}")
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert "merror" not in page
    assert "$" not in str(document)


def test_the_picture_has_a_circle_for_every_unit_and_a_cross_for_every_dropped_one():
    (none,) = worked(x=[1, 2, 3], keep=0.5, mask=[1, 1, 1]).pictures
    (two,) = worked(x=[1, 2, 3], keep=0.5, mask=[1, 0, 0]).pictures
    assert two.draw().count('id="line2d_') == none.draw().count('id="line2d_') + 2 == 3 + 2

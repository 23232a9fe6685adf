"""The topic ``activation``, against mpmath, JAX and Keras."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import keras
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import run
from chainrule.marking import sheet as marking
from chainrule.paper.numbers import Number
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules.activations.softmax import SOFTMAX_JACOBIAN
from compiling import quickly

SHEETS = Path(__file__).parent.parent / "worksheets"
NAME = "05-activations.toml"
QUESTIONS = {q["id"]: q["given"] for q in tomllib.loads((SHEETS / NAME).read_text("utf-8"))["question"]}
ANSWERS = tomllib.loads((SHEETS / "answers" / NAME).read_text("utf-8"), parse_float=Decimal)
same_draws = settings(derandomize=True, deadline=None, max_examples=25)

JAXS = {
    "linear": lambda z: z,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "leaky_relu": lambda z, negative_slope=0.2: jnp.where(z > 0, z, negative_slope * z),
    "prelu": lambda z, alpha=0.25: jnp.where(z > 0, z, alpha * z),
    "elu": lambda z, alpha=1.0: jnp.where(z > 0, z, alpha * jnp.expm1(jnp.minimum(z, 0))),
    "selu": jax.nn.selu,
}


def as_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def sheet(head="", **question):
    lines = [f"{key} = {as_toml(value)}" for key, value in question.items()]
    return f'[[question]]\nid = "q"\ntopic = "activation"\n{head}\n[question.given]\n' + "\n".join(lines)


def worked(head="", **question):
    return solve(sheet(head, **question))["q"]


def floats(working, name):
    return np.asarray(working.tape[name].value).astype(float)


def said(working):
    return " ".join(str(working).split())


# ------------------------------------------------------------------------- one activation

away_from_0 = st.lists(st.integers(-40, 40).filter(bool).map(lambda n: n / 8), min_size=1, max_size=5)


@pytest.mark.parametrize("name", JAXS)
@given(z=away_from_0)
@same_draws
def test_values_and_slopes_are_jaxs(name, z):
    found = worked(activation=name, z=z)
    with jax.enable_x64(True):
        value, slope = jax.vmap(jax.value_and_grad(JAXS[name]))(jnp.array(z))
    np.testing.assert_allclose(floats(found, "a"), value, rtol=1e-11)
    np.testing.assert_allclose(floats(found, "slope"), slope, rtol=1e-11)


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ({"name": "leaky_relu", "negative_slope": 0.01}, {"negative_slope": 0.01}),
        ({"name": "leaky_relu", "negative_slope": "1/100"}, {"negative_slope": 0.01}),
        ({"name": "elu", "alpha": 0.3}, {"alpha": 0.3}),
        ({"name": "prelu", "alpha": 0.1}, {"alpha": 0.1}),
    ],
)
def test_options_are_taken(table, options):
    found = worked(activation=table, z=[-1.5, 2])
    with jax.enable_x64(True):
        value, slope = jax.vmap(jax.value_and_grad(lambda z: JAXS[table["name"]](z, **options)))(
            jnp.array([-1.5, 2.0])
        )
    np.testing.assert_allclose(floats(found, "a"), value, rtol=1e-11)
    np.testing.assert_allclose(floats(found, "slope"), slope, rtol=1e-11)


@pytest.mark.parametrize(
    ("table", "left", "right"),
    [
        ("relu", 0, 1),
        ({"name": "leaky_relu", "negative_slope": 0.01}, 0.01, 1),
        ({"name": "elu", "alpha": 0.3}, 0.3, 1),
        ("selu", 1.0507009873554805 * 1.6732632423543772, 1.0507009873554805),
    ],
)
def test_at_a_corner_the_slope_from_the_left_is_taken_and_that_is_said(table, left, right):
    """Both slopes by differences, which are exact enough so near to 0."""
    step = Fraction(1, 10**9)
    found = worked(activation=table, z=[-float(step), 0, float(step)])
    a = floats(found, "a")
    assert (a[1] - a[0]) / float(step) == pytest.approx(left, rel=1e-6)
    assert (a[2] - a[1]) / float(step) == pytest.approx(right, rel=1e-6)
    assert floats(found, "slope")[1] == pytest.approx(left)
    assert "the slope from the left" in said(found) or "left one is taken" in said(found)


def test_an_elu_without_a_corner_has_none_said():
    assert "slope from the left is taken" not in said(worked(activation="elu", z=[0]))


def test_the_step_is_1_at_0_and_has_no_slope():
    found = worked(activation="step", z=[-1, 0, 1])
    assert floats(found, "a").tolist() == [0, 1, 1]
    assert "has no slope" in said(found)


def test_the_steepest_slopes_that_are_stated_are_those():
    """Sigmoid's slope is at most 1/4, and tanh's at most 1, both at 0; searched on a fine grid."""
    z = jnp.linspace(-3, 3, 6001)
    for name, steepest, words in (
        ("sigmoid", 0.25, "at most 1/4, at z = 0"),
        ("tanh", 1, "at most 1, at z = 0"),
    ):
        slopes = jax.vmap(jax.grad(JAXS[name]))(z)
        assert float(slopes.max()) == pytest.approx(steepest, rel=1e-6)
        assert abs(float(z[slopes.argmax()])) < 2e-3
        assert words in said(worked(activation=name, z=0))


def test_closed_forms_and_names():
    assert str(worked("closed = true", activation="sigmoid", z=[1])["a"][0]) == "1/(exp(-1) + 1)"
    assert str(worked(activation="tanh", z=["w"])["slope"][0]) == "1 - tanh(w)**2"
    found = worked(activation={"name": "prelu", "alpha": "a"}, z=[-2, 3])
    assert [str(v) for v in found["slope"]] == ["a", "1"]
    assert not found.pictures


def test_rounding_rounds_every_step():
    found = worked("rounding = 2", activation="sigmoid", z=1)
    assert found["a"][()] == Number("0.73")
    assert found["slope"][()] == Number("0.2")  # 0.73·0.27 = 0.1971


# -------------------------------------------------------------------------------- softmax


@quickly
def _softmax_and_slopes(z):
    return jax.nn.softmax(z), jax.jacobian(jax.nn.softmax)(z)


@given(st.lists(st.integers(-24, 24).map(lambda n: n / 8), min_size=1, max_size=5))
@same_draws
def test_softmax_and_its_jacobian_are_jaxs(z):
    found = worked('find = ["value", "slope"]', activation="softmax", z=z)
    with jax.enable_x64(True):
        value, slopes = _softmax_and_slopes(jnp.array(z))
    np.testing.assert_allclose(floats(found, "a"), value, rtol=1e-11)
    np.testing.assert_allclose(floats(found, "jacobian"), slopes, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(SOFTMAX_JACOBIAN(np.array(value)), slopes, rtol=1e-10, atol=1e-14)


def test_softmax_of_rows_is_kerass_and_has_a_jacobian_for_each():
    z = [[0.5, 1.0, -2.0], [0.0, 0.25, 3.0]]
    found = worked('find = ["value", "jacobian"]', activation="softmax", z=z)
    expected = keras.ops.convert_to_numpy(keras.activations.softmax(keras.ops.array(z)))
    np.testing.assert_allclose(floats(found, "a"), expected, rtol=1e-5)
    np.testing.assert_allclose(floats(found, "sum"), np.exp(z).sum(axis=1), rtol=1e-12)
    for i, row in enumerate(expected, start=1):
        np.testing.assert_allclose(
            floats(found, f"jacobian.{i}"), np.diag(row) - np.outer(row, row), atol=1e-6
        )


def test_the_most_probable_is_named():
    assert "The most probable is number 2." in said(worked(activation="softmax", z=[0.5, 1.5, 0.1]))
    assert "The most probable are 1 and 3, equally." in said(worked(activation="softmax", z=[2, 1, 2]))


# ------------------------------------------------------------------------------- several


def test_several_are_compared_in_one_table():
    several = ["sigmoid", "tanh", {"name": "elu", "alpha": 0.3}, "elu", "prelu"]
    found = worked(activation=several, z=[-2, 1])
    for name, options, quantity in (
        ("sigmoid", {}, "sigmoid"),
        ("tanh", {}, "tanh"),
        ("elu", {"alpha": 0.3}, "elu"),
        ("elu", {}, "elu2"),
        ("prelu", {}, "prelu"),
    ):
        with jax.enable_x64(True):
            value, slope = jax.vmap(jax.value_and_grad(lambda z, n=name, o=options: JAXS[n](z, **o)))(
                jnp.array([-2.0, 1.0])
            )
        np.testing.assert_allclose(floats(found, quantity), value, rtol=1e-11)
        np.testing.assert_allclose(floats(found, f"{quantity}_slope"), slope, rtol=1e-11)
    tables = [i for part in found.parts for i in part.items if getattr(i, "kind", "") == "table"]
    assert [table.head for table in tables] == [("$z$", "sigmoid", "tanh", "elu", "elu2", "prelu")] * 2
    assert [len(table.rows) for table in tables] == [2, 2]
    assert found.pictures[0].draw().startswith("<svg")


@pytest.mark.parametrize("name", [*JAXS, "step"])
def test_every_curve_is_drawn(name):
    found = worked(activation=name, z=[-100, 0, 100])
    assert found.pictures[0].draw().startswith("<svg")


@pytest.mark.parametrize(
    "activation", [{"name": "leaky_relu", "negative_slope": 1}, {"name": "prelu", "alpha": 1}, "elu"]
)
def test_what_is_smooth_at_0_has_no_corner(activation):
    assert "corner" not in str(worked(activation=activation, z=[-1, 0, 1]))


def test_an_elu_with_a_negative_alpha_has_no_lower_bound():
    found = worked(activation={"name": "elu", "alpha": -1}, z=[-1])
    assert float(found["a"][0]) < 1
    assert "> −α" not in str(found)
    assert "> −α" in str(worked(activation={"name": "elu", "alpha": "q"}, z=[-1]))


# -------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ({"activation": "sigmod", "z": 1}, "given.activation: unknown activation 'sigmod'"),
        ({"activation": "sigmod", "z": 1}, "did you mean 'sigmoid'?"),
        (
            {"activation": {"name": "elu", "beta": 1}, "z": 1},
            "given.activation: activation 'elu' does not take",
        ),
        (
            {"activation": {"name": "elu", "alpha": [1]}, "z": 1},
            "given.activation: alpha: expected one number",
        ),
        (
            {"activation": {"name": "elu", "alpha": True}, "z": 1},
            "given.activation: expected a number, got bool",
        ),
        ({"activation": {"alpha": 1}, "z": 1}, "given.activation: a table for an activation needs its name"),
        ({"activation": 3, "z": 1}, "given.activation: expected a name, or a table with a name; got 3"),
        ({"activation": [], "z": 1}, "given.activation: an empty list; expected at least one activation"),
        ({"activation": ["relu"] * 13, "z": 1}, "given.activation: 13 activations; at most 12 are compared"),
        ({"activation": ["relu", "softmax"], "z": 1}, "given.activation[2]: softmax takes a whole vector"),
        ({"activation": ["relu", "rel"], "z": 1}, "given.activation[2]: unknown activation 'rel'"),
        ({"activation": "relu", "z": []}, "given.z: an empty list"),
        ({"activation": "relu", "z": [[1, 2], [3]]}, "given.z: rows of different lengths"),
        ({"activation": "relu", "z": [[[1]]]}, "given.z: expected a number, a list of numbers, or rows"),
        ({"activation": "relu", "z": [0] * 401}, "given.z: expected a number, a list of numbers, or rows"),
        ({"activation": "relu", "z": ["w"]}, "depends on w: give numbers for them"),
        ({"activation": "relu"}, "given.z: is missing"),
        ({"activation": "relu", "z": 1, "x": 1}, "given.x: unknown key"),
    ],
)
def test_a_mistake_is_named_in_one_line(question, line, tmp_path, capfd):
    path = tmp_path / "sheet.toml"
    path.write_text(sheet(**question), encoding="utf-8")
    assert run(["solve", str(path)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "question 'q'" in err
    assert line in err


def test_the_slopes_of_too_many_outputs_are_refused(tmp_path, capfd):
    path = tmp_path / "sheet.toml"
    path.write_text(sheet('find = ["slope"]', activation="softmax", z=[0] * 21), encoding="utf-8")
    assert run(["solve", str(path)]) == 2
    assert "find: the slopes of 21 outputs; expected at most 20" in capfd.readouterr().err


# ----------------------------------------------------------------------------- worksheets

mpmath.mp.dps = 30
MPMATHS = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": lambda z: (mpmath.exp(z) - mpmath.exp(-z)) / (mpmath.exp(z) + mpmath.exp(-z)),
    "relu": lambda z: max(mpmath.mpf(0), z),
    "leaky_relu": lambda z, negative_slope: z if z > 0 else negative_slope * z,
    "elu": lambda z, alpha=1: z if z > 0 else alpha * (mpmath.exp(z) - 1),
    "selu": lambda z: mpmath.mpf("1.0507009873554805") * (
        z if z > 0 else mpmath.mpf("1.6732632423543772") * (mpmath.exp(z) - 1)
    ),
    "step": lambda z: mpmath.mpf(1 if z >= 0 else 0),
}  # fmt: skip


def close(answer, value):
    """Whether a value is the answer, to as many decimals as that has."""
    exponent = answer.as_tuple().exponent if isinstance(answer, Decimal) else -12
    return abs(mpmath.mpf(str(answer)) - value) <= mpmath.mpf(10) ** exponent / 2 + mpmath.mpf("1e-15")


def left_slope(function, z):
    """The slope from the left, where the courses take it at a corner."""
    return mpmath.diff(function, z, direction=-1)


def check(table, z, answers, slopes):
    table = {"name": table} if isinstance(table, str) else dict(table)
    options = {k: mpmath.mpf(str(v)) for k, v in table.items() if k != "name"}

    def function(point):
        return MPMATHS[table["name"]](point, **options)

    for i, point in enumerate(np.atleast_1d(z)):
        point = mpmath.mpf(str(point))
        if answers is not None:
            assert close(answers[i], function(point))
        if slopes is not None and table["name"] != "step":
            assert close(slopes[i], left_slope(function, point))


def test_the_answers():
    """Every answer of the worksheet in numbers, with 30 digits; slopes by differences from the left."""
    for name, question in QUESTIONS.items():
        answer, table, z = ANSWERS[name], question["activation"], question["z"]
        if table == "softmax":
            z = [mpmath.log(int(v[3:])) if isinstance(v, str) else mpmath.mpf(str(v)) for v in z]
            powers = [mpmath.exp(v) for v in z]
            if "sum" in answer:
                assert close(answer["sum"], mpmath.fsum(powers))
            shares = [p / mpmath.fsum(powers) for p in powers]
            for right, share in zip(answer["a"], shares, strict=True):
                right = right if isinstance(right, Decimal) else mpmath.mpf(Fraction(right).numerator) / (
                    Fraction(right).denominator
                )  # fmt: skip
                assert close(right, share)
            for i, row in enumerate(answer.get("jacobian", [])):
                for j, right in enumerate(row):
                    expected = shares[i] * ((i == j) - shares[j])
                    assert float(Fraction(right)) == pytest.approx(float(expected), rel=1e-14)
        elif isinstance(table, list):
            for each in table:
                key = each if isinstance(each, str) else each["name"]
                check(each, z, answer[key], answer.get(f"{key}_slope"))
        elif name == "elu-slope":
            assert mpmath.almosteq(left_slope(MPMATHS["elu"], -1), mpmath.exp(-1), 1e-12)
            assert answer == {"a": "e^-1 - 1", "slope": "e^-1"}
        elif name != "prelu":
            slopes = answer.get("slope")
            slopes = slopes if isinstance(slopes, list) else [slopes]
            check(table, z, answer.get("a"), slopes)


@pytest.mark.slow
def test_every_format_renders(tmp_path):
    document = Document([solve(SHEETS / NAME)])
    for ending in (".html", ".md", ".tex", ".ipynb", ".json"):
        document.save(tmp_path / f"page{ending}")
        assert (tmp_path / f"page{ending}").stat().st_size > 5000
    assert "Compared" in str(document)


def test_the_documents_example_solves():
    text = (SHEETS.parent / "docs" / "topics" / "activation.md").read_text("utf-8")
    assert solve(text.split("```toml\n")[1].split("```")[0]).workings


def softmax_of(z):
    """A worksheet with a question about softmax."""
    return f'[[question]]\nid = "q"\ntopic = "activation"\ngiven = {{ activation = "softmax", z = {z} }}\n'


@pytest.mark.parametrize("rows", ["[0, 1, 2]", "[[0, 1, 2], [1, 1, 3]]"])
def test_softmax_follows_from_a_students_own_powers(rows):
    text = softmax_of(rows)
    powers = solve(text)["q"]["powers"].astype(float).round(4)
    powers[..., 2] += 1
    sums = powers.sum(axis=-1)
    own = {"powers": powers, "sum": sums, "a": powers / sums[..., None]}
    answers = "\n".join(f"{name} = {value.round(4).tolist()}" for name, value in own.items())
    (marked,) = marking.check(text, f"[q]\n{answers}\n").questions
    verdicts = [(answer.name, answer.verdict) for answer in marked.answers]
    assert verdicts == [("powers", "wrong"), ("sum", "follows"), ("a", "follows")]


@pytest.mark.parametrize(
    ("slip", "shares"),
    [
        ("no_sum", lambda z: np.exp(z)),
        ("no_exponential", lambda z: z / z.sum(axis=1, keepdims=True)),
        ("sigmoid_for_softmax", lambda z: 1 / (1 + np.exp(-z))),
        ("sum_over_all_rows", lambda z: np.exp(z) / np.exp(z).sum()),
    ],
)
def test_slips_of_softmax_behind_its_powers_are_named(slip, shares):
    z = np.array([[0.5, 1.5, 1.0], [2.0, 0.25, 1.25]])
    text = softmax_of(z.tolist())
    own = {"powers": np.exp(z), "sum": np.exp(z).sum(axis=1), "a": shares(z)}
    answers = "\n".join(f"{name} = {value.round(4).tolist()}" for name, value in own.items())
    (marked,) = marking.check(text, f"[q]\n{answers}\n").questions
    assert [(answer.verdict, answer.slip) for answer in marked.answers] == [
        ("right", None),
        ("right", None),
        ("wrong", slip),
    ]

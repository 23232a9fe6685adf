"""The topic ``optimizer`` and its rules, against Keras, Optax, mpmath and SymPy."""

import json
import tomllib
from pathlib import Path

import jax
import jax.numpy as jnp
import keras
import mpmath
import nbformat
import numpy as np
import optax
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import main
from chainrule.paper.functions import Function, function_rule
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.topics.optimizer import MOST_FORMULAS, MOST_UPDATES
from chainrule.paper.topics.optimizer.methods import METHODS, read_method
from chainrule.paper.topics.optimizer.schedules import SCHEDULES
from chainrule.paper.workings import Document
from chainrule.rules.optimizers import adaptive, averages, gradient_steps
from chainrule.rules.schedules import cosine

SHEETS = Path(__file__).parent.parent / "worksheets"
SHEET, ANSWERS = SHEETS / "12-optimizers.toml", SHEETS / "answers" / "12-optimizers.toml"
GRADIENTS = [0.5, -0.25, 2.0, 0.125, -1.5]
same_draws = settings(derandomize=True, deadline=None, max_examples=25)


def as_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)


def sheet(top="", **question):
    lines = "\n".join(f"{key} = {as_toml(value)}" for key, value in question.items())
    return f'[[question]]\nid = "q"\ntopic = "optimizer"\n{top}\n[question.given]\n{lines}\n'


def worked(top="", **question):
    return solve(sheet(top, **question))["q"]


def path(working, name="w"):
    """A quantity after each update, as floats."""
    at = (q for q in working.tape.quantities if q.partition(".")[0] == name and "." in q)
    return np.array([np.asarray(working.tape[q].value, dtype=float) for q in at])


# ------------------------------------------------------------------------ Keras and Optax

KERAS = [
    {"name": "SGD", "learning_rate": 0.1},
    {"name": "SGD", "learning_rate": 0.1, "momentum": 0.9},
    {"name": "SGD", "learning_rate": 0.1, "momentum": 0.5, "nesterov": True},
    {"name": "SGD", "learning_rate": 0.1, "momentum": 0.5, "weight_decay": 0.25},
    {"name": "Adagrad", "learning_rate": 0.1},
    {"name": "Adagrad", "learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 0.01},
    {"name": "RMSprop", "learning_rate": 0.1},
    {"name": "RMSprop", "learning_rate": 0.1, "rho": 0.75, "epsilon": 0.01, "momentum": 0.5},
    {"name": "RMSprop", "learning_rate": 0.1, "rho": 0.75, "centered": True},
    {"name": "Adam", "learning_rate": 0.1, "epsilon_at": "keras"},
    {
        "name": "Adam",
        "learning_rate": 0.1,
        "beta_1": 0.5,
        "beta_2": 0.75,
        "epsilon": 0.01,
        "epsilon_at": "keras",
    },
    {"name": "AdamW", "learning_rate": 0.1, "epsilon_at": "keras"},
    {"name": "AdamW", "learning_rate": 0.1, "weight_decay": 0.25, "epsilon": 0.01, "epsilon_at": "keras"},
]


def keras_path(table, start, gradients):
    """Keras' path in float64, its learning rate too."""
    arguments = {k: v for k, v in table.items() if k not in ("name", "epsilon_at")}
    keras.config.set_floatx("float64")
    try:
        with jax.enable_x64(True):
            theirs = getattr(keras.optimizers, table["name"])(**arguments)
            variable = keras.Variable(np.asarray(start, dtype="float64"), dtype="float64")
            found = []
            for gradient in gradients:
                theirs.apply([jnp.asarray(gradient, dtype="float64")], [variable])
                found.append(np.asarray(variable.value))
            return np.array(found)
    finally:
        keras.config.set_floatx("float32")


@pytest.mark.parametrize("table", KERAS, ids=str)
def test_the_path_of_a_number_is_that_of_keras(table):
    ours = path(worked(w=1.0, gradients=GRADIENTS, optimizer=table))
    np.testing.assert_allclose(ours, keras_path(table, 1.0, GRADIENTS), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("table", KERAS, ids=str)
def test_the_path_of_a_matrix_is_that_of_keras(table):
    start, steps = [[1.0, -2.0], [0.5, 0.0]], [[[0.5, 1.0], [0.0, -1.0]], [[-0.25, 1.0], [2.0, 0.125]]]
    ours = path(worked(w=start, gradients=steps, optimizer=table))
    np.testing.assert_allclose(ours, keras_path(table, start, steps), rtol=1e-12, atol=1e-14)


def test_what_a_sheet_leaves_out_is_as_in_keras():
    for name, method in METHODS.items():
        theirs = getattr(keras.optimizers, name)()
        table = {"name": name, "momentum": 0.5} if name in ("SGD", "RMSprop") else name
        for key, value in read_method(table).numbers().items():
            if key != "momentum":
                said = getattr(theirs, key)
                assert float(value[()]) == pytest.approx(float(said)), (name, key)
        assert set(method.model_fields) - {"form", "epsilon_at"} <= set(vars(theirs)) | {"learning_rate"}


OPTAX = [
    ({"name": "SGD", "momentum": 0.9, "form": "subtract"}, optax.sgd(0.1, momentum=0.9)),
    ({"name": "SGD", "momentum": 0.5, "nesterov": True}, optax.sgd(0.1, momentum=0.5, nesterov=True)),
    (
        {"name": "SGD", "momentum": 0.9, "form": "average"},
        optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1)),
    ),
    ({"name": "Adam", "epsilon": 0.01}, optax.adam(0.1, eps=0.01)),
    ({"name": "Adam", "epsilon": 0.01, "epsilon_at": "inside"}, optax.adam(0.1, eps=0, eps_root=0.01)),
    ({"name": "AdamW", "epsilon": 0.01, "weight_decay": 0.25}, optax.adamw(0.1, eps=0.01, weight_decay=0.25)),
    ({"name": "RMSprop", "epsilon": 0.01}, optax.rmsprop(0.1, decay=0.9, eps=0.01)),
    (
        {"name": "RMSprop", "epsilon": 0.01, "epsilon_at": "outside"},
        optax.rmsprop(0.1, decay=0.9, eps=0.01, eps_in_sqrt=False),
    ),
    ({"name": "Adagrad", "epsilon": 0.01}, optax.adagrad(0.1, initial_accumulator_value=0.1, eps=0.01)),
]


@pytest.mark.parametrize(("table", "theirs"), OPTAX, ids=lambda v: str(v) if isinstance(v, dict) else "")
def test_the_path_is_that_of_optax(table, theirs):
    ours = path(worked(w=1.0, gradients=GRADIENTS, optimizer={**table, "learning_rate": 0.1}))
    with jax.enable_x64(True):
        parameter = jnp.asarray(1.0)
        state = theirs.init(parameter)
        for after, gradient in zip(ours, GRADIENTS, strict=True):
            updates, state = theirs.update(jnp.asarray(gradient), state, parameter)
            parameter = optax.apply_updates(parameter, updates)
            np.testing.assert_allclose(after, parameter, rtol=1e-12, atol=1e-14)


def test_the_rules_run_compiled_on_jax_and_stay_as_exact_as_in_numpy():
    def update(theta, m, v, d, t):
        m, v = averages.gradient_average(m, d, beta=0.9), averages.squares_average(v, d, rho=0.999)
        rate = adaptive.corrected_rate(0.1, t, beta_1=0.9, beta_2=0.999)
        return gradient_steps.step_down(theta, adaptive.adaptive_step_outside(m, v, rate, epsilon=1e-7))

    draws = np.random.default_rng(5).uniform(0, 1, (4, 4, 2))
    with jax.enable_x64(True):
        compiled = jax.jit(update)(*draws, jnp.asarray(3))
        assert compiled.dtype == jnp.float64
    np.testing.assert_allclose(compiled, update(*draws, 3), rtol=1e-14)


# --------------------------------------------------------------------------------- mpmath


def adam_by_mpmath(gradients, rate, beta_1, beta_2, epsilon, inside=False):
    """Adam as its authors write it; a row of m, v, m̂, v̂, step and w for each update."""
    m = v = w = mpmath.mpf(0)
    rows = []
    for t, g in enumerate(map(mpmath.mpf, gradients), start=1):
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        below = mpmath.sqrt(v_hat + epsilon) if inside else mpmath.sqrt(v_hat) + epsilon
        step = rate * m_hat / below
        w -= step
        rows.append((m, v, m_hat, v_hat, step, w))
    return rows


def test_two_hundred_digits_of_adam_are_those_of_mpmath():
    top = "digits = 200"
    working = worked(top, gradients=[0.3, 0.2, 0.1], optimizer={"name": "Adam", "learning_rate": 0.01})
    with mpmath.workdps(260):
        numbers = (mpmath.mpf(text) for text in ("0.01", "0.9", "0.999", "1e-7"))
        rows = adam_by_mpmath(["0.3", "0.2", "0.1"], *numbers)
        for update, row in enumerate(rows, start=1):
            for name, right in zip(("m", "v", "mhat", "vhat", "step", "w"), row, strict=True):
                low, high = _closely(working[f"{name}.{update}"][()])
                assert low - mpmath.mpf(10) ** -210 <= right <= high + mpmath.mpf(10) ** -210


def _closely(number):
    """Bounds of a number that are within 10^-220 of each other."""
    for low, high in number.enclosures():
        bounds = [mpmath.mpf(int(b.p)) / mpmath.mpf(int(b.q)) for b in (low, high)]
        if bounds[1] - bounds[0] < mpmath.mpf(10) ** -220:
            return bounds
    raise AssertionError


ADAM_QUESTIONS = [("adam-three-steps", 1e-8, False), ("adam-inside", 0.01, True)]


@pytest.mark.parametrize(("question", "epsilon", "inside"), ADAM_QUESTIONS)
def test_the_worksheets_answers_are_those_of_mpmath(question, epsilon, inside):
    said = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))[question]
    rows = adam_by_mpmath([0.3, 0.2, 0.1], 0.01, 0.9, 0.999, epsilon, inside)
    for name, answer in said.items():
        stem, _, update = name.partition(".")
        right = rows[int(update) - 1][("m", "v", "mhat", "vhat", "step", "w").index(stem)]
        assert _float(answer) == pytest.approx(float(right), rel=1e-4), name


def _float(answer):
    return float(sympy.Rational(answer)) if isinstance(answer, str) else float(answer)


@pytest.mark.parametrize(
    ("question", "theirs", "start", "gradients"),
    [
        ("momentum-three-steps", optax.sgd(0.1, 0.9), 0.0, [0.5, 0.4, -0.2]),
        ("momentum-added", optax.sgd(0.1, 0.9), 0.0, [0.5, 0.4, -0.2]),
        (
            "momentum-average",
            optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1)),
            0.0,
            [0.5, 0.4, -0.2],
        ),
        ("rate-over-root", optax.sgd(lambda count: 0.1 / jnp.sqrt(count + 1)), 0.0, [0.2, 0.4, 0.1]),
        ("rmsprop-average", optax.rmsprop(0.1, 0.9, 1e-8), 1.0, [3.0, 4.0, 12.0]),
        ("adagrad-sum", optax.adagrad(0.1, initial_accumulator_value=0.0, eps=0), 1.0, [3.0, 4.0, 12.0]),
        ("weight-decay", optax.chain(optax.add_decayed_weights(0.2), optax.scale(-0.1)), 2.0, [0.5]),
        ("vanishing-update", optax.sgd(0.01), 1.0, [1e-4]),
    ],
)
def test_the_worksheets_paths_are_those_of_optax(question, theirs, start, gradients):
    said = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))[question]
    with jax.enable_x64(True):
        parameter = jnp.asarray(start)
        state = theirs.init(parameter)
        for update, gradient in enumerate(gradients, start=1):
            updates, state = theirs.update(jnp.asarray(gradient), state, parameter)
            parameter = optax.apply_updates(parameter, updates)
            if f"w.{update}" in said:
                assert _float(said[f"w.{update}"]) == pytest.approx(float(parameter), abs=6e-7)


@pytest.mark.parametrize(
    ("question", "theirs"),
    [
        ("step-decay", keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True)),
        ("cosine-decay", keras.optimizers.schedules.CosineDecay(0.1, 4)),
    ],
)
def test_the_worksheets_rates_are_those_of_keras(question, theirs):
    said = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))[question]
    for name, answer in said.items():
        right = float(theirs(int(name.partition(".")[2]) - 1))
        value = sympy.sympify(answer.replace("√2", "sqrt(2)")) if isinstance(answer, str) else answer
        assert float(value) == pytest.approx(right, abs=1e-7)


# ------------------------------------------------------------------------------ schedules

KERAS_SCHEDULES = [
    ({"name": "ExponentialDecay", "decay_rate": 0.75, "decay_steps": 3}, "ExponentialDecay"),
    (
        {"name": "ExponentialDecay", "decay_rate": 0.75, "decay_steps": 3, "staircase": True},
        "ExponentialDecay",
    ),
    ({"name": "InverseTimeDecay", "decay_rate": 0.5, "decay_steps": 2}, "InverseTimeDecay"),
    (
        {"name": "InverseTimeDecay", "decay_rate": 0.5, "decay_steps": 2, "staircase": True},
        "InverseTimeDecay",
    ),
    ({"name": "CosineDecay", "decay_steps": 5}, "CosineDecay"),
    ({"name": "CosineDecay", "decay_steps": 5, "alpha": 0.25}, "CosineDecay"),
    ({"name": "PolynomialDecay", "decay_steps": 5}, "PolynomialDecay"),
    (
        {"name": "PolynomialDecay", "decay_steps": 5, "end_learning_rate": 0.025, "power": 2.0},
        "PolynomialDecay",
    ),
]


@pytest.mark.parametrize(("table", "name"), KERAS_SCHEDULES, ids=str)
def test_learning_rates_fall_as_those_of_keras(table, name):
    arguments = {k: v for k, v in table.items() if k != "name"}
    theirs = getattr(keras.optimizers.schedules, name)(0.1, **arguments)
    rates = path(
        worked(steps=8, schedule=table, optimizer={"name": "SGD", "learning_rate": 0.1}), "learning_rate"
    )
    np.testing.assert_allclose(rates, [float(theirs(step)) for step in range(8)], rtol=1e-6)


@pytest.mark.parametrize(
    ("table", "rate"),
    [
        ("inverse_sqrt", lambda t: 0.1 / np.sqrt(t)),
        ("inverse", lambda t: 0.1 / t),
        ({"name": "inverse", "first": 5}, lambda t: 0.1 / (t + 4)),
        ({"name": "StepDecay", "decay_rate": 0.5, "decay_steps": 3}, lambda t: 0.1 * 0.5 ** ((t - 1) // 3)),
        ({"name": "natural_decay", "k": 0.2}, lambda t: 0.1 * np.exp(-0.2 * (t - 1))),
        ({"name": "natural_decay", "k": 0.2, "first": 1}, lambda t: 0.1 * np.exp(-0.2 * t)),
    ],
    ids=lambda value: "" if callable(value) else str(value),
)
def test_learning_rates_fall_as_the_courses_say(table, rate):
    rates = path(
        worked(steps=7, schedule=table, optimizer={"name": "SGD", "learning_rate": 0.1}), "learning_rate"
    )
    np.testing.assert_allclose(rates, [rate(t) for t in range(1, 8)], rtol=1e-14)


def test_a_schedule_leads_the_path_as_in_keras():
    table = {"name": "ExponentialDecay", "decay_rate": 0.5, "decay_steps": 2}
    ours = path(
        worked(w=1, gradients=GRADIENTS, schedule=table, optimizer={"name": "Adam", "epsilon_at": "keras"})
    )
    falling = keras.optimizers.schedules.ExponentialDecay(0.001, 2, 0.5)
    right = keras_path({"name": "Adam", "learning_rate": falling}, 1.0, GRADIENTS)
    np.testing.assert_allclose(ours, right, rtol=1e-6)


def test_schedules_run_compiled_on_jax():
    at = jax.jit(lambda t: cosine.cosine_decay(0.1, t, decay_steps=10, alpha=0.0))
    theirs = optax.cosine_decay_schedule(0.1, 10)
    np.testing.assert_allclose(
        [at(jnp.float32(t)) for t in range(12)], [theirs(t) for t in range(12)], atol=1e-7
    )


# ---------------------------------------------------------------------------- formulas in w


def test_the_gradient_follows_from_the_loss_and_the_path_is_that_of_jax():
    optimizer = {"name": "SGD", "learning_rate": 0.004, "momentum": 0.5}
    working = worked(w=[1, -1], loss="100 w1^2 + w2^2*e^w1", steps=6, optimizer=optimizer)

    def loss(w):
        return 100 * w[0] ** 2 + w[1] ** 2 * jnp.exp(w[0])

    with jax.enable_x64(True):
        w, v = jnp.array([1.0, -1.0]), jnp.zeros(2)
        for update in range(1, 7):
            v = 0.5 * v - 0.004 * jax.grad(loss)(w)
            w = w + v
            np.testing.assert_allclose(working[f"w.{update}"].astype(float), w, rtol=1e-12)
            assert float(working[f"loss.{update}"][()]) == pytest.approx(float(loss(w)), rel=1e-12)


def test_nesterovs_two_forms_are_one_path_seen_from_two_places():
    """Keras' parameter is the textbook's looked ahead: Sutskever et al. (2013), Bengio et al. (2013)."""
    settings = {"w": 1, "loss": "w^2 + w", "steps": 5}
    both = [
        worked(**settings, optimizer={"name": "SGD", "learning_rate": 0.1, "momentum": 0.5, "nesterov": kind})
        for kind in (True, "look_ahead")
    ]
    keras_w = [both[0][f"w.{t}"][()] for t in range(1, 5)]
    ahead = [both[1][f"ahead.{t}"][()] for t in range(2, 6)]
    assert [str(v) for v in keras_w] == [str(v) for v in ahead]


@pytest.mark.parametrize("nesterov", [False, "look_ahead"])
def test_both_signs_of_momentum_are_one_path_with_opposite_velocities(nesterov):
    optimizer = {"name": "SGD", "learning_rate": "1/7", "momentum": "1/3", "nesterov": nesterov}
    add, subtract = (
        worked(w=2, loss="w^4", steps=4, optimizer={**optimizer, "form": form})
        for form in ("add", "subtract")
    )
    for t in range(1, 5):
        assert add[f"w.{t}"][()].exact == subtract[f"w.{t}"][()].exact
        assert add[f"v.{t}"][()].exact == -subtract[f"v.{t}"][()].exact


TEXTS = st.recursive(
    st.sampled_from(["a", "b", "2", "1/3", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"exp(-({t})^2)"),
        inner.map(lambda t: f"sin({t})"),
        inner.map(lambda t: f"sqrt(2 + ({t})^2)"),
        inner.map(lambda t: f"1/(1 + ({t})^2)"),
    ),
    max_leaves=5,
)


@same_draws
@given(text=TEXTS, a=st.integers(-8, 8), b=st.integers(-8, 8))
def test_a_functions_value_and_gradient_are_those_of_jax(text, a, b):
    function = Function.read(text, ["a", "b"])
    point = {"a": Number(a) / 4, "b": Number(b) / 4}
    known = {"exp": jnp.exp, "sin": jnp.sin, "sqrt": jnp.sqrt}

    def value(at):
        return 0.0 * at[0] + eval(text.replace("^", "**"), known, {"a": at[0], "b": at[1]})  # drawn above

    with jax.enable_x64(True):
        at = jnp.array([a / 4, b / 4])
        assert float(function.at(point)) == pytest.approx(float(value(at)), rel=1e-10, abs=1e-10)
        slopes = [float(slope.at(point)) for slope in function.gradient()]
        np.testing.assert_allclose(slopes, jax.grad(value)(at), rtol=1e-9, atol=1e-9)


def test_a_function_is_written_with_the_names_of_its_quantities():
    rule = function_rule("loss", Function.read("w^2 - ln(w)", ["w"]))
    assert rule.formula({"theta": "w^{(3)}"}) == r"(w^{(3)})^{2} - \ln{\left(w^{(3)} \right)}"


# -------------------------------------------------------------------- letters and rounding


def test_with_letters_every_step_is_a_formula():
    working = worked(w="w0", gradient="2*w", steps=2, optimizer={"name": "SGD", "learning_rate": "eta"})
    w0, eta = sympy.symbols("w0 eta", real=True)
    assert sympy.expand(working["w.2"][()].expression - w0 * (1 - 2 * eta) ** 2) == 0


def test_a_letter_may_stand_anywhere():
    table = {"name": "Adagrad", "initial_accumulator_value": "r0", "epsilon": 0}
    assert str(worked(gradients=[1], optimizer=table)["r.1"][()]) == "r0 + 1"
    schedule = {"name": "InverseTimeDecay", "decay_rate": "d"}
    rate = worked(steps=2, schedule=schedule)["learning_rate.2"][()]
    assert sympy.simplify(rate.expression - 1 / (100 * (1 + sympy.Symbol("d", real=True)))) == 0


def test_closed_forms_stay():
    working = worked(
        "closed = true",
        gradients=[0.2, 0.4],
        optimizer={"name": "SGD", "learning_rate": 0.1},
        schedule="inverse_sqrt",
    )
    assert sympy.simplify(working["w.2"][()].expression + sympy.Rational(1, 50) + sympy.sqrt(2) / 50) == 0


def test_rounding_rounds_every_step_before_the_next():
    working = worked(
        "rounding = 4",
        gradients=[0.2, 0.4, 0.1],
        optimizer={"name": "SGD", "learning_rate": 0.1},
        schedule="inverse_sqrt",
    )
    assert [str(working[f"learning_rate.{t}"][()]) for t in (1, 2, 3)] == ["1/10", "707/10000", "577/10000"]
    assert float(working["w.3"][()]) == pytest.approx(-(0.02 + 0.0283 + 0.0058))


def test_a_part_or_a_quantity_can_be_asked_for_alone():
    question = {"gradients": [0.5, 0.4], "optimizer": {"name": "SGD", "momentum": 0.9}}
    assert worked('find = ["v"]', **question).names == ["v.1", "v.2"]
    assert worked('find = ["update2"]', **question).names == ["v.2", "w.2"]
    assert [part.id for part in worked('find = ["table", "picture"]', **question).parts] == [
        "table",
        "picture",
    ]


# ------------------------------------------------------------------------------- counting


@same_draws
@given(rows=st.integers(1, 500), size=st.integers(1, 500), epochs=st.integers(1, 9))
def test_updates_are_as_many_as_slices(rows, size, epochs):
    size = min(size, rows)
    working = worked(rows=rows, batch_size=size, epochs=epochs)
    batches = [range(i, min(i + size, rows)) for i in range(0, rows, size)]
    assert working["batches"][()] == len(batches)
    assert working["last_batch"][()] == len(batches[-1])
    assert working["updates"][()] == len(batches) * epochs


@pytest.mark.parametrize(
    ("question", "updates"),
    [
        ({"rows": 50, "epochs": 5}, 5),
        ({"rows": 50, "epochs": 5, "descent": "batch"}, 5),
        ({"rows": 50, "epochs": 5, "descent": "stochastic"}, 250),
        ({"rows": 50, "epochs": 5, "batches": 10}, 50),
        ({"rows": 400, "batch_size": 150}, 3),
        ({"rows": 7, "batches": 3, "epochs": 2, "descent": "mini-batch"}, 6),
    ],
)
def test_updates_of_the_three_kinds_of_descent(question, updates):
    assert worked(**question)["updates"][()] == updates


# -------------------------------------------------------------------------------- mistakes

SGD = {"name": "SGD"}
MISTAKES = [
    ({"gradients": []}, "given.gradients: an empty list"),
    ({"gradients": 0.5}, "given.gradients: expected a list, one gradient for each update"),
    (
        {"gradients": [0.5], "optimizer": {**SGD, "momentum": 1}},
        "given.optimizer.momentum: expected a number from 0",
    ),
    ({"gradients": [0.5], "optimizer": {**SGD, "momentum": -0.1}}, "given.optimizer.momentum: expected"),
    ({"gradients": [0.5], "optimizer": {"name": "Adam", "beta_1": 1.5}}, "given.optimizer.beta_1: expected"),
    ({"gradients": [0.5], "optimizer": {"name": "Adam", "beta_2": 1}}, "given.optimizer.beta_2: expected"),
    ({"gradients": [0.5], "optimizer": {"name": "RMSprop", "rho": -1}}, "given.optimizer.rho: expected"),
    (
        {"gradients": [0.5], "optimizer": {**SGD, "learning_rate": 0}},
        "given.optimizer.learning_rate: expected a number greater",
    ),
    ({"gradients": [0.5], "optimizer": {**SGD, "learning_rate": "-√2"}}, "got -√2"),
    (
        {"gradients": [0.5], "optimizer": {**SGD, "learning_rate": [1]}},
        "given.optimizer.learning_rate: expected one number",
    ),
    ({"gradients": [0.5], "optimizer": {**SGD, "rate": 1}}, "given.optimizer.rate: unknown key"),
    ({"gradients": [0.5], "optimizer": {"name": "Adm"}}, "did you mean 'Adam'"),
    ({"gradients": [0.5], "optimizer": {"learning_rate": 1}}, "given.optimizer.name: is missing"),
    ({"gradients": [0.5], "optimizer": 3}, "given.optimizer: expected a name"),
    ({"gradients": [0.5], "optimizer": {"name": "Adam", "epsilon": -1}}, "given.optimizer.epsilon: expected"),
    (
        {"gradients": [0.5], "optimizer": {**SGD, "nesterov": True}},
        "given.optimizer.nesterov: is given without momentum",
    ),
    (
        {"gradients": [0.5], "optimizer": {**SGD, "form": "average"}},
        "given.optimizer.form: is given without momentum",
    ),
    (
        {"gradients": [0.5], "optimizer": {**SGD, "momentum": 0.5, "nesterov": True, "form": "average"}},
        "no Nesterov form",
    ),
    (
        {"gradients": [0.5], "optimizer": {**SGD, "momentum": 0.5, "nesterov": True, "form": "subtract"}},
        "expected nesterov = 'look_ahead'",
    ),
    ({"gradients": [[1, 2], [3, 4]], "w": 1}, "given.gradients: each is a list of 2 and w is one number"),
    ({"gradients": [1], "w": [[[1]]]}, "given.w: expected one number"),
    ({"gradients": [1], "w": [1] * 101}, "100 entries at most"),
    ({"gradients": [1, 2], "steps": 3}, "given.steps: 3 updates and 2 gradients"),
    ({"gradients": [1] * (MOST_UPDATES + 1)}, f"at most {MOST_UPDATES} are worked by hand"),
    ({"gradients": ["g"] * (MOST_FORMULAS + 1)}, f"at most {MOST_FORMULAS} are worked with formulas"),
    ({"gradients": [1], "loss": "w"}, "gradients and loss are both given"),
    ({"loss": "w^2", "w": 1}, "steps is missing"),
    ({"loss": "w^2", "steps": 2}, "given.w: is missing"),
    ({"loss": "x^2", "w": 1, "steps": 2}, "given.loss: 'x' is no parameter; parameters are w"),
    ({"loss": "w^", "w": 1, "steps": 2}, "given.loss: cannot read"),
    ({"loss": "__import__('os')", "w": 1, "steps": 2}, "given.loss: "),
    ({"gradient": ["w1"], "w": [1, 2], "steps": 2}, "given.gradient: 1 formulas for 2 entries"),
    ({"loss": "w1", "w": [1, 2], "names": ["a", "a"], "steps": 2}, "given.names: expected 2 different names"),
    ({"loss": "w", "w": [[1, 2]], "steps": 2}, "where a formula is given"),
    ({"loss": "ln(w)", "w": -1, "steps": 1}, "logarithm of -1"),
    ({"gradient": "1/w", "w": 0, "steps": 1}, "division of 1 by 0"),
    (
        {"gradients": [0], "optimizer": {"name": "Adagrad", "initial_accumulator_value": 0, "epsilon": 0}},
        "division",
    ),
    ({}, "expected gradients, gradient or loss"),
    ({"schedule": "cosine", "steps": 2}, "given.schedule: expected one of"),
    ({"schedule": "CosineDecay", "steps": 2}, "given.schedule.decay_steps: is missing"),
    (
        {"schedule": {"name": "CosineDecay", "decay_steps": 0}, "steps": 2},
        "given.schedule.decay_steps: expected",
    ),
    (
        {"schedule": {"name": "CosineDecay", "decay_steps": 2, "alpha": 2}, "steps": 2},
        "given.schedule.alpha: expected",
    ),
    ({"schedule": {"name": "inverse", "first": 0}, "steps": 2}, "given.schedule.first: "),
    ({"schedule": "inverse", "steps": 101}, "given.steps: "),
    ({"batch_size": 2}, "batch_size is given without rows"),
    ({"rows": 10, "gradients": [1]}, "gradients and rows are both given"),
    ({"rows": 10, "batch_size": 11}, "given.batch_size: 11 of 10 rows"),
    ({"rows": 10, "batches": 11}, "given.batches: 11 batches of 10 rows"),
    ({"rows": 10, "batches": 2, "batch_size": 5}, "expected one of them"),
    ({"rows": 10, "descent": "batch", "batch_size": 5}, "leave batch_size out"),
    ({"rows": 10, "descent": "stochastic", "batches": 5}, "leave batches out"),
    ({"rows": 10, "descent": "mini-batch"}, "given.batch_size: is missing"),
    ({"rows": 0}, "given.rows: "),
    ({"rows": 10, "descent": "newton"}, "given.descent: "),
    ({"rows": 10, "optimizer": "Adam"}, "optimizer is given for a count of updates"),
    ({"rows": 10, "steps": 3}, "steps is given for a count of updates"),
    ({"gradients": [1], "epochs": 3}, "epochs is given for a path with gradients"),
    ({"gradients": [1], "names": ["u"]}, "names is given for a path with gradients"),
    ({"loss": "w^2", "w": 1, "steps": 1, "epochs": 2}, "epochs is given for a path with a formula"),
    ({"schedule": "inverse", "steps": 3, "w": 5}, "w is given for learning rates"),
    ({"loss": "pi", "names": ["pi"], "w": 1, "steps": 1}, "given.names: expected names as w or w1; got 'pi'"),
    ({"loss": "a b", "names": ["a b"], "w": 1, "steps": 1}, "given.names: expected names as w or w1"),
    ({"gradients": [1] * (MOST_UPDATES + 1)}, f"given.gradients: {MOST_UPDATES + 1} updates"),
    ({"gradients": ["10^999"]}, "gradients: the power 999 is larger"),
    (
        {"gradients": [1], "optimizer": {**SGD, "momentum": 0.5, "nesterov": "look"}},
        "given.optimizer.nesterov: expected false, true (Keras' form) or 'look_ahead'; got 'look'",
    ),
    (
        {"gradients": [1], "optimizer": {**SGD, "learning_rate": "√2 - √2"}},
        "given.optimizer.learning_rate: expected a number greater than 0; cannot tell",
    ),
    ({"gradients": [1], "optimizer": {"name": 5}}, "given.optimizer.name: expected text in quotes, got 5"),
]


@pytest.mark.parametrize(("question", "says"), MISTAKES, ids=lambda v: v if isinstance(v, str) else "")
def test_a_mistake_is_named_with_its_place_in_one_line(question, says):
    with pytest.raises(SheetError) as error:
        worked(**question)
    assert says in str(error.value)
    assert str(error.value).startswith("question 'q'")
    assert "\n" not in str(error.value)


def test_what_no_float_holds_is_worked_without_a_picture():
    working = worked(gradients=["1e700"], optimizer={"name": "Adam", "epsilon": 0})
    assert float(working["w.1"]) == -0.001
    assert [part.id for part in working.parts] == ["formulas", "update1", "table"]


def test_a_number_of_several_terms_stands_in_brackets():
    text = str(worked(gradients=[1], optimizer={"name": "RMSprop", "rho": "1 - a"}))
    assert "r⁽¹⁾ = (1 − a)·r⁽⁰⁾ + (1 − (1 − a))·(g⁽¹⁾)²" in text
    schedule = {"name": "ExponentialDecay", "decay_rate": "1 + d", "decay_steps": "D + 1"}
    assert "^(1 / (D + 1))" in str(worked(schedule=schedule, steps=2))


def test_rows_of_a_parameter_stay_rows_in_the_table():
    assert "((1, 2), (3, 4))" in str(worked(gradients=[[[1, 2], [3, 4]]], w=[[1, 2], [3, 4]]))


def test_letters_are_not_rounded():
    with pytest.raises(SheetError, match="rounding: a formula cannot be rounded"):
        worked("rounding = 3", gradients=["g"])


def test_a_mistake_at_the_command_line_is_status_two(tmp_path, capsys):
    file = tmp_path / "bad.toml"
    file.write_text(sheet(gradients=[]), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["solve", str(file)])
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "given.gradients: an empty list" in said


# --------------------------------------------------------------------------------- formats


@pytest.mark.slow
def test_the_worksheet_is_written_in_every_format(tmp_path):
    document = Document([solve(SHEET)])
    for ending in ("html", "md", "tex", "ipynb", "json"):
        document.save(tmp_path / f"sheet.{ending}")
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 20
    assert "merror" not in page
    nbformat.validate(nbformat.read(tmp_path / "sheet.ipynb", as_version=4))
    text = str(document)
    assert "w⁽³⁾ = −0.135 − 0.0565 = −383/2000 = −0.1915" in text
    assert "$" not in text


@pytest.mark.slow
def test_a_sheet_of_every_optimizer_and_schedule_has_its_pictures():
    for table in KERAS:
        working = worked(w=[1, 2], loss="w1^2 + w1*w2 + w2^2", steps=3, optimizer=table)
        assert [picture.draw()[:4] for picture in working.pictures] == ["<svg", "<svg"]
    assert set(SCHEDULES) >= {name for _, name in KERAS_SCHEDULES}

"""The topic ``perceptron``, against loops over fractions, SciPy, JAX and scikit-learn."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.special import expit
from sklearn.linear_model import Perceptron

from chainrule.cli.main import run
from chainrule.paper.numbers import Number
from chainrule.paper.solving import solve
from chainrule.paper.topics.perceptron.separation import separate
from chainrule.paper.workings import Document
from chainrule.rules.perceptron import output, row_losses, training, weight_penalties

SHEETS = Path(__file__).parent.parent / "worksheets"
NAME = "03-perceptron.toml"
QUESTIONS = {
    q["id"]: q["given"]
    for q in tomllib.loads((SHEETS / NAME).read_text(encoding="utf-8"), parse_float=Decimal)["question"]
}
ANSWERS = tomllib.loads((SHEETS / "answers" / NAME).read_text(encoding="utf-8"), parse_float=Decimal)
BITS = [(a, b) for a in (0, 1) for b in (0, 1)]
TRUTH = {
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "nand": [1, 1, 1, 0],
    "nor": [1, 0, 0, 0],
    "xor": [0, 1, 1, 0],
    "xnor": [1, 0, 0, 1],
}
same_draws = settings(derandomize=True, deadline=None, max_examples=60)


def as_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, Fraction):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else repr(value)


def sheet(head="", **question):
    lines = [f"{key} = {as_toml(value)}" for key, value in question.items()]
    return f'[[question]]\nid = "q"\ntopic = "perceptron"\n{head}\n[question.given]\n' + "\n".join(lines)


def worked(head="", **question):
    return solve(sheet(head, **question))["q"]


def fractions(working, name):
    """A quantity as fractions."""
    value = working.tape[name].value
    made = [Fraction(int(v.exact.p), int(v.exact.q)) for v in value.flat]
    return made if value.ndim else made[0]


def said(working):
    """What the terminal shows, without its line breaks."""
    return " ".join(str(working).split())


# ------------------------------------------------------------------------------- training


def trained(x, y, w, b, rate, *, threshold=0, low=0, order=None, train_bias=True, epochs=100):
    """The training rule as the lecture writes it, over fractions: w, b, epochs and corrections."""
    w, b, corrections = [Fraction(v) for v in w], Fraction(b), 0
    epoch, mistakes = 0, 1
    while mistakes and epoch < epochs:
        epoch, mistakes = epoch + 1, 0
        for row in order or range(len(x)):
            z = sum(Fraction(v) * u for v, u in zip(x[row], w, strict=True)) + b
            difference = y[row] - (1 if z >= threshold else low)
            if difference:
                mistakes += 1
                w = [u + Fraction(rate) * difference * Fraction(v) for u, v in zip(w, x[row], strict=True)]
                b += Fraction(rate) * difference * train_bias
        corrections += mistakes
    return w, b, epoch, corrections


@pytest.mark.parametrize("gate", ["and", "or", "nand", "nor"])
@pytest.mark.parametrize("threshold", [None, Fraction(1), Fraction(-1, 3)])
@pytest.mark.parametrize("train_bias", [True, False])
def test_a_run_is_that_of_the_loop(gate, threshold, train_bias):
    more = {} if threshold is None else {"threshold": threshold}
    start = {"w": [Fraction(6, 5), Fraction(3, 5)], "b": Fraction(1, 10), "learning_rate": Fraction(1, 5)}
    found = worked(gate=gate, **start, **more, train_bias=train_bias, epochs=40)
    w, b, epochs, corrections = trained(
        BITS, TRUTH[gate], start["w"], start["b"], start["learning_rate"],
        threshold=threshold or 0, train_bias=train_bias, epochs=40,
    )  # fmt: skip
    if "in a circle" in said(found):
        assert epochs == 40  # the loop never ended either
        return
    assert fractions(found, "w_new") == w
    assert fractions(found, "b_new") == b
    assert fractions(found, "epochs") == epochs
    assert fractions(found, "corrections") == corrections


rationals = st.fractions(-4, 4, max_denominator=6)
points = st.lists(st.tuples(rationals, rationals), min_size=2, max_size=6, unique=True)


@given(points, st.data())
@settings(same_draws, max_examples=30)
def test_any_table_trains_as_the_loop_does(x, data):
    low = data.draw(st.sampled_from([0, -1]))
    y = data.draw(st.lists(st.sampled_from([low, 1]), min_size=len(x), max_size=len(x)))
    order = data.draw(st.permutations(range(len(x))))
    start = data.draw(st.tuples(rationals, rationals, rationals))
    rate = data.draw(st.sampled_from([Fraction(1, 10), Fraction(1, 2), Fraction(1)]))
    found = worked(
        x=x, y=y, w=start[:2], b=start[2], learning_rate=rate, order=[i + 1 for i in order], epochs=8
    )  # fmt: skip
    is_signed = low == -1 and -1 in y
    w, b, epochs, corrections = trained(
        x, y, start[:2], start[2], rate, low=-1 if is_signed else 0, order=order, epochs=8
    )
    if "in a circle" in said(found):
        assert epochs == 8
        return
    assert fractions(found, "w_new") == w
    assert fractions(found, "b_new") == b
    assert (fractions(found, "epochs"), fractions(found, "corrections")) == (epochs, corrections)


def test_the_run_is_scikit_learns_where_nothing_is_tied():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(8, 3)).round(2)
    y = (x @ [1.0, -2.0, 0.5] + 0.3 > 0).astype(int)
    start, bias = np.array([-0.137, 0.211, 0.093]), 0.0173
    found = worked(x=x.tolist(), y=y.tolist(), w=start.tolist(), b=bias, learning_rate=0.1)
    epochs = int(fractions(found, "epochs"))
    assert epochs > 1
    judge = Perceptron(max_iter=epochs, tol=None, shuffle=False, eta0=0.1)
    judge.fit(x, y, coef_init=start[None, :], intercept_init=[bias])
    np.testing.assert_allclose([float(v) for v in fractions(found, "w_new")], judge.coef_[0], rtol=1e-10)
    np.testing.assert_allclose(float(fractions(found, "b_new")), judge.intercept_[0], rtol=1e-10)
    assert (judge.predict(x) == y).all()


def test_xor_goes_in_a_circle_and_is_proven_impossible():
    found = worked(gate="xor", w=[0, 0], learning_rate=1)
    assert "in a circle and never ends" in said(found)
    assert fractions(found, "separable") == 0


def test_a_run_that_is_cut_off_says_so():
    found = worked(gate="and", w=[0, 0], b=0.1, learning_rate=0.1, epochs=2)
    assert "After 2 epochs and 6 corrections the rule has not converged" in said(found)


def test_right_from_the_start_needs_no_correction():
    found = worked(gate="and", w=[1, 1], b=-1.5, learning_rate=0.1)
    assert "nothing is corrected" in said(found)
    assert fractions(found, "corrections") == 0


def test_where_floats_take_the_other_side_is_said():
    """The loop over Python's floats ends at the bias -0.2, exact numbers at -0.3."""
    w, b = [0.0, 0.0], 0.1
    for _ in range(7):
        for (x1, x2), y in zip(BITS, TRUTH["and"], strict=True):
            error = y - (w[0] * x1 + w[1] * x2 + b >= 0)
            w, b = [w[0] + 0.1 * error * x1, w[1] + 0.1 * error * x2], b + 0.1 * error
    assert b == pytest.approx(-0.2)
    found = worked(gate="and", w=[0, 0], b=0.1, learning_rate=0.1, epochs=10)
    assert fractions(found, "b_new") == Fraction(-3, 10)
    assert "at presentation 19" in said(found)
    assert "bias -0.2" in said(found)


def test_long_runs_show_the_first_and_last_presentations():
    rows = [[i, i * i % 7] for i in range(40)]
    y = [int(i > 20) for i in range(40)]
    found = worked(x=rows, y=y, w=[0, 0], learning_rate=1, epochs=10)
    table = next(i for part in found.parts for i in part.items if getattr(i, "kind", "") == "table")
    assert len(table.rows) == 53
    assert table.rows[-1][0] == str(len([n for n in found.tape.quantities if n.startswith("z.")]))


def test_presentations_that_are_asked_for_stand_in_their_order():
    asked = [f"{name}.{k}" for k in range(1, 9) for name in ("z", "yhat", "error", "w", "b")]
    found = worked(
        f"find = {asked}".replace("'", '"'), gate="and", w=[1.2, 0.6], threshold=1, learning_rate=0.5
    )
    assert found.names == asked


def test_an_answer_alone_is_asked_for_by_its_name():
    assert worked('find = ["separable"]', gate="xor").names == ["separable"]
    given = {"x": [[1, 2], [2, 1]], "y": [1, -1], "w": [1, 1], "loss": "hinge"}
    assert worked('find = ["loss"]', **given).names == ["loss"]
    assert worked('find = ["losses"]', **given).names == ["agreement", "terms", "loss"]


def test_find_asks_for_a_single_presentation():
    found = worked('find = ["w.3", "b.3"]', gate="and", w=[1.2, 0.6], threshold=1, learning_rate=0.5)
    assert found.names == ["w.3", "b.3"]


# --------------------------------------------------------------------------- separability


def scipys_verdict(x, y):
    """Whether w·x + b ≥ 1 for one class and ≤ -1 for the other has a solution."""
    sides = np.where(np.array(y) == 1, 1, -1)
    rows = -sides[:, None] * np.hstack([np.array(x, float), np.ones((len(x), 1))])
    answer = linprog(np.zeros(rows.shape[1]), A_ub=rows, b_ub=-np.ones(len(x)), bounds=(None, None))
    assert answer.status in (0, 2)
    return answer.status == 0


def check(x, sides):
    """The line, or the certificate, put to the test; whether it is a line."""
    found = separate([[fmpq(int(v.numerator), int(v.denominator)) for v in p] for p in x], sides)
    if isinstance(found, tuple):
        w, b = found
        for p, side in zip(x, sides, strict=True):
            z = sum(int(v.numerator) * u / int(v.denominator) for v, u in zip(p, w, strict=True)) + b
            assert z * side > 0
        return True
    assert all(v >= 0 for v in found)
    for side in (1, -1):
        assert sum((v for v, s in zip(found, sides, strict=True) if s == side), fmpq(0)) == 1
    for axis in range(len(x[0])):
        terms = [
            v * s * fmpq(int(p[axis].numerator), int(p[axis].denominator))
            for v, s, p in zip(found, sides, x, strict=True)
        ]
        assert sum(terms, fmpq(0)) == 0
    return False


@given(st.integers(1, 3), st.data())
@settings(derandomize=True, deadline=None, max_examples=150)
def test_separability_is_scipys_and_comes_with_its_proof(n, data):
    small = st.integers(-3, 3).map(Fraction)
    x = data.draw(st.lists(st.tuples(*[small] * n), min_size=1, max_size=9))
    sides = data.draw(st.lists(st.sampled_from([1, -1]), min_size=len(x), max_size=len(x)))
    assert check(x, sides) == scipys_verdict(x, sides)


@given(st.data())
@same_draws
def test_what_a_line_separates_is_found_separable(data):
    w = data.draw(st.tuples(rationals, rationals, rationals))
    x = data.draw(points)
    heights = [w[0] * a + w[1] * b + w[2] for a, b in x]
    assume(all(heights))
    assert check(x, [1 if h > 0 else -1 for h in heights])


@pytest.mark.parametrize("inputs", [1, 2, 3, 4])
@pytest.mark.parametrize("gate", list(TRUTH))
def test_gates(gate, inputs):
    found = worked(gate=gate, inputs=inputs)
    is_separable = gate not in ("xor", "xnor") or inputs == 1
    assert fractions(found, "separable") == is_separable
    assert found.tape["x"].value.shape == (2**inputs, inputs)
    if inputs == 2:
        assert fractions(found, "y") == TRUTH[gate]


def test_the_certificate_of_xor():
    found = worked(gate="xor")
    assert fractions(found, "mean_upper") == fractions(found, "mean_lower") == [Fraction(1, 2)] * 2
    assert fractions(found, "mean_upper_multipliers") == [Fraction(1, 2)] * 2
    assert "a contradiction" in said(found)


def test_the_same_point_in_both_classes_is_a_proof():
    found = worked(x=[[1, 2], [3, 4], [1, 2]], y=[0, 1, 1])
    assert fractions(found, "separable") == 0


def test_one_class_alone_is_separable():
    assert fractions(worked(x=[[1, 2], [3, 4]], y=[1, 1]), "separable") == 1
    assert fractions(worked(x=[[1, 2], [3, 4]], y=[-1, -1]), "separable") == 1


def test_whether_given_weights_realise_the_table():
    right = worked(gate="and", w=[1, 1], b=-1.5)
    assert "realise the table" in said(right)
    assert "separable" not in right.tape.quantities
    wrong = worked(gate="xor", w=[1, 1], b=-0.5)
    assert "do not realise the table: row 4 is wrong" in said(wrong)


# ------------------------------------------------------------------------------- outputs


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("sigmoid", expit(1.0)), ("tanh", np.tanh(1.0)), ("relu", 1.0), ("step", 1.0), ("linear", 1.0)],
)
def test_the_output_with_an_activation(activation, expected):
    found = worked(x=[0, 1, 1], w=[4, 2, -1], activation=activation)
    assert float(found["yhat"][()]) == pytest.approx(expected, rel=1e-14)


def test_the_output_of_several_rows_and_with_names():
    found = worked(x=[[0, 1], [1, 1]], w=["w1", "w2"], b="c", activation="sigmoid")
    assert [str(v) for v in found["z"]] == ["c + w2", "c + w1 + w2"]


def test_an_upright_line_and_no_line():
    assert fractions(worked(x=[[0, 0], [1, 0]], y=[0, 1], w=[2, 0], b=-1), "position") == Fraction(1, 2)
    assert "there is no line" in said(worked(x=[[0, 0], [1, 0]], y=[1, 1], w=[0, 0], b=1))


# -------------------------------------------------------------------------------- losses


def mean_cost(name, penalty, rho):
    """The cost in JAX, from its definition."""
    terms = {
        "perceptron": lambda y, f: jnp.maximum(0, -y * f),
        "hinge": lambda y, f: jnp.maximum(0, 1 - y * f),
        "mse": lambda y, f: (y - f) ** 2,
        "mae": lambda y, f: jnp.abs(y - f),
        "binary_crossentropy": lambda y, f: -y * jax.nn.log_sigmoid(f) - (1 - y) * jax.nn.log_sigmoid(-f),
    }[name]
    penalties = {
        None: lambda w: 0.0,
        "l1": lambda w: jnp.abs(w).sum(),
        "l2": lambda w: (w**2).sum(),
        "half_l2": lambda w: (w**2).sum() / 2,
        "elastic": lambda w: rho * jnp.abs(w).sum() + (1 - rho) * (w**2).sum() / 2,
    }[penalty]
    return lambda w, b, x, y, alpha: terms(y, x @ w + b).mean() + alpha * penalties(w)


@pytest.mark.parametrize("name", ["perceptron", "hinge", "mse", "mae", "binary_crossentropy"])
@pytest.mark.parametrize("penalty", [None, "l1", "l2", "half_l2", "elastic"])
def test_losses_and_gradients_are_jaxs(name, penalty):
    rng = np.random.default_rng(7)
    x, w = rng.integers(-9, 10, (5, 3)) / 4, np.array([0.5, -0.25, 0.75])
    y = rng.integers(0, 2, 5) if name == "binary_crossentropy" else rng.choice([-1, 1], 5)
    b, alpha, rho, rate = 0.125, 0.3, 0.15, 0.1
    more = {} if penalty is None else {"penalty": penalty, "alpha": alpha}
    more |= {"l1_ratio": rho} if penalty == "elastic" else {}
    found = worked(
        x=x.tolist(), y=y.tolist(), w=w.tolist(), b=b, loss=name, learning_rate=rate, **more
    )  # fmt: skip
    with jax.enable_x64(True):
        cost = mean_cost(name, penalty, rho)
        arguments = (jnp.array(w), jnp.array(b), jnp.array(x), jnp.array(y, float), alpha)
        value, (dw, db) = jax.value_and_grad(cost, argnums=(0, 1))(*arguments)
        value, dw, db = float(value), np.array(dw), float(db)
    assert float(found["loss" if penalty is None else "cost"][()]) == pytest.approx(value, rel=1e-11)
    np.testing.assert_allclose(found["dw" if penalty is None else "dw_cost"].astype(float), dw, rtol=1e-11)
    assert float(found["db"][()]) == pytest.approx(db, rel=1e-11)
    np.testing.assert_allclose(found["w_new"].astype(float), w - rate * dw, rtol=1e-11)
    assert float(found["b_new"][()]) == pytest.approx(b - rate * db, rel=1e-11)


def test_the_slope_at_the_corner_is_minus_y():
    found = worked(x=[[1, 0], [0, 1]], y=[1, -1], w=[0, 0], loss="perceptron")
    assert fractions(found, "df") == [Fraction(-1, 2), Fraction(1, 2)]


def test_huber_takes_its_delta():
    found = worked(x=[[1], [2]], y=[1, 1], w=[3], loss={"name": "huber", "delta": 0.5})
    assert fractions(found, "terms") == [
        Fraction(1, 2) * 2 - Fraction(1, 8),
        Fraction(1, 2) * 5 - Fraction(1, 8),
    ]


def test_rules_work_on_floats_as_on_fractions():
    x, w = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([0.5, -0.25])
    np.testing.assert_allclose(output.weighted_sums(x, w, np.array(0.5)), x @ w + 0.5)
    np.testing.assert_allclose(row_losses.weights_gradient(x, np.array([1.0, -2.0])), x.T @ [1.0, -2.0])
    assert float(weight_penalties.PENALTIES["elastic"].value(w, 0.5)) == pytest.approx(
        0.5 * 0.75 + 0.25 * 0.3125
    )
    assert float(training.mistakes(np.array([1.0, 0.0]), np.array([1.0, 1.0]))) == 1


def test_every_slip_changes_the_result():
    w, x, e = np.array([1.0, 2.0]), np.array([3.0, -1.0]), np.array(1.0)
    for slip in training.corrected_weights.slips:
        assert not np.allclose(slip.function(w, 0.5, e, x), training.corrected_weights(w, 0.5, e, x))
    for slip in output.weighted_sum.slips:
        assert slip.function(x, w, 0.25) != output.weighted_sum(x, w, 0.25)


def test_a_table_of_one_class_has_no_line():
    found = worked(x=[[0, 0], [1, 1]], y=[1, 1])
    assert found["separable"][()] == 1
    assert "Every row is of the same class" in str(found)
    assert "1 = 0" not in str(found)


def test_weights_of_0_have_no_line():
    found = worked(gate="or", w=[0, 0], b=1)
    assert "Every weight is 0" in str(found)
    assert "at the step where" not in str(found)


# ------------------------------------------------------------------------------- misuse

TABLE = {"x": [[0, 0], [1, 1]], "y": [0, 1]}
GATE = {"gate": "and", "w": [1, 1], "learning_rate": 0.5}


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ({"x": [], "y": [0]}, "given.x: an empty list; expected at least one number"),
        ({"x": [[0, 0], [1]], "y": [0, 1]}, "given.x: rows of different lengths: row 1 has 2 entries"),
        ({"x": [[0, 0], [1, 1]], "y": [0, 2]}, "given.y[2]: expected targets 0 and 1, or -1 and 1; got 2"),
        ({"x": [[0], [1], [2]], "y": [0, 1, -1]}, "given.y[1]: expected targets 0 and 1, or -1 and 1; got 0"),
        ({"x": [[0, 0], [1, 1]], "y": [0]}, "given.y: expected 2 targets, one per row of x; got 1"),
        ({**TABLE, "w": [1, 2, 3]}, "given.w: expected 2 weights, one per input; got 3"),
        ({**GATE, "learning_rate": 0}, "given.learning_rate: expected a number greater than 0; got 0"),
        ({**GATE, "learning_rate": -0.5}, "given.learning_rate: expected a number greater than 0; got -1/2"),
        ({**GATE, "learning_rate": "r"}, "given.learning_rate: expected a number greater than 0; got r"),
        (
            {**TABLE, "w": [1, 1], "loss": "mse", "penalty": "l1", "alpha": -1},
            "given.alpha: -1 is less than 0",
        ),
        (
            {**TABLE, "w": [1, 1], "loss": "mse", "penalty": "elastic", "alpha": 1, "l1_ratio": 3},
            "given.l1_ratio: expected a number from 0 to 1; got 3",
        ),
        ({**GATE, "epochs": 0}, "given.epochs: "),
        ({**GATE, "epochs": 251}, "given.epochs: at most 250 epochs of 4 presentations are worked; got 251"),
        ({**GATE, "order": [1, 2, 3, 5]}, "given.order[4]: expected a row number from 1 to 4; got 5"),
        ({**GATE, "order": [1, 2, 3]}, "given.order: row 4 never comes; expected every row at least once"),
        ({**GATE, "loss": "hinge", "order": [1]}, "'order' does not belong to a question about loss"),
        ({"gate": "and", "learning_rate": 0.5}, "w is missing: the first weights"),
        ({"gate": "nandd"}, "given.gate: expected one of "),
        ({"gate": "and", "inputs": 7}, "given.inputs: "),
        ({**TABLE, "gate": "and"}, "gate is a whole table; leave out x and y"),
        ({**TABLE, "inputs": 2}, "inputs belongs to a gate; leave it out"),
        ({"w": [1, 1]}, "a table is missing; give x and y, or gate"),
        ({"x": [[0, 1]]}, "y is missing: a target for each row of x"),
        ({"x": [1, 2], "w": [1]}, "given.w: expected 2 weights, one per input; got 1"),
        ({"x": [1], "w": [1], "activation": "sofmax"}, "given.activation: unknown activation"),
        (
            {"x": [1], "w": [1], "activation": "softmax"},
            "given.activation: softmax is none of a single neuron",
        ),
        (
            {"x": [1], "w": [1], "activation": "tanh", "threshold": 1},
            "given.threshold: tanh has no threshold",
        ),
        ({"x": [["√2"], [1]], "y": [0, 1]}, "given.x: whether a line separates is decided for fractions"),
        ({**TABLE, "w": [1, 1], "loss": "hinge"}, "given.y[1]: hinge takes targets -1 and 1; got 0"),
        ({**TABLE, "w": [1, 1], "loss": "log"}, "given.loss: expected one of "),
        (
            {**TABLE, "w": [1, 1], "loss": {"name": "huber", "delta": 0}},
            "given.loss.delta: expected a number",
        ),
        (
            {**TABLE, "w": [1, 1], "loss": {"name": "mse", "delta": 1}},
            "given.loss: mse does not take 'delta'",
        ),
        ({**TABLE, "w": [1, 1], "loss": "mse", "penalty": "l1"}, "given.alpha: is missing; penalty needs it"),
        ({**TABLE, "w": [1, 1], "loss": "mse", "alpha": 1}, "given.penalty: is missing; alpha needs it"),
        (
            {**TABLE, "w": [1, 1], "loss": "mse", "penalty": "elastic", "alpha": 1},
            "given.l1_ratio: is missing; the elastic penalty needs it",
        ),
        (
            {**TABLE, "w": [1, 1], "loss": "mse", "penalty": "l1", "alpha": 1, "l1_ratio": 0.5},
            "given.l1_ratio: is for elastic only",
        ),
        ({**TABLE, "w": [1, 1], "loss": "mse", "learning_rate": 0}, "given.learning_rate: expected a number"),
        ({"x": [[0] * 11], "y": [1]}, "given.x: 1 rows of 11 inputs; expected at most 100 rows of 10 inputs"),
        ({"gate": "and", "w": ["w1", 1], "learning_rate": 1}, "depends on w1: give numbers for them"),
    ],
)
def test_a_mistake_is_named_in_one_line(question, line, tmp_path, capfd):
    path = tmp_path / "sheet.toml"
    path.write_text(sheet(**question), encoding="utf-8")
    assert run(["solve", str(path)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("chainrule: ")
    assert "question 'q'" in err
    assert line in err


# ---------------------------------------------------------------------------- worksheets


def exact(values):
    return [Fraction(str(v)) for v in values]


def test_the_answers():
    """Every answer of the worksheet, from its numbers alone."""
    for name in ("and-training", "and-training-fixed-bias", "or-training", "and-ten-epochs", "signs"):
        question, answer = QUESTIONS[name], ANSWERS[name]
        x = question.get("x", BITS)
        y = question.get("y") or TRUTH[question["gate"]]
        w, b, epochs, corrections = trained(
            x, y, exact(question["w"]), *exact([question["b"], question["learning_rate"]]),
            threshold=question.get("threshold", 0), low=-1 if -1 in y else 0,
            order=[i - 1 for i in question.get("order", [])], train_bias=question.get("train_bias", True),
        )  # fmt: skip
        assert exact(answer["w_new"]) == w
        assert Fraction(str(answer["b_new"])) == b
        assert (answer["epochs"], answer["corrections"]) == (epochs, corrections)
    for name in ("xor-impossible", "nand-separable", "xor-training"):
        assert ANSWERS[name]["separable"] == scipys_verdict(BITS, TRUTH[QUESTIONS[name]["gate"]])
    cube = [tuple(map(int, f"{i:03b}")) for i in range(8)]
    assert ANSWERS["parity"]["separable"] == scipys_verdict(cube, [sum(p) % 2 for p in cube])
    assert ANSWERS["nor-three-inputs"]["separable"] == scipys_verdict(cube, [not any(p) for p in cube])
    assert float(ANSWERS["three-inputs-sigmoid"]["yhat"]) == pytest.approx(expit(0 * 4 + 2 - 1), abs=5e-7)
    for name in ("placement-loss", "hinge-with-penalty"):
        question, answer = QUESTIONS[name], ANSWERS[name]
        with jax.enable_x64(True):
            alpha = float(question.get("alpha", 0))
            cost = mean_cost(question["loss"], question.get("penalty"), float(question.get("l1_ratio", 0)))
            numbers = [jnp.array([[float(Fraction(str(v))) for v in row] for row in question["x"]])]
            numbers.append(jnp.array(question["y"], float))
            w, b = jnp.array([float(v) for v in question["w"]]), jnp.array(float(question["b"]))
            value, (dw, db) = jax.value_and_grad(cost, argnums=(0, 1))(w, b, *numbers, alpha)
            rate = float(question["learning_rate"])
            w, b = np.array(w - rate * dw), float(b - rate * db)
        assert float(Fraction(str(answer.get("cost", answer["loss"])))) == pytest.approx(
            float(value), rel=1e-11
        )
        assert [float(v) for v in exact(answer["w_new"])] == pytest.approx(list(w), abs=5e-7)
        assert float(Fraction(str(answer["b_new"]))) == pytest.approx(b, rel=1e-11)


@pytest.mark.slow
def test_every_format_renders(tmp_path):
    document = Document([solve(SHEETS / NAME)])
    for ending in (".html", ".md", ".tex", ".ipynb", ".json"):
        document.save(tmp_path / f"page{ending}")
        assert (tmp_path / f"page{ending}").stat().st_size > 5000
    assert "Presentation by presentation" in str(document)
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert html.count("<svg") >= 10


def test_rounding_rounds_every_presentation():
    found = worked("rounding = 1", x=[[1], [0]], y=[1, 0], w=["1/3"], b=-0.25, learning_rate=0.25)
    assert found["z.1"][()] == Number("0.1")


def test_names_of_a_sheet_cannot_break_a_page(tmp_path):
    found = worked(x=[[0, 1]], w=["a_b", "c"], b=0, activation="sigmoid")
    found.save(tmp_path / "page.html")


def test_roots_and_closed_forms_train_too():
    start = {"gate": "and", "w": ["√2", "1/2"], "b": 0, "threshold": 1, "learning_rate": "1/2", "epochs": 30}
    balls, closed = worked(**start), worked("closed = true", **start)
    np.testing.assert_allclose(balls["w_new"].astype(float), closed["w_new"].astype(float), rtol=1e-14)
    assert "√(2)" in str(closed["w_new"][0]) or "sqrt(2)" in str(closed["w_new"][0])
    assert "converged" in said(balls)
    assert "converged" in said(closed)


def test_the_documents_example_solves():
    text = (SHEETS.parent / "docs" / "topics" / "perceptron.md").read_text("utf-8")
    assert solve(text.split("```toml\n")[1].split("```")[0]).workings

"""Every line of working is a true statement: what stands on both sides of = is equal, of ≈ nearly so."""

import random
import re
from itertools import pairwise

import pytest

from chainrule.paper.explain import explain
from chainrule.paper.numbers import Number, UndecidedError
from chainrule.paper.reading import LONGEST, read
from chainrule.paper.solving import solve
from test_paper_network import as_toml, random_case


def evaluated(text):
    """The number that an expression in plain text stands for, read as anybody would read it."""
    text = text.replace("²", "^2").replace("³", "^3")
    relu = re.fullmatch(r"max\(0, (.*)\)", text)
    value = read(relu[1] if relu else text)
    number = value if isinstance(value, Number) else value.number()
    return number if not relu or float(number) > 0 else Number(0)


def equal(a, b):
    try:
        return a == b
    except UndecidedError:  # equal to thousands of digits
        return True


def check(line):
    _, *relations = re.split(r" (?=[=≈] )", line)
    parts = [(sign, evaluated(text)) for sign, text in (r.split(" ", 1) for r in relations)]
    for (_, before), (sign, after) in pairwise(parts):
        if sign == "=":
            assert equal(before, after), line
        else:
            assert float(before) == pytest.approx(float(after), rel=1e-6, abs=1e-9), line
    return len(parts)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_what_every_line_says_holds(seed):
    chance = random.Random(1000 + seed)
    checked = 0
    for _ in range(25):
        sheet = as_toml(random_case(chance)).replace("[question.given]", "digits = 14\n[question.given]")
        for part in explain(solve(sheet)["q"]):
            for entry in part.entries:
                for line in entry.lines:
                    if "…" not in line.plain and len(line.plain) < LONGEST:
                        checked += check(line.plain) > 1
    assert checked > 300


@pytest.mark.parametrize(
    "line",
    ["z₁ = 3·0.123457 + 1 = 13/10", "a₁ = 1/(1 + e^−1) = 1/2", "L ≈ (5 − 2)² ≈ 8.9"],
)
def test_a_line_that_is_not_true_is_seen(line):
    with pytest.raises(AssertionError):
        check(line)


def one(layers, more="", **given):
    given = {"x": "[[1]]", "y": "[[0]]", **given}
    lines = "\n".join(f"{k} = {v}" for k, v in given.items())
    return solve(
        f'[[question]]\nid = "q"\ntopic = "network"\n{more}\n[question.given]\n{lines}\nlayers = [{layers}]'
    )["q"]


def test_a_number_put_in_rounded_makes_the_line_approximate():
    text = str(one('{layer="Dense", units=1, W=[["1234567/9999999"]]}'))
    assert "z₁ ≈ 0.123457·1 + 0 ≈ 0.123457" in text


def test_a_step_that_was_rounded_is_shown_and_given_as_such():
    working = one('{layer="Dense", units=1, W=[["1/3"]]}', more="rounding = 2")
    assert "z₁ = 1/3·1 + 0 ≈ 0.33" in str(working)
    (z1,) = (q for q in working.to_json()["quantities"] if q["name"] == "z1")
    assert (z1["value"], z1["exact"]) == ([["0.33"]], False)


def test_a_negative_product_stands_in_brackets_in_tex_too():
    working = one('{layer="Dense", units=1, W=[[2],[-1]]}', x="[[1, 3]]")
    (line,) = next(entry for part in explain(working) for entry in part.entries).lines
    assert r"2 \cdot 1 + ({-1} \cdot 3) + 0" in line.tex


def test_an_exponent_with_a_fraction_keeps_its_brackets():
    assert "1/(1 + e^(−" in str(one('{layer="Dense", units=1, W=[["w/2"]], b=["1/3"], activation="sigmoid"}'))


def test_options_of_losses_are_put_in_exactly():
    assert "0.5·|0 − 3| − 0.5²/2 = 11/8" in str(
        one('{layer="Dense", units=1, W=[[3]]}', loss='{name="huber", delta=0.5}')
    )


@pytest.mark.parametrize("ending", [".html", ".tex"])
def test_a_sum_over_thousands_of_rows_or_inputs_is_written_out(ending, tmp_path):
    rows = ", ".join(f"[{i}]" for i in range(3000))
    many_rows = one('{layer="Dense", units=1, W=[[0.1]]}', x=f"[{rows}]", y=f"[{', '.join(['0'] * 3000)}]")
    weights = ", ".join(f"[{i}]" for i in range(3000))
    many_inputs = one(f'{{layer="Dense", units=1, W=[{weights}]}}', x=f"[[{', '.join(['0.5'] * 3000)}]]")
    assert "1·0.5 + 2·0.5 + 3·0.5 + … + 2998·0.5 + 2999·0.5 = 2249250" in str(many_inputs)
    for working in (many_rows, many_inputs):
        working.save(tmp_path / f"w{ending}")


def test_the_learning_rate_may_be_a_name():
    working = one('{layer="Dense", units=1, W=[["w"]]}', optimizer='{name="SGD", learning_rate="eta"}')
    eta_w = working["W1_new"].flat[0].expression
    assert str(eta_w.expand()) == "-2*eta*w + w"


def test_targets_that_are_names_need_not_add_up_to_1():
    import sympy

    working = one(
        '{layer="Dense", units=2, W=[["w", 0]], activation="softmax"}',
        y='[["t1", "t2"]]',
        loss='"categorical_crossentropy"',
    )
    w, t1, t2 = sympy.symbols("w t1 t2", real=True)
    gradient = working["dW1"].flat[0].expression
    loss = working["loss"][()].expression
    point = {w: sympy.Rational(1, 3), t1: 2, t2: sympy.Rational(-1, 5)}
    assert abs((gradient - sympy.diff(loss, w)).subs(point).evalf(30)) < 1e-25


def test_floats_of_tiny_differences_are_right():
    working = one('{layer="Dense", units=1, W=[[100]], activation="sigmoid"}', y="[[1]]", loss='"bce"')
    assert float(working["dz1"].flat[0]) == pytest.approx(-3.720075976020836e-44, rel=1e-15)

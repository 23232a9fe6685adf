"""The worksheet of derivations and its answers: held against SymPy."""

import tomllib

import numpy as np
import pytest
import sympy

from identity_cases import SHEETS, same


def answers():
    return tomllib.loads((SHEETS / "answers" / "16-identities.toml").read_text(encoding="utf-8"))


def read(text):
    """An answer's formula, by SymPy's parser and not by chainrule's."""
    plain = str(text).replace("ln(", "log(").replace("^", "**").replace("-2(", "-2*(")
    return sympy.sympify(plain, {"lambda": sympy.Symbol("l")})


def test_the_worksheets_answers_are_those_of_sympy():
    """The answers, worked without chainrule: SymPy's differentiation, its simplification, and by hand."""
    a, z, p = answers(), sympy.Symbol("z"), sympy.Symbol("p")
    s, wrong = 1 / (1 + sympy.exp(-z)), 1 / (1 + sympy.exp(z))
    assert same(read(a["sigmoid-slope"]["slope"]), sympy.diff(s, z))
    assert read(a["sigmoid-slope"]["slope0"]) == sympy.maximum(sympy.diff(s, z), z, sympy.Interval(-3, 3))
    assert same(read(a["sigmoid-mirrored"]["mirrored"]), s.subs(z, -z))
    assert same(sympy.expand_log(s.subs(z, read(a["sigmoid-inverse"]["inverse"])), force=True), p)
    assert same(read(a["tanh-slope"]["slope"]), sympy.diff(sympy.tanh(z), z).rewrite(sympy.exp))
    assert read(a["tanh-slope"]["slope0"]) == sympy.diff(sympy.tanh(z), z).subs(z, 0)
    assert same(read(a["tanh-mirrored"]["mirrored"]), sympy.tanh(-z).rewrite(sympy.exp))
    assert same(sympy.tanh(read(a["tanh-inverse"]["inverse"])).rewrite(sympy.exp), sympy.Symbol("a"))
    assert same(read(a["tanh-from-sigmoid"]["tanh"]), (2 * s.subs(z, 2 * z) - 1))
    holds = {
        "sheet-slope": (sympy.diff(wrong, z), wrong * (1 - wrong)),
        "sheet-step": (sympy.exp(z) / (1 + sympy.exp(z)) ** 2, wrong - wrong**2),
        "sheet-slope-first-step": (sympy.diff(wrong, z), sympy.exp(z) / (1 + sympy.exp(z)) ** 2),
        "sheet-mirrored": (wrong.subs(z, -z), 1 - wrong),
        "sheet-mirrored-step": (s, 1 / sympy.exp(z) / ((1 + sympy.exp(z)) / sympy.exp(z))),
        "sheet-inverse": (sympy.log(wrong / (1 - wrong)), z),
        "notes-power-twice": (sympy.diff(s, z), sympy.exp(-2 * z) / (1 + sympy.exp(-z)) ** 2),
        "notes-product-with-slope": (sympy.diff(s, z), s * sympy.diff(s, z)),
        "swish-slope": (sympy.diff(z * s, z), z * s + s * (1 - z * s)),
        "softplus-slope": (sympy.diff(sympy.log(1 + sympy.exp(z)), z), s),
        "sigmoid-curvature": (sympy.diff(s, z, 2), s * (1 - s) * (1 - 2 * s)),
    }
    for question, (left, right) in holds.items():
        at = [float((left - right).subs(z, v)) for v in (0.3, 1.7, -2.2)]
        assert (a[question]["holds"] == "yes") == (max(map(abs, at)) < 1e-12), question
        for side, value in (("left", left), ("right", right)):
            if side in a[question]:
                assert float(value.subs(z, 1)) == pytest.approx(a[question][side], abs=1e-8)
    x, c = sympy.Symbol("x"), sympy.Rational(-5, 4)
    y = 1 + c * x + x**2
    residual = sympy.diff(y, x, 2) + sympy.diff(y, x) + y
    right = [residual.subs(x, v) for v in (sympy.Rational(1, 2), 1, sympy.Rational(3, 2))]
    trial = a["physics-trial"]
    assert [read(v) for v in trial["residual"]] == right
    assert read(trial["loss_physics"]) == sum(r**2 for r in right) / 3
    edges = [y.subs(x, 0) - 1, y.subs(x, 2) - sympy.Rational(1, 2)]
    assert [trial["boundary1"], trial["boundary2"]] == edges
    assert trial["loss_boundary"] == sum(e**2 for e in edges) / 2
    assert read(trial["loss"]) == read(trial["loss_physics"]) + 10 * trial["loss_boundary"]
    solution = sympy.exp(-x / 2) * sympy.cos(sympy.sqrt(3) * x / 2)
    assert sympy.simplify(sympy.diff(solution, x, 2) + sympy.diff(solution, x) + solution) == 0
    t = sympy.Symbol("t")
    heat = sympy.sin(sympy.pi * x) * sympy.exp(-t)
    residual = sympy.diff(heat, t) - sympy.diff(heat, x, 2) / 10
    numbers = [float(residual.subs({x: v, t: w})) for v, w in ((0.25, 0.5), (0.5, 1))]
    assert a["physics-heat"]["residual"] == pytest.approx(numbers, abs=5e-8)
    assert a["physics-heat"]["loss"] == pytest.approx(np.mean(np.square(numbers)), abs=5e-10)
    low, high = sympy.symbols("a b", positive=True)
    mean = sympy.integrate(x / (high - low), (x, low, high))
    spread = sympy.integrate((x - mean) ** 2 / (high - low), (x, low, high))
    plain = {low: sympy.Symbol("a"), high: sympy.Symbol("b")}
    assert same(mean.subs(plain), read(a["uniform"]["mean"]))
    assert same(spread.subs(plain), read(a["uniform"]["variance"]))
    at = {low: 2, high: 5}
    assert (mean.subs(at), spread.subs(at)) == tuple(read(a["uniform-2-5"][k]) for k in ("mean", "variance"))


def test_the_answers_in_letters_are_those_of_sympy():
    """The gradients of the worksheet's networks, by SymPy from the whole loss."""
    a = answers()
    x, y = sympy.symbols("x_1 x_2"), sympy.Symbol("y_1")
    W1, b1 = sympy.Matrix(2, 2, sympy.symbols("w_1_11 w_1_12 w_1_21 w_1_22")), sympy.symbols("b_11 b_12")
    W2, b2 = sympy.symbols("w_2_11 w_2_21"), sympy.Symbol("b_21")
    logistic = lambda v: 1 / (1 + sympy.exp(-v))  # noqa: E731
    networks = {
        "classifier": (logistic, lambda p: -(y * sympy.log(p) + (1 - y) * sympy.log(1 - p))),
        "regression": (lambda v: v, lambda p: (y - p) ** 2),
    }
    numbers = dict(
        zip(
            [*x, y, *W1, *b1, *W2, b2],
            (0.4, -1.3, 0.8, 0.5, -0.7, 1.1, 0.2, 0.3, -0.1, 0.9, -0.6, 0.25),
            strict=True,
        )
    )
    for question, (f, loss) in networks.items():
        z = [x[0] * W1[0, k] + x[1] * W1[1, k] + b1[k] for k in range(2)]
        hidden = [f(v) for v in z]
        output = f(hidden[0] * W2[0] + hidden[1] * W2[1] + b2)
        whole = loss(output)
        letters_for = {"a_11": hidden[0], "a_12": hidden[1], "a_21": output}
        expected = {
            "dW2": [[sympy.diff(whole, w)] for w in W2],
            "db2": [sympy.diff(whole, b2)],
            "dW1": [[sympy.diff(whole, W1[j, k]) for k in range(2)] for j in range(2)],
            "db1": [sympy.diff(whole, b) for b in b1],
        }
        for name, rights in expected.items():
            texts = np.array(a[question][name]).ravel()
            for text, right in zip(texts, np.array(rights, dtype=object).ravel(), strict=True):
                found = read(text).subs(letters_for)
                assert float(found.subs(numbers)) == pytest.approx(float(right.subs(numbers)), abs=1e-12)

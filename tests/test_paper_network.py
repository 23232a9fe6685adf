"""Networks worked by hand: the source's worked examples, and 1,000 random ones against 200 digits."""

import random
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

import chainrule
from chainrule.paper.digits import significant
from chainrule.paper.numbers import Number
from chainrule.paper.solving import solve

TWO_LAYERS = """
title = "Week 4"
[[question]]
id = "q1"
topic = "network"
find = ["forward", "loss", "gradients", "update"]
[question.given]
x = [[1, 2]]
y = [[5]]
loss = "mse"
optimizer = { name = "SGD", learning_rate = 0.01 }
layers = [
  { layer = "Dense", units = 2, activation = "relu", W = [[0.2, 0.3], [0.4, 0.7]] },
  { layer = "Dense", units = 1, W = [[0.5], [0.9]] },
]
"""


def exact(working, name):
    return [str(v) for v in np.asarray(working[name]).flat]


def test_the_lectures_two_layer_network_comes_out_exactly():
    q = solve(TWO_LAYERS)["q1"]
    assert exact(q, "z1") == ["1", "17/10"]
    assert exact(q, "a2") == ["203/100"]
    assert exact(q, "loss") == ["88209/10000"]
    assert exact(q, "dW2") == ["-297/50", "-5049/500"]
    assert exact(q, "dW1") == ["-297/100", "-2673/500", "-297/50", "-2673/250"]
    assert exact(q, "db2") == ["-297/50"]
    assert exact(q, "W2_new") == [
        str(Fraction("0.5") + Fraction("0.0594")),
        str(Fraction("0.9") + Fraction("0.10098")),
    ]


def test_what_is_exact_is_printed_so():
    text = str(solve(TWO_LAYERS))
    for line in (
        "z₁[1] = 0.2·1 + 0.4·2 + 0 = 1",
        "z₁[2] = 0.3·1 + 0.7·2 + 0 = 17/10",
        "L = (5 − 2.03)² = 88209/10000 = 8.8209",
        "∂L/∂W₂ = [[−297/50], [−5049/500]]",
        "∂L/∂W₁ = [[−297/100, −2673/500], [−297/50, −2673/250]]",
    ):
        assert line in text


LINE = """
[[question]]
id = "q"
topic = "network"
find = ["updates", "update", "loss_before", "loss_after"]
[question.given]
x = [[1], [2], [3], [4]]
y = [2, 4, 6, 8]
loss = { name = "mse", factor = "1/2m" }
optimizer = { name = "SGD", learning_rate = 0.1 }
batch_size = 2
layers = [{ layer = "Dense", units = 1, W = [[0]], b = [0] }]
"""


def test_the_lectures_mini_batches_come_out_exactly():
    q = solve(LINE)["q"]
    assert exact(q, "updates") == ["2"]
    assert exact(q, "W1.1") == ["1/2"]
    assert exact(q, "b1.1") == ["3/10"]
    assert exact(q, "W1.2") == ["227/100"]
    assert exact(q, "b1.2") == ["159/200"]
    assert exact(q, "loss_before") == ["15"]
    assert significant(q["loss_after"][()], 4).text == "1.126"


SLOPE = """
[[question]]
id = "q"
topic = "network"
[question.given]
x = [[1], [2], [3]]
y = [2, 4, 6]
loss = {{ name = "mse", factor = "{factor}" }}
optimizer = {{ name = "SGD", learning_rate = 0.1 }}
batch_size = {batch}
layers = [{{ layer = "Dense", units = 1, use_bias = false, W = [[0]] }}]
"""


def test_batch_and_stochastic_descent_of_the_lecture():
    batch = solve(SLOPE.format(factor="1/2m", batch=3))["q"]
    assert exact(batch, "dW1") == ["-28/3"]
    assert exact(batch, "W1_new") == ["14/15"]
    stochastic = solve(SLOPE.format(factor="1/2", batch=1))["q"]
    assert [exact(stochastic, f"W1.{t}")[0] for t in (1, 2, 3)] == ["1/5", "23/25", "473/250"]


def test_the_last_batch_is_smaller_where_rows_do_not_divide():
    q = solve(
        SLOPE.format(factor="1/2m", batch=2).replace(
            "[question.given]", 'find=["updates","update"]\n[question.given]'
        )
    )["q"]
    assert exact(q, "updates") == ["2"]
    assert q.tape["x.2"].value.shape == (1, 1)
    w = Fraction("0.1") * (Fraction(2 + 8, 2))
    w -= Fraction("0.1") * (3 * w - 6) * 3
    assert exact(q, "W1.2") == [str(w)]


XOR = """
[[question]]
id = "xor"
topic = "network"
[question.given]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [0, 1, 1, 0]
layers = [
  { layer = "Dense", units = 2, activation = "relu", W = [[1, 1], [1, 1]], b = [0, -1] },
  { layer = "Dense", units = 1, W = [[1], [-2]], b = [0] },
]
"""


def test_xor_by_two_relu_units_has_no_loss_and_no_gradient():
    q = solve(XOR)["xor"]
    assert exact(q, "a2") == ["0", "1", "1", "0"]
    assert exact(q, "loss") == ["0"]
    for name in q:
        if name.startswith("d"):
            assert set(exact(q, name)) == {"0"}, name


def test_symbols_give_the_gradients_as_formulas():
    sheet = """
    [[question]]
    id = "q"
    topic = "network"
    [question.given]
    x = [["x"]]
    y = [["t"]]
    loss = { name = "mse", factor = "1/2" }
    layers = [{ layer = "Dense", units = 1, W = [["w"]], b = ["b"], activation = "sigmoid" }]
    """
    q = solve(sheet)["q"]
    x, t, w, b = sympy.symbols("x t w b", real=True)
    loss = (t - 1 / (1 + sympy.exp(-(w * x + b)))) ** 2 / 2
    for name, symbol in (("dW1", w), ("db1", b), ("dx", x)):
        found = np.asarray(q[name]).flat[0].expression
        point = {x: sympy.Rational(1, 3), t: 2, w: sympy.Rational(-1, 2), b: sympy.Rational(1, 5)}
        assert abs((found - sympy.diff(loss, symbol)).subs(point).evalf(40)) < 1e-35


def test_the_sign_of_a_symbol_is_asked_for_by_name():
    sheet = XOR.replace("[[1, 1], [1, 1]]", '[["w1", 1], [1, 1]]')
    with pytest.raises(ValueError, match=r"question 'xor': cannot work a1 = relu\(z1\): .* depends on w1"):
        solve(sheet)


def test_closed_forms_are_kept_and_their_decimals_proven():
    sheet = """
    [[question]]
    id = "q"
    topic = "network"
    closed = true
    [question.given]
    x = [[1]]
    y = [["√2"]]
    layers = [{ layer = "Dense", units = 1, W = [["2√2"]], b = [1], activation = "linear" }]
    """
    q = solve(sheet)["q"]
    assert q["loss"][()].expression.equals((sympy.sqrt(2) + 1) ** 2)
    (loss,) = (e for e in q.to_json()["quantities"] if e["name"] == "loss")
    assert loss["exact"] is True
    assert loss["decimal"] == pytest.approx(5.82842712474619, abs=1e-14)


def test_rounding_rounds_every_step_before_the_next():
    sheet = TWO_LAYERS.replace("[question.given]", "rounding = 1\n[question.given]").replace(
        '"relu"', '"sigmoid"'
    )
    q = solve(sheet)["q1"]
    assert exact(q, "a1") == ["7/10", "4/5"]  # σ(1) = 0.731…, σ(1.7) = 0.845…
    assert exact(q, "z2") == [str(Fraction("1.1"))]  # 0.35 + 0.72 = 1.07


def test_columns_show_the_same_numbers_transposed():
    rows = solve(TWO_LAYERS)["q1"]
    columns = solve(
        TWO_LAYERS.replace("[question.given]", 'convention = "columns"\n[question.given]')
        .replace("x = [[1, 2]]", "x = [[1], [2]]")
        .replace("[[0.2, 0.3], [0.4, 0.7]]", "[[0.2, 0.4], [0.3, 0.7]]")
        .replace("[[0.5], [0.9]]", "[[0.5, 0.9]]")
    )["q1"]
    for name in rows:
        assert [str(v) for v in np.asarray(rows[name]).T.reshape(-1)] == exact(columns, name), name
    assert "z₁ = W₁ x + b₁" in str(columns)


def test_momentum_is_worked_with_its_velocity():
    sheet = LINE.replace("learning_rate = 0.1", "learning_rate = 0.1, momentum = 0.9").replace(
        '"update",', '"update", "vW1",'
    )
    q = solve(sheet)["q"]
    v1 = Fraction("0.5")
    assert exact(q, "vW1.1") == [str(v1)]
    w, b = v1, Fraction("0.3")
    gradient = ((w * 3 + b - 6) * 3 + (w * 4 + b - 8) * 4) / 2
    v2 = Fraction("0.9") * v1 - Fraction("0.1") * gradient
    assert exact(q, "vW1.2") == [str(v2)]
    assert exact(q, "W1.2") == [str(w + v2)]


def test_a_models_step_by_hand_is_the_step_that_it_trains():
    from chainrule.layers import Dense

    chainrule.utils.set_random_seed(5)
    model = chainrule.Sequential([chainrule.Input((3,)), Dense(4, "tanh"), Dense(2, "softmax")])
    model.compile(chainrule.optimizers.SGD(0.5, momentum=0.5), "sparse_categorical_crossentropy")
    x, y = np.array([[0.5, -1.0, 2.0], [1.0, 0.25, 0.0]]), np.array([1, 0])
    model.fit(x, y, epochs=2, verbose=0)  # so that the velocities are not 0
    working = model.work(x, y)
    model.fit(x, y, epochs=1, shuffle=False, verbose=0)
    for name, value in model.parameters.items():
        np.testing.assert_allclose(working[f"{name}_new"].astype(float), value, rtol=2e-6, atol=1e-7)


# ---------------------------------------------------------------- 1,000 networks against 200 digits

TINY = mpmath.mpf(10) ** -120
"""What 200-digit arithmetic leaves of an exact 0."""


def positive(z):
    return z > TINY


SELU = (Fraction("1.0507009873554805"), Fraction("1.6732632423543772"))


def q(value):
    return mpmath.mpf(value.numerator) / value.denominator


def elementwise(name):
    """f and f' as a textbook gives them."""
    scale, alpha = q(SELU[0]), q(SELU[1])
    one, zero = mpmath.mpf(1), mpmath.mpf(0)
    return {
        "linear": (lambda z: z, lambda z: one),
        "sigmoid": (
            lambda z: 1 / (1 + mpmath.exp(-z)),
            lambda z: mpmath.exp(-z) / (1 + mpmath.exp(-z)) ** 2,
        ),
        "tanh": (mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
        "relu": (lambda z: z if positive(z) else zero, lambda z: one if positive(z) else zero),
        "leaky_relu": (lambda z: z if positive(z) else z / 5, lambda z: one if positive(z) else one / 5),
        "elu": (
            lambda z: z if positive(z) else mpmath.expm1(z),
            lambda z: one if positive(z) else mpmath.exp(z),
        ),
        "selu": (
            lambda z: scale * (z if positive(z) else alpha * mpmath.expm1(z)),
            lambda z: scale * (one if positive(z) else alpha * mpmath.exp(z)),
        ),
    }[name]


def softmax(row):
    powers = [mpmath.exp(z) for z in row]
    return [p / sum(powers) for p in powers]


def oracle(case):
    """Every quantity of one update in 200-digit arithmetic, written out with plain loops."""
    rows = [[q(v) for v in row] for row in case["x"]]
    found, inputs = {}, [rows]
    for number, layer in enumerate(case["layers"], start=1):
        weights, bias = layer["W"], layer["b"]
        z = [
            [sum(a * q(weights[i][j]) for i, a in enumerate(row)) + q(bias[j]) for j in range(len(bias))]
            for row in inputs[-1]
        ]
        if layer["activation"] == "softmax":
            a = [softmax(row) for row in z]
        else:
            a = [[elementwise(layer["activation"])[0](v) for v in row] for row in z]
        found[f"z{number}"], found[f"a{number}"] = z, a
        inputs.append(a)
    y, a, m, k = [[q(v) for v in row] for row in case["y"]], inputs[-1], len(rows), len(inputs[-1][0])
    depth = len(case["layers"])
    if case["loss"] == "mse":
        found["loss"] = sum((y[i][j] - a[i][j]) ** 2 for i in range(m) for j in range(k)) / (m * k)
        da = [[2 * (a[i][j] - y[i][j]) / (m * k) for j in range(k)] for i in range(m)]
    elif case["loss"] == "binary_crossentropy":
        terms = [
            y[i][j] * mpmath.log(a[i][j]) + (1 - y[i][j]) * mpmath.log(1 - a[i][j])
            for i in range(m)
            for j in range(k)
        ]
        found["loss"] = -sum(terms) / (m * k)
        da = [
            [(-y[i][j] / a[i][j] + (1 - y[i][j]) / (1 - a[i][j])) / (m * k) for j in range(k)]
            for i in range(m)
        ]
    else:
        found["loss"] = -sum(y[i][j] * mpmath.log(a[i][j]) for i in range(m) for j in range(k)) / m
        da = [[-y[i][j] / a[i][j] / m for j in range(k)] for i in range(m)]
    for number in range(depth, 0, -1):
        layer = case["layers"][number - 1]
        z, a = found[f"z{number}"], found[f"a{number}"]
        found[f"da{number}"] = da
        if layer["activation"] == "softmax":  # Σ_k ∂a_k/∂z_j da_k, with ∂a_k/∂z_j = a_k ([k = j] - a_j)
            dz = [
                [
                    sum(da[i][c] * a[i][c] * ((c == j) - a[i][j]) for c in range(len(a[i])))
                    for j in range(len(a[i]))
                ]
                for i in range(m)
            ]
        else:
            slope = elementwise(layer["activation"])[1]
            dz = [[da[i][j] * slope(z[i][j]) for j in range(len(z[i]))] for i in range(m)]
        below, weights = inputs[number - 1], layer["W"]
        n, units = len(weights), len(layer["b"])
        dW = [[sum(below[i][r] * dz[i][j] for i in range(m)) for j in range(units)] for r in range(n)]
        db = [sum(dz[i][j] for i in range(m)) for j in range(units)]
        da = [[sum(dz[i][j] * q(weights[r][j]) for j in range(units)) for r in range(n)] for i in range(m)]
        rate = q(case["rate"])
        found[f"dz{number}"], found[f"dW{number}"], found[f"db{number}"] = dz, dW, db
        found[f"W{number}_new"] = [
            [q(weights[r][j]) - rate * dW[r][j] for j in range(units)] for r in range(n)
        ]
        found[f"b{number}_new"] = [q(layer["b"][j]) - rate * db[j] for j in range(units)]
    found["dx"] = da
    return found


def random_case(chance):
    width = chance.randint(1, 3)
    rows = chance.randint(1, 3)
    loss = chance.choice(("mse", "mse", "binary_crossentropy", "categorical_crossentropy"))
    last = {"binary_crossentropy": ["sigmoid"], "categorical_crossentropy": ["softmax"]}.get(
        loss, ["linear", "sigmoid", "tanh", "softmax", "relu"]
    )
    reach = 20 if loss == "mse" else 6  # for cross-entropy, so that 200 digits tell 1 - σ(z) from 0

    def decimal(largest=reach):
        return Fraction(chance.randint(-largest, largest), chance.choice((2, 4, 5, 10, 10, 10)))

    hidden = ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "softmax"]
    layers, n = [], width
    for place in range(depth := chance.randint(1, 3)):
        units = chance.randint(1, 3)
        layers.append(
            {
                "W": [[decimal() for _ in range(units)] for _ in range(n)],
                "b": [decimal(5) for _ in range(units)],
                "activation": chance.choice(last if place == depth - 1 else hidden),
            }
        )
        n = units
    if loss == "mse":
        y = [[decimal() for _ in range(n)] for _ in range(rows)]
    elif loss == "binary_crossentropy":
        y = [[Fraction(chance.randint(0, 1)) for _ in range(n)] for _ in range(rows)]
    else:
        y = [
            [Fraction(int(j == label)) for j in range(n)]
            for label in (chance.randrange(n) for _ in range(rows))
        ]
    x = [[decimal() for _ in range(width)] for _ in range(rows)]
    return {"x": x, "y": y, "layers": layers, "loss": loss, "rate": Fraction(chance.randint(1, 50), 100)}


def as_toml(case):
    def array(values):
        return "[" + ", ".join(array(v) if isinstance(v, list) else f'"{v}"' for v in values) + "]"

    layers = ", ".join(
        f'{{ layer = "Dense", units = {len(layer["b"])}, activation = "{layer["activation"]}", '
        f"W = {array(layer['W'])}, b = {array(layer['b'])} }}"
        for layer in case["layers"]
    )
    return (
        f'[[question]]\nid = "q"\ntopic = "network"\n[question.given]\nx = {array(case["x"])}\n'
        f'y = {array(case["y"])}\nloss = "{case["loss"]}"\n'
        f'optimizer = {{ name = "SGD", learning_rate = {float(case["rate"])} }}\nlayers = [{layers}]\n'
    )


def flat(values):
    return [v for row in values for v in flat(row)] if isinstance(values, list) else [values]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_no_printed_digit_is_wrong_in_100_random_networks(seed):
    chance = random.Random(seed)
    for _ in range(100):
        case = random_case(chance)
        working = solve(as_toml(case))["q"]
        with mpmath.workdps(200):
            true = oracle(case)
            assert set(true) == set(working)
            for name, expected in true.items():
                for value, right in zip(np.asarray(working[name]).flat, flat(expected), strict=True):
                    check_digits(
                        value, right, digits=chance.randint(1, 15), where=(seed, name, as_toml(case))
                    )


def check_digits(value: Number, right: mpmath.mpf, digits: int, where: object) -> None:
    printed = significant(value, digits)
    if value.exact is not None:
        assert abs(mpmath.mpf(int(value.exact.p)) / int(value.exact.q) - right) < TINY, where
    if printed.exact:
        assert abs(mpmath.mpf(printed.text) - right) < TINY, where
        return
    last = Decimal(printed.text).as_tuple().exponent
    assert abs(mpmath.mpf(printed.text) - right) <= mpmath.mpf(10) ** last / 2 + TINY, (where, printed, right)

"""The gradients of a network in letters: those of JAX."""

import itertools
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy

from chainrule.rules.calculus import through_slope
from compiling import quickly
from identity_cases import chains, worked
from marks import but_slow


def jax_gradients(sizes, activation, output, loss, values):
    """∂J/∂W and ∂J/∂b by JAX, for numbers in the place of the letters."""

    def whole(parameters):
        a = values["x"]
        for i, (W, b) in enumerate(parameters):
            a = (output if i == len(parameters) - 1 else activation)(a @ W + b)
        return loss(values["y"], a)

    return quickly(jax.grad(whole))(values["parameters"])


CASES = {
    "sigmoid-half": (
        [2, 3, 2],
        {"activations": "sigmoid"},
        jax.nn.sigmoid,
        jax.nn.sigmoid,
        lambda y, a: jnp.sum((a - y) ** 2) / 2,
    ),
    "tanh-linear-mse": (
        [2, 2, 2],
        {"activations": ["tanh", "linear"], "loss": "mse"},
        jnp.tanh,
        lambda z: z,
        lambda y, a: jnp.mean((a - y) ** 2),
    ),
    "sigmoid-bce": (
        [2, 2, 1],
        {"activations": "sigmoid", "loss": "bce"},
        jax.nn.sigmoid,
        jax.nn.sigmoid,
        lambda y, a: -jnp.mean(y * jnp.log(a) + (1 - y) * jnp.log(1 - a)),
    ),
    "softmax-cce": (
        [2, 2, 3],
        {"activations": ["tanh", "softmax"], "loss": "categorical_crossentropy"},
        jnp.tanh,
        jax.nn.softmax,
        lambda y, a: -jnp.sum(y * jnp.log(a)),
    ),
}


QUICK = [*((case, "rows") for case in CASES), ("sigmoid-half", "columns")]
ALL = itertools.product(CASES, ("rows", "columns"))


@pytest.mark.parametrize(("case", "convention"), but_slow(QUICK, ALL))
def test_the_gradients_of_a_network_are_those_of_jax(case, convention):
    """The formulas with random numbers put in, against jax.grad in float64."""
    sizes, more, activation, output, loss = CASES[case]
    working = worked(identity="backpropagation", sizes=sizes, convention=convention, **more)
    rng = np.random.default_rng(5)
    with jax.enable_x64(True):
        parameters = [(rng.normal(size=(n, k)), rng.normal(size=k)) for n, k in pairwise(sizes)]
        x, y = rng.normal(size=(1, sizes[0])), rng.random((1, sizes[-1]))
        y = y / y.sum() if case == "softmax-cce" else y
        expected = jax_gradients(sizes, activation, output, loss, {"x": x, "y": y, "parameters": parameters})
        numbers = letters(sizes, x, y, parameters, activation, output, convention)
    for layer, (dW, db) in enumerate(expected, start=1):
        for name, right in ((f"dW{layer}", dW), (f"db{layer}", db)):
            found = working.tape[name].value
            got = np.vectorize(lambda f: float(f.expression.subs(numbers)), otypes=[float])(found)
            np.testing.assert_allclose(got.reshape(right.shape), np.asarray(right), atol=1e-11)


def letters(sizes, x, y, parameters, activation, output, convention):
    """What each letter of the network stands for."""
    named_values = {f"x_{i + 1}": v for i, v in enumerate(x[0])} | {
        f"y_{i + 1}": v for i, v in enumerate(y[0])
    }
    a = x
    for layer, (W, b) in enumerate(parameters, start=1):
        z = a @ W + b
        a = np.asarray((output if layer == len(parameters) else activation)(z))
        for k in range(W.shape[1]):
            named_values |= {
                f"z_{layer}{k + 1}": z[0, k],
                f"a_{layer}{k + 1}": a[0, k],
                f"b_{layer}{k + 1}": b[k],
            }
            for j in range(W.shape[0]):
                place = (j, k) if convention == "rows" else (k, j)
                named_values[f"w_{layer}_{place[0] + 1}{place[1] + 1}"] = W[j, k]
    return {sympy.Symbol(name, real=True): float(value) for name, value in named_values.items()}


def test_the_weights_index_follows_the_convention():
    rows = worked(identity="backpropagation", sizes=[2, 1])
    columns = worked(identity="backpropagation", sizes=[2, 1], convention="columns")
    assert rows["dW1"].shape == (2, 1)
    assert columns["dW1"].shape == (1, 2)
    weights = [next(c for c in chains(w) if r"\partial w" in c.left).left for w in (rows, columns)]
    assert ["w_{kj}" in weights[0], "w_{jk}" in weights[1]] == [True, True]


def test_a_wrong_rule_is_caught(monkeypatch):
    """The whole network's gradients are compared with SymPy's: a rule with a slip is no derivation."""
    from chainrule.paper.topics.identity import gradients

    real = gradients.affine_dx
    wrong = type(real)("affine_dx", lambda dz, W: -real.function(dz, W), real.tex)
    monkeypatch.setattr(gradients, "affine_dx", wrong)
    with pytest.raises(ValueError, match="not the derivative of the loss"):
        worked(identity="backpropagation", sizes=[2, 2, 1], activations="sigmoid")
    assert through_slope(2, 3) == 6

"""Questions drawn about activations: their answers against JAX and SciPy, as a reader works the text."""

import re
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import expit, softmax

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

KINDS = [each.name for each in kinds("activation")]
OF_SOFTMAX = [each for each in KINDS if "softmax" in each]
OF_POINTS = [each for each in KINDS if each not in (*OF_SOFTMAX, "compared")]


@cache
def drawn():
    """Questions of every kind and difficulty."""
    return [
        each for level in ("easy", "medium", "hard") for each in make("activation", level, 130, 4).exercises
    ]


def of(kind):
    found = [each for each in drawn() if each.kind == kind]
    assert len(found) >= 10
    return found


def points(exercise):
    return np.array(exercise.table["given"]["z"], dtype=float)


def leaky(slope):
    return lambda z: jnp.where(z > 0, z, slope * z)


def in_text(pattern, exercise):
    return float(re.search(pattern, exercise.table["text"])[1])


SELU = 1.0507009873554805, 1.6732632423543772
FUNCTIONS = {
    "relu": lambda _: leaky(0),
    "dead_units": lambda _: leaky(0),
    "leaky_relu": lambda each: leaky(in_text(r"and ([\d.]+) · z elsewhere", each)),
    "corner_of_leaky_relu": lambda each: leaky(in_text(r"and ([\d.]+) · z elsewhere", each)),
    "parametric_relu": lambda each: leaky(in_text(r"trained to ([\d.]+\d)", each)),
    "step": lambda _: lambda z: jnp.where(z >= 0, 1.0, 0.0),
    "sigmoid": lambda _: lambda z: 1 / (1 + jnp.exp(-z)),
    "tanh": lambda _: lambda z: (jnp.exp(z) - jnp.exp(-z)) / (jnp.exp(z) + jnp.exp(-z)),
    "elu": lambda each: (
        lambda z: jnp.where(z > 0, z, in_text(r"and ([\d.]+)\(e\^z", each) * (jnp.exp(z) - 1))
    ),
    "selu": lambda _: lambda z: SELU[0] * SELU[1] * (jnp.exp(z) - 1),
}
"""By kind, of a question: its function, written as the text has it."""


def slopes(function, z):
    """By JAX; at 0 from a little to the left."""
    with jax.enable_x64(True):
        return np.array([jax.grad(function)(jnp.float64(each or -1e-12)) for each in z])


def test_every_kind_is_tested_here():
    assert {*FUNCTIONS} == {*OF_POINTS}


@pytest.mark.parametrize("kind", OF_POINTS)
def test_values_and_slopes_are_those_of_the_text(kind):
    for exercise in of(kind):
        function, z = FUNCTIONS[kind](exercise), points(exercise)
        worked = exercise.working
        with jax.enable_x64(True):
            np.testing.assert_allclose(worked["a"].astype(float), function(z), atol=1e-12)
        np.testing.assert_allclose(worked["slope"].astype(float), slopes(function, z), atol=1e-9)


def test_compared_activations_are_those_of_the_text():
    for exercise in of("compared"):
        text, z, worked = exercise.table["text"], points(exercise), exercise.working
        right = {
            "sigmoid": (expit(z), expit(z) * expit(-z)),
            "tanh": (np.tanh(z), 1 - np.tanh(z) ** 2),
            "ReLU": (np.maximum(0, z), z > 0),
            "ELU": (np.where(z > 0, z, np.expm1(z)), np.where(z > 0, 1, np.exp(z))),
        }
        if "leaky" in text:
            slope = in_text(r"slope ([\d.]+) below", exercise)
            right["leaky ReLU"] = (np.where(z > 0, z, slope * z), np.where(z > 0, 1, slope))
        named = [name for name in right if re.search(rf"(?<!leaky ){name}\b", text)]
        names = [name.lower().replace(" ", "_") for name in named]
        assert {*worked} == {*names, *(f"{name}_slope" for name in names)}
        for said, name in zip(named, names, strict=True):
            found = [worked[each].astype(float) for each in (name, f"{name}_slope")]
            np.testing.assert_allclose(found, right[said], rtol=1e-9)


@pytest.mark.parametrize("kind", OF_SOFTMAX)
def test_softmax_against_scipy(kind):
    for exercise in of(kind):
        z, worked = points(exercise), exercise.working
        right = {"powers": np.exp(z), "sum": np.exp(z).sum(axis=-1), "a": softmax(z, axis=-1)}
        if z.ndim == 1:
            with jax.enable_x64(True):
                right["jacobian"] = np.array(jax.jacobian(jax.nn.softmax)(jnp.array(z)))
        assert [*worked] == exercise.table["find"]
        for name in worked:
            np.testing.assert_allclose(worked[name].astype(float), right[name], rtol=1e-9)


@pytest.mark.parametrize("kind", [each for each in OF_POINTS if each not in ("selu", "step")])
def test_the_points_lie_on_both_sides_of_0_and_no_two_are_alike(kind):
    for exercise in of(kind):
        z = points(exercise)
        assert z.min() < 0 < z.max()
        assert kind == "dead_units" or len({*z}) == len(z)
        assert (0 in z) == (kind in ("dead_units", "corner_of_leaky_relu"))

"""Activations against Keras, SymPy and jax.grad."""

import jax
import jax.numpy as jnp
import keras
import mpmath
import numpy as np
import pytest
import sympy

from chainrule import activations
from chainrule.rules.activations.exponential import SELU_ALPHA, SELU_SCALE
from chainrule.rules.activations.named import ACTIVATIONS

SLOPE = 0.3  # of the parametric ReLU
TRAINED = {"prelu": (SLOPE,)}
SLOPED = [name for name, entry in ACTIVATIONS.items() if entry.derivative]
z = sympy.Symbol("z", real=True)

_alpha, _scale = sympy.Float(SELU_ALPHA, 30), sympy.Float(SELU_SCALE, 30)
TEXTBOOK = {
    "linear": z,
    "step": sympy.Piecewise((1, z >= 0), (0, True)),
    "sigmoid": 1 / (1 + sympy.exp(-z)),
    "tanh": (sympy.exp(z) - sympy.exp(-z)) / (sympy.exp(z) + sympy.exp(-z)),
    "relu": sympy.Piecewise((z, z > 0), (0, True)),
    "leaky_relu": sympy.Piecewise((z, z > 0), (z / 5, True)),
    "prelu": sympy.Piecewise((z, z > 0), (sympy.Float(SLOPE, 30) * z, True)),
    "elu": sympy.Piecewise((z, z > 0), (sympy.exp(z) - 1, True)),
    "selu": sympy.Piecewise((_scale * z, z > 0), (_scale * _alpha * (sympy.exp(z) - 1), True)),
}
POINTS = [sympy.Rational(n, d) for n, d in [(-17, 2), (-3, 1), (-5, 7), (-1, 1000), (1, 97), (2, 3), (9, 2)]]


def kerass(name):
    """The function of that name in Keras; step and PReLU, which it lacks, by their definition."""
    if name == "step":
        return lambda z: jnp.heaviside(z, 1.0)
    if name == "prelu":
        return lambda z: keras.activations.leaky_relu(z, negative_slope=SLOPE)
    return getattr(keras.activations, name)


@pytest.mark.parametrize("kind", [np.asarray, jnp.asarray], ids=["NumPy", "JAX"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_equals_keras_own_on_random_and_extreme_float32(name, kind):
    random = np.random.default_rng(1)
    rows = np.concatenate(
        [random.normal(0, spread, (20, 6)).astype(np.float32) for spread in (1e-6, 1e-2, 1, 10, 100)]
        + [
            np.float32(
                [[1e4, -1e4, 0, 1, -1, 50], [-1e4] * 6, [1e4] * 6, [0] * 6, [-80, 88, -88, 87, 30, -30]]
            )
        ]
    )
    ours = ACTIVATIONS[name].forward(kind(rows), *map(np.float32, TRAINED.get(name, ())))
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, kerass(name)(jnp.asarray(rows)), rtol=2e-6, atol=1e-37)


@pytest.mark.parametrize("name", TEXTBOOK)
def test_each_equals_its_textbook_formula(name):
    points = np.array([float(p) for p in POINTS])
    expected = [float(TEXTBOOK[name].subs(z, p).evalf(30)) for p in POINTS]
    ours = ACTIVATIONS[name].forward(points, *TRAINED.get(name, ()))
    np.testing.assert_allclose(ours, expected, rtol=1e-12)


def test_every_activation_with_a_slope_is_in_the_textbook_here():
    assert set(SLOPED) == set(TEXTBOOK)


@pytest.mark.parametrize("name", SLOPED)
def test_the_derivative_is_sympys_derivative_of_the_formula(name):
    entry, trained = ACTIVATIONS[name], TRAINED.get(name, ())
    points = np.array([float(p) for p in POINTS])
    slope = sympy.diff(TEXTBOOK[name], z)
    expected = [float(slope.subs(z, p).evalf(30)) for p in POINTS]
    ours = entry.derivative(points, entry.forward(points, *trained), *trained)
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", SLOPED)
def test_the_derivative_is_jax_grad_of_the_forward_rule(name):
    entry = ACTIVATIONS[name]
    points = np.random.default_rng(2).normal(0, 3, 200)
    with jax.enable_x64(True):
        at, trained = jnp.asarray(points), TRAINED.get(name, ())
        automatic = jax.vmap(jax.grad(lambda p: entry.forward(p, *trained)))(at)
        ours = entry.derivative(at, entry.forward(at, *trained), *trained)
        np.testing.assert_allclose(ours, automatic, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", SLOPED)
def test_at_a_corner_the_slope_is_the_one_from_the_left(name):
    """The courses' choice, f'(0) = f'(0-); for tanh and its like both sides agree."""
    entry, trained = ACTIVATIONS[name], TRAINED.get(name, ())
    origin = np.zeros(1)
    from_the_left = sympy.diff(TEXTBOOK[name], z).subs(z, -sympy.Rational(1, 10**30)).evalf(60)
    ours = entry.derivative(origin, entry.forward(origin, *trained), *trained)
    np.testing.assert_allclose(ours, [float(from_the_left)], rtol=1e-15)


@pytest.mark.parametrize(
    ("identifier", "here"),
    [("relu", 0), ("leaky_relu", 0.2), ("elu", 1), ({"name": "elu", "alpha": 2.5}, 2.5), ("step", 0)],
)
def test_the_slope_at_zero_is_the_courses(identifier, here):
    entry = activations.get(identifier)
    assert entry.derivative(np.zeros(1), entry.forward(np.zeros(1))) == here


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_backward_rule_is_jax_vjp_of_the_forward_rule(name):
    entry = ACTIVATIONS[name]
    random = np.random.default_rng(3)
    with jax.enable_x64(True):
        at, da = jnp.asarray(random.normal(0, 2, (5, 4))), jnp.asarray(random.normal(0, 1, (5, 4)))
        trained = {p: jnp.asarray(random.normal(0, 1, 4)) for p in entry.gradients}
        a, pull = jax.vjp(entry.forward, at, *trained.values())
        dz, *others = pull(da)
        np.testing.assert_allclose(entry.backward(da, at, a, *trained.values()), dz, rtol=1e-12, atol=1e-12)
        for rule, automatic in zip(entry.gradients.values(), others, strict=True):
            np.testing.assert_allclose(rule(da, at), automatic, rtol=1e-12, atol=1e-12)


def test_the_backward_rule_of_softmax_is_its_jacobian_from_sympy():
    symbols = sympy.symbols("z1:4", real=True)
    powers = [sympy.exp(s) for s in symbols]
    softmax = sympy.Matrix([p / sum(powers) for p in powers])
    at = dict(zip(symbols, POINTS[2:5], strict=True))
    jacobian = np.array(softmax.jacobian(symbols).subs(at).evalf(30), dtype=float)
    row, da = np.array([[float(v) for v in at.values()]]), np.array([[0.3, -1.2, 2.0]])
    entry = ACTIVATIONS["softmax"]
    np.testing.assert_allclose(entry.backward(da, row, entry.forward(row)), da @ jacobian, rtol=1e-12)


@pytest.mark.parametrize("name", [n for n in ACTIVATIONS if n != "step"])
def test_nan_stays_nan_so_that_training_can_find_where_it_began(name):
    assert np.isnan(ACTIVATIONS[name].forward(np.full((1, 2), np.nan), *TRAINED.get(name, ()))).all()


@pytest.mark.parametrize("value", [-745.0, -100.0, -40.0, -20.0])
def test_a_very_small_sigmoid_keeps_its_digits(value):
    exact = 1 / (1 + mpmath.exp(-mpmath.mpf(value)))
    assert ACTIVATIONS["sigmoid"].forward(np.array([value]))[0] == pytest.approx(float(exact), rel=1e-12)


def test_softmax_of_huge_numbers_is_finite_and_sums_to_one():
    rows = np.float32([[1e4, 0, -1e4], [1e38, 1e38, -1e38], [-1e4, -1e4, -1e4]])
    a = ACTIVATIONS["softmax"].forward(rows)
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(a, [[1, 0, 0], [0.5, 0.5, 0], [1 / 3] * 3], rtol=1e-6)


def test_the_constants_of_selu_are_their_closed_form_to_double_precision():
    """Klambauer, Unterthiner, Mayr, Hochreiter (2017), equation 14: mean 0 and variance 1 are kept."""
    with mpmath.workdps(40):
        e, erfc, pi, sqrt = mpmath.e, mpmath.erfc, mpmath.pi, mpmath.sqrt
        half, one = erfc(1 / sqrt(2)), erfc(sqrt(2))
        alpha = -sqrt(2 / pi) / (half * sqrt(e) - 1)
        scale = (
            (1 - half * sqrt(e))
            * sqrt(2 * pi)
            / sqrt(2 * one * e**2 + pi * half**2 * e - 2 * (2 + pi) * half * sqrt(e) + pi + 2)
        )
        assert float(alpha) == SELU_ALPHA
        assert float(scale) == SELU_SCALE


def test_selu_keeps_mean_zero_and_variance_one_of_a_normal_input():
    def moment(power):
        return mpmath.quad(
            lambda t: (SELU_SCALE * (t if t > 0 else SELU_ALPHA * mpmath.expm1(t))) ** power * mpmath.npdf(t),
            [-30, 0, 30],
        )

    assert abs(moment(1)) < 1e-14
    assert abs(moment(2) - 1) < 1e-14


def test_options_change_every_rule_of_an_activation():
    entry = ACTIVATIONS["elu"].with_options(alpha=2.0)
    at = np.array([-1.0])
    a, slope = 2 * np.expm1(-1), 2 * np.exp(-1)
    np.testing.assert_allclose(entry.forward(at), a)
    np.testing.assert_allclose(entry.derivative(at, entry.forward(at)), slope)
    np.testing.assert_allclose(entry.backward(np.array([3.0]), at, entry.forward(at)), 3 * slope)
    with pytest.raises(TypeError, match="'elu' does not take 'slope'; it takes alpha"):
        entry.with_options(slope=1)

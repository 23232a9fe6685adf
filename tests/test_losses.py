"""Losses against Keras, SciPy and jax.grad, and their stable forms at extreme logits."""

import inspect

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
import scipy.special
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chainrule import losses
from chainrule.layers import Activation
from chainrule.layers.steps import run
from chainrule.losses import LOSSES, Loss
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.rules.activations.named import ACTIVATIONS
from compiling import quickly
from marks import but_slow

CLASSES = [made for name, made in LOSSES.items() if name == made.__name__]
IN_KERAS = [made for made in CLASSES if hasattr(keras.losses, made.__name__)]
FACTORS = [None, "1/m", "1/2", "1/2m"]
FUSED = [
    pytest.param(made, activation, id=f"{activation}-{made.__name__}")
    for made in CLASSES
    for activation in made.entry.logits
]
shapes = st.tuples(st.integers(1, 6), st.integers(2, 5))  # one class alone is certain, at the clip's edge
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=20, deadline=None, derandomize=True)
compiled = settings(few, max_examples=6, phases=[Phase.generate])  # each example compiles a program


def softmax(z):
    return scipy.special.softmax(z, axis=-1)


def case(made, shape, seed):
    """Targets and predictions that suit a loss; float64, away from where its slope jumps."""
    random = np.random.default_rng(seed)
    z, t = random.normal(0, 1, (2, *shape))
    match made.__name__:
        case "BinaryCrossentropy":
            return (t > 0).astype(float), scipy.special.expit(z)
        case "CategoricalCrossentropy":
            return np.eye(shape[1])[random.integers(0, shape[1], shape[0])], softmax(z)
        case "SparseCategoricalCrossentropy":
            return random.integers(0, shape[1], shape[0]), softmax(z)
        case "KLDivergence":
            return softmax(t), softmax(z)
        case "Hinge" | "PerceptronLoss":
            return np.where(t > 0, 1.0, -1.0), z
        case _:
            return t, 2 * z


@pytest.mark.parametrize("shape", [(1, 2), (6, 4), (30, 3)])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean", "sum"])
@pytest.mark.parametrize("made", IN_KERAS)
def test_each_is_keras_own(made, reduction, shape):
    y, a = case(made, shape, seed=5)
    theirs = getattr(keras.losses, made.__name__)(reduction=reduction)(y, a.astype(np.float32))
    np.testing.assert_allclose(made(reduction=reduction)(y, a), theirs, rtol=2e-5, atol=1e-6)


def test_all_but_the_perceptrons_are_in_keras():
    assert set(CLASSES) - set(IN_KERAS) == {losses.PerceptronLoss}


@pytest.mark.parametrize("delta", [0.1, 1.0, 2.5])
def test_huber_with_a_delta_is_keras_and_scipys(delta):
    y, a = case(losses.Huber, (6, 4), 1)
    value = losses.Huber(delta=delta)(y, a)
    np.testing.assert_allclose(value, keras.losses.Huber(delta=delta)(y, a), rtol=1e-5)
    np.testing.assert_allclose(value, scipy.special.huber(delta, y - a).mean(), rtol=1e-14)


def test_kl_divergence_and_cross_entropy_are_scipys():
    y, a = case(losses.KLDivergence, (6, 4), 2)
    np.testing.assert_allclose(
        losses.KLDivergence()(y, a), scipy.special.rel_entr(y, a).sum() / 6, rtol=1e-12
    )
    cross = -scipy.special.xlogy(y, a).sum() / 6
    np.testing.assert_allclose(losses.CategoricalCrossentropy()(y, a), cross, rtol=1e-12)
    binary = -(scipy.special.xlogy(y, a) + scipy.special.xlog1py(1 - y, -a)).mean()
    np.testing.assert_allclose(losses.BinaryCrossentropy()(y, a), binary, rtol=1e-12)


@few
@given(shape=shapes, seed=seeds)
def test_the_perceptron_loss_is_what_wrong_outputs_cost_and_right_ones_cost_nothing(shape, seed):
    y, a = case(losses.PerceptronLoss, shape, seed)
    wrong = np.sign(a) != y
    np.testing.assert_allclose(losses.PerceptronLoss()(y, a), np.abs(a[wrong]).sum() / a.size, rtol=1e-12)


@pytest.mark.parametrize("factor", FACTORS)
def test_the_factor_of_the_squared_error_is_the_one_of_the_definition(factor):
    y, a = case(losses.MeanSquaredError, (6, 4), 3)
    squares = ((y - a) ** 2).sum()
    expected = {None: squares / 24, "1/m": squares / 6, "1/2": squares / 2, "1/2m": squares / 12}[factor]
    np.testing.assert_allclose(losses.MeanSquaredError(factor=factor)(y, a), expected, rtol=1e-14)


def test_half_of_m_on_four_rows_is_the_courses_worked_value():
    """y = wx + b with w = b = 0 on (1,2), (2,4), (3,6), (4,8): (4 + 16 + 36 + 64)/8 = 15."""
    assert losses.MeanSquaredError(factor="1/2m")([2, 4, 6, 8], [0, 0, 0, 0]) == 15


ARGUMENTS = [(made, {"reduction": r}) for made in CLASSES for r in ("sum_over_batch_size", "sum")] + [
    *((losses.MeanSquaredError, {"factor": f}) for f in FACTORS if f),
    (losses.Huber, {"delta": 0.3}),
]


@pytest.mark.parametrize(
    ("made", "arguments"), but_slow([a for a in ARGUMENTS if a[1] != {"reduction": "sum"}], ARGUMENTS)
)
@compiled
@given(shape=shapes, seed=seeds)
def test_the_gradient_rule_is_jax_grad_of_the_value_rule(made, arguments, shape, seed):
    loss = made(**arguments)
    y, a = case(made, shape, seed)
    with jax.enable_x64(True):
        automatic = quickly(jax.grad(loss.value, argnums=1))(jnp.asarray(y), jnp.asarray(a))
    np.testing.assert_allclose(loss.gradient(y, a), automatic, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum"])
@pytest.mark.parametrize(("made", "activation"), FUSED)
@few
@given(shape=shapes, seed=seeds)
def test_behind_its_activation_a_loss_is_the_same_loss(made, activation, reduction, shape, seed):
    """For moderate logits the fused rules equal the rules one after the other."""
    loss, entry = made(reduction=reduction), ACTIVATIONS[activation]
    y, _ = case(made, shape, seed)
    z = np.random.default_rng(seed).normal(0, 3, shape)
    a = entry.forward(z)
    np.testing.assert_allclose(
        loss.value_behind(activation)(y, a, z), loss.value(y, a), rtol=1e-11, atol=1e-12
    )
    in_two_steps = entry.backward(loss.gradient(y, a), z, a)
    np.testing.assert_allclose(loss.gradient_behind(activation)(y, a), in_two_steps, rtol=1e-11, atol=1e-12)


EXTREME = np.float32([[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [-1e4, -1e4, -1e4], [1e4, 0, 3], [1, 2, 1e4]])
EXTREME_TARGETS = {
    "BinaryCrossentropy": np.float32([[0, 1, 1], [0, 1, 0], [1, 0, 1], [1, 0, 0], [1, 1, 1]]),
    "CategoricalCrossentropy": np.eye(3, dtype=np.float32)[[1, 0, 2, 0, 2]],
    "SparseCategoricalCrossentropy": np.array([1, 0, 2, 0, 2]),
}


@pytest.mark.parametrize("kind", [np.asarray, jnp.asarray], ids=["NumPy", "JAX"])
@pytest.mark.parametrize(("made", "activation"), FUSED)
def test_logits_of_ten_thousand_give_keras_loss_and_gradient_in_float32(made, activation, kind):
    y = EXTREME_TARGETS[made.__name__]
    program = Network([Activation(activation)], (3,)).program(made(), SGD())
    values = run((*program.forward, *program.loss, *program.backward), {"x": kind(EXTREME), "y": kind(y)})
    theirs = getattr(keras.losses, made.__name__)(from_logits=True)
    value, gradient = jax.value_and_grad(lambda z: theirs(y, z))(jnp.asarray(EXTREME))
    assert values["loss"].dtype == values["dx"].dtype == np.float32
    assert all(np.isfinite(values[name]).all() for name in ("loss", "da1", "dx"))
    np.testing.assert_allclose(values["loss"], value, rtol=1e-6)
    np.testing.assert_allclose(values["dx"], gradient, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("made", CLASSES)
def test_nan_predictions_give_a_nan_loss(made):
    y, a = case(made, (3, 2), 4)
    assert np.isnan(made()(y, np.full_like(a, np.nan)))


@pytest.mark.parametrize("made", [m for m in CLASSES if m.entry.name.endswith(("entropy", "divergence"))])
@pytest.mark.parametrize("right", [0, 1])
def test_certain_predictions_cost_a_finite_amount(made, right):
    y = [right] if made is losses.SparseCategoricalCrossentropy else [[1.0 - right, float(right)]]
    assert np.isfinite(made()(y, [[1.0, 0.0]]))


@pytest.mark.parametrize(
    ("labels", "signs"), [([0, 1, 1], [-1, 1, 1]), ([-1, 1, 1], [-1, 1, 1]), ([1, 1, 1], [1, 1, 1])]
)
def test_a_loss_on_signs_turns_zero_and_one_into_them_as_keras_hinge_does(labels, signs):
    outputs = np.array([0.3, -0.4, 2.0])
    for made in (losses.Hinge, losses.PerceptronLoss):
        assert made()(labels, outputs) == made()(signs, outputs)
    np.testing.assert_allclose(
        losses.Hinge()(labels, outputs),
        keras.losses.Hinge()(np.array(labels)[:, None], outputs[:, None]),
        rtol=1e-6,
    )


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([0, 3], r"label 3 in row 1 is out of range: the output has 3 units.* from 0 to 2"),
        ([-1, 0], r"label -1 in row 0 is out of range"),
        ([0, 1.5], r"label 1.5 in row 1 is out of range"),
        ([0, np.nan], r"label nan in row 1 is out of range"),
        ([0, 1, 2], r"expected one label per row, 2 in all, got shape \(3,\)"),
        ([[0, 1, 0], [1, 0, 0]], r"expected one label per row, 2 in all, got shape \(2, 3\)"),
    ],
)
def test_labels_that_no_output_stands_for_are_refused(labels, says):
    with pytest.raises(ValueError, match=says):
        losses.SparseCategoricalCrossentropy()(labels, np.full((2, 3), 1 / 3))


@pytest.mark.parametrize("labels", [[0, 2], [[0], [2]], np.array([0.0, 2.0])])
def test_labels_may_be_a_row_a_column_or_whole_floats(labels):
    a = np.array([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5]])
    np.testing.assert_allclose(losses.SparseCategoricalCrossentropy()(labels, a), np.log(2))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: losses.MeanSquaredError(reduction="none"), "reduction must be one of .*'none'"),
        (lambda: losses.MeanSquaredError(factor="1/3"), "factor must be one of '1/m', '1/2', '1/2m'"),
        (lambda: losses.MeanSquaredError(reduction="sum", factor="1/2"), "a factor or a reduction, not both"),
        (lambda: losses.Huber(delta=0), "delta must be greater than 0, got 0"),
        (lambda: losses.MeanSquaredError()([[1.0, 2.0]], [[1.0]]), r"targets of shape \(1, 2\) do not match"),
        (
            lambda: losses.MeanSquaredError()([1.0, 2.0, 3.0], [1.0, 2.0]),
            r"\(3, 1\) do not match .* \(2, 1\)",
        ),
    ],
)
def test_what_makes_no_loss_is_refused_with_what_would(make, says):
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(("made", "arguments"), ARGUMENTS)
def test_a_loss_comes_back_from_its_configuration(made, arguments):
    loss = made(**arguments)
    again = losses.get({"class_name": made.__name__, "config": loss.get_config()})
    assert vars(again) == vars(loss)
    assert set(loss.get_config()) <= set(inspect.signature(made).parameters)
    assert isinstance(again, Loss)

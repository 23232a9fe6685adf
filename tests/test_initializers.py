"""Initial weights have the distribution of Keras' initializers, which the papers derive."""

import json
from functools import cache

import keras
import numpy as np
import pytest
import scipy.stats

from chainrule import initializers
from chainrule.config import set_random_seed
from chainrule.initializers import INITIALIZERS
from chainrule.layers import Dense, Input
from chainrule.models import Sequential
from chainrule.rules.initializers import TRUNCATED_NORMAL_DEVIATION, fans

CLASSES = {name: made for name, made in INITIALIZERS.items() if name == made.__name__}
RANDOM = [name for name in CLASSES if name not in ("Zeros", "Ones", "Constant")]
SHAPES = [(300, 200), (50, 900), (3, 5, 40, 60), (40_000,)]


@cache
def samples(name, shape, **arguments):
    ours = CLASSES[name](seed=11, **arguments)(shape)
    theirs = np.asarray(getattr(keras.initializers, name)(seed=12, **arguments)(shape))
    assert ours.dtype == theirs.dtype == np.float32
    assert ours.shape == theirs.shape == shape
    return ours.ravel().astype(float), theirs.ravel().astype(float)


def standard_error_of_variance(values):
    return float(np.sqrt((np.mean((values - values.mean()) ** 4) - values.var() ** 2) / values.size))


@pytest.mark.parametrize("shape", SHAPES[:1] + SHAPES[2:], ids=str)
@pytest.mark.parametrize("name", RANDOM)
def test_mean_and_variance_are_keras_own_within_five_standard_errors(name, shape):
    ours, theirs = samples(name, shape)
    of_mean = np.hypot(*(v.std() / np.sqrt(v.size) for v in (ours, theirs)))
    of_variance = np.hypot(*map(standard_error_of_variance, (ours, theirs)))
    assert abs(ours.mean() - theirs.mean()) < 5 * of_mean
    assert abs(ours.var() - theirs.var()) < 5 * of_variance


@pytest.mark.parametrize("shape", SHAPES[:2], ids=str)
@pytest.mark.parametrize("name", RANDOM)
def test_the_whole_distribution_is_keras_own_by_kolmogorov_and_smirnov(name, shape):
    assert scipy.stats.ks_2samp(*samples(name, shape)).pvalue > 1e-5


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", [n for n in RANDOM if n != "RandomNormal"])
def test_the_largest_weight_is_at_the_limit_that_keras_draws_to(name, shape):
    ours, theirs = (np.abs(v).max() for v in samples(name, shape))
    assert ours == pytest.approx(theirs, rel=5e-3)


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("Glorot", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
        ("He", lambda fan_in, fan_out: 2 / fan_in),
        ("Lecun", lambda fan_in, fan_out: 1 / fan_in),
    ],
)
def test_the_variance_is_the_one_of_the_paper_and_the_limits_follow_from_it(name, variance):
    expected = variance(300, 200)
    uniform, normal = (
        CLASSES[name + kind](seed=3)((300, 200)).astype(float) for kind in ("Uniform", "Normal")
    )
    for values in (uniform, normal):
        assert values.var() == pytest.approx(expected, abs=5 * standard_error_of_variance(values))
    limit = np.sqrt(3 * expected)
    assert limit * 0.999 < np.abs(uniform).max() <= np.float32(limit)
    assert np.abs(normal).max() <= np.float32(2 * np.sqrt(expected) / scipy.stats.truncnorm(-2, 2).std())


def test_no_weight_of_a_cut_normal_is_ever_beyond_the_cut():
    limit = 2 / scipy.stats.truncnorm(-2, 2).std() / np.sqrt(4)
    assert all(np.abs(initializers.LecunNormal(seed=seed)((4, 3))).max() <= limit for seed in range(300))


def test_the_deviation_of_a_normal_cut_at_two_is_scipys():
    assert pytest.approx(scipy.stats.truncnorm(-2, 2).std(), rel=1e-14) == TRUNCATED_NORMAL_DEVIATION


@pytest.mark.parametrize("shape", [(), (7,), (3, 5), (2, 3, 5), (3, 3, 16, 32)])
def test_fan_in_and_fan_out_are_keras_own(shape):
    from keras.src.initializers.random_initializers import compute_fans

    assert fans(shape) == compute_fans(shape)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("RandomNormal", {"mean": 2.0, "stddev": 0.5}), ("RandomUniform", {"minval": 1.0, "maxval": 3.0})],
)
def test_given_means_spreads_and_limits_are_kept(name, arguments):
    assert scipy.stats.ks_2samp(*samples(name, (200, 200), **arguments)).pvalue > 1e-5


@pytest.mark.parametrize(("name", "value"), [("Zeros", 0), ("Ones", 1), ("Constant", 0)])
def test_constant_weights_are_constant(name, value):
    weights = CLASSES[name]()((2, 3))
    assert weights.tolist() == [[value] * 3] * 2
    assert weights.dtype == np.float32
    assert initializers.Constant(0.25)((2,)).tolist() == [0.25, 0.25]


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_gives_the_same_weights_again_and_another_seed_others(name):
    made = CLASSES[name]
    first = made(seed=5)
    assert np.array_equal(first((4, 3)), first((4, 3)))
    assert np.array_equal(first((4, 3)), made(seed=5)((4, 3)))
    assert not np.array_equal(first((4, 3)), made(seed=6)((4, 3)))


@pytest.mark.parametrize("name", RANDOM)
def test_without_a_seed_every_call_differs_and_the_global_seed_repeats_them_all(name):
    def two():
        set_random_seed(9)
        made = CLASSES[name]()
        return made((4, 3)), made((4, 3))

    first, second = two()
    assert not np.array_equal(first, second)
    assert np.array_equal([first, second], two())


@pytest.mark.parametrize("seed", [-1, 1.5, True, "7"])
def test_a_global_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="seed must be a whole number ≥ 0"):
        set_random_seed(seed)


@pytest.mark.parametrize("name", CLASSES)
def test_an_initializer_comes_back_from_its_table(name):
    table = initializers.serialize(CLASSES[name]())
    assert initializers.serialize(initializers.get(table)) == table


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: initializers.Constant("a"), TypeError, "value must be a number, got 'a'"),
        (lambda: initializers.Constant(None), TypeError, "value must be a number, got None"),
        (lambda: initializers.Constant(float("nan")), ValueError, "value must be finite, got nan"),
        (lambda: initializers.Constant(["a"]), TypeError, "value must hold numbers"),
        (lambda: initializers.RandomNormal(stddev=-1), ValueError, "stddev must be at least 0, got -1"),
        (lambda: initializers.RandomNormal("a"), TypeError, "mean must be a number, got 'a'"),
        (lambda: initializers.RandomUniform(1, -1), ValueError, "minval must not be above maxval -1, got 1"),
        (lambda: initializers.GlorotUniform("a"), TypeError, "seed must be a whole number, got 'a'"),
        (lambda: initializers.HeNormal(1.5), TypeError, "seed must be a whole number, got 1.5"),
        (lambda: initializers.HeNormal(-1), ValueError, "seed must be at least 0, got -1"),
    ],
    ids=range(10),
)
def test_what_cannot_be_is_refused_where_it_is_given(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_a_constant_may_be_an_array_of_the_weights_shape():
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    made = initializers.get(json.loads(json.dumps(initializers.serialize(initializers.Constant(values)))))
    np.testing.assert_array_equal(made((2, 2)), values)


class TooSmall(initializers.Initializer):
    def __call__(self, shape):
        return np.zeros(1)


@pytest.mark.parametrize("made", [initializers.Constant([1.0, 2.0, 3.0]), TooSmall()], ids=["array", "own"])
def test_values_of_another_shape_than_the_weights_are_refused(made):
    with pytest.raises(
        ValueError, match=rf"^W1 has the shape \(3, 2\) and its initializer {type(made).__name__}"
    ):
        Sequential([Input((3,)), Dense(2, kernel_initializer=made)])


def test_an_initializer_without_a_call_says_so():
    with pytest.raises(NotImplementedError, match="Initializer must have a __call__ of its own"):
        initializers.Initializer()((2,))


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if "_" in name or name in ("zeros", "ones")])
def test_classes_go_by_keras_other_names_too(name):
    assert getattr(initializers, name) is INITIALIZERS[name]
    assert getattr(keras.initializers, name).__name__ == INITIALIZERS[name].__name__

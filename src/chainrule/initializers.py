"""Initial weights: Keras' initializers, by the same names and defaults."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.config import next_seed
from chainrule.doors import missing, numbers, real_number, whole_number
from chainrule.lookup import build, with_aliases
from chainrule.rules.initializers import (
    TRUNCATED_NORMAL_DEVIATION,
    VARIANCES,
    deviation,
    fans,
    uniform_limit,
)
from chainrule.rules.rule import Shape


class Initializer:
    """Gives the first values of a weight: called with a shape, returns a float32 array of it."""

    def __call__(self, shape: Shape) -> np.ndarray:
        raise missing(self, "__call__")

    def get_config(self) -> dict[str, Any]:
        return {k.removeprefix("_"): v for k, v in vars(self).items()}


class Zeros(Initializer):
    """All 0."""

    def __call__(self, shape: Shape) -> np.ndarray:
        return np.zeros(shape, np.float32)


class Ones(Initializer):
    """All 1."""

    def __call__(self, shape: Shape) -> np.ndarray:
        return np.ones(shape, np.float32)


class Constant(Initializer):
    """All the same value, or those of an array of the weight's shape.

    Raises TypeError for what is no number, ValueError for one that is not finite.

    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: Any = 0.0) -> None:
        if np.ndim(value):
            self.value = numbers(value, "value").tolist()
        else:
            self.value = _finite(value, "value")

    def __call__(self, shape: Shape) -> np.ndarray:
        return np.full(np.shape(self.value) or shape, self.value, np.float32)


class _Random(Initializer):
    """Draws from one generator: with a seed, each call gives the same values, as in Keras."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else whole_number(seed, "seed", 0)

    def _generator(self) -> np.random.Generator:
        return np.random.default_rng(next_seed() if self.seed is None else self.seed)


class RandomNormal(_Random):
    """Normal with the given mean and standard deviation. Raises ValueError for a deviation below 0."""

    def __init__(self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None) -> None:
        self.mean = _finite(mean, "mean")
        self.stddev = real_number(stddev, "stddev", "be at least 0", lambda found: found >= 0)
        super().__init__(seed)

    def __call__(self, shape: Shape) -> np.ndarray:
        return self._generator().normal(self.mean, self.stddev, shape).astype(np.float32)


class RandomUniform(_Random):
    """Uniform between the given limits. Raises ValueError unless ``maxval`` is the larger."""

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None) -> None:
        self.minval, self.maxval = _finite(minval, "minval"), _finite(maxval, "maxval")
        if self.minval > self.maxval:
            raise ValueError(f"minval must not be above maxval {maxval!r}, got {minval!r}")
        super().__init__(seed)

    def __call__(self, shape: Shape) -> np.ndarray:
        return self._generator().uniform(self.minval, self.maxval, shape).astype(np.float32)


class _FanScaled(_Random):
    """Spread by fan-in and fan-out, so that a signal keeps its size from layer to layer."""

    variance: str

    def _variance(self, shape: Shape) -> float:
        rule = VARIANCES[self.variance]
        fan = dict(zip(("fan_in", "fan_out"), fans(shape), strict=True))
        return float(rule(*(fan[name] for name in rule.inputs)))


class _FanScaledUniform(_FanScaled):
    def __call__(self, shape: Shape) -> np.ndarray:
        limit = uniform_limit(np.float64(self._variance(shape)))
        return self._generator().uniform(-limit, limit, shape).astype(np.float32)


class _FanScaledNormal(_FanScaled):
    def __call__(self, shape: Shape) -> np.ndarray:
        spread = deviation(np.float64(self._variance(shape))) / TRUNCATED_NORMAL_DEVIATION
        values: np.ndarray = spread * _truncated_normal(self._generator(), shape)
        return values.astype(np.float32)


def _truncated_normal(generator: np.random.Generator, shape: Shape) -> np.ndarray:
    """Standard normal values, each beyond two deviations drawn again."""
    values = generator.standard_normal(shape)
    outside = np.abs(values) > 2
    while outside.any():
        values[outside] = generator.standard_normal(int(outside.sum()))
        outside = np.abs(values) > 2
    return values


class GlorotUniform(_FanScaledUniform):
    """Uniform with variance 2/(fan_in + fan_out); Glorot and Bengio (2010). Keras' default.

    >>> weights = GlorotUniform(seed=1)((64, 32))
    >>> bool(abs(weights).max() <= (6 / 96) ** 0.5)
    True
    """

    variance = "glorot"


class GlorotNormal(_FanScaledNormal):
    """Normal, cut at two deviations, with variance 2/(fan_in + fan_out)."""

    variance = "glorot"


class HeUniform(_FanScaledUniform):
    """Uniform with variance 2/fan_in, for ReLU; He and others (2015)."""

    variance = "he"


class HeNormal(_FanScaledNormal):
    """Normal, cut at two deviations, with variance 2/fan_in."""

    variance = "he"


class LecunUniform(_FanScaledUniform):
    """Uniform with variance 1/fan_in; LeCun and others (1998)."""

    variance = "lecun"


class LecunNormal(_FanScaledNormal):
    """Normal, cut at two deviations, with variance 1/fan_in, for SELU."""

    variance = "lecun"


def _finite(value: Any, name: str) -> Any:
    return real_number(value, name, "be finite", lambda _: True)


INITIALIZERS = with_aliases(
    (
        Zeros,
        Ones,
        Constant,
        RandomNormal,
        RandomUniform,
        GlorotUniform,
        GlorotNormal,
        HeUniform,
        HeNormal,
        LecunUniform,
        LecunNormal,
    ),
    zero=Zeros,
    one=Ones,
    normal=RandomNormal,
    uniform=RandomUniform,
)


def get(identifier: Any) -> Initializer:
    """An initializer from its name, its table or itself.

    >>> get("he_normal").get_config()
    {'seed': None}
    """
    found: Initializer = build("initializer", identifier, INITIALIZERS, Initializer)
    return found


def serialize(initializer: Initializer) -> dict[str, Any]:
    """The table that :func:`get` makes the initializer from again."""
    return {"class_name": type(initializer).__name__, "config": initializer.get_config()}


# Keras' other names for the classes
zeros, ones, constant = Zeros, Ones, Constant
random_normal, random_uniform = RandomNormal, RandomUniform
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal = HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal

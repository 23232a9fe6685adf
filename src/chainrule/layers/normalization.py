"""Normalization: batch normalization and layer normalization.

Sources: Ioffe, Szegedy (ICML 2015); Ba, Kiros, Hinton (2016); Keras 3.
"""

from __future__ import annotations

from typing import Any

from chainrule import constraints, initializers, regularizers
from chainrule.doors import flag, real_number
from chainrule.layers.arguments import number
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.steps import Quantities
from chainrule.rules.normalization import gradients, scale_and_shift, standardizing, statistics
from chainrule.rules.rule import Call, Name, Shape
from chainrule.rules.shapes import unchanged


class _Normalization(Layer):
    """What both have in common: x̂, which β and γ give another mean and deviation."""

    full_precision = True

    def __init__(
        self,
        axis: Any,
        epsilon: Any,
        center: bool,
        scale: bool,
        beta: tuple[Any, Any, Any],
        gamma: tuple[Any, Any, Any],
        name: str | None,
    ) -> None:
        super().__init__(name)
        kind = type(self).__name__
        if isinstance(axis, list | tuple) and len(axis) == 1:
            (axis,) = axis
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise TypeError(f"axis of {kind} must be -1, the last, where features lie; got {axis!r}")
        self.axis = axis
        self.epsilon = number(epsilon, "epsilon", 0)
        self.center, self.scale = flag(center, "center"), flag(scale, "scale")
        self.beta_initializer, self.beta_regularizer, self.beta_constraint = _kept(beta)
        self.gamma_initializer, self.gamma_regularizer, self.gamma_constraint = _kept(gamma)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        if self.axis not in (-1, len(input_shape)):
            raise ValueError(
                f"{type(self).__name__} normalizes the last axis, where features lie; got axis={self.axis} "
                f"for inputs {(None, *input_shape)}: leave axis out"
            )
        shape = input_shape[-1:]
        gamma = Parameter(shape, self.gamma_initializer, self.gamma_regularizer, self.gamma_constraint)
        beta = Parameter(shape, self.beta_initializer, self.beta_regularizer, self.beta_constraint)
        return ({"gamma": gamma} if self.scale else {}) | ({"beta": beta} if self.center else {})

    def _scale_and_shift(self, q: Quantities) -> Name:
        if self.scale and self.center:
            q.a = scale_and_shift.scale_and_shift(q.xhat, q.gamma, q.beta)
        elif self.scale:
            q.a = scale_and_shift.scaled(q.xhat, q.gamma)
        elif self.center:
            q.a = scale_and_shift.shifted(q.xhat, q.beta)
        else:
            q.a = unchanged(q.xhat)
        return q.a

    def _gradients(self, q: Quantities, da: Name) -> Name:
        """Write the gradients in γ, β and x̂; returns that in x̂."""
        if self.scale:
            q.dgamma = scale_and_shift.scale_dgamma(da, q.xhat)
        if self.center:
            q.dbeta = scale_and_shift.scale_dbeta(da)
        if not self.scale:
            return da
        q.dxhat = scale_and_shift.scale_dxhat(da, q.gamma)
        return q.dxhat

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


def _kept(given: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    initializer, regularizer, constraint = given
    return initializers.get(initializer), regularizers.get(regularizer), constraints.get(constraint)


class BatchNormalization(_Normalization):
    """Each feature with mean 0 and variance 1 over the batch, then scaled by γ and shifted by β.

    Arguments and defaults are those of ``keras.layers.BatchNormalization``. Inputs are (m, …, c); γ, β and
    the moving averages are (c,). Predictions, and a frozen layer also while training, use the moving
    averages instead of the batch's own.

    Raises ValueError for another axis than the last, a momentum not within 0 and 1, or a negative epsilon.

    >>> layer = BatchNormalization()
    >>> sorted(layer.parameters((8, 8, 3))), sorted(layer.state((8, 8, 3)))
    (['beta', 'gamma'], ['moving_mean', 'moving_var'])
    """

    def __init__(
        self,
        axis: Any = -1,
        momentum: Any = 0.99,
        epsilon: Any = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        name: str | None = None,
    ) -> None:
        beta = (beta_initializer, beta_regularizer, beta_constraint)
        gamma = (gamma_initializer, gamma_regularizer, gamma_constraint)
        super().__init__(axis, epsilon, center, scale, beta, gamma, name)
        self.momentum = real_number(momentum, "momentum", "lie between 0 and 1", lambda v: 0 <= v <= 1)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def state(self, input_shape: Shape) -> dict[str, Parameter]:
        return {
            "moving_mean": Parameter(input_shape[-1:], self.moving_mean_initializer),
            "moving_var": Parameter(input_shape[-1:], self.moving_variance_initializer),
        }

    def forward(self, q: Quantities, x: Name) -> Name:
        if not self.trainable:
            return self.inference(q, x)
        q.mean = statistics.batch_mean(x)
        q.var = statistics.population_variance(x, q.mean)
        q.deviation = standardizing.safe_deviation(q.var, epsilon=self.epsilon)
        q.xhat = standardizing.normalized(x, q.mean, q.deviation)
        q.carry("moving_mean", statistics.moving_average(q.moving_mean, q.mean, momentum=self.momentum))
        q.carry("moving_var", statistics.moving_average(q.moving_var, q.var, momentum=self.momentum))
        return self._scale_and_shift(q)

    def inference(self, q: Quantities, x: Name) -> Name:
        q.deviation = standardizing.safe_deviation(q.moving_var, epsilon=self.epsilon)
        q.xhat = standardizing.normalized(x, q.moving_mean, q.deviation)
        return self._scale_and_shift(q)

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        dxhat = self._gradients(q, da)
        if not self.trainable:
            return standardizing.normalized_dx(dxhat, q.deviation)
        q.dvar = gradients.batch_dvar(dxhat, x, q.mean, q.deviation)
        q.dmean = gradients.batch_dmean(dxhat, q.deviation)
        return gradients.batch_dx(dxhat, x, q.mean, q.deviation, q.dvar, q.dmean)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "momentum": self.momentum,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
        }


class LayerNormalization(_Normalization):
    """Each sample with mean 0 and variance 1 over its features, then scaled by γ and shifted by β.

    Arguments and defaults are those of ``keras.layers.LayerNormalization``. Inputs are (m, …, c), and each
    place of a sample is normalized by itself; γ and β are (c,).

    Raises ValueError for another axis than the last, or a negative epsilon.

    >>> LayerNormalization().parameters((5, 3))["gamma"].shape
    (3,)
    """

    def __init__(
        self,
        axis: Any = -1,
        epsilon: Any = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        name: str | None = None,
    ) -> None:
        beta = (beta_initializer, beta_regularizer, beta_constraint)
        gamma = (gamma_initializer, gamma_regularizer, gamma_constraint)
        super().__init__(axis, epsilon, center, scale, beta, gamma, name)

    def forward(self, q: Quantities, x: Name) -> Name:
        q.mean = statistics.layer_mean(x)
        q.var = statistics.layer_variance(x, q.mean)
        q.deviation = standardizing.safe_deviation(q.var, epsilon=self.epsilon)
        q.xhat = standardizing.normalized(x, q.mean, q.deviation)
        return self._scale_and_shift(q)

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        dxhat = self._gradients(q, da)
        q.dvar = gradients.layer_dvar(dxhat, x, q.mean, q.deviation)
        q.dmean = gradients.layer_dmean(dxhat, q.deviation)
        return gradients.layer_dx(dxhat, x, q.mean, q.deviation, q.dvar, q.dmean)

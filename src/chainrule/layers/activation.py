"""Activations as layers of their own; PReLU among them, whose slope is trained."""

from __future__ import annotations

from typing import Any

from chainrule import activations, initializers
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.steps import Quantities
from chainrule.rules.activations import ACTIVATIONS
from chainrule.rules.activations import Activation as ActivationRules
from chainrule.rules.rule import Call, Name, Shape


class _Elementwise(Layer):
    """a = f(x), for the activation that a subclass chooses."""

    activation: ActivationRules

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = self.activation.forward(x)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        return self.activation.backward(da, x, q.a)


class Activation(_Elementwise):
    """Any activation, by its name.

    >>> Activation("tanh").output_shape((3,))
    (3,)
    """

    def __init__(self, activation: Any, name: str | None = None) -> None:
        super().__init__(name)
        self.activation = activations.get(activation)
        if self.activation.gradients:
            raise ValueError(f"activation {self.activation.name!r} has a trained slope: use PReLU()")

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"activation": activations.serialize(self.activation)}


class LeakyReLU(_Elementwise):
    """z where z > 0, ``negative_slope`` · z elsewhere; Keras' default slope is 0.3."""

    def __init__(self, negative_slope: float = 0.3, name: str | None = None) -> None:
        super().__init__(name)
        self.negative_slope = negative_slope
        self.activation = ACTIVATIONS["leaky_relu"].with_options(negative_slope=negative_slope)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"negative_slope": self.negative_slope}


class ELU(_Elementwise):
    """z where z > 0, ``alpha`` (e^z - 1) elsewhere; Clevert and others (2016)."""

    def __init__(self, alpha: float = 1.0, name: str | None = None) -> None:
        super().__init__(name)
        self.alpha = alpha
        self.activation = ACTIVATIONS["elu"].with_options(alpha=alpha)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"alpha": self.alpha}


class PReLU(_Elementwise):
    """z where z > 0, alpha · z elsewhere, with one trained alpha per input; He and others (2015).

    >>> PReLU().parameters((3,))["alpha"].shape
    (3,)
    """

    def __init__(self, alpha_initializer: Any = "Zeros", name: str | None = None) -> None:
        super().__init__(name)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.activation = ACTIVATIONS["prelu"]

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        return {"alpha": Parameter(input_shape, self.alpha_initializer)}

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = self.activation.forward(x, q.alpha)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        q.dalpha = self.activation.gradients["alpha"](da, x)
        return self.activation.backward(da, x, q.a, q.alpha)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"alpha_initializer": initializers.serialize(self.alpha_initializer)}

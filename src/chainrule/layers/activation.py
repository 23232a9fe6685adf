"""Activations as layers of their own; PReLU among them, whose slope is trained."""

from __future__ import annotations

from typing import Any

from chainrule import activations, constraints, doors, initializers, regularizers
from chainrule.layers.arguments import number
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.steps import Quantities
from chainrule.rules.activations.activation import Activation as ActivationRules
from chainrule.rules.activations.named import ACTIVATIONS
from chainrule.rules.activations.rectifiers import capped_relu
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

    def __init__(self, negative_slope: Any = 0.3, name: str | None = None) -> None:
        super().__init__(name)
        self.negative_slope = number(negative_slope, "negative_slope")
        self.activation = ACTIVATIONS["leaky_relu"].with_options(negative_slope=self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"negative_slope": self.negative_slope}


class ELU(_Elementwise):
    """z where z > 0, ``alpha`` (e^z - 1) elsewhere; Clevert and others (2016)."""

    def __init__(self, alpha: Any = 1.0, name: str | None = None) -> None:
        super().__init__(name)
        self.alpha = number(alpha, "alpha")
        self.activation = ACTIVATIONS["elu"].with_options(alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"alpha": self.alpha}


class ReLU(_Elementwise):
    """z where z > 0, ``negative_slope`` · z elsewhere, and never more than ``max_value``.

    >>> ReLU().activation.name, ReLU(max_value=6).activation.name
    ('relu', 'capped_relu')
    """

    def __init__(self, max_value: Any = None, negative_slope: Any = 0.0, name: str | None = None) -> None:
        super().__init__(name)
        self.max_value = None if max_value is None else number(max_value, "max_value", 0)
        self.negative_slope = number(negative_slope, "negative_slope", 0)
        if self.max_value is not None:
            options = {"max_value": self.max_value, "negative_slope": self.negative_slope}
            self.activation = capped_relu.with_options(**options)
        elif self.negative_slope:
            self.activation = ACTIVATIONS["leaky_relu"].with_options(negative_slope=self.negative_slope)
        else:
            self.activation = ACTIVATIONS["relu"]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"max_value": self.max_value, "negative_slope": self.negative_slope}


class Softmax(_Elementwise):
    """The powers of e, divided by their sum along the last axis: probabilities."""

    def __init__(self, axis: int = -1, name: str | None = None) -> None:
        super().__init__(name)
        if axis != -1:
            raise ValueError(f"axis of Softmax must be -1, the last, where classes lie; got {axis!r}")
        self.activation = ACTIVATIONS["softmax"]


class PReLU(_Elementwise):
    """z where z > 0, alpha · z elsewhere, with one trained alpha per input; He and others (2015).

    ``shared_axes`` are the axes, counted from 1 behind the batch's, along which all inputs have one alpha:
    (1, 2) for one per channel of images. Raises ValueError for axes that the inputs do not have.

    >>> PReLU().parameters((3,))["alpha"].shape
    (3,)
    >>> PReLU(shared_axes=(1, 2)).parameters((8, 8, 3))["alpha"].shape
    (1, 1, 3)
    """

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        axes = shared_axes if isinstance(shared_axes, list | tuple) else (shared_axes,)
        whole = () if shared_axes is None else (doors.whole_number(n, "shared_axes", 1) for n in axes)
        self.shared_axes = tuple(sorted(set(whole)))
        self.activation = ACTIVATIONS["prelu"]

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        if self.shared_axes and self.shared_axes[-1] > len(input_shape):
            raise ValueError(
                f"shared_axes {self.shared_axes} do not lie within inputs {(None, *input_shape)}, whose axes "
                f"are 1 to {len(input_shape)}"
            )
        shape = tuple(1 if axis in self.shared_axes else n for axis, n in enumerate(input_shape, start=1))
        kept = (self.alpha_initializer, self.alpha_regularizer, self.alpha_constraint)
        return {"alpha": Parameter(shape, *kept)}

    def forward(self, q: Quantities, x: Name) -> Name:
        q.a = self.activation.forward(x, q.alpha)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        q.dalpha = self.activation.gradients["alpha"](da, x, shared=self.shared_axes)
        return self.activation.backward(da, x, q.a, q.alpha)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": list(self.shared_axes) or None,
        }

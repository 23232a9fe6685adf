"""The fully connected layer."""

from __future__ import annotations

import operator
from typing import Any

from chainrule import activations, constraints, initializers, regularizers
from chainrule.doors import flag
from chainrule.layers import arguments
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.steps import Quantities
from chainrule.rules.affine import affine, affine_db, affine_dW, affine_dx, linear_map
from chainrule.rules.rule import Call, Name, Shape


class Dense(Layer):
    """Fully connected layer: z = xW + b, a = f(z).

    Arguments and defaults are those of ``keras.layers.Dense``. Inputs are (m, …, n), outputs
    (m, …, units): more axes than two stay, and each place is mapped by itself. W is (n, units), b is
    (units,).

    Raises ValueError for units that are not a whole number ≥ 1, or an unknown activation,
    initializer, regularizer or constraint.

    >>> layer = Dense(3, activation="relu")
    >>> layer.output_shape((2,)), {k: p.shape for k, p in layer.parameters((2,)).items()}
    ((3,), {'W': (2, 3), 'b': (3,)})
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        if isinstance(units, bool) or not hasattr(units, "__index__") or units < 1:
            found = units if hasattr(units, "__float__") else repr(units)
            raise ValueError(f"units must be a whole number ≥ 1, got {found}")
        self.units = operator.index(units)
        self.activation = arguments.activation(activation, "Dense")
        self.use_bias = flag(use_bias, "use_bias")
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        shape = (input_shape[-1], self.units)
        kernel = Parameter(shape, self.kernel_initializer, self.kernel_regularizer, self.kernel_constraint)
        bias = Parameter((self.units,), self.bias_initializer, self.bias_regularizer, self.bias_constraint)
        return {"W": kernel, "b": bias} if self.use_bias else {"W": kernel}

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def forward(self, q: Quantities, x: Name) -> Name:
        q.z = affine(x, q.W, q.b) if self.use_bias else linear_map(x, q.W)
        q.a = self.activation.forward(q.z)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        q.dz = self.activation.backward(da, q.z, q.a)
        q.dW = affine_dW(x, q.dz)
        if self.use_bias:
            q.db = affine_db(q.dz)
        return affine_dx(q.dz, q.W)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }

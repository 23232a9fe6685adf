"""Convolution layers: of sequences, of images, and depthwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule import activations, constraints, doors, initializers, regularizers
from chainrule.layers import arguments, windows
from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.steps import Quantities
from chainrule.rules import depthwise
from chainrule.rules.convolution import feature_maps, gradients
from chainrule.rules.rule import Call, Name, Rule, Shape


@dataclass(frozen=True)
class _Rules:
    """The rules of one kind of convolution: its maps with a bias and without, and the gradients."""

    maps: Rule
    maps_without_bias: Rule
    kernel_gradient: Rule
    input_gradient: Rule


class _Filters(Layer):
    """What layers have in common that lay filters on windows, add a bias and apply an activation."""

    axes: int
    rules: _Rules

    def _set_windows(self, kernel_size: Any, strides: Any, padding: Any, data_format: Any, rate: Any) -> None:
        self.kernel_size = windows.per_axis(kernel_size, "kernel_size", self.axes)
        self.strides = windows.per_axis(strides, "strides", self.axes)
        self.padding = windows.padding_of(padding, self.axes, causal=self.axes == 1)
        windows.check_channels_last(data_format)
        self.dilation_rate = windows.per_axis(rate, "dilation_rate", self.axes)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"strides {self.strides} do not go with dilation_rate {self.dilation_rate}: one of the two "
                "must be 1"
            )

    def _set_outputs(
        self, activation: Any, use_bias: Any, initializer: Any, regularizer: Any, constraint: Any
    ) -> None:
        self.activation = arguments.activation(activation, type(self).__name__)
        self.use_bias = doors.flag(use_bias, "use_bias")
        self.bias_initializer = initializers.get(initializer)
        self.bias_regularizer = regularizers.get(regularizer)
        self.bias_constraint = constraints.get(constraint)

    def _with_bias(self, kernel: Parameter, units: int) -> dict[str, Parameter]:
        if not self.use_bias:
            return {"W": kernel}
        given = (self.bias_initializer, self.bias_regularizer, self.bias_constraint)
        return {"W": kernel, "b": Parameter((units,), *given)}

    def _maps(self, input_shape: Shape) -> Shape:
        """The lengths of the feature maps; ValueError for inputs of another rank, or too small."""
        windows.check_rank(type(self).__name__, input_shape, self.axes)
        given = (self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return windows.windows_over(input_shape, *given)

    @property
    def _options(self) -> dict[str, Any]:
        return {"strides": self.strides, "padding": self.padding, "dilation": self.dilation_rate}

    def forward(self, q: Quantities, x: Name) -> Name:
        if self.use_bias:
            q.z = self.rules.maps(x, q.W, q.b, **self._options)
        else:
            q.z = self.rules.maps_without_bias(x, q.W, **self._options)
        q.a = self.activation.forward(q.z)
        return q.a

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        q.dz = self.activation.backward(da, q.z, q.a)
        q.dW = self.rules.kernel_gradient(x, q.dz, kernel=self.kernel_size, **self._options)
        if self.use_bias:
            q.db = gradients.convolution_db(q.dz)
        return self.rules.input_gradient(q.dz, q.W, x, **self._options)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "kernel_size": windows.as_config(self.kernel_size),
            "strides": windows.as_config(self.strides),
            "padding": windows.padding_config(self.padding),
            "dilation_rate": windows.as_config(self.dilation_rate),
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


class _Convolution(_Filters):
    """What convolutions have in common whose filters see all channels, or those of their group."""

    rules = _Rules(
        feature_maps.convolution,
        feature_maps.convolution_without_bias,
        gradients.convolution_dW,
        gradients.convolution_dx,
    )

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Any = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
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
        self.filters = doors.whole_number(filters, "filters", 1)
        self.groups = doors.whole_number(groups, "groups", 1)
        if self.filters % self.groups:
            raise ValueError(f"filters must be a multiple of groups, got {filters} filters, {groups} groups")
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_outputs(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        self.output_shape(input_shape)
        shape = (*self.kernel_size, input_shape[-1] // self.groups, self.filters)
        given = (self.kernel_initializer, self.kernel_regularizer, self.kernel_constraint)
        return self._with_bias(Parameter(shape, *given), self.filters)

    def output_shape(self, input_shape: Shape) -> Shape:
        maps = self._maps(input_shape)
        if input_shape[-1] % self.groups:
            raise ValueError(
                f"the channels must be a multiple of groups, got {input_shape[-1]} channels, "
                f"{self.groups} groups"
            )
        return (*maps, self.filters)

    @property
    def _options(self) -> dict[str, Any]:
        return super()._options | {"groups": self.groups}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "filters": self.filters,
            "groups": self.groups,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
        }


class Conv1D(_Convolution):
    """Convolution of sequences (steps, channels): z = x ⋆ W + b, a = f(z).

    Arguments and defaults are those of ``keras.layers.Conv1D``; ``padding`` is "valid", "same", "causal",
    a number of zeros at both ends, or [[before, after]]. W is (kernel_size, channels / groups, filters),
    b is (filters,).

    Raises TypeError or ValueError for arguments that are not of their kind or do not go together,
    ValueError for inputs of another rank, shorter than the kernel, or not to be shared out in groups.

    >>> layer = Conv1D(8, 3, padding="causal")
    >>> layer.output_shape((20, 4)), layer.parameters((20, 4))["W"].shape
    ((20, 8), (3, 4, 8))
    """

    axes = 1


class Conv2D(_Convolution):
    """Convolution of images (height, width, channels): z = x ⋆ W + b, a = f(z).

    Arguments and defaults are those of ``keras.layers.Conv2D``; ``padding`` is "valid", "same", a number
    of zeros on all sides, one for each axis, or pairs as [[top, bottom], [left, right]]. W is
    (height, width, channels / groups, filters), b is (filters,).

    Raises TypeError or ValueError for arguments that are not of their kind or do not go together,
    ValueError for inputs of another rank, smaller than the kernel, or not to be shared out in groups.

    >>> layer = Conv2D(6, 5, activation="relu")
    >>> layer.output_shape((32, 32, 1)), layer.parameters((32, 32, 1))["W"].shape
    ((28, 28, 6), (5, 5, 1, 6))
    """

    axes = 2


class DepthwiseConv2D(_Filters):
    """Convolution of every channel of images by itself: z = x ⋆ W + b channel by channel, a = f(z).

    Arguments and defaults are those of ``keras.layers.DepthwiseConv2D``; ``padding`` as in
    :class:`Conv2D`. W is (height, width, channels, depth_multiplier), b is (channels · depth_multiplier,).

    Raises TypeError or ValueError for arguments that are not of their kind or do not go together,
    ValueError for inputs of another rank, or smaller than the kernel.

    >>> layer = DepthwiseConv2D(3, depth_multiplier=2)
    >>> layer.output_shape((8, 8, 4)), layer.parameters((8, 8, 4))["W"].shape
    ((6, 6, 8), (3, 3, 4, 2))
    """

    axes = 2
    rules = _Rules(
        depthwise.depthwise_convolution,
        depthwise.depthwise_without_bias,
        depthwise.depthwise_dW,
        depthwise.depthwise_dx,
    )

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: Any = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.depth_multiplier = doors.whole_number(depth_multiplier, "depth_multiplier", 1)
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_outputs(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        filters = self.output_shape(input_shape)[-1]
        shape = (*self.kernel_size, input_shape[-1], self.depth_multiplier)
        given = (self.depthwise_initializer, self.depthwise_regularizer, self.depthwise_constraint)
        return self._with_bias(Parameter(shape, *given), filters)

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*self._maps(input_shape), input_shape[-1] * self.depth_multiplier)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": initializers.serialize(self.depthwise_initializer),
            "depthwise_regularizer": regularizers.serialize(self.depthwise_regularizer),
            "depthwise_constraint": constraints.serialize(self.depthwise_constraint),
        }

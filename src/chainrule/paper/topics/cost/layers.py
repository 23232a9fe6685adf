"""The layers that are counted: their arguments, as in Keras, and how each writes its counts."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import Float, Strict
from chainrule.paper.topics.cost.arguments import ActivationName, Count, Padding, Pair, both
from chainrule.paper.topics.cost.spots import Spot, written
from chainrule.rules.convolution.sizes import effective_size
from chainrule.rules.counting import convolutions, dense, normalization, output_shapes, separable
from chainrule.rules.rule import Rule, Shape
from chainrule.rules.windows import same_padding, zeros_after, zeros_before


class Counted(Strict):
    """A layer; of one that says nothing else, the shape stays and nothing is counted."""

    layer: str
    name: str | None = Field(None, description="a name for the page, as 'C1'")
    kind: ClassVar[Literal["convolution", "dense", "pooling", "other"]] = "other"

    @property
    def title(self) -> str:
        """What the layer is, in words."""
        return self.layer

    @property
    def short(self) -> str:
        """The same in short, for tables and pictures."""
        return self.title

    def named(self, words: str) -> str:
        """Words with the layer's name before them, where it has one."""
        return f"{as_prose(self.name)}: {words}" if self.name else words

    def write(self, on: Spot) -> None:
        """Write the layer's shape and, where it has some, parameters and multiplications."""


class Windowed(Counted):
    """What lays a window on the plane: convolutions and poolings."""

    padding: Padding = "valid"

    def _write_shape(
        self, on: Spot, window: Shape, strides: Shape, dilation: Shape, key: str, rule: Rule, *channels: str
    ) -> None:
        """Work the shape behind the window by a rule, which also takes what gives the channels.

        Raises SheetError where the window does not fit.
        """
        on.need_plane(self.layer)
        on.give("kernel", window, "f")
        on.give("strides", strides, "s")
        on.work("side", output_shapes.plane, on.input, symbol="n", shown=False)
        spanned = "kernel"
        if dilation != (1, 1):
            on.give("dilation", dilation, "d")
            on.work("effective", effective_size, "kernel", "dilation", symbol=r"f_{\text{eff}}")
            spanned = "effective"
        before, after = r"p_{\text{before}}", r"p_{\text{after}}"
        if self.padding == "same":
            on.work("zeros", same_padding, "side", spanned, "strides", symbol="p", shown=False)
            on.work("before", zeros_before, "zeros", symbol=before, shown=False)
            on.work("after", zeros_after, "zeros", "before", symbol=after, shown=False)
            on.page.remark(self._same(on.whole("before"), on.whole("after")))
        else:
            zeros = (0, 0) if self.padding == "valid" else self.padding
            on.give("before", zeros, before)
            on.give("after", zeros, after)
        on.work("shape", rule, "side", spanned, "before", "after", "strides", *channels)
        if min(on.whole("shape")) < 1:
            ends = zip(on.whole("side"), on.whole("before"), on.whole("after"), strict=True)
            padded = written(tuple(map(sum, ends)))
            zeros_too = "" if self.padding == "valid" else " with its padding"
            said = f"{written(on.whole(spanned))} does not fit into the input of {padded}{zeros_too}"
            raise on.error(said, key)

    def _same(self, before: Shape, after: Shape) -> str:
        if before == after and len({*before}) == 1:
            zeros = f"zeros of width {before[0]} on every side" if before[0] else "no zeros are needed"
        else:
            zeros = f"zeros of width {before[0]} above, {after[0]} below, {before[1]} on the left, "
            zeros += f"{after[1]} on the right"
        return f"Padding same: {zeros}."


class Filtering(Windowed):
    """A convolution of any kind."""

    kind = "convolution"

    kernel_size: Pair
    strides: Pair = (1, 1)
    dilation_rate: Pair = (1, 1)
    use_bias: bool = True
    activation: ActivationName | None = None

    @property
    def short(self) -> str:
        filters = getattr(self, "filters", None)
        count = f", {filters}" if filters else ""
        stride = "" if self.strides == (1, 1) else f", stride {both(self.strides)}"
        return f"{self.layer} {written(self.kernel_size)}{count}{stride}"

    def _details(self) -> str:
        said = [] if self.padding == "valid" else [f"padding {both(self.padding)}"]
        if self.strides != (1, 1):
            said.append(f"stride {both(self.strides)}")
        if self.dilation_rate != (1, 1):
            said.append(f"dilation {both(self.dilation_rate)}")
        if not self.use_bias:
            said.append("no bias")
        return "".join(f", {each}" for each in said)

    def _write_map(self, on: Spot, rule: Rule, *channels: str) -> None:
        """Work the shape of the feature map."""
        arguments = self.kernel_size, self.strides, self.dilation_rate
        self._write_shape(on, *arguments, "kernel_size", rule, *channels)


class Conv2D(Filtering):
    """A convolution."""

    layer: Literal["Conv2D"]
    filters: Count
    groups: Count = 1

    @property
    def title(self) -> str:
        groups = f", {self.groups} groups" if self.groups > 1 else ""
        plural = "filter" if self.filters == 1 else "filters"
        return f"Conv2D, {self.filters} {plural} of {written(self.kernel_size)}{self._details()}{groups}"

    def write(self, on: Spot) -> None:
        on.need_plane(self.layer)
        for word, count in (("channels of the input", on.channels), ("filters", self.filters)):
            if count % self.groups:
                raise on.error(f"{self.groups} groups do not divide the {count} {word}", "groups")
        on.give("filters", self.filters, "K")
        self._write_map(
            on, output_shapes.convolution_shape.with_slips(output_shapes.channels_kept(on.input)), "filters"
        )
        groups: tuple[str, ...] = ()
        if self.groups > 1:
            on.give("groups", self.groups, "g")
            groups = ("groups",)
        on.work(
            "parameters", _PARAMETERS[self.use_bias, bool(groups)], "kernel", on.input, "filters", *groups
        )
        multiplied = (
            convolutions.grouped_multiplications if groups else convolutions.convolution_multiplications
        )
        on.work("multiplications", multiplied, "shape", "kernel", on.input, *groups)


_PARAMETERS = {
    (True, False): convolutions.convolution_parameters,
    (False, False): convolutions.convolution_weights,
    (True, True): convolutions.grouped_parameters,
    (False, True): convolutions.grouped_weights,
}


class DepthwiseConv2D(Filtering):
    """A convolution with flat filters, so many for each channel."""

    layer: Literal["DepthwiseConv2D"]
    depth_multiplier: Count = 1

    @property
    def title(self) -> str:
        flat = f"{self.depth_multiplier} of {written(self.kernel_size)} for each channel"
        return f"DepthwiseConv2D, {flat}{self._details()}"

    def write(self, on: Spot) -> None:
        on.give("multiplier", self.depth_multiplier, "D")
        self._write_map(on, output_shapes.depthwise_shape, on.input, "multiplier")
        rule = separable.depthwise_parameters if self.use_bias else separable.depthwise_weights
        on.work("parameters", rule, "kernel", on.input, "multiplier")
        on.work("multiplications", separable.depthwise_multiplications, "shape", "kernel")


class SeparableConv2D(Filtering):
    """A depthwise convolution, and a 1×1 convolution behind it."""

    layer: Literal["SeparableConv2D"]
    filters: Count
    depth_multiplier: Count = 1

    @property
    def title(self) -> str:
        flat = f"{self.depth_multiplier} of {written(self.kernel_size)} for each channel"
        return f"SeparableConv2D, {flat}, then {self.filters} of 1 × 1{self._details()}"

    def write(self, on: Spot) -> None:
        on.give("multiplier", self.depth_multiplier, "D")
        on.give("filters", self.filters, "K")
        self._write_map(
            on, output_shapes.convolution_shape.with_slips(output_shapes.channels_kept(on.input)), "filters"
        )
        rule = separable.separable_parameters if self.use_bias else separable.separable_weights
        on.work("parameters", rule, "kernel", on.input, "multiplier", "filters")
        multiplied = separable.separable_multiplications
        on.work("multiplications", multiplied, "shape", "kernel", on.input, "multiplier")


class Pooling(Windowed):
    """The largest value, or the mean, under a window."""

    kind = "pooling"

    layer: Literal["MaxPooling2D", "AveragePooling2D", "MaxPool2D", "AvgPool2D"]
    pool_size: Pair = (2, 2)
    strides: Pair = Field(None, description="the pool size if absent")

    @property
    def title(self) -> str:
        stride = "" if self.strides is None else f", stride {both(self.strides)}"
        padding = "" if self.padding == "valid" else f", padding {both(self.padding)}"
        return f"{self.layer}, {written(self.pool_size)}{stride}{padding}"

    @property
    def short(self) -> str:
        stride = "" if self.strides is None else f", stride {both(self.strides)}"
        return f"{self.layer} {written(self.pool_size)}{stride}"

    def write(self, on: Spot) -> None:
        strides = self.strides or self.pool_size
        if not isinstance(self.padding, str):
            for zeros, f in zip(self.padding, self.pool_size, strict=True):
                if zeros >= f:
                    said = f"{zeros}, and a window of {f} could hold no number of the input"
                    raise on.error(f"{said}; expected at most {f - 1}", "padding")
        self._write_shape(
            on, self.pool_size, strides, (1, 1), "pool_size", output_shapes.pooling_shape, on.input
        )


class GlobalPooling(Counted):
    """The largest value, or the mean, of each channel."""

    kind = "pooling"

    layer: Literal["GlobalAveragePooling2D", "GlobalMaxPooling2D"]

    def write(self, on: Spot) -> None:
        on.need_plane(self.layer)
        on.work("shape", output_shapes.channels_alone, on.input)


class Flatten(Counted):
    """All numbers in one row."""

    layer: Literal["Flatten"]

    def write(self, on: Spot) -> None:
        on.work("shape", output_shapes.flat_shape, on.input)


class Dense(Counted):
    """A fully connected layer; it works on the last axis."""

    kind = "dense"

    layer: Literal["Dense"]
    units: Count
    use_bias: bool = True
    activation: ActivationName | None = None

    @property
    def title(self) -> str:
        plural = "unit" if self.units == 1 else "units"
        return f"Dense, {self.units} {plural}" + ("" if self.use_bias else ", no bias")

    def write(self, on: Spot) -> None:
        on.give("units", self.units, "K")
        shape, multiplied = output_shapes.dense_shape, dense.dense_multiplications
        if len(on.shape) > 1:
            found, places = written(on.shape), written(on.shape[:-1])
            on.page.remark(
                f"A dense layer works on the last axis alone: {found} is not flattened, and the same layer "
                f"stands at each of the {places} places."
            )
            shape, multiplied = output_shapes.dense_shape_at_places, dense.dense_multiplications_at_places
        on.work("shape", shape, on.input, "units")
        rule = dense.dense_parameters if self.use_bias else dense.dense_weights
        on.work("parameters", rule, on.input, "units")
        on.work("multiplications", multiplied, on.input, "units")


class BatchNormalization(Counted):
    """A batch normalization: γ and β are trained, mean and variance are kept."""

    layer: Literal["BatchNormalization"]
    center: bool = Field(True, description="with β")
    scale: bool = Field(True, description="with γ")

    def write(self, on: Spot) -> None:
        on.give("vectors", self.center + self.scale + 2, "v")
        on.work("parameters", normalization.normalization_parameters, on.input, "vectors")
        on.work("moving", normalization.moving_averages, on.input)
        trained = [name for name, has in (("γ", self.scale), ("β", self.center)) if has]
        vectors = [*trained, "mean", "variance"]
        on.page.remark(f"For each channel: {', '.join(vectors)}. Mean and variance are kept, not trained.")


class Dropout(Counted):
    """A dropout."""

    layer: Literal["Dropout"]
    rate: Float = Field(0.5, ge=0, lt=1)

    @property
    def title(self) -> str:
        return f"Dropout, rate {self.rate:g}"


class Activation(Counted):
    """An activation as a layer of its own."""

    layer: Literal["Activation"]
    activation: ActivationName

    @property
    def title(self) -> str:
        return f"Activation, {self.activation}"


class Pointwise(Counted):
    """An activation that is a layer by its name."""

    layer: Literal["ReLU", "LeakyReLU", "ELU", "Softmax"]


class Fork(Strict):
    """Branches side by side, and how they are joined; an empty branch passes its input on."""

    branches: list[list[Any]] = Field(min_length=1)
    join: Literal["concatenate", "add"] = "concatenate"
    name: str | None = None

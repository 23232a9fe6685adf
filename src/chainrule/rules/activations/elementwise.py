"""Activations of each element on its own, and slips in their slopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.rules.activations.activation import Activation
from chainrule.rules.arrays import Array
from chainrule.rules.rule import Rule, Slip, per_element
from chainrule.rules.slipping import NO_SLOPE

Slope = Callable[..., Array]


@dataclass(frozen=True)
class SlopeSlip:
    """A slip in a slope f'(z), of (z, a, …); ``tex`` names <z>, <a> and what trains."""

    id: str
    what: str
    slope: Slope
    tex: str

    @property
    def alone(self) -> Slip:
        """The slip in the rule of the slope itself."""
        return Slip(self.id, self.what, self.slope, self.tex)

    @property
    def taken_back(self) -> Slip:
        """The slip in the rule that takes a gradient back through the slope."""

        def backward(da: Array, *rest: Array, **chosen: Any) -> Array:
            return da * self.slope(*rest, **chosen)

        return Slip(self.id, self.what, backward, rf"<da> \odot {self.tex}")


def at_activation(function: Slope, derivative: Slope) -> SlopeSlip:
    def slope(z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return derivative(a, function(a, *trained, **chosen), *trained, **chosen)

    return SlopeSlip("slope_at_activation", "the slope is taken at a instead of z", slope, "f'(<a>)")


def z_for_a(derivative: Slope, tex: str) -> SlopeSlip:
    def slope(z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return derivative(z, z, *trained, **chosen)

    return SlopeSlip("pre_activation_in_slope", "z stands in the slope's formula instead of a", slope, tex)


VALUE_FOR_SLOPE = SlopeSlip(
    "value_for_slope", "the activation's value is taken for its slope", lambda z, a, *_, **__: a, "<a>"
)


def elementwise(
    name: str,
    function: Slope,
    derivative: Slope,
    tex: str,
    derivative_tex: str,
    multiplications: int = 0,
    stable: Callable[..., Array] | None = None,
    slips: tuple[Slip, ...] = (),
    slope_slips: tuple[SlopeSlip, ...] = (),
    gradients: Mapping[str, Rule] | None = None,
    **options: Any,
) -> Activation:
    """An activation of each element on its own: dz = da ⊙ f'(z)."""

    def backward(da: Array, z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return da * derivative(z, a, *trained, **chosen)

    def backward_without_slope(da: Array, z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return da

    is_linear = name == "linear"
    no_slope = Slip(*NO_SLOPE, backward_without_slope, "<da>")
    no_activation = Slip("no_activation", "the activation is left out", lambda z, *_, **__: z, "<z>")
    slope = Rule(
        f"{name}_derivative",
        derivative,
        derivative_tex,
        per_element(0),
        tuple(slip.alone for slip in slope_slips),
        defaults=options,
    )
    forward_slips = slips if is_linear else (*slips, no_activation)
    return Activation(
        name,
        Rule(name, function, tex, per_element(multiplications), forward_slips, stable, defaults=options),
        Rule(
            f"{name}_backward",
            backward,
            rf"<da> \odot {derivative_tex}",
            per_element(1),
            () if is_linear else (*(slip.taken_back for slip in slope_slips), no_slope),
            defaults=options,
            named=("da", *slope.inputs),
        ),
        slope,
        gradients or {},
    )


def cases(positive: str, otherwise: str) -> str:
    return rf"\begin{{cases}} {positive} & <z> > 0 \\ {otherwise} & <z> \le 0 \end{{cases}}"

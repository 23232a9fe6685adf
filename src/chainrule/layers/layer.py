"""The base of all layers, and what a layer's trained parameters are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.initializers import Initializer
from chainrule.layers.steps import Quantities, Step, run
from chainrule.rules.arrays import Array, is_exact
from chainrule.rules.rule import Call, Name, Rule, Shape


@dataclass(frozen=True)
class Parameter:
    """A trained quantity: its shape, and what gives its first values."""

    shape: Shape
    initializer: Initializer


class Layer:
    """One layer: its parameters, its forward pass and its backward pass, as steps.

    A layer of one's own needs ``forward`` and, where they are not the usual, ``parameters`` and
    ``output_shape``; shapes are without the batch. ``backward`` may be left out: it is then taken
    from ``jax.vjp`` of ``forward``, which trains but cannot be shown on paper.

    >>> from chainrule.rules.rule import rule
    >>> @rule(tex="<x>^2")
    ... def square(x):
    ...     return x * x
    >>> class Square(Layer):
    ...     def forward(self, q, x):
    ...         q.a = square(x)
    ...         return q.a
    >>> q = Quantities("1", ())
    >>> Square().forward(q, Name("x")); str(q.steps[0])
    Name(text='a1')
    'a1 = square(x)'
    """

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"a layer's name must be text, got {type(name).__name__}")
        self.name = name

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """The trained quantities by their textbook names, for inputs of this shape."""
        return {}

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the output for inputs of this shape."""
        return input_shape

    def forward(self, q: Quantities, x: Name) -> Name:
        """Write the steps from x to the output; returns the output's name."""
        raise NotImplementedError(f"layer {type(self).__name__} has no forward")

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        """Write the steps of the parameters' gradients; returns the gradient in x.

        ``da`` is the gradient in the output. This one comes from ``jax.vjp`` of ``forward``.
        """
        forward = tuple(q.steps)
        output = da.text.removeprefix("d")
        own = {step.name for step in forward}
        inputs = tuple(dict.fromkeys(i for step in forward for i in step.inputs if i not in own))
        names = (da, *(Name(i) for i in inputs))
        for parameter in sorted(q.known):
            if (full := parameter + q.number) in inputs:
                setattr(q, f"d{parameter}", _vjp(self, forward, output, inputs, full)(*names))
        gradient: Call = _vjp(self, forward, output, inputs, x.text)(*names)
        return gradient

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the layer again."""
        return {"name": self.name} if self.name else {}


def _vjp(layer: Layer, forward: tuple[Step, ...], output: str, inputs: tuple[str, ...], wrt: str) -> Rule:
    """The rule of the gradient in one input of some steps, by JAX's reverse mode."""

    def function(d: Array, *values: Array) -> Array:
        if is_exact(d, *values):
            raise NotImplementedError(
                f"layer {type(layer).__name__} has no backward written out, so its gradient cannot be "
                "worked by hand: write its backward method"
            )
        import jax

        given = dict(zip(inputs, values, strict=True))

        def output_of(value: Array) -> Array:
            return run(forward, {**given, wrt: value})[output]

        return jax.vjp(output_of, given[wrt])[1](d)[0]

    return Rule(f"{output}_vjp_{wrt}", function, r"\text{vjp}")

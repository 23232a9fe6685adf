"""The base of all layers, and what their parameters and random numbers are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule.constraints import Constraint
from chainrule.initializers import Initializer
from chainrule.layers.node import Node
from chainrule.layers.steps import Quantities, Step, run
from chainrule.regularizers import Regularizer
from chainrule.rules.arrays import Array, is_exact
from chainrule.rules.rule import Call, Name, Rule, Shape


@dataclass(frozen=True)
class Parameter:
    """A quantity that is kept from update to update: its shape, and what gives its first values.

    A trained one may have a penalty on its size, and bounds that it is brought back into.
    """

    shape: Shape
    initializer: Initializer
    regularizer: Regularizer | None = None
    constraint: Constraint | None = None
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if self.constraint is not None:
            self.constraint.check_shape(self.shape)

    def first_values(self, name: str) -> Array:
        """The initializer's values; ValueError, with the weight's name, where they are of another shape."""
        values = np.asarray(self.initializer(self.shape))
        if values.shape != self.shape:
            raise ValueError(
                f"{name} has the shape {self.shape} and its initializer {type(self.initializer).__name__} "
                f"gives values of shape {values.shape}"
            )
        return values


@dataclass(frozen=True)
class Draw:
    """Random numbers that a layer needs for every sample, drawn anew in each update while training.

    ``kind`` is ``"uniform"``, evenly from 0 to 1, or ``"normal"``, with mean 0 and deviation 1. The
    quantity has the shape (m, *shape) for m samples. ``seed`` tells its numbers from those of another,
    within the random numbers of the whole run.
    """

    shape: Shape
    kind: str = "uniform"
    seed: int | None = field(default=None, repr=False)


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

    # a layer of one's own may do without super().__init__()
    name: str | None = None
    trainable: bool = True
    full_precision: bool = False
    """Whether it is computed in float32 where others are not: see :mod:`chainrule.mixed_precision`."""
    _kept: dict[str, Any] | None = None

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"a layer's name must be text, got {type(name).__name__}")
        self.name = name
        self.trainable = True

    def __call__(self, inputs: Node) -> Node:
        """Apply the layer to the output of another: the node that a ``Model`` is made of."""
        if not isinstance(inputs, Node):
            raise TypeError(
                f"{type(self).__name__} is applied to an Input or to what a layer gives, got "
                f"{type(inputs).__name__}; numbers go through a model's predict"
            )
        return Node(self.output_shape(inputs.shape), self, (inputs,))

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """The trained quantities by their textbook names, for inputs of this shape."""
        return {}

    def state(self, input_shape: Shape) -> dict[str, Parameter]:
        """The quantities that are carried from update to update, and have no gradient."""
        return {}

    def draws(self, input_shape: Shape) -> dict[str, Draw]:
        """The random numbers that ``forward`` needs in each update."""
        return {}

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the output for inputs of this shape."""
        return input_shape

    def forward(self, q: Quantities, x: Name) -> Name:
        """Write the steps from x to the output; returns the output's name."""
        raise NotImplementedError(
            f"layer {type(self).__name__} has no forward: write the steps from x to the output in it, as "
            "q.a = rule(x); Keras' call is not used"
        )

    def inference(self, q: Quantities, x: Name) -> Name:
        """Write the steps from x to the output when nothing is trained; as ``forward`` if not said."""
        return self.forward(q, x)

    def backward(self, q: Quantities, x: Name, da: Name) -> Call:
        """Write the steps of the parameters' gradients; returns the gradient in x.

        ``da`` is the gradient in the output. This one comes from ``jax.vjp`` of ``forward``.
        """
        forward = tuple(q.steps)
        output = da.text.removeprefix("d")
        own = {step.name for step in forward}
        inputs = tuple(dict.fromkeys(i for step in forward for i in step.inputs if i not in own))
        names = (da, *(Name(i) for i in inputs))
        for parameter in sorted(q.trained):
            if (full := parameter + q.number) in inputs:
                setattr(q, f"d{parameter}", _vjp(self, forward, output, inputs, full)(*names))
        gradient: Call = _vjp(self, forward, output, inputs, x.text)(*names)
        return gradient

    def check_inputs(self, x: Array, name: str) -> None:
        """Raise ValueError for a model's inputs that the layer, which takes them, has no meaning for.

        x is (m, …) and finite; ``name`` is what messages call it. Most layers take any numbers.
        """

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the layer again."""
        return {"name": self.name} if self.name else {}

    @property
    def kept(self) -> dict[str, Any]:
        """The layer's weights by their local names, as W and b: those of every model that it stands in."""
        if self._kept is None:
            self._kept = {}
        return self._kept

    def __getstate__(self) -> dict[str, Any]:
        # A copy is another layer, with weights of its own; models carry theirs along.
        return {**self.__dict__, "_kept": None}


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

        value, slopes = jax.vjp(output_of, given[wrt])
        return slopes(d.astype(value.dtype))[0]  # mixed precision hands slopes on in its own type

    return Rule(f"{output}_vjp_{wrt}", function, r"\text{vjp}")

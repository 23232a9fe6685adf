"""A chain of layers, numbered, and the whole of its steps: forward, loss, backward, update."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chainrule.layers.layer import Layer, Parameter
from chainrule.layers.steps import Quantities, Step
from chainrule.lookup import snake_case
from chainrule.losses import Loss
from chainrule.optimizers import Optimizer
from chainrule.rules.rule import Name, Shape, size

INPUT, TARGET, LOSS = "x", "y", "loss"
PROBABILITY = "p"
"""The outputs behind the activation that a loss with ``from_logits`` implies."""


@dataclass(frozen=True)
class Program:
    """The steps of one update of a network, in the order in which they are worked."""

    forward: tuple[Step, ...]
    loss: tuple[Step, ...]
    backward: tuple[Step, ...]
    update: tuple[Step, ...]
    output: str
    parameters: Mapping[str, Parameter]
    state: Mapping[str, Parameter]

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.forward, *self.loss, *self.backward, *self.update)


@dataclass(frozen=True)
class Placed:
    """A layer in its place: its number, its name, the shapes in and out, its parameters."""

    layer: Layer
    number: str
    name: str
    input_shape: Shape
    output_shape: Shape
    parameters: Mapping[str, Parameter]

    @property
    def count_params(self) -> int:
        return sum(size(p.shape) for p in self.parameters.values())


class Network:
    """Layers one after the other, for inputs of a known shape (without the batch).

    Raises ValueError for no layers, or a layer that cannot take what comes before it.

    >>> from chainrule.layers.dense import Dense
    >>> from chainrule.losses import MeanSquaredError
    >>> from chainrule.optimizers import SGD
    >>> network = Network([Dense(1)], (2,))
    >>> for step in network.program(MeanSquaredError(), SGD()).steps:
    ...     print(step)
    z1 = affine(x, W1, b1)
    a1 = linear(z1)
    loss = mean_squared_error(y, a1)
    da1 = mean_squared_error_gradient(y, a1)
    dz1 = linear_backward(da1, z1, a1)
    dW1 = affine_dW(x, dz1)
    db1 = affine_db(dz1)
    dx = affine_dx(dz1, W1)
    W1_new = gradient_descent(W1, dW1, learning_rate)
    b1_new = gradient_descent(b1, db1, learning_rate)
    """

    def __init__(self, layers: Iterable[Layer], input_shape: Shape) -> None:
        self.input_shape = tuple(input_shape)
        self.places = _place(tuple(layers), self.input_shape)
        self.output_shape = self.places[-1].output_shape

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The trained quantities of all layers by their numbered names, in order."""
        return {k: p for place in self.places for k, p in place.parameters.items()}

    def program(self, loss: Loss, optimizer: Optimizer, fused: bool = True) -> Program:
        """Every step of one update with this loss and this optimizer.

        ``fused`` takes the loss and the activation before it together, where that simplifies ∂loss/∂z;
        it is right for targets that the loss has a meaning for.
        """
        pens = [self._pen(place) for place in self.places]
        inputs = self._write_forward(pens)
        output = inputs[-1]
        forward = tuple(step for pen in pens for step in pen.steps)
        last = next(step for step in forward if step.name == output.text)
        if loss.from_logits:
            last = Step(PROBABILITY, loss.implied.forward, (output.text,))
        plain = Step(LOSS, loss.value, (TARGET, last.name))
        backward = _write_backward(self.places, pens, inputs, _loss_gradients(loss, last))
        losses, backward = _fuse((plain,), backward, last, loss) if fused else ((plain,), backward)
        if loss.from_logits:
            losses = (last, *losses)
        trained = self.parameters
        update, state = optimizer.write(trained)
        return Program(forward, losses, backward, update, output.text, trained, state)

    def forward(self) -> tuple[tuple[Step, ...], str]:
        """The steps of the forward pass alone, and the output's name."""
        pens = [self._pen(place) for place in self.places]
        output = self._write_forward(pens)[-1]
        return tuple(step for pen in pens for step in pen.steps), output.text

    def _pen(self, place: Placed) -> Quantities:
        return Quantities(place.number, (k.removesuffix(place.number) for k in place.parameters))

    def _write_forward(self, pens: list[Quantities]) -> list[Name]:
        """Write all forward passes; returns the input of each layer, and last the output."""
        names = [Name(INPUT)]
        for place, pen in zip(self.places, pens, strict=True):
            output = place.layer.forward(pen, names[-1])
            if output not in [Name(step.name) for step in pen.steps]:
                raise TypeError(
                    f"layer {place.number} ({place.name}): forward must return a quantity that it wrote, as "
                    f"`return q.a`; it returned {output!r}"
                )
            names.append(output)
        return names


def _place(layers: tuple[Layer, ...], shape: Shape) -> tuple[Placed, ...]:
    if not layers:
        raise ValueError("a network needs at least one layer: add one, as Dense(1)")
    kinds: Counter[str] = Counter()
    places = []
    for i, layer in enumerate(layers, start=1):
        kind = snake_case(type(layer).__name__)
        usual = f"{kind}_{kinds[kind]}" if kinds[kind] else kind
        kinds[kind] += 1
        try:
            parameters = {f"{k}{i}": p for k, p in layer.parameters(shape).items()}
            output = layer.output_shape(shape)
        except ValueError as error:
            raise ValueError(f"layer {i} ({layer.name or usual}): {error}") from None
        places.append(Placed(layer, str(i), layer.name or usual, shape, output, parameters))
        shape = output
    return tuple(places)


def _loss_gradients(loss: Loss, last: Step) -> list[Step]:
    """The steps from the loss to the gradient in the output; ``last`` gave what the loss takes."""
    steps = [Step(f"d{last.name}", loss.gradient, (TARGET, last.name))]
    if loss.from_logits:
        (z,) = last.inputs
        steps.append(Step(f"d{z}", loss.implied.backward, (f"d{last.name}", z, last.name)))
    return steps


def _write_backward(
    places: tuple[Placed, ...], pens: list[Quantities], inputs: list[Name], steps: list[Step]
) -> tuple[Step, ...]:
    written = [len(pen.steps) for pen in pens]
    gradient = Name(f"d{inputs[-1]}")
    for place, pen, x, start in reversed(list(zip(places, pens, inputs, written, strict=False))):
        call = place.layer.backward(pen, x, gradient)
        gradient = pen.write(f"d{x}", call)
        steps += pen.steps[start:]
    return tuple(steps)


def _fuse(
    losses: tuple[Step, ...], backward: tuple[Step, ...], last: Step, loss: Loss
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Take the loss and the activation before it together, where that simplifies ∂loss/∂z.

    The two factors of ∂loss/∂z overflow for confident outputs; their product, a - y, does not.
    The gradient in a stays among the steps, as courses ask for it, though nothing uses it.
    """
    first, second, *rest = backward
    if not loss.fuses_with(last.rule.name) or second.rule.name != f"{last.rule.name}_backward":
        return losses, backward
    (z,) = last.inputs
    behind = Step(LOSS, loss.value_behind(last.rule.name), (TARGET, last.name, z))
    simpler = Step(second.name, loss.gradient_behind(last.rule.name), (TARGET, last.name), {}, second.layer)
    return (behind,), (first, simpler, *rest)

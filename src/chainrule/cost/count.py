"""The reader that counts: it finds the shapes of all quantities, and adds up what each layer costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chainrule.layers.steps import Step
from chainrule.losses import Loss
from chainrule.network import Network
from chainrule.network.shapes import shapes_of
from chainrule.optimizers import Optimizer
from chainrule.rules.rule import Shape


@dataclass(frozen=True)
class LayerCost:
    """What a layer costs for one sample: multiplications forward and backward, and parameters.

    ``parameters`` are all that the layer keeps, of which ``trained`` follow their gradients; a moving
    average, or a weight of a frozen layer, does not.
    """

    number: str
    name: str
    kind: str
    output_shape: Shape
    parameters: int
    trained: int
    forward: int
    backward: int


def layer_costs(network: Network, loss: Loss | Sequence[Loss], optimizer: Optimizer) -> list[LayerCost]:
    """The cost of every layer, for one sample, found from the shapes alone.

    >>> from chainrule.layers import Dense
    >>> from chainrule.losses import MeanSquaredError
    >>> from chainrule.optimizers import SGD
    >>> cost, = layer_costs(Network([Dense(10)], (64,)), MeanSquaredError(), SGD())
    >>> cost.parameters, cost.forward
    (650, 640)
    """
    program = network.program(loss, optimizer)
    shapes = shapes_of(network, replace(program, update=()), loss)
    forward = _by_layer(program.forward, shapes)
    backward = _by_layer(program.backward, shapes)
    return [
        LayerCost(
            place.number,
            place.name,
            type(place.layer).__name__,
            place.output_shape,
            place.count_params,
            place.count_trained,
            forward.get(place.number, 0),
            backward.get(place.number, 0),
        )
        for place in network.places
    ]


def _by_layer(steps: Iterable[Step], shapes: Mapping[str, Shape]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for step in steps:
        count = step.rule.count((shapes[i] for i in step.inputs), step.options)
        counts[step.layer] = counts.get(step.layer, 0) + count
    return counts

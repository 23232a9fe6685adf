"""The reader that counts: it finds the shapes of all quantities, and adds up what each layer costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.layers.steps import Step
from chainrule.losses import Loss, SparseCategoricalCrossentropy
from chainrule.network import INPUT, TARGET, Network, Program
from chainrule.optimizers import LEARNING_RATE, Optimizer
from chainrule.rules.rule import Shape


@dataclass(frozen=True)
class LayerCost:
    """What a layer costs for one sample: multiplications forward and backward, and parameters."""

    number: str
    name: str
    kind: str
    output_shape: Shape
    parameters: int
    forward: int
    backward: int


def layer_costs(network: Network, loss: Loss, optimizer: Optimizer) -> list[LayerCost]:
    """The cost of every layer, for one sample.

    >>> from chainrule.layers import Dense
    >>> from chainrule.losses import MeanSquaredError
    >>> from chainrule.optimizers import SGD
    >>> cost, = layer_costs(Network([Dense(10)], (64,)), MeanSquaredError(), SGD())
    >>> cost.parameters, cost.forward
    (650, 640)
    """
    program = network.program(loss, optimizer)
    shapes = _shapes(network, program, loss)
    forward = _by_layer(program.forward, shapes)
    backward = _by_layer(program.backward, shapes)
    return [
        LayerCost(
            place.number,
            place.name,
            type(place.layer).__name__,
            place.output_shape,
            place.count_params,
            forward.get(place.number, 0),
            backward.get(place.number, 0),
        )
        for place in network.places
    ]


def _shapes(network: Network, program: Program, loss: Loss) -> dict[str, Shape]:
    """The shape of every quantity for one sample, found by running the steps on ones."""
    sparse = isinstance(loss, SparseCategoricalCrossentropy)
    values = {
        INPUT: np.ones((1, *network.input_shape), np.float32),
        TARGET: np.zeros(1, np.int32) if sparse else np.ones((1, *network.output_shape), np.float32),
        LEARNING_RATE: np.ones((), np.float32),
    }
    for name, parameter in {**program.parameters, **program.state}.items():
        values[name] = np.zeros(parameter.shape, np.float32)
    shapes = {name: value.shape for name, value in values.items()}
    with np.errstate(all="ignore"):
        for step in (*program.forward, *program.loss, *program.backward):
            values[step.name] = np.asarray(step.rule(*(values[i] for i in step.inputs), **step.options))
            shapes[step.name] = values[step.name].shape
    return shapes


def _by_layer(steps: tuple[Step, ...], shapes: dict[str, Shape]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for step in steps:
        count = step.rule.count((shapes[i] for i in step.inputs), step.options)
        counts[step.layer] = counts.get(step.layer, 0) + count
    return counts

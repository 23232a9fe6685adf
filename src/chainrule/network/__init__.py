"""Layers in their places, and the whole of their steps: forward, loss, backward, update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from chainrule.config import FULL_PRECISION, POLICIES, dtype_policy
from chainrule.layers.layer import Draw, Layer, Parameter
from chainrule.layers.node import Input, Node, upstream
from chainrule.layers.steps import Step
from chainrule.losses import Loss
from chainrule.network.learning import Aim, evaluated, judged, updated
from chainrule.network.names import DATA_LOSS, INPUT, LOSS, PROBABILITY, TARGET, WEIGHTS, numbered
from chainrule.network.places import Placed, chained, placed
from chainrule.network.precision import computed
from chainrule.network.writing import NEW, Written, seed_name, write_backward, write_forward
from chainrule.optimizers import Optimizer
from chainrule.rules.rule import Shape

__all__ = [
    "DATA_LOSS",
    "INPUT",
    "LOSS",
    "NEW",
    "PROBABILITY",
    "TARGET",
    "WEIGHTS",
    "Network",
    "Placed",
    "Program",
    "numbered",
]


@dataclass(frozen=True)
class Program:
    """The steps of one update of a network, in the order in which they are worked.

    ``parameters`` are trained, ``state`` is the optimizer's, ``carried`` the layers' own, ``frozen`` what
    stays as it is; ``draws`` are random numbers of each update. ``evaluation`` is the pass that predicts,
    and its loss.
    """

    forward: tuple[Step, ...]
    loss: tuple[Step, ...]
    backward: tuple[Step, ...]
    update: tuple[Step, ...]
    outputs: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    state: Mapping[str, Parameter]
    carried: Mapping[str, Parameter]
    frozen: Mapping[str, Parameter]
    draws: Mapping[str, Draw]
    evaluation: tuple[Step, ...]

    @property
    def output(self) -> str:
        """The name of the output, of several the first."""
        return self.outputs[0]

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.forward, *self.loss, *self.backward, *self.update)

    @property
    def changing(self) -> tuple[str, ...]:
        """What has another value after the update."""
        return (*self.parameters, *self.state, *self.carried)


class Network:
    """Layers one after the other, for inputs of a known shape (without the batch); or a graph of them.

    ``layers`` are as they were given (None for a graph), ``nodes`` the inputs and what each layer gives;
    ``places`` are the layers in the order of working, those inside containers in the container's place.

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
        given = tuple(layers)
        first, output = chained(given, tuple(input_shape))
        self._lay_out((first,), (output,), given)

    @classmethod
    def of_graph(cls, inputs: Sequence[Input], outputs: Sequence[Node]) -> Network:
        """The network between some inputs and some outputs, which layers were applied to one after another.

        Raises ValueError for inputs that are missing or not used, or a layer that is there twice.
        """
        made = cls.__new__(cls)
        made._lay_out(tuple(inputs), tuple(outputs), None)
        return made

    def _lay_out(
        self, inputs: tuple[Input, ...], outputs: tuple[Node, ...], layers: tuple[Layer, ...] | None
    ) -> None:
        self.inputs = dict(zip(numbered(INPUT, len(inputs)), (i.shape for i in inputs), strict=True))
        behind = upstream(outputs)
        self.nodes: list[Node] = [*inputs, *(node for node in behind if node.layer is not None)]
        self.output_nodes = outputs
        self.places, self._last = placed(inputs, outputs)
        self.layers = layers
        self.compute = POLICIES[dtype_policy()]

    @cached_property
    def keepers(self) -> list[tuple[Layer, str, str]]:
        """For each weight the layer that keeps it, its name there, and in the network."""
        return [
            (place.layer, key.removesuffix(place.number), key)
            for place in self.places
            for key in place.weights
        ]

    @cached_property
    def guards(self) -> list[tuple[Layer, str]]:
        """Layers that do not take whatever numbers an input has, and the name of that input."""
        return [
            (place.layer, source)
            for place in self.places
            for source in place.sources
            if source in self.inputs and type(place.layer).check_inputs is not Layer.check_inputs
        ]

    @property
    def output_shape(self) -> Shape:
        """The shape of the output, of several the first."""
        return self.output_nodes[0].shape

    @property
    def outputs(self) -> dict[str, Shape]:
        """The shapes of all outputs by the names of the layers that give them."""
        names = {place.number: place.name for place in self.places}
        return {names[n]: node.shape for n, node in zip(self._last, self.output_nodes, strict=True)}

    @property
    def input_shape(self) -> Shape:
        """The shape of the input, of several the first."""
        return next(iter(self.inputs.values()))

    @property
    def is_chain(self) -> bool:
        """Whether every layer takes what the one before it gives, and that alone."""
        numbers = [*self.inputs, *(place.number for place in self.places)]
        return [place.sources for place in self.places] == [(number,) for number in numbers[:-1]]

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The trained quantities of all layers by their numbered names, in order; frozen ones too."""
        return {k: p for place in self.places for k, p in place.parameters.items()}

    @property
    def weights(self) -> dict[str, Parameter]:
        """All that the layers keep from update to update, in order: parameters and state."""
        return {k: p for place in self.places for k, p in place.weights.items()}

    def program(
        self,
        loss: Loss | Sequence[Loss],
        optimizer: Optimizer,
        fused: bool = True,
        weighted: bool = False,
        shares: Sequence[float] | None = None,
    ) -> Program:
        """Every step of one update with this loss and this optimizer.

        ``fused`` takes the loss and the activation before it together, where that simplifies ∂loss/∂z;
        it is right for targets that the loss has a meaning for. ``weighted`` takes a weight per row. Of
        several outputs each may have a loss of its own, which counts by its share.
        """
        written = write_forward(self.places, tuple(self.inputs), training=True)
        outputs = self._output_names(written)
        aims = self._aims(written, outputs, loss, shares)
        backward = write_backward(written, outputs)
        losses, backward = judged(written.steps, backward, aims, fused, weighted)
        trained = {
            k: p for place in self.places if place.layer.trainable for k, p in place.parameters.items()
        }
        losses, backward, update, state = updated(losses, backward, trained, self.parameters, optimizer)
        carried = {step.name.removesuffix(NEW) for step in written.carrying}
        weights, predicting = self.weights, self.forward()[0]
        judging = evaluated(predicting, aims, weighted, self.parameters)
        return Program(
            forward=self._computed(written.steps),
            loss=self._precise(losses),
            backward=self._computed(backward),
            update=self._precise((*update, *written.carrying)),
            outputs=outputs,
            parameters=trained,
            state=state,
            carried={k: p for k, p in weights.items() if k in carried},
            frozen={k: p for k, p in weights.items() if k not in carried and k not in trained},
            draws={k: d for place in self.places for k, d in place.draws.items()},
            evaluation=(*predicting, *self._precise(judging)),
        )

    def _computed(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The steps of layers and their gradients, in what the network computes in."""
        return steps if self.compute is None else computed(steps, self.compute, self.places)

    def _precise(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The steps of losses and updates, which take what layers gave in full precision."""
        return steps if self.compute is None else computed(steps, FULL_PRECISION, self.places)

    def _aims(
        self,
        written: Written,
        outputs: tuple[str, ...],
        loss: Loss | Sequence[Loss],
        shares: Sequence[float] | None,
    ) -> list[Aim]:
        losses = [loss] * len(outputs) if isinstance(loss, Loss) else list(loss)
        endings = [name.removeprefix(LOSS) for name in numbered(LOSS, len(outputs))]
        counted = shares or [1.0] * len(outputs)
        return [
            Aim(output, one, seed_name(written, output), ending, share)
            for output, one, ending, share in zip(outputs, losses, endings, counted, strict=True)
        ]

    def _output_names(self, written: Written) -> tuple[str, ...]:
        names = {place.number: name.text for place, name in zip(self.places, written.outputs, strict=True)}
        return tuple(names[number] for number in self._last)

    def forward(self) -> tuple[tuple[Step, ...], str]:
        """The steps of the forward pass alone, as it predicts, and the (first) output's name."""
        steps, outputs = self.prediction()
        return steps, outputs[0]

    def prediction(self) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        """The steps of the forward pass alone, as it predicts, and the names of all outputs."""
        written = write_forward(self.places, tuple(self.inputs), training=False)
        return self._computed(written.steps), self._output_names(written)

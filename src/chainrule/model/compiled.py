"""A model that is compiled: its loss and optimizer, its programs, and the door that data comes in by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule import doors, optimizers
from chainrule.losses import Loss
from chainrule.model.absent import names_what_it_takes
from chainrule.model.body import Body
from chainrule.network import INPUT, TARGET, WEIGHTS, Network, numbered
from chainrule.objective import Objective, objective

if TYPE_CHECKING:
    from chainrule.training.answers import Answers
    from chainrule.training.trainer import Trainer

Arrays = dict[str, np.ndarray]


@dataclass
class Programs:
    """What is compiled for a model; models of the same layers, loss and optimizer may share it."""

    trainers: dict[tuple[Any, ...], Trainer] = field(default_factory=dict)
    answers: Answers | None = None


class Compiled(Body):
    """A network, its weights, and what it is trained for."""

    def _begin(self, name: str) -> None:
        super()._begin(name)
        self.stop_training = False
        self._objective: Objective | None = None
        self._optimizer: optimizers.Optimizer | None = None
        self._steps_per_call = 1
        self.programs = Programs()

    def _take(self, network: Network | None) -> None:
        self._forget()
        super()._take(network)

    def _forget(self) -> None:
        """Drop the compiled programs."""
        self.programs = Programs()

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "programs": Programs()}

    @property
    def objective(self) -> Objective:
        """What the model was compiled with; RuntimeError before."""
        if self._objective is None:
            raise RuntimeError('the model has no loss yet: call compile(optimizer="sgd", loss="mse") first')
        return self._objective

    @property
    def loss(self) -> Loss:
        """The loss, of several outputs that of the first; RuntimeError before the model is compiled."""
        return self.objective.losses[0]

    @property
    def optimizer(self) -> optimizers.Optimizer:
        """The optimizer; RuntimeError before the model is compiled."""
        if self._optimizer is None:
            raise RuntimeError(
                'the model has no optimizer yet: call compile(optimizer="sgd", loss="mse") first'
            )
        return self._optimizer

    @property
    def trainable(self) -> bool:
        """Whether any layer is trained; setting it sets it for all layers."""
        return any(place.layer.trainable for place in self.network.places)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = bool(value)

    @names_what_it_takes
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        *,
        loss_weights: Any = None,
        metrics: Any = None,
        steps_per_execution: int = 1,
    ) -> None:
        """Choose what training minimizes, how, and what is measured beside it.

        Each by its name in Keras, a table or an object; any Optax transformation may stand for the
        optimizer. Of several outputs, loss, its weight and metrics are lists with an entry per output, or
        tables by the names of the outputs' layers. Callbacks that wait for batches are called every
        ``steps_per_execution`` updates. A new call forgets the optimizer's state.

        Raises ValueError for a name that is not known.
        """
        outputs = [*self._network.outputs] if self._network is not None else ["output"]
        self._objective = objective(loss, loss_weights, metrics, outputs)
        self._optimizer = optimizers.get(optimizer)
        self._steps_per_call = doors.whole_number(steps_per_execution, "steps_per_execution", 1)
        self._forget()
        if self._network is not None:
            self.values = {name: self.values[name] for name in self._network.weights}

    def _inputs(self, x: Any, prefix: str = "") -> Arrays:
        """The inputs as the steps take them, by their names."""
        if self._network is not None and len(self._network.inputs) > 1:
            found = doors.several_inputs(x, self._network.inputs, prefix)
        else:
            array = doors.inputs(x, f"{prefix}{INPUT}")
            self._built(array)
            doors.check_features(array, self.network.input_shape, f"{prefix}{INPUT}")
            found = {INPUT: array}
        for layer, name in self.network.guards:
            layer.check_inputs(found[name], f"{prefix}{name}")
        return found

    def _built(self, x: np.ndarray) -> None:
        """Make the weights where there are none yet."""

    def checked_data(self, x: Any, y: Any, sample_weight: Any = None, prefix: str = "") -> Arrays:
        """All that the steps take of some rows, checked, by the names of the quantities.

        ``prefix`` is what messages put before x and y.
        """
        aim = self.objective
        data = self._inputs(x, prefix)
        rows = len(next(iter(data.values())))
        outputs = self.network.outputs
        names = numbered(TARGET, len(outputs))
        given = [y] if len(names) == 1 else doors.several_targets(y, [*outputs], prefix)
        for name, one, loss, shape in zip(names, given, aim.losses, outputs.values(), strict=True):
            data[name] = doors.targets(one, rows, loss, shape, f"{prefix}{name}")
        if sample_weight is not None:
            data[WEIGHTS] = doors.weights(sample_weight, rows, f"{prefix}{WEIGHTS}")
        return data

    def weighed(self, data: Arrays, class_weight: Any) -> Arrays:
        """Checked data whose rows count by the weight of their class, times their own where they have one.

        Raises TypeError or ValueError for what is no table of the classes in y, or several outputs.
        """
        if len(self.network.outputs) > 1:
            raise ValueError("class_weight needs a model with one output: give sample_weight")
        by_class = doors.class_weights(class_weight, data[TARGET])
        return {**data, WEIGHTS: data.get(WEIGHTS, np.float32(1)) * by_class}

    def prepared(self, x: Any, y: Any, prefix: str = "") -> tuple[Any, np.ndarray]:
        """x and y as the steps take them, checked; of several inputs x is a table by their names."""
        data = self.checked_data(x, y, prefix=prefix)
        targets = data.pop(TARGET)
        return (data[INPUT] if len(data) == 1 else data), targets

    def _ready(self, weighted: bool = False) -> Trainer:
        """The trainer of the model as it is now; the optimizer's state is made where there is none yet."""
        trainer = self.trainer(weighted)
        self.values = {**trainer.initial_state, **self.values}
        return trainer

    def trainer(self, weighted: bool = False) -> Trainer:
        """What trains the model as it is now, compiled when it is first used."""
        from chainrule.training.trainer import Trainer

        network = self.network
        key = (weighted, *(place.layer.trainable for place in network.places))
        if key not in self.programs.trainers:
            aim = self.objective
            rules = aim.rules([*network.outputs.values()])
            self.programs.trainers[key] = Trainer(
                network, aim.losses, self.optimizer, rules, weighted, aim.shares
            )
        return self.programs.trainers[key]

    def fresh_values(self, trainer: Trainer) -> dict[str, np.ndarray]:
        """Weights as before any training, drawn anew where they are drawn, and the optimizer's state."""
        drawn = {name: p.first_values(name) for name, p in self.network.weights.items()}
        return {**drawn, **trainer.initial_state}

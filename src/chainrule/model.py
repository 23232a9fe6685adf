"""The models that users meet: Keras' ``Model`` and ``Sequential``, trained by :mod:`chainrule.training`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from chainrule import doors, optimizers
from chainrule.callbacks import Callback, History, checked, watches_batches
from chainrule.config import next_seed
from chainrule.layers.layer import Layer
from chainrule.layers.node import Input, Node
from chainrule.losses import Loss
from chainrule.network import INPUT, TARGET, WEIGHTS, Network, numbered
from chainrule.objective import Objective, objective
from chainrule.stack import Body, Stack

if TYPE_CHECKING:
    from chainrule.paper.topics.network import NetworkWorking
    from chainrule.training.feeds import Feed, Source
    from chainrule.training.trainer import Trainer

BATCH_SIZE = 32
"""Rows per batch where nothing else is said, as in Keras."""

Arrays = dict[str, np.ndarray]


@dataclass
class Programs:
    """What is compiled for a model; models of the same layers, loss and optimizer may share it."""

    trainers: dict[tuple[Any, ...], Trainer] = field(default_factory=dict)
    predict: Callable[..., Any] | None = None


class Model(Body):
    """A graph of layers, from its inputs to its output.

    Layers are applied to an ``Input`` or to what other layers give; the graph must have no cycle. Of
    several inputs or outputs, data is given as a list of arrays in the same order, and each output may
    have a loss of its own. A layer that was in another model brings a copy of its weights along.

    Raises ValueError for an input that is missing or not used, or a layer that is there twice.

    >>> from chainrule.layers import Add, Dense
    >>> x = Input((4,))
    >>> hidden = Dense(4, activation="relu")(x)
    >>> model = Model(x, Dense(1)(Add()([x, hidden])))
    >>> model.output_shape, model.count_params()
    ((None, 1), 25)
    """

    def __init__(
        self, inputs: Input | Sequence[Input], outputs: Node | Sequence[Node], *, name: str | None = None
    ) -> None:
        given = (inputs,) if isinstance(inputs, Node) else tuple(inputs)
        for first in given:
            if not isinstance(first, Input):
                raise TypeError(f"inputs must be Input objects, got {type(first).__name__}")
        wanted = (outputs,) if isinstance(outputs, Node) else tuple(outputs)
        for node in wanted:
            if not isinstance(node, Node):
                raise TypeError(f"outputs must be what layers give, got {type(node).__name__}")
        if len({id(node) for node in wanted}) < max(1, len(wanted)):
            raise ValueError("outputs must be what layers give, at least one and each once")
        self._begin(name or "functional")
        self._take(Network.of_graph(given, wanted))

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
        values = {name: np.asarray(value) for name, value in self.values.items()}
        return {**self.__dict__, "values": values, "programs": Programs()}

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

    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Callback | Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
    ) -> History:
        """Train on inputs x (m, …) and targets y for some epochs; arguments are Keras'.

        x may be a data set that is read in chunks (:mod:`chainrule.data`), which holds the targets too.
        Rows count in the loss by ``sample_weight`` (m,), or by the weight of their class.
        Returns the History of the logs, an entry per epoch. The same seed
        (:func:`chainrule.utils.set_random_seed`) gives the same run again, bit for bit.

        Raises RuntimeError before ``compile``; TypeError or ValueError for data that does not fit;
        FloatingPointError where the numbers become NaN or infinite, which names the step and the
        layer, and leaves the model as it was after the last epoch that went well.
        """
        from chainrule.training.fitting import fit
        from chainrule.training.trainer import Plan, Task

        told = checked(callbacks)
        plan = Plan(
            _rows(batch_size),
            doors.whole_number(epochs, "epochs", 1),
            doors.whole_number(initial_epoch, "initial_epoch", 0),
            bool(shuffle),
            doors.verbosity(verbose),
            next_seed(),
            self._steps_per_call if any(watches_batches(callback) for callback in told) else None,
        )
        feed, validation = self._feeds(
            x, y, sample_weight, class_weight, validation_split, validation_data, plan
        )
        history = History()
        told = [*told, history]
        for callback in told:
            callback.set_model(self)
            callback.set_params({"epochs": plan.epochs, "verbose": plan.verbose})
        self.stop_training = False
        trainer = self._ready(weighted=sample_weight is not None or class_weight is not None)
        fit(Task(trainer, self, feed, validation, plan, told))
        return history

    def _feeds(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        class_weight: Any,
        split: float,
        validation_data: Any,
        plan: Any,
    ) -> tuple[Feed, Feed | None]:
        """The data to train on and to validate on, checked."""
        from chainrule.training.feeds import Memory

        if _is_source(x):
            if split or sample_weight is not None or class_weight is not None:
                raise ValueError(
                    "validation_split, sample_weight and class_weight need arrays in memory: with data in "
                    "chunks give validation_data"
                )
            data = None
            feed = self._stream(x, y, plan.seed, plan.shuffle)
        else:
            data = self._data(x, y, sample_weight=sample_weight, class_weight=class_weight)
        validation: Feed | None = None
        if validation_data is not None:
            validation = self._validation(validation_data, weighted=data is not None and WEIGHTS in data)
        elif split and data is not None:
            data, held = doors.split_off(data, split)
            validation = Memory(held)
        if data is not None:
            rows = len(next(iter(data.values())))
            feed = Memory(data, plan.seed, plan.shuffle and plan.batch_size < rows)
        return feed, validation

    def _validation(self, given: Any, weighted: bool) -> Feed:
        from chainrule.training.feeds import Memory

        if _is_source(given):
            return self._stream(given, None, 0, False)
        x, y, *weights = doors.validation(given)
        if weights and not weighted:
            raise ValueError(
                "validation_data has weights, and the rows trained on have none: give both or none"
            )
        data = self._data(x, y, prefix="validation ", sample_weight=weights[0] if weights else None)
        if weighted and not weights:
            data[WEIGHTS] = np.ones(len(next(iter(data.values()))), np.float32)
        return Memory(data)

    def _stream(self, source: Source, y: Any, seed: int, shuffle: bool) -> Feed:
        from chainrule.training.feeds import Stream

        if y is not None:
            raise ValueError("y must be left out: the data set that is read in chunks holds the targets")
        return Stream(source, self.prepared, seed, shuffle)

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        *,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics over x and y: a number, or with metrics a list, or a table."""
        from chainrule.training.feeds import Memory

        feed = (
            self._stream(x, y, 0, False)
            if _is_source(x)
            else Memory(self._data(x, y, sample_weight=sample_weight))
        )
        trainer = self._ready(weighted=sample_weight is not None)
        found = trainer.evaluate(self.values, feed, _rows(batch_size))
        if doors.verbosity(verbose):
            from chainrule.training.progress import shown

            print(shown(found, " - "))
        if return_dict:
            return found
        return list(found.values()) if self.objective.is_measured else found["loss"]

    def predict(self, x: Any, batch_size: int | None = None, verbose: str | int = "auto") -> Any:
        """The outputs for the inputs x; shape (m, units), of several outputs a list of arrays.

        ``verbose`` is taken as Keras does; the one compiled call has no progress to show.
        """
        from chainrule.training.inference import predictor

        doors.verbosity(verbose)
        inputs = self._inputs(x)
        if self.programs.predict is None:
            self.programs.predict = predictor(*self.network.prediction())
        weights = {name: self.values[name] for name in self.network.weights}
        outputs = [np.array(a) for a in self.programs.predict(weights, inputs, _rows(batch_size))]
        return outputs[0] if len(outputs) == 1 else outputs

    def work(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        *,
        find: str | list[str] | None = None,
        rounding: int | None = None,
        convention: str = "rows",
        digits: int = 6,
        training: bool = True,
    ) -> NetworkWorking:
        """Work the model's next updates on x and y by hand, with exact numbers; nothing is trained.

        Weights count as their shortest decimals, so 0.2 is 1/5. Without ``batch_size`` all rows make
        one update. ``find`` chooses what is shown, as in a worksheet; the other arguments are a
        worksheet's too. What layers draw, as the masks of dropout, is the same each time and stands
        among what is given; with ``training=False`` the pass that predicts is worked instead.

        Raises RuntimeError before ``compile``; TypeError or ValueError for data that does not fit;
        ArithmeticError, with the step, for what cannot be worked.

        >>> from chainrule.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> model.set_weights([[[0.2], [0.4]], [0]])
        >>> model.work([[1, 2]], [5])["loss"]
        array(16, dtype=object)
        """
        from chainrule.paper.by_hand import work_by_hand

        if len(self.network.outputs) > 1:
            raise ValueError("a model with several outputs is not worked by hand: work one with one output")
        data = self.prepared(x, y)
        return work_by_hand(
            self.network,
            self.loss,
            self.optimizer,
            self.parameters | {name: np.asarray(value) for name, value in self.values.items()},
            *data,
            batch_size=batch_size,
            epochs=epochs,
            find=find,
            rounding=rounding,
            convention=convention,
            digits=digits,
            training=training,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one .safetensors file: weights, layers, what it was compiled with.

        Raises ValueError for another suffix, RuntimeError before the model is built.
        """
        from chainrule.saving import Compiled, write_model

        compiled = Compiled(self._optimizer, self.objective) if self._optimizer else None
        write_model(path, self.name, self.network, self.values, compiled)

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Write the weights and the layers, without what the model was compiled with; see :meth:`save`."""
        from chainrule.saving import write_model

        weights = {name: self.values[name] for name in self.network.weights}
        write_model(path, self.name, self.network, weights, None)

    def load_weights(
        self, path: str | os.PathLike[str], *, by_name: bool = False, skip_mismatch: bool = False
    ) -> list[str]:
        """Take weights from a saved model's file; returns the names of the layers that got some.

        All of its layers must fit the model's, unless those alone are wanted that have a name in common
        (``by_name``), or those alone whose shapes fit (``skip_mismatch``).

        Raises ValueError for layers that do not fit or a damaged file, OSError where it cannot be read.
        """
        from chainrule.transfer import load_weights

        return load_weights(self, path, by_name=by_name, skip_mismatch=skip_mismatch)

    def _inputs(self, x: Any, prefix: str = "") -> Arrays:
        """The inputs as the steps take them, by their names."""
        if self._network is not None and len(self._network.inputs) > 1:
            found = doors.several_inputs(x, self._network.inputs, prefix)
        else:
            array = doors.inputs(x, f"{prefix}{INPUT}")
            self._built(array)
            doors.check_features(array, self.network.input_shape, f"{prefix}{INPUT}")
            found = {INPUT: array}
        for place in self.network.places:
            for source in found.keys() & set(place.sources):
                place.layer.check_inputs(found[source], f"{prefix}{source}")
        return found

    def _built(self, x: np.ndarray) -> None:
        """Make the weights where there are none yet."""

    def _data(
        self, x: Any, y: Any, prefix: str = "", sample_weight: Any = None, class_weight: Any = None
    ) -> Arrays:
        """All that the steps take of some rows, checked, by the names of the quantities."""
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
        if class_weight is not None:
            if len(names) > 1:
                raise ValueError("class_weight needs a model with one output: give sample_weight")
            data[WEIGHTS] = data.get(WEIGHTS, np.float32(1)) * doors.class_weights(class_weight, data[TARGET])
        return data

    def checked_data(self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None) -> Arrays:
        """All that the steps take of some rows, checked, by the names of the quantities."""
        return self._data(x, y, sample_weight=sample_weight, class_weight=class_weight)

    def prepared(self, x: Any, y: Any, prefix: str = "") -> tuple[Any, np.ndarray]:
        """x and y as the steps take them, checked; of several inputs x is a table by their names."""
        data = self._data(x, y, prefix)
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
        drawn = {name: p.initializer(p.shape) for name, p in self.network.weights.items()}
        return {**drawn, **trainer.initial_state}


class Sequential(Stack, Model):
    """Layers one after the other.

    With ``Input`` first, the weights are there at once; without, they are made by :meth:`build` or
    at the first call that gets data. Inputs are (samples, features), or (samples, height, width,
    channels) for layers that take images.

    Raises TypeError for what is no layer, ValueError for layers that do not fit each other.

    >>> from chainrule.layers import Dense
    >>> model = Sequential([Input((2,)), Dense(3, activation="relu"), Dense(1)])
    >>> model.output_shape, model.count_params()
    ((None, 1), 13)
    >>> model.compile("sgd", "mse")
    >>> history = model.fit([[0, 1], [1, 0]], [1, 0], epochs=2, verbose=0)
    >>> history.epoch
    [0, 1]
    """

    def __init__(self, layers: Iterable[Layer | Input] | None = None, *, name: str | None = None) -> None:
        Stack.__init__(self, layers, name=name)

    def _built(self, x: np.ndarray) -> None:
        if self._network is None:
            self.build((None, *x.shape[1:]))


def _is_source(x: Any) -> bool:
    """Whether x is a data set that is read in chunks."""
    return hasattr(x, "chunks") and hasattr(x, "chunk_rows")


def _rows(batch_size: int | None) -> int:
    return BATCH_SIZE if batch_size is None else doors.whole_number(batch_size, "batch_size", 1)


def load_model(
    path: str | os.PathLike[str], custom_objects: Mapping[str, type[Layer]] | None = None
) -> Model:
    """The model that :meth:`Model.save` wrote, with its weights and what it was compiled with.

    ``custom_objects`` gives the classes of layers of one's own by their names. No code in the file
    is run.

    Raises ValueError for a damaged file, another's, or one that holds anything unknown, with its
    name; OSError where the file cannot be read.
    """
    from chainrule.saving import read_model

    saved = read_model(path, custom_objects)
    model: Model = Sequential(name=saved.name) if saved.layers is not None else Model.__new__(Model)
    if saved.layers is None:
        model._begin(saved.name)
    model.values = dict(saved.values)  # before the layers, so that none are drawn
    if saved.layers is not None:
        cast(Sequential, model).extend([saved.inputs[0], *saved.layers])
    else:
        model._take(Network.of_graph(saved.inputs, saved.outputs))
    if saved.compiled is not None:
        model._optimizer, model._objective = saved.compiled.optimizer, saved.compiled.objective
        model.values = dict(saved.values)
    return model

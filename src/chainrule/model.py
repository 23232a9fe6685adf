"""The model that users meet: Keras' ``Sequential``, trained by :mod:`chainrule.training`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule import doors, losses, metrics, optimizers
from chainrule.callbacks import Callback, History, checked
from chainrule.layers.layer import Layer
from chainrule.layers.node import Input
from chainrule.rules.rule import Rule, Shape, size
from chainrule.stack import Stack

if TYPE_CHECKING:
    from chainrule.paper.topics.network import NetworkWorking
    from chainrule.training.trainer import Trainer

BATCH_SIZE = 32
"""Rows per batch where nothing else is said, as in Keras."""


class Sequential(Stack):
    """Layers one after the other.

    With ``Input`` first, the weights are there at once; without, they are made by :meth:`build` or
    at the first call that gets data. Inputs are (samples, features).

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
        self.stop_training = False
        self._loss: losses.Loss | None = None
        self._optimizer: optimizers.Optimizer | None = None
        self._metrics: tuple[str, ...] = ()
        self._trainer: Trainer | None = None
        self._predict: Callable[..., Any] | None = None
        super().__init__(layers, name=name)

    def _lay_out(self, layers: list[Layer], shape: Shape | None) -> None:
        self._trainer = self._predict = None
        super()._lay_out(layers, shape)

    @property
    def loss(self) -> losses.Loss:
        """The loss; RuntimeError before the model is compiled."""
        if self._loss is None:
            raise RuntimeError('the model has no loss yet: call compile(optimizer="sgd", loss="mse") first')
        return self._loss

    @property
    def optimizer(self) -> optimizers.Optimizer:
        """The optimizer; RuntimeError before the model is compiled."""
        if self._optimizer is None:
            raise RuntimeError(
                'the model has no optimizer yet: call compile(optimizer="sgd", loss="mse") first'
            )
        return self._optimizer

    def compile(self, optimizer: Any = "sgd", loss: Any = None, *, metrics: Any = None) -> None:
        """Choose what training minimizes, how, and what is measured beside it.

        Each by its name in Keras, a table or an object. Keras' default optimizer, RMSprop, is not
        here yet: the default is SGD. A new call forgets the optimizer's velocities.

        Raises ValueError for a name that is not known.
        """
        if loss is None:
            raise ValueError('compile needs a loss, as compile("sgd", "mse")')
        self._optimizer = optimizers.get(optimizer)
        self._loss = losses.get(loss)
        self._metrics = (metrics,) if isinstance(metrics, str) else tuple(metrics or ())
        self._rules(outputs=None)
        self._trainer = None
        if self._network is not None:
            self.values = {name: self.values[name] for name in self._network.parameters}

    def _rules(self, outputs: int | None) -> dict[str, Rule]:
        return {name: metrics.get(name, self.loss, outputs) for name in self._metrics}

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Callback | Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: tuple[Any, Any] | None = None,
        shuffle: bool = True,
        *,
        initial_epoch: int = 0,
    ) -> History:
        """Train on inputs x (m, …) and targets y for some epochs; arguments are Keras'.

        Returns the History of the logs, an entry per epoch. The same seed
        (:func:`chainrule.utils.set_random_seed`) gives the same run again, bit for bit.

        Raises RuntimeError before ``compile``; TypeError or ValueError for data that does not fit;
        FloatingPointError where the numbers become NaN or infinite, which names the step and the
        layer, and leaves the model as it was after the last epoch that went well.
        """
        from chainrule.training.trainer import Plan

        data = self.prepared(x, y)
        validation = None
        if validation_data is not None:
            validation = self.prepared(*doors.pair(validation_data), prefix="validation ")
        elif validation_split:
            data, validation = doors.split_off(*data, validation_split)
        plan = Plan(
            _rows(batch_size),
            doors.whole_number(epochs, "epochs", 1),
            doors.whole_number(initial_epoch, "initial_epoch", 0),
            bool(shuffle),
            doors.verbosity(verbose),
        )
        history = History()
        told = [*checked(callbacks), history]
        for callback in told:
            callback.set_model(self)
            callback.set_params({"epochs": plan.epochs, "verbose": plan.verbose})
        self.stop_training = False
        self._ready().fit(self, data, validation, plan, told)
        return history

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        *,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics over x and y: a number, or with metrics a list, or a table."""
        data = self.prepared(x, y)
        found = self._ready().evaluate(self.values, *data, _rows(batch_size))
        if doors.verbosity(verbose):
            from chainrule.training.progress import shown

            print(shown(found, " - "))
        if return_dict:
            return found
        return list(found.values()) if self._metrics else found["loss"]

    def predict(self, x: Any, batch_size: int | None = None, verbose: str | int = "auto") -> np.ndarray:
        """The outputs for the inputs x; shape (m, units).

        ``verbose`` is taken as Keras does; the one compiled call has no progress to show.
        """
        from chainrule.training.inference import predictor

        doors.verbosity(verbose)
        inputs = self._inputs(x)
        if self._predict is None:
            self._predict = predictor(*self.network.forward())
        weights = {name: self.values[name] for name in self.network.parameters}
        return np.array(self._predict(weights, inputs, _rows(batch_size)))

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
    ) -> NetworkWorking:
        """Work the model's next updates on x and y by hand, with exact numbers; nothing is trained.

        Weights count as their shortest decimals, so 0.2 is 1/5. Without ``batch_size`` all rows make
        one update. ``find`` chooses what is shown, as in a worksheet; the other arguments are a
        worksheet's too.

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
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one .safetensors file: weights, layers, what it was compiled with.

        Raises ValueError for another suffix, RuntimeError before the model is built.
        """
        from chainrule.saving import Compiled, write_model

        compiled = Compiled(self._optimizer, self._loss, self._metrics) if self._optimizer else None
        write_model(path, self.name, self.network, self.values, compiled)

    def _inputs(self, x: Any, name: str = "x") -> np.ndarray:
        array = doors.inputs(x, name)
        if self._network is None:
            self.build((None, *array.shape[1:]))
        doors.check_features(array, self.network.input_shape, name)
        return array

    def prepared(self, x: Any, y: Any, prefix: str = "") -> tuple[np.ndarray, np.ndarray]:
        """x and y as the steps take them, checked; the weights are made where there are none yet."""
        loss = self.loss
        inputs = self._inputs(x, f"{prefix}x")
        rows = inputs.shape[0]
        return inputs, doors.targets(y, rows, loss, self.network.output_shape, f"{prefix}y")

    def _ready(self) -> Trainer:
        """The trainer of the model as it is now, and the optimizer's state where it has none yet."""
        from chainrule.training.trainer import Trainer

        if self._trainer is None:
            rules = self._rules(size(self.network.output_shape))
            self._trainer = Trainer(self.network, self.loss, self.optimizer, rules)
        self.values = {**self._trainer.initial_state, **self.values}
        return self._trainer


def _rows(batch_size: int | None) -> int:
    return BATCH_SIZE if batch_size is None else doors.whole_number(batch_size, "batch_size", 1)


def load_model(
    path: str | os.PathLike[str], custom_objects: Mapping[str, type[Layer]] | None = None
) -> Sequential:
    """The model that :meth:`Sequential.save` wrote, with its weights and what it was compiled with.

    ``custom_objects`` gives the classes of layers of one's own by their names. No code in the file
    is run.

    Raises ValueError for a damaged file, another's, or one that holds anything unknown, with its
    name; OSError where the file cannot be read.
    """
    from chainrule.saving import read_model

    saved = read_model(path, custom_objects)
    model = Sequential(saved.layers, name=saved.name)
    if saved.compiled is not None:
        model.compile(saved.compiled.optimizer, saved.compiled.loss, metrics=saved.compiled.metrics)
    model.values = saved.values
    model.build((None, *saved.input_shape))
    return model

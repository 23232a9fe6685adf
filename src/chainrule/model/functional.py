"""A graph of layers: Keras' ``Model``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from chainrule.layers.node import Input, Node
from chainrule.model.absent import names_what_it_takes
from chainrule.model.trained import Trained
from chainrule.network import Network

if TYPE_CHECKING:
    from chainrule.paper.topics.network import NetworkWorking

Kind = TypeVar("Kind", bound=Node)


class Model(Trained):
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
        self,
        inputs: Input | Sequence[Input] | None = None,
        outputs: Node | Sequence[Node] | None = None,
        *,
        name: str | None = None,
    ) -> None:
        if inputs is None or outputs is None:
            raise TypeError(
                "Model needs its inputs and its outputs, as x = Input((4,)); Model(x, Dense(1)(x)): what is "
                "your own is a layer, a class derived from layers.Layer"
            )
        given = _nodes("inputs", inputs, Input, "Input objects")
        wanted = _nodes("outputs", outputs, Node, "what layers give")
        self._begin(name or "functional")
        self._take(Network.of_graph(given, wanted))

    @names_what_it_takes
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
        >>> from chainrule import Sequential
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

    @names_what_it_takes
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

    @names_what_it_takes
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


def _nodes(what: str, given: Any, kind: type[Kind], said: str) -> tuple[Kind, ...]:
    """One node or several as a tuple; ValueError for none or one that is there twice."""
    nodes = (given,) if isinstance(given, Node) else given
    if not isinstance(nodes, list | tuple):
        raise TypeError(f"{what} must be {said}, got {type(given).__name__}")
    for node in nodes:
        if not isinstance(node, kind):
            raise TypeError(f"{what} must be {said}, got {type(node).__name__}")
    if len({id(node) for node in nodes}) < max(1, len(nodes)):
        raise ValueError(f"{what} must be {said}, at least one and each once")
    return tuple(nodes)

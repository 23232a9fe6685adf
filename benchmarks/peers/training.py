"""A case in which networks are trained: the same network and data in several libraries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from measuring import Case, Contestant

from peers import chainrule, keras, pytorch


@dataclass(frozen=True)
class Task:
    """What is trained: the data of so many rows (``quick`` of them to try it), and how.

    ``optimizer`` is Adam or SGD, in every library's terms but its learning rate.
    """

    data: Callable[[int], tuple[Any, Any]]
    rows: int
    quick: int
    batch_size: int
    epochs: int
    optimizer: str = "Adam"
    rate: float = 0.001

    def arrays(self, small: bool) -> tuple[Any, Any]:
        """Inputs and classes."""
        return self.data(self.quick if small else self.rows)


def training_case(
    title: str,
    task: Task,
    network: Callable[[Any], Any],
    torch_network: Callable[[], Any],
    aims: Mapping[str, float],
    tolerance: float,
    others: Mapping[str, Contestant] | None = None,
    keras_network: Callable[[Any], Any] | None = None,
) -> Case:
    """The case of a network that chainrule and Keras build from the same code, and PyTorch from its own."""
    contestants: dict[str, Contestant] = {
        "chainrule": partial(chainrule.trained, task, network),
        "pytorch_eager": partial(pytorch.trained, task, torch_network, False),
        "pytorch_compiled": partial(pytorch.trained, task, torch_network, True),
        "keras": partial(keras.trained, task, keras_network or network),
        **(others or {}),
    }
    unit = f"epoch of {task.rows:,} rows"
    return Case(title, unit, contestants, aims, tolerance, is_training=True)

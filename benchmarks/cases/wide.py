"""A perceptron with four hidden layers of 1024 units, in batches of 256: products of matrices above all."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from peers.training import Task, training_case
from problems import rows_of_images

TASK = Task(rows_of_images, rows=5120, quick=512, batch_size=256, epochs=2, optimizer="SGD", rate=0.05)


def network(library: Any) -> Any:
    """In chainrule or Keras."""
    dense = library.layers.Dense
    hidden = [dense(1024, activation="relu") for _ in range(4)]
    return library.Sequential([library.Input((784,)), *hidden, dense(10, activation="softmax")])


def torch_network() -> Any:
    """In PyTorch."""
    from torch import nn

    widths = [784, 1024, 1024, 1024, 1024]
    hidden = [m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(1024, 10))


CASE = training_case("MLP of 4 × 1024, batch 256", TASK, network, torch_network, aims={}, tolerance=0.05)

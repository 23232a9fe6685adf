"""A perceptron with one hidden layer on 60,000 rows of the size of MNIST's, in batches of 32."""

from __future__ import annotations

from functools import partial
from typing import Any

from peers import sklearn
from peers.training import Task, training_case
from problems import rows_of_images

TASK = Task(rows_of_images, rows=60_000, quick=640, batch_size=32, epochs=2)


def network(library: Any) -> Any:
    """In chainrule or Keras."""
    dense = library.layers.Dense
    return library.Sequential(
        [library.Input((784,)), dense(128, activation="relu"), dense(10, activation="softmax")]
    )


def torch_network() -> Any:
    """In PyTorch; the softmax is in its loss."""
    from torch import nn

    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


CASE = training_case(
    "MLP 784-128-10, batch 32",
    TASK,
    network,
    torch_network,
    aims={"pytorch": 4, "keras": 2, "sklearn": 4},
    tolerance=0.05,
    others={"sklearn": partial(sklearn.trained, TASK, (128,))},
)

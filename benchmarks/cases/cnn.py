"""Two convolutions of 32 and 64 filters of 3 × 3, each with pooling, in batches of 64."""

from __future__ import annotations

from typing import Any

from peers.pytorch import flattened
from peers.training import Task, training_case
from problems import images

TASK = Task(images, rows=2560, quick=128, batch_size=64, epochs=2)


def network(library: Any) -> Any:
    """In chainrule or Keras."""
    layers = library.layers
    return library.Sequential(
        [
            library.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def torch_network() -> Any:
    """In PyTorch."""
    from torch import nn

    class Convolutions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.maps = nn.Sequential(
                nn.Conv2d(1, 32, 3),
                nn.ReLU(),
                nn.MaxPool2d(2),
                nn.Conv2d(32, 64, 3),
                nn.ReLU(),
                nn.MaxPool2d(2),
            )
            self.classes = nn.Linear(1600, 10)

        def forward(self, x: Any) -> Any:
            return self.classes(flattened(self.maps(x)))

    return Convolutions()


CASE = training_case(
    "CNN with 32 and 64 channels, batch 64",
    TASK,
    network,
    torch_network,
    aims={"pytorch": 1.15},
    tolerance=0.05,
)

"""LeNet-5 on images of the size of MNIST's, in batches of 64."""

from __future__ import annotations

from typing import Any

from peers.pytorch import flattened
from peers.training import Task, training_case
from problems import images

TASK = Task(images, rows=6400, quick=256, batch_size=64, epochs=4)


def network(library: Any) -> Any:
    """In chainrule or Keras: what ``chainrule.applications.LeNet5`` builds of images of 28 × 28."""
    layers = library.layers
    return library.Sequential(
        [
            library.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def torch_network() -> Any:
    """In PyTorch."""
    from torch import nn

    class LeNet5(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.maps = nn.Sequential(
                nn.Conv2d(1, 6, 5, padding=2),
                nn.Tanh(),
                nn.AvgPool2d(2),
                nn.Conv2d(6, 16, 5),
                nn.Tanh(),
                nn.AvgPool2d(2),
            )
            self.classes = nn.Sequential(
                nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)
            )

        def forward(self, x: Any) -> Any:
            return self.classes(flattened(self.maps(x)))

    return LeNet5()


CASE = training_case(
    "LeNet-5, batch 64", TASK, network, torch_network, aims={"pytorch": 1.15}, tolerance=0.05
)

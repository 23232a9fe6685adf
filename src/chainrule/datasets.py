"""The public image sets by Keras' names: ``datasets.mnist.load_data()`` and the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["cifar10", "cifar100", "fashion_mnist", "kmnist", "mnist"]

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class ImageSet:
    """A set of images with labels, downloaded at the first call; see :func:`chainrule.data.load`.

    ``is_grey``: an image is (height, width), and the labels (m,); else (height, width, 3), and (m, 1).
    """

    name: str
    is_grey: bool

    def load_data(self) -> tuple[Pair, Pair]:
        """((x_train, y_train), (x_test, y_test)) in bytes: pixels from 0 to 255, and labels.

        Raises OSError where the network does not give it, ValueError for a file that is damaged.
        """
        from chainrule.data.named import load_raw

        *parts, _ = load_raw(self.name)
        train, test = (
            (part.pixels[..., 0], part.labels) if self.is_grey else (part.pixels, part.labels[:, None])
            for part in parts
        )
        return train, test


mnist = ImageSet("mnist", is_grey=True)
fashion_mnist = ImageSet("fashion_mnist", is_grey=True)
kmnist = ImageSet("kmnist", is_grey=True)
cifar10 = ImageSet("cifar10", is_grey=False)
cifar100 = ImageSet("cifar100", is_grey=False)

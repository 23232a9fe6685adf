"""Layers that change images by chance while training, by their names in Keras."""

from chainrule.layers.augmentation.base import Augmentation
from chainrule.layers.augmentation.colour import RandomBrightness, RandomContrast, RandomErasing
from chainrule.layers.augmentation.geometry import (
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)

__all__ = [
    "Augmentation",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomErasing",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
]

"""Callbacks by their names, for training files."""

from __future__ import annotations

from typing import Any

from chainrule.callbacks.base import Callback
from chainrule.callbacks.checkpoints import ModelCheckpoint
from chainrule.callbacks.csv_logger import CSVLogger
from chainrule.callbacks.rates import ReduceLROnPlateau
from chainrule.callbacks.stopping import EarlyStopping, TerminateOnNaN
from chainrule.callbacks.tensorboard import TensorBoard
from chainrule.lookup import build, with_aliases

CALLBACKS = with_aliases(
    (CSVLogger, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TensorBoard, TerminateOnNaN)
)


def get(identifier: Any) -> Callback:
    """A callback from its name, its table or itself.

    Raises ValueError for a name that is not known, TypeError for an argument that is not taken.

    >>> get({"name": "EarlyStopping", "patience": 3}).patience
    3
    """
    found: Callback = build("callback", identifier, CALLBACKS, Callback)
    return found

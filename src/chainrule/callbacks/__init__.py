"""Callbacks: what is told about a run while it trains; Keras' classes and names."""

from chainrule.callbacks.backup import BackupAndRestore, Checkpoints
from chainrule.callbacks.base import (
    Callback,
    EpochLogs,
    History,
    Keeper,
    checked,
    tell_epochs,
    watches_batches,
    watches_epochs,
)
from chainrule.callbacks.checkpoints import ModelCheckpoint
from chainrule.callbacks.csv_logger import CSVLogger
from chainrule.callbacks.lambdas import LambdaCallback
from chainrule.callbacks.named import get
from chainrule.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from chainrule.callbacks.stopping import EarlyStopping, TerminateOnNaN
from chainrule.callbacks.tensorboard import TensorBoard

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "Checkpoints",
    "EarlyStopping",
    "EpochLogs",
    "History",
    "Keeper",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
    "checked",
    "get",
    "tell_epochs",
    "watches_batches",
    "watches_epochs",
]

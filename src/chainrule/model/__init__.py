"""The models that users meet: Keras' ``Model`` and ``Sequential``, trained by :mod:`chainrule.training`."""

from chainrule.model.compiled import Programs
from chainrule.model.functional import Model
from chainrule.model.loading import load_model
from chainrule.model.sequential import Sequential
from chainrule.model.stack import Stack
from chainrule.model.trained import BATCH_SIZE

__all__ = ["BATCH_SIZE", "Model", "Programs", "Sequential", "Stack", "load_model"]

"""Models, by their names in Keras."""

from chainrule.model import Model, Sequential, load_model

__all__ = ["Model", "Sequential", "load_model"]

"""Models, by their names in Keras."""

from chainrule.model import Sequential, load_model

__all__ = ["Sequential", "load_model"]

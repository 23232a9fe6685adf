"""Regularizers: what a weight's size adds to the loss; Keras' classes, names and defaults."""

from __future__ import annotations

from typing import Any

from chainrule.lookup import build, with_aliases
from chainrule.rules.rule import Rule


class Regularizer:
    """A penalty on a weight: the rule of its value, and of the gradient with the penalty's added."""

    @property
    def value(self) -> Rule:
        """The rule of the penalty, from the weight; a number."""
        raise NotImplementedError

    @property
    def gradient(self) -> Rule:
        """The rule of the gradient of loss and penalty, from (the loss's gradient, the weight)."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))


REGULARIZERS = with_aliases(())


def get(identifier: Any) -> Regularizer | None:
    """A regularizer from its name, its table or itself; None for none."""
    if identifier is None:
        return None
    found: Regularizer = build("regularizer", identifier, REGULARIZERS, Regularizer)
    return found


def serialize(regularizer: Regularizer | None) -> dict[str, Any] | None:
    """The table that :func:`get` makes the regularizer from again."""
    if regularizer is None:
        return None
    return {"class_name": type(regularizer).__name__, "config": regularizer.get_config()}

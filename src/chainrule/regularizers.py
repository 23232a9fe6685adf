"""Regularizers: what a weight's size adds to the loss; Keras' classes, names and defaults."""

from __future__ import annotations

from typing import Any

from chainrule.doors import missing, numbers, real_number
from chainrule.lookup import build, with_aliases
from chainrule.rules.arrays import Array
from chainrule.rules.penalties import regularizer_rules
from chainrule.rules.rule import Rule


class Regularizer:
    """A penalty on a weight: the rule of its value, and of the gradient with the penalty's added.

    Called with an array, a regularizer gives the penalty, as in Keras.
    """

    @property
    def value(self) -> Rule:
        """The rule of the penalty, from the weight; a number."""
        raise missing(self, "value")

    @property
    def gradient(self) -> Rule:
        """The rule of the gradient of loss and penalty, from (the loss's gradient, the weight)."""
        raise missing(self, "gradient")

    def __call__(self, W: Array) -> Array:
        return self.value(W if hasattr(W, "dtype") else numbers(W, "W").astype(float))

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))


class _Penalty(Regularizer):
    """Penalties whose strengths are the regularizer's arguments, by their kinds."""

    @property
    def value(self) -> Rule:
        return regularizer_rules(vars(self))[0]

    @property
    def gradient(self) -> Rule:
        return regularizer_rules(vars(self))[1]


class L1(_Penalty):
    """l1 · Σ|w|, which makes small weights 0. Raises ValueError for a strength below 0.

    >>> import numpy as np
    >>> L1(0.5)(np.array([3.0, -1.0])).item()
    2.0
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _strength(l1, "l1")


class L2(_Penalty):
    """l2 · Σw², which keeps weights small. Raises ValueError for a strength below 0.

    >>> import numpy as np
    >>> regularizer = L2(0.5)
    >>> W = np.array([3.0, -1.0])
    >>> regularizer(W).item(), regularizer.gradient(np.zeros(2), W).tolist()
    (5.0, [3.0, -1.0])
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _strength(l2, "l2")


class L1L2(_Penalty):
    """l1 · Σ|w| + l2 · Σw², each as strong as is asked for. Raises ValueError for a strength below 0."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = _strength(l1, "l1"), _strength(l2, "l2")


def _strength(value: Any, name: str) -> Any:
    return real_number(value, name, "be at least 0", lambda found: found >= 0)


# Keras' other names for the classes
l1, l2, l1_l2 = L1, L2, L1L2

REGULARIZERS = with_aliases((L1, L2, L1L2), l1_l2=L1L2)


def get(identifier: Any) -> Regularizer | None:
    """A regularizer from its name, its table or itself; None for none.

    >>> get("l2").get_config(), get({"name": "l1", "l1": 0.5}).get_config()
    ({'l2': 0.01}, {'l1': 0.5})
    """
    if identifier is None:
        return None
    found: Regularizer = build("regularizer", identifier, REGULARIZERS, Regularizer)
    return found


def serialize(regularizer: Regularizer | None) -> dict[str, Any] | None:
    """The table that :func:`get` makes the regularizer from again."""
    if regularizer is None:
        return None
    return {"class_name": type(regularizer).__name__, "config": regularizer.get_config()}

"""Constraints: what keeps a weight in bounds after each update; Keras' classes, names and defaults."""

from __future__ import annotations

from typing import Any

from chainrule.lookup import build, with_aliases
from chainrule.rules.rule import Rule


class Constraint:
    """Bounds of a weight: the rule that brings it back into them."""

    @property
    def rule(self) -> Rule:
        """The rule of the weight within its bounds, from the weight; its shape."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))


CONSTRAINTS = with_aliases(())


def get(identifier: Any) -> Constraint | None:
    """A constraint from its name, its table or itself; None for none."""
    if identifier is None:
        return None
    found: Constraint = build("constraint", identifier, CONSTRAINTS, Constraint)
    return found


def serialize(constraint: Constraint | None) -> dict[str, Any] | None:
    """The table that :func:`get` makes the constraint from again."""
    if constraint is None:
        return None
    return {"class_name": type(constraint).__name__, "config": constraint.get_config()}

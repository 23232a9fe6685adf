"""What follows from a student's own values, worked down the steps of a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.tape import Quantity, Tape, exact_options
from chainrule.paper.values import each

Finish = Callable[[np.ndarray], np.ndarray]
CANNOT = (ArithmeticError, ValueError, TypeError, IndexError, NotImplementedError)
"""What a rule may raise on values that no working of the question has, as a mask with a 7 in it."""


class Chain:
    """The quantities of a question, worked again from some values of a student's own.

    Only what depends on one of them is worked, and only when it is asked for. ``finish`` is applied to
    what is worked, as rounding is.
    """

    def __init__(self, tape: Tape, own: Mapping[str, np.ndarray], finish: Finish | None = None) -> None:
        self.tape, self._own, self._finish = tape, dict(own), finish
        self._values: dict[str, np.ndarray | None] = {}
        self._differs: dict[str, bool] = {}

    def differs(self, name: str) -> bool:
        """Whether a quantity depends on one of the student's own values, or is one."""
        if name not in self._differs:
            quantity = self.tape[name]
            self._differs[name] = (
                name in self._own
                or any(self.differs(i) for i in quantity.inputs)
                or (self._finish is not None and quantity.step is not None)
            )
        return self._differs[name]

    def value(self, name: str) -> np.ndarray | None:
        """The student's own value, or what follows; None where nothing can be worked."""
        if name in self._own:
            return self._own[name]
        if name not in self._values:
            self._values[name] = self.worked(name)
        return self._values[name]

    def worked(self, name: str) -> np.ndarray | None:
        """What the step of a quantity gives, whatever the student's own value of it is."""
        quantity = self.tape[name]
        if quantity.step is None or not (
            any(self.differs(i) for i in quantity.inputs) or self._finish is not None
        ):
            return quantity.value
        return self.applied(quantity, quantity.step.rule)

    def applied(
        self, quantity: Quantity, function: Callable[..., Any], inputs: tuple[str, ...] | None = None
    ) -> np.ndarray | None:
        """A function in the place of a quantity's rule, applied to the chain's values of its inputs."""
        assert quantity.step is not None
        values = [self.value(i) for i in (quantity.inputs if inputs is None else inputs)]
        if any(value is None for value in values):
            return None
        try:
            with np.errstate(all="ignore"):
                made = np.asarray(function(*values, **exact_options(quantity.step)), dtype=object)
            made = each(made, _checked)
            return made if self._finish is None else self._finish(made)
        except CANNOT:
            return None

    def with_value(self, name: str, value: np.ndarray) -> Chain:
        """The same chain, in which a quantity has this value."""
        return Chain(self.tape, {**self._own, name: value}, self._finish)


def _checked(value: Any) -> Any:
    """The value as a number where it is a closed form; one that is too large is refused."""
    if getattr(value, "is_number", False):
        value = value.number()  # a closed form, as √-1, may have none
    if isinstance(value, Number):
        value.check_size()
    return value

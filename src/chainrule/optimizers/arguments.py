"""What optimizers and schedules are made with: numbers that are checked, written down, and made exact."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Self

from chainrule.doors import real_number

COUNTS = ("steps", "boundaries")
"""What the names of arguments end in that count updates: these stay whole numbers."""


class Arguments:
    """An object that is made of its constructor's arguments, each kept under its name."""

    def arguments(self) -> dict[str, Any]:
        """The arguments by their names, as the object has them now."""
        taken = inspect.signature(type(self)).parameters.values()
        return {p.name: getattr(self, p.name) for p in taken if p.kind is p.POSITIONAL_OR_KEYWORD}

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the object again, as plain numbers, text and tables."""
        given = self.arguments()
        return {name: v.table() if isinstance(v, Arguments) else v for name, v in given.items()}

    def table(self) -> dict[str, Any]:
        """The class's name and the arguments, as Keras writes them down."""
        return {"class_name": type(self).__name__, "config": self.get_config()}

    def exactly(self, make: Callable[[Any], Any]) -> Self:
        """The same with every number made by ``make``, as to be worked by hand; counts stay as they are.

        >>> from fractions import Fraction
        >>> from chainrule.optimizers import SGD
        >>> SGD(0.5, momentum=0.25).exactly(Fraction).momentum
        Fraction(1, 4)
        """

        def made(name: str, value: Any) -> Any:
            if isinstance(value, Arguments):
                return value.exactly(make)
            if isinstance(value, list):
                return [made(name, item) for item in value]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return make(value) if is_number and not name.endswith(COUNTS) else value

        return type(self)(**{name: made(name, value) for name, value in self.arguments().items()})


def positive(value: Any, name: str) -> Any:
    """The value, or ValueError (TypeError) unless it is a number greater than 0."""
    return real_number(value, name, "be greater than 0", lambda found: found > 0)


def at_least_0(value: Any, name: str) -> Any:
    """The value, or ValueError (TypeError) unless it is a number of at least 0."""
    return real_number(value, name, "be at least 0", lambda found: found >= 0)


def share(value: Any, name: str) -> Any:
    """The value, or ValueError (TypeError) unless it is a number from 0 to 1."""
    return real_number(value, name, "lie between 0 and 1", lambda found: 0 <= found <= 1)


def fading(value: Any, name: str) -> Any:
    """The value, or ValueError (TypeError) unless it is a number from 0 up to, but not, 1."""
    return real_number(value, name, "be at least 0 and less than 1", lambda found: 0 <= found < 1)


def is_zero(value: Any) -> bool:
    """Whether a number is given and 0; a formula with a name in it is not."""
    return value is None or (getattr(value, "is_number", True) is not False and bool(value == 0))

"""Errors that name their place in the training file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.experiment.file import TrainFileError


def placed(place: str, make: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What the function gives; where it cannot, a TrainFileError with the place.

    >>> placed("layers[2]", int, "many")
    Traceback (most recent call last):
    chainrule.experiment.file.TrainFileError: layers[2]: invalid literal for int() with base 10: 'many'
    """
    try:
        return make(*arguments, **options)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise TrainFileError(f"{place}: {error}") from None

"""Errors that name their place in the training file, and its numbers as floats."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
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


def floats(value: Any) -> Any:
    """The same table with its decimals as floats.

    >>> floats({"rate": [Decimal("0.5"), 1]})
    {'rate': [0.5, 1]}
    """
    if isinstance(value, dict):
        return {key: floats(one) for key, one in value.items()}
    if isinstance(value, list):
        return [floats(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value

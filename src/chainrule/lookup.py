"""Finding a class by its name, as a string, a table or an object; one way for all vocabularies."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any


def suggest(name: str, known: Iterable[str]) -> str:
    """What was expected, and what was probably meant.

    >>> suggest("sigmod", ["relu", "sigmoid"])
    "expected one of relu, sigmoid (did you mean 'sigmoid'?)"
    """
    names = sorted(set(known))
    alike = [each for each in names if each.casefold() == str(name).casefold()]
    close = alike or difflib.get_close_matches(str(name), names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return f"expected one of {', '.join(names)}{hint}"


def snake_case(name: str) -> str:
    """A class name as Keras writes it in strings.

    >>> snake_case("MeanSquaredError"), snake_case("SGD"), snake_case("KLDivergence")
    ('mean_squared_error', 'sgd', 'kl_divergence')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def build(kind: str, identifier: Any, classes: Mapping[str, type], base: type) -> Any:
    """An object of a vocabulary from a name, a table (``name`` and its arguments) or itself.

    Tables are those of a worksheet (``{name = "SGD", learning_rate = 0.01}``) or those that
    ``get_config`` of a saved model holds (``{"class_name": …, "config": {…}}``).

    Raises ValueError for a name that is not known, TypeError for an argument that is not taken.
    """
    if isinstance(identifier, base):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, base):
        return identifier()
    name, arguments = _split(kind, identifier)
    if name not in classes:
        raise ValueError(f"unknown {kind} {name!r}: {suggest(name, classes)}")
    made = classes[name]
    taken = inspect.signature(made).parameters
    for argument in arguments:
        if argument not in taken:
            raise TypeError(f"{kind} {name!r} has no argument {argument!r}: {suggest(argument, taken)}")
    for argument, parameter in taken.items():
        if argument in arguments:
            if parameter.annotation not in ("Any", Any):  # then the class checks it itself
                _check_like(argument, arguments[argument], parameter.default)
        elif parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            raise TypeError(f"{kind} {name!r} needs the argument {argument!r}")
    return made(**arguments)


def _check_like(argument: str, value: Any, default: Any) -> None:
    """Raise TypeError for what is no truth value, or no number, where the default is one."""
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise TypeError(f"{argument} must be true or false, got {value!r}")
    elif isinstance(default, int | float) and (isinstance(value, bool) or not hasattr(value, "__float__")):
        raise TypeError(f"{argument} must be a number, got {value!r}")


def _split(kind: str, identifier: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(identifier, str):
        return identifier, {}
    if isinstance(identifier, Mapping):
        table = dict(identifier)
        if "class_name" in table:
            config = table.get("config", {})
            if not isinstance(config, Mapping):
                raise TypeError(f"the config of the {kind} must be a table, got {config!r}")
            return str(table["class_name"]), dict(config)
        if "name" in table:
            return str(table.pop("name")), table
        raise ValueError(f"a table for the {kind} needs a 'name', got {sorted(table)}")
    raise TypeError(f"{kind} must be a name, a table or an object, got {type(identifier).__name__}")


def with_aliases(classes: Iterable[type], **aliases: type) -> dict[str, type]:
    """Each class by its own name, its name in lower case with underscores, and its aliases."""
    table: dict[str, type] = {}
    for made in classes:
        table[made.__name__] = made
        table[snake_case(made.__name__)] = made
    return {**table, **aliases}

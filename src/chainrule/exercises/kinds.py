"""Kinds of questions: what each topic draws, how hard, and what its numbers must be like."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from chainrule.exercises import topics
from chainrule.exercises.draws import Difficulty, Draw
from chainrule.lookup import suggest
from chainrule.paper.workings import Working

Drawn = dict[str, Any]
"""The keys of a worksheet's question but id and topic: ``text``, ``find``, ``given`` and, where they are
wanted, ``marks``, ``rounding``, ``convention``, ``digits``. Its decimals are Decimals, its fractions text."""


def _any(_: Working) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """A kind of question: what draws one, for which difficulties, and which of those drawn will do.

    ``suits`` looks at a question that is worked, and says whether its numbers are as they should be (no
    dead ReLU, distinct eigenvalues); one that does not suit is drawn anew. A kind with ``when_asked`` is
    drawn only where it is asked for by its name.
    """

    name: str
    difficulties: tuple[Difficulty, ...]
    draw: Callable[[Draw], Drawn]
    suits: Callable[[Working], bool] = _any
    when_asked: bool = False

    @property
    def what(self) -> str:
        """What its questions are about, in a line."""
        return (self.draw.__doc__ or "").partition("\n")[0].rstrip(".")


def kind(
    *difficulties: Difficulty, suits: Callable[[Working], bool] = _any, when_asked: bool = False
) -> Callable[[Callable[[Draw], Drawn]], Kind]:
    """Makes a kind of question of a function that draws one; its name is the function's."""

    def made(draw: Callable[[Draw], Drawn]) -> Kind:
        return Kind(draw.__name__, difficulties, draw, suits, when_asked)

    return made


@cache
def topics_with_kinds() -> tuple[str, ...]:
    """The topics of which there are exercises, in the order of the alphabet."""
    found = (module.name for module in pkgutil.iter_modules(topics.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


@cache
def kinds(topic: str) -> tuple[Kind, ...]:
    """The kinds of questions of a topic, in the order in which its module has them.

    Raises ValueError for a topic that is not known.

    >>> "mean_squared_error" in [each.name for each in kinds("loss")]
    True
    """
    if topic not in topics_with_kinds():
        raise ValueError(f"no topic {topic!r}; {suggest(topic, topics_with_kinds())}")
    module = import_module(f"{topics.__name__}.{topic}")
    return tuple(value for value in vars(module).values() if isinstance(value, Kind))

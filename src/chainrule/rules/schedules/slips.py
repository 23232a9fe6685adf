"""Slips that several schedules have, first of all in counting the updates."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.rules.arrays import Array
from chainrule.rules.rule import Rule, Slip


def _later(function: Callable[..., Array], tex: str) -> Slip:
    """The slip of a rule that counts updates from 0."""

    def counted(learning_rate: Array, t: Array, **options: Array) -> Array:
        return function(learning_rate, t + 1, **options)

    return Slip("counted_from_one", "the updates are counted from 1", counted, _with_count(tex, "+ 1"))


def earlier(function: Callable[..., Array], tex: str) -> Slip:
    """The slip of a rule that counts updates from 1."""

    def counted(learning_rate: Array, t: Array, **options: Array) -> Array:
        return function(learning_rate, t - 1, **options)

    return Slip("counted_from_zero", "the updates are counted from 0", counted, _with_count(tex, "- 1"))


def _with_count(tex: str, more: str) -> str:
    return tex.replace("<t>", f"(<t> {more})")


def counted(made: Rule) -> Rule:
    """A rule of updates counted from 0 with the slip of counting them from 1."""
    slipped = made.with_slips(_later(made.function, made.tex))
    object.__setattr__(slipped, "__doc__", made.__doc__)
    return slipped


SMOOTH = "it falls smoothly instead of in steps"
NO_STEPS = "the number of steps that the rate falls in is left out"

"""Names of events, hypotheses and outcomes: in formulas, and in the names of quantities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from chainrule.paper.sheet import SheetError
from chainrule.paper.words import text_tex

LONGEST_NAME = 40
MOST_SHOWN = 12
"""Outcomes of a set that are written out."""


def key(name: str) -> str:
    """A name as a part of the name of a quantity.

    >>> key("not spam")
    'not_spam'
    """
    return re.sub(r"\W+", "_", name).strip("_")


def name_tex(name: str) -> str:
    """A name in a formula: a letter as a letter, words as words.

    >>> name_tex("A"), name_tex("not spam")
    ('A', '\\\\text{not spam}')
    """
    return name if re.fullmatch("[A-Za-z]", name) else text_tex(name)


def check_names(place: str, names: Iterable[str]) -> None:
    """Raise SheetError for names that are empty, too long, or the same but for spaces and signs."""
    seen: dict[str, str] = {}
    for name in names:
        if not key(name) or len(name) > LONGEST_NAME:
            raise SheetError(
                f"{place}: {name[:LONGEST_NAME]!r} is no name; "
                f"expected letters or digits, at most {LONGEST_NAME}"
            )
        if key(name) in seen:
            raise SheetError(f"{place}: {seen[key(name)]!r} and {name!r} cannot be told apart; rename one")
        seen[key(name)] = name


def set_tex(members: Sequence[str]) -> str:
    """A set of outcomes in TeX; of a large one, the first few."""
    if not members:
        return r"\emptyset"
    shown = [text_tex(member) for member in members[:MOST_SHOWN]]
    return r"\{" + ", ".join([*shown, *([r"\dots"] if len(members) > MOST_SHOWN else [])]) + r"\}"

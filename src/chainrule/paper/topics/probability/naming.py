"""Names of events, hypotheses and outcomes: in formulas, and in the names of quantities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import permutations

from chainrule.paper.sheet import SheetError
from chainrule.paper.words import text_tex

LONGEST_NAME = 40
MOST_SHOWN = 12
"""Outcomes of a set that are written out."""
POSSIBLE = "possible"
"""The quantity that is the size of the sample space."""


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


def check_names(place: str, names: Iterable[str], complements: bool = False) -> None:
    """Raise SheetError for names that are empty, too long, or cannot be told apart.

    What is worked has a name made of theirs, as ``P_A_and_B``: an event named "A and B" beside A and B
    would be taken for it, and one named "not A" for the complement of A, where ``complements`` are worked.
    """
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
    made = [f"not {name}" for name in seen.values()] if complements else []
    for word in ("and", "or", "given", "times"):
        made += [f"{a} {word} {b}" for a, b in permutations(seen.values(), 2)]
    count = Counter([*seen, *map(key, made)])
    for name in made:
        if count[key(name)] > 1:
            raise SheetError(f"{place}: {name!r} could mean two things with these names; rename one")


def space_tex(names: Iterable[str]) -> str:
    """The letter of the sample space: S, or Ω where an event is called S."""
    return r"\Omega" if "S" in map(key, names) else "S"


def set_tex(members: Sequence[str]) -> str:
    """A set of outcomes in TeX; of a large one, the first few."""
    if not members:
        return r"\emptyset"
    shown = [text_tex(member) for member in members[:MOST_SHOWN]]
    return r"\{" + ", ".join([*shown, *([r"\dots"] if len(members) > MOST_SHOWN else [])]) + r"\}"

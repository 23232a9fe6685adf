"""Events: on a sample space whose outcomes are listed, or by their sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from chainrule.paper.distributions import (
    agree,
    check_probabilities,
    check_probability,
    is_known,
    said,
    verdict,
)
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.probability import variables
from chainrule.paper.topics.probability.given import Given
from chainrule.paper.topics.probability.naming import (
    POSSIBLE,
    check_names,
    key,
    name_tex,
    set_tex,
    space_tex,
)
from chainrule.paper.topics.probability.spaces import Space
from chainrule.paper.words import text_tex
from chainrule.rules.probability import events as rules


@dataclass(frozen=True)
class Pair:
    """Two events: the names of their probabilities, and of what is worked from them."""

    first: str
    second: str

    @property
    def names(self) -> tuple[str, str]:
        return self.first, self.second

    @property
    def both(self) -> str:
        return f"P_{key(self.first)}_and_{key(self.second)}"

    @property
    def both_tex(self) -> str:
        return rf"P({name_tex(self.first)} \cap {name_tex(self.second)})"


def solve_space(page: Page, given: Given) -> None:
    """Work events, and the variable, on a sample space whose outcomes are listed."""
    space = _space(given)
    chances = _chances(page, given, space)
    letter = space_tex(given.events or ())
    page.part("space", "Sample space")
    page.remark(f"${letter} = {set_tex(space.outcomes)}$, so $n({letter}) = {len(space.outcomes)}$.")
    if chances is None:
        page.remark("All outcomes are equally likely.")
    page.give(POSSIBLE, len(space.outcomes), symbol=f"n({letter})", hidden=True)
    found = {name: space.event(each, f"given.events.{name}") for name, each in (given.events or {}).items()}
    check_names("given.events", found, complements=True)
    probability = partial(_probability, page, space, chances)
    page.part("events", "Events")
    for name, members in found.items():
        page.remark(f"${name_tex(name)} = {set_tex(members)}$, so $n({name_tex(name)}) = {len(members)}$.")
        probability(f"P_{key(name)}", name_tex(name), members)
    _complements(page, list(found))
    for pair in _pairs(list(found)):
        first, second = (found[name] for name in pair.names)
        members = [outcome for outcome in first if outcome in second]
        _about(page, pair)
        both = rf"{name_tex(pair.first)} \cap {name_tex(pair.second)}"
        page.remark(f"${both} = {set_tex(members)}$, so $n({both}) = {len(members)}$.")
        probability(pair.both, both, members)
        _work_pair(page, pair)
    if len(found) == 2:
        _picture(page, *_pairs(list(found)))
    if given.variable is not None:
        values = space.variable(given.variable, page.exact)
        variables.on_outcomes(page, space.outcomes, values, chances)


def solve_sizes(page: Page, given: Given) -> None:
    """Work two events of which sizes or probabilities are given."""
    assert given.events is not None
    names = list(given.events)
    check_names("given.events", names, complements=True)
    if bad := [name for name in names if isinstance(given.events[name], (list, dict))]:
        raise SheetError(
            f"given.events.{bad[0]}: a list of outcomes needs a sample space: give space, coins or dice"
        )
    if len(names) != 2 and given.both is not None:
        raise SheetError(f"given.both: is about two events; got {len(names)}")
    sizes = {name: page.exact(value) for name, value in given.events.items()}
    if any(size.ndim for size in sizes.values()):
        raise SheetError("given.events: expected one number for each event")
    both_size = page.exact(given.both) if given.both is not None else None
    total = page.exact(given.total)[()] if given.total is not None else None
    _check_sizes({name: size[()] for name, size in sizes.items()}, both_size, total)
    if total is not None:
        page.give(POSSIBLE, total, symbol=f"n({space_tex(names)})")
    page.part("events", "Events")
    for name in names:
        _give_or_share(page, key(name), name_tex(name), sizes[name], total is not None)
    _complements(page, names)
    if both_size is not None:
        pair = Pair(*names)
        _about(page, pair)
        both = rf"{name_tex(pair.first)} \cap {name_tex(pair.second)}"
        _give_or_share(page, pair.both.removeprefix("P_"), both, both_size, total is not None)
        _work_pair(page, pair)
        _picture(page, pair)


def _give_or_share(page: Page, name: str, tex: str, size: np.ndarray, is_size: bool) -> None:
    """A probability as it is given, or worked as a share of the sample space."""
    if not is_size:
        page.give(f"P_{name}", size, symbol=f"P({tex})")
        return
    page.give(f"n_{name}", size, symbol=f"n({tex})")
    page.work(f"P_{name}", rules.classical, f"n_{name}", POSSIBLE, symbol=f"P({tex})")


def _check_sizes(sizes: dict[str, Any], both_size: np.ndarray | None, total: Any) -> None:
    both = both_size[()] if both_size is not None else None
    placed = [(f"given.events.{name}", size) for name, size in sizes.items()]
    placed += [("given.both", both)] if both is not None else []
    if total is not None and is_known(total) and not total > 0:
        raise SheetError(f"given.total: {said(total)} outcomes; expected more than 0")
    for place, size in placed:
        if total is None:
            check_probability(place, size)
        elif is_known(size) and (size < 0 or (is_known(total) and size > total)):
            raise SheetError(f"{place}: {said(size)} is not between 0 and the total, {said(total)}")
    if both is None or not all(map(is_known, [*sizes.values(), both, total or Number(1)])):
        return
    for name, size in sizes.items():
        if both > size:
            raise SheetError(f"given.both: {said(both)} is more than {name} alone has, {said(size)}")
    either = sum(sizes.values(), start=Number(0)) - both
    if either > (1 if total is None else total):
        raise SheetError(f"given.both: {said(both)} is too small: the union would have {said(either)}")


def _space(given: Given) -> Space:
    kinds = [key for key in ("space", "coins", "dice") if getattr(given, key) is not None]
    if len(kinds) > 1:
        raise SheetError(f"given: {kinds[0]} and {kinds[1]} are two sample spaces; give one of them")
    if given.coins is not None:
        return Space.of_coins(given.coins)
    if given.dice is not None:
        return Space.of_dice(given.dice, given.sides)
    outcomes = given.space or []
    if len(set(outcomes)) < len(outcomes):
        twice = next(o for i, o in enumerate(outcomes) if o in outcomes[:i])
        raise SheetError(f"given.space: {twice!r} stands there twice; outcomes must differ")
    return Space(outcomes, {})


def _chances(page: Page, given: Given, space: Space) -> np.ndarray | None:
    """The probability of each outcome; None where all are equally likely."""
    if given.probabilities is None:
        return None
    chances = page.exact(given.probabilities)
    if len(chances) != len(space.outcomes):
        raise SheetError(
            f"given.probabilities: {len(chances)} of them for {len(space.outcomes)} outcomes; "
            "expected one for each"
        )
    check_probabilities("given.probabilities", chances)
    page.give("p_o", chances, symbol="P(o)")
    return chances


def _probability(
    page: Page, space: Space, chances: np.ndarray | None, name: str, tex: str, members: Sequence[str]
) -> None:
    """The probability of an event from its outcomes: counted, or added where they differ."""
    if chances is None:
        page.give(f"n_{name.removeprefix('P_')}", len(members), symbol=f"n({tex})", hidden=True)
        page.work(name, rules.classical, f"n_{name.removeprefix('P_')}", POSSIBLE, symbol=f"P({tex})")
        return
    inside = np.array([p for o, p in zip(space.outcomes, chances, strict=True) if o in members], dtype=object)
    page.give(f"parts_of_{name}", inside, symbol="P(o)", hidden=True)
    page.work(name, rules.sum_over(rf"o \in {tex}"), f"parts_of_{name}", symbol=f"P({tex})")


def _complements(page: Page, names: Sequence[str]) -> None:
    for name in names:
        symbol = rf"P({name}^{{c}})" if name_tex(name) == name else f"P({text_tex(f'not {name}')})"
        page.work(f"P_not_{key(name)}", rules.complement, f"P_{key(name)}", symbol=symbol)


def _pairs(names: Sequence[str]) -> list[Pair]:
    return [Pair(*pair) for pair in combinations(names, 2)]


def _about(page: Page, pair: Pair) -> None:
    together = f"{key(pair.first)}_{key(pair.second)}"
    page.part(together, as_prose(f"{pair.first} and {pair.second}"))


def _work_pair(page: Page, pair: Pair) -> None:
    """Union, both conditional probabilities, and whether the two are independent."""
    (a, b), (tex_a, tex_b) = pair.names, (name_tex(name) for name in pair.names)
    p_a, p_b = f"P_{key(a)}", f"P_{key(b)}"
    either = rf"P({tex_a} \cup {tex_b})"
    page.work(f"P_{key(a)}_or_{key(b)}", rules.union, p_a, p_b, pair.both, symbol=either)
    for event, condition in (pair.names, pair.names[::-1]):
        _conditional(page, pair, event, condition)
    expected = f"P_{key(a)}_times_P_{key(b)}"
    page.work(expected, rules.product, p_a, p_b, symbol=rf"P({tex_a}) \, P({tex_b})")
    independent = agree(page[pair.both][()], page[expected][()])
    if not independent and not is_known(page[pair.both][()] - page[expected][()]):
        page.remark(rf"Independent exactly if ${pair.both_tex} = P({tex_a}) \, P({tex_b})$.")
        return
    sign = "=" if independent else r"\ne"
    compared = rf"{_bare(page, pair.both)} {sign} {_bare(page, expected)}"
    compare = verdict(rules.equal, "yes" if independent else "no")
    page.work(f"independent_{key(a)}_{key(b)}", compare, pair.both, expected, symbol=r"\text{independent}")
    said_so = "independent" if independent else "not independent"
    page.remark(
        rf"${pair.both_tex} {sign} P({tex_a}) \, P({tex_b})$, as ${compared}$: "
        rf"${tex_a}$ and ${tex_b}$ are {said_so}."
    )
    if is_known(page[pair.both][()]) and page[pair.both][()] == 0:
        page.remark(rf"${pair.both_tex} = 0$: ${tex_a}$ and ${tex_b}$ exclude each other.")


def _bare(page: Page, name: str) -> str:
    return page.write(page[name][()]).strip("$").removeprefix(r"\approx ")


def _conditional(page: Page, pair: Pair, event: str, condition: str) -> None:
    name = f"P_{key(event)}_given_{key(condition)}"
    symbol = rf"P({name_tex(event)} \mid {name_tex(condition)})"
    below = page[f"P_{key(condition)}"][()]
    if not (is_known(below) and below == 0):
        rule = rules.conditional_beside(f"P_{key(event)}")
        page.work(name, rule, pair.both, f"P_{key(condition)}", symbol=symbol)
        return
    if name in (page.question.find or []):
        raise SheetError(f"find: {name} is not defined: {condition} is impossible, its probability is 0")
    page.remark(rf"${symbol}$ is not defined: ${name_tex(condition)}$ is impossible, ${_p(condition)} = 0$.")


def _p(name: str) -> str:
    return f"P({name_tex(name)})"


def _picture(page: Page, pair: Pair) -> None:
    """The two events as circles, with the probability of every region."""
    values = [page[f"P_{key(pair.first)}"][()], page[f"P_{key(pair.second)}"][()], page[pair.both][()]]
    if not all(is_known(v) for v in values):
        return
    p, q, both = values
    regions = (p - both, both, q - both, 1 - (p + q - both))
    page.part("picture", "Venn diagram")
    texts = tuple(page.write(region) for region in regions)
    page.picture(as_prose(f"{pair.first} and {pair.second}"), partial(_venn, pair.names, texts))


def _venn(names: tuple[str, str], texts: tuple[str, ...]) -> str:
    from chainrule.paper.topics.probability.pictures import venn

    return venn(names, texts)

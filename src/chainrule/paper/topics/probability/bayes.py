"""Bayes' theorem: from priors and likelihoods to the probability of each hypothesis."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.distributions import agree, check_probabilities, check_probability, is_known, said
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.probability.given import Given
from chainrule.paper.topics.probability.naming import check_names, key, name_tex
from chainrule.rules.probability import events as rules

MOST_HYPOTHESES = 12


def solve(page: Page, given: Given) -> None:
    """Work the joint probabilities, the evidence, and the posterior of every hypothesis."""
    prior, likelihood = _tables(page, given)
    names, evidence = list(likelihood), given.evidence
    check_names("given.likelihood", [*names, evidence])
    e, e_tex = key(evidence), name_tex(evidence)
    rest = [name for name in names if name not in prior]
    page.part("prior", "Prior")
    for name in prior:
        page.give(f"P_{key(name)}", prior[name], symbol=f"P({name_tex(name)})")
    if rest:
        _work_rest(page, rest[0], list(prior))
    _check_prior(page, names)
    for name in names:
        symbol = rf"P({e_tex} \mid {name_tex(name)})"
        page.give(f"P_{e}_given_{key(name)}", likelihood[name], symbol=symbol)
    page.part("joint", "Joint probabilities")
    for name in names:
        symbol = rf"P({e_tex} \cap {name_tex(name)})"
        page.work(
            f"P_{e}_and_{key(name)}",
            rules.product,
            f"P_{e}_given_{key(name)}",
            f"P_{key(name)}",
            symbol=symbol,
        )
    page.part("evidence", "Evidence")
    page.remark("The rule of total probability: the hypotheses exclude each other, and one of them holds.")
    joint = [f"P_{e}_and_{key(name)}" for name in names]
    total = page.work(f"P_{e}", rules.added(len(names)), *joint, symbol=f"P({e_tex})")[()]
    if is_known(total) and total == 0:
        raise SheetError(
            f"given.likelihood: {evidence!r} is impossible, its probability is 0; "
            "nothing follows from observing it"
        )
    page.part("posterior", "Posterior")
    for name in names:
        symbol = rf"P({name_tex(name)} \mid {e_tex})"
        rule = rules.conditional_beside(f"P_{key(name)}")
        page.work(f"P_{key(name)}_given_{e}", rule, f"P_{e}_and_{key(name)}", f"P_{e}", symbol=symbol)
    _compare(page, names, evidence)
    if all(
        is_known(page[f"P_{key(name)}"][()]) and is_known(page[f"P_{e}_given_{key(name)}"][()])
        for name in names
    ):
        _picture(page, names, evidence)


def _tables(page: Page, given: Given) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Priors and likelihoods; of one hypothesis the prior may be left out, as what remains."""
    for place in ("prior", "likelihood"):
        if getattr(given, place) is None:
            raise SheetError(f"given.{place}: is missing; Bayes' theorem needs prior and likelihood")
    prior = {name: page.exact(value) for name, value in (given.prior or {}).items()}
    likelihood = {name: page.exact(value) for name, value in (given.likelihood or {}).items()}
    if not 2 <= len(likelihood) <= MOST_HYPOTHESES:
        raise SheetError(f"given.likelihood: {len(likelihood)} hypotheses; expected 2 to {MOST_HYPOTHESES}")
    if unknown := sorted(set(prior) - set(likelihood)):
        raise SheetError(f"given.likelihood.{unknown[0]}: is missing; expected one for each hypothesis")
    if len(missing := [name for name in likelihood if name not in prior]) > 1:
        raise SheetError(
            f"given.prior.{missing[0]}: is missing; of one hypothesis alone it follows from the others"
        )
    for place, table in (("prior", prior), ("likelihood", likelihood)):
        for name, value in table.items():
            check_probability(f"given.{place}.{name}", value[()])
    return prior, likelihood


def _work_rest(page: Page, name: str, others: list[str]) -> None:
    """The prior that was left out: what the others leave of 1."""
    given, symbol = [f"P_{key(other)}" for other in others], f"P({name_tex(name)})"
    taken = given[0]
    if len(given) > 1:
        taken = "P_others"
        page.work(taken, rules.added(len(given)), *given, symbol=r"P(\text{the others})")
    left = page.work(f"P_{key(name)}", rules.complement, taken, symbol=symbol)[()]
    if is_known(left) and left < 0:
        raise SheetError(f"given.prior: add up to {said(1 - left)}; priors add up to 1 at most")


def _check_prior(page: Page, names: list[str]) -> None:
    values = np.array([page[f"P_{key(name)}"][()] for name in names], dtype=object)
    if page.question.rounding is None:
        check_probabilities("given.prior", values, "priors of all hypotheses")


def _compare(page: Page, names: list[str], evidence: str) -> None:
    """Which hypothesis is the most probable one now."""
    posterior = {name: page[f"P_{key(name)}_given_{key(evidence)}"][()] for name in names}
    if not all(is_known(v) for v in posterior.values()):
        return
    best = names[0]
    for name in names[1:]:
        if not agree(posterior[name], posterior[best]) and posterior[name] > posterior[best]:
            best = name
    before, after = page[f"P_{key(best)}"][()], posterior[best]
    page.remark(
        f"Most probable once {as_prose(evidence)} is observed: {as_prose(best)}, "
        f"{page.decimal(after)}; before, it was {page.decimal(before)}."
    )


def _picture(page: Page, names: list[str], evidence: str) -> None:
    e = key(evidence)

    def written(value: Any) -> str:
        return page.write(value)

    branches = tuple(
        (
            name,
            written(page[f"P_{key(name)}"][()]),
            written(page[f"P_{e}_given_{key(name)}"][()]),
            written(1 - page[f"P_{e}_given_{key(name)}"][()]),
            written(page[f"P_{e}_and_{key(name)}"][()]),
        )
        for name in names
    )
    page.part("picture", "Tree")
    page.picture(f"Tree of {as_prose(evidence)}", partial(_tree, evidence, branches))


def _tree(evidence: str, branches: tuple[tuple[str, ...], ...]) -> str:
    from chainrule.paper.topics.probability.pictures import tree

    return tree(evidence, branches)

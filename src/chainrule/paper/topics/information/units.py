"""Units of information, and what the parts of this topic share."""

from __future__ import annotations

from chainrule.paper.distributions import agree, verdict
from chainrule.paper.page import Page
from chainrule.rules.information import logarithms as rules
from chainrule.rules.probability.densities import difference
from chainrule.rules.rule import Rule

UNITS = {"2": "bits", "e": "nats", "10": "hartleys"}
CROSS_ENTROPY = r"CE({} \parallel {})"
DIVERGENCE = r"KL({} \parallel {})"


def say_unit(page: Page, base: str) -> None:
    """What the numbers of this question are counted in."""
    unit = UNITS.get(base, f"units of base {base}")
    page.remark(f"The logarithm is ${rules.log_tex(base)}$, so all of it is in {unit}.")


def infinite(rule: Rule) -> Rule:
    """The rule where it gives infinity, which is no number."""
    return verdict(rule, "infinite")


def check_identity(page: Page, first: str, second: str, symbol: str) -> None:
    """Work the divergence as CE - H too, and say that it is the same."""
    page.part("check", "Check")
    other = page.work("KL_by_entropies", difference, "CE", first, symbol=DIVERGENCE.format(*symbol))
    if agree(other[()], page[second][()]):
        page.remark("The same: cross-entropy is entropy plus divergence.")

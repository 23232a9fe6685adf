"""What is given in a question of the topic ``probability``."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from chainrule.paper.distributions import DensityTable
from chainrule.paper.limits import Ends
from chainrule.paper.sheet import Matrix, Scalar, Strict, Vector
from chainrule.paper.topics.probability.naming import LONGEST_NAME
from chainrule.paper.topics.probability.spaces import MOST_COINS, MOST_DICE, MOST_OUTCOMES, MOST_SIDES
from chainrule.paper.values import read_array

MOST_EVENTS = 6
MOST_INTERVALS = 12

KINDS: dict[str, tuple[set[str], set[str]]] = {
    "a sample space": (
        {"space", "coins", "dice"},
        {"sides", "probabilities", "events", "variable"},
    ),
    "events by their sizes": ({"events"}, {"both", "total"}),
    "Bayes' theorem": ({"prior", "likelihood"}, {"evidence"}),
    "a table of counts": ({"counts"}, {"rows", "columns"}),
    "a random variable": ({"values"}, {"probabilities"}),
    "two random variables": ({"joint"}, {"x", "y"}),
    "a density": ({"density"}, {"at", "between"}),
}
"""What a question may be about: the keys that say so, and those that may stand beside them."""


Outcome = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


def _events(raw: Any) -> Any:
    if not isinstance(raw, dict) or not raw:
        raise ValueError("expected a table of events, as { A = ['HH', 'HT'] }")
    return {name: each if isinstance(each, (list, dict)) else read_array(each) for name, each in raw.items()}


def _variable(raw: Any) -> Any:
    return raw if isinstance(raw, str) else read_array(raw)


class Given(Strict):
    """What is given in a question of the topic ``probability``."""

    space: list[Outcome] | None = Field(
        None, min_length=1, max_length=MOST_OUTCOMES, description="all outcomes"
    )
    coins: int | None = Field(None, ge=1, le=MOST_COINS, description="so many coins are tossed: HH, HT, …")
    dice: int | None = Field(None, ge=1, le=MOST_DICE, description="so many dice are rolled")
    sides: int = Field(6, ge=2, le=MOST_SIDES, description="of each of the dice")
    probabilities: Vector | None = Field(None, description="of the outcomes or of the values, in their order")
    events: Annotated[dict[str, Any] | None, BeforeValidator(_events)] = Field(
        None,
        max_length=MOST_EVENTS,
        description="by name: its outcomes; { heads = [0, 2] } or { total = [7] }; its size or probability",
    )
    variable: Annotated[Any, BeforeValidator(_variable)] = Field(
        None, description="a value per outcome; or 'heads', 'tails', 'total'"
    )
    both: Scalar | None = Field(None, description="size or probability of the intersection of two events")
    total: Scalar | None = Field(None, description="size of the sample space, where events have sizes")
    prior: dict[str, Scalar] | None = Field(None, description="probability of each hypothesis")
    likelihood: dict[str, Scalar] | None = Field(
        None, description="probability of the evidence under each hypothesis"
    )
    evidence: str = Field("E", min_length=1, description="what is observed")
    counts: Matrix | None = Field(None, description="how often each row and column came together")
    rows: list[str] | None = Field(None, description="names of the rows")
    columns: list[str] | None = Field(None, description="names of the columns")
    values: Vector | None = Field(None, description="values of a random variable")
    x: Vector | None = Field(None, description="values of X, a row of the joint table each")
    y: Vector | None = Field(None, description="values of Y, a column of the joint table each")
    joint: Matrix | None = Field(None, description="P(X = x, Y = y)")
    density: DensityTable | None = None
    at: Vector | None = Field(
        None, description="points at which density and distribution function are worked"
    )
    between: list[Ends] | None = Field(
        None,
        min_length=1,
        max_length=MOST_INTERVALS,
        description="pairs of ends: P(c ≤ X ≤ d) is worked",
    )

    @property
    def kind(self) -> str:
        """What the question is about."""
        found = [kind for kind, (keys, _) in KINDS.items() if keys & self.model_fields_set]
        return found[0] if found else ""

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if not self.kind:
            expected = ", ".join(sorted({key for keys, _ in KINDS.values() for key in keys}))
            raise ValueError(f"nothing to work with; expected one of {expected}")
        own, beside = KINDS[self.kind]
        if other := sorted(self.model_fields_set - own - beside):
            raise ValueError(
                f"{other[0]} does not go with {min(own & self.model_fields_set)}, "
                f"which is about {self.kind}; beside it may stand {', '.join(sorted(own | beside))}"
            )
        return self

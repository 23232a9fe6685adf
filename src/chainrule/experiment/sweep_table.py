"""The table ``[sweep]`` of a training file: which keys vary, how they are gone through, what counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from chainrule.lookup import suggest
from chainrule.paper.sheet import Strict, shown
from chainrule.sweeps import Halving, Range
from chainrule.sweeps.results import Goal
from chainrule.sweeps.space import Search, variants_of

_ENDS = ("low", "high", "scale")
_SCHEMA = {
    "description": "A list of values, or a range to draw from",
    "anyOf": [
        {"type": "array", "minItems": 1},
        {
            "type": "object",
            "properties": {
                "low": {"type": "number"},
                "high": {"type": "number"},
                "scale": {"enum": ["linear", "log"]},
            },
            "required": ["low", "high"],
            "additionalProperties": False,
        },
    ],
}


def _choices(given: Any) -> Any:
    """A list as it is, its whole numbers decimals where others are; a table as a range."""
    if isinstance(given, list):
        if any(isinstance(one, Decimal) for one in given):
            return [Decimal(one) if type(one) is int else one for one in given]
        return given
    if not isinstance(given, dict):
        raise ValueError(
            f"expected a list of values, or a range as {{ low = 0.001, high = 1 }}; got {shown(given)}"
        )
    for key in given:
        if key not in _ENDS:
            raise ValueError(f"unknown key {key!r} of a range; {suggest(key, _ENDS)}")
    for key in ("low", "high"):
        if key not in given:
            raise ValueError(f"a range needs {key}, as {{ low = 0.001, high = 1 }}")
        if isinstance(given[key], bool) or not isinstance(given[key], int | Decimal):
            raise ValueError(f"{key} must be a number; got {shown(given[key])}")
    ends: dict[str, Any] = {
        key: float(one) if isinstance(one, Decimal) else one for key, one in given.items()
    }
    return Range(**ends)


Over = Annotated[Any, BeforeValidator(_choices), WithJsonSchema(_SCHEMA)]


class HalvingTable(Strict):
    """Successive halving: the best 1/factor go on for factor times as many epochs, again and again."""

    factor: int = Field(3, ge=2, description="one of so many variants goes on")
    first: int = Field(1, ge=1, description="the epochs after which the first are left behind")


class SweepTable(Strict):
    """Many variants of the file, to be trained at once."""

    over: dict[str, Over] = Field(min_length=1, description="dotted keys of the file, and what they take")
    search: Search | None = Field(None, description="grid, or random; random where there is a range")
    count: int | None = Field(None, ge=1, description="how many variants are drawn by chance")
    seeds: int = Field(1, ge=1, le=1000, description="from how many seeds each variant is trained")
    measure: str | None = Field(None, description="the log that counts; val_loss, or loss")
    goal: Goal | None = Field(None, description="whether it should be small or large; by its name if absent")
    halving: HalvingTable | None = None
    at_once: int | None = Field(None, ge=1, description="the most variants that one program trains at once")

    @model_validator(mode="after")
    def _seeds_once(self) -> SweepTable:
        if "seed" in self.over and self.seeds > 1:
            raise ValueError("over.seed and seeds both vary the seed; leave one of them out")
        return self

    def variants(self, seed: int) -> list[dict[str, Any]]:
        """The values of each variant; drawn ones from this seed. Raises ValueError as variants_of does."""
        return variants_of(self.over, self.search, self.count, seed)

    def halved(self) -> Halving | None:
        """The halving that is asked for."""
        return None if self.halving is None else Halving(self.halving.factor, self.halving.first)

"""What is given in a question of the topic ``information``."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from chainrule.paper.distributions import DensityTable
from chainrule.paper.sheet import Matrix, Strict, Vector

LARGEST_BASE = 1000
KINDS = {
    "p": {"p", "q", "names"},
    "joint": {"joint", "rows", "columns"},
    "counts": {"counts", "rows", "columns"},
    "f": {"f", "g"},
}
"""The key that says what a question is about, and the keys that may stand beside it."""


def _base(raw: Any) -> Any:
    expected = f"expected 2, 'e', 10, or another number greater than 1 and at most {LARGEST_BASE}"
    if raw == "e":
        return "e"
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, float)):
        raise ValueError(f"{expected}; got {str(raw)[:20]!r}")
    if not 1 < raw <= LARGEST_BASE:
        raise ValueError(f"{expected}; got {str(raw)[:20]}")
    return format(Decimal(str(raw)).normalize(), "f")


class Given(Strict):
    """What is given in a question of the topic ``information``."""

    base: Annotated[
        str,
        BeforeValidator(_base),
        WithJsonSchema({"description": "of the logarithm: 2 for bits, 'e' for nats", "anyOf": [{}]}),
    ] = "2"
    p: Vector | None = Field(None, description="probabilities of the outcomes")
    q: Vector | None = Field(None, description="another distribution of the same outcomes")
    names: list[str] | None = Field(None, description="names of the outcomes")
    joint: Matrix | None = Field(None, description="joint probabilities of two variables")
    counts: Matrix | None = Field(None, description="how often each row and column came together")
    rows: list[str] | None = Field(None, description="names of the rows, the values of X")
    columns: list[str] | None = Field(None, description="names of the columns, the values of Y")
    f: DensityTable | None = Field(None, description="a density")
    g: DensityTable | None = Field(None, description="another density")

    @property
    def kind(self) -> str:
        """The key that says what the question is about."""
        return next((key for key in KINDS if getattr(self, key) is not None), "")

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if not self.kind:
            raise ValueError(f"nothing to work with; expected one of {', '.join(KINDS)}")
        if other := sorted(self.model_fields_set - KINDS[self.kind] - {"base"}):
            beside = ", ".join(sorted(KINDS[self.kind] | {"base"}))
            raise ValueError(f"{other[0]} does not go with {self.kind}; beside it may stand {beside}")
        return self

"""An update as a list of lines, each a rule applied to quantities of this update and of the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self, TypeVar

import numpy as np
from pydantic import AfterValidator, ValidationError

from chainrule.lookup import suggest
from chainrule.paper.names import tex_name
from chainrule.paper.reading import Value
from chainrule.paper.sheet import Scalar, SheetError, Strict, Table, describe, shown
from chainrule.rules.rule import Rule

Found = TypeVar("Found")

SYMBOLS = {
    "mhat": r"\hat{m}",
    "vhat": r"\hat{v}",
    "step": r"\Delta w",
    "ahead": r"\tilde{w}",
    "decayed": r"w_{\text{dec}}",
    "rate": r"\alpha",
    "loss": "L",
    "momentum": r"\beta",
    "beta_1": r"\beta_{1}",
    "beta_2": r"\beta_{2}",
    "rho": r"\rho",
    "epsilon": r"\epsilon",
    "weight_decay": r"\lambda",
    "decay_rate": "d",
    "decay_steps": "D",
    "end_learning_rate": r"\eta_{\text{end}}",
    "alpha": r"\alpha",
    "power": "p",
    "variance": "s",
}
"""Names in TeX where they are not what the name itself gives."""


def symbol(name: str) -> str:
    """A quantity's or an argument's name in TeX, without the number of its update."""
    return SYMBOLS.get(name) or tex_name(name)


@dataclass(frozen=True)
class Ref:
    """A quantity in a line: of this update, of so many updates before, or (None) the same in all."""

    name: str
    ago: int | None = None

    def at(self, update: int) -> str:
        """The quantity's name on the page, in an update counted from 1."""
        if self.ago is None or self.ago == update:
            return self.name
        return f"{self.name}.{update - self.ago}"

    @property
    def tex(self) -> str:
        """The quantity in update t."""
        if self.ago is None:
            return symbol(self.name)
        return rf"{symbol(self.name)}^{{({'t - 1' if self.ago else 't'})}}"


def now(name: str) -> Ref:
    return Ref(name, 0)


def before(name: str) -> Ref:
    return Ref(name, 1)


@dataclass(frozen=True)
class Line:
    """``name = rule(*inputs, **options)`` in every update; options are names of the method's numbers."""

    name: str
    rule: Rule
    inputs: tuple[Ref, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    count: str = "t"

    @property
    def tex(self) -> tuple[str, str]:
        """Both sides of the line, for update t."""
        names = {k: self._tex_of(ref) for k, ref in zip(self.rule.inputs, self.inputs, strict=True)}
        letters = {k: symbol(v) for k, v in self.options.items()}
        return now(self.name).tex, self.rule.formula({**names, **letters})

    def _tex_of(self, ref: Ref) -> str:
        return self.count if ref.name in ("t", "s") else ref.tex


def _checked(test: Callable[[Any], bool], expected: str) -> AfterValidator:
    """A check of a number; a name may stand for any."""

    def check(value: np.ndarray) -> np.ndarray:
        found: Any = value[()]
        if isinstance(found, Value):
            if found.names:
                return value
            found = found.number()
        try:
            is_fit = test(found)
        except ArithmeticError as error:
            raise ValueError(f"expected {expected}; {error}") from None
        if not is_fit:
            raise ValueError(
                f"expected {expected}; got {value[()].text if isinstance(value[()], Value) else found}"
            )
        return value

    return AfterValidator(check)


Positive = Annotated[Scalar, _checked(lambda v: v > 0, "a number greater than 0")]
NotNegative = Annotated[Scalar, _checked(lambda v: v >= 0, "a number of at least 0")]
Fading = Annotated[Scalar, _checked(lambda v: 0 <= v < 1, "a number from 0 up to, but not, 1")]
Share = Annotated[Scalar, _checked(lambda v: 0 <= v <= 1, "a number from 0 to 1")]


class Arguments(Strict):
    """The arguments of an optimizer or of a schedule."""

    def numbers(self) -> dict[str, np.ndarray]:
        """The numbers among them, by their names, as they were given."""
        return {name: v for name, v in dict(self).items() if isinstance(v, np.ndarray)}

    @classmethod
    def of(cls, place: str, table: Table) -> Self:
        """From a table, without its name. Raises SheetError, naming the argument."""
        arguments = {} if isinstance(table, str) else {k: v for k, v in table.items() if k != "name"}
        try:
            return cls.model_validate(arguments)
        except ValidationError as error:
            raise SheetError(describe(error, {}, cls, ("given", place))) from None


def named(place: str, table: Table, known: Mapping[str, Found]) -> Found:
    """What a table names, by any spelling of the name. Raises SheetError."""
    name = table if isinstance(table, str) else table.get("name")
    if not isinstance(name, str):
        wrong = "is missing" if name is None else f"expected text in quotes, got {shown(name)}"
        raise SheetError(f"given.{place}.name: {wrong}; {suggest('', known)}")
    for each, found in known.items():
        if _plain(each) == _plain(name):
            return found
    raise SheetError(f"given.{place}: {suggest(name, known)}; got {name[:40]!r}")


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace(" ", "").replace("-", "")

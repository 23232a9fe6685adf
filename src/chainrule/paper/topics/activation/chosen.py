"""An activation that a question chose: with its options as exact numbers, and what trains in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chainrule import activations
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.words import text_tex
from chainrule.rules.activations.activation import Activation

TRAINED = {"prelu": {"alpha": "0.25"}}
"""What trains in an activation, with the value that it usually starts from (He et al., 2015)."""


@dataclass(frozen=True)
class Chosen:
    """An activation, and the values of what trains in it; ``name`` is that of its quantity."""

    activation: Activation
    trained: Mapping[str, Any] = field(default_factory=dict)
    name: str = "a"

    def named(self, name: str) -> Chosen:
        """The same, its quantity under another name."""
        return replace(self, name=name)

    @property
    def label(self) -> str:
        """Its name in prose."""
        return self.name.replace("_", " ")

    @property
    def symbol(self) -> str:
        """Its value in TeX."""
        return f"a_{{{text_tex(self.label)}}}"

    @property
    def slope_name(self) -> str:
        """The name of the quantity that is its slope."""
        return f"{self.name}_slope"

    @property
    def slope_symbol(self) -> str:
        """Its slope in TeX."""
        return f"f'_{{{text_tex(self.label)}}}"

    @property
    def trained_names(self) -> tuple[str, ...]:
        """The names of the quantities that train in it."""
        return tuple(p if self.name == "a" else f"{p}_{self.name}" for p in self.trained)

    def give_trained(self, page: Page) -> tuple[str, ...]:
        """Put down what trains in it; the names."""
        for name, (parameter, value) in zip(self.trained_names, self.trained.items(), strict=True):
            page.give(name, value, symbol=rf"\{parameter}")
        return self.trained_names


def choose(page: Page, table: Mapping[str, Any], place: str) -> Chosen:
    """The activation of a table. Raises SheetError, naming the place, for what is none."""
    usual = TRAINED.get(table["name"], {})
    trained = {parameter: table.get(parameter, value) for parameter, value in usual.items()}
    options = {
        key: page.exact(value)[()] for key, value in table.items() if key != "name" and key not in trained
    }
    try:
        return Chosen(activations.get({"name": table["name"], **options}), trained)
    except (ValueError, TypeError) as error:
        raise SheetError(f"{place}: {error}") from None

"""A worked question: its quantities by name, and what can be made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.network import Network, Program
from chainrule.paper.notation import DIGITS
from chainrule.paper.tape import Quantity, Tape


@dataclass(frozen=True)
class Working:
    """A network worked by hand: every quantity, exactly.

    ``working["z1"]`` is the exact value as an array of Numbers (or formulas); ``names`` are the
    quantities that were asked for, in the order in which they were worked.
    """

    network: Network
    program: Program
    tape: Tape
    names: list[str]
    columns: bool = False
    rounding: int | None = None
    digits: int = DIGITS
    name: str = "working"
    text: str = ""
    marks: float = 1

    def __getitem__(self, name: str) -> np.ndarray:
        return self.shown(self.tape[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def shown(self, quantity: Quantity) -> np.ndarray:
        """The value in the question's convention: with samples in columns, transposed."""
        value = quantity.value
        if not self.columns or value.dtype != object:
            return value
        return value.reshape(-1, 1) if value.ndim == 1 else value.T

    @property
    def given(self) -> list[Quantity]:
        """The values that were given: x, y, the parameters, the learning rate."""
        skipped = {"epochs", "rows", "batch_size"}
        return [
            q
            for q in self.tape.quantities.values()
            if q.step is None and q.update == 0 and q.name not in skipped
        ]

    @property
    def quantities(self) -> list[Quantity]:
        """The quantities that were asked for."""
        return [self.tape[name] for name in self.names]

    def to_json(self) -> dict[str, Any]:
        """The question as ``solve --json`` prints it."""
        from chainrule.paper.output.json import question_json

        return question_json(self)

    def graph(self) -> str:
        """The computational graph of the first update, every edge with value and gradient, as SVG."""
        from chainrule.paper.graph import graph_svg

        return graph_svg(self)

    def save(self, path: str | Path) -> None:
        """Write the working as .html, .md, .tex, .ipynb or .json, by the path's ending."""
        Solution("Worked by hand", [self]).save(path)

    def __str__(self) -> str:
        return str(Solution("", [self]))

    def _repr_html_(self) -> str:
        from chainrule.paper.output.html import fragment

        return fragment([self])


@dataclass(frozen=True)
class Solution:
    """A worksheet with every question worked."""

    title: str
    workings: list[Working] = field(default_factory=list)
    source: str = ""

    def __getitem__(self, name: str) -> Working:
        for working in self.workings:
            if working.name == name:
                return working
        known = ", ".join(w.name for w in self.workings)
        raise KeyError(f"no question {name!r}; questions are {known}")

    def to_json(self) -> dict[str, Any]:
        """The worksheet as ``solve --json`` prints it."""
        return {"title": self.title, "questions": [w.to_json() for w in self.workings]}

    def save(self, path: str | Path) -> None:
        """Write the solution as .html, .md, .tex, .ipynb or .json, by the path's ending.

        Raises ValueError for another ending.
        """
        from chainrule.paper.output import save

        save(self, Path(path))

    def __str__(self) -> str:
        from chainrule.paper.output.terminal import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from chainrule.paper.output.html import fragment

        return fragment(self.workings)

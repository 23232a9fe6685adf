"""A worked question: its quantities by name, what is shown of it, and what can be made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from chainrule.paper.notation import DIGITS
from chainrule.paper.sheet import Question
from chainrule.paper.tape import Quantity, Tape


@dataclass(frozen=True)
class Remark:
    """A sentence; formulas stand between dollar signs, in TeX."""

    text: str
    kind: ClassVar[str] = "remark"


@dataclass(frozen=True)
class Table:
    """A table; its cells are prose, as in a remark."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """A picture; ``draw`` gives it as SVG."""

    title: str
    draw: Callable[[], str]
    kind: ClassVar[str] = "picture"


@dataclass(frozen=True)
class Link:
    """One line of a derivation: what follows the equals sign, in TeX, and why."""

    tex: str
    reason: str = ""


@dataclass(frozen=True)
class Chain:
    """A derivation: the left-hand side, and what it is equal to, line by line."""

    left: str
    links: tuple[Link, ...]
    kind: ClassVar[str] = "chain"


Item = str | Remark | Table | Picture | Chain
"""What stands on a page; a text is the name of a quantity."""


@dataclass(frozen=True)
class Part:
    """A part of a working: its id, for which ``find`` may ask, its title, and what stands in it."""

    id: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Working:
    """A question worked by hand: every quantity, exactly.

    ``working["z1"]`` is the exact value as an array of Numbers (or formulas); ``names`` are the
    quantities that were asked for, in the order in which they are shown; ``is_chosen`` says that the
    question's ``find`` chose them.
    """

    topic: str
    tape: Tape
    parts: list[Part] = field(default_factory=list)
    columns: bool = False
    rounding: int | None = None
    digits: int = DIGITS
    name: str = "working"
    text: str = ""
    marks: float = 1
    is_chosen: bool = False

    @classmethod
    def of(cls, question: Question, tape: Tape, parts: list[Part], **more: Any) -> Self:
        """The working of a question of a sheet."""
        return cls(
            topic=question.topic,
            tape=tape,
            parts=parts,
            columns=question.convention == "columns",
            rounding=question.rounding,
            digits=question.digits,
            name=question.id,
            text=question.text,
            marks=question.marks,
            is_chosen=question.find is not None,
            **more,
        )

    @property
    def names(self) -> list[str]:
        """The names of the quantities that were asked for."""
        return list(dict.fromkeys(i for part in self.parts for i in part.items if isinstance(i, str)))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.shown(self.tape[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def shown(self, quantity: Quantity) -> np.ndarray:
        """The value in the question's convention: with samples in columns, matrices are transposed."""
        value = quantity.value
        if not self.columns or value.dtype != object or value.ndim > 2:
            return value
        return value.reshape(-1, 1) if value.ndim == 1 else value.T

    @property
    def given(self) -> list[Quantity]:
        """The values that were given."""
        return [q for q in self.tape.quantities.values() if q.step is None and not q.hidden]

    @property
    def quantities(self) -> list[Quantity]:
        """The quantities that were asked for."""
        return [self.tape[name] for name in self.names]

    @property
    def pictures(self) -> list[Picture]:
        """The pictures; ``picture.draw()`` gives one as SVG."""
        return [item for part in self.parts for item in part.items if isinstance(item, Picture)]

    def to_json(self) -> dict[str, Any]:
        """The question as ``solve --json`` prints it."""
        from chainrule.paper.output.json import question_json

        return question_json(self)

    def save(self, path: str | Path) -> None:
        """Write the working to a file, in the format of its ending; see :meth:`Solution.save`."""
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
        """Write the solution to a file, in the format of its ending.

        .html, .md, .tex, .ipynb, .json, and with the extra ``documents`` .docx and .pdf.
        Raises ValueError for another ending.
        """
        Document([self]).save(path)

    def __str__(self) -> str:
        return str(Document([self]))

    def _repr_html_(self) -> str:
        from chainrule.paper.output.html import fragment

        return fragment(self.workings)


@dataclass(frozen=True)
class Document:
    """One worksheet or several, worked, to be written as one document; ``of_all`` is the title of several."""

    sheets: list[Solution]
    of_all: str = "Worksheets, worked"

    @property
    def title(self) -> str:
        """The worksheet's title; of several, that of them all."""
        return self.sheets[0].title if len(self.sheets) == 1 else self.of_all

    def to_json(self) -> dict[str, Any]:
        """What ``solve --json`` prints: the worksheet, or ``{"sheets": […]}`` for several."""
        if len(self.sheets) == 1:
            return self.sheets[0].to_json()
        return {"sheets": [sheet.to_json() for sheet in self.sheets]}

    def save(self, path: str | Path) -> None:
        """Write all of it to one file; see :meth:`Solution.save`."""
        from chainrule.paper.output import save

        save(self, Path(path))

    def __str__(self) -> str:
        from chainrule.paper.output.terminal import as_text

        return as_text(self)

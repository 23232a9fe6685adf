"""The table that a perceptron is to learn: inputs and targets, given as such or as a gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq

from chainrule.paper.distributions import is_known
from chainrule.paper.notation import exact_text, is_rounded
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.values import read_array

MOST_ROWS = 100
MOST_INPUTS = 10

GATES = {
    "and": lambda bits: all(bits),
    "or": lambda bits: any(bits),
    "nand": lambda bits: not all(bits),
    "nor": lambda bits: not any(bits),
    "xor": lambda bits: sum(bits) % 2 == 1,
    "xnor": lambda bits: sum(bits) % 2 == 0,
}


@dataclass(frozen=True)
class Rows:
    """Inputs (m, n) and targets (m,) as given; ``low`` is the lower of the two targets, 0 or -1."""

    x: np.ndarray
    y: np.ndarray
    low: int | None

    @property
    def m(self) -> int:
        """How many rows."""
        return int(self.x.shape[0])

    @property
    def n(self) -> int:
        """How many inputs."""
        return int(self.x.shape[1])

    @property
    def sides(self) -> list[int]:
        """1 for a row of the upper class, -1 for one of the lower."""
        return [1 if v == 1 else -1 for v in self.y]

    @property
    def points(self) -> list[list[fmpq]] | None:
        """The inputs as fractions; None where one of them is none."""
        made = [[_fraction(v) for v in row] for row in self.x]
        return None if any(v is None for row in made for v in row) else made  # type: ignore[return-value]


def _fraction(value: Any) -> fmpq | None:
    """A given value as a fraction, where it is one."""
    if not isinstance(value, Number):
        if value.names:
            return None
        value = value.number()
    exact: fmpq | None = value.exact
    return exact


def read_rows(gate: str | None, inputs: int, x: np.ndarray | None, y: np.ndarray | None) -> Rows:
    """The table of a gate, or of x and y. Raises SheetError for what is no table of two classes."""
    if gate is not None:
        bits = list(product((0, 1), repeat=inputs))
        targets = [int(GATES[gate](row)) for row in bits]
        return Rows(read_array([list(row) for row in bits]), read_array(targets), 0)
    assert x is not None
    assert y is not None
    if x.ndim == 1:
        x = x.reshape(-1, 1) if y.shape[0] == x.shape[0] else x.reshape(1, -1)
    if x.ndim != 2:
        raise SheetError("given.x: expected rows of numbers, as [[0, 0], [0, 1]]")
    if x.shape[0] != y.shape[0]:
        raise SheetError(f"given.y: expected {x.shape[0]} targets, one per row of x; got {y.shape[0]}")
    if x.shape[0] > MOST_ROWS or x.shape[1] > MOST_INPUTS:
        limit = f"at most {MOST_ROWS} rows of {MOST_INPUTS} inputs"
        raise SheetError(f"given.x: {x.shape[0]} rows of {x.shape[1]} inputs; expected {limit}")
    return Rows(x, y, _lower_target(y))


def _lower_target(y: np.ndarray) -> int | None:
    """0 or -1, or None where the targets are no classes."""
    values = {v for v in y if isinstance(v, Number) and v.exact is not None}
    if any(not isinstance(v, Number) for v in y):
        return None
    if values <= {Number(0), Number(1)}:
        return 0
    return -1 if values <= {Number(-1), Number(1)} else None


def check_classes(rows: Rows) -> None:
    """Raise SheetError where the targets are not 0 and 1, or -1 and 1."""
    if rows.low is not None:
        return
    allowed: Sequence[Number] = [Number(0), Number(1)]
    if any(v == -1 for v in rows.y if isinstance(v, Number)):
        allowed = [Number(-1), Number(1)]
    row = next(i for i, v in enumerate(rows.y) if not isinstance(v, Number) or v not in allowed)
    found = str(getattr(rows.y[row], "text", rows.y[row]))
    raise SheetError(f"given.y[{row + 1}]: expected targets 0 and 1, or -1 and 1; got {found}")


def check_rate(rate: Any, training: bool = False) -> None:
    """Raise SheetError for a learning rate that is not greater than 0; ``training`` needs its number."""
    if not is_known(rate) and not training:
        return
    if not is_known(rate) or not rate > 0:
        found = exact_text(rate)
        raise SheetError(f"given.learning_rate: expected a number greater than 0; got {found}")


def cell(page: Page, value: Any) -> str:
    """A value as prose: its decimals where they end, 1.2, else as a fraction."""
    return page.write(value) if is_rounded(value, page.question.digits) else page.decimal(value)


def point(page: Page, values: Iterable[Any]) -> str:
    """A row of inputs as prose: (0, 1)."""
    return f"$({', '.join(cell(page, v).strip('$') for v in values)})$"

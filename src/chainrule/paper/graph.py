"""The computational graph as a picture: every edge with its value and its gradient (SVG)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.network import LOSS
from chainrule.paper.digits import significant
from chainrule.paper.graph_drawing import Drawing
from chainrule.paper.graph_marks import Label
from chainrule.paper.names import plain_name
from chainrule.paper.notation import formula_text, minus, plain_array
from chainrule.paper.numbers import Number
from chainrule.paper.tape import FORWARD, LOSS_PART, Quantity
from chainrule.paper.workings import Working

DIGITS = 4
LONGEST_LABEL = 36
MOST_LINES = 4


def graph_svg(working: Working) -> str:
    """The forward pass and the loss of the first update as a graph.

    Values are above, gradients (red) below each edge's line, a row of a matrix on a line; arrays of
    more than a few numbers are given by their shape.
    """
    known = {q.name: q for q in working.tape.quantities.values()}
    drawn = [q for q in known.values() if q.update == 1 and q.part in (FORWARD, LOSS_PART)]
    labels = {name: _label(working, known, q) for name, q in known.items()}
    return Drawing(drawn, labels, working.columns).svg()


def _label(working: Working, known: Mapping[str, Quantity], quantity: Quantity) -> Label:
    name, _, update = quantity.name.partition(".")
    candidates = (f"d{name}.{update}" if update else f"d{name}", f"d{name}.1", "")
    gradient = next((known[c] for c in candidates if c in known), None)
    value = _short(working, quantity)
    if name == LOSS:
        return Label(plain_name(quantity.name), value, ("∂L/∂L = 1",))
    if gradient is None:
        return Label(plain_name(quantity.name), value, ())
    first, *more = _short(working, gradient)
    return Label(plain_name(quantity.name), value, (f"∂ {first}", *(f"  {line}" for line in more)))


def _short(working: Working, quantity: Quantity) -> tuple[str, ...]:
    """The value in a few short lines, or its shape."""
    value = working.shown(quantity)
    if value.size == 1:
        value = value.reshape(())
    rows = list(value) if value.ndim == 2 and 1 not in value.shape else [value.reshape(-1)]
    if value.ndim == 0:
        rows = [value]
    if value.ndim > 2:
        return ("×".join(map(str, value.shape)),)
    lines = tuple(minus(plain_array(row, _number)) for row in rows)
    if len(lines) <= MOST_LINES and all(len(line) <= LONGEST_LABEL for line in lines):
        return lines
    if value.size == 1:
        return ("formula",)
    return ("×".join(map(str, value.shape)) if value.ndim > 1 else f"{value.size} values",)


def _number(value: Any) -> str:
    return significant(value, DIGITS).text if isinstance(value, Number) else formula_text(value)

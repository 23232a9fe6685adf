"""Drawing a computational graph: operations in a row, what they take beside them and under them (SVG)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chainrule.paper.graph_marks import LINE, RADIUS, Canvas, Label, sign_of
from chainrule.paper.tape import Quantity

MARGIN = 24
SLOT = 12
"""Pixels between lines that go down, or along under the operations."""
SMALLEST = 0.6
"""How far a long picture may be shrunk where the page is narrow."""
DROP = 120
"""Pixels from an operation to the parameters above and below it, at least."""


@dataclass
class _Spot:
    """Where an operation stands, and what comes to it: along the line, from its sides, from further back.

    ``flowing`` is the input on the line before it: what the operation before gives, or a source;
    ``sides`` are sources above and below, ``again`` what was made further back. ``start`` is where the
    line before it begins, ``label`` where the text on that ends, ``slots`` are places for lines that go
    down from there.
    """

    quantity: Quantity
    flowing: str
    sides: list[str]
    again: list[str]
    x: float = 0.0
    start: float = 0.0
    label: float = 0.0
    slots: list[float] = field(default_factory=list)


class Drawing:
    """Operations from left to right, what they take above and below, and what they take again under that."""

    def __init__(self, drawn: list[Quantity], labels: Mapping[str, Label], columns: bool) -> None:
        self.labels = labels
        self.columns = columns
        self.made = {q.name: i for i, q in enumerate(drawn)}
        self.spots = [self._spot(q, drawn[i - 1].name if i else "") for i, q in enumerate(drawn)]
        self.tapped = {name for spot in self.spots for name in spot.again}
        beside = max(labels[name].lines for q in drawn for name in q.inputs)
        along = max(max(len(labels[q.name].value), len(labels[q.name].gradient)) for q in drawn)
        self.drop = max(DROP, LINE * (beside + along + 2) + 34.0)
        levels = max((len(spot.sides) + 1) // 2 for spot in self.spots)
        self.middle = MARGIN + self.drop * max(1, levels) + 20.0
        self.lowest = self.middle + self.drop * max(1, max(len(spot.sides) // 2 for spot in self.spots))
        self.canvas = Canvas()

    def _spot(self, quantity: Quantity, before: str) -> _Spot:
        inputs = list(dict.fromkeys(quantity.inputs))
        sources = [name for name in inputs if name not in self.made]
        flowing = before if before in inputs else sources[0] if sources else ""
        return _Spot(
            quantity,
            flowing,
            [name for name in sources if name != flowing],
            [name for name in inputs if name in self.made and name != flowing],
        )

    def svg(self) -> str:
        right = self._place()
        self._tracks()
        for i, spot in enumerate(self.spots):
            self._line_to(i, spot)
            for side, name in enumerate(spot.sides):
                self._beside(spot.x, name, below=side % 2 == 1, level=1 + side // 2)
        for spot in self.spots:
            assert spot.quantity.step is not None
            sign = sign_of(spot.quantity.step.rule, self.columns)
            self.canvas.operation(spot.x, self.middle, sign)
        last = self.spots[-1]
        start = last.x + RADIUS
        self.canvas.line(start, self.middle, right - MARGIN - 4, self.middle)
        self.canvas.written((start + right - MARGIN) / 2, self.middle, self.labels[last.quantity.name])
        height = self.lowest + 20 + MARGIN
        least = min(right, max(720.0, SMALLEST * right))
        return self.canvas.svg(right, height, least)

    # ------------------------------------------------------------------------ places

    def _place(self) -> float:
        """Set the operations' places, each edge as long as its label; returns the right border."""
        at, beside = float(MARGIN), 0.0
        for i, spot in enumerate(self.spots):
            before = self.spots[i - 1] if i else None
            box = max((self.labels[name].box_width for name in spot.sides), default=0.0)
            ahead = box / 2 - RADIUS
            if before is not None:
                width = self.labels[before.quantity.name].width + 16
                tap = before.quantity.name in self.tapped
                if spot.again or tap or spot.flowing != before.quantity.name:
                    spot.start, spot.label = at, at + max(width, beside - RADIUS)
                    count = len(spot.again) + tap
                    spot.slots = [spot.label + SLOT / 2 + SLOT * k for k in range(count)]
                    at = spot.label + SLOT * count + 8 + max(ahead, 0.0)
                else:
                    spot.start = at
                    at = spot.label = at + max(width, beside + ahead - RADIUS)
            if spot.flowing and (before is None or spot.flowing != before.quantity.name):
                at += self.labels[spot.flowing].box_width + self.labels[spot.flowing].width + 16
            spot.x = at + RADIUS
            at = spot.x + RADIUS
            beside = max((self.labels[name].value_width + 12 for name in spot.sides), default=0.0)
        return at + max(self.labels[self.spots[-1].quantity.name].width + 16, beside - RADIUS) + MARGIN

    # ------------------------------------------------------------------------- edges

    def _line_to(self, i: int, spot: _Spot) -> None:
        """The line before an operation, and where that begins anew, the end of the one before."""
        before, end = self.spots[i - 1] if i else None, spot.x - RADIUS
        flows = before is not None and spot.flowing == before.quantity.name
        if before is not None:
            label = self.labels[before.quantity.name]
            if flows:
                self.canvas.line(spot.start, self.middle, end, self.middle)
            else:
                end_of_line = spot.slots[0] if spot.slots else spot.label
                self.canvas.path(f"M{spot.start:.0f},{self.middle:.0f} H{end_of_line:.0f}", "edge")
            self.canvas.written((spot.start + spot.label) / 2, self.middle, label)
        if spot.flowing and not flows:
            start = end - self.labels[spot.flowing].width - 16
            self.canvas.source(
                start - self.labels[spot.flowing].box_width / 2, self.middle, self.labels[spot.flowing]
            )
            self.canvas.line(start, self.middle, end, self.middle)
            self.canvas.written((start + end) / 2, self.middle, self.labels[spot.flowing])

    def _tracks(self) -> None:
        """What is taken again: down behind the operation that made it, along under all between, and up."""
        taken: list[tuple[float, float, float]] = []
        uses = [(spot, place, name) for spot in self.spots for place, name in enumerate(spot.again)]
        for spot, place, name in sorted(uses, key=lambda use: use[0].x - self.spots[self.made[use[2]]].x):
            first = self.spots[self.made[name] + 1]
            start, up = first.slots[0], spot.slots[len(spot.slots) - len(spot.again) + place]
            low = self.middle + self._depth(self.made[name] + 1, self.spots.index(spot))
            while any(abs(low - y) < SLOT and start < right and left < up for left, right, y in taken):
                low += SLOT
            taken.append((start, up, low))
            self.lowest = max(self.lowest, low)
            level = min(12.0 + 8 * place, RADIUS - 6.0)
            into = spot.x - (RADIUS**2 - level**2) ** 0.5
            path = (
                f"M{start:.0f},{self.middle:.0f} V{low:.0f} H{up:.0f} V{self.middle + level:.0f} H{into:.0f}"
            )
            self.canvas.path(path, "edge again", arrow=True)

    def _depth(self, first: int, last: int) -> float:
        """How far under the line a way from before one operation to before another is free."""
        between = self.spots[first:last]
        if any(len(spot.sides) > 1 for spot in between):
            return max(self.drop * (len(spot.sides) // 2) for spot in between) + 26.0
        names = [spot.quantity.name for spot in between]
        names += [spot.flowing for spot in (*between, self.spots[last]) if spot.flowing]
        lines = max(len(self.labels[name].gradient) for name in names)
        return max(RADIUS + SLOT, 16.0 + LINE * lines + SLOT / 2)

    def _beside(self, x: float, name: str, below: bool, level: int) -> None:
        way = 1 if below else -1
        source = self.middle + way * self.drop * level
        self.canvas.source(x, source, self.labels[name])
        self.canvas.line(x, source - way * 13, x, self.middle + way * RADIUS)
        label = self.labels[name]
        top = source - 20 - LINE * (label.lines - 1) if below else source + 28
        for i, line in enumerate((*label.value, *label.gradient)):
            kind = "gradient" if i >= len(label.value) else ""
            self.canvas.text(x + 8, top + LINE * i, line, kind, anchor="start")

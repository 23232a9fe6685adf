"""Drawing a computational graph: operations in a row, what they take beside them and under them (SVG)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field

from chainrule.layers.steps import Step
from chainrule.paper.plain import plain
from chainrule.paper.tape import Quantity
from chainrule.rules.rule import Rule

LINE = 14
"""Pixels from a line of text to the next."""
CHARACTER = 7.2
RADIUS = 34
MARGIN = 24
SLOT = 12
"""Pixels between lines that go down, or along under the operations."""
SMALLEST = 0.6
"""How far a long picture may be shrunk where the page is narrow."""
LONGEST_SIGN = 9
_CHANNEL = r"_{\text{channel}}"
DROP = 120
"""Pixels from an operation to the parameters above and below it, at least."""

_SIGNS = {
    "sigmoid": "σ",
    "mean_squared_error": "MSE",
    "mean_absolute_error": "MAE",
    "binary_crossentropy": "BCE",
    "categorical_crossentropy": "CCE",
    "sparse_categorical_crossentropy": "SCCE",
    "kl_divergence": "KL",
    "leaky_relu": "leaky",
    "sum": "+",
    "unchanged": "=",
    "inverted_test": "=",
    "subtracted": "−",
    "multiplied": "⊙",
    "averaged": "mean",
    "maximum": "max",
    "concatenated": "[ , ]",
    "flattened": "flatten",
    "reshaped": "reshape",
    "padded_channels": "pad",
    "embedded": "lookup",
    "drawn_mask": "u < p",
    "inverted_dropout": "dropout",
    "with_noise": "noise",
    "batch_mean": "mean",
    "layer_mean": "mean",
    "population_variance": "var",
    "layer_variance": "var",
    "safe_deviation": "√",
    "normalized": "(x−μ)/s",
    "scale_and_shift": "γx\u0302 + β",
    "scaled": "γx\u0302",
    "shifted": "x\u0302 + β",
    "max_pooling": "max",
    "global_max_pooling": "max",
    "average_pooling": "mean",
    "global_average_pooling": "mean",
}
_STYLE = """
.graph text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1c2733}
.graph .op{fill:#eef4fb;stroke:#2f6db3;stroke-width:1.4}
.graph .source{fill:#fff;stroke:#8a97a5;stroke-width:1.2}
.graph .edge{stroke:#5d6b79;stroke-width:1.3;fill:none}
.graph .again{stroke-dasharray:4 3;stroke:#9aa6b2}
.graph .gradient{fill:#b3261e}
.graph .name{font-weight:700}
"""


@dataclass(frozen=True)
class Label:
    """What is written on an edge: the quantity's name, and line by line its value and gradient."""

    name: str
    value: tuple[str, ...]
    gradient: tuple[str, ...]

    @property
    def value_width(self) -> float:
        return CHARACTER * max(len(line) for line in (*self.value, *self.gradient))

    @property
    def width(self) -> float:
        return max(CHARACTER * len(self.name), self.value_width) + 12

    @property
    def lines(self) -> int:
        return len(self.value) + len(self.gradient)


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
        self.root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        self.root.set("class", "graph")
        ET.SubElement(self.root, "title").text = "Computational graph with values and gradients"
        ET.SubElement(self.root, "style").text = _STYLE
        _arrowhead(self.root)

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
            self._operation(spot.x, spot.quantity.step)
        last = self.spots[-1]
        start = last.x + RADIUS
        self._line(start, self.middle, right - MARGIN - 4, self.middle)
        self._written((start + right - MARGIN) / 2, self.middle, self.labels[last.quantity.name])
        height = self.lowest + 20 + MARGIN
        self.root.set("viewBox", f"0 0 {right:.0f} {height:.0f}")
        self.root.set("width", f"{right:.0f}")
        self.root.set("height", f"{height:.0f}")
        least = min(right, max(720.0, SMALLEST * right))
        self.root.set("style", f"width:100%;min-width:{least:.0f}px;max-width:{right:.0f}px")
        return ET.tostring(self.root, encoding="unicode")

    # ------------------------------------------------------------------------ places

    def _place(self) -> float:
        """Set the operations' places, each edge as long as its label; returns the right border."""
        at, beside = float(MARGIN), 0.0
        for i, spot in enumerate(self.spots):
            before = self.spots[i - 1] if i else None
            box = max((self._box_width(name) for name in spot.sides), default=0.0)
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
                at += self._box_width(spot.flowing) + self.labels[spot.flowing].width + 16
            spot.x = at + RADIUS
            at = spot.x + RADIUS
            beside = max((self.labels[name].value_width + 12 for name in spot.sides), default=0.0)
        return at + max(self.labels[self.spots[-1].quantity.name].width + 16, beside - RADIUS) + MARGIN

    def _box_width(self, name: str) -> float:
        return CHARACTER * len(self.labels[name].name) + 16

    # ------------------------------------------------------------------------- edges

    def _line_to(self, i: int, spot: _Spot) -> None:
        """The line before an operation, and where that begins anew, the end of the one before."""
        before, end = self.spots[i - 1] if i else None, spot.x - RADIUS
        flows = before is not None and spot.flowing == before.quantity.name
        if before is not None:
            label = self.labels[before.quantity.name]
            if flows:
                self._line(spot.start, self.middle, end, self.middle)
            else:
                end_of_line = spot.slots[0] if spot.slots else spot.label
                self._path(f"M{spot.start:.0f},{self.middle:.0f} H{end_of_line:.0f}", "edge")
            self._written((spot.start + spot.label) / 2, self.middle, label)
        if spot.flowing and not flows:
            start = end - self.labels[spot.flowing].width - 16
            self._source(start - self._box_width(spot.flowing) / 2, self.middle, spot.flowing)
            self._line(start, self.middle, end, self.middle)
            self._written((start + end) / 2, self.middle, self.labels[spot.flowing])

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
            self._path(path, "edge again", arrow=True)

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
        self._source(x, source, name)
        self._line(x, source - way * 13, x, self.middle + way * RADIUS)
        label = self.labels[name]
        top = source - 20 - LINE * (label.lines - 1) if below else source + 28
        for i, line in enumerate((*label.value, *label.gradient)):
            kind = "gradient" if i >= len(label.value) else ""
            self._text(x + 8, top + LINE * i, line, kind, anchor="start")

    # ------------------------------------------------------------------------- marks

    def _operation(self, x: float, step: Step | None) -> None:
        assert step is not None
        circle = {"cx": f"{x:.0f}", "cy": f"{self.middle:.0f}", "r": str(RADIUS), "class": "op"}
        ET.SubElement(self.root, "circle", circle)
        self._text(x, self.middle + 4, _sign(step.rule, self.columns))

    def _source(self, x: float, y: float, name: str) -> None:
        text, width = self.labels[name].name, self._box_width(name)
        box = {"x": f"{x - width / 2:.1f}", "y": f"{y - 13:.1f}", "width": f"{width:.1f}", "height": "26"}
        ET.SubElement(self.root, "rect", {**box, "rx": "4", "class": "source"})
        self._text(x, y + 4, text, "name")

    def _written(self, x: float, y: float, label: Label) -> None:
        self._text(x, y - 8 - LINE * len(label.value), label.name, "name")
        for i, line in enumerate(reversed(label.value)):
            self._text(x, y - 6 - LINE * i, line)
        for i, line in enumerate(label.gradient):
            self._text(x, y + 16 + LINE * i, line, "gradient")

    def _path(self, path: str, kind: str, arrow: bool = False) -> None:
        ends = {"marker-end": "url(#arrow)"} if arrow else {}
        ET.SubElement(self.root, "path", {"d": path, "class": kind, **ends})

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        ends = {k: f"{v:.1f}" for k, v in {"x1": x1, "y1": y1, "x2": x2, "y2": y2}.items()}
        ET.SubElement(self.root, "line", {**ends, "class": "edge", "marker-end": "url(#arrow)"})

    def _text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> None:
        if not text:
            return
        attributes = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
        if kind:
            attributes["class"] = kind
        ET.SubElement(self.root, "text", attributes).text = text


def _sign(rule: Rule, columns: bool) -> str:
    """What stands in an operation: a sign of its own, a short formula, or the beginning of its name."""
    sign = _SIGNS.get(rule.name, rule.name)
    if rule.in_matrices or rule.name.startswith(("convolution", "depthwise")):
        sign = plain(rule.formula({name: name for name in rule.inputs}, columns).replace(_CHANNEL, ""))
    return sign if len(sign) <= LONGEST_SIGN else sign[: LONGEST_SIGN - 1] + "…"


def _arrowhead(root: ET.Element) -> None:
    marker = ET.SubElement(
        ET.SubElement(root, "defs"),
        "marker",
        {
            "id": "arrow",
            "viewBox": "0 0 8 8",
            "refX": "7",
            "refY": "4",
            "markerWidth": "7",
            "markerHeight": "7",
            "orient": "auto",
        },
    )
    ET.SubElement(marker, "path", {"d": "M0,0 L8,4 L0,8 Z", "fill": "#5d6b79"})

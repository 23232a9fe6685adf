"""The computational graph as a picture: every edge with its value and its gradient (SVG)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.layers.steps import Step
from chainrule.network import LOSS
from chainrule.paper.digits import significant
from chainrule.paper.notation import formula_text, minus, plain_array, plain_name
from chainrule.paper.numbers import Number
from chainrule.paper.plain import plain
from chainrule.paper.tape import FORWARD, LOSS_PART, Quantity
from chainrule.paper.workings import Working

DIGITS = 4
LONGEST_LABEL = 36
MOST_LINES = 4
LINE = 14
"""Pixels from a line of text to the next."""
CHARACTER = 7.2
RADIUS = 34
MARGIN = 24
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


def graph_svg(working: Working) -> str:
    """The forward pass and the loss of the first update as a graph.

    Values are above, gradients (red) below each edge's line, a row of a matrix on a line; arrays of
    more than a few numbers are given by their shape.
    """
    known = {q.name: q for q in working.tape.quantities.values()}
    drawn = [q for q in known.values() if q.update == 1 and q.part in (FORWARD, LOSS_PART)]
    labels = {name: _label(working, known, q) for name, q in known.items()}
    return _Drawing(drawn, labels, working.columns).svg()


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
    lines = tuple(minus(plain_array(row, _number)) for row in rows)
    if len(lines) <= MOST_LINES and all(len(line) <= LONGEST_LABEL for line in lines):
        return lines
    if value.size == 1:
        return ("formula",)
    return ("×".join(map(str, value.shape)) if value.ndim > 1 else f"{value.size} values",)


def _number(value: Any) -> str:
    return significant(value, DIGITS).text if isinstance(value, Number) else formula_text(value)


class _Drawing:
    """Operations from left to right, what they take above and below."""

    def __init__(self, drawn: list[Quantity], labels: Mapping[str, Label], columns: bool) -> None:
        self.drawn = drawn
        self.labels = labels
        self.columns = columns
        self.made = {q.name: i for i, q in enumerate(drawn)}
        beside = max(labels[name].lines for q in drawn for name in q.inputs)
        along = max(max(len(labels[q.name].value), len(labels[q.name].gradient)) for q in drawn)
        self.drop = max(DROP, LINE * (beside + along + 2) + 34.0)
        self.middle = MARGIN + self.drop + 20.0
        self.centres: list[float] = []
        self.root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        self.root.set("class", "graph")
        ET.SubElement(self.root, "title").text = "Computational graph with values and gradients"
        ET.SubElement(self.root, "style").text = _STYLE
        _arrowhead(self.root)

    def svg(self) -> str:
        right = self._place()
        for i, quantity in enumerate(self.drawn):
            self._inputs(i, quantity)
        for i, quantity in enumerate(self.drawn):
            self._operation(self.centres[i], quantity.step)
        last = self.drawn[-1]
        start = self.centres[-1] + RADIUS
        self._line(start, self.middle, right - MARGIN - 4, self.middle)
        self._written((start + right - MARGIN) / 2, self.middle, self.labels[last.name])
        height = self.middle + self.drop + 20 + MARGIN
        self.root.set("viewBox", f"0 0 {right:.0f} {height:.0f}")
        self.root.set("width", f"{right:.0f}")
        self.root.set("height", f"{height:.0f}")
        self.root.set("style", f"width:100%;min-width:{min(right, 720):.0f}px;max-width:{right:.0f}px")
        return ET.tostring(self.root, encoding="unicode")

    def _place(self) -> float:
        """Set the operations' places, each edge as long as its label; returns the right border."""
        at = MARGIN + self._box_width(self._flowing(0, self.drawn[0]))
        beside = 0.0  # how far to the right of an operation what is written beside it goes
        for i, quantity in enumerate(self.drawn):
            flowing = self._flowing(i, quantity)
            others = [n for n in quantity.inputs if n != flowing and n not in self.made]
            box = max((self._box_width(n) for n in others), default=0.0)
            at += max(self.labels[flowing].width + 16, beside + box / 2 - 2 * RADIUS) + RADIUS
            self.centres.append(at)
            at += RADIUS
            beside = max((self.labels[n].value_width + 12 for n in others), default=0.0)
        return at + max(self.labels[self.drawn[-1].name].width + 16, beside - RADIUS) + MARGIN

    def _box_width(self, name: str) -> float:
        return CHARACTER * len(self.labels[name].name) + 16

    def _flowing(self, i: int, quantity: Quantity) -> str:
        """The input that comes along the line: of the operation before, or the network's input."""
        before = self.drawn[i - 1].name if i else quantity.inputs[0]
        return before if before in quantity.inputs else quantity.inputs[-1]

    def _inputs(self, i: int, quantity: Quantity) -> None:
        x, flowing, sides = self.centres[i], self._flowing(i, quantity), 0
        for name in dict.fromkeys(quantity.inputs):
            if name == flowing:
                self._along(i, name)
            elif name in self.made:
                self._again(self.made[name], i)
            else:
                self._beside(x, name, below=sides % 2 == 1)
                sides += 1

    def _along(self, i: int, name: str) -> None:
        end = self.centres[i] - RADIUS
        if i:
            start = self.centres[i - 1] + RADIUS
        else:
            start = end - self.labels[name].width - 16
            self._source(start - self._box_width(name) / 2, self.middle, name)
        self._line(start, self.middle, end, self.middle)
        self._written((start + end) / 2, self.middle, self.labels[name])

    def _beside(self, x: float, name: str, below: bool) -> None:
        way = 1 if below else -1
        source = self.middle + way * self.drop
        self._source(x, source, name)
        self._line(x, source - way * 13, x, self.middle + way * RADIUS)
        label = self.labels[name]
        top = source - 20 - LINE * (label.lines - 1) if below else source + 28
        for i, line in enumerate((*label.value, *label.gradient)):
            kind = "gradient" if i >= len(label.value) else ""
            self._text(x + 8, top + LINE * i, line, kind, anchor="start")

    def _again(self, made: int, used: int) -> None:
        """A second use of a quantity: from the end of its edge, under what comes between."""
        start, end = self.centres[made + 1] - RADIUS - 9, self.centres[used] - 0.7 * RADIUS
        low = self.middle + 0.7 * RADIUS
        path = f"M{start:.0f},{self.middle:.0f} Q{(start + end) / 2:.0f},{low + 90:.0f} {end:.0f},{low:.0f}"
        ET.SubElement(self.root, "path", {"d": path, "class": "edge again", "marker-end": "url(#arrow)"})

    def _operation(self, x: float, step: Step | None) -> None:
        assert step is not None
        circle = {"cx": f"{x:.0f}", "cy": f"{self.middle:.0f}", "r": str(RADIUS), "class": "op"}
        ET.SubElement(self.root, "circle", circle)
        rule = step.rule
        sign = _SIGNS.get(rule.name, rule.name)
        if rule.in_matrices:
            sign = plain(rule.formula({name: name for name in rule.inputs}, self.columns))
        self._text(x, self.middle + 4, sign if len(sign) <= 9 else sign[:8] + "…")

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

"""The marks of a computational graph: operations, sources, edges and what is written on them (SVG)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from chainrule.paper.plain import plain
from chainrule.rules.rule import Rule

LINE = 14
"""Pixels from a line of text to the next."""
CHARACTER = 7.2
RADIUS = 34
LONGEST_SIGN = 9
_CHANNEL = r"_{\text{channel}}"

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
    def box_width(self) -> float:
        """The width of the box around the name, where the quantity is a source."""
        return CHARACTER * len(self.name) + 16

    @property
    def lines(self) -> int:
        return len(self.value) + len(self.gradient)


class Canvas:
    """A picture that marks are put on; x and y are pixels from its left and its top."""

    def __init__(self) -> None:
        self.root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        self.root.set("class", "graph")
        ET.SubElement(self.root, "title").text = "Computational graph with values and gradients"
        ET.SubElement(self.root, "style").text = _STYLE
        _arrowhead(self.root)

    def svg(self, width: float, height: float, least: float) -> str:
        """The picture as SVG, of this size; it is shrunk with the page, but not below ``least``."""
        self.root.set("viewBox", f"0 0 {width:.0f} {height:.0f}")
        self.root.set("width", f"{width:.0f}")
        self.root.set("height", f"{height:.0f}")
        self.root.set("style", f"width:100%;min-width:{least:.0f}px;max-width:{width:.0f}px")
        return ET.tostring(self.root, encoding="unicode")

    def operation(self, x: float, y: float, sign: str) -> None:
        """A circle around (x, y) with a sign in it."""
        circle = {"cx": f"{x:.0f}", "cy": f"{y:.0f}", "r": str(RADIUS), "class": "op"}
        ET.SubElement(self.root, "circle", circle)
        self.text(x, y + 4, sign)

    def source(self, x: float, y: float, label: Label) -> None:
        """A box around (x, y) with the name of what is given."""
        width = label.box_width
        box = {"x": f"{x - width / 2:.1f}", "y": f"{y - 13:.1f}", "width": f"{width:.1f}", "height": "26"}
        ET.SubElement(self.root, "rect", {**box, "rx": "4", "class": "source"})
        self.text(x, y + 4, label.name, "name")

    def written(self, x: float, y: float, label: Label) -> None:
        """A label at a line: name and value above it, the gradient below."""
        self.text(x, y - 8 - LINE * len(label.value), label.name, "name")
        for i, line in enumerate(reversed(label.value)):
            self.text(x, y - 6 - LINE * i, line)
        for i, line in enumerate(label.gradient):
            self.text(x, y + 16 + LINE * i, line, "gradient")

    def path(self, path: str, kind: str, arrow: bool = False) -> None:
        """A line along an SVG path."""
        ends = {"marker-end": "url(#arrow)"} if arrow else {}
        ET.SubElement(self.root, "path", {"d": path, "class": kind, **ends})

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A straight edge with an arrowhead at its end."""
        ends = {k: f"{v:.1f}" for k, v in {"x1": x1, "y1": y1, "x2": x2, "y2": y2}.items()}
        ET.SubElement(self.root, "line", {**ends, "class": "edge", "marker-end": "url(#arrow)"})

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> None:
        """A line of text; nothing for an empty one."""
        if not text:
            return
        attributes = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
        if kind:
            attributes["class"] = kind
        ET.SubElement(self.root, "text", attributes).text = text


def sign_of(rule: Rule, columns: bool) -> str:
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

"""A network of layers that give images, or branch: a box for each layer, with the shape of what it gives."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from chainrule.network import Network
from chainrule.paper.pictures import BLUE, INK, STYLE, svg

WIDE, HIGH, APART = 2.3, 0.5, 0.3
"""Inches of a box, and between one and the next."""
PAPER, LIGHT = "#fff", "#eef4fb"

Point = tuple[float, float]


def drawn_boxes(network: Network) -> str:
    """The layers from top to bottom, those side by side that follow equally far behind the input."""
    depths = _depths(network)
    places = _places(network, depths)
    across = max(x for x, _ in places.values()) + 1.0
    down = max(y for _, y in places.values()) + 1.0
    edges = [(source, place.number) for place in network.places for source in place.sources]
    taken = {*places.values()}
    bent = {edge for edge in edges if _is_blocked(places[edge[0]], places[edge[1]], taken)}
    room = 0.8 if bent else 0.1
    with mpl.rc_context({**STYLE, "axes.grid": False}):
        size = (across * (WIDE + APART) + room, down * (HIGH + APART) + 0.2)
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots()
        axes.axis("off")
        axes.set(xlim=(-WIDE / 2 - room, size[0] - WIDE / 2 - room), ylim=(-size[1] + HIGH, HIGH))
        for name, text in _texts(network).items():
            x, y = _centre(places[name])
            colour = PAPER if name in network.inputs else LIGHT
            corner = (x - WIDE / 2, y - HIGH / 2)
            box = FancyBboxPatch(
                corner, WIDE, HIGH, "round,pad=0.04", facecolor=colour, edgecolor=BLUE, zorder=2
            )
            axes.add_patch(box)
            axes.text(x, y, text, ha="center", va="center", fontsize=8, color=INK, zorder=3)
        for source, number in edges:
            _arrow(axes, _centre(places[source]), _centre(places[number]), (source, number) in bent)
        return svg(figure, "The network")


def _depths(network: Network) -> dict[str, int]:
    """How many layers lie behind each layer, on the longest way from an input."""
    depths = dict.fromkeys(network.inputs, 0)
    for place in network.places:
        depths[place.number] = 1 + max(depths[source] for source in place.sources)
    return depths


def _places(network: Network, depths: Mapping[str, int]) -> dict[str, Point]:
    """The column and the row of each box: below the first that it takes, or else the next free one."""
    columns: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    sources = {place.number: place.sources for place in network.places}
    for name, depth in depths.items():
        column = columns[sources[name][0]] if name in sources else 0
        while (column, depth) in taken:
            column += 1
        columns[name] = column
        taken.add((column, depth))
    return {name: (float(columns[name]), float(depth)) for name, depth in depths.items()}


def _is_blocked(start: Point, end: Point, taken: set[Point]) -> bool:
    """Whether a box lies on the straight way from one to another."""
    between = range(int(start[1]) + 1, int(end[1]))
    return any((column, float(row)) in taken for row in between for column in (start[0], end[0]))


def _centre(place: Point) -> Point:
    column, row = place
    return column * (WIDE + APART), -row * (HIGH + APART)


def _texts(network: Network) -> dict[str, str]:
    """What stands in each box: the layer's name, the shape of what it gives, and its parameters."""
    texts = {name: f"{name}\n{_times(shape)}" for name, shape in network.inputs.items()}
    for place in network.places:
        count = f", {place.count_params:,} parameters" if place.count_params else ""
        texts[place.number] = f"{place.name}\n{_times(place.output_shape)}{count}"
    return texts


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _arrow(axes: Axes, start: Point, end: Point, bent: bool) -> None:
    """From a box to one below; past those between on the left."""
    style: dict[str, object] = {"arrowstyle": "-|>", "color": INK, "lw": 0.9, "shrinkA": 0, "shrinkB": 0}
    top, bottom = (start[0], start[1] - HIGH / 2 - 0.04), (end[0], end[1] + HIGH / 2 + 0.04)
    if bent:
        top, bottom = (start[0] - WIDE / 2 - 0.04, start[1]), (end[0] - WIDE / 2 - 0.04, end[1])
        style["connectionstyle"] = f"arc3,rad={min(0.4, 0.6 / (start[1] - end[1])):.3f}"
    axes.annotate("", bottom, top, arrowprops=style, zorder=1)

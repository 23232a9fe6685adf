"""The picture of a design: a box for each layer with its shape, branches side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from chainrule.paper.pictures import BLUE, GREEN, INK, RED, SOFT, drawing
from chainrule.paper.topics.cost.designs import Branching, Design, Row
from chainrule.paper.topics.cost.spots import whole, written

BOX, HIGH, GAP, APART = 2.5, 0.52, 0.3, 0.25
"""Inches: a box, and what lies between boxes one below the other and side by side."""
LONGEST = 34
"""Characters in a box."""
COLUMN = 8
"""Boxes one below the other; more than these go on in the next column."""
COLOURS = {"convolution": BLUE, "dense": GREEN, "pooling": RED, "join": INK, "other": SOFT, "input": INK}


@dataclass
class _Block:
    """A box, or branches between two bars, with its size in inches."""

    width: float = BOX
    height: float = HIGH
    words: tuple[str, str] = ("", "")
    kind: str = "other"
    columns: list[list[_Block]] = field(default_factory=list)


def draw(design: Design, title: str) -> str:
    """The design as SVG."""
    start = _Block(words=("input", written(whole(design.page, design.input))), kind="input")
    columns = _columns([start, *_blocks(design.tree)])
    width = sum(map(_widest, columns)) + APART * (len(columns) + 1)
    height = max(map(_length, columns)) + 2 * GAP
    with drawing(title, width, height, **{"axes.grid": False}) as picture:
        axes = picture.axes
        axes.set(xlim=(0, width), ylim=(-height, 0))
        axes.axis("off")
        left, end = APART, (0.0, 0.0)
        for i, column in enumerate(columns):
            middle = left + _widest(column) / 2
            if i:
                _turn(axes, end, (middle, -GAP), left - APART / 2)
            end = _stack(axes, column, middle, -GAP)
            left += _widest(column) + APART
    return picture.svg


def _blocks(tree: Sequence[Row | Branching]) -> list[_Block]:
    made: list[_Block] = []
    for part in tree:
        if isinstance(part, Row):
            made.append(_Block(words=_words(part), kind=part.kind))
            continue
        columns = [_blocks(branch) for branch in part.branches]
        width = sum(map(_widest, columns)) + APART * (len(columns) - 1)
        height = max(max(map(_length, columns)), HIGH) + 2 * GAP + HIGH
        made.append(_Block(width, height, _words(part.join), "join", columns))
    return made


def _words(row: Row) -> tuple[str, str]:
    words = row.words if len(row.words) <= LONGEST else f"{row.words[: LONGEST - 1]}…"
    return f"{row.label}  {words}", written(row.shape)


def _columns(blocks: list[_Block]) -> list[list[_Block]]:
    """The blocks in as many columns of about one height as they need."""
    whole = _length(blocks) + GAP
    count = math.ceil(whole / (COLUMN * (HIGH + GAP)))
    most = math.ceil(whole / count / (HIGH + GAP)) * (HIGH + GAP)
    columns: list[list[_Block]] = [[]]
    for block in blocks:
        if columns[-1] and _length([*columns[-1], block]) > most and not (block.columns and len(blocks) < 4):
            columns.append([])
        columns[-1].append(block)
    return columns


def _widest(column: Sequence[_Block]) -> float:
    return max((block.width for block in column), default=BOX / 2)


def _length(column: Sequence[_Block]) -> float:
    return sum(block.height for block in column) + GAP * (len(column) - 1)


def _stack(axes: Axes, column: Sequence[_Block], x: float, top: float) -> tuple[float, float]:
    """Draw blocks one below the other; gives the place below the last."""
    for i, block in enumerate(column):
        if i:
            _arrow(axes, (x, top + GAP), (x, top))
        if block.columns:
            _side_by_side(axes, block, x, top)
        else:
            _box(axes, block, x, top)
        top -= block.height + GAP
    return x, top + GAP


def _side_by_side(axes: Axes, block: _Block, x: float, top: float) -> None:
    left, bottom = x - block.width / 2, top - block.height + HIGH
    for column in block.columns:
        wide = _widest(column)
        middle, start = left + wide / 2, top - GAP
        axes.plot([x, middle], [top, top], color=SOFT, linewidth=1)
        end = start
        if column:
            _arrow(axes, (middle, top), (middle, start))
            _, end = _stack(axes, column, middle, start)
        axes.plot([middle, middle], [end if column else top, bottom + GAP / 2], color=SOFT, linewidth=1)
        axes.plot([middle, x], [bottom + GAP / 2] * 2, color=SOFT, linewidth=1)
        left += wide + APART
    _arrow(axes, (x, bottom + GAP / 2), (x, bottom))
    _box(axes, block, x, bottom)


def _box(axes: Axes, block: _Block, x: float, top: float) -> None:
    place, colour = (x - BOX / 2, top - HIGH), COLOURS[block.kind]
    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch(place, BOX, HIGH, boxstyle=style, facecolor="white", edgecolor=colour))
    first, second = block.words
    size = 8.5 if len(first) <= 30 else 7
    axes.text(x, top - HIGH * 0.33, first, ha="center", va="center", fontsize=size, parse_math=False)
    axes.text(x, top - HIGH * 0.72, second, ha="center", va="center", fontsize=9, color=colour, weight="bold")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "color": SOFT, "shrinkA": 0, "shrinkB": 0, "linewidth": 1}
    axes.annotate("", xy=end, xytext=start, arrowprops=look)


def _turn(axes: Axes, end: tuple[float, float], start: tuple[float, float], between: float) -> None:
    """The way from below a column to the top of the next."""
    low, high = end[1] - GAP / 2, start[1] + GAP / 2
    way = [end, (end[0], low), (between, low), (between, high), (start[0], high)]
    axes.plot([x for x, _ in way], [y for _, y in way], color=SOFT, linewidth=1)
    _arrow(axes, (start[0], high), start)

"""Cheaper designs: 1×1 bottlenecks and separable convolutions, and what one design saves on another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.cost.designs import MULTIPLICATIONS, PARAMETERS, Design, Row
from chainrule.paper.topics.cost.layers import Conv2D, Counted, Fork, SeparableConv2D
from chainrule.paper.topics.cost.reading import Layer
from chainrule.paper.topics.cost.spots import numbered, whole, written
from chainrule.rules.counting import savings, sums
from chainrule.rules.rule import size


def is_large(layer: Layer) -> bool:
    """Whether it is a convolution that a bottleneck can make cheaper."""
    return isinstance(layer, Conv2D) and layer.kernel_size != (1, 1) and layer.groups == 1


def large_rows(design: Design) -> list[Row]:
    """The convolutions of a design that a bottleneck can make cheaper."""
    return [row for row in design.rows if is_large(row.layer)]


def replaced(layers: Sequence[Layer], change: Callable[[Conv2D], list[Counted]]) -> list[Layer]:
    """The layers with every large convolution changed, in branches too."""
    made: list[Layer] = []
    for layer in layers:
        if isinstance(layer, Fork):
            inside = [replaced(branch, change) for branch in layer.branches]
            made.append(layer.model_copy(update={"branches": inside}))
        elif is_large(layer):
            assert isinstance(layer, Conv2D)
            made += change(layer)
        else:
            made.append(layer)
    return made


def with_bottlenecks(layers: Sequence[Layer], widths: Sequence[int]) -> list[Layer]:
    """The layers with a 1×1 convolution before every large one, of so many filters each."""
    remaining = iter(widths)

    def change(layer: Conv2D) -> list[Counted]:
        narrow = Conv2D(
            layer="Conv2D",
            name=None,
            filters=next(remaining),
            kernel_size=(1, 1),
            use_bias=layer.use_bias,
            activation=layer.activation,
        )
        return [narrow, layer]

    return replaced(layers, change)


def separable(layers: Sequence[Layer]) -> list[Layer]:
    """The layers with every large convolution made separable."""

    def change(layer: Conv2D) -> list[Counted]:
        arguments = layer.model_dump(exclude={"layer", "groups"})
        return [SeparableConv2D(layer="SeparableConv2D", **arguments)]

    return replaced(layers, change)


# ---------------------------------------------------------------------------- bottlenecks


def write_limits(page: Page, design: Design) -> None:
    """Work for every large convolution below which width a bottleneck saves multiplications.

    Raises SheetError where there is no such convolution.
    """
    rows = large_rows(design)
    if not rows:
        raise SheetError("given.layers: no convolution here is larger than 1 × 1; a bottleneck saves nothing")
    page.part("bottleneck", "Bottlenecks: how wide they may be")
    page.remark(
        "A 1 × 1 convolution with $w$ filters before a large one keeps height and width, and leaves it only "
        "$w$ channels to see. Both cost something for each of the $w$:"
    )
    for row in rows:
        shape, kernel = f"shape{row.number}", f"kernel{row.number}"
        each, limit = f"each{row.number}", f"break_even{row.number}"
        most = f"largest_width{row.number}"
        symbol = numbered("e", row.number, "")
        page.work(each, savings.multiplications_per_width, row.input, shape, kernel, symbol=symbol)
        symbol = numbered("w", row.number, "")
        counts = f"{MULTIPLICATIONS}{row.number}", each
        page.work(limit, savings.break_even, *counts, symbol=symbol)
        symbol = rf"\text{{largest }} {symbol}"
        page.work(most, savings.largest_saving_width, *counts, symbol=symbol)
        count = whole(page, most)[0]
        said = (
            f"a bottleneck of at most {count:,} saves multiplications" if count else "no bottleneck saves any"
        )
        page.remark(f"Before layer {row.label}, {said}.")


def width_within(page: Page, design: Design, budget: int) -> int:
    """Work the widest bottleneck that a budget of multiplications allows.

    Raises SheetError where not even one filter fits, where none is needed, and for several convolutions.
    """
    rows = large_rows(design)
    if len(rows) != 1:
        said = f"a budget is for one convolution larger than 1 × 1; got {len(rows)}. Give widths instead"
        raise SheetError(f"given.budget: {said}")
    [row] = rows
    total = design.total(MULTIPLICATIONS)
    if total <= budget:
        said = f"without a bottleneck it takes {total:,}, which is within {budget:,}: none is needed"
        raise SheetError(f"given.budget: {said}")
    page.part("width", "The widest bottleneck within the budget")
    page.give("budget", budget, symbol=r"\text{budget}")
    left, each = "budget", f"each{row.number}"
    symbol = numbered("e", row.number, "")
    if total > row.multiplications:
        others = [r for r in design.rows if r.multiplications and r is not row]
        names = [f"{MULTIPLICATIONS}{r.number}" for r in others]
        page.work("others", sums.sum_of(len(names)), *names, symbol=r"M_{\text{others}}")
        left = "left"
        page.work(left, savings.saving, "budget", "others", symbol=r"\text{left}")
    each_count, room = whole(page, each)[0], whole(page, left)[0]
    page.remark(
        rf"Wanted is the largest whole $w$ with $w \cdot {symbol} \le {page.tape[left].symbol}$, that is "
        rf"$w \cdot {each_count} \le {room}$, or $w \le \frac{{{room}}}{{{each_count}}}$:"
    )
    page.work("width", savings.width_within, left, each, symbol="w")
    width = whole(page, "width")[0]
    if width < 1:
        least = whole(page, each)[0] + total - row.multiplications
        raise SheetError(f"given.budget: no width meets {budget:,}; a bottleneck of 1 takes {least:,}")
    return width


# ------------------------------------------------------------------------------- saving


def write_saving(page: Page, first: Design, second: Design) -> None:
    """Work what the second design saves: the difference, how many times as many, and percent."""
    page.part("saving", "What is saved")
    for word, letter, stem in ((MULTIPLICATIONS, "M", ""), (PARAMETERS, "P", "parameter_")):
        before, after = first.name(word), second.name(word)
        saved, times, percent = f"{stem}saving", f"{stem}ratio", f"{stem}percent"
        page.work(saved, savings.saving, before, after, symbol=rf"\Delta {letter}")
        if second.total(word):
            page.work(times, savings.ratio, before, after, symbol=rf"r_{{{letter}}}")
        if first.total(word):
            page.work(percent, savings.percent_saved, saved, before, symbol=rf"\%_{{{letter}}}")
        page.remark(_verdict(word, first.total(word), second.total(word), second.ending[1:]))
    shapes = [whole(page, design.shape) for design in (first, second)]
    if shapes[0] == shapes[1]:
        page.remark(f"Both give the same shape, {written(shapes[0])}.")
    else:
        same = " of the same size" if size(shapes[0]) == size(shapes[1]) else ""
        page.remark(f"They give different shapes{same}: {written(shapes[0])}, and {written(shapes[1])}.")


def _verdict(word: str, first: int, second: int, called: str) -> str:
    if first == second:
        return f"Both take the same number of {word}: {first:,}."
    better = called if second < first else "first"
    return f"The {better} design takes fewer {word}: {abs(first - second):,} fewer."

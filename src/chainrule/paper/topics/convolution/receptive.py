"""The receptive field of a stack of layers, layer by layer."""

from __future__ import annotations

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics._windows import padding_pairs, whole
from chainrule.paper.topics.convolution.given import Given, Layer
from chainrule.paper.workings import Working
from chainrule.rules.convolution.sizes import effective_size, output_size, receptive_field, receptive_jump
from chainrule.rules.windows import same_padding, zeros_after, zeros_before


def solve_receptive_field(question: Question) -> Working:
    """Work how many inputs one output sees behind each layer; with a size, the lengths of the maps too."""
    given: Given = question.given
    assert given.layers is not None
    if given.size is not None and not isinstance(given.size, int):
        raise SheetError("given.size: expected one whole number, the length along one axis")
    page = Page(question)
    page.part("receptive-field", "Receptive field")
    page.remark(
        "$r_{l}$ is how many inputs, along one axis, an output of layer $l$ sees; $j_{l}$ how many inputs "
        "further on the next output begins to see. Before the first layer both are 1."
    )
    for name in ("r0", "jump0"):
        page.give(name, Number(1), symbol=name.replace("jump", "j").replace("0", "_{0}"), hidden=True)
    if given.size is not None:
        page.give("n0", Number(given.size))
    for number, layer in enumerate(given.layers, start=1):
        _work_layer(page, number, layer, with_size=given.size is not None)
    rows = [_row(page, number, layer) for number, layer in enumerate(given.layers, start=1)]
    sizes = given.size is not None
    head = ["layer", "$f$", "$s$", "$d$", *(["$n$"] if sizes else []), "$j$", "$r$"]
    start = ["input", "", "", "", *([page.write(page["n0"][()])] if sizes else []), "$1$", "$1$"]
    page.part("table", "Layer by layer")
    page.table("", head, [start, *rows])
    last = len(given.layers)
    seen = whole(page[f"r{last}"])[0]
    said = f"One output of the last layer sees {seen:,} input{'s' if seen > 1 else ''} along each axis"
    if isinstance(given.size, int) and seen > given.size:
        said += f"; the input has only {given.size:,}, the others are zeros of the padding"
    page.remark(f"{said}.")
    return page.working()


def _work_layer(page: Page, number: int, layer: Layer, with_size: bool) -> None:
    for name, value in (("f", layer.kernel_size), ("s", layer.strides), ("d", layer.dilation_rate)):
        page.give(f"{name}{number}", Number(value), hidden=True)
    spanned, before = f"f{number}", number - 1
    if layer.dilation_rate > 1:
        spanned = f"effective{number}"
        symbol = rf"f_{{\text{{eff}},{number}}}"
        page.work(spanned, effective_size, f"f{number}", f"d{number}", symbol=symbol)
    if with_size:
        _work_length(page, number, layer, spanned)
    page.work(f"r{number}", receptive_field, f"r{before}", spanned, f"jump{before}")
    page.work(f"jump{number}", receptive_jump, f"jump{before}", f"s{number}", symbol=f"j_{{{number}}}")


def _work_length(page: Page, number: int, layer: Layer, spanned: str) -> None:
    """The length of the map behind a layer."""
    length, stride = f"n{number - 1}", f"s{number}"
    zeros, before, after = (f"{name}{number}" for name in ("zeros", "before", "after"))
    symbols = [rf"p_{{\text{{{side}}},{number}}}" for side in ("before", "after")]
    if layer.padding == "same":
        page.work(zeros, same_padding, length, spanned, stride, symbol=f"P_{{{number}}}")
        page.work(before, zeros_before, zeros, symbol=symbols[0])
        page.work(after, zeros_after, zeros, before, symbol=symbols[1])
    elif layer.padding == "keep":
        raise SheetError(
            f"given.layers[{number}].padding: expected 'valid', 'same' or whole numbers; got 'keep'"
        )
    else:
        ((first, last),) = padding_pairs(layer.padding, 1, f"given.layers[{number}].padding")
        page.give(before, Number(first), symbols[0], hidden=True)
        page.give(after, Number(last), symbols[1], hidden=True)
    room = sum(whole(page[name])[0] for name in (length, before, after))
    if room < whole(page[spanned])[0]:
        found = f"{whole(page[spanned])[0]} does not fit into a length of {room}; expected at most as large"
        raise SheetError(f"given.layers[{number}].kernel_size: {found}")
    page.work(f"n{number}", output_size, length, spanned, before, after, stride)


def _row(page: Page, number: int, layer: Layer) -> list[str]:
    lengths = (layer.kernel_size, layer.strides, layer.dilation_rate)
    worked = [f"n{number}"] if f"n{number}" in page.tape.quantities else []
    worked += [f"jump{number}", f"r{number}"]
    name = f"{number} {as_prose(layer.name)}".strip()
    return [name, *(f"${n}$" for n in lengths), *(page.write(page[q][()]) for q in worked)]

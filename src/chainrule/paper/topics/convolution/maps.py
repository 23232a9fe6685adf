"""Questions with numbers: the feature maps, what the filters find, and the gradients."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.names import tex_name
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics import _grid
from chainrule.paper.topics._windows import (
    Windows,
    check_work,
    padding_pairs,
    per_axis,
    times,
    work_windows,
)
from chainrule.paper.topics.convolution.given import Given
from chainrule.paper.topics.convolution.gradients import work_gradients
from chainrule.paper.topics.convolution.meaning import meaning, strongest
from chainrule.paper.topics.convolution.named import Arrays, arrays_of, slopes_of, with_word
from chainrule.paper.workings import Working
from chainrule.rules.maps import map_definition, map_rule, sum_of_maps, zeros_around
from chainrule.rules.rule import Shape, size

MOST_CHANNELS_DRAWN = 4


def solve_maps(question: Question) -> Working:
    """Work the feature map of every filter, say what it finds, and work the gradients if asked for."""
    given: Given = question.given
    arrays = arrays_of(given)
    if given.dY is not None and given.loss is not None:
        raise SheetError("given.loss: with dY given there is no loss to be worked; expected one of them")
    page = Page(question)
    _give(page, arrays)
    page.part("size", "Size of the map")
    windows = _work_size(page, given, arrays)
    slopes = slopes_of(given, len(arrays.filters), windows.outputs)
    page.part("map", "Feature map" if len(arrays.filters) == 1 else "Feature maps")
    _work_maps(page, arrays, windows, given.flip)
    _find_meaning(page, arrays, windows, given.flip)
    if slopes is not None or given.loss is not None:
        page.part("gradients", "Gradients")
        work_gradients(page, arrays, windows, given.flip, slopes)
    return page.working()


def _give(page: Page, arrays: Arrays) -> None:
    for c in arrays.channels:
        page.give(arrays.of_channel("X", c), arrays.X[c])
    for k in arrays.filters:
        for c in arrays.channels:
            page.give(arrays.of_both("W", k, c), arrays.W[k, c])
        if arrays.b is not None:
            page.give(arrays.of_filter("b", k), np.asarray(arrays.b[k], dtype=object))


def _work_size(page: Page, given: Given, arrays: Arrays) -> Windows:
    lengths, kernel, axes = arrays.X.shape[1:], arrays.W.shape[2:], arrays.axes
    strides = per_axis(given.strides, axes, "strides")
    dilation = per_axis(given.dilation_rate, axes, "dilation_rate")
    if not isinstance(given.padding, str):
        room = [n + b + a for n, (b, a) in zip(lengths, padding_pairs(given.padding, axes), strict=True)]
        check_work(page, size(tuple(room)), "padding", "numbers with the padding")
    windows = work_windows(page, lengths, kernel, strides, given.padding, dilation, "filter")
    if len(arrays.filters) > 1:
        maps = times((*windows.outputs, len(arrays.filters)))
        page.remark(f"Each of the {len(arrays.filters)} filters gives one map: {maps} in all.")
    check_work(page, max(size(windows.whole), size(windows.outputs) * size(arrays.W.shape)), "input")
    return windows


def _work_maps(page: Page, arrays: Arrays, windows: Windows, flip: bool) -> None:
    definition = map_definition(windows.window, windows.strides, windows.dilation, flip)
    if flip:
        how = "by a half turn (flipped both ways)" if arrays.axes == 2 else "(read from its end)"
        said = f"The filter is turned {how} and laid on every window: "
    else:
        said = "The filter is laid on every window as it is, and the products are added: "
    page.remark(f"{said}${definition}$.")
    if windows.is_padded:
        for c in arrays.channels:
            name = arrays.of_channel("X", c)
            page.work(
                f"{name}_padded",
                zeros_around,
                name,
                symbol=with_word(tex_name(name), "padded"),
                padding=tuple(windows.padding),
            )
    options: dict[str, Any] = {"strides": windows.strides, "dilation": windows.dilation}
    ending = "_padded" if windows.is_padded else ""
    for k in arrays.filters:
        inputs = [(arrays.of_channel("X", c) + ending, arrays.of_both("W", k, c)) for c in arrays.channels]
        Y = arrays.of_filter("Y", k)
        bias = [arrays.of_filter("b", k)] if arrays.b is not None else []
        if len(inputs) == 1:
            page.work(Y, map_rule(flip, bool(bias)), *inputs[0], *bias, **options)
            continue
        parts = [arrays.of_both("P", k, c) for c in arrays.channels]
        for part, pair in zip(parts, inputs, strict=True):
            page.work(part, map_rule(flip, bias=False), *pair, **options)
        page.work(Y, sum_of_maps(len(parts), bool(bias)), *parts, *bias)


def _find_meaning(page: Page, arrays: Arrays, windows: Windows, flip: bool) -> None:
    """What each filter finds, in words, and as a picture."""
    page.part("meaning", "What the filter finds" if len(arrays.filters) == 1 else "What the filters find")
    X = [page[arrays.of_channel("X", c)] for c in arrays.channels]
    for k in arrays.filters:
        W = [page[arrays.of_both("W", k, c)] for c in arrays.channels]
        Y = arrays.of_filter("Y", k)
        named = f"Filter {k + 1}: " if len(arrays.filters) > 1 else ""
        if len(W) == 1 and (said := meaning(W[0], flip)):
            bias = "The bias is added everywhere alike." if arrays.b is not None else ""
            page.remark(" ".join(filter(None, [f"{named}{said}", bias, strongest(page[Y])])))
        if len(X) <= MOST_CHANNELS_DRAWN and _grid.can_be_drawn(*X, *W, page[Y]):
            title = f"Input, filter{f' {k + 1}' if named else ''} and map"
            names = []
            if len(X) > 1:
                pairs = [(arrays.of_channel("X", c), arrays.of_both("W", k, c)) for c in arrays.channels]
                names = [tuple(f"${tex_name(name)}$" for name in pair) for pair in pairs]
            page.picture(title, partial(draw, title, X, W, page[Y], windows, names))


def draw(
    title: str,
    X: list[np.ndarray],
    W: list[np.ndarray],
    Y: np.ndarray,
    windows: Windows,
    names: Sequence[tuple[str, ...]] = (),
) -> str:
    """Input, filter and map side by side, a row for each channel; the first window is framed.

    ``names`` are those of each channel of input and filter, where there are several.
    """
    from chainrule.paper.pictures import drawing

    spans = [d * (f - 1) + 1 for d, f in zip(windows.dilation, windows.window, strict=True)]
    corner = windows.at((0,) * len(spans))
    frame = _frame(corner, tuple(spans))
    heights, widths = zip(_grid.extent(X[0], [frame]), _grid.extent(W[0]), _grid.extent(Y), strict=True)
    height = max(heights)
    inches = (0.42 * (sum(widths) + 3) + 0.6, (0.42 * (height + 1) + 0.35) * len(X))
    with drawing(title, *inches) as picture:
        grid = picture.figure.subplots(len(X), 3, width_ratios=widths, squeeze=False)
        for c, (left, middle, right) in enumerate(grid):
            of_input, of_filter = (f"input {names[c][0]}", names[c][1]) if names else ("input", "filter")
            _grid.draw_matrix(left, X[c], of_input, [frame])
            _grid.draw_matrix(middle, W[c], of_filter)
            if c == 0:
                _grid.draw_matrix(right, Y, "map", [_frame((0,) * len(spans), (1,) * len(spans))])
            else:
                right.axis("off")
    return picture.svg


def _frame(corner: Shape, lengths: Shape) -> _grid.Frame:
    """A frame in a matrix; in a vector, in its one row."""
    if len(corner) == 1:
        return _grid.Frame(0, corner[0], 1, lengths[0])
    return _grid.Frame(corner[0], corner[1], lengths[0], lengths[1])

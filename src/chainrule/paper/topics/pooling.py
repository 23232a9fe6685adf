"""The topic ``pooling``: max and average pooling, forwards and backwards; or sizes alone."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
from pydantic import Field

from chainrule.paper.names import tex_name
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError, Strict, Values
from chainrule.paper.topics import _grid
from chainrule.paper.topics._windows import (
    Lengths,
    Padding,
    Windows,
    check_work,
    found_shape,
    padding_pairs,
    per_axis,
    times,
    work_windows,
)
from chainrule.paper.workings import Working
from chainrule.rules.maps import lengths_of, sum_of_a_map, sum_of_maps
from chainrule.rules.pooling.maps import (
    map_of_largest,
    map_of_largest_dX,
    map_of_means,
    map_of_means_dX,
    winners,
)
from chainrule.rules.rule import Shape, size


class Given(Strict):
    """What is given in a question of the topic ``pooling``."""

    input: Values = Field(None, description="one channel as rows, or a list of channels; a signal as a list")
    size: Lengths = Field(None, description="instead of the input, its length or [height, width]")
    pooling: Literal["max", "average"] = "max"
    pool_size: Lengths = 2
    strides: Lengths = Field(None, description="the pool size if absent")
    padding: Padding = "valid"
    dY: Values = Field(  # noqa: N815 - the name of the quantity
        None, description="the gradient of the loss in the output; of several channels, a list of them"
    )
    loss: Literal["sum"] | None = Field(None, description="the loss, if dY is not given")


def solve(question: Question) -> Working:
    """Work the size of the output; with an input, the output and the gradient in the input too.

    Raises SheetError for what does not go together, WorkError for what cannot be worked.
    """
    given: Given = question.given
    if (given.input is None) == (given.size is None):
        raise SheetError("given: expected input, or size, one of them")
    if given.input is None:
        return _solve_size(question, given)
    if given.dY is not None and given.loss is not None:
        raise SheetError("given.loss: with dY given there is no loss to be worked; expected one of them")
    if given.input.ndim not in (1, 2, 3):
        raise SheetError(
            "given.input: expected a list of numbers, rows of them, or a list of channels in rows"
        )
    page = Page(question)
    X = given.input if given.input.ndim == 3 else given.input[None]
    names = ["X"] if len(X) == 1 else [f"X{c + 1}" for c in range(len(X))]
    for name, channel in zip(names, X, strict=True):
        page.give(name, channel)
    page.part("size", "Size of the output")
    windows = _windows(page, given, X.shape[1:], listed=False)
    check_work(page, len(X) * size(windows.outputs) * size(windows.window), "input", "numbers in windows")
    page.part("map", f"{given.pooling.title()} pooling")
    if windows.is_padded:
        page.remark("Padding holds no numbers: only what lies in the input counts.")
    _work_outputs(page, given, names, windows)
    slopes = _slopes(given, len(X), windows.outputs)
    if slopes is not None or given.loss is not None:
        page.part("gradients", "Gradients")
        _work_gradients(page, given, names, windows, slopes)
    return page.working()


def _solve_size(question: Question, given: Given) -> Working:
    if others := sorted({"dY", "loss"} & given.model_fields_set):
        raise SheetError(f"given.{others[0]}: does not go with size; expected an input with numbers")
    page = Page(question)
    page.part("size", "Size of the output")
    lengths = (given.size,) * 2 if isinstance(given.size, int) else given.size
    if len(lengths) > 2:
        raise SheetError(
            f"given.size: {len(lengths)} numbers; expected the length, or [height, width]: every channel is "
            "pooled alone"
        )
    _windows(page, given, lengths, listed=True)
    return page.working()


def _windows(page: Page, given: Given, lengths: tuple[int, ...], listed: bool) -> Windows:
    axes = len(lengths)
    window = per_axis(given.pool_size, axes, "pool_size")
    strides = window if given.strides is None else per_axis(given.strides, axes, "strides")
    if given.padding == "keep":
        raise SheetError("given.padding: expected 'valid', 'same' or whole numbers; got 'keep'")
    if given.padding != "same":
        for pair, f in zip(padding_pairs(given.padding, axes), window, strict=True):
            if max(pair) >= f:
                raise SheetError(
                    f"given.padding: {max(pair)}, and a window of {f} could hold no number of the input; "
                    f"expected at most {f - 1}"
                )
    return work_windows(
        page, lengths, window, strides, given.padding, (1,) * axes, "pool_size", listed=listed
    )


def _options(windows: Windows) -> dict[str, Any]:
    return {"pool_size": windows.window, "strides": windows.strides, "padding": tuple(windows.padding)}


def _output(name: str) -> str:
    return name.replace("X", "Y")


def _work_outputs(page: Page, given: Given, names: list[str], windows: Windows) -> None:
    """The pooled channels, each with its windows as a picture."""
    rule = map_of_largest if given.pooling == "max" else map_of_means
    options = _options(windows)
    for name in names:
        Y = _output(name)
        page.work(Y, rule, name, **options)
        if _grid.can_be_drawn(page[name], page[Y]):
            title = f"Windows of {name}" if len(names) > 1 else "Windows"
            draw = partial(_draw, title, page[name], page[Y], windows, given.pooling == "max")
            page.picture(title, draw)


def _slopes(given: Given, channels: int, outputs: tuple[int, ...]) -> np.ndarray | None:
    """The gradient in each output. Raises SheetError where its shape is not that of the outputs."""
    if given.dY is None:
        return None
    dY = given.dY if given.input.ndim == 3 else given.dY[None]
    if dY.shape != (channels, *outputs):
        expected = (channels, *outputs) if given.input.ndim == 3 else outputs
        raise SheetError(
            f"given.dY: {found_shape(given.dY)}; expected the shape of the output, {times(expected)}"
        )
    return np.asarray(dY)


def _work_gradients(
    page: Page, given: Given, names: list[str], windows: Windows, slopes: np.ndarray | None
) -> None:
    if slopes is None:
        page.remark(
            r"The loss is the sum of all numbers of the output: every $\frac{\partial L}{\partial Y}$ is 1."
        )
        parts = [name.replace("X", "loss") for name in names]
        for part, name in zip(parts, names, strict=True):
            page.work(part, sum_of_a_map, _output(name))
        if len(parts) > 1:
            page.work("loss", sum_of_maps(len(parts), bias=False), *parts)
    ones = np.full((len(names), *windows.outputs), Number(1), dtype=object)
    given_slopes = ones if slopes is None else slopes
    options = _options(windows)
    for name, values in zip(names, given_slopes, strict=True):
        Y = _output(name)
        page.give(f"d{Y}", values, rf"\frac{{\partial L}}{{\partial {tex_name(Y)}}}", hidden=slopes is None)
        symbol = rf"\frac{{\partial L}}{{\partial {tex_name(name)}}}"
        if given.pooling == "max":
            page.work(f"d{name}", map_of_largest_dX, name, f"d{Y}", symbol=symbol, **options)
            _remark_on_ties(page, name, windows)
        else:
            page.work(f"d{name}", map_of_means_dX, f"d{Y}", symbol=symbol, lengths=windows.lengths, **options)
    page.work(
        f"d{names[0]}_size",
        lengths_of,
        f"d{names[0]}",
        symbol=rf"\text{{size of }} \frac{{\partial L}}{{\partial {tex_name(names[0])}}}",
    )


def _remark_on_ties(page: Page, name: str, windows: Windows) -> None:
    """Say where a window has several largest numbers, and what is done then."""
    found = winners(page[name], windows.window, windows.strides, windows.padding)
    ties = sum(len(places) > 1 for places in found)
    if ties:
        said = "One window has its" if ties == 1 else f"{ties} windows have their"
        page.remark(
            f"{said} largest number more than once: there the maximum has no gradient. The first of the "
            "equal numbers, row by row, takes it, as in Keras on JAX and in PyTorch."
        )


def _draw(title: str, X: np.ndarray, Y: np.ndarray, windows: Windows, is_max: bool) -> str:
    """Input and output; each window has a colour, where windows do not lie on each other."""
    from chainrule.paper.pictures import drawing

    wide, tall = np.atleast_2d(X), np.atleast_2d(Y)
    fills, output_fills = _colours(windows, wide.shape, tall.shape)
    bold = np.zeros(wide.shape, dtype=bool)
    if is_max:
        for first, *_ in winners(X, windows.window, windows.strides, windows.padding):
            bold[first if X.ndim == 2 else (0, *first)] = True
    frames, output_frames = [], []
    if any(s < f for s, f in zip(windows.strides, windows.window, strict=True)):
        corner = windows.at((0,) * X.ndim)
        row, column = corner if X.ndim == 2 else (0, corner[0])
        height, width = windows.window if X.ndim == 2 else (1, windows.window[0])
        frames = [_grid.Frame(row, column, height, width)]
        output_frames = [_grid.Frame(0, 0, 1, 1)]
    heights, widths = zip(_grid.extent(X, frames), _grid.extent(Y), strict=True)
    inches = (0.5 * (sum(widths) + 2) + 0.4, 0.5 * (max(heights) + 1) + 0.3)
    with drawing(title, *inches) as picture:
        left, right = picture.figure.subplots(1, 2, width_ratios=widths)
        _grid.draw_matrix(left, X, "input", frames, fills, bold)
        _grid.draw_matrix(right, Y, "output", output_frames, output_fills)
    return picture.svg


def _colours(
    windows: Windows, inputs: tuple[int, ...], outputs: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """A colour for each number of the input, and of the output: that of its window."""
    coloured = np.full(outputs, "#ffffff", dtype=object)
    filled = np.full(inputs, "#ffffff", dtype=object)
    if any(s < f for s, f in zip(windows.strides, windows.window, strict=True)):
        return filled, coloured
    for number, place in enumerate(np.ndindex(windows.outputs)):
        colour = _grid.FIRST_COLOURS[(number + place[0]) % len(_grid.FIRST_COLOURS)]
        coloured[place if len(place) == 2 else (0, *place)] = colour
        corner = windows.at(place)
        rows, columns = _slices(corner, windows.window)
        filled[rows, columns] = colour
    return filled, coloured


def _slices(corner: Shape, window: Shape) -> tuple[slice, slice]:
    """The rows and columns under a window; a vector has one row."""
    inside = [slice(max(a, 0), a + f) for a, f in zip(corner, window, strict=True)]
    return (inside[0], inside[1]) if len(inside) == 2 else (slice(0, 1), inside[0])

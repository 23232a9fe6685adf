"""The gradients of the loss in input, filter and bias, for a given gradient in the map."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.paper.names import tex_name
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.topics._windows import Windows
from chainrule.paper.topics.convolution.named import Arrays, gradient_tex, with_word
from chainrule.rules.maps import (
    FLIPPED_MAP_DX,
    back_padding,
    flipped_map_dW,
    half_turn,
    lengths_of,
    map_db,
    map_dW,
    map_dX,
    sum_of_a_map,
    sum_of_maps,
    zeros_around,
    zeros_between,
)
from chainrule.rules.rule import Shape


def work_gradients(
    page: Page, arrays: Arrays, windows: Windows, flip: bool, slopes: np.ndarray | None
) -> None:
    """Work dW and db of every filter, and dX of every channel; without slopes, the loss is the sum."""
    _give_slopes(page, arrays, windows, slopes)
    _work_dW(page, arrays, windows, flip)
    for k in arrays.filters:
        if arrays.b is not None:
            b = arrays.of_filter("b", k)
            page.work(f"d{b}", map_db, arrays.of_filter("dY", k), symbol=gradient_tex(b))
    _work_dX(page, arrays, windows, flip)
    _work_lengths(page, arrays)


def _give_slopes(page: Page, arrays: Arrays, windows: Windows, slopes: np.ndarray | None) -> None:
    if slopes is None:
        page.remark(
            r"The loss is the sum of all numbers of the map, so every $\frac{\partial L}{\partial Y}$ is 1."
        )
        maps = [arrays.of_filter("Y", k) for k in arrays.filters]
        parts = [arrays.of_filter("loss", k) for k in arrays.filters]
        for part, Y in zip(parts, maps, strict=True):
            page.work(part, sum_of_a_map, Y)
        if len(parts) > 1:
            page.work("loss", sum_of_maps(len(parts), bias=False), *parts)
    ones = np.full((len(arrays.filters), *windows.outputs), Number(1), dtype=object)
    for k in arrays.filters:
        values = ones[k] if slopes is None else slopes[k]
        symbol = gradient_tex(arrays.of_filter("Y", k))
        page.give(arrays.of_filter("dY", k), values, symbol, hidden=slopes is None)


def _work_dW(page: Page, arrays: Arrays, windows: Windows, flip: bool) -> None:
    ending = "_padded" if windows.is_padded else ""
    where = "every number of the filter meets the part of the input that it was multiplied with"
    slopes = r"$\frac{\partial L}{\partial Y}$"
    steps = ""
    if any(s > 1 for s in windows.strides):
        steps += f" The numbers of {slopes} are laid {_steps(windows.strides)} apart, as the stride is."
    if any(d > 1 for d in windows.dilation):
        steps += f" {slopes} is moved by {_steps(windows.dilation)} each time, as the dilation is."
    if flip:
        page.remark(
            rf"For the filter, {where}: $X \star \frac{{\partial L}}{{\partial Y}}$, where $\star$ lays the "
            f"second on the first without turning it.{steps} The filter was turned, so its gradient is "
            "turned back."
        )
    else:
        page.remark(f"For the filter, {where}.{steps}")
    for k in arrays.filters:
        for c in arrays.channels:
            W = arrays.of_both("W", k, c)
            page.work(
                f"d{W}",
                flipped_map_dW if flip else map_dW,
                arrays.of_channel("X", c) + ending,
                arrays.of_filter("dY", k),
                symbol=gradient_tex(W),
                kernel=windows.window,
                strides=windows.strides,
                dilation=windows.dilation,
            )


def _work_dX(page: Page, arrays: Arrays, windows: Windows, flip: bool) -> None:
    turned = "the filter as it is, as the map was made with the turned one" if flip else "the turned filter"
    between = "zeros between its numbers, so that they lie as far apart as the strides, and "
    strided = between if any(s > 1 for s in windows.strides) else ""
    holes = ", with the holes of its dilation" if any(d > 1 for d in windows.dilation) else ""
    page.remark(
        rf"For the input, $\frac{{\partial L}}{{\partial Y}}$ gets {strided}zeros around it, as many as the "
        f"filter reaches, and is met by {turned}{holes}."
    )
    prepared = [_prepare(page, arrays.of_filter("Y", k), windows) for k in arrays.filters]
    if windows.is_padded:
        page.remark("The rows and columns that belong to the padding are left out of the result.")
    for c in arrays.channels:
        X = arrays.of_channel("X", c)
        parts = []
        for k in arrays.filters:
            W = arrays.of_both("W", k, c)
            if not flip:
                page.work(f"{W}_turned", half_turn, W, symbol=with_word(tex_name(W), "turned"))
                W = f"{W}_turned"
            alone = len(arrays.filters) == 1
            part = f"d{X}" if alone else arrays.of_both("D", k, c)
            symbol = gradient_tex(X) if alone else tex_name(part)
            options: dict[str, Any] = {"dilation": windows.dilation, "inside": tuple(windows.padding)}
            rule = FLIPPED_MAP_DX if flip else map_dX
            page.work(part, rule, prepared[k], W, symbol=symbol, **options)
            parts.append(part)
        if len(parts) > 1:
            page.work(f"d{X}", sum_of_maps(len(parts), bias=False), *parts, symbol=gradient_tex(X))


def _steps(lengths: Shape) -> str:
    """Strides, or a dilation, as prose: one number, or one for each axis.

    >>> _steps((2, 2)), _steps((2, 1))
    ('2', '2 (rows) and 1 (columns)')
    """
    if len(set(lengths)) == 1:
        return str(lengths[0])
    return f"{lengths[0]} (rows) and {lengths[1]} (columns)"


def _prepare(page: Page, Y: str, windows: Windows) -> str:
    """The gradient in a map with its zeros, for the gradient in the input; the name of it."""
    name, symbol = f"d{Y}", gradient_tex(Y)
    if any(s > 1 for s in windows.strides):
        page.work(
            f"{name}_spread", zeros_between, name, symbol=with_word(symbol, "spread"), strides=windows.strides
        )
        name = f"{name}_spread"
    zeros = back_padding(page[name].shape, windows.window, windows.dilation, windows.whole)
    page.work(f"d{Y}_padded", zeros_around, name, symbol=with_word(symbol, "padded"), padding=tuple(zeros))
    return f"d{Y}_padded"


def _work_lengths(page: Page, arrays: Arrays) -> None:
    """That a gradient is as large as what it is the gradient of."""
    page.remark("A gradient is as large as what it is the gradient of:")
    for name in (arrays.of_channel("X", 0), arrays.of_both("W", 0, 0)):
        symbol = rf"\text{{size of }} {gradient_tex(name)}"
        page.work(f"d{name}_size", lengths_of, f"d{name}", symbol=symbol)

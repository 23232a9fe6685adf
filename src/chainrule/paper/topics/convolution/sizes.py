"""Questions in which only sizes are given: the map's size, and the parameters."""

from __future__ import annotations

import numpy as np

from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError
from chainrule.paper.topics._windows import per_axis, times, work_windows
from chainrule.paper.topics.convolution.given import Given
from chainrule.paper.workings import Working
from chainrule.rules.convolution.sizes import shape_of_maps
from chainrule.rules.counting import convolutions, dense, output_shapes, sums
from chainrule.rules.rule import Shape


def solve_sizes(question: Question) -> Working:
    """Work the size of the map; with filters, the parameters; with neurons, those of a dense layer too."""
    given: Given = question.given
    if given.kernel_size is None:
        raise SheetError("given.kernel_size: is missing; expected the filter's length, or [height, width]")
    if given.dense is not None and given.filters is None:
        raise SheetError("given.filters: is missing; the inputs of a dense layer are the maps of all filters")
    shape = (given.size,) * 2 if isinstance(given.size, int) else given.size
    axes = min(len(shape), 2)
    page = Page(question)
    page.part("size", "Size of the map")
    kernel = per_axis(given.kernel_size, axes, "kernel_size")
    strides = per_axis(given.strides, axes, "strides")
    dilation = per_axis(given.dilation_rate, axes, "dilation_rate")
    windows = work_windows(
        page, shape[:axes], kernel, strides, given.padding, dilation, "kernel_size", listed=True
    )
    if windows.is_padded:
        page.remark(f"With its zeros, the input is {times(windows.whole)}.")
    if given.filters is not None:
        if axes == 1:
            raise SheetError("given.filters: parameters are counted for an input of height and width")
        _count(page, given, kernel, shape if len(shape) == 3 else (*shape, 1))
    return page.working()


def _count(page: Page, given: Given, kernel: Shape, shape: Shape) -> None:
    """The parameters of the layer, and of a dense layer behind it."""
    _give(page, "kernel", kernel, "f")
    page.give("channels", Number(shape[2]), symbol="C")
    _give(page, "input_shape", shape, r"\text{input}")
    page.give("filters", Number(given.filters), symbol="K")
    page.work("shape", shape_of_maps, "size", "filters", symbol=r"\text{map}")
    page.part("parameters", "Parameters")
    biases = "a filter has one bias" if given.use_bias else "there are no biases"
    page.remark(f"$C$ is the number of channels of the input, $K$ the number of filters; {biases}.")
    rule = convolutions.convolution_parameters if given.use_bias else convolutions.convolution_weights
    page.work("parameters", rule, "kernel", "input_shape", "filters", symbol=r"\text{parameters}")
    if given.dense is None:
        return
    page.part("dense", "The dense layer behind it")
    page.give("units", Number(given.dense))
    page.work("inputs", output_shapes.flat_shape, "shape", symbol="N")
    rule = dense.dense_parameters if given.use_bias else dense.dense_weights
    page.work("dense_parameters", rule, "inputs", "units", symbol=r"\text{dense parameters}")
    page.work("total", sums.sum_of(2), "parameters", "dense_parameters", symbol=r"\text{all parameters}")


def _give(page: Page, name: str, values: Shape, symbol: str) -> None:
    page.give(name, np.array([Number(n) for n in values], dtype=object), symbol, hidden=True)

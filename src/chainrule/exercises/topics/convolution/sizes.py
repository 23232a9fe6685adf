"""Questions in which only sizes are given: how large a map is, and how many parameters there are."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import counted, kind_of_image, square, times, zeros_around


@kind("easy")
def map_size(draw: Draw) -> Drawn:
    """How large a map is, from input, filter, stride and padding."""
    n, f, s, p = draw.integer(8, 99), draw.integer(2, 7), draw.integer(1, 4), draw.integer(0, 3)
    return {
        "text": f"A {kind_of_image(draw)} of {square(n)} pixels is convolved with a {square(f)} filter, with "
        f"stride {s} and {zeros_around(p)}. How many rows and columns has the map?",
        "find": ["size"],
        "given": {"size": n, "kernel_size": f, "strides": s, "padding": p},
    }


@kind("medium")
def map_size_by_axis(draw: Draw) -> Drawn:
    """How large a map is where rows and columns differ."""
    size, kernel = draw.integers(2, 16, 99), draw.integers(2, 2, 9)
    strides, zeros = draw.integers(2, 1, 4), [draw.integers(2, 0, 4), draw.integers(2, 0, 4)]
    (top, bottom), (left, right) = zeros
    return {
        "text": f"A {kind_of_image(draw)} of {times(size)} pixels (rows × columns) gets rows and columns of "
        f"zeros: {top} above, {bottom} below, {left} on the left and {right} on the right. A filter of "
        f"{times(kernel)} goes over it, with stride {strides[0]} down and {strides[1]} to the right. How "
        "many rows and columns has the map?",
        "find": ["size"],
        "given": {"size": size, "kernel_size": kernel, "strides": strides, "padding": zeros},
    }


@kind("easy", "medium")
def keeping_padding(draw: Draw) -> Drawn:
    """How many zeros keep an image at its size."""
    n, s = draw.integer(12, 99), draw.by(1, draw.integer(1, 3), 1)
    odd, any_length = 2 * draw.integer(1, 5) + 1, draw.integer(2, 12)
    f = draw.by(odd, any_length, odd)
    shares = " How many of them come before, and how many after, if an odd one goes to the end?"
    return {
        "text": f"A filter of {square(f)} goes over a {kind_of_image(draw)} of {square(n)} pixels with "
        f"stride {s}, and the map is to be as large as the image. How many zeros does each axis need in all "
        f"(P), and how many is that on each side, shared evenly (p)?{draw.by('', shares, shares)}",
        "find": ["zeros", "p", *draw.by([], ["before", "after"], [])],
        "given": {"size": n, "kernel_size": f, "strides": s, "padding": "keep"},
    }


@kind("medium", "hard")
def same_padding(draw: Draw) -> Drawn:
    """Padding same with a stride: the zeros of each axis, where they go, and the map."""
    size, kernel, strides = draw.integers(2, 9, 99), draw.integers(2, 2, 7), draw.integers(2, 2, 4)
    channels, filters = draw.integer(2, 32), draw.integer(4, 64)
    given: dict[str, Any] = {"size": size, "kernel_size": kernel, "strides": strides, "padding": "same"}
    met, asked, find = f"a filter of {times(kernel)}", "", ["zeros", "p", "before", "after", "size"]
    if draw.difficulty == "hard":
        given |= {"size": [*size, channels], "filters": filters}
        met = f"{filters} filters of {times(kernel)}"
        asked = " What shape have all maps together, and how many parameters has the layer, with its biases?"
        find += ["shape", "parameters"]
    return {
        "text": f"An input of {times(given['size'])} meets {met} with stride {strides[0]} down and "
        f"{strides[1]} to the right, and padding same as Keras has it: the map is ⌈n/s⌉ long, and an odd "
        "zero goes to the end. For each axis (rows, columns), how many zeros are needed in all (P), how many "
        "is that on each side, shared evenly (p), how many come before and after, and how long is the "
        f"map?{asked}",
        "find": find,
        "given": given,
    }


@kind("easy", "medium")
def dilated_size(draw: Draw) -> Drawn:
    """What a filter with holes spans, and how large its map is."""
    n, f, d = draw.integer(20, 99), draw.integer(2, 5), draw.integer(2, 4)
    p, s = draw.by(0, draw.integer(0, 4), 0), draw.by(1, draw.integer(1, 3), 1)
    return {
        "text": f"A filter of {square(f)} with dilation rate {d} goes over an input of {square(n)} with "
        f"stride {s} and {zeros_around(p)}. How many rows and columns does the filter span, and how large is "
        "the map?",
        "find": ["effective", "size"],
        "given": {"size": n, "kernel_size": f, "dilation_rate": d, "strides": s, "padding": p},
    }


@kind("easy", "medium")
def parameters(draw: Draw) -> Drawn:
    """The map's size, and the weights and biases of a convolution."""
    n, f, s = draw.integer(16, 64), draw.by(3, draw.integer(2, 7), 3), draw.by(1, draw.integer(1, 2), 1)
    channels, filters = draw.integer(1, draw.by(3, 16, 3)), draw.integer(2, draw.by(16, 64, 16))
    biases = draw.chance(0.7)
    given = {"size": [n, n, channels], "kernel_size": f, "filters": filters, "strides": s}
    return {
        "text": f"An input of {times([n, n, channels])} goes through {filters} filters of {square(f)}, "
        f"{'each with a bias' if biases else 'without biases'}, with stride {s} and no padding. How many "
        "rows and columns has a map, what shape have all maps together, and how many parameters are learned?",
        "find": ["size", "shape", "parameters"],
        "given": given if biases else {**given, "use_bias": False},
    }


@kind("medium", "hard")
def parameters_with_dense(draw: Draw) -> Drawn:
    """The parameters of a convolution and of a dense layer behind it."""
    side, sides = draw.integer(8, 48), draw.integers(2, 16, 64)
    channels, filters, units = draw.choice([1, 3]), draw.integer(2, 16), draw.integer(2, 10)
    f, s, p = draw.integer(2, 5), draw.by(1, 1, draw.integer(2, 3)), draw.by(0, 0, draw.integer(0, 2))
    size = [*draw.by([side, side], [side, side], sides), channels]
    return {
        "text": f"An image of {times(size)} goes through {filters} filters of {square(f)} with stride {s} "
        f"and {zeros_around(p)}; the maps are flattened and go to a dense layer of "
        f"{counted(units, 'neuron')}. Filters and neurons have biases. How large is a map, what shape have "
        "all maps together, and how many parameters has the convolution? How many inputs (N) has the dense "
        "layer, how many parameters has it, and how many are there in all?",
        "find": ["size", "shape", "parameters", "inputs", "dense_parameters", "total"],
        "given": {
            "size": size,
            "kernel_size": f,
            "filters": filters,
            "strides": s,
            "padding": p,
            "dense": units,
        },
    }

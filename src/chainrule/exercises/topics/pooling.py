"""Questions about pooling: sizes, largest numbers and means of windows, and the gradient in the input."""

from __future__ import annotations

from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import square, times
from chainrule.paper.workings import Working
from chainrule.rules.pooling.maps import winners

_SLOPES = "The gradient of the loss L in the output, ∂L/∂Y, is given."
_SUM = "The loss L is the sum of all numbers of the output."
_INSIDE = "Padding holds no numbers: a window at the edge takes only those that lie in the map."
_SAME = "padding same (⌈n/s⌉ windows along each axis; an odd one goes to the end)"


def ties(working: Working) -> int:
    """How many windows of max poolings have their largest number more than once."""
    tape, count = working.tape, 0
    for quantity in tape.quantities.values():
        if quantity.step is not None and quantity.step.rule.name == "map_of_largest":
            X, options = tape[quantity.inputs[0]].value, quantity.step.options
            found = winners(X, options["pool_size"], options["strides"], options["padding"])
            count += sum(len(places) > 1 for places in found)
    return count


def _is_plain(working: Working) -> bool:
    """Whether every window has one largest number, and no gradient is 0 everywhere."""
    gradients = [working.tape[name].value for name in working.names if name.startswith("dX")]
    return ties(working) == 0 and all(any(value != 0 for value in g.flat) for g in gradients)


def _has_ties(working: Working) -> bool:
    """Whether one window or two have a tie, and their gradient is not 0."""
    slopes = working.tape["dY"].value
    return 1 <= ties(working) <= 2 and all(value != 0 for value in slopes.flat)


def _map(draw: Draw, rows: int, columns: int, low: int = 0) -> list[list[Any]]:
    """A map in which no two numbers are alike."""
    values = draw.different(rows * columns, low, low + 2 * rows * columns)
    return [values[i : i + columns] for i in range(0, rows * columns, columns)]


# ------------------------------------------------------------------------------------ sizes


@kind("easy", "medium")
def pooled_size(draw: Draw) -> Drawn:
    """How large a pooled map is."""
    n, f = draw.integer(8, draw.by(99, 128, 99)), draw.integer(2, 5)
    s, p = draw.integer(1, f), draw.by(0, draw.integer(0, f // 2), 0)
    padding = f"padding {p} on every side" if p else "no padding"
    return {
        "text": f"A map of {square(n)} is pooled in windows of {square(f)} with stride {s} and {padding}. "
        "How many rows and columns has the output?",
        "find": ["size"],
        "given": {"size": n, "pool_size": f, "strides": s, "padding": p},
    }


@kind("medium")
def pooled_size_by_axis(draw: Draw) -> Drawn:
    """How large a pooled map is where rows and columns differ."""
    lengths, windows, strides = draw.integers(2, 8, 128), draw.integers(2, 2, 6), draw.integers(2, 1, 4)
    return {
        "text": f"A map of {times(lengths)} (rows × columns) is pooled in windows of {times(windows)}, with "
        f"stride {strides[0]} down and {strides[1]} to the right and no padding. How many rows and columns "
        "has the output?",
        "find": ["size"],
        "given": {"size": lengths, "pool_size": windows, "strides": strides},
    }


@kind("medium", "hard")
def same_size(draw: Draw) -> Drawn:
    """Padding same: how much of it there is, where, and how large the output is."""
    f, s = draw.integer(3, 5), draw.integer(2, 3)
    lengths = draw.by([draw.integer(8, 128)] * 2, [draw.integer(8, 128)] * 2, draw.integers(2, 8, 128))
    return {
        "text": f"A map of {times(lengths)} is pooled in windows of {square(f)} with stride {s} and {_SAME}. "
        "For each axis, how much padding is needed in all (P), how much is that on each side, shared evenly "
        "(p), how much comes before and after, and how long is the output?",
        "find": ["zeros", "p", "before", "after", "size"],
        "given": {"size": lengths, "pool_size": f, "strides": s, "padding": "same"},
    }


# ------------------------------------------------------------------------------------ forward


@kind("easy", suits=_is_plain)
def largest_of_windows(draw: Draw) -> Drawn:
    """Max pooling in windows of 2 × 2."""
    rows, columns = draw.choice([(2, 6), (4, 4), (4, 6), (6, 4)])
    return {
        "text": f"Pool the {rows} × {columns} map X: the largest number of every 2 × 2 window, stride 2. How "
        "large is the output, and which numbers does it hold?",
        "find": ["size", "Y"],
        "given": {"input": _map(draw, rows, columns)},
    }


@kind("easy")
def means_of_windows(draw: Draw) -> Drawn:
    """Average pooling in windows of 2 × 2."""
    rows, columns = draw.choice([(2, 4), (2, 6), (4, 4), (6, 4)])
    return {
        "text": f"Pool the {rows} × {columns} map X: the mean of every 2 × 2 window, stride 2. How large is "
        "the output, and which numbers does it hold?",
        "find": ["size", "Y"],
        "given": {"input": draw.matrix(rows, columns, 0, 9), "pooling": "average"},
    }


@kind("easy", suits=_is_plain)
def pooled_signal(draw: Draw) -> Drawn:
    """A signal, pooled."""
    f, count, how = draw.integer(2, 4), draw.integer(2, 4), draw.choice(["max", "average"])
    taken = {"max": "largest number", "average": "mean"}[how]
    if f == 3 and how == "average":
        values = [3 * int(value) for value in draw.different(f * count, -4, 20)]
    else:
        values = [int(value) for value in draw.different(f * count, -9, 30)]
    return {
        "text": f"A signal X of {f * count} numbers is pooled: the {taken} of every {f} neighbours, stride "
        f"{f}. Work the output.",
        "find": ["Y"],
        "given": {"input": values, "pooling": how, "pool_size": f},
    }


@kind("medium", suits=_is_plain)
def overlapping_windows(draw: Draw) -> Drawn:
    """Pooling in windows that overlap."""
    side, f, s = draw.choice([(4, 3, 1), (4, 2, 1), (5, 3, 2), (5, 4, 1)])
    how = draw.choice(["max", "average"])
    taken = {"max": "the largest number", "average": "the mean"}[how]
    return {
        "text": f"Pool the {square(side)} map X: {taken} of every {square(f)} window, stride {s}, no "
        "padding. How large is the output, and which numbers does it hold?",
        "find": ["size", "Y"],
        "given": {"input": _map(draw, side, side), "pooling": how, "pool_size": f, "strides": s},
    }


@kind("medium", suits=_is_plain)
def pooled_channels(draw: Draw) -> Drawn:
    """Two channels, each pooled by itself."""
    how = draw.choice(["max", "average"])
    taken = {"max": "the largest number", "average": "the mean"}[how]
    return {
        "text": f"The two channels X₁ and X₂ of a map are pooled, each by itself: {taken} of every 2 × 2 "
        "window, stride 2. Work both outputs.",
        "find": ["Y1", "Y2"],
        "given": {"input": [_map(draw, 4, 4, low=-9) for _ in range(2)], "pooling": how},
    }


# ----------------------------------------------------------------------------------- backward


@kind("medium", suits=_is_plain)
def gradient_of_largest(draw: Draw) -> Drawn:
    """Max pooling, forward and backward."""
    rows, columns = draw.choice([(4, 4), (2, 6), (4, 6)])
    return {
        "text": f"Pool the {rows} × {columns} map X: the largest number of every 2 × 2 window, stride 2. "
        f"{_SLOPES} Work the output, and the gradient in the map.",
        "find": ["Y", "dX"],
        "given": {
            "input": _map(draw, rows, columns, low=-4),
            "dY": draw.matrix(rows // 2, columns // 2, -2, 2, "0.1", zero=False),
        },
    }


@kind("medium", suits=_is_plain)
def gradient_of_means(draw: Draw) -> Drawn:
    """Average pooling, forward and backward."""
    rows, columns = draw.choice([(4, 4), (2, 6), (4, 6)])
    return {
        "text": f"Pool the {rows} × {columns} map X: the mean of every 2 × 2 window, stride 2. {_SLOPES} "
        "Work the output, and the gradient in the map.",
        "find": ["Y", "dX"],
        "given": {
            "input": draw.matrix(rows, columns, -9, 9),
            "pooling": "average",
            "dY": draw.matrix(rows // 2, columns // 2, -4, 4, "0.2", zero=False),
        },
    }


@kind("medium", "hard", suits=_has_ties)
def ties_of_largest(draw: Draw) -> Drawn:
    """Max pooling where a window has its largest number twice: the first takes the gradient."""
    side = draw.by(4, 4, 6)
    return {
        "text": f"Pool the {square(side)} map X: the largest number of every 2 × 2 window, stride 2. "
        f"{_SLOPES} Work the output, and the gradient in the map; of equal largest numbers in a window the "
        "first, row by row, takes the gradient alone.",
        "find": ["Y", "dX"],
        "given": {
            "input": draw.matrix(side, side, 0, 9),
            "dY": draw.matrix(side // 2, side // 2, -3, 3, draw.by("1", "1", "0.5"), zero=False),
        },
    }


@kind("hard", suits=_is_plain)
def overlapping_gradients(draw: Draw) -> Drawn:
    """Max or average pooling in windows that overlap, forward and backward."""
    side, f, s = draw.choice([(4, 3, 1), (4, 2, 1), (5, 3, 2), (5, 3, 1)])
    out, how = (side - f) // s + 1, draw.choice(["max", "average"])
    taken = {"max": "the largest number", "average": "the mean"}[how]
    return {
        "text": f"Pool the {square(side)} map X: {taken} of every {square(f)} window, stride {s}, no "
        f"padding. {_SLOPES} How large is the output? Work it, and the gradient in the map.",
        "find": ["size", "Y", "dX"],
        "given": {
            "input": _map(draw, side, side, low=-9),
            "pooling": how,
            "pool_size": f,
            "strides": s,
            "dY": draw.matrix(out, out, -3, 3, "0.5", zero=False),
        },
    }


@kind("hard", suits=_is_plain)
def gradients_at_the_edge(draw: Draw) -> Drawn:
    """Pooling with padding same: what a window at the edge holds, and the gradient of the sum."""
    side, f, s = draw.choice([(3, 2, 2), (4, 3, 2), (5, 2, 2), (5, 3, 2), (3, 2, 1)])
    how = draw.choice(["max", "average"])
    taken = {"max": "the largest number", "average": "the mean"}[how]
    return {
        "text": f"Pool the {square(side)} map X: {taken} of every {square(f)} window, stride {s}, {_SAME}. "
        f"{_INSIDE} {_SUM} For each axis, how much padding is needed in all (P), how much is that on each "
        "side, shared evenly (p), how much comes before and after, and how long is the output? Work the "
        "output, the loss, and its gradient in the map.",
        "find": ["zeros", "p", "before", "after", "size", "Y", "loss", "dX"],
        "given": {
            "input": _map(draw, side, side, low=-2 * side * side - 3),
            "pooling": how,
            "pool_size": f,
            "strides": s,
            "padding": "same",
            "loss": "sum",
        },
    }


@kind("hard", suits=_is_plain)
def padded_largest(draw: Draw) -> Drawn:
    """Max pooling of negative numbers with padding, which is not to be taken for zeros."""
    side, f, s = draw.choice([(4, 2, 2), (4, 3, 2), (5, 3, 2), (2, 2, 1)])
    out = (side + 2 - f) // s + 1
    return {
        "text": f"Pool the {square(side)} map X: the largest number of every {square(f)} window, stride {s}, "
        f"padding 1 on every side. {_INSIDE} {_SLOPES} How large is the output? Work it, and the gradient in "
        "the map.",
        "find": ["size", "Y", "dX"],
        "given": {
            "input": _map(draw, side, side, low=-2 * side * side),
            "pool_size": f,
            "strides": s,
            "padding": 1,
            "dY": draw.matrix(out, out, -3, 3, "0.5", zero=False),
        },
    }


@kind("hard", suits=_is_plain)
def gradients_of_channels(draw: Draw) -> Drawn:
    """Two channels pooled by themselves, and the gradients of the sum of everything."""
    return {
        "text": "The two channels X₁ and X₂ of a map are pooled, each by itself: the largest number of every "
        "2 × 2 window, stride 2. The loss L is the sum of both outputs: L₁ of the first, and L₂ of the "
        "second. Work the outputs, the losses, and the gradients in both channels.",
        "find": ["Y1", "Y2", "loss1", "loss2", "loss", "dX1", "dX2"],
        "given": {
            "input": [_map(draw, 4, 4, low=-9) for _ in range(2)],
            "loss": "sum",
        },
    }

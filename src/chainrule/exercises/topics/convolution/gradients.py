"""Questions with numbers: the gradients of the loss in input, filter and bias."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.exercises.topics._shapes import square, zeros_around
from chainrule.exercises.topics.convolution.maps import AS_IT_IS, AS_THEY_ARE, TURNED, turning_matters
from chainrule.paper.workings import Working

_SUM = "The loss L is the sum of all numbers of the map."
_GIVEN_SLOPES = "The gradient of the loss L in the map, ∂L/∂Y, is given."


def _slopes_matter(working: Working) -> bool:
    """Whether the filter is another one when it is turned, and no gradient is 0 everywhere."""
    tape = working.tape
    gradients = [tape[name].value for name in working.names if name.startswith(("dW", "db", "dX"))]
    return turning_matters(working) and all(any(value != 0 for value in g.flat) for g in gradients)


@kind("medium", suits=_slopes_matter)
def signal_gradients(draw: Draw) -> Drawn:
    """A signal's map, and the gradients for a given one in the map."""
    n, f, flip = draw.integer(4, 5), draw.integer(2, 3), draw.chance(0.4)
    laid = "The filter is read from its end, as mathematics has it (∗)." if flip else AS_IT_IS
    return {
        "text": f"The signal X meets a filter W with bias b, stride 1 and no padding. {laid} {_GIVEN_SLOPES} "
        "Work the map, and the gradients in the filter, in the bias and in the signal.",
        "find": ["Y", "dW", "db", "dX"],
        "given": {
            "input": draw.decimals(n, -5, 5, "0.5"),
            "filter": draw.decimals(f, -2, 2, "0.5", zero=False),
            "bias": draw.decimal(-2, 2, "0.5"),
            "dY": draw.integers(n - f + 1, -3, 3),
            **({"flip": True} if flip else {}),
        },
    }


@kind("medium", suits=_slopes_matter)
def gradients_of_sum(draw: Draw) -> Drawn:
    """The gradients where the loss is the sum of the map."""
    return {
        "text": f"A 2 × 2 filter W goes over the 3 × 3 image X with stride 1 and no padding. {AS_IT_IS} "
        f"{_SUM} Work the map, the loss, its gradient in the filter, and its gradient in the image: the "
        "turned filter on ∂L/∂Y with zeros around it.",
        "find": ["Y", "loss", "dW", "W_turned", "dX"],
        "given": {
            "input": draw.matrix(3, 3, 0, 9),
            "filter": draw.matrix(2, 2, -2, 2, "0.5"),
            "loss": "sum",
        },
    }


@kind("hard", suits=_slopes_matter)
def gradients(draw: Draw) -> Drawn:
    """Forward and backward through a filter with a bias."""
    side, f = draw.choice([(4, 2), (4, 3), (5, 3)])
    out = side - f + 1
    return {
        "text": f"A {square(f)} filter W with bias b goes over the {square(side)} image X with stride 1 and "
        f"no padding. {AS_IT_IS} {_GIVEN_SLOPES} How large is the map? Work the map, the gradients in filter "
        "and bias, and with the filter turned by 180° the gradient in the image.",
        "find": ["size", "Y", "dW", "db", "W_turned", "dX"],
        "given": {
            "input": draw.matrix(side, side, -3, 9),
            "filter": draw.matrix(f, f, -2, 2, "0.5"),
            "bias": draw.decimal(-2, 2, "0.1", zero=False),
            "dY": draw.matrix(out, out, -2, 2, "0.5"),
        },
    }


@kind("hard", suits=_slopes_matter)
def flipped_gradients(draw: Draw) -> Drawn:
    """The gradients of the convolution of mathematics."""
    side, f = draw.choice([(4, 2), (4, 3), (5, 3)])
    return {
        "text": f"Convolve the {square(side)} image X with the {square(f)} filter W, stride 1, no padding. "
        f"{TURNED} {_SUM} Work the map, the loss, and its gradients in the filter and in the image.",
        "find": ["Y", "loss", "dW", "dX"],
        "given": {
            "input": draw.matrix(side, side, 0, 9),
            "filter": draw.matrix(f, f, -3, 9),
            "flip": True,
            "loss": "sum",
        },
    }


@kind("hard", suits=_slopes_matter)
def gradients_with_stride(draw: Draw) -> Drawn:
    """Forward and backward through a filter with a stride, and with padding."""
    side, f, p = draw.choice([(4, 2, 0), (5, 3, 0), (3, 3, 1), (4, 3, 1)])
    out = (side + 2 * p - f) // 2 + 1
    return {
        "text": f"A {square(f)} filter W goes over the {square(side)} image X with stride 2 and "
        f"{zeros_around(p)}. {AS_IT_IS} {_GIVEN_SLOPES} Work the map, and the gradient in the filter. Spread "
        "∂L/∂Y out, with a zero between neighbours, turn the filter by 180°, and work the gradient in the "
        "image, without its padding.",
        "find": ["size", "Y", "dW", "dY_spread", "W_turned", "dX"],
        "given": {
            "input": draw.matrix(side, side, 0, 9),
            "filter": draw.matrix(f, f, -2, 2, "0.5"),
            "strides": 2,
            "padding": p,
            "dY": draw.matrix(out, out, -3, 3, zero=False),
        },
    }


@kind("hard", suits=_slopes_matter)
def dilated_gradients(draw: Draw) -> Drawn:
    """The gradients of a filter with holes."""
    side = draw.integer(4, 5)
    return {
        "text": f"A 2 × 2 filter W with dilation rate 2 and bias b goes over the {square(side)} image X with "
        f"stride 1 and no padding. {AS_IT_IS} {_SUM} How many rows and columns does the filter span? Work "
        "the map, the loss, and its gradients in filter, bias and image.",
        "find": ["effective", "size", "Y", "loss", "dW", "db", "dX"],
        "given": {
            "input": draw.matrix(side, side, 0, 9),
            "filter": draw.matrix(2, 2, -2, 2, "0.5"),
            "bias": draw.decimal(-2, 2, "0.5", zero=False),
            "dilation_rate": 2,
            "loss": "sum",
        },
    }


@kind("hard", suits=_slopes_matter)
def gradients_of_two_filters(draw: Draw) -> Drawn:
    """Two channels, two filters with biases: the maps, and the gradients for given ones."""
    channels = (1, 2)
    return {
        "text": "An image of 3 × 3 pixels has two channels, X₁ and X₂. Two filters go over it with stride 1 "
        "and no padding; the first has the 2 × 2 matrices W₁,₁ and W₁,₂, one for each channel, and the bias "
        f"b₁, the second W₂,₁, W₂,₂ and b₂. {AS_THEY_ARE} The gradients of the loss in the two maps are "
        "given. Work the maps, and the gradients in the filters, in the biases and in both channels.",
        "find": [
            *("Y1", "Y2"),
            *(f"dW{k}_{c}" for k in channels for c in channels),
            *("db1", "db2", "dX1", "dX2"),
        ],
        "given": {
            "input": [draw.matrix(3, 3, -1, 3) for _ in channels],
            "filter": [[draw.matrix(2, 2, -2, 2) for _ in channels] for _ in channels],
            "bias": draw.integers(2, -2, 2, zero=False),
            "dY": [draw.matrix(2, 2, -2, 2) for _ in channels],
        },
    }

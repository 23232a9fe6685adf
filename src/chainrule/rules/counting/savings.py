"""What a cheaper design saves, and how wide a bottleneck may be.

Source: Szegedy et al., "Going deeper with convolutions" (2015), for the bottleneck.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, ceil, floor
from chainrule.rules.counting.terms import product
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import ADDED, CEILING_FOR_FLOOR


@rule(
    tex=r"<first> - <second>",
    slips=(
        Slip(
            "second_alone",
            "what the second takes is given, not what it saves",
            lambda first, second: second,
            "<second>",
        ),
        Slip(*ADDED, lambda first, second: first + second, "<first> + <second>"),
    ),
)
def saving(first: Array, second: Array) -> Array:
    """How many fewer the second takes."""
    return first - second


@rule(
    tex=r"\frac{<first>}{<second>}",
    slips=(
        Slip(
            "inverted",
            "the second is divided by the first",
            lambda first, second: second / first,
            r"\frac{<second>}{<first>}",
        ),
    ),
)
def ratio(first: Array, second: Array) -> Array:
    """How many times as many the first takes."""
    return first / second


@rule(
    tex=r"100 \cdot \frac{<saved>}{<first>}",
    slips=(
        Slip(
            "of_the_smaller",
            "the saving is divided by the new number, not by the old",
            lambda saved, first: 100 * saved / (first - saved),
            r"100 \cdot \frac{<saved>}{<first> - <saved>}",
        ),
        Slip(
            "remaining_share",
            "the share that remains is given, not the one that is saved",
            lambda saved, first: 100 - 100 * saved / first,
            r"100 - 100 \cdot \frac{<saved>}{<first>}",
        ),
    ),
)
def percent_saved(saved: Array, first: Array) -> Array:
    """The saving in percent of the first."""
    return 100 * saved / first


@rule(
    tex=r"n_{h} \cdot n_{w} \cdot C + H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
    slips=(
        Slip(
            "one_by_one_left_out",
            "the 1×1 convolution itself is left out",
            lambda shape, output, kernel: product(output) * kernel[0] * kernel[1],
            r"H \cdot W \cdot K \cdot f_{h} \cdot f_{w}",
        ),
        Slip(
            "one_by_one_alone",
            "the 1×1 convolution alone is counted, without the one behind it",
            lambda shape, output, kernel: product(shape),
            r"n_{h} \cdot n_{w} \cdot C",
        ),
    ),
)
def multiplications_per_width(shape: Array, output: Array, kernel: Array) -> Array:
    """What each filter of a 1×1 bottleneck costs: its own multiplications and those behind it."""
    return product(shape) + product(output) * kernel[0] * kernel[1]


@rule(
    tex=r"\frac{<multiplications>}{<each>}",
    slips=(
        Slip(
            "inverted",
            "the second is divided by the first",
            lambda multiplications, each: each / multiplications,
            r"\frac{<each>}{<multiplications>}",
        ),
    ),
)
def break_even(multiplications: Array, each: Array) -> Array:
    """The width at which a bottleneck costs as much as the convolution without it."""
    return multiplications / each


@rule(
    tex=r"\left\lceil \frac{<multiplications>}{<each>} \right\rceil - 1",
    slips=(
        Slip(
            *CEILING_FOR_FLOOR,
            lambda multiplications, each: ceil(multiplications / each),
            r"\left\lceil \frac{<multiplications>}{<each>} \right\rceil",
        ),
        Slip(
            "not_rounded",
            "it is not rounded",
            lambda multiplications, each: multiplications / each,
            r"\frac{<multiplications>}{<each>}",
        ),
    ),
)
def largest_saving_width(multiplications: Array, each: Array) -> Array:
    """The largest whole width below the one that breaks even."""
    return ceil(multiplications / each) - 1


@rule(
    tex=r"\left\lfloor \frac{<budget>}{<each>} \right\rfloor",
    slips=(
        Slip(
            *CEILING_FOR_FLOOR,
            lambda budget, each: ceil(budget / each),
            r"\left\lceil \frac{<budget>}{<each>} \right\rceil",
        ),
        Slip(
            "not_rounded", "it is not rounded", lambda budget, each: budget / each, r"\frac{<budget>}{<each>}"
        ),
    ),
)
def width_within(budget: Array, each: Array) -> Array:
    """The largest width of a bottleneck that a budget allows: w · each ≤ budget."""
    return floor(budget / each)

"""Parameters of a batch normalization, and what it keeps beside them."""

from __future__ import annotations

from chainrule.rules.arrays import Array
from chainrule.rules.counting.terms import product
from chainrule.rules.rule import Slip, rule

_EVERY_NUMBER = "for_every_number", "they are counted for every number of the map, not for each channel"


@rule(
    tex=r"<vectors> \cdot C",
    slips=(
        Slip(
            "moving_averages_left_out",
            "the moving averages are left out",
            lambda shape, vectors: (vectors - 2) * shape[-1],
            r"(<vectors> - 2) \cdot C",
        ),
        Slip(
            *_EVERY_NUMBER,
            lambda shape, vectors: vectors * product(shape),
            r"<vectors> \cdot n_{h} \cdot n_{w} \cdot C",
        ),
    ),
)
def normalization_parameters(shape: Array, vectors: Array) -> Array:
    """Parameters of a batch normalization: so many for each channel."""
    return vectors * shape[-1]


@rule(
    tex=r"2 \cdot C",
    slips=(
        Slip("one_average", "one of the two averages is counted", lambda shape: shape[-1], "C"),
        Slip(
            *_EVERY_NUMBER,
            lambda shape: 2 * product(shape),
            r"2 \cdot n_{h} \cdot n_{w} \cdot C",
        ),
    ),
)
def moving_averages(shape: Array) -> Array:
    """Mean and variance that a batch normalization keeps for each channel, and does not train."""
    return 2 * shape[-1]

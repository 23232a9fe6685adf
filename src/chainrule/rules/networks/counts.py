"""Parameters of a network, sums and products of counts, and configurations that do the same.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), sections 6.4 and 8.2.2.
"""

from __future__ import annotations

from functools import cache

from chainrule.rules.arrays import Array, constant
from chainrule.rules.rule import Rule, Slip, rule
from chainrule.rules.slipping import ADDED, BIASES_COUNTED, BIASES_LEFT_OUT


@rule(
    tex=r"<n> \cdot <k> + <k>",
    slips=(
        Slip(*BIASES_LEFT_OUT, lambda n, k: n * k, r"<n> \cdot <k>"),
        Slip(
            "one_bias",
            "one bias is counted for the whole layer, not one for each unit",
            lambda n, k: n * k + 1,
            r"<n> \cdot <k> + 1",
        ),
        Slip(
            "bias_for_each_input",
            "a bias is counted for each input, not for each unit",
            lambda n, k: n * k + n,
            r"<n> \cdot <k> + <n>",
        ),
    ),
)
def dense_parameters(n: Array, k: Array) -> Array:
    """Parameters of a dense layer from n to k units: a weight per pair, a bias per unit.

    >>> dense_parameters(4, 3)
    15
    """
    return n * k + k


@rule(
    tex=r"<n> \cdot <k>",
    slips=(
        Slip(
            *BIASES_COUNTED,
            lambda n, k: n * k + k,
            r"<n> \cdot <k> + <k>",
        ),
        Slip("added", "inputs and units are added", lambda n, k: n + k, "<n> + <k>"),
    ),
)
def dense_weights(n: Array, k: Array) -> Array:
    """Weights of a dense layer from n to k units; all of its parameters where it has no bias."""
    return n * k


@cache
def sum_of(count: int) -> Rule:
    """The rule that adds so many quantities.

    >>> sum_of(3)(15, 8, 3)
    26
    """
    names = _numbered(count)
    tex = " + ".join(f"<{name}>" for name in names)
    slips = (
        Slip(
            "last_left_out",
            "the last is left out",
            lambda *parts: _sum(*parts[:-1]),
            tex.rpartition(" + ")[0],
        ),
        Slip(
            "first_left_out",
            "the first is left out",
            lambda *parts: _sum(*parts[1:]),
            tex.partition(" + ")[2],
        ),
    )
    return Rule("sum", _sum, tex, named=names, slips=slips if count > 1 else ())


@cache
def weighted_sum(shares: tuple[float, ...]) -> Rule:
    """The rule that adds quantities, each times its share.

    >>> import numpy as np
    >>> float(weighted_sum((1.0, 0.5))(np.float64(3), np.float64(4)))
    5.0
    """
    names = _numbered(len(shares))

    def function(*parts: Array) -> Array:
        weighed = [
            part if s == 1 else constant(s, part) * part for part, s in zip(parts, shares, strict=True)
        ]
        return _sum(*weighed)

    terms = (f"<{n}>" if s == 1 else rf"{s:g} \cdot <{n}>" for n, s in zip(names, shares, strict=True))
    plain = Slip(
        "shares_left_out",
        "they are added without their shares",
        _sum,
        " + ".join(f"<{name}>" for name in names),
    )
    slips = (plain,) if any(s != 1 for s in shares) else ()
    return Rule("weighted_sum", function, " + ".join(terms), named=names, slips=slips)


@cache
def product_of(count: int) -> Rule:
    """The rule that multiplies so many quantities."""
    names = _numbered(count)
    slips = (
        Slip(*ADDED, _sum, " + ".join(f"<{name}>" for name in names)),
        Slip(
            "last_left_out",
            "the last is left out",
            lambda *parts: _product(*parts[:-1]),
            r" \cdot ".join(f"<{name}>" for name in names[:-1]),
        ),
    )
    tex = r" \cdot ".join(f"<{name}>" for name in names)
    return Rule("product", _product, tex, named=names, slips=slips if count > 1 else ())


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"q{i}" for i in range(1, count + 1))


def _sum(first: Array, *others: Array) -> Array:
    for other in others:
        first = first + other
    return first


def _product(first: Array, *others: Array) -> Array:
    for other in others:
        first = first * other
    return first


@rule(
    tex="<k>!",
    slips=(
        Slip(
            "with_repetition",
            "a unit may stand in several places",
            lambda k: k**k,
            "<k>^{<k>}",
        ),
        Slip("units_counted", "the units are counted, not their orders", lambda k: k, "<k>"),
    ),
)
def factorial(k: Array) -> Array:
    """In how many orders k units can stand; k is a whole number from 1.

    >>> import numpy as np
    >>> float(factorial(np.array(4.0)))
    24.0
    """
    orders, unit = constant(1, k), 2
    while (k >= unit).all():
        orders, unit = orders * unit, unit + 1
    return orders


@rule(
    tex=r"<orders>^{<layers>}",
    slips=(
        Slip(
            "multiplied",
            "it is multiplied by the number of layers, not raised to it",
            lambda orders, layers: orders * layers,
            r"<orders> \cdot <layers>",
        ),
        Slip(
            "one_layer", "one layer alone is counted", lambda orders, layers: orders + 0 * layers, "<orders>"
        ),
    ),
)
def same_layers(orders: Array, layers: Array) -> Array:
    """The configurations of so many layers of the same size, (n!)^L, from n! of one layer."""
    return orders**layers

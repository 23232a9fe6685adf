"""What is said of a network as a whole: its parameters, its symmetries, how gradients shrink in it.

Sources: Goodfellow, Bengio, Courville, Deep Learning (2016), sections 6.4 (parameters), 8.2.2
(configurations of the same network) and 8.2.5 (vanishing and exploding gradients).
"""

from __future__ import annotations

from functools import cache

from chainrule.rules.arrays import Array, absolute, constant, largest, namespace, sqrt, total, where
from chainrule.rules.rule import Rule, Slip, rule

# --------------------------------------------------------------------------- parameters


@rule(
    tex=r"<n> \cdot <k> + <k>",
    slips=(
        Slip("biases_left_out", "the biases are left out", lambda n, k: n * k, r"<n> \cdot <k>"),
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
            "biases_counted",
            "biases are counted, where there are none",
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
        Slip("added", "they are added", _sum, " + ".join(f"<{name}>" for name in names)),
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


# ----------------------------------------------------------------------- configurations


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


# ---------------------------------------------------------------------------- gradients


@rule(tex="1")
def own_gradient(a: Array) -> Array:
    """The derivative of the output in itself, which is 1; the output's shape."""
    return constant(1, a)


_NO_SLOPE = "no_slope", "the slope of the activation is left out"
_NO_WEIGHT = "no_weight", "the weight is left out"


@rule(
    tex=r"<W> \cdot <slope>",
    slips=(
        Slip(*_NO_SLOPE, lambda W, slope: W + 0 * slope, "<W>"),
        Slip(*_NO_WEIGHT, lambda W, slope: slope + 0 * W, "<slope>"),
    ),
)
def layer_factor(W: Array, slope: Array) -> Array:
    """What the gradient is multiplied by on its way back through one layer of one unit."""
    return W * slope


@rule(
    tex=r"\sqrt{\sum <d>^2}",
    slips=(
        Slip("no_root", "the root is left out", lambda d: total(d**2), r"\sum <d>^2"),
        Slip(
            "not_squared",
            "the entries are added without squares",
            lambda d: total(absolute(d)),
            r"\sum \left| <d> \right|",
        ),
    ),
)
def norm(d: Array) -> Array:
    """The Euclidean length of a gradient: the root of the sum of its squares; a number.

    >>> import numpy as np
    >>> float(norm(np.array([[3.0, 4.0]])))
    5.0
    """
    return sqrt(total(d**2))


@rule(
    tex=r"\frac{<later>}{<last>}",
    slips=(
        Slip(
            "inverted",
            "the second is divided by the first",
            lambda later, last: last / later,
            r"\frac{<last>}{<later>}",
        ),
    ),
)
def ratio(later: Array, last: Array) -> Array:
    """How large one size is beside another."""
    return later / last


@rule(
    tex=r"<slopes> \odot <weights>",
    slips=(
        Slip(*_NO_SLOPE, lambda slopes, weights: weights + 0 * slopes, "<weights>"),
        Slip(*_NO_WEIGHT, lambda slopes, weights: slopes + 0 * weights, "<slopes>"),
    ),
)
def chain_factors(slopes: Array, weights: Array) -> Array:
    """The factor of each layer of a chain: the slope of its activation times its weight."""
    return slopes * weights


@rule(
    tex=r"1 \cdot (<factors>)_{1} \cdots (<factors>)_{i}",
    slips=(
        Slip(
            "added",
            "the factors are added",
            lambda factors: namespace(factors).cumsum(factors),
            r"(<factors>)_{1} + \cdots + (<factors>)_{i}",
        ),
        Slip(
            "not_multiplied",
            "the factors before are left out",
            lambda factors: factors,
            r"(<factors>)_{i}",
        ),
    ),
)
def running_product(factors: Array) -> Array:
    """The products of the first factor, the first two, and so on; shape (n,).

    >>> import numpy as np
    >>> running_product(np.array([0.5, 0.5, 4.0])).tolist()
    [0.5, 0.25, 1.0]
    """
    xp = namespace(factors)
    return xp.cumprod(xp.concat([constant(1, factors[:1]), factors]))[1:]


@rule(
    tex="<factor>^{<depth>}",
    slips=(
        Slip(
            "multiplied",
            "it is multiplied by the number of layers, not raised to it",
            lambda factor, depth: factor * depth,
            r"<factor> \cdot <depth>",
        ),
        Slip(
            "one_layer_less",
            "one layer is left out",
            lambda factor, depth: factor ** (depth - 1),
            "<factor>^{<depth> - 1}",
        ),
    ),
)
def equal_factors(factor: Array, depth: Array) -> Array:
    """The product of so many equal factors."""
    return factor**depth


@rule(tex="<products>_{n}")
def last_product(products: Array) -> Array:
    """The product of all factors, the last of the running products."""
    return products[-1]


# ---------------------------------------------------------------- units that do not learn


@rule(
    tex=r"\max_i (<z>)_{i}",
    slips=(
        Slip(
            "signs_left_out",
            "the sizes are compared without their signs",
            lambda z: largest(absolute(z), axis=0),
            r"\max_i \left| (<z>)_{i} \right|",
        ),
        Slip(
            "mean_for_largest",
            "the mean over the samples is taken, not the largest",
            lambda z: total(z, axis=0) / z.shape[0],
            r"\frac{1}{m} \sum_i (<z>)_{i}",
        ),
    ),
)
def largest_over_samples(z: Array) -> Array:
    """The largest pre-activation of each unit over the samples; shape (k,)."""
    return largest(z, axis=0)


@rule(
    tex=r"\text{number of units with } <top> \le 0",
    slips=(
        Slip(
            "living_counted",
            "the units are counted that still learn",
            lambda top: total(where(top > 0, constant(1, top), constant(0, top))),
            r"\text{number of units with } <top> > 0",
        ),
        Slip(
            "zero_not_counted",
            "a unit whose largest value is 0 is not counted",
            lambda top: total(where(top < 0, constant(1, top), constant(0, top))),
            r"\text{number of units with } <top> < 0",
        ),
    ),
)
def number_dead(top: Array) -> Array:
    """How many units get no pre-activation above 0, so that ReLU gives 0 for every sample.

    >>> import numpy as np
    >>> float(number_dead(np.array([-1.0, 0.0, 2.0])))
    2.0
    """
    return total(where(top <= 0, constant(1, top), constant(0, top)))


@rule(
    tex=r"\text{number of different units in } <kinds>",
    slips=(
        Slip(
            "all_units",
            "all units are counted, those that are the same too",
            lambda kinds: kinds.shape[0],
            r"\text{number of units in } <kinds>",
        ),
    ),
)
def number_different(kinds: Array) -> Array:
    """How many units of a layer differ; ``kinds`` numbers each unit's kind, from 0.

    >>> import numpy as np
    >>> int(number_different(np.array([0, 1, 0])))
    2
    """
    return largest(kinds, axis=0) + 1

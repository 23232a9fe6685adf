"""Two random variables: marginals, covariance, correlation.

Source: Grinstead and Snell, Introduction to Probability (1997), chapters 4 and 6.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, sqrt, total
from chainrule.rules.probability.slips import NOTHING
from chainrule.rules.rule import Slip, rule
from chainrule.rules.slipping import NO_ROOT

_OTHER_MARGINAL = "transposed", "rows and columns are exchanged"


@rule(
    tex=r"\sum_{y} <joint>",
    slips=(Slip(*_OTHER_MARGINAL, lambda joint: total(joint, axis=0), r"\sum_{x} <joint>"),),
)
def marginal_of_rows(joint: Array) -> Array:
    """Mass function of the variable in the rows; shape (rows,)."""
    return total(joint, axis=1)


@rule(
    tex=r"\sum_{x} <joint>",
    slips=(Slip(*_OTHER_MARGINAL, lambda joint: total(joint, axis=1), r"\sum_{y} <joint>"),),
)
def marginal_of_columns(joint: Array) -> Array:
    """Mass function of the variable in the columns; shape (columns,)."""
    return total(joint, axis=0)


@rule(
    tex=r"\sum_{x, y} <x> \, <y> \, <joint>",
    slips=(
        Slip(
            "means_multiplied",
            "the two expectations are multiplied, as if they were independent",
            lambda x, y, joint: total(x * total(joint, axis=1)) * total(y * total(joint, axis=0)),
            r"E(X) \cdot E(Y)",
        ),
    ),
)
def mean_product(x: Array, y: Array, joint: Array) -> Array:
    """Expectation of the product of two variables; joint is (values of x, values of y)."""
    return total(x.reshape(-1, 1) * y * joint)


@rule(
    tex=r"<product> - <mean_x> \cdot <mean_y>",
    slips=(
        Slip(
            NOTHING,
            "the product of the means is not subtracted",
            lambda product, mean_x, mean_y: product,
            "<product>",
        ),
        Slip(
            "means_not_multiplied",
            "the means are subtracted one after the other, not their product",
            lambda product, mean_x, mean_y: product - mean_x - mean_y,
            "<product> - <mean_x> - <mean_y>",
        ),
    ),
)
def covariance(product: Array, mean_x: Array, mean_y: Array) -> Array:
    """Covariance from the expectation of the product and the means."""
    return product - mean_x * mean_y


@rule(
    tex=r"\sum_{x, y} \left( <x> - <mean_x> \right) \left( <y> - <mean_y> \right) <joint>",
    slips=(
        Slip(
            NOTHING,
            "the means are not subtracted",
            lambda x, y, joint, mean_x, mean_y: total(x.reshape(-1, 1) * y * joint) + 0 * mean_x,
            r"\sum_{x, y} <x> \, <y> \, <joint>",
        ),
    ),
)
def covariance_by_definition(x: Array, y: Array, joint: Array, mean_x: Array, mean_y: Array) -> Array:
    """Expected product of the distances from the means."""
    return total((x - mean_x).reshape(-1, 1) * (y - mean_y) * joint)


@rule(
    tex=r"\frac{<covariance>}{\sqrt{<variance_x> \cdot <variance_y>}}",
    slips=(
        Slip(
            *NO_ROOT,
            lambda covariance, variance_x, variance_y: covariance / (variance_x * variance_y),
            r"\frac{<covariance>}{<variance_x> \cdot <variance_y>}",
        ),
        Slip(
            "variances_added",
            "the variances are added under the root, not multiplied",
            lambda covariance, variance_x, variance_y: covariance / sqrt(variance_x + variance_y),
            r"\frac{<covariance>}{\sqrt{<variance_x> + <variance_y>}}",
        ),
    ),
)
def correlation(covariance: Array, variance_x: Array, variance_y: Array) -> Array:
    """Correlation coefficient: the covariance in units of both standard deviations."""
    return covariance / sqrt(variance_x * variance_y)


@rule(
    tex=r"<variance_x> + <variance_y> + 2 <covariance>",
    slips=(
        Slip(
            "no_covariance",
            "the covariance is left out",
            lambda variance_x, variance_y, covariance: variance_x + variance_y,
            "<variance_x> + <variance_y>",
        ),
        Slip(
            "covariance_once",
            "the covariance is taken once, not twice",
            lambda variance_x, variance_y, covariance: variance_x + variance_y + covariance,
            "<variance_x> + <variance_y> + <covariance>",
        ),
    ),
)
def variance_of_sum(variance_x: Array, variance_y: Array, covariance: Array) -> Array:
    """Variance of the sum of two variables."""
    return variance_x + variance_y + 2 * covariance


@rule(
    tex=r"\sum_{x, y} \left( <x> + <y> - <mean_x> - <mean_y> \right)^2 <joint>",
    slips=(
        Slip(
            NOTHING,
            "the means are not subtracted",
            lambda x, y, joint, mean_x, mean_y: total((x.reshape(-1, 1) + y) ** 2 * joint) + 0 * mean_x,
            r"\sum_{x, y} \left( <x> + <y> \right)^2 <joint>",
        ),
    ),
)
def variance_of_sum_by_definition(x: Array, y: Array, joint: Array, mean_x: Array, mean_y: Array) -> Array:
    """Variance of the sum of two variables, from their joint mass function."""
    return total((x.reshape(-1, 1) + y - mean_x - mean_y) ** 2 * joint)

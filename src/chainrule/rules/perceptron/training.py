"""The training rule: the error, the corrections, and their count.

Sources: Rosenblatt (1958); Mitchell, Machine Learning (1997), section 4.4.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, total, where
from chainrule.rules.rule import Rule, Slip, rule, size
from chainrule.rules.slipping import NO_LEARNING_RATE, OPPOSITE_SIGN


@rule(
    tex=r"<y> - <yhat>",
    slips=(Slip(*OPPOSITE_SIGN, lambda y, yhat: yhat - y, "<yhat> - <y>"),),
)
def error(y: Array, yhat: Array) -> Array:
    """Target minus prediction."""
    return y - yhat


@rule(
    tex=r"<w> + <learning_rate> \cdot <error> \cdot <x>",
    multiplications=lambda w, learning_rate, error, x: 1 + size(x),
    slips=(
        Slip(
            "opposite_sign",
            "the correction is subtracted",
            lambda w, learning_rate, error, x: w - learning_rate * error * x,
            r"<w> - <learning_rate> \cdot <error> \cdot <x>",
        ),
        Slip(
            "no_input",
            "the input is left out of the correction",
            lambda w, learning_rate, error, x: w + learning_rate * error + 0 * x,
            r"<w> + <learning_rate> \cdot <error>",
        ),
        Slip(
            *NO_LEARNING_RATE,
            lambda w, learning_rate, error, x: w + error * x,
            r"<w> + <error> \cdot <x>",
        ),
        Slip(
            "old_value_left_out",
            "the correction alone is given",
            lambda w, learning_rate, error, x: learning_rate * error * x + 0 * w,
            r"<learning_rate> \cdot <error> \cdot <x>",
        ),
    ),
)
def corrected_weights(w: Array, learning_rate: Array, error: Array, x: Array) -> Array:
    """The weights after one row was presented.

    >>> import numpy as np
    >>> corrected_weights(np.array([1.0, 2.0]), 0.5, -1.0, np.array([1.0, 0.0]))
    array([0.5, 2. ])
    """
    return w + learning_rate * error * x


@rule(
    tex=r"<b> + <learning_rate> \cdot <error>",
    multiplications=lambda *_: 1,
    slips=(
        Slip(
            "opposite_sign",
            "the correction is subtracted",
            lambda b, learning_rate, error: b - learning_rate * error,
            r"<b> - <learning_rate> \cdot <error>",
        ),
        Slip(
            *NO_LEARNING_RATE,
            lambda b, learning_rate, error: b + error,
            "<b> + <error>",
        ),
        Slip(
            "not_corrected",
            "the bias is not corrected",
            lambda b, learning_rate, error: b + 0 * error,
            "<b>",
        ),
    ),
)
def corrected_bias(b: Array, learning_rate: Array, error: Array) -> Array:
    """The bias after one row was presented: that of an input that is always 1."""
    return b + learning_rate * error


@rule(tex=r"<last>")
def carried_over(last: Array) -> Array:
    """What it was after the last presentation."""
    return last


@rule(tex=r"\frac{<presentations>}{<rows>}")
def epochs_run(presentations: Array, rows: Array) -> Array:
    """How often the table was gone through."""
    return presentations / rows


@rule(
    tex=r"\sum_i \left[ (<y>)_{i} \ne (<yhat>)_{i} \right]",
    slips=(
        Slip(
            "right_counted",
            "the rows that are right are counted",
            lambda y, yhat: total(where(y == yhat, constant(1, y), constant(0, y))),
            r"\sum_i \left[ (<y>)_{i} = (<yhat>)_{i} \right]",
        ),
    ),
)
def mistakes(y: Array, yhat: Array) -> Array:
    """How many rows are put into the wrong class."""
    return total(where(y == yhat, constant(0, y), constant(1, y)))


def corrections(count: int) -> Rule:
    """The rule that counts, of so many errors, those that are not 0."""

    def function(*errors: Array) -> Array:
        flags = [where(e == 0, constant(0, e), constant(1, e)) for e in errors]
        result = flags[0]
        for flag in flags[1:]:
            result = result + flag
        return result

    named = tuple(f"e{k}" for k in range(1, count + 1))
    return Rule("corrections", function, r"\sum_k \left[ e^{(k)} \ne 0 \right]", named=named)

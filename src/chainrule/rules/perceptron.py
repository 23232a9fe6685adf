"""The perceptron: its output, its training rule, its line, and penalties on its weights.

x is (m, n), or one row (n,); w is (n,), b and the threshold θ single numbers; z = w·x + b.
Sources: Rosenblatt (1958); Mitchell, Machine Learning (1997), section 4.4; penalties as in
scikit-learn, "Stochastic Gradient Descent: mathematical formulation", and in Keras 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.rules.activations import step
from chainrule.rules.arrays import Array, absolute, constant, namespace, total, where
from chainrule.rules.losses import LossTerm
from chainrule.rules.rule import Rule, Slip, rule, size

# ------------------------------------------------------------------------- the output


@rule(
    tex=r"<w> \cdot <x> + <b>",
    multiplications=lambda x, w, b: size(w),
    slips=(Slip("no_bias", "the bias is left out", lambda x, w, b: total(w * x), r"<w> \cdot <x>"),),
)
def weighted_sum(x: Array, w: Array, b: Array) -> Array:
    """Pre-activation of one row.

    >>> import numpy as np
    >>> float(weighted_sum(np.array([1.0, 0.0]), np.array([1.2, 0.6]), np.array(-0.5)))
    0.7
    """
    return total(w * x) + b


@rule(
    tex=r"<x> <w> + <b>",
    multiplications=lambda x, w, b: size(x),
    second_factor_first=True,
    slips=(Slip("no_bias", "the bias is left out", lambda x, w, b: x @ w, r"<x> <w>"),),
)
def weighted_sums(x: Array, w: Array, b: Array) -> Array:
    """Pre-activations of all rows; shape (m,)."""
    return x @ w + b


def _step(low: int, name: str) -> Rule:
    def function(z: Array, threshold: Array) -> Array:
        return where(z >= threshold, constant(1, z), constant(low, z))

    tex = rf"\begin{{cases}} 1 & <z> \ge <threshold> \\ {low} & <z> < <threshold> \end{{cases}}"
    return Rule(name, function, tex)


threshold_step = _step(0, "threshold_step")
threshold_sign = _step(-1, "threshold_sign")
sign = Rule(
    "sign",
    lambda z: where(z >= 0, constant(1, z), constant(-1, z)),
    r"\begin{cases} 1 & <z> \ge 0 \\ -1 & <z> < 0 \end{cases}",
)

STEPS: Mapping[tuple[int, bool], Rule] = {
    (0, False): step.forward,
    (0, True): threshold_step,
    (-1, False): sign,
    (-1, True): threshold_sign,
}
"""The step by the lower of the two targets, and by whether there is a threshold."""


# --------------------------------------------------------------------- the training rule


@rule(tex=r"<y> - <yhat>")
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
    ),
)
def corrected_weights(w: Array, learning_rate: Array, error: Array, x: Array) -> Array:
    """The weights after one row was presented.

    >>> import numpy as np
    >>> corrected_weights(np.array([1.0, 2.0]), 0.5, -1.0, np.array([1.0, 0.0]))
    array([0.5, 2. ])
    """
    return w + learning_rate * error * x


@rule(tex=r"<b> + <learning_rate> \cdot <error>", multiplications=lambda *_: 1)
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


@rule(tex=r"\sum_i \left[ (<y>)_{i} \ne (<yhat>)_{i} \right]")
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


# ------------------------------------------------------------------------------ the line


@rule(tex=r"-\frac{(<w>)_{1}}{(<w>)_{2}}")
def line_slope(w: Array) -> Array:
    """The slope of the line w₁x₁ + w₂x₂ + b = θ, x₂ over x₁; w₂ is not 0."""
    return -w[0] / w[1]


def _crossing(axis: int, name: str) -> dict[bool, Rule]:
    """Where the line meets an axis, without a threshold and with one; that weight is not 0."""
    below = rf"(<w>)_{{{axis + 1}}}"
    return {
        False: Rule(name, lambda w, b: -b / w[axis], rf"-\frac{{<b>}}{{{below}}}"),
        True: Rule(
            f"{name}_with_threshold",
            lambda w, b, threshold: (threshold - b) / w[axis],
            rf"\frac{{<threshold> - <b>}}{{{below}}}",
        ),
    }


LINE_INTERCEPT = _crossing(1, "line_intercept")
"""Where the line w₁x₁ + w₂x₂ + b = θ meets the x₂ axis, by whether there is a threshold θ."""
LINE_POSITION = _crossing(0, "line_position")
"""The x₁ of an upright line, likewise."""


# --------------------------------------------------------------------------- separability


@rule(tex=r"<side> \odot (<x> <w> + <b>)", multiplications=lambda side, x, w, b: size(x) + size(side))
def margins(side: Array, x: Array, w: Array, b: Array) -> Array:
    """Greater than 0 where a row (side 1 or -1) lies on its side of the line; shape (m,)."""
    return side * (x @ w + b)


@rule(tex=r"\left[ \min_i (<margins>)_{i} > 0 \right]")
def all_on_their_side(margins: Array) -> Array:
    """1 where every margin is greater than 0, else 0."""
    positive = where(margins > 0, constant(1, margins), constant(0, margins))
    return namespace(margins).min(positive)


@rule(tex=r"\sum_i (<multipliers>)_{i} (<x>)_{i}", multiplications=lambda multipliers, x: size(x))
def convex_combination(multipliers: Array, x: Array) -> Array:
    """A weighted mean of points; the multipliers are not less than 0 and add up to 1; shape (n,)."""
    return multipliers @ x


@rule(tex=r"\left[ <p> \ne <q> \right]")
def differs(p: Array, q: Array) -> Array:
    """0 where two points are the same, else 1."""
    same = where(p == q, constant(0, p), constant(1, p))
    return namespace(p).max(same)


# --------------------------------------------------------------------- losses and penalties


@rule(tex=r"<y> \odot <f>", multiplications=lambda y, f: size(y))
def agreement(y: Array, f: Array) -> Array:
    """Greater than 0 where the sign of f is the target's, -1 or 1; shape (m,)."""
    return y * f


_CASES = {
    "perceptron": r" = \begin{cases} -<y> <a> & <y> <a> \le 0 \\ 0 & <y> <a> > 0 \end{cases}",
    "hinge": r" = \begin{cases} 1 - <y> <a> & <y> <a> < 1 \\ 0 & <y> <a> \ge 1 \end{cases}",
}


def loss_of_each_row(loss: LossTerm, **options: Any) -> Rule:
    """The rule of what each row costs; shape (m,)."""
    tex = loss.tex + _CASES.get(loss.name, "")
    return Rule(f"{loss.name}_terms", loss.term, tex, defaults={**loss.options, **options})


@rule(
    tex=r"<x>^{\top} <df>",
    multiplications=lambda x, df: size(x),
    slips=(Slip("opposite_sign", "the sign is turned", lambda x, df: -(x.T @ df), r"-<x>^{\top} <df>"),),
)
def weights_gradient(x: Array, df: Array) -> Array:
    """Gradient of the loss in w; shape (n,)."""
    return x.T @ df


@dataclass(frozen=True)
class Penalty:
    """A penalty R(w) on the weights, and its slope."""

    value: Rule
    slope: Rule


def _sign_of(w: Array) -> Array:
    return where(w > 0, constant(1, w), where(w < 0, constant(-1, w), constant(0, w)))


def _penalty(name: str, value: Any, tex: str, slope: Any, slope_tex: str) -> Penalty:
    return Penalty(
        Rule(f"{name}_penalty", value, tex, lambda w: size(w)),
        Rule(f"{name}_penalty_slope", slope, slope_tex, lambda w: size(w)),
    )


PENALTIES: Mapping[str, Penalty] = {
    "l1": _penalty(
        "l1",
        lambda w: total(absolute(w)),
        r"\sum_i \left| (<w>)_{i} \right|",
        _sign_of,
        r"\operatorname{sign}(<w>)",
    ),
    "l2": _penalty("l2", lambda w: total(w**2), r"\sum_i (<w>)_{i}^2", lambda w: 2 * w, r"2 <w>"),
    "half_l2": _penalty(
        "half_l2", lambda w: total(w**2) / 2, r"\frac{1}{2} \sum_i (<w>)_{i}^2", lambda w: w, "<w>"
    ),
    "elastic": Penalty(
        Rule(
            "elastic_penalty",
            lambda w, rho: rho * total(absolute(w)) + (1 - rho) / 2 * total(w**2),
            r"<rho> \sum_i \left| (<w>)_{i} \right| + \frac{1 - <rho>}{2} \sum_i (<w>)_{i}^2",
            lambda w, rho: 2 * size(w),
        ),
        Rule(
            "elastic_penalty_slope",
            lambda w, rho: rho * _sign_of(w) + (1 - rho) * w,
            r"<rho> \operatorname{sign}(<w>) + (1 - <rho>) <w>",
            lambda w, rho: 2 * size(w),
        ),
    ),
}


@rule(tex=r"<loss> + <alpha> \cdot <penalty>", multiplications=lambda *_: 1)
def penalized(loss: Array, alpha: Array, penalty: Array) -> Array:
    """The cost: the mean loss and α times the penalty; of slopes, likewise."""
    return loss + alpha * penalty

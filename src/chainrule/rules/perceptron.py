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
from chainrule.rules.arrays import Array, absolute, constant, namespace, sqrt, total, where
from chainrule.rules.losses import LossTerm
from chainrule.rules.rule import Rule, Slip, rule, size

# ------------------------------------------------------------------------- the output


@rule(
    tex=r"<w> \cdot <x> + <b>",
    multiplications=lambda x, w, b: size(w),
    slips=(
        Slip("no_bias", "the bias is left out", lambda x, w, b: total(w * x), r"<w> \cdot <x>"),
        Slip(
            "bias_subtracted",
            "the bias is subtracted",
            lambda x, w, b: total(w * x) - b,
            r"<w> \cdot <x> - <b>",
        ),
        Slip("no_weights", "the weights are left out", lambda x, w, b: total(x) + b, r"\sum <x> + <b>"),
    ),
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
    slips=(
        Slip("no_bias", "the bias is left out", lambda x, w, b: x @ w, r"<x> <w>"),
        Slip("bias_subtracted", "the bias is subtracted", lambda x, w, b: x @ w - b, r"<x> <w> - <b>"),
    ),
)
def weighted_sums(x: Array, w: Array, b: Array) -> Array:
    """Pre-activations of all rows; shape (m,)."""
    return x @ w + b


_STRICT = "a sum exactly at the step is taken for one below it"


def _step(low: int, name: str) -> Rule:
    def function(z: Array, threshold: Array) -> Array:
        return where(z >= threshold, constant(1, z), constant(low, z))

    def strict(z: Array, threshold: Array) -> Array:
        return where(z > threshold, constant(1, z), constant(low, z))

    def at_zero(z: Array, threshold: Array) -> Array:
        return where(z >= 0, constant(1, z), constant(low, z))

    def cases(high: str, otherwise: str) -> str:
        return rf"\begin{{cases}} 1 & {high} \\ {low} & {otherwise} \end{{cases}}"

    slips = (
        Slip("zero_is_below", _STRICT, strict, cases("<z> > <threshold>", r"<z> \le <threshold>")),
        Slip(
            "no_threshold",
            "the step is taken at 0, not at the threshold",
            at_zero,
            cases(r"<z> \ge 0", "<z> < 0"),
        ),
        Slip(
            "other_targets",
            f"below the step {-1 - low} is given instead of {low}",
            lambda z, threshold: where(z >= threshold, constant(1, z), constant(-1 - low, z)),
            cases(r"<z> \ge <threshold>", "<z> < <threshold>").replace(rf"\\ {low} &", rf"\\ {-1 - low} &"),
        ),
    )
    return Rule(name, function, cases(r"<z> \ge <threshold>", "<z> < <threshold>"), slips=slips)


threshold_step = _step(0, "threshold_step")
threshold_sign = _step(-1, "threshold_sign")
sign = Rule(
    "sign",
    lambda z: where(z >= 0, constant(1, z), constant(-1, z)),
    r"\begin{cases} 1 & <z> \ge 0 \\ -1 & <z> < 0 \end{cases}",
    slips=(
        Slip(
            "zero_is_below",
            _STRICT,
            lambda z: where(z > 0, constant(1, z), constant(-1, z)),
            r"\begin{cases} 1 & <z> > 0 \\ -1 & <z> \le 0 \end{cases}",
        ),
        Slip(
            "other_targets",
            "below the step 0 is given instead of -1",
            lambda z: where(z >= 0, constant(1, z), constant(0, z)),
            r"\begin{cases} 1 & <z> \ge 0 \\ 0 & <z> < 0 \end{cases}",
        ),
    ),
)

STEPS: Mapping[tuple[int, bool], Rule] = {
    (0, False): step.forward,
    (0, True): threshold_step,
    (-1, False): sign,
    (-1, True): threshold_sign,
}
"""The step by the lower of the two targets, and by whether there is a threshold."""


# --------------------------------------------------------------------- the training rule


@rule(
    tex=r"<y> - <yhat>",
    slips=(Slip("opposite_sign", "the sign is turned", lambda y, yhat: yhat - y, "<yhat> - <y>"),),
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
            "no_learning_rate",
            "the learning rate is left out",
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
            "no_learning_rate",
            "the learning rate is left out",
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


# ------------------------------------------------------------------------------ the line


@rule(
    tex=r"-\frac{(<w>)_{1}}{(<w>)_{2}}",
    slips=(
        Slip("opposite_sign", "the sign is turned", lambda w: w[0] / w[1], r"\frac{(<w>)_{1}}{(<w>)_{2}}"),
        Slip(
            "inverted",
            "the fraction is turned over",
            lambda w: -w[1] / w[0],
            r"-\frac{(<w>)_{2}}{(<w>)_{1}}",
        ),
    ),
)
def line_slope(w: Array) -> Array:
    """The slope of the line w₁x₁ + w₂x₂ + b = θ, x₂ over x₁; w₂ is not 0."""
    return -w[0] / w[1]


def _crossing(axis: int, name: str) -> dict[bool, Rule]:
    """Where the line meets an axis, without a threshold and with one; that weight is not 0."""
    below, other = rf"(<w>)_{{{axis + 1}}}", rf"(<w>)_{{{2 - axis}}}"
    what = "it is divided by the other weight"
    return {
        False: Rule(
            name,
            lambda w, b: -b / w[axis],
            rf"-\frac{{<b>}}{{{below}}}",
            slips=(
                Slip(
                    "opposite_sign",
                    "the sign is turned",
                    lambda w, b: b / w[axis],
                    rf"\frac{{<b>}}{{{below}}}",
                ),
                Slip("other_weight", what, lambda w, b: -b / w[1 - axis], rf"-\frac{{<b>}}{{{other}}}"),
            ),
        ),
        True: Rule(
            f"{name}_with_threshold",
            lambda w, b, threshold: (threshold - b) / w[axis],
            rf"\frac{{<threshold> - <b>}}{{{below}}}",
            slips=(
                Slip(
                    "no_threshold",
                    "the line is taken where the sum is 0, not where it is the threshold",
                    lambda w, b, threshold: -b / w[axis],
                    rf"-\frac{{<b>}}{{{below}}}",
                ),
                Slip(
                    "other_weight",
                    what,
                    lambda w, b, threshold: (threshold - b) / w[1 - axis],
                    rf"\frac{{<threshold> - <b>}}{{{other}}}",
                ),
                Slip(
                    "no_bias",
                    "the bias is left out",
                    lambda w, b, threshold: threshold / w[axis],
                    rf"\frac{{<threshold>}}{{{below}}}",
                ),
            ),
        ),
    }


LINE_INTERCEPT = _crossing(1, "line_intercept")
"""Where the line w₁x₁ + w₂x₂ + b = θ meets the x₂ axis, by whether there is a threshold θ."""
LINE_POSITION = _crossing(0, "line_position")
"""The x₁ of an upright line, likewise."""


# --------------------------------------------------------------------------- separability


@rule(
    tex=r"<side> \odot (<x> <w> + <b>)",
    multiplications=lambda side, x, w, b: size(x) + size(side),
    slips=(
        Slip(
            "no_bias",
            "the bias is left out",
            lambda side, x, w, b: side * (x @ w),
            r"<side> \odot (<x> <w>)",
        ),
        Slip(
            "no_side",
            "the sign of a row's side is left out",
            lambda side, x, w, b: x @ w + b,
            "<x> <w> + <b>",
        ),
    ),
)
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
    return Rule(f"{loss.name}_terms", loss.term, tex, slips=loss.slips, defaults={**loss.options, **options})


@rule(
    tex=r"<x>^{\top} <df>",
    multiplications=lambda x, df: size(x),
    slips=(
        Slip("opposite_sign", "the sign is turned", lambda x, df: -(x.T @ df), r"-<x>^{\top} <df>"),
        Slip(
            "no_input",
            "the input is left out",
            lambda x, df: (1 + 0 * x).T @ df,
            r"\sum_i (<df>)_{i}",
        ),
        Slip(
            "mean_over_rows",
            "the rows are averaged once more instead of added",
            lambda x, df: x.T @ df / x.shape[0],
            r"\frac{1}{m} \cdot <x>^{\top} <df>",
        ),
    ),
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


def _penalty(
    name: str,
    value: Any,
    tex: str,
    slope: Any,
    slope_tex: str,
    slips: tuple[Slip, ...] = (),
    slope_slips: tuple[Slip, ...] = (),
) -> Penalty:
    return Penalty(
        Rule(f"{name}_penalty", value, tex, lambda w: size(w), slips),
        Rule(f"{name}_penalty_slope", slope, slope_tex, lambda w: size(w), slope_slips),
    )


_SIZES, _SQUARES = r"\sum_i \left| (<w>)_{i} \right|", r"\sum_i (<w>)_{i}^2"


PENALTIES: Mapping[str, Penalty] = {
    "l1": _penalty(
        "l1",
        lambda w: total(absolute(w)),
        r"\sum_i \left| (<w>)_{i} \right|",
        _sign_of,
        r"\operatorname{sign}(<w>)",
        slips=(
            Slip("squared", "the weights are squared", lambda w: total(w**2), _SQUARES),
            Slip(
                "no_absolute",
                "the weights are added with their signs",
                lambda w: total(w),
                r"\sum_i (<w>)_{i}",
            ),
        ),
        slope_slips=(Slip("weight_for_sign", "the weight is taken for its sign", lambda w: w, "<w>"),),
    ),
    "l2": _penalty(
        "l2",
        lambda w: total(w**2),
        _SQUARES,
        lambda w: 2 * w,
        r"2 <w>",
        slips=(
            Slip("no_square", "the weights are not squared", lambda w: total(absolute(w)), _SIZES),
            Slip(
                "root_taken",
                "the root is taken of the squares",
                lambda w: sqrt(total(w**2)),
                rf"\sqrt{{{_SQUARES}}}",
            ),
        ),
        slope_slips=(Slip("no_factor_two", "the 2 of the square is left out", lambda w: w, "<w>"),),
    ),
    "half_l2": _penalty(
        "half_l2",
        lambda w: total(w**2) / 2,
        r"\frac{1}{2} \sum_i (<w>)_{i}^2",
        lambda w: w,
        "<w>",
        slips=(
            Slip("no_half", "the ½ is left out", lambda w: total(w**2), _SQUARES),
            Slip(
                "no_square",
                "the weights are not squared",
                lambda w: total(absolute(w)) / 2,
                rf"\frac{{1}}{{2}} {_SIZES}",
            ),
        ),
        slope_slips=(Slip("factor_two", "the 2 is not cancelled by the ½", lambda w: 2 * w, r"2 <w>"),),
    ),
    "elastic": Penalty(
        Rule(
            "elastic_penalty",
            lambda w, rho: rho * total(absolute(w)) + (1 - rho) / 2 * total(w**2),
            r"<rho> \sum_i \left| (<w>)_{i} \right| + \frac{1 - <rho>}{2} \sum_i (<w>)_{i}^2",
            lambda w, rho: 2 * size(w),
            slips=(
                Slip(
                    "weights_swapped",
                    "ρ and 1 - ρ are swapped",
                    lambda w, rho: (1 - rho) * total(absolute(w)) + rho / 2 * total(w**2),
                    rf"(1 - <rho>) {_SIZES} + \frac{{<rho>}}{{2}} {_SQUARES}",
                ),
                Slip(
                    "no_half",
                    "the ½ is left out",
                    lambda w, rho: rho * total(absolute(w)) + (1 - rho) * total(w**2),
                    rf"<rho> {_SIZES} + (1 - <rho>) {_SQUARES}",
                ),
            ),
        ),
        Rule(
            "elastic_penalty_slope",
            lambda w, rho: rho * _sign_of(w) + (1 - rho) * w,
            r"<rho> \operatorname{sign}(<w>) + (1 - <rho>) <w>",
            lambda w, rho: 2 * size(w),
            slips=(
                Slip(
                    "weights_swapped",
                    "ρ and 1 - ρ are swapped",
                    lambda w, rho: (1 - rho) * _sign_of(w) + rho * w,
                    r"(1 - <rho>) \operatorname{sign}(<w>) + <rho> <w>",
                ),
                Slip(
                    "factor_two",
                    "the 2 is not cancelled by the ½",
                    lambda w, rho: rho * _sign_of(w) + 2 * (1 - rho) * w,
                    r"<rho> \operatorname{sign}(<w>) + 2 (1 - <rho>) <w>",
                ),
            ),
        ),
    ),
}


@rule(
    tex=r"<loss> + <alpha> \cdot <penalty>",
    multiplications=lambda *_: 1,
    slips=(
        Slip(
            "no_strength", "α is left out", lambda loss, alpha, penalty: loss + penalty, "<loss> + <penalty>"
        ),
        Slip(
            "no_penalty",
            "the penalty is left out",
            lambda loss, alpha, penalty: loss + 0 * penalty,
            "<loss>",
        ),
        Slip(
            "penalty_subtracted",
            "the penalty is subtracted",
            lambda loss, alpha, penalty: loss - alpha * penalty,
            r"<loss> - <alpha> \cdot <penalty>",
        ),
    ),
)
def penalized(loss: Array, alpha: Array, penalty: Array) -> Array:
    """The cost: the mean loss and α times the penalty; of slopes, likewise."""
    return loss + alpha * penalty

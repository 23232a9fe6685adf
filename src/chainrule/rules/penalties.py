"""Penalties on large weights, L1 and L2, with the factors that courses put before them.

λ is the strength, m the number of rows; biases are not penalized. With L2 and plain gradient descent
the update is weight decay: the weight first shrinks by a factor, then follows its gradient.
Sources: Goodfellow, Bengio, Courville, Deep Learning (2016), section 7.1; Nielsen, Neural Networks and
Deep Learning (2015), chapter 3, for λ/2m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chainrule.rules.arrays import Array, absolute, constant, sqrt, total, where
from chainrule.rules.rule import Rule, Slip, size
from chainrule.rules.slipping import NO_LEARNING_RATE, UPHILL

KINDS = ("l1", "l2")


@dataclass(frozen=True)
class _Scale:
    """λ times a whole number, divided by a whole number and, where ``of_rows``, by the rows."""

    times: int
    by: int
    of_rows: bool

    def of(self, strength: Array, *rows: Array) -> Array:
        """The scaled strength; ``rows`` is given where it is divided by them."""
        above = self.times * strength if self.times > 1 else strength
        below = [part for part in (self.by if self.by > 1 else None, *rows) if part is not None]
        return above / (below[0] * below[1] if len(below) == 2 else below[0]) if below else above

    @property
    def tex(self) -> str:
        above = "<strength>" if self.times == 1 else f"{self.times} <strength>"
        below = " ".join([str(self.by)] * (self.by > 1) + ["<rows>"] * self.of_rows)
        return rf"\frac{{{above}}}{{{below}}}" if below else above

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("strength", "rows") if self.of_rows else ("strength",)


_FACTORS: Mapping[str, _Scale] = {
    "1": _Scale(1, 1, False),
    "1/2": _Scale(1, 2, False),
    "1/m": _Scale(1, 1, True),
    "1/2m": _Scale(1, 2, True),
}
_TWICE: Mapping[str, _Scale] = {
    "1": _Scale(2, 1, False),
    "1/2": _Scale(1, 1, False),
    "1/m": _Scale(2, 1, True),
    "1/2m": _Scale(1, 1, True),
}
FACTORS = tuple(_FACTORS)
"""What stands before the sum: λ, λ/2, λ/m or λ/2m."""


def strength_inputs(factor: str) -> tuple[str, ...]:
    """The inputs that scale the penalty: the strength, and the rows where it is divided by them.

    >>> strength_inputs("1/2m")
    ('strength', 'rows')
    """
    return _FACTORS[factor].inputs


def penalty_rule(kind: str, factor: str, matrices: int) -> Rule:
    """The penalty of so many weight matrices: from (λ, m, W, …), or (λ, W, …) without rows.

    >>> import numpy as np
    >>> float(penalty_rule("l2", "1/2", 1)(0.1, np.array([3.0, 4.0])))
    1.25
    """
    scale = _FACTORS[factor]
    names = tuple(f"W{i}" for i in range(1, matrices + 1))

    def function(*inputs: Array) -> Array:
        scaling, weights = inputs[: len(scale.inputs)], inputs[len(scale.inputs) :]
        return scale.of(*scaling) * added(kind, *weights)

    def added(kind: str, *weights: Array) -> Array:
        summed = total(_size(kind, weights[0]))
        for W in weights[1:]:
            summed = summed + total(_size(kind, W))
        return summed

    def other_kind(*inputs: Array) -> Array:
        scaling, weights = inputs[: len(scale.inputs)], inputs[len(scale.inputs) :]
        return scale.of(*scaling) * added("l1" if kind == "l2" else "l2", *weights)

    def undivided(*inputs: Array) -> Array:
        return inputs[0] * added(kind, *inputs[len(scale.inputs) :])

    def no_strength(*inputs: Array) -> Array:
        return added(kind, *inputs[len(scale.inputs) :])

    def rooted(*inputs: Array) -> Array:
        scaling, weights = inputs[: len(scale.inputs)], inputs[len(scale.inputs) :]
        return scale.of(*scaling) * sqrt(added(kind, *weights))

    squares, sizes = r"\sum <{}>^2", r"\sum \left| <{}> \right|"
    each, other = (squares, sizes) if kind == "l2" else (sizes, squares)
    summed, others = (" + ".join(form.format(name) for name in names) for form in (each, other))
    tex = rf"{scale.tex} \left( {summed} \right)"
    other_tex = rf"{scale.tex} \left( {others} \right)"
    slips = [Slip("no_strength", "λ and its factor are left out", no_strength, summed)]
    if scale.by > 1 or scale.of_rows:
        what = f"the factor is λ instead of λ·{factor}"
        slips.append(Slip("not_divided", what, undivided, rf"<strength> \left( {summed} \right)"))
    if kind == "l2":
        slips += [
            Slip("no_square", "the weights are not squared", other_kind, other_tex),
            Slip(
                "root_taken",
                "the root is taken of the squares",
                rooted,
                rf"{scale.tex} \sqrt{{{summed}}}",
            ),
        ]
    else:
        slips.append(Slip("squared", "the weights are squared", other_kind, other_tex))
    return Rule(f"{kind}_penalty", function, tex, slips=tuple(slips), named=(*scale.inputs, *names))


def _size(kind: str, W: Array) -> Array:
    return W**2 if kind == "l2" else absolute(W)


def penalized_gradient_rule(kind: str, factor: str) -> Rule:
    """The gradient with the penalty's added: from (∂L/∂W, W, λ, m) or without m; the weight's shape."""
    scale = _TWICE[factor] if kind == "l2" else _FACTORS[factor]

    def function(d: Array, W: Array, *scaling: Array) -> Array:
        return d + scale.of(*scaling) * (W if kind == "l2" else _sign(W))

    def not_doubled(d: Array, W: Array, *scaling: Array) -> Array:
        return d + _FACTORS[factor].of(*scaling) * W

    def slope(W: Array) -> Array:
        return W if kind == "l2" else _sign(W)

    def subtracted(d: Array, W: Array, *scaling: Array) -> Array:
        return d - scale.of(*scaling) * slope(W)

    def weight_for_sign(d: Array, W: Array, *scaling: Array) -> Array:
        return d + scale.of(*scaling) * W

    without_rows = replace(scale, of_rows=False)

    def undivided(d: Array, W: Array, *scaling: Array) -> Array:
        return d + without_rows.of(scaling[0]) * slope(W)

    what = "<W>" if kind == "l2" else r"\operatorname{sign}(<W>)"
    slips = [Slip("no_penalty", "the penalty is left out of the gradient", lambda d, *_: d, "<d>")]
    tex = f"<d> - {scale.tex} {what}"
    slips.append(Slip("penalty_subtracted", "the penalty's slope is subtracted", subtracted, tex))
    if kind == "l2":
        tex = f"<d> + {_FACTORS[factor].tex} <W>"
        slips.append(Slip("no_factor_two", "the 2 of the square is left out", not_doubled, tex))
    else:
        tex = f"<d> + {scale.tex} <W>"
        slips.append(Slip("weight_for_sign", "the weight is taken for its sign", weight_for_sign, tex))
    if scale.of_rows:
        tex = f"<d> + {without_rows.tex} {what}"
        slips.append(Slip("not_divided", "nothing is divided by the number of rows", undivided, tex))
    return Rule(
        f"{kind}_gradient",
        function,
        f"<d> + {scale.tex} {what}",
        slips=tuple(slips),
        in_matrices=kind == "l2",
        named=("d", "W", *scale.inputs),
    )


_SUMS = {"l1": r"\sum \left| <W> \right|", "l2": r"\sum <W>^2"}
_SLOPES = {"l1": r"<l1> \cdot \operatorname{sign}(<W>)", "l2": r"2 \cdot <l2> \cdot <W>"}


def regularizer_rules(strengths: Mapping[str, Array]) -> tuple[Rule, Rule]:
    """The penalty of one weight of given strengths by kind, and the gradient with the penalty's added.

    The value is from W, the gradient from (∂L/∂W, W).

    >>> import numpy as np
    >>> value, gradient = regularizer_rules({"l1": 0.5, "l2": 0.1})
    >>> W = np.array([3.0, -1.0])
    >>> value(W).item(), gradient(np.zeros(2), W).tolist()
    (3.0, [1.1, -0.7])
    """
    kinds = tuple(strengths)

    def value(W: Array, **strengths: Array) -> Array:
        first, *others = (strengths[kind] * total(_size(kind, W)) for kind in kinds)
        return sum(others, first)

    def gradient(d: Array, W: Array, **strengths: Array) -> Array:
        for kind in kinds:
            d = penalized_gradient_rule(kind, "1").function(d, W, strengths[kind])
        return d

    name = "_".join(kinds)
    added = " + ".join(["<d>", *(_SLOPES[kind] for kind in kinds)])
    left_out = Slip("no_penalty", "the penalty is left out of the gradient", lambda d, W, **_: d, "<d>")
    slips = [left_out]
    if kinds == ("l2",):
        what = "the 2 of the square is left out"
        slips.append(Slip("no_factor_two", what, lambda d, W, *, l2: d + l2 * W, r"<d> + <l2> \cdot <W>"))
    return (
        Rule(
            f"{name}_penalty",
            value,
            " + ".join(rf"<{kind}> {_SUMS[kind]}" for kind in kinds),
            multiplications=lambda W: size(W) + 1,
            defaults=strengths,
            named=("W",),
        ),
        Rule(
            f"{name}_gradient",
            gradient,
            added,
            multiplications=lambda d, W: size(W),
            slips=tuple(slips),
            defaults=strengths,
            in_matrices=kinds == ("l2",),
            named=("d", "W"),
        ),
    )


def decay_rule(factor: str) -> Rule:
    """By what an L2 penalty shrinks every weight at each update: from (η, λ, m) or without m."""
    scale = _TWICE[factor]

    def function(learning_rate: Array, *scaling: Array) -> Array:
        return 1 - learning_rate * scale.of(*scaling)

    without_rows = replace(scale, of_rows=False)

    def undivided(learning_rate: Array, *scaling: Array) -> Array:
        return 1 - learning_rate * without_rows.of(scaling[0])

    def not_doubled(learning_rate: Array, *scaling: Array) -> Array:
        return 1 - learning_rate * _FACTORS[factor].of(*scaling)

    tex = rf"1 - <learning_rate> \cdot {scale.tex}"
    slips = [
        Slip(
            "no_one",
            "the 1 is left out",
            lambda learning_rate, *scaling: learning_rate * scale.of(*scaling),
            rf"<learning_rate> \cdot {scale.tex}",
        ),
        Slip(
            *NO_LEARNING_RATE,
            lambda learning_rate, *scaling: 1 - scale.of(*scaling),
            f"1 - {scale.tex}",
        ),
        Slip(
            "no_factor_two",
            "the 2 of the square is left out",
            not_doubled,
            rf"1 - <learning_rate> \cdot {_FACTORS[factor].tex}",
        ),
    ]
    if scale.of_rows:
        what = "nothing is divided by the number of rows"
        undivided_tex = rf"1 - <learning_rate> \cdot {without_rows.tex}"
        slips.append(Slip("not_divided", what, undivided, undivided_tex))
    return Rule("decay", function, tex, slips=tuple(slips), named=("learning_rate", *scale.inputs))


weight_decay = Rule(
    "weight_decay",
    lambda theta, d, learning_rate, decay: decay * theta - learning_rate * d,
    r"<decay> \cdot <theta> - <learning_rate> \cdot <d>",
    slips=(
        Slip(
            "no_decay",
            "the weight decay is left out",
            lambda theta, d, learning_rate, decay: theta - learning_rate * d,
            r"<theta> - <learning_rate> \cdot <d>",
        ),
        Slip(
            *UPHILL,
            lambda theta, d, learning_rate, decay: decay * theta + learning_rate * d,
            r"<decay> \cdot <theta> + <learning_rate> \cdot <d>",
        ),
        Slip(
            *NO_LEARNING_RATE,
            lambda theta, d, learning_rate, decay: decay * theta - d,
            r"<decay> \cdot <theta> - <d>",
        ),
    ),
    in_matrices=True,
)
"""Gradient descent on the loss with an L2 penalty: the weight shrinks, then follows its gradient."""


def _sign(W: Array) -> Array:
    return where(W > 0, constant(1, W), where(W < 0, constant(-1, W), constant(0, W)))

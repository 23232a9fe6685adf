"""Softmax, and its Jacobian on paper."""

from __future__ import annotations

from chainrule.rules.activations.activation import Activation
from chainrule.rules.activations.classic import plain_sigmoid
from chainrule.rules.arrays import Array, absolute, constant, exp, largest, namespace, total, where
from chainrule.rules.rule import Rule, Shape, Slip, size
from chainrule.rules.slipping import NO_SLOPE


def _softmax_multiplications(da: Shape, *_: Shape) -> int:
    return 2 * size(da)


def _shifted_softmax(z: Array) -> Array:
    powers = exp(z - largest(z, axis=-1, keepdims=True))
    return powers / total(powers, axis=-1, keepdims=True)


softmax = Activation(
    "softmax",
    Rule(
        "softmax",
        lambda z: exp(z) / total(exp(z), axis=-1, keepdims=True),
        r"\frac{e^{<z>}}{\sum_k e^{(<z>)_{k}}}",
        slips=(
            Slip("no_sum", "the exponential is not divided by the sum", lambda z: exp(z), "e^{<z>}"),
            Slip(
                "no_exponential",
                "the scores themselves are divided by their sum",
                lambda z: z / total(z, axis=-1, keepdims=True),
                r"\frac{<z>}{\sum_k (<z>)_{k}}",
            ),
            Slip(
                "sigmoid_for_softmax",
                "the sigmoid is taken of each score",
                plain_sigmoid,
                r"\frac{1}{1 + e^{-<z>}}",
            ),
            Slip(
                "sum_over_all_rows",
                "the sum is taken over all rows together",
                lambda z: exp(z) / total(exp(z)),
                r"\frac{e^{<z>}}{\sum_{i,k} e^{(<z>)_{i,k}}}",
            ),
        ),
        stable=lambda z: _shifted_softmax(z),
    ),
    Rule(
        "softmax_backward",
        lambda da, z, a: a * (da - total(da * a, axis=-1, keepdims=True)),
        r"<a> \odot \left( <da> - \textstyle\sum_k (<da>)_{k} (<a>)_{k} \right)",
        _softmax_multiplications,
        slips=(
            Slip(
                "diagonal_only",
                "only the diagonal a(1 - a) of the Jacobian is used",
                lambda da, z, a: da * a * (1 - a),
                r"<da> \odot <a> (1 - <a>)",
            ),
            Slip(*NO_SLOPE, lambda da, z, a: da, "<da>"),
        ),
    ),
)


SOFTMAX_POWERS = Rule(
    "powers",
    lambda z: exp(z),
    r"e^{<z>}",
    slips=(Slip("exponent_sign", "e^-z is taken for e^z", lambda z: exp(-z), r"e^{-<z>}"),),
)
"""The first step of softmax by hand."""


SOFTMAX_SUM = Rule("sum_of_powers", lambda powers: total(powers, axis=-1), r"\sum_k (<powers>)_{k}")
"""The second: of each row, the sum of its powers."""


SOFTMAX_SHARES = Rule(
    "shares_of_powers",
    lambda powers, sum: powers / sum[..., None],  # noqa: A006 - what the powers add up to
    r"\frac{<powers>}{<sum>}",
    slips=(
        Slip(
            "no_sum",
            "the exponential is not divided by the sum",
            lambda powers, sum: powers + 0 * sum[..., None],  # noqa: A006
            "<powers>",
        ),
        Slip(
            "no_exponential",
            "the scores themselves are divided by their sum",
            lambda powers, sum, z: z / total(z, axis=-1, keepdims=True) + 0 * powers,  # noqa: A006
            r"\frac{z}{\sum_k z_{k}}",
            also=("z",),
        ),
        Slip(
            "sigmoid_for_softmax",
            "the sigmoid is taken of each score",
            lambda powers, sum: powers / (1 + powers) + 0 * sum[..., None],  # noqa: A006
            r"\frac{<powers>}{1 + <powers>}",
        ),
        Slip(
            "sum_over_all_rows",
            "the sum is taken over all rows together",
            lambda powers, sum: powers / total(sum),  # noqa: A006
            r"\frac{<powers>}{\sum_i (<sum>)_{i}}",
        ),
    ),
)
"""The third: of each power, its share of the sum of its row."""


def _jacobian(a: Array) -> Array:
    xp = namespace(a)
    same = xp.eye(a.shape[0]) > 0
    return where(same, (a * (1 - a))[:, None], -a[:, None] * a[None, :])


SOFTMAX_JACOBIAN = Rule(
    "softmax_jacobian",
    _jacobian,
    r"\begin{cases} (<a>)_{i} (1 - (<a>)_{i}) & i = j \\ -(<a>)_{i} (<a>)_{j} & i \ne j \end{cases}",
    lambda a: size(a) ** 2,
    slips=(
        Slip(
            "diagonal_only",
            "only the diagonal a(1 - a) of the Jacobian is used",
            lambda a: where(namespace(a).eye(a.shape[0]) > 0, _jacobian(a), constant(0, _jacobian(a))),
            r"\begin{cases} (<a>)_{i} (1 - (<a>)_{i}) & i = j \\ 0 & i \ne j \end{cases}",
        ),
        Slip(
            "sign_off_the_diagonal",
            "the minus off the diagonal is left out",
            lambda a: absolute(_jacobian(a)),
            r"\begin{cases} (<a>)_{i} (1 - (<a>)_{i}) & i = j \\ (<a>)_{i} (<a>)_{j} & i \ne j \end{cases}",
        ),
        Slip(
            "square_on_the_diagonal",
            "the diagonal has -a² too",
            lambda a: -a[:, None] * a[None, :],
            r"-(<a>)_{i} (<a>)_{j}",
        ),
    ),
)
"""The slopes of softmax, ∂aᵢ/∂zⱼ, from one row's probabilities (n,); shape (n, n)."""

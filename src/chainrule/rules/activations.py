"""Activations: each with its derivative, its TeX and its name in Keras.

One entry below makes an activation work on paper, in training and in the reports. An entry's
functions take the pre-activation z (and what trains in it, as PReLU's slope); its derivative takes
z and the activation a, and says what the slope is at a corner: the courses' choice, f'(0) = f'(0-).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chainrule.rules.arrays import (
    Array,
    absolute,
    constant,
    exp,
    expm1,
    largest,
    namespace,
    tanh,
    total,
    where,
)
from chainrule.rules.rule import Rule, Shape, Slip, size

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


@dataclass(frozen=True)
class Activation:
    """An activation function: its name in Keras, its rule, and the rules of its backward pass.

    ``forward(z, *trained)`` gives a; ``derivative(z, a, *trained)`` gives f'(z), elementwise
    (``None`` where outputs depend on all inputs, as softmax); ``backward(da, z, a, *trained)`` gives
    dz; ``gradients[p](da, z, a, p)`` gives the gradient in the trained parameter p.
    """

    name: str
    forward: Rule
    backward: Rule
    derivative: Rule | None = None
    gradients: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def options(self) -> Mapping[str, Any]:
        """The numbers that shape it and do not train, by their names in Keras."""
        return self.forward.defaults

    def with_options(self, **options: Any) -> Activation:
        """The same activation with other numbers.

        >>> leaky_relu.with_options(negative_slope=0.01).options
        {'negative_slope': 0.01}
        """
        unknown = set(options) - set(self.options)
        if unknown:
            takes = ", ".join(self.options) or "no options"
            raise TypeError(f"activation {self.name!r} does not take {min(unknown)!r}; it takes {takes}")
        for option, value in options.items():
            try:
                value - value  # what numbers of every kind can, exact ones and symbols too
            except TypeError:
                raise TypeError(f"{option} of {self.name!r} must be a number, got {value!r}") from None

        def changed(rule: Rule) -> Rule:
            return replace(rule, defaults={**rule.defaults, **options})

        return replace(
            self,
            forward=changed(self.forward),
            backward=changed(self.backward),
            derivative=changed(self.derivative) if self.derivative else None,
            gradients={p: changed(r) for p, r in self.gradients.items()},
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        """An activation of the vocabulary is pickled, and copied, by its name and its options."""
        known = ACTIVATIONS.get(self.name)
        if known is None or known.forward.function is not self.forward.function:
            return super().__reduce_ex__(protocol)
        return _named, (self.name, dict(self.options))


def _named(name: str, options: Mapping[str, Any]) -> Activation:
    known = ACTIVATIONS[name]
    return known if options == known.options else known.with_options(**options)


def _per_element(count: int) -> Callable[..., int]:
    return lambda z, *_: count * size(z)


_Slope = Callable[..., Array]


@dataclass(frozen=True)
class _SlopeSlip:
    """A slip in a slope f'(z), of (z, a, …); ``tex`` names <z>, <a> and what trains."""

    id: str
    what: str
    slope: _Slope
    tex: str

    @property
    def alone(self) -> Slip:
        """The slip in the rule of the slope itself."""
        return Slip(self.id, self.what, self.slope, self.tex)

    @property
    def taken_back(self) -> Slip:
        """The slip in the rule that takes a gradient back through the slope."""

        def backward(da: Array, *rest: Array, **chosen: Any) -> Array:
            return da * self.slope(*rest, **chosen)

        return Slip(self.id, self.what, backward, rf"<da> \odot {self.tex}")


def _at_activation(function: _Slope, derivative: _Slope) -> _SlopeSlip:
    def slope(z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return derivative(a, function(a, *trained, **chosen), *trained, **chosen)

    return _SlopeSlip("slope_at_activation", "the slope is taken at a instead of z", slope, "f'(<a>)")


def _z_for_a(derivative: _Slope, tex: str) -> _SlopeSlip:
    def slope(z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return derivative(z, z, *trained, **chosen)

    return _SlopeSlip("pre_activation_in_slope", "z stands in the slope's formula instead of a", slope, tex)


_VALUE_FOR_SLOPE = _SlopeSlip(
    "value_for_slope", "the activation's value is taken for its slope", lambda z, a, *_, **__: a, "<a>"
)


def _corner(slope: _Slope, tex: str) -> _SlopeSlip:
    return _SlopeSlip("slope_at_corner", "the slope at z = 0 is taken as 1, as on the right", slope, tex)


def _elementwise(
    name: str,
    function: _Slope,
    derivative: _Slope,
    tex: str,
    derivative_tex: str,
    multiplications: int = 0,
    stable: Callable[..., Array] | None = None,
    slips: tuple[Slip, ...] = (),
    slope_slips: tuple[_SlopeSlip, ...] = (),
    gradients: Mapping[str, Rule] | None = None,
    **options: Any,
) -> Activation:
    """An activation of each element on its own: dz = da ⊙ f'(z)."""

    def backward(da: Array, z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return da * derivative(z, a, *trained, **chosen)

    def backward_without_slope(da: Array, z: Array, a: Array, *trained: Array, **chosen: Any) -> Array:
        return da

    is_linear = name == "linear"
    no_slope = Slip("no_slope", "the slope of the activation is left out", backward_without_slope, "<da>")
    no_activation = Slip("no_activation", "the activation is left out", lambda z, *_, **__: z, "<z>")
    slope = Rule(
        f"{name}_derivative",
        derivative,
        derivative_tex,
        _per_element(0),
        tuple(slip.alone for slip in slope_slips),
        defaults=options,
    )
    forward_slips = slips if is_linear else (*slips, no_activation)
    return Activation(
        name,
        Rule(name, function, tex, _per_element(multiplications), forward_slips, stable, defaults=options),
        Rule(
            f"{name}_backward",
            backward,
            rf"<da> \odot {derivative_tex}",
            _per_element(1),
            () if is_linear else (*(slip.taken_back for slip in slope_slips), no_slope),
            defaults=options,
            named=("da", *slope.inputs),
        ),
        slope,
        gradients or {},
    )


def _cases(positive: str, otherwise: str) -> str:
    return rf"\begin{{cases}} {positive} & <z> > 0 \\ {otherwise} & <z> \le 0 \end{{cases}}"


def _cases_from_right(positive: str, otherwise: str) -> str:
    return rf"\begin{{cases}} {positive} & <z> \ge 0 \\ {otherwise} & <z> < 0 \end{{cases}}"


def _as_relu(z: Array, *_: Array, **__: Any) -> Array:
    return where(z > 0, z, constant(0, z))


def _slope_as_relu(z: Array, *_: Array, **__: Any) -> Array:
    return where(z > 0, constant(1, z), constant(0, z))


_PLAIN_RELU = Slip(
    "plain_relu", "it is worked as plain ReLU, 0 where z is below 0", _as_relu, r"\max(0, <z>)"
)
_PLAIN_SLOPE = _SlopeSlip(
    "plain_relu", "it is worked as plain ReLU, with the slope 0 below 0", _slope_as_relu, _cases("1", "0")
)


linear = _elementwise(
    "linear",
    function=lambda z: z,
    derivative=lambda z, a: constant(1, z),
    tex="<z>",
    derivative_tex="1",
)

step = _elementwise(
    "step",
    function=lambda z: where(z >= 0, constant(1, z), constant(0, z)),
    derivative=lambda z, a: constant(0, z),
    tex=r"\begin{cases} 1 & <z> \ge 0 \\ 0 & <z> < 0 \end{cases}",
    derivative_tex="0",
    slips=(
        Slip(
            "zero_is_below",
            "a sum exactly at the step is taken for one below it",
            lambda z: where(z > 0, constant(1, z), constant(0, z)),
            _cases("1", "0"),
        ),
    ),
)


def _stable_sigmoid(z: Array) -> Array:
    """Only powers e^z of negative z: none overflows, and small results keep their digits."""
    power = exp(where(z > 0, -z, z))
    return where(z > 0, constant(1, z), power) / (1 + power)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + exp(-z))


def _sigmoid_slope(z: Array, a: Array) -> Array:
    return a * (1 - a)


sigmoid = _elementwise(
    "sigmoid",
    function=_sigmoid,
    derivative=_sigmoid_slope,
    tex=r"\frac{1}{1 + e^{-<z>}}",
    derivative_tex=r"<a> (1 - <a>)",
    multiplications=0,
    stable=_stable_sigmoid,
    slips=(
        Slip("exponent_sign", "e^z is taken for e^-z", lambda z: 1 / (1 + exp(z)), r"\frac{1}{1 + e^{<z>}}"),
        Slip("no_one", "the 1 in the denominator is left out", lambda z: 1 / exp(-z), r"\frac{1}{e^{-<z>}}"),
    ),
    slope_slips=(
        _at_activation(_sigmoid, _sigmoid_slope),
        _z_for_a(_sigmoid_slope, r"<z> (1 - <z>)"),
        _VALUE_FOR_SLOPE,
    ),
)


def _tanh_slope(z: Array, a: Array) -> Array:
    return 1 - a**2


hyperbolic_tangent = _elementwise(
    "tanh",
    function=lambda z: tanh(z),
    derivative=_tanh_slope,
    tex=r"\tanh(<z>)",
    derivative_tex=r"(1 - <a>^2)",
    slips=(
        Slip(
            "half_exponent",
            "e^z is taken for e^2z",
            lambda z: tanh(z / 2),
            r"\frac{e^{<z>} - 1}{e^{<z>} + 1}",
        ),
        Slip("sigmoid_for_tanh", "the sigmoid is taken for tanh", _sigmoid, r"\frac{1}{1 + e^{-<z>}}"),
    ),
    slope_slips=(
        _at_activation(lambda z: tanh(z), _tanh_slope),
        _z_for_a(_tanh_slope, r"(1 - <z>^2)"),
        _SlopeSlip("no_square", "the square is left out", lambda z, a: 1 - a, "(1 - <a>)"),
        _SlopeSlip("sigmoid_slope", "the slope of the sigmoid is taken", _sigmoid_slope, "<a> (1 - <a>)"),
    ),
)

relu = _elementwise(
    "relu",
    function=lambda z: where(z <= 0, constant(0, z), z),  # so that NaN stays NaN
    derivative=lambda z, a: where(z > 0, constant(1, z), constant(0, z)),
    tex=r"\max(0, <z>)",
    derivative_tex=_cases("1", "0"),
    slope_slips=(
        _corner(
            lambda z, a: where(z < 0, constant(0, z), constant(1, z)),
            _cases_from_right("1", "0"),
        ),
        _VALUE_FOR_SLOPE,
    ),
)

capped_relu = _elementwise(
    "capped_relu",
    function=lambda z, *, negative_slope, max_value: where(
        z > max_value, constant(max_value, z), where(z > 0, z, negative_slope * z)
    ),
    derivative=lambda z, a, *, negative_slope, max_value: where(
        z > max_value, constant(0, z), where(z > 0, constant(1, z), constant(negative_slope, z))
    ),
    tex=r"\begin{cases} <max_value> & <z> > <max_value> \\ <z> & 0 < <z> \le <max_value> \\"
    r" <negative_slope> <z> & <z> \le 0 \end{cases}",
    derivative_tex=r"\begin{cases} 0 & <z> > <max_value> \\ 1 & 0 < <z> \le <max_value> \\"
    r" <negative_slope> & <z> \le 0 \end{cases}",
    multiplications=1,
    negative_slope=0.0,
    max_value=6.0,
)

leaky_relu = _elementwise(
    "leaky_relu",
    function=lambda z, *, negative_slope: where(z > 0, z, negative_slope * z),
    derivative=lambda z, a, *, negative_slope: where(z > 0, constant(1, z), constant(negative_slope, z)),
    tex=_cases("<z>", "<negative_slope> <z>"),
    derivative_tex=_cases("1", "<negative_slope>"),
    multiplications=1,
    slips=(_PLAIN_RELU,),
    slope_slips=(
        _corner(
            lambda z, a, *, negative_slope: where(z < 0, constant(negative_slope, z), constant(1, z)),
            _cases_from_right("1", "<negative_slope>"),
        ),
        _PLAIN_SLOPE,
        _VALUE_FOR_SLOPE,
    ),
    negative_slope=0.2,
)


def _alpha_sum(d: Array, shared: tuple[int, ...]) -> Array:
    """The sum over the samples, and over the axes along which all inputs share a slope."""
    return total(total(d, axis=shared, keepdims=True) if shared else d, axis=0)


parametric_relu = _elementwise(
    "prelu",
    function=lambda z, alpha: where(z > 0, z, alpha * z),
    derivative=lambda z, a, alpha: where(z > 0, constant(1, z), alpha),
    tex=_cases("<z>", "<alpha> <z>"),
    derivative_tex=_cases("1", "<alpha>"),
    multiplications=1,
    slips=(_PLAIN_RELU,),
    slope_slips=(_PLAIN_SLOPE, _VALUE_FOR_SLOPE),
    gradients={
        "alpha": Rule(
            "prelu_dalpha",
            lambda da, z, *, shared: _alpha_sum(da * where(z > 0, constant(0, z), z), shared),
            rf"\sum_i (<da>)_{{i}} \odot {_cases('0', '<z>')}",
            _per_element(1),
            (
                Slip(
                    "other_side",
                    "the inputs above 0 are taken instead of those below",
                    lambda da, z, *, shared: _alpha_sum(da * _as_relu(z), shared),
                    rf"\sum_i (<da>)_{{i}} \odot {_cases('<z>', '0')}",
                ),
            ),
            defaults={"shared": ()},
        )
    },
)

elu = _elementwise(
    "elu",
    function=lambda z, *, alpha: where(z > 0, z, alpha * (exp(where(z > 0, constant(0, z), z)) - 1)),
    stable=lambda z, *, alpha: where(z > 0, z, alpha * expm1(where(z > 0, constant(0, z), z))),
    derivative=lambda z, a, *, alpha: where(z > 0, constant(1, z), a + alpha),
    tex=_cases("<z>", r"<alpha> (e^{<z>} - 1)"),
    derivative_tex=_cases("1", r"<a> + <alpha>"),
    multiplications=1,
    slips=(
        Slip(
            "no_minus_one",
            "the -1 behind the power is left out",
            lambda z, *, alpha: where(z > 0, z, alpha * exp(where(z > 0, constant(0, z), z))),
            _cases("<z>", "<alpha> e^{<z>}"),
        ),
        _PLAIN_RELU,
    ),
    slope_slips=(
        _PLAIN_SLOPE,
        _SlopeSlip(
            "no_alpha",
            "α is not added to a",
            lambda z, a, *, alpha: where(z > 0, constant(1, z), a),
            _cases("1", "<a>"),
        ),
        _VALUE_FOR_SLOPE,
    ),
    alpha=1.0,
)

selu = _elementwise(
    "selu",
    function=lambda z: SELU_SCALE * where(z > 0, z, SELU_ALPHA * (exp(where(z > 0, constant(0, z), z)) - 1)),
    stable=lambda z: SELU_SCALE * where(z > 0, z, SELU_ALPHA * expm1(where(z > 0, constant(0, z), z))),
    derivative=lambda z, a: where(z > 0, constant(SELU_SCALE, z), a + SELU_SCALE * constant(SELU_ALPHA, z)),
    tex=rf"{SELU_SCALE} \cdot " + _cases("<z>", rf"{SELU_ALPHA} (e^{{<z>}} - 1)"),
    derivative_tex=_cases(str(SELU_SCALE), rf"<a> + {SELU_SCALE} \cdot {SELU_ALPHA}"),
    multiplications=2,
    slips=(
        Slip(
            "no_scale",
            "the scale before both cases is left out",
            lambda z: where(z > 0, z, SELU_ALPHA * (exp(where(z > 0, constant(0, z), z)) - 1)),
            _cases("<z>", rf"{SELU_ALPHA} (e^{{<z>}} - 1)"),
        ),
    ),
    slope_slips=(_VALUE_FOR_SLOPE,),
)


def _softmax_multiplications(da: Shape, *_: Shape) -> int:
    return 2 * size(da)


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
                _sigmoid,
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
            Slip("no_slope", "the slope of the activation is left out", lambda da, z, a: da, "<da>"),
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


def _shifted_softmax(z: Array) -> Array:
    powers = exp(z - largest(z, axis=-1, keepdims=True))
    return powers / total(powers, axis=-1, keepdims=True)


ACTIVATIONS: Mapping[str, Activation] = {
    entry.name: entry
    for entry in (
        linear,
        step,
        sigmoid,
        hyperbolic_tangent,
        relu,
        leaky_relu,
        parametric_relu,
        elu,
        selu,
        softmax,
    )
}

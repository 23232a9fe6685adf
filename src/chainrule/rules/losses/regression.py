"""Losses of a regression: squared, absolute, and Huber's.

Source: Keras 3, keras.losses.
"""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import Array, absolute, constant, where
from chainrule.rules.losses.term import LossTerm
from chainrule.rules.rule import Slip


def _sign(y: Array, a: Array) -> Array:
    """The sign of a - y, 0 where they are equal."""
    return where(a > y, constant(1, a), where(a < y, constant(-1, a), constant(0, a)))


mean_squared_error = LossTerm(
    "mean_squared_error",
    term=lambda y, a: (y - a) ** 2,
    slope=lambda y, a: -2 * (y - a),
    tex="(<y> - <a>)^2",
    slope_tex="({-2})(<y> - <a>)",
    slips=(
        Slip(
            "no_square",
            "the errors are not squared",
            lambda y, a: absolute(y - a),
            r"\left| <y> - <a> \right|",
        ),
    ),
    slope_slips=(
        Slip("no_factor_two", "the factor 2 of the square is left out", lambda y, a: a - y, "<a> - <y>"),
    ),
)


mean_absolute_error = LossTerm(
    "mean_absolute_error",
    term=lambda y, a: absolute(y - a),
    slope=_sign,
    tex=r"\left| <y> - <a> \right|",
    slope_tex=r"\operatorname{sign}(<a> - <y>)",
    multiplications=0,
    slips=(Slip("squared", "the errors are squared", lambda y, a: (y - a) ** 2, "(<y> - <a>)^2"),),
    slope_slips=(Slip("error_for_sign", "the error is taken for its sign", lambda y, a: a - y, "<a> - <y>"),),
)


def _huber(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error <= limit, error**2 / 2, limit * error - limit**2 / 2)


def _huber_turned(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error > limit, error**2 / 2, limit * error - limit**2 / 2)


def _huber_without_half(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error <= limit, error**2, limit * error - limit**2 / 2)


def _huber_without_offset(y: Array, a: Array, *, delta: Any) -> Array:
    error, limit = absolute(y - a), constant(delta, a)
    return where(error <= limit, error**2 / 2, limit * error)


def _huber_cases(small: str, large: str) -> str:
    small, large = rf"{small} & \left| <y> - <a> \right| \le <delta>", rf"{large} & \text{{otherwise}}"
    return rf"\begin{{cases}} {small} \\ {large} \end{{cases}}"


def _huber_slope(y: Array, a: Array, *, delta: Any) -> Array:
    return where(absolute(y - a) <= delta, a - y, delta * _sign(y, a))


huber = LossTerm(
    "huber",
    term=_huber,
    slope=_huber_slope,
    tex=r"\begin{cases} \frac{1}{2} (<y> - <a>)^2 & \left| <y> - <a> \right| \le <delta> \\"
    r" <delta> \cdot \left| <y> - <a> \right| - \frac{1}{2} \cdot <delta>^2 & \text{otherwise} \end{cases}",
    slope_tex=r"\begin{cases} <a> - <y> & \left| <y> - <a> \right| \le <delta> \\"
    r" <delta> \cdot \operatorname{sign}(<a> - <y>) & \text{otherwise} \end{cases}",
    options={"delta": 1.0},
    slips=(
        Slip(
            "cases_swapped",
            "the square is taken of the large errors and the line of the small ones",
            _huber_turned,
            _huber_cases(
                r"<delta> \cdot \left| <y> - <a> \right| - \frac{1}{2} \cdot <delta>^2",
                r"\frac{1}{2} (<y> - <a>)^2",
            ),
        ),
        Slip(
            "no_half",
            "the ½ before the square is left out",
            _huber_without_half,
            _huber_cases(
                "(<y> - <a>)^2",
                r"<delta> \cdot \left| <y> - <a> \right| - \frac{1}{2} \cdot <delta>^2",
            ),
        ),
        Slip(
            "no_offset",
            "the ½δ² is not taken from the line",
            _huber_without_offset,
            _huber_cases(r"\frac{1}{2} (<y> - <a>)^2", r"<delta> \cdot \left| <y> - <a> \right|"),
        ),
    ),
    slope_slips=(
        Slip(
            "error_for_sign",
            "the error is taken also where it is above δ",
            lambda y, a, *, delta: a - y,
            "<a> - <y>",
        ),
    ),
)

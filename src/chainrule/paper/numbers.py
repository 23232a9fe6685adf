"""The only number on paper: an exact rational, or a real number known as closely as is asked for.

A :class:`Number` is a rational (``flint.fmpq``) until a transcendental function meets it. From then
on it is a formula over rationals that can be enclosed in a ball (``flint.arb``) of any precision:
a ball is a midpoint with a proven error bound, so a comparison or a printed digit is certain, or
the precision is raised until it is.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, cast

import numpy as np
from flint import acb, arb, ctx, fmpq

FIRST_PRECISION = 128
LAST_PRECISION = 32768
LARGEST_RATIONAL = 16384
"""Bits. A rational beyond this goes on as a ball: after many updates it would double at each."""

LARGEST_EXPONENT = 1000

LEAST_ACCURACY = 48
"""Bits of an integral that must be right at the first precision; else higher ones would take for ever."""

LARGEST_BALL = 2**20
"""Bits before or behind the point, some 300,000 decimals. Beyond them a number cannot be written out."""


class UndecidedError(ArithmeticError):
    """Two numbers agree so closely that even the highest precision cannot tell them apart."""


class Number:
    """A real number: made from whole numbers, fractions, decimals or text, all taken exactly.

    A float counts as the shortest decimal that gives it, so 0.2 is 1/5. Raises TypeError for
    what is not a number, ValueError for NaN, infinity or other text.

    >>> Number(0.2) + Number("1/3")
    8/15
    >>> Number(1).exp()
    2.718281828…
    >>> Number(2).sqrt() ** 2 > Number("1.9999999")
    True
    """

    __slots__ = ("_arguments", "_ball", "_operation", "_power", "_precision", "exact")

    exact: fmpq | None
    _operation: Callable[..., arb] | None
    _arguments: tuple[Number, ...]
    _ball: arb | None
    _precision: int
    _power: Number | None

    def __init__(self, value: Any) -> None:
        if isinstance(value, Number):
            for slot in Number.__slots__:
                setattr(self, slot, getattr(value, slot))
            return
        self.exact = _rational(value)
        self._operation = None
        self._arguments = ()
        self._ball = None
        self._power = None
        self._precision = 0

    @classmethod
    def _of(cls, operation: Callable[..., arb], *arguments: Number) -> Number:
        made = object.__new__(cls)
        made.exact = None
        made._operation = operation
        made._arguments = arguments
        made._ball = None
        made._power = None
        made._precision = 0
        return made

    @classmethod
    def enclosed(cls, enclosure: Callable[[], arb]) -> Number:
        """The number that ``enclosure`` gives a ball around, at the precision set in ``flint.ctx``."""
        return cls._of(enclosure)

    # ------------------------------------------------------------------ arithmetic

    def __add__(self, other: Any) -> Number:
        return _binary(operator.add, self, other)

    def __radd__(self, other: Any) -> Number:
        return _binary(operator.add, other, self)

    def __sub__(self, other: Any) -> Number:
        return _binary(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Number:
        return _binary(operator.sub, other, self)

    def __mul__(self, other: Any) -> Number:
        return _binary(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Number:
        return _binary(operator.mul, other, self)

    def __truediv__(self, other: Any) -> Number:
        return _binary(operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Number:
        return _binary(operator.truediv, other, self)

    def __pow__(self, exponent: Any) -> Number:
        if not isinstance(exponent, (Number, int, float, Fraction, Decimal, fmpq)):
            return NotImplemented
        power = Number(exponent)
        if power.exact is None or power.exact.q != 1:
            return self._root_power(power)
        exponent = int(power.exact.p)
        if self.exact == 0 and exponent < 0:
            raise ZeroDivisionError("division of 1 by 0")
        if self.exact is not None and _bits(self.exact) * abs(exponent) <= LARGEST_RATIONAL:
            return Number(self.exact**exponent)
        return Number._of(partial(_ball_power, exponent=exponent), self)

    def _root_power(self, power: Number) -> Number:
        """To a power that is no whole number: by a root where it is a half, else by logarithm."""
        if self.exact in (0, 1) and power.sign() > 0:
            return self
        if power.exact is not None and power.exact.q == 2:
            return self.sqrt() ** int(power.exact.p)
        return (power * self.log()).exp()

    def __neg__(self) -> Number:
        if self.exact is not None:
            return Number(-self.exact)
        return Number._of(operator.neg, self)

    def __abs__(self) -> Number:
        return -self if self.sign() < 0 else self

    def __ceil__(self) -> Number:
        for low, high in self.enclosures():
            if low.ceil() == high.ceil():
                return Number(fmpq(low.ceil()))
        raise UndecidedError("cannot tell which whole number is next above a value")

    def __floor__(self) -> Number:
        return -(-self).__ceil__()

    def as_integer_ratio(self) -> tuple[int, int]:
        """Numerator and denominator, as of Python's numbers. Raises ValueError where it has none."""
        if self.exact is None:
            raise ValueError(f"{self} is not known to be a fraction")
        return int(self.exact.p), int(self.exact.q)

    def tidy(self) -> Number:
        """Itself: a number has no shorter form."""
        return self

    # ------------------------------------------------------- what NumPy's ufuncs call

    def exp(self) -> Number:
        """e to this power; the same object each time, so that e^z / e^z is known to be 1."""
        if self.exact == 0:
            return Number(1)
        if self._power is None:
            self._power = Number._of(arb.exp, self)
        return self._power

    def expm1(self) -> Number:
        return self if self.exact == 0 else Number._of(arb.expm1, self)

    def log(self) -> Number:
        if self.sign() <= 0:
            raise ArithmeticError(f"logarithm of {self}, which is not greater than 0")
        return Number(0) if self.exact == 1 else Number._of(arb.log, self)

    def log1p(self) -> Number:
        return (1 + self).log()

    def log2(self) -> Number:
        """The logarithm to base 2; of a power of 2, the whole number that it is."""
        if self.sign() <= 0:
            raise ArithmeticError(f"logarithm of {self}, which is not greater than 0")
        power = _power_of_two(self.exact) if self.exact is not None else None
        return Number(power) if power is not None else Number._of(_log2, self)

    def sqrt(self) -> Number:
        if self.sign() < 0:
            raise ArithmeticError(f"square root of {self}, which is less than 0")
        root = _rational_root(self.exact) if self.exact is not None else None
        return Number(root) if root is not None else Number._of(arb.sqrt, self)

    def tanh(self) -> Number:
        return self if self.exact == 0 else Number._of(arb.tanh, self)

    def sin(self) -> Number:
        return self if self.exact == 0 else Number._of(arb.sin, self)

    def cos(self) -> Number:
        return Number(1) if self.exact == 0 else Number._of(arb.cos, self)

    def erf(self) -> Number:
        """The error function, 2/√π times the integral of exp(-t²) from 0 to this."""
        return self if self.exact == 0 else Number._of(arb.erf, self)

    @classmethod
    def pi(cls) -> Number:
        """The number π."""
        return cls._of(arb.pi)

    @classmethod
    def integral(cls, function: Callable[[acb, bool], acb], low: Number, high: Number) -> Number:
        """The integral of a function of complex balls, as ``flint.acb.integral`` takes it.

        The function's second argument says whether it must be analytic on the ball. Raises
        ArithmeticError where the function cannot be integrated so that digits are proven.

        >>> Number.integral(lambda z, _: (-z * z).exp(), Number(0), Number(1))
        0.7468241328…
        """
        made = cls._of(lambda a, b: acb.integral(function, acb(a), acb(b)).real, low, high)
        if made.ball(FIRST_PRECISION).rel_accuracy_bits() < LEAST_ACCURACY:
            raise ArithmeticError("the integral has no closed form here, and its digits cannot be proven")
        return made

    # -------------------------------------------------------------------- comparison

    def sign(self) -> int:
        """-1, 0 or 1. Raises UndecidedError where the highest precision cannot tell it from 0."""
        if self.exact is not None:
            return int(self.exact > 0) - int(self.exact < 0)
        for ball in self._balls():
            if ball > 0:
                return 1
            if ball < 0:
                return -1
        raise UndecidedError(
            f"cannot tell whether a value is 0 or only within 10^-{LAST_PRECISION * 3 // 10} of it; "
            "if it is 0, write the numbers so that the zero is exact"
        )

    def _compare(self, other: Any) -> int:
        return 0 if self is other else (self - Number(other)).sign()

    def __lt__(self, other: Any) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._compare(other) >= 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Number, int, float, Fraction, Decimal, fmpq)):
            return NotImplemented
        return self._compare(other) == 0

    def __hash__(self) -> int:
        return hash(self.exact) if self.exact is not None else id(self)

    # ------------------------------------------------------------------- enclosures

    def ball(self, precision: int) -> arb:
        """A ball around the number, worked with this many bits."""
        with ctx.workprec(precision):
            for number in self._unworked(precision):
                if number.exact is not None:
                    number._ball = arb(number.exact)
                else:
                    assert number._operation is not None
                    number._ball = number._operation(*(a._ball for a in number._arguments))
                number._precision = precision
        assert self._ball is not None
        return self._ball

    def _unworked(self, precision: int) -> Iterable[Number]:
        """What must be worked at this precision for the number, arguments first, itself last.

        A list instead of recursion: after some updates the formula is deeper than Python's stack.
        """
        order: list[Number] = []
        seen: set[int] = set()
        stack: list[tuple[Number, bool]] = [(self, False)]
        while stack:
            number, ready = stack.pop()
            if ready:
                order.append(number)
            elif id(number) not in seen and number._precision < precision:
                seen.add(id(number))
                stack.append((number, True))
                stack.extend((argument, False) for argument in number._arguments)
        return order

    def _balls(self) -> Iterable[arb]:
        precision = FIRST_PRECISION
        while precision <= LAST_PRECISION:
            ball = self.ball(precision)
            if ball.is_finite():
                yield ball
            precision *= 2

    def enclosures(self) -> Iterable[tuple[fmpq, fmpq]]:
        """Ever closer rational bounds, from below and from above; equal for a rational."""
        if self.exact is not None:
            yield self.exact, self.exact
            return
        bounded = False
        for ball in self._balls():
            bounded = True
            _check_size(ball)
            middle, radius = _dyadic(ball.mid()), _dyadic(ball.rad())
            yield middle - radius, middle + radius
        if not bounded:
            raise UndecidedError(
                f"a value has no bound even with {LAST_PRECISION} bits: it is too large, or something is "
                "divided by what cannot be told from 0"
            )

    def check_size(self) -> None:
        """Raise ArithmeticError for a number so large or so small that it cannot be written out."""
        if self.exact is None:
            next(iter(self.enclosures()))

    def __float__(self) -> float:
        """The nearest float. Raises OverflowError beyond the largest."""
        for low, high in self.enclosures():
            nearest = _float(low)
            if nearest == _float(high):
                return nearest
        return nearest

    def __repr__(self) -> str:
        return str(self.exact) if self.exact is not None else f"{float(self):.10g}…"


def numbers(values: Any) -> np.ndarray:
    """An array of Numbers from nested lists or an array; shapes as NumPy's.

    >>> numbers([[0.5, "1/3"]])
    array([[1/2, 1/3]], dtype=object)
    """
    array = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
    made = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        made[place] = Number(array[place])
    return made


def worked_alike(numbers: Iterable[Number]) -> list[int]:
    """A key for each number; equal keys are equal numbers.

    Rationals have equal keys where they are equal, balls where they were worked in the same way from
    the same rationals, which proves that they are equal, as no comparison of balls could.

    >>> a, b = Number(2).sqrt() + 1, Number(2).sqrt() + 1
    >>> first, second, third = worked_alike([a, b, a + b])
    >>> first == second, first == third
    (True, False)
    """
    wanted = list(numbers)
    keys: dict[int, int] = {}
    known: dict[Any, int] = {}
    stack = [(number, False) for number in wanted]
    while stack:
        number, ready = stack.pop()
        if id(number) in keys:
            continue
        if not ready and number._arguments:
            stack.append((number, True))
            stack.extend((argument, False) for argument in number._arguments)
            continue
        made = (_operation_key(number), *(keys[id(a)] for a in number._arguments))
        keys[id(number)] = known.setdefault(made, len(known))
    return [keys[id(number)] for number in wanted]


def _operation_key(number: Number) -> Any:
    """What was done: the rational itself, the operation, or a power with its exponent."""
    if number.exact is not None:
        return int(number.exact.p), int(number.exact.q)
    if isinstance(number._operation, partial):
        return number._operation.func, *number._operation.keywords.items()
    return number._operation


def _rational(value: Any) -> fmpq:
    if isinstance(value, fmpq):
        return value
    if isinstance(value, (bool, np.bool_)):
        return fmpq(int(value))
    if isinstance(value, (int, np.integer)):
        return fmpq(int(value))
    if isinstance(value, (float, np.floating)):
        value = str(value)
    if isinstance(value, (str, Decimal)):
        value = _fraction(str(value))
    if isinstance(value, Fraction):
        return fmpq(value.numerator, value.denominator)
    raise TypeError(f"expected a number, got {type(value).__name__}")


def _fraction(text: str) -> Fraction:
    exponent = re.search(r"[eE]([+-]?\d+)", text)
    if exponent and abs(int(exponent[1])) > LARGEST_EXPONENT:
        raise ValueError(f"{text!r} is beyond 10^±{LARGEST_EXPONENT}, the largest power of ten taken")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{text!r} is not a finite number") from None


def _bits(value: fmpq) -> int:
    return int(value.p.bit_length() + value.q.bit_length())


def _binary(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Number:
    try:
        a = left if isinstance(left, Number) else Number(left)
        b = right if isinstance(right, Number) else Number(right)
    except TypeError:
        return cast("Number", NotImplemented)
    if operation is operator.truediv and b.exact == 0:
        raise ZeroDivisionError(f"division of {a} by 0")
    if a.exact is not None and b.exact is not None:
        return _exact_or_ball(operation(a.exact, b.exact), operation, a, b)
    if operation is operator.truediv and a.exact == 0:
        return Number(0)
    if operation is operator.truediv and b.exact == 1:
        return a
    if operation is operator.mul:
        if a.exact == 0 or b.exact == 0:
            return Number(0)
        if a.exact == 1 or b.exact == 1:
            return b if a.exact == 1 else a
    if b.exact == 0:  # in a sum or a difference: what divides was seen above
        return a
    if a.exact == 0 and operation is operator.add:
        return b
    if a is b and operation is operator.sub:
        return Number(0)
    if a is b and operation is operator.truediv and a.sign():
        return Number(1)
    return Number._of(operation, a, b)


def _exact_or_ball(result: fmpq, operation: Callable[..., Any], *arguments: Number) -> Number:
    if _bits(result) > LARGEST_RATIONAL:
        return Number._of(operation, *arguments)
    return Number(result)


def _ball_power(ball: arb, exponent: int) -> arb:
    """Repeated multiplication, as Arb's own power has no bound for a base that may be 0."""
    if exponent < 0:
        return 1 / _ball_power(ball, -exponent)
    result = arb(1)
    for bit in bin(exponent)[2:]:
        result = result * result * ball if bit == "1" else result * result
    return result


def _log2(ball: arb) -> arb:
    return ball.log() / arb(2).log()


def _power_of_two(value: fmpq) -> int | None:
    """The whole number whose power of 2 the value is, where there is one."""
    up, down = value.p.bit_length() - 1, value.q.bit_length() - 1
    return int(up - down) if value.p == 1 << int(up) and value.q == 1 << int(down) else None


def _rational_root(value: fmpq) -> fmpq | None:
    p, q = value.p.isqrt(), value.q.isqrt()
    return fmpq(p, q) if p * p == value.p and q * q == value.q else None


def _float(value: fmpq) -> float:
    return float(Fraction(int(value.p), int(value.q)))


def _check_size(ball: arb) -> None:
    if any(abs(int(part.man_exp()[1])) > LARGEST_BALL for part in (ball.mid(), ball.rad())):
        raise ArithmeticError("a value is too large, or too small, to be written out")


def _dyadic(ball: arb) -> fmpq:
    mantissa, exponent = ball.man_exp()
    power = fmpq(2) ** int(exponent)
    return fmpq(mantissa) * power

"""exp, log and their kin of vectors of float32, within two units in the last place.

Arguments are reduced to near 0 by powers of two, as everywhere (W. J. Cody and W. Waite, Software Manual
for the Elementary Functions, 1980); there, Taylor's series end where float32 does. The logarithm's sum is
arranged as in Sun's fdlibm (e_log.c), so that its largest part is exact.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.training.native.vectors import Vector, Whole

LOG2_HIGH = round(math.log(2) * 512) / 512
"""log 2 in so few bits that its products with exponents are exact; the rest of it."""
LOG2_LOW = math.log(2) - LOG2_HIGH
BIAS, FRACTION = 127, 23
"""Of float32: what its exponent is raised by, and the bits of its fraction."""
TERMS = 8
"""Of Taylor's series of exp for |x| ≤ log 2 / 2: the next is x⁸/8! < 6e-9."""
LARGEST = 89.0
"""exp of it, and of all above, is infinite in float32."""
ONE_AT = 10.0
"""tanh of it, and of all above, is 1 in float32."""


def exp(x: Vector) -> Vector:
    """eˣ."""
    bounded = x.by_llvm("minnum", LARGEST).by_llvm("maxnum", -104.0)
    n, r = _reduced(bounded)
    result = _series([1 / math.factorial(k) for k in range(TERMS)], r)
    # In two steps, since neither the largest result's power of two nor the least one's is a float32.
    half = n >> 1
    return (result * _power_of_two(half) * _power_of_two(n - half)).unless_nan(x)


def expm1(x: Vector) -> Vector:
    """eˣ - 1, near 0 too."""
    bounded = x.by_llvm("minnum", LARGEST).by_llvm("maxnum", -87.0)
    n, r = _reduced(bounded)
    rest = (r * r).times_plus(_series([1 / math.factorial(k) for k in range(2, TERMS + 1)], r), r)
    half = _power_of_two(n - 1)
    return (half.times_plus(rest, half - 0.5) * 2.0).unless_nan(x)


def log(x: Vector) -> Vector:
    """The natural logarithm; -∞ of 0, NaN of what is less."""
    is_tiny = x.compared("<", float(np.finfo(np.float32).tiny))
    scaled = (x * 2.0**FRACTION).where(is_tiny, x)
    low = int(np.float32(math.sqrt(0.5)).view(np.int32))
    exponent = (scaled.bits() - low) >> FRACTION
    fraction = (scaled.bits() - (exponent << FRACTION)).as_bits()
    e = exponent.as_numbers()
    e = (e - float(FRACTION)).where(is_tiny, e)
    f = fraction - 1.0
    s = f / (fraction + 1.0)
    z = s * s
    half_square = f * f * 0.5
    rest = z * _series([2 / (2 * k + 1) for k in range(1, 6)], z)
    small = s.times_plus(half_square + rest, e * LOG2_LOW)
    result = e.times_plus(LOG2_HIGH, f - (half_square - small))
    result = result.where(x.compared("<", math.inf), x)
    result = result.where(x.compared("!=", 0.0), -math.inf)
    return result.where(x.compared(">=", 0.0), math.nan)


def log1p(x: Vector) -> Vector:
    """log(1 + x), near 0 too."""
    sum_ = x + 1.0
    lost = x - (sum_ - 1.0)
    result = log(sum_)
    corrected = result + lost / sum_
    return corrected.where(result.by_llvm("fabs").compared("<", math.inf), result)


def tanh(x: Vector) -> Vector:
    """The hyperbolic tangent."""
    doubled = expm1(x.by_llvm("fabs").by_llvm("minnum", ONE_AT) * 2.0)
    return (doubled / (doubled + 2.0)).by_llvm("copysign", x).unless_nan(x)


def logistic(x: Vector) -> Vector:
    """1 / (1 + e⁻ˣ)."""
    return x.known(1.0) / (exp(x.known(0.0) - x) + 1.0)


def _reduced(x: Vector) -> tuple[Whole, Vector]:
    """n and r with x = n log 2 + r and |r| ≤ log 2 / 2."""
    n = (x * (1 / math.log(2))).by_llvm("rint")
    return n.whole(), n.times_plus(-LOG2_LOW, n.times_plus(-LOG2_HIGH, x))


def _series(factors: list[float], x: Vector) -> Vector:
    """Σ factorₖ xᵏ."""
    result = x.known(factors[-1])
    for factor in reversed(factors[:-1]):
        result = result.times_plus(x, factor)
    return result


def _power_of_two(n: Whole) -> Vector:
    return ((n + BIAS) << FRACTION).as_bits()

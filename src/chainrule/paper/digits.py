"""Decimals of which every digit is proven: rounded correctly, or not printed."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpz

from chainrule.paper.numbers import Number, UndecidedError

PLAIN_FROM, PLAIN_TO = -5, 15
"""Powers of ten between which a number is written out; beyond them, as 1.5e-9."""

MORE_DIGITS = 12
"""How many digits more are tried where a number lies in the middle between two decimals."""


@dataclass(frozen=True)
class Digits:
    """A decimal, and whether it is the number itself or the number rounded."""

    text: str
    exact: bool


def significant(number: Number, digits: int) -> Digits:
    """The number to so many significant digits, and at least to whole units, each digit proven.

    >>> significant(Number("2/3"), 4), significant(Number("1.7"), 4)
    (Digits(text='0.6667', exact=False), Digits(text='1.7', exact=True))
    >>> significant(Number(1).exp(), 10).text, significant(Number(-50).exp(), 4).text
    ('2.718281828', '1.929e-22')
    >>> significant(Number("0.0999996"), 4).text, significant(Number("9999.6"), 4).text
    ('0.1000', '10000')
    """
    places = 0
    for low, high in number.enclosures():
        largest = max(abs(low), abs(high))
        if largest == 0:
            return Digits("0", exact=True)
        power = _power_of_ten(largest)
        places = digits - 1 - power
        if power <= PLAIN_TO:  # whole units at least, for a 0 in their place would be a wrong digit
            places = max(places, 0)
        rounded = _round(low, places)
        if places > 0 and abs(rounded) == _ten(digits):  # rounded up to one digit more, as 0.0999…
            places -= 1
            rounded = _round(low, places)
        if rounded == _round(high, places) and rounded != 0:
            return _written(rounded, places, exact=low == high and fmpq(rounded) == low * _ten(places))
    for more in range(places + 1, places + MORE_DIGITS):
        if _round(low, more) == _round(high, more) != 0:
            return _written(_round(low, more), more, exact=False)
    return Digits(fixed(number, digits), exact=False)


def fixed(number: Number, places: int) -> str:
    """The number to so many decimals, each proven.

    Raises UndecidedError where the number lies too close to the middle between two decimals.

    >>> fixed(Number("1.126015"), 4), fixed(Number("-0.00004"), 4)
    ('1.1260', '0.0000')
    """
    value = _proven(number, places)
    sign = "-" if value < 0 else ""
    whole = str(abs(value)).rjust(places + 1, "0")
    return f"{sign}{whole[: len(whole) - places]}" + (f".{whole[-places:]}" if places else "")


def rounded(number: Number, places: int) -> Number:
    """The number rounded to so many decimals, halves away from 0, as people do on paper.

    >>> rounded(Number("2.00005"), 4), rounded(Number(2).sqrt(), 4)
    (20001/10000, 7071/5000)
    """
    return Number(fmpq(_proven(number, places)) / _ten(places))


def _proven(number: Number, places: int) -> fmpz:
    for low, high in number.enclosures():
        value = _round(low, places)
        if value == _round(high, places):
            return value
    raise UndecidedError(
        f"cannot tell which way to round a value to {places} decimals: it is too close to a half"
    )


def _round(value: fmpq, places: int) -> fmpz:
    scaled = abs(value) * _ten(places)
    nearest = (scaled + fmpq(1, 2)).floor()
    return -nearest if value < 0 else nearest


def _ten(power: int) -> fmpq:
    return fmpq(10) ** power


def _power_of_ten(value: fmpq) -> int:
    """The exponent e with 10^e ≤ value < 10^(e+1)."""
    guess = int((value.p.bit_length() - value.q.bit_length()) * 0.30103)
    while _ten(guess) > value:
        guess -= 1
    while _ten(guess + 1) <= value:
        guess += 1
    return guess


def _written(value: fmpz, places: int, exact: bool) -> Digits:
    """The decimal value · 10^-places; an exact one without trailing zeros."""
    sign, text = ("-", str(-value)) if value < 0 else ("", str(value))
    power = len(text) - 1 - places
    if exact:
        text = text.rstrip("0")
    if not PLAIN_FROM <= power <= PLAIN_TO:
        tail = f".{text[1:]}" if len(text) > 1 else ""
        return Digits(f"{sign}{text[0]}{tail}e{power}", exact)
    if power < 0:
        return Digits(f"{sign}0.{'0' * (-power - 1)}{text}", exact)
    text = text.ljust(power + 1, "0")
    tail = f".{text[power + 1 :]}" if len(text) > power + 1 else ""
    return Digits(f"{sign}{text[: power + 1]}{tail}", exact)

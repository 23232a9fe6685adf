"""Numbers on paper: exact while they can be, and certain where they cannot."""

from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.paper.digits import fixed, rounded, significant
from chainrule.paper.numbers import LARGEST_RATIONAL, Number, UndecidedError, numbers

rationals = st.fractions(min_value=-50, max_value=50, max_denominator=1000)
FUNCTIONS = {"exp": mpmath.exp, "tanh": mpmath.tanh, "expm1": mpmath.expm1}


def as_mpf(value: Fraction) -> mpmath.mpf:
    return mpmath.mpf(value.numerator) / value.denominator


@given(rationals, rationals)
def test_rational_arithmetic_is_that_of_fractions(a, b):
    assert str(Number(a) + Number(b)) == str(a + b)
    assert str(Number(a) - b) == str(a - b)
    assert str(a * Number(b)) == str(a * b)
    if b:
        assert str(Number(a) / Number(b)) == str(a / b)
    assert (Number(a) < Number(b)) == (a < b)
    assert (Number(a) == b) == (a == b)


@pytest.mark.parametrize(
    ("given_value", "exact"),
    [
        (0.2, "1/5"),
        (np.float32(0.2), "1/5"),
        ("17/10", "17/10"),
        ("1e-3", "1/1000"),
        (Decimal("0.30"), "3/10"),
        (True, "1"),
        (np.int64(-3), "-3"),
    ],
)
def test_a_decimal_is_taken_as_written(given_value, exact):
    assert str(Number(given_value)) == exact


@pytest.mark.parametrize("wrong", ["nan", "inf", float("nan"), float("-inf"), "1/0", "abc", "1e99999"])
def test_what_is_no_finite_number_is_refused(wrong):
    with pytest.raises(ValueError):
        Number(wrong)


@given(st.sampled_from(sorted(FUNCTIONS)), rationals, st.integers(1, 60))
@settings(max_examples=300)
def test_every_printed_digit_of_a_function_is_right(name, x, digits):
    text = significant(getattr(Number(x), name)(), digits).text
    with mpmath.workdps(200):
        true = FUNCTIONS[name](as_mpf(x))
        last = Decimal(text).as_tuple().exponent
        assert abs(mpmath.mpf(text) - true) <= mpmath.mpf(10) ** last / 2 + mpmath.mpf(10) ** -150


@given(st.fractions(min_value="1/1000", max_value=100, max_denominator=1000), st.integers(1, 40))
def test_every_printed_digit_of_roots_and_logarithms_is_right(x, digits):
    with mpmath.workdps(200):
        for number, true in (
            (Number(x).sqrt(), mpmath.sqrt(as_mpf(x))),
            (Number(x).log(), mpmath.log(as_mpf(x))),
        ):
            text = significant(number, digits).text
            last = Decimal(text).as_tuple().exponent
            assert abs(mpmath.mpf(text) - true) <= mpmath.mpf(10) ** last / 2 + mpmath.mpf(10) ** -150


def test_a_comparison_raises_the_precision_until_it_is_decided():
    with mpmath.workdps(150):
        close = mpmath.nstr(mpmath.e, 100)
    assert Number(1).exp() != Number(close)
    assert (Number(1).exp() > Number(close[:80])) is True


def test_a_comparison_that_no_precision_decides_is_an_error():
    root = Number(2).sqrt()
    with pytest.raises(UndecidedError, match="0"):
        bool(root * root > Number(2))


def test_values_that_stay_rational_stay_exact():
    assert Number("9/16").sqrt().exact == Number("3/4").exact
    assert Number(0).exp().exact == 1
    assert Number(1).log().exact == 0
    assert (Number(2).exp() * 0).exact == 0
    assert (Number(2).exp() - 0) is not None


def test_a_rational_that_grows_beyond_the_limit_goes_on_as_a_ball_and_prints_right():
    number = Number("1000001/1000003")
    for _ in range(12):
        number = number * number
    assert number.exact is None
    with mpmath.workdps(60):
        true = (mpmath.mpf(1000001) / 1000003) ** 4096
        assert significant(number, 30).text == mpmath.nstr(true, 30)
    assert LARGEST_RATIONAL < 40 * 4096


def test_the_formula_may_be_deeper_than_pythons_stack():
    number = Number(2).sqrt()
    for _ in range(5000):
        number = number + 1
    assert significant(number, 10).text == "5001.414214"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("2/3", 4, "0.6667"),
        ("-2/3", 2, "-0.67"),
        ("999999/1000000", 3, "1.00"),
        ("1234567890/11", 3, "112233445"),
        ("0.00001234", 2, "0.000012"),
        ("1/3000000000", 3, "3.33e-10"),
        ("12345678901234567890", 3, "1.23e19"),
        ("0", 5, "0"),
        ("1.25", 6, "1.25"),
    ],
)
def test_decimals_are_written_as_people_write_them(value, digits, text):
    assert significant(Number(value), digits).text in {text, text.rstrip("0").rstrip(".")}


def test_rounding_is_half_away_from_zero():
    assert str(rounded(Number("0.125"), 2)) == "13/100"
    assert str(rounded(Number("-0.125"), 2)) == "-13/100"
    assert fixed(Number("0.00005"), 4) == "0.0001"


def test_logarithms_and_divisions_that_do_not_exist_are_errors():
    with pytest.raises(ArithmeticError, match="logarithm of 0"):
        Number(0).log()
    with pytest.raises(ArithmeticError, match="square root"):
        Number(-1).sqrt()
    with pytest.raises(ZeroDivisionError):
        Number(1) / 0
    with pytest.raises(ZeroDivisionError):
        Number(0) ** -1


def test_numpys_functions_work_on_arrays_of_numbers():
    array = numbers([[0, "1/2"]])
    assert np.exp(array)[0, 0] == 1
    assert str(np.sum(array)) == "1/2"
    assert (array > 0).tolist() == [[False, True]]

"""Values written as text: read exactly, or refused; never executed."""

import os
import time
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chainrule.paper.digits import significant
from chainrule.paper.reading import Value, read
from chainrule.paper.values import names_in, read_array, resolve

DIGITS = 40


def number(text):
    value = read(text)
    return value.number() if isinstance(value, Value) else value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("√2", "sqrt(2)"),
        ("2√2", "2*sqrt(2)"),
        ("1 - 2√2", "1-2*sqrt(2)"),
        ("1 − 2·√2", "1-2*sqrt(2)"),
        ("ln 2", "log(2)"),
        ("3 ln 2", "3*log(2)"),
        ("3ln(2)", "3*log(2)"),
        ("log(10)", "log(10)"),
        ("e^-1", "exp(-1)"),
        ("e^(-1)", "exp(-1)"),
        ("e**-0.5", "exp(-mpf(1)/2)"),
        ("e", "exp(1)"),
        ("exp(-2)", "exp(-2)"),
        ("1/(1 + e^-1)", "1/(1+exp(-1))"),
        ("tanh(1/2)", "tanh(mpf(1)/2)"),
        ("sqrt(2)^3", "sqrt(2)**3"),
        ("√√2", "sqrt(sqrt(2))"),
        ("(1 + √5)/2", "(1+sqrt(5))/2"),
        ("-√2^2", "-2"),
        ("ln(1 + exp(ln(√(2 + √3))))", "log(1+exp(log(sqrt(2+sqrt(3)))))"),
        ("2 × 3 - 4 * 5", "-14"),
        ("1/2/2", "mpf(1)/4"),
        ("2^-3", "mpf(1)/8"),
    ],
)
def test_a_formula_has_the_value_that_it_has_elsewhere(text, expected):
    with mpmath.workdps(3 * DIGITS):
        theirs = mpmath.mpf(eval(expected, vars(mpmath).copy()))
        ours = mpmath.mpf(significant(number(text), DIGITS).text)
        assert abs(ours - theirs) <= abs(theirs) * mpmath.mpf(10) ** (1 - DIGITS)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("17/10", Fraction(17, 10)),
        ("-17/10", Fraction(-17, 10)),
        ("−0.2", Fraction(-1, 5)),
        ("+3", Fraction(3)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1e-3", Fraction(1, 1000)),
        ("1E+3", Fraction(1000)),
        ("25%", Fraction(1, 4)),
        ("12.5 %", Fraction(1, 8)),
        (" 1/3 ", Fraction(1, 3)),
        ("2(3 + 4)", Fraction(14)),
        ("(1/2)^3", Fraction(1, 8)),
        ("√4", Fraction(2)),
        ("√(9/4)", Fraction(3, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("e^0", Fraction(1)),
        ("1e1000", Fraction(10) ** 1000),
    ],
)
def test_a_rational_is_read_exactly(text, exact):
    read_as = number(text)
    assert read_as.exact is not None
    assert Fraction(int(read_as.exact.p), int(read_as.exact.q)) == exact


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1000, max_value=1000))
def test_decimals_are_taken_as_they_are_written(value):
    assert number(str(value)) == Fraction(value) == number(str(value).replace("-", "−"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_shortest_decimal_that_gives_it(value):
    assert read(value) == Fraction(Decimal(repr(value)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("w", {"w"}),
        ("w1 x1 + b", {"w1", "x1", "b"}),
        ("2w", {"2w"[1:]}),
        ("e^z", {"z"}),
        ("η·δ_1", {"η", "δ_1"}),
    ],
)
def test_names_are_symbols_and_e_is_a_number(text, names):
    assert read(text).names == names


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "cannot read ''"),
        ("2 +", r"cannot read '2 \+'"),
        ("1,5", "'1,5' at character 2"),
        ("(1", "cannot read"),
        ("1)", "at character 2"),
        ("tan(1)", "unknown function 'tan'"),
        ("w(2)", r"write w\*\(…\)"),
        ("nan", "not a finite number"),
        ("-inf", "not a finite number"),
        ("1 + Infinity", "not a finite number"),
        ("1/0", "not a finite number"),
        ("2^1000", "larger than 100"),
        ("2^(1/2)", "not a whole number"),
        ("(2^100)^100", "powers of powers"),
        ("w²", r"w\^2"),
        ("1e1001", r"10\^±1000"),
        ("1" * 201, "201 characters"),
        ("(" * 300 + "1" + ")" * 300, "601 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_found(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        number(text)


@pytest.mark.parametrize("text", ["1/(1 - 1)", "ln 0", "ln(0 - 1)", "√(0 - 2)", "0^-1", "1/(√2*√2 - 2)"])
def test_what_has_no_value_is_an_error_of_arithmetic(text):
    value = read(text)
    with pytest.raises(ArithmeticError):
        value.number()


CODE = [
    "__import__('os').system('touch {canary}')",
    "open('{canary}','w')",
    "exec(\"open('{canary}','w')\")",
    "().__class__.__bases__[0]",
    "lambda: open('{canary}','w')",
    "[open('{canary}','w')]",
    "{{open('{canary}','w')}}",
    "x.__class__",
    "$(touch {canary})",
    "`touch {canary}`",
    "!touch {canary}",
    "%system touch {canary}",
    "cos.__globals__['os'].system('touch {canary}')",
    "cposix\nsystem\n(S'touch {canary}'\ntR.",
]


@pytest.mark.parametrize("code", CODE)
@pytest.mark.parametrize(
    "use", [lambda text: read(text), lambda text: resolve(read_array([text]), closed=True)]
)
def test_code_is_never_executed(code, use, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        use(code.format(canary="c"))
    except (ValueError, ArithmeticError) as error:
        refused = error
    assert refused
    assert os.listdir(tmp_path) == []


LIKE_FORMULAS = st.text(alphabet="0123456789.eE+-−*/^()√ lnexpsqrtw_%·×²٣∞\t\n\x00", max_size=60)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=250), LIKE_FORMULAS))
@example("9^99*9^99*9^99")
@example("((((1e1000)^10)^10)^10)")
@example("exp(" * 40 + "9" + ")" * 40)
@example("√" * 190)
@example("-" * 190 + "1")
@example("ln(" * 60 + "2" + ")" * 60)
@example("1/(" * 60 + "3" + ")" * 60)
@example("tanh(exp(99))")
def test_any_text_is_a_value_or_refused_and_soon(text):
    start = time.perf_counter()
    for closed in (False, True):
        try:
            array = read_array([text])
            value = resolve(array, closed or bool(names_in([array]))).item()
            outcome = str(value)
        except (ValueError, ArithmeticError) as error:
            outcome = str(error)
        assert outcome
    assert time.perf_counter() - start < 5


def test_arrays_keep_their_shape_and_take_every_kind_of_number():
    array = read_array([[1, 0.5, "1/3"], [Decimal("0.2"), np.float32(0.1), "√4"]])
    assert array.shape == (2, 3)
    assert [str(v) for v in resolve(array, closed=False).flat] == ["1", "1/2", "1/3", "1/5", "1/10", "2"]
    assert read_array(3).shape == ()

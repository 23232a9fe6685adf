"""The topic probability, against counting with fractions, NumPy, SciPy and SymPy."""

import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.cli.main import run
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules.probability import normal as normal_rules
from chainrule.rules.probability import uniform as uniform_rules
from chainrule.rules.probability import variables

SHEET = Path(__file__).parent.parent / "worksheets" / "02-probability.toml"
EXACT = settings(derandomize=True, deadline=None, max_examples=40)


def worked(given, more=""):
    return solve(f'[[question]]\nid = "q"\ntopic = "probability"\n{more}\n[question.given]\n{given}\n')["q"]


def fraction(value):
    return Fraction(int(value.exact.p), int(value.exact.q))


def value(working, name):
    return fraction(working[name][()])


def floats(working, name):
    return np.asarray(working[name]).astype(float)


def text_of(working):
    return " ".join(str(working).split())


@pytest.fixture(scope="module")
def sheet():
    return solve(SHEET)


# ------------------------------------------------------------------------------- events

COINS = ["".join(each) for each in itertools.product("HT", repeat=3)]
DICE = list(itertools.product(range(1, 7), repeat=2))
COUNTED = {
    "die": (range(1, 7), {"E": {2, 4, 6}, "F": {4, 5, 6}}),
    "three-coins": (
        COINS,
        {"A": {c for c in COINS if c.count("H") % 2 == 0}, "B": {c for c in COINS if c[0] == "H"}},
    ),
    "two-heads": (
        COINS,
        {"A": {c for c in COINS if c.count("H") == 2}, "B": {c for c in COINS if c[0] == "H"}},
    ),
    "two-dice": (
        DICE,
        {"seven": {d for d in DICE if sum(d) == 7}, "first_one": {d for d in DICE if d[0] == 1}},
    ),
}


@pytest.mark.parametrize("question", COUNTED)
def test_events_are_counted(sheet, question):
    space, events = COUNTED[question]
    (a, first), (b, second) = events.items()
    working, n = sheet[question], len(space)

    def share(members, of=n):
        return Fraction(len(members), of)

    assert value(working, f"P_{a}") == share(first)
    assert value(working, f"P_not_{b}") == 1 - share(second)
    assert value(working, f"P_{a}_and_{b}") == share(first & second)
    assert value(working, f"P_{a}_or_{b}") == share(first | second)
    assert value(working, f"P_{a}_given_{b}") == share(first & second, len(second))
    assert value(working, f"P_{b}_given_{a}") == share(first & second, len(first))
    independent = share(first & second) == share(first) * share(second)
    assert str(working[f"independent_{a}_{b}"]) == ("yes" if independent else "no")


@EXACT
@given(st.sets(st.integers(1, 6)), st.sets(st.integers(1, 6), min_size=1))
def test_any_two_events_of_a_die(first, second):
    working = worked(f"dice = 1\nevents = {{ A = {sorted(first)}, B = {sorted(second)} }}")
    assert value(working, "P_A_or_B") == Fraction(len(first | second), 6)
    assert value(working, "P_A_given_B") == Fraction(len(first & second), len(second))


def test_a_loaded_die(sheet):
    chances = [Fraction(1, 10)] * 5 + [Fraction(1, 2)]
    assert value(sheet["loaded-die"], "P_even") == sum(chances[1::2])
    mean = sum(x * p for x, p in enumerate(chances, start=1))
    assert value(sheet["loaded-die"], "E_X") == mean
    assert value(sheet["loaded-die"], "var_X") == sum(
        (x - mean) ** 2 * p for x, p in enumerate(chances, start=1)
    )


def test_three_events_are_taken_in_pairs():
    working = worked('coins = 2\nevents = { A = ["HH"], B = ["HH", "HT"], C = ["TT"] }')
    assert value(working, "P_A_given_B") == Fraction(1, 2)
    assert value(working, "P_B_or_C") == Fraction(3, 4)
    assert "exclude each other" in str(worked('coins = 2\nevents = { A = ["HH"], C = ["TT"] }'))


def test_a_space_that_is_listed():
    space = 'space = ["sun", "rain", "snow"]\nprobabilities = ["1/2", "1/3", "1/6"]'
    assert value(worked(f'{space}\nevents = {{ wet = ["rain", "snow"] }}'), "P_wet") == Fraction(1, 2)


def test_events_of_which_probabilities_are_given():
    working = worked("events = { A = 0.5, B = 0.4 }\nboth = 0.2")
    assert value(working, "P_A_or_B") == Fraction(7, 10)
    assert str(working["independent_A_B"]) == "yes"


def test_names_stay_in_the_answers():
    working = worked('events = { A = "p", B = 0.5 }\nboth = "p/2"')
    p = sympy.Symbol("p", real=True)
    assert working["P_B_given_A"][()].expression == sympy.Rational(1, 2)
    assert sympy.expand(working["P_A_or_B"][()].expression - (p / 2 + sympy.Rational(1, 2))) == 0
    assert str(working["independent_A_B"]) == "yes"


def test_conditioning_on_what_is_impossible_is_said():
    given = 'coins = 2\nevents = { A = ["HH"], B = [] }'
    assert "not defined" in str(worked(given))
    with pytest.raises(SheetError, match=r"find: P_A_given_B is not defined: B is impossible"):
        worked(given, 'find = ["P_A_given_B"]')


# --------------------------------------------------------------------- Bayes and tables


@EXACT
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 10)), min_size=2, max_size=5))
def test_bayes_is_a_share_of_the_joint(parts):
    total = sum(weight for weight, _ in parts)
    names = [f"h{i}" for i in range(len(parts))]
    prior = ", ".join(f'{n} = "{w}/{total}"' for n, (w, _) in zip(names, parts, strict=True))
    likelihood = ", ".join(f'{n} = "{c}/10"' for n, (_, c) in zip(names, parts, strict=True))
    working = worked(f"prior = {{ {prior} }}\nlikelihood = {{ {likelihood} }}")
    joint = [Fraction(w, total) * Fraction(c, 10) for w, c in parts]
    assert value(working, "P_E") == sum(joint)
    for name, each in zip(names, joint, strict=True):
        assert value(working, f"P_{name}_given_E") == each / sum(joint)


def test_bayes(sheet):
    free = Fraction(8, 10) * Fraction(1, 100)
    assert value(sheet["spam-filter"], "P_spam_given_free") == free / (
        free + Fraction(1, 10) * Fraction(99, 100)
    )
    assert value(sheet["spam-filter"], "P_spam_given_free") == Fraction(8, 107)
    assert float(Fraction(8, 107)) == pytest.approx(0.0748, abs=5e-5)  # the lecture's figure
    parts = {"I": Fraction(10, 1000), "II": Fraction(9, 1000), "III": Fraction(8, 1000)}
    for name, joint in parts.items():
        assert value(sheet["three-machines"], f"P_{name}_given_faulty") == joint / sum(parts.values())


def test_bayes_with_a_name():
    working = worked('prior = { ill = "p" }\nlikelihood = { ill = 0.9, well = 0.1 }\nevidence = "positive"')
    p = sympy.Symbol("p", real=True)
    expected = sympy.Rational(9, 10) * p / (sympy.Rational(9, 10) * p + (1 - p) / 10)
    assert sympy.simplify(working["P_ill_given_positive"][()].expression - expected) == 0


def test_a_table_of_counts(sheet):
    counts = np.array([[20, 10], [15, 5]])
    names = [["girl", "boy"], ["passed", "failed"]]
    for (i, row), (j, column) in itertools.product(enumerate(names[0]), enumerate(names[1])):
        cell = int(counts[i, j])
        rows, columns = int(counts[i].sum()), int(counts[:, j].sum())
        working = sheet["passed-table"]
        assert value(working, f"P_{row}_and_{column}") == Fraction(cell, 50)
        assert value(working, f"P_{column}_given_{row}") == Fraction(cell, rows)
        assert value(working, f"P_{row}_given_{column}") == Fraction(cell, columns)


def test_an_independent_table_is_found():
    assert str(worked("counts = [[1, 2, 3], [2, 4, 6]]")["independent"]) == "yes"
    large = worked("counts = [[1, 2, 3], [2, 4, 6], [1, 1, 1]]")
    assert str(large["independent"]) == "no"
    assert value(
        worked("counts = [[1, 2, 3], [2, 4, 6], [1, 1, 1]]", 'find = ["P_row_3_given_column_1"]'),
        "P_row_3_given_column_1",
    ) == Fraction(1, 4)


def test_a_row_that_never_happened():
    working = worked("counts = [[0, 0], [1, 3]]")
    assert "Nothing is known given row 1" in str(working)
    with pytest.raises(SheetError, match="row 1 is impossible"):
        worked("counts = [[0, 0], [1, 3]]", 'find = ["P_column_1_given_row_1"]')


# --------------------------------------------------------------------- random variables


def test_a_random_variable(sheet):
    binomial = scipy.stats.binom(3, 0.5)
    working = sheet["heads-of-three"]
    assert floats(working, "p") == pytest.approx(binomial.pmf(range(4)))
    assert floats(working, "cdf") == pytest.approx(binomial.cdf(range(4)))
    assert floats(working, "E_X") == pytest.approx(binomial.mean())
    assert floats(working, "var_X") == pytest.approx(binomial.var())
    assert floats(working, "sd_X") == pytest.approx(binomial.std())
    other = scipy.stats.rv_discrete(values=([-1, 0, 2], [0.25, 0.25, 0.5]))
    assert floats(sheet["values"], "E_X") == pytest.approx(other.mean())
    assert floats(sheet["values"], "var_X") == pytest.approx(other.var())


def test_values_are_put_in_order():
    working = worked("values = [3, 1, 2]\nprobabilities = [0.5, 0.2, 0.3]")
    assert floats(working, "cdf") == pytest.approx([0.2, 0.5, 1])


@EXACT
@given(st.dictionaries(st.integers(-9, 9), st.integers(1, 9), min_size=1, max_size=6))
def test_both_formulas_of_the_variance_agree(weights):
    total = sum(weights.values())
    chances = [f"{w}/{total}" for w in weights.values()]
    working = worked(f"values = {list(weights)}\nprobabilities = {chances!r}".replace("'", '"'))
    mean = Fraction(sum(x * w for x, w in weights.items()), total)
    assert value(working, "E_X") == mean
    assert value(working, "var_X") == value(working, "var_X_by_moments")
    assert value(working, "var_X") == sum((x - mean) ** 2 * Fraction(w, total) for x, w in weights.items())


def test_two_variables(sheet):
    x, y = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2])
    covariance = np.cov(x, y, ddof=0)
    working = sheet["covariance"]
    assert floats(working, "var_X") == pytest.approx(covariance[0, 0])
    assert floats(working, "var_Y") == pytest.approx(covariance[1, 1])
    assert floats(working, "cov") == pytest.approx(covariance[0, 1])
    assert floats(working, "cov_by_definition") == pytest.approx(covariance[0, 1])
    assert floats(working, "correlation") == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert floats(working, "var_sum") == pytest.approx(np.var(x + y))
    assert floats(working, "var_sum_by_definition") == pytest.approx(np.var(x + y))


def test_a_constant_has_no_correlation():
    working = worked("x = [1]\ny = [0, 1]\njoint = [[0.5, 0.5]]")
    assert "correlation" not in working.names
    assert str(working["independent"]) == "yes"


# ---------------------------------------------------------------------------- densities


def test_densities_against_scipy(sheet):
    uniform = scipy.stats.uniform(0, 2)
    working = sheet["uniform-0-2"]
    assert floats(working, "E_X") == pytest.approx(uniform.mean())
    assert floats(working, "var_X") == pytest.approx(uniform.var())
    assert floats(working, "pdf") == pytest.approx(uniform.pdf(0.5))
    assert floats(working, "cdf") == pytest.approx(uniform.cdf(0.5))
    assert floats(working, "P") == pytest.approx(uniform.cdf(1) - uniform.cdf(0.5))
    standard, working = scipy.stats.norm(), sheet["standard-normal"]
    assert floats(working, "pdf1") == pytest.approx(standard.pdf(0))
    assert floats(working, "cdf2") == pytest.approx(standard.cdf(1))
    assert floats(working, "P") == pytest.approx(standard.cdf(1) - standard.cdf(-1))
    normal, working = scipy.stats.norm(100, 15), sheet["normal"]
    assert floats(working, "P1") == pytest.approx(normal.cdf(115) - normal.cdf(85))
    assert floats(working, "P2") == pytest.approx(normal.sf(130))


@settings(EXACT, max_examples=15)
@given(st.integers(-5, 5), st.integers(1, 6), st.integers(-20, 20), st.integers(0, 20))
def test_any_normal_interval(mu, sigma, low, length):
    high = low + length
    density = f'density = {{ name = "normal", mu = {mu}, sigma = {sigma} }}'
    ends = f'between = [[{low}, {high}], ["-∞", {high}]]'
    working, normal = worked(f"{density}\nat = [{low}]\n{ends}"), scipy.stats.norm(mu, sigma)
    assert floats(working, "pdf") == pytest.approx(normal.pdf(low))
    assert floats(working, "P1") == pytest.approx(normal.cdf(high) - normal.cdf(low), abs=1e-12)
    assert floats(working, "P2") == pytest.approx(normal.cdf(high))


def test_the_uniform_density_with_names(sheet):
    a, b, x = sympy.symbols("a b x", real=True)
    mean = sympy.integrate(x / (b - a), (x, a, b))
    variance = sympy.integrate((x - mean) ** 2 / (b - a), (x, a, b))
    assert sympy.simplify(sheet["uniform"]["E_X"][()].expression - mean) == 0
    assert sympy.simplify(sheet["uniform"]["var_X"][()].expression - variance) == 0


FORMULAS = [
    ("3 x^2 / 8", 0, 2),
    ("2 exp(-2 x)", 0, "oo"),
    ("exp(x)", "-oo", 0),
    ("1/(2 sqrt(x))", 0, 1),
    ("x exp(-x)", 0, "oo"),
    ("6 x (1 - x)", 0, 1),
    ("3/x^4", 1, "oo"),
    ("ln(x)", 1, "e"),
    ("1/(x ln 2)", 1, 2),
    ("-4 x ln(x)", 0, 1),
    ("(3/4) (1 - x^2)", -1, 1),
]


@pytest.mark.parametrize(("text", "low", "high"), FORMULAS)
def test_formulas_against_sympy(text, low, high):
    x = sympy.Symbol("x", real=True)
    python = text.replace("^", "**").replace("ln 2", "log(2)").replace("ln", "log").replace(" (", "*(")
    for digit in "234568":
        python = python.replace(f"{digit} x", f"{digit}*x").replace(f"{digit} exp", f"{digit}*exp")
    python = python.replace("x exp", "x*exp").replace("x log", "x*log").replace("2 sqrt", "2*sqrt")
    f = sympy.sympify(python, locals={"x": x})
    ends = [sympy.sympify(str(end).replace("e", "E") if end == "e" else end) for end in (low, high)]
    between = 1 if high != 1 else Fraction(1, 2)
    given = f'density = {{ formula = "{text}", low = "{low}", high = "{high}" }}\nat = ["{between}"]'
    working = worked(given)
    mean = sympy.integrate(x * f, (x, *ends))
    assert float(working["mass"][()]) == 1
    assert float(working["E_X"][()]) == pytest.approx(float(mean))
    square = sympy.integrate(x**2 * f, (x, *ends))
    assert float(working["var_X"][()]) == pytest.approx(float(square - mean**2))
    at = sympy.Rational(str(between))
    cdf = sympy.integrate(f, (x, ends[0], at)) if at > ends[0] else 0
    assert float(working["cdf"][()]) == pytest.approx(min(1.0, float(cdf)))


def test_a_density_without_a_mean_or_a_variance_says_so():
    without_mean = worked('density = { formula = "1/x^2", low = 1, high = "∞" }\nat = [2]')
    assert "E_X" not in without_mean.tape.quantities
    assert floats(without_mean, "cdf") == pytest.approx(scipy.stats.pareto(1).cdf(2))
    assert "no expectation" in text_of(without_mean)
    without_variance = worked('density = { formula = "2/x^3", low = 1, high = "∞" }\nbetween = [[1, 2]]')
    assert floats(without_variance, "E_X") == pytest.approx(scipy.stats.pareto(2).mean())
    assert floats(without_variance, "P") == pytest.approx(scipy.stats.pareto(2).cdf(2))
    assert "var_X" not in without_variance.tape.quantities
    assert "no finite variance" in text_of(without_variance)


def test_a_variance_that_is_not_finite_is_refused_where_it_is_asked_for():
    with pytest.raises(SheetError, match="find: var_X is not finite"):
        worked('density = { formula = "2/x^3", low = 1, high = "∞" }', 'find = ["var_X"]')


def test_a_correlation_with_a_constant_is_refused_where_it_is_asked_for():
    given = "x = [1, 2]\ny = [5]\njoint = [[0.5], [0.5]]"
    assert "A correlation is not defined" in text_of(worked(given))
    with pytest.raises(SheetError, match="find: correlation is not defined: one of the two is constant"):
        worked(given, 'find = ["correlation"]')


def test_the_mean_of_a_symmetric_density_without_an_antiderivative_is_exactly_0():
    density = '{ formula = "cos(x)/2", low = "-pi/2", high = "pi/2" }'
    working = worked(f"density = {density}")
    assert working["E_X"][()].exact == 0
    assert floats(working, "var_X") == pytest.approx(np.pi**2 / 4 - 2)


def test_a_normal_density_may_be_given_by_its_variance():
    working = worked('density = { name = "normal", mu = -5, variance = 2 }\nat = [0.5]')
    assert floats(working, "sigma") == pytest.approx(np.sqrt(2))
    assert value(working, "var_X") == 2
    assert floats(working, "cdf") == pytest.approx(scipy.stats.norm(-5, np.sqrt(2)).cdf(0.5))


@pytest.mark.parametrize("names", [("S", "T"), ("both", "o"), ("p", "x"), ("possible", "n"), ("n_S", "P_o")])
def test_no_name_of_an_event_is_taken_for_something_else(names):
    a, b = names
    working = worked(f"dice = 1\nevents = {{ {a} = [1, 2], {b} = [2, 3, 4] }}\nvariable = 'total'")
    assert value(working, f"P_{a}") == Fraction(1, 3)
    assert value(working, f"P_{a}_given_{b}") == Fraction(1, 3)
    assert value(working, "E_X") == Fraction(7, 2)
    sizes = worked(f"events = {{ {a} = 30, {b} = 35 }}\ntotal = 50\nboth = 20")
    assert value(sizes, f"P_{a}") == Fraction(3, 5)
    assert value(sizes, f"P_{a}_and_{b}") == Fraction(2, 5)
    table = worked(f"counts = [[20, 10], [15, 5]]\nrows = ['{a}', 'other']\ncolumns = ['{b}', 'rest']")
    assert value(table, f"P_{a}") == Fraction(3, 5)
    assert value(table, f"P_{b}_given_{a}") == Fraction(2, 3)


def test_the_sample_space_has_another_letter_than_an_event():
    working = worked("dice = 1\nevents = { S = [1], T = [2, 3] }")
    assert "P(S) = n(S)/n(Ω)" in text_of(working)
    assert "n(S) = 6" not in text_of(working)
    assert "n(S) = 6" in text_of(worked("dice = 1\nevents = { A = [1] }"))


def test_the_outcomes_probabilities_are_not_those_of_the_variable():
    working = worked('space = ["a", "b", "c"]\nprobabilities = ["1/2", "1/3", "1/6"]\nvariable = [3, 2, 1]')
    assert [fraction(v) for v in working["p_o"]] == [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
    assert [fraction(v) for v in working["p"]] == [Fraction(1, 6), Fraction(1, 3), Fraction(1, 2)]
    assert "P(X = x)[1] = 1/6 " in text_of(working)  # and not the sum of another outcome's number


def test_a_table_of_counts_may_have_names_in_it():
    working = worked('counts = [["a", 1], [2, 3]]\nrows = ["u", "v"]\ncolumns = ["s", "t"]')
    a = sympy.Symbol("a", real=True)
    assert sympy.simplify(working["P_u_given_s"][()].expression - a / (a + 2)) == 0


def test_a_density_in_pieces():
    triangle = '[{ formula = "x", low = 0, high = 1 }, { formula = "2 - x", low = 1, high = 2 }]'
    working = worked(f"density = {{ pieces = {triangle} }}\nat = [-1, 0.5, 1.5, 3]\nbetween = [[0.5, 1.5]]")
    expected = scipy.stats.triang(0.5, 0, 2)
    for i, x in enumerate([-1, 0.5, 1.5, 3], start=1):
        assert floats(working, f"pdf{i}") == pytest.approx(expected.pdf(x))
        assert floats(working, f"cdf{i}") == pytest.approx(expected.cdf(x))
    assert floats(working, "var_X") == pytest.approx(expected.var())
    assert floats(working, "P") == pytest.approx(0.75)


def test_what_has_no_antiderivative_is_integrated_with_proven_digits():
    working = worked('density = { formula = "sin(x)/2", low = 0, high = "pi" }', "digits = 30")
    assert str(working["E_X"][()]) == "1.570796327…"
    assert "1.57079632679489661923132169164" in str(working)
    assert floats(working, "var_X") == pytest.approx(math.pi**2 / 4 - 2)


# -------------------------------------------------------------------------------- rules


def test_rules_run_on_floats():
    x, p = np.array([0.0, 1.0, 3.0]), np.array([0.2, 0.5, 0.3])
    mean = variables.expectation(x, p)
    assert mean == pytest.approx(np.average(x, weights=p))
    assert variables.variance(x, p, mean) == pytest.approx(
        variables.variance_by_moments(variables.second_moment(x, p), mean)
    )
    assert variables.cumulative(p) == pytest.approx(np.cumsum(p))
    assert normal_rules.normal_pdf(x, np.array(0.0), np.array(2.0)) == pytest.approx(
        scipy.stats.norm(0, 2).pdf(x)
    )
    assert normal_rules.normal_cdf(x) == pytest.approx(scipy.stats.norm.cdf(x))
    assert uniform_rules.uniform_cdf(x, np.array(0.0), np.array(2.0)) == pytest.approx([0, 0.5, 1])


# ------------------------------------------------------------------------ what is wrong

MISUSE = [
    ("dice = 1\nevents = { A = [7] }", "given.events.A: '7' is not in the sample space"),
    ('coins = 2\nevents = { A = ["HH", "HH"] }', "given.events.A: 'HH' stands there twice"),
    ("coins = 2\nevents = { A = 0.5 }", "given.events.A: expected a list of outcomes"),
    ("coins = 2\nevents = { A = { total = [2] } }", "given.events.A: expected a list of outcomes"),
    ('dice = 1\nevents = { a = [1], "not a" = [2] }', "given.events: 'not a' could mean two things"),
    ('dice = 1\nevents = { a = [1], b = [2], "a and b" = [3] }', "'a and b' could mean two things"),
    ('counts = [[1, 2], [3, 4]]\nrows = ["a", "a given x"]\ncolumns = ["x", "y"]', "could mean two things"),
    ("coins = 2\nevents = []", "given.events: expected a table of events"),
    ('coins = 2\nevents = { "a b" = [], a_b = [] }', "cannot be told apart"),
    ('coins = 2\nvariable = "total"', "given.variable: unknown variable 'total'"),
    ("coins = 2\nvariable = [1, 2]", "given.variable: expected 4 values"),
    ("coins = 11", "given.coins"),
    ("dice = 4\nsides = 20", "given.dice: 160,000 outcomes"),
    ("coins = 2\ndice = 1", "coins and dice are two sample spaces"),
    ('space = ["a", "a"]', "given.space: 'a' stands there twice"),
    ('space = ["a", "b"]\nprobabilities = [0.5, 0.4]', "given.probabilities: add up to 9/10"),
    ('space = ["a", "b"]\nprobabilities = [1.5, -0.5]', "given.probabilities: -1/2 is less than 0 (entry 2)"),
    ('space = ["a", "b"]\nprobabilities = [1]', "given.probabilities: 1 of them for 2 outcomes"),
    ("total = 50\nevents = { A = 60 }", "given.events.A: 60 is not between 0 and the total, 50"),
    ("events = { A = 0.5, B = 0.4 }\nboth = 0.45", "given.both: 9/20 is more than B alone has"),
    ("events = { A = 0.9, B = 0.4 }\nboth = 0.1", "the union would have 6/5"),
    ("events = { A = 1.5 }", "given.events.A: 3/2 is no probability"),
    ('events = { A = ["x"] }', "a list of outcomes needs a sample space"),
    ("prior = { a = 0.5, b = 0.6 }\nlikelihood = { a = 1, b = 1 }", "given.prior: add up to 11/10"),
    ("prior = { a = 0.5, b = 0.5 }\nlikelihood = { a = 0, b = 0 }", "'E' is impossible"),
    ("prior = { a = 0.5 }\nlikelihood = { a = 1 }", "1 hypotheses; expected 2 to 12"),
    ("prior = { a = 0.5, c = 0.5 }\nlikelihood = { a = 1, b = 1 }", "given.likelihood.c: is missing"),
    ("prior = { a = -0.5 }\nlikelihood = { a = 1, b = 1 }", "given.prior.a: -1/2 is no probability"),
    ("prior = { a = 0.5 }", "given.likelihood: is missing"),
    ("counts = [[1, -2]]", "given.counts: -2 is less than 0 (entry 1, 2)"),
    ("counts = [[0, 0]]", "nothing was counted"),
    ('counts = [[1, 2]]\nrows = ["a", "b"]', "given.rows: 2 names for 1 rows"),
    ("values = [1, 2]\nprobabilities = [0.5, 0.6]", "given.probabilities: add up to 11/10"),
    ("values = [1, 1]\nprobabilities = [0.5, 0.5]", "a value stands there twice"),
    ("values = [1, 2]", "given.probabilities: is missing"),
    ("x = [0]\ny = [0, 1]\njoint = [[0.5, 0.6]]", "given.joint: add up to 11/10"),
    ("x = [0]\ny = [0]\njoint = [[0.5, 0.5]]", "given.joint: 1 × 2 probabilities; expected 1 × 1"),
    ('density = { name = "normal", mu = 0, sigma = 0 }', "given.density.sigma: 0 is not greater than 0"),
    (
        'density = { name = "normal", mu = 0, variance = -1 }',
        "given.density.variance: -1 is not greater than 0",
    ),
    ('density = { name = "uniform", a = 2, b = 1 }', "given.density.b: 1 is not greater than a = 2"),
    ('density = { name = "uniform", mu = 2, sigma = 1 }', "uniform needs a and b"),
    ('density = { formula = "x", low = 0, high = 1 }', "given.density: integrates to 1/2"),
    ('density = { formula = "2 - 2 x", low = 0, high = 2 }', "given.density: less than 0, as at x = "),
    ('density = { formula = "k x", low = 0, high = 1 }', "unknown name 'k'"),
    ('density = { formula = "1/0", low = 0, high = 1 }', "given.density.formula: division of 1 by 0"),
    ('density = { formula = "301 x^300", low = 0, high = 1 }', "given.density.formula: the power 300"),
    ('density = { formula = "x +", low = 0, high = 1 }', "cannot read 'x +'"),
    ('density = { formula = "x", low = 1, high = 0 }', "low = 1 is not less than high = 0"),
    ('density = { formula = "1/x", low = 0, high = 1 }', "does not converge at 0"),
    ('density = { formula = "1", low = 0, high = "∞" }', "does not converge at ∞"),
    ('density = { formula = "exp(-x^2)", low = 0, high = "∞" }', "no closed form is known"),
    ('density = { name = "uniform", a = 0, b = 1 }\nbetween = [[1, 0]]', "1 is greater than 0"),
    ('density = { name = "uniform", a = 0, b = 1 }\nbetween = [[1]]', "expected two ends"),
    ("probabilities = [1]", "nothing to work with"),
    ("coins = 1\nprior = { a = 1 }", "prior does not go with coins"),
]


@pytest.mark.parametrize(("given", "message"), MISUSE)
def test_mistakes_are_named_in_one_line(given, message, tmp_path, capsys):
    sheet = tmp_path / "sheet.toml"
    sheet.write_text(
        f'[[question]]\nid = "q"\ntopic = "probability"\n[question.given]\n{given}\n', encoding="utf-8"
    )
    assert run(["solve", str(sheet)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "question 'q'" in error
    assert message in error


# ------------------------------------------------------------------------------ outputs


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".html", ".tex", ".md", ".ipynb", ".json"])
def test_the_sheet_is_written_in_every_format(sheet, tmp_path, ending):
    file = tmp_path / f"sheet{ending}"
    Document([sheet]).save(file)
    assert file.stat().st_size > 10_000


def test_the_pictures_are_drawn(sheet):
    drawn = {w.name: [picture.draw() for picture in w.pictures] for w in sheet.workings}
    assert all(svg.startswith("<svg") for svgs in drawn.values() for svg in svgs)
    for question in ("three-coins", "spam-filter", "heads-of-three", "normal", "parabola", "waiting-time"):
        assert drawn[question], question


def test_names_are_harmless():
    prior, likelihood = '{ "a$b" = 0.5 }', '{ "a$b" = 0.5, "<b>" = 0.5 }'
    evidence = r'evidence = "5$ {off} \\input{x}"'
    working = worked(f"{evidence}\nprior = {prior}\nlikelihood = {likelihood}")
    assert "$" not in str(working)
    assert "<b>" not in working._repr_html_()
    assert all(picture.draw() for picture in working.pictures)


def test_rounded_and_closed():
    given = 'prior = { spam = "1%" }\nlikelihood = { spam = 0.8, other = 0.1 }\nevidence = "free"'
    assert str(worked(given, "rounding = 2")["P_free"][()]) == "11/100"
    density = 'density = { formula = "2 exp(-2 x)", low = 0, high = "∞" }\nat = [1]'
    closed = worked(density, "closed = true")["cdf"][()]
    assert sympy.simplify(closed.expression - (1 - sympy.exp(-2))) == 0
    events = 'coins = 2\nevents = { A = ["HH"], B = ["HH", "HT"] }'
    assert str(worked(events, "rounding = 3")["independent_A_B"]) == "no"

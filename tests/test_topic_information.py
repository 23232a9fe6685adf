"""The topic information, against SciPy, scikit-learn and mpmath."""

import math
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
import sympy
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from chainrule.cli.main import run
from chainrule.paper.antiderivatives import Series, X
from chainrule.paper.integrals import Integral, log_of_itself, on_balls
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Document
from chainrule.rules.information import discrete, logarithms

SHEET = Path(__file__).parent.parent / "worksheets" / "04-information.toml"
EXACT = settings(derandomize=True, deadline=None, max_examples=40)


def worked(given, more=""):
    return solve(f'[[question]]\nid = "q"\ntopic = "information"\n{more}\n[question.given]\n{given}\n')["q"]


def number(working, name):
    return float(working[name][()])


@pytest.fixture(scope="module")
def sheet():
    return solve(SHEET)


# ----------------------------------------------------------------------------- discrete

PAIRS = {
    "two-distributions": ([0.7, 0.2, 0.1], [0.6, 0.3, 0.1]),
    "conversion": ([0.5, 0.5], [0.9, 0.1]),
}


@pytest.mark.parametrize("question", PAIRS)
def test_discrete_against_scipy(sheet, question):
    p, q = PAIRS[question]
    working = sheet[question]
    assert number(working, "KL") == pytest.approx(scipy.stats.entropy(p, q, base=2))
    assert number(working, "KL_reversed") == pytest.approx(scipy.stats.entropy(q, p, base=2))
    for name, each in (("H_p", p), ("H_q", q)):
        assert float(working.tape[name].value) == pytest.approx(scipy.stats.entropy(each, base=2))
    cross = -np.sum(np.array(p) * np.log2(q))
    assert float(working.tape["CE"].value) == pytest.approx(cross)
    assert float(working.tape["KL_by_entropies"].value) == pytest.approx(scipy.stats.entropy(p, q, base=2))


def test_the_figures_of_the_lecture(sheet):
    assert number(sheet["three-classes"], "H_p") == pytest.approx(1.1568, abs=5e-5)
    assert number(sheet["two-distributions"], "CE") == pytest.approx(1.1955, abs=5e-5)
    assert number(sheet["two-distributions"], "KL") == pytest.approx(0.0387, abs=5e-5)


WEIGHTS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=2, max_size=6).filter(
    lambda pairs: any(p for p, _ in pairs)
)


@EXACT
@given(WEIGHTS, st.sampled_from(["2", "10", '"e"', "3"]))
def test_any_two_distributions(pairs, base):
    p = [Fraction(a, sum(a for a, _ in pairs)) for a, _ in pairs]
    q = [Fraction(b, sum(b for _, b in pairs)) for _, b in pairs]

    def written(values):
        return "[" + ", ".join(f'"{v}"' for v in values) + "]"

    working = worked(f"p = {written(p)}\nq = {written(q)}\nbase = {base}")
    unit = math.e if base == '"e"' else float(base)
    p, q = [np.array(v, dtype=float) for v in (p, q)]
    assert number(working, "H_p") == pytest.approx(scipy.stats.entropy(p, base=unit), abs=1e-12)
    assert number(working, "KL") == pytest.approx(scipy.stats.entropy(p, q, base=unit), abs=1e-12)
    assert number(working, "CE") == pytest.approx(-np.sum(p * np.log(q)) / math.log(unit), abs=1e-12)
    assert number(working, "KL") >= 0
    assert "The same" in str(working)


def test_zeros_are_no_trouble():
    assert str(worked("p = [1, 0, 0]")["H_p"]) == "0"
    assert "0 under q" in str(worked("p = [0.5, 0.5]\nq = [1, 0]"))
    both = worked("p = [0.5, 0.5, 0]\nq = [0.25, 0.75, 0]")
    assert number(both, "KL") == pytest.approx(scipy.stats.entropy([0.5, 0.5], [0.25, 0.75], base=2))


def test_closed_forms_and_names():
    closed = worked("p = [0.75, 0.25]", "closed = true")["H_p"][()].expression
    expected = (
        -sympy.Rational(3, 4) * sympy.log(sympy.Rational(3, 4), 2) - sympy.log(sympy.Rational(1, 4), 2) / 4
    )
    assert sympy.simplify(closed - expected) == 0
    named = worked('p = ["p", "1 - p"]\nbase = "e"')["H_p"][()].expression
    p = sympy.Symbol("p", real=True)
    assert sympy.simplify(named + p * sympy.log(p) + (1 - p) * sympy.log(1 - p)) == 0
    assert "The same" in str(worked('p = ["p", "1 - p"]\nq = ["q", "1 - q"]'))


def test_what_has_no_closed_form_is_refused_where_one_is_asked_for():
    given = 'f = { formula = "6 x (1 - x)", low = 0, high = 1 }\nbase = "e"'
    with pytest.raises(SheetError, match="H_f has no closed form here"):
        worked(given, "closed = true")


def test_rounded_as_on_paper():
    assert (
        str(worked("p = [0.7, 0.2, 0.1]\nq = [0.6, 0.3, 0.1]", "rounding = 2")["KL_by_entropies"]) == "1/25"
    )
    assert str(worked("p = [0.5, 0.5]\nq = [1, 0]", "rounding = 2")["KL"]) == "infinite"


# -------------------------------------------------------------------- mutual information


@EXACT
@given(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=3).filter(np.any))
def test_mutual_information_against_scikit_learn(counts):
    working = worked(f'counts = {counts}\nbase = "e"')
    table = np.array(counts)
    labels = [np.repeat(np.indices(table.shape)[i].ravel(), table.ravel()) for i in (0, 1)]
    expected = mutual_info_score(*labels)
    assert number(working, "MI") == pytest.approx(expected, abs=1e-9)
    assert number(working, "MI_by_entropies") == pytest.approx(expected, abs=1e-9)
    joint = table.ravel() / table.sum()
    assert number(working, "H_XY") == pytest.approx(scipy.stats.entropy(joint, base=math.e), abs=1e-9)


def test_independent_variables_tell_nothing():
    working = worked("joint = [[0.06, 0.14], [0.24, 0.56]]")
    assert "the two variables are independent" in str(working)


# --------------------------------------------------------------------------- continuous


def quadrature(function, low, high, middle=()):
    with mpmath.workdps(30):
        return float(mpmath.quad(function, [low, *middle, high]))


def normal(mu, sigma):
    return lambda x: mpmath.npdf(x, mu, sigma)


def entropies(f, g, low, high):
    """H(f), CE and KL by quadrature, in nats."""
    entropy = quadrature(lambda x: -f(x) * mpmath.log(f(x)) if f(x) else 0, low, high)
    cross = quadrature(lambda x: -f(x) * mpmath.log(g(x)) if f(x) else 0, low, high)
    divergence = quadrature(lambda x: f(x) * mpmath.log(f(x) / g(x)) if f(x) else 0, low, high)
    return entropy, cross, divergence


DENSITIES = {
    "uniform-densities": (lambda x: 1.0, lambda x: 0.5, 0, 1, math.log(2)),
    "normal-densities": (normal(0, 1), normal(1, 2), -12, 12, 1),
    "uniform-and-normal": (lambda x: 1.0, normal(0, 1), 0, 1, 1),
    "formulas": (lambda x: 2 * x, lambda x: 3 * x**2, 0, 1, 1),
    "no-closed-form": (lambda x: 6 * x * (1 - x), lambda x: 1.0, 0, 1, 1),
}


@pytest.mark.parametrize("question", DENSITIES)
def test_densities_against_mpmath(sheet, question):
    f, g, low, high, unit = DENSITIES[question]
    entropy, cross, divergence = (each / unit for each in entropies(f, g, low, high))
    assert number(sheet[question], "H_f") == pytest.approx(entropy, abs=1e-9)
    assert number(sheet[question], "CE") == pytest.approx(cross, abs=1e-9)
    assert number(sheet[question], "KL") == pytest.approx(divergence, abs=1e-9)


def test_entropies_against_scipy():
    beta = worked('f = { formula = "6 x (1 - x)", low = 0, high = 1 }\nbase = "e"')
    assert number(beta, "H_f") == pytest.approx(scipy.stats.beta(2, 2).entropy())
    triangle = '{ pieces = [{ formula = "x", low = 0, high = 1 }, { formula = "2 - x", low = 1, high = 2 }] }'
    working = worked(f'f = {triangle}\nbase = "e"')
    assert number(working, "H_f") == pytest.approx(scipy.stats.triang(0.5, 0, 2).entropy())
    exponential = worked('f = { formula = "2 exp(-2 x)", low = 0, high = "∞" }\nbase = "e"')
    assert number(exponential, "H_f") == pytest.approx(scipy.stats.expon(scale=0.5).entropy())


@settings(EXACT, max_examples=20)
@given(st.integers(-4, 4), st.integers(1, 5), st.integers(-4, 4), st.integers(1, 5))
def test_any_two_normals(mu, sigma, nu, tau):
    f, g = f'name = "normal", mu = {mu}, sigma = {sigma}', f'name = "normal", mu = {nu}, sigma = {tau}'
    working = worked(f'f = {{ {f} }}\ng = {{ {g} }}\nbase = "e"')
    expected = math.log(tau / sigma) + (sigma**2 + (mu - nu) ** 2) / (2 * tau**2) - 0.5
    assert number(working, "KL") == pytest.approx(expected, abs=1e-12)
    assert number(working, "H_f") == pytest.approx(scipy.stats.norm(mu, sigma).entropy())
    assert "The same" in str(working)


def test_a_laplace_density_in_pieces():
    pieces = (
        '[{ formula = "exp(x)/2", low = "-∞", high = 0 }, { formula = "exp(-x)/2", low = 0, high = "∞" }]'
    )
    working = worked(f'f = {{ pieces = {pieces} }}\ng = {{ name = "normal", mu = 0, sigma = 1 }}\nbase = "e"')
    assert number(working, "H_f") == pytest.approx(scipy.stats.laplace().entropy())
    assert number(working, "CE") == pytest.approx(math.log(math.sqrt(2 * math.pi)) + 1)


@pytest.mark.parametrize(
    ("f", "g"),
    [
        ('name = "normal", mu = 0, sigma = 1', 'name = "uniform", a = -9, b = 9'),
        ('name = "uniform", a = 0, b = 2', 'formula = "2 x", low = 0, high = 1'),
        (
            'name = "uniform", a = 0, b = 3',
            'pieces = [{ formula = "1/2", low = 0, high = 1 }, { formula = "1/2", low = 2, high = 3 }]',
        ),
    ],
)
def test_divergence_is_infinite_where_g_is_nothing(f, g):
    working = worked(f"f = {{ {f} }}\ng = {{ {g} }}")
    assert str(working["CE"]) == str(working["KL"]) == "infinite"


def test_a_uniform_density_with_names():
    assert str(worked('f = { name = "uniform", a = 0, b = "b" }\nbase = "e"')["H_f"]) == "log(b)"


# ---------------------------------------------------------------------------- integrals


@pytest.mark.parametrize(
    "f",
    [
        3 * X**2 / 8,
        (X + 1) ** 5 * (X - 2),
        X**2 * sympy.exp(-2 * X + 1),
        sympy.sqrt(X) + 1 / X,
        X * sympy.log(2 * X**3),
        sympy.log(X) / X,
        sympy.exp(X) * sympy.exp(-X / 3) * X**4,
    ],
)
def test_antiderivatives_are_right(f):
    series = Series.of(f)
    found = series.antiderivative().expression
    assert sympy.simplify(sympy.expand_log(sympy.diff(found, X) - f, force=True)) == 0


@pytest.mark.parametrize("f", [sympy.exp(-(X**2)), sympy.sin(X), sympy.log(1 + X), 1 / (1 + X)])
def test_what_is_in_no_table_has_no_antiderivative(f):
    series = Series.of(f)
    assert series is None or series.antiderivative() is None


def test_a_large_power_is_no_trap():
    text = "((x + x^2 + x^3 + x^4 + x^5 + x^6 + x^7)^70 + 1)"
    with pytest.raises(SheetError, match="a density must integrate to 1"):
        worked(f'f = {{ formula = "{text}", low = 0, high = 1 }}')


def test_f_log_f_has_a_bound_where_f_is_0():
    f = 6 * X * (1 - X)
    integral = Integral(f * sympy.log(f), Number(0), Number(1), log_of_itself(on_balls(f)))
    assert float(integral.function(None)(Number(0), Number(1))) == pytest.approx(0.12509278690)


@pytest.mark.parametrize("radius", ["0.5", "0.01", "1e-9"])
def test_the_bound_of_f_log_f_holds_on_the_whole_ball(radius):
    r = arb(radius)
    ball = acb(arb(0).union(r).union(-r), arb(0).union(r).union(-r))
    bound = log_of_itself(on_balls(X))(ball, False)
    for angle in np.linspace(-3.1, 3.1, 15):
        for share in (0.01, 0.3, 1):
            z = acb(float(r) * share * math.cos(angle), float(r) * share * math.sin(angle))
            assert bound.contains(z * z.log())


# -------------------------------------------------------------------------------- rules


def test_rules_run_on_floats_and_share_the_term_of_the_losses():
    p, q = np.array([0.7, 0.3, 0.0]), np.array([0.6, 0.3, 0.1])
    assert discrete.entropy("e")(p) == pytest.approx(scipy.stats.entropy(p))
    assert discrete.kl_divergence("e")(p, q) == pytest.approx(scipy.stats.entropy(p, q))
    assert logarithms.weighted_log(p, q)[2] == 0
    assert discrete.entropy("10")(q) == pytest.approx(scipy.stats.entropy(q, base=10))
    joint = np.outer([0.3, 0.7], [0.4, 0.6])
    assert discrete.mutual_information("2")(joint, joint.sum(1), joint.sum(0)) == pytest.approx(0, abs=1e-12)
    assert logarithms.weighted_log(p, q) == pytest.approx(scipy.special.xlogy(p, q))


@pytest.mark.parametrize("make", [discrete.entropy, discrete.cross_entropy, discrete.kl_divergence])
@pytest.mark.parametrize("base", ["2", "e"])
def test_slips_differ_from_the_rule(make, base):
    rule = make(base)
    inputs = [np.array([0.7, 0.2, 0.1]), np.array([0.5, 0.3, 0.2])][: len(rule.inputs)]
    for slip in rule.slips:
        assert not np.isclose(rule(*inputs), slip.function(*inputs)), slip.id


# ------------------------------------------------------------------------ what is wrong


def test_a_base_may_be_written_with_decimals():
    working = worked("p = [0.5, 0.25, 0.25]\nbase = 2.0")
    assert number(working, "H_p") == scipy.stats.entropy([0.5, 0.25, 0.25], base=2)
    assert "bits" in str(working)


def test_the_ends_of_f_stand_in_its_cross_entropy_to_a_uniform_density():
    f = '{ formula = "x/2", low = 0, high = 2 }'
    working = worked(f'base = "e"\nf = {f}\ng = {{ name = "uniform", a = -1, b = 3 }}')
    assert float(working["CE"][()]) == pytest.approx(math.log(4))
    assert "c_f" not in str(working)


MISUSE = [
    (
        'f = { formula = "2/x^3", low = 1, high = "∞" }\ng = { name = "normal", mu = 0, sigma = 1 }',
        "given.f: has no finite variance",
    ),
    ("p = [0.7, 0.2]", "given.p: add up to 9/10; probabilities must add up to 1"),
    ("p = [1.2, -0.2]", "given.p: -1/5 is less than 0 (entry 2)"),
    ("p = [0.5, 0.5]\nq = [0.5, 0.6]", "given.q: add up to 11/10"),
    ("p = [0.5, 0.5]\nq = [1]", "given.q: 1 probabilities for the 2 outcomes of p"),
    ('p = [0.5, 0.5]\nnames = ["a"]', "given.names: 1 names for 2 outcomes"),
    ("p = [0.5, 0.5]\nbase = 1", "given.base: expected 2, 'e', 10"),
    ('p = [0.5, 0.5]\nbase = "two"', "given.base: expected 2, 'e', 10"),
    ("p = [[0.5, 0.5]]", "given.p: expected a list of numbers"),
    ("p = [0.5, 0.5]\ng = { name = 'uniform', a = 0, b = 1 }", "g does not go with p"),
    ("q = [1]", "nothing to work with; expected one of p, joint, counts, f"),
    ("joint = [[0.5, 0.6]]", "given.joint: add up to 11/10"),
    ('joint = [[0.5, 0.5]]\nrows = ["a", "b"]', "given.rows: 2 names for 1 rows"),
    ("counts = [[0, 0]]", "nothing was counted"),
    ("counts = [[1, -1]]", "given.counts: -1 is less than 0 (entry 1, 2)"),
    ("f = { name = 'normal', mu = 0, sigma = -1 }", "given.f.sigma: -1 is not greater than 0"),
    ("f = { name = 'uniform', a = 1, b = 1 }", "given.f.b: 1 is not greater than a = 1"),
    ("f = { formula = 'x', low = 0, high = 1 }", "given.f: integrates to 1/2; a density must integrate to 1"),
    ("f = { formula = 'x' }", "expected name = 'uniform' with a and b"),
    ("f = { name = 'gamma' }", "given.f.name"),
    (
        "f = { name = 'normal', mu = 0, sigma = 1 }\n"
        "g = { pieces = [{ formula = 'exp(x)/2', low = '-∞', high = 0 },"
        " { formula = 'exp(-x)/2', low = 0, high = '∞' }] }",
        "given.g: for a normal f, expected a normal g",
    ),
]


@pytest.mark.parametrize(("given", "message"), MISUSE)
def test_mistakes_are_named_in_one_line(given, message, tmp_path, capsys):
    sheet = tmp_path / "sheet.toml"
    sheet.write_text(
        f'[[question]]\nid = "q"\ntopic = "information"\n[question.given]\n{given}\n', encoding="utf-8"
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
    assert drawn["two-distributions"]
    assert drawn["normal-densities"]

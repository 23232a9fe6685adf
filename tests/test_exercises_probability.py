"""Questions about probability: what their kinds promise, and their answers counted and integrated anew."""

import re
from fractions import Fraction
from itertools import product
from math import erf, exp, isclose, pi, sqrt

import numpy as np
import pytest

from chainrule.exercises.draws import DIFFICULTIES
from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make


@pytest.fixture(scope="module")
def drawn():
    """Questions of all difficulties, by kind."""
    found = {}
    for difficulty in DIFFICULTIES:
        known = [kind for kind in kinds("probability") if difficulty in kind.difficulties]
        for exercise in make("probability", difficulty, 8 * len(known), seed=5).exercises:
            found.setdefault(exercise.kind, []).append(exercise)
    return found


def test_every_kind_is_drawn(drawn):
    assert set(drawn) == {kind.name for kind in kinds("probability")}


def number(value):
    """A number as a sheet has it: a fraction in text, a decimal, or ∞."""
    return np.inf if value == "∞" else Fraction(str(value))


def close(working, name, expected):
    return isclose(float(working[name].item()), expected, rel_tol=1e-9, abs_tol=1e-12)


# ------------------------------------------------------------------------------- events


def says(words, outcome):
    """Whether an outcome belongs to an event, as a reader of its words sees it: a number, rolls or tosses."""
    level = next((int(n) for n in re.findall(r"\d+", words)), 0)
    if isinstance(outcome, str):
        heads = outcome.count("H")
        return {
            "exactly": heads == level,
            "at least": heads >= level,
            "at most": heads <= level,
            "heads is even": heads % 2 == 0,
            "heads is odd": heads % 2 == 1,
            "first toss shows heads": outcome[0] == "H",
            "last toss shows tails": outcome[-1] == "T",
            "first two tosses are alike": outcome[0] == outcome[1],
            "first and the last toss differ": outcome[0] != outcome[-1],
            "first two tosses show heads": outcome[0] == outcome[1] == "H",
        }[the_words_of(words)]
    if isinstance(outcome, tuple):
        total, first, second = sum(outcome), *outcome
        return {
            "total is": total == level,
            "total is at least": total >= level,
            "total is even": total % 2 == 0,
            "total is a multiple of": total % 3 == 0,
            "first die shows": first == level,
            "first die shows an even number": first % 2 == 0,
            "same number": first == second,
            "more than the second": first > second,
            "at least one of the dice shows": level in outcome,
        }[the_words_of(words)]
    return {
        "even": outcome % 2 == 0,
        "odd": outcome % 2 == 1,
        "above": outcome > level,
        "at most": outcome <= level,
        "multiple of": level and outcome % level == 0,
        "prime": outcome > 1 and all(outcome % n for n in range(2, outcome)),
    }[the_words_of(words)]


WORDS = (
    "heads is even", "heads is odd", "first toss shows heads", "last toss shows tails",
    "first two tosses are alike", "first and the last toss differ", "first two tosses show heads",
    "total is at least", "total is even", "total is a multiple of", "total is",
    "first die shows an even number", "same number", "more than the second",
    "at least one of the dice shows", "first die shows", "exactly", "at least", "multiple of",
    "at most", "above", "even", "odd", "prime",
)  # fmt: skip
"""What tells the events apart; of several that fit the first."""


def outcomes(kind, count):
    """All outcomes of so many coins, of two dice with so many sides, or of one."""
    if kind == "coins":
        return ["".join(toss) for toss in product("HT", repeat=count)]
    return list(product(range(1, count + 1), repeat=2)) if kind == "two_dice" else range(1, count + 1)


def the_words_of(words):
    return next(each for each in WORDS if each in words)


@pytest.mark.parametrize("kind", ["one_die", "three_events", "two_dice", "coins"])
def test_events_are_what_the_words_say(drawn, kind):
    for exercise in drawn[kind]:
        text, working = exercise.table["text"], exercise.working
        count = int(re.search(r"(\d+) (?:sides|fair)", text)[1])
        space = outcomes(kind, count)
        events = {
            name: {o for o in space if says(words, o)}
            for name, words in re.findall(r"([A-F]): ([^.]*)\.", text)
        }
        assert len(events) == (3 if kind == "three_events" else 2)
        for name in working.names:
            first, *rest = re.findall(r"(?:^P_|_|not_)([A-F])(?=_|$)", name)
            members, other = events[first], events[rest[0]] if rest else set()
            expected = {
                "not": Fraction(len(space) - len(members), len(space)),
                "and": Fraction(len(members & other), len(space)),
                "or": Fraction(len(members | other), len(space)),
                "given": Fraction(len(members & other), len(other)) if other else None,
            }.get(next(iter(re.findall("not|and|or|given", name)), ""), Fraction(len(members), len(space)))
            assert Fraction(str(working[name].item())) == expected, (text, name)


def test_events_overlap_and_leave_something(drawn):
    for exercise in drawn["two_events"] + drawn["one_die"] + drawn["two_dice"] + drawn["coins"]:
        tape, (a, b) = exercise.working.tape, ("EF" if exercise.kind == "one_die" else "AB")
        p, q, both, either = (
            tape[f"P_{name}"].value.item() for name in (a, b, f"{a}_and_{b}", f"{a}_or_{b}")
        )
        assert 0 < both < min(p, q)
        assert either < 1


def test_some_events_are_independent_and_some_are_not(drawn):
    for kind, name in (
        ("independent_events", "independent_A_B"),
        ("independent_variables", "independent"),
        ("table_with_verdict", "independent"),
    ):
        said = [str(exercise.working[name].item()) for exercise in drawn[kind]]
        assert set(said) == {"yes", "no"}


def test_independence_is_that_of_the_numbers(drawn):
    for exercise in drawn["independent_events"]:
        given = exercise.table["given"]
        p, q = map(number, given["events"].values())
        holds = p * q == number(given["both"])
        assert str(exercise.working["independent_A_B"].item()) == ("yes" if holds else "no")
        assert max(0, p + q - 1) <= number(given["both"]) <= min(p, q)
    for kind, key in (("independent_variables", "joint"), ("table_with_verdict", "counts")):
        for exercise in drawn[kind]:
            table = np.array(exercise.table["given"][key], dtype=float)
            rank = np.linalg.matrix_rank(table, tol=1e-9)
            assert str(exercise.working["independent"].item()) == ("yes" if rank == 1 else "no")


def test_groups_are_counted_as_the_text_says(drawn):
    for exercise in drawn["group"]:
        text = exercise.table["text"]
        total, first, second, both = (int(n) for n in re.findall(r"\d+", text)[:4])
        a, b = exercise.table["given"]["events"]
        working = exercise.working
        assert Fraction(str(working[f"P_{a}_or_{b}"].item())) == Fraction(first + second - both, total)
        if f"P_{a}_given_{b}" in working.names:
            assert Fraction(str(working[f"P_{a}_given_{b}"].item())) == Fraction(both, second)


def test_tables_are_counted_by_rows_and_columns(drawn):
    for exercise in drawn["table_of_counts"]:
        given, working = exercise.table["given"], exercise.working
        counts = np.array(given["counts"])
        for name in working.names:
            words = re.split("_and_|_given_", name.removeprefix("P_"))
            inside = np.ones(counts.shape, dtype=bool)
            parts = [is_in(given, word, counts.shape) for word in words]
            for part in parts:
                inside &= part
            whole = counts[parts[1]].sum() if "_given_" in name else counts.sum()
            assert Fraction(str(working[name].item())) == Fraction(int(counts[inside].sum()), int(whole))


def is_in(given, word, shape):
    cells = np.zeros(shape, dtype=bool)
    if word in given["rows"]:
        cells[given["rows"].index(word)] = True
    else:
        cells[:, given["columns"].index(word)] = True
    return cells


# ----------------------------------------------------------------------- Bayes' theorem


@pytest.mark.parametrize("kind", ["two_hypotheses", "several_causes"])
def test_posteriors_by_a_thousand_cases(drawn, kind):
    for exercise in drawn[kind]:
        given, working = exercise.table["given"], exercise.working
        prior = {name: number(p) for name, p in given["prior"].items()}
        (rest,) = set(given["likelihood"]) - set(prior)
        prior[rest] = 1 - sum(prior.values())
        assert 0 < prior[rest] < 1
        cases = {name: 1000 * prior[name] * number(p) for name, p in given["likelihood"].items()}
        for name, count in cases.items():
            posterior = working[f"P_{name.replace(' ', '_')}_given_{given['evidence']}"].item()
            assert Fraction(str(posterior)) == count / sum(cases.values())


# --------------------------------------------------------------------- random variables


def moments(values, chances):
    values, chances = np.array(values, dtype=float), np.array(chances, dtype=float)
    mean = (values * chances).sum()
    return {
        "E_X": mean,
        "E_X2": (values**2 * chances).sum(),
        "var_X": ((values - mean) ** 2 * chances).sum(),
        "sd_X": sqrt(((values - mean) ** 2 * chances).sum()),
    }


@pytest.mark.parametrize("kind", ["random_variable", "heads", "loaded_die", "game"])
def test_moments_of_a_variable_over_all_outcomes(drawn, kind):
    for exercise in drawn[kind]:
        given, working = exercise.table["given"], exercise.working
        if kind == "heads":
            tosses = list(product((0, 1), repeat=given["coins"]))
            values, chances = [sum(toss) for toss in tosses], [1 / len(tosses)] * len(tosses)
        else:
            chances = given["probabilities"]
            values = given.get("values", given.get("variable"))
            values = range(1, given["sides"] + 1) if kind == "loaded_die" else values
        assert sum(map(number, chances)) == 1
        assert all(p > 0 for p in chances)
        for name, expected in moments(list(values), chances).items():
            if name in working.names:
                assert close(working, name, expected), (exercise.table["text"], name)


def test_a_wheel_pays_what_the_text_says(drawn):
    for exercise in drawn["game"]:
        given, text = exercise.table["given"], exercise.table["text"]
        paid = dict(re.findall(r"(\w+) (−?\d+)[,.]", text))
        assert [int(paid[colour].replace("−", "-")) for colour in given["space"]] == given["variable"]
        assert len(set(given["variable"])) < len(given["variable"])


def test_two_variables_against_numpy(drawn):
    for exercise in drawn["two_variables"]:
        given, working = exercise.table["given"], exercise.working
        joint = np.array(given["joint"], dtype=float)
        x, y = (np.array(given[key], dtype=float) for key in "xy")
        pairs = np.array([(a, b) for a in x for b in y]).T
        (var_x, cov), (_, var_y) = np.cov(pairs, aweights=joint.ravel(), ddof=0)
        assert close(working, "cov", cov)
        assert abs(cov) > 1e-12
        if "var_sum" in working.names:
            assert close(working, "var_sum", var_x + var_y + 2 * cov)
            assert close(working, "correlation", cov / sqrt(var_x * var_y))


# ---------------------------------------------------------------------------- densities


def integral(f, low, high, steps=20_000):
    """By the midpoints of many strips."""
    x = low + (np.arange(steps) + 0.5) * (high - low) / steps
    return f(x).sum() * (high - low) / steps


def test_uniform_by_the_ends_in_the_text(drawn):
    for exercise in drawn["uniform"]:
        text, working = exercise.table["text"].replace("−", "-"), exercise.working
        (a, b), (low, high) = (
            map(float, pair) for pair in re.findall(r"(-?[\d.]*\d) and (-?[\d.]*\d)", text)[:2]
        )
        assert a < low < high < b
        assert close(working, "var_X", (b - a) ** 2 / 12)
        assert close(working, "P", (high - low) / (b - a))


def test_one_of_two_points_is_outside_of_a_uniform_density(drawn):
    for exercise in drawn["uniform_at_points"]:
        values = [float(exercise.working[name].item()) for name in ("pdf1", "pdf2")]
        assert min(values) == 0 < max(values)


def phi(z):
    return (1 + erf(z / sqrt(2))) / 2


@pytest.mark.parametrize("kind", ["normal", "normal_density"])
def test_normal_by_the_error_function(drawn, kind):
    for exercise in drawn[kind]:
        given, working = exercise.table["given"], exercise.working
        density = given["density"]
        mu, sigma = float(density["mu"]), float(density.get("sigma") or sqrt(density["variance"]))
        if kind == "normal_density":
            for i, x in enumerate(map(float, given["at"]), 1):
                z = (x - mu) / sigma
                assert close(working, f"pdf{i}", exp(-z * z / 2) / (sigma * sqrt(2 * pi)))
                assert close(working, f"cdf{i}", phi(z))
                assert abs(z) <= 2
            continue
        ends = given["between"]
        for i, (low, high) in enumerate(ends, 1):
            name = "P" if len(ends) == 1 else f"P{i}"
            expected = phi((float(number(high)) - mu) / sigma) - phi((float(low) - mu) / sigma)
            assert close(working, name, expected), exercise.table["text"]


def test_linear_densities_by_strips(drawn):
    for exercise in drawn["linear_density"]:
        text, working = exercise.table["text"], exercise.working
        written, a, b = re.search(r"f\(x\) = (.*) for (\d+) ≤ x ≤ (\d+)", text).groups()
        formula = re.sub(r"(\d)x", r"\1*x", written.replace("−", "-"))
        low, high = (int(n) for n in re.search(r"P\((\d+) ≤ X ≤ (\d+)\)", text).groups())

        def f(x, formula=formula):
            return evaluated(formula, x)

        assert isclose(integral(f, int(a), int(b)), 1, rel_tol=1e-6)
        assert working["mass"].item() == 1
        assert isclose(
            integral(lambda x: x * f(x), int(a), int(b)), float(working["E_X"].item()), rel_tol=1e-6
        )
        assert isclose(integral(f, low, high), float(working["P"].item()), rel_tol=1e-6)
        assert f(np.array([float(a), float(b)])).min() >= -1e-12


def evaluated(formula, x):
    """A sum of fractions and multiples of x, as "7/8 - x/8"."""
    total = 0 * x
    for sign, term in re.findall(r"([+-]?) ?([^ +-]+)", formula):
        factor = Fraction(term.replace("*x", "").replace("x", "1"))
        total = total + float(-factor if sign == "-" else factor) * (x if "x" in term else 1)
    return total


def test_waiting_times(drawn):
    for exercise in drawn["waiting_time"]:
        text, working = exercise.table["text"], exercise.working
        rate = float(re.search(r"e\^\(−([\d.]*)x\)", text)[1] or 1)
        low, high = map(float, re.search(r"between ([\d.]+) and ([\d.]*\d)", text).groups())
        assert close(working, "E_X", 1 / rate)
        assert close(working, "sd_X", 1 / rate)
        assert close(working, "P", exp(-rate * low) - exp(-rate * high))

"""Questions drawn about information: their answers against SciPy's, as a reader of the text works them."""

import re
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make
from chainrule.exercises.topics.information.discrete import halved

KINDS = [each.name for each in kinds("information")]
OF_TABLES = [each for each in KINDS if each.startswith(("mutual", "marginal"))]
OF_DENSITIES = [each for each in KINDS if "densit" in each or "normal" in each]
OF_OUTCOMES = [each for each in KINDS if each not in (*OF_TABLES, *OF_DENSITIES, "impossible_outcome")]


@cache
def drawn():
    """Questions of every kind and difficulty; of densities of powers there are few."""
    return [
        each for level in ("easy", "medium", "hard") for each in make("information", level, 130, 2).exercises
    ]


def of(kind):
    found = [each for each in drawn() if each.kind == kind]
    assert len(found) >= 10
    return found


def base_of(exercise):
    """The base of the logarithm that the text asks for."""
    text = exercise.table["text"]
    asked = [base for word, base in (("bits", 2), ("nats", np.e), ("to base 10", 10)) if word in text]
    (base,) = asked
    return base


def array(exercise, key):
    values = np.array(exercise.table["given"][key], dtype=object)
    return np.vectorize(lambda each: float(Fraction(str(each))))(values)


def check(exercise, right):
    """Whether every answer that is asked for is the right one."""
    assert [*exercise.working] == [name for name in right if name in exercise.table["find"]]
    for name in exercise.working:
        worked = exercise.working[name].astype(float)
        np.testing.assert_allclose(worked, right[name], rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("kind", OF_OUTCOMES)
def test_distributions_against_scipy(kind):
    for exercise in of(kind):
        base = base_of(exercise)
        p = array(exercise, "p")
        np.testing.assert_allclose(p.sum(), 1)
        right = {"H_p": stats.entropy(p, base=base)}
        if "q" in exercise.table["given"]:
            q = array(exercise, "q")
            np.testing.assert_allclose(q.sum(), 1)
            divergence = stats.entropy(p, q, base=base)
            right |= {"H_q": stats.entropy(q, base=base), "CE": right["H_p"] + divergence, "KL": divergence}
            right |= {"KL_by_entropies": divergence, "KL_reversed": stats.entropy(q, p, base=base)}
            assert divergence > 0.02
        check(exercise, right)


def test_an_impossible_outcome_makes_one_of_two_divergences_infinite():
    for exercise in of("impossible_outcome"):
        p, q = array(exercise, "p"), array(exercise, "q")
        right = [stats.entropy(p, q, base=2), stats.entropy(q, p, base=2)]
        worked = [exercise.working[name].item() for name in ("KL", "KL_reversed")]
        assert sum(np.isinf(right)) == 1
        for value, found in zip(right, worked, strict=True):
            assert str(found) == "infinite" if np.isinf(value) else abs(float(found) - value) < 1e-9


@pytest.mark.parametrize("kind", OF_TABLES)
def test_tables_against_scipy(kind):
    for exercise in of(kind):
        counted = "counts" in exercise.table["given"]
        joint = array(exercise, "counts" if counted else "joint")
        joint = joint / joint.sum()
        x, y = joint.sum(axis=1), joint.sum(axis=0)
        h_x, h_y, h_xy = (stats.entropy(each, base=base_of(exercise)) for each in (x, y, joint.ravel()))
        right = {"joint": joint, "p_X": x, "p_Y": y, "H_X": h_x, "H_Y": h_y, "H_XY": h_xy}
        right |= {"H_Y_given_X": h_xy - h_x, "H_X_given_Y": h_xy - h_y}
        information = stats.entropy(joint.ravel(), np.outer(x, y).ravel(), base=base_of(exercise))
        check(exercise, {**right, "MI": information})
        assert information > 0.02


def densities(exercise):
    """f and g as the text has them, with the interval where f is."""
    text = exercise.table["text"].replace("−", "-")
    found = []
    for kind, one, other in re.findall(
        r"(\[|mean )(-?[\d.]+)(?:, | and standard deviation )(-?[\d.]*\d)\]?", text
    ):
        found.append(
            stats.uniform(float(one), float(other) - float(one))
            if kind == "["
            else stats.norm(float(one), float(other))
        )
    return found


def powers(exercise):
    """The numbers n of two densities n·x^(n - 1)."""
    return [int(each) for each in re.findall(r"\) = (\d)x", exercise.table["text"])]


@pytest.mark.parametrize("kind", OF_DENSITIES)
def test_densities_against_integrals(kind):
    for exercise in of(kind):
        f, *g = [stats.beta(n, 1) for n in powers(exercise)] or densities(exercise)
        low, high = f.support() if np.isfinite(f.support()).all() else f.interval(1 - 1e-15)
        unit = np.log(base_of(exercise))

        def against(other, f=f, low=low, high=high, unit=unit):
            return quad(lambda x: -f.pdf(x) * other.logpdf(x), low, high)[0] / unit

        right = {"H_f": f.entropy() / unit}
        if g:
            right |= {"H_g": g[0].entropy() / unit, "E_X_f": f.mean(), "var_X_f": f.var()}
            right |= {"CE": against(g[0]), "KL": against(g[0]) - right["H_f"]}
        worked = exercise.working
        assert {*worked} == {name for name in right if name in exercise.table["find"]}
        for name in worked:
            np.testing.assert_allclose(worked[name].astype(float), right[name], atol=1e-6, err_msg=name)


def test_halved_probabilities_are_powers_of_a_half_and_sum_to_1():
    for seed in range(50):
        shares = [Fraction(each) for each in halved(Draw(str(seed), "easy"), 6)]
        assert sum(shares) == 1
        assert all(share.numerator == 1 and share.denominator.bit_count() == 1 for share in shares)


@pytest.mark.parametrize("kind", ["entropy_of_halves", "divergence_of_halves"])
def test_entropies_of_halves_are_rational(kind):
    for exercise in of(kind):
        assert all(exercise.working[name].item().exact is not None for name in exercise.working)

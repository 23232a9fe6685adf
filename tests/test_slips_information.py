"""Slips in entropies and divergences: the answers of students who make them, and how they are marked."""

import numpy as np
import pytest

from chainrule.marking.sheet import check

P, Q = np.array([0.7, 0.2, 0.1]), np.array([0.5, 0.4, 0.1])
JOINT = np.array([[0.1, 0.4], [0.3, 0.2]])
OF_X, OF_Y = JOINT.sum(axis=1), JOINT.sum(axis=0)

TWO = "p = [0.7, 0.2, 0.1]\nq = [0.5, 0.4, 0.1]"
TABLE = "joint = [[0.1, 0.4], [0.3, 0.2]]"
UNIFORM = 'f = { name = "uniform", a = 1, b = 4 }\ng = { name = "uniform", a = 0, b = 8 }'
NORMAL = 'f = { name = "normal", mu = 1, sigma = 2 }\ng = { name = "normal", mu = 4, sigma = 3 }'


def marked(given, answers):
    question = f'[[question]]\nid = "q"\ntopic = "information"\n[question.given]\n{given}'
    lines = "\n".join(f"{name} = {value}" for name, value in answers.items())
    return {a.name: a for a in check(question, f"[q]\n{lines}").questions[0].answers}


def entropy(p, log=np.log2):
    return -np.sum(p * log(p))


LOG_E = float(np.log2(np.e))


def normal_cross_entropy(variance=4, distance=9, log=np.log2, unit=LOG_E):
    return log(3 * np.sqrt(2 * np.pi)) + (variance + distance) / 18 * unit


BITS = [
    (TWO, "H_p", -entropy(P), "no_minus_sign"),
    (TWO, "H_p", entropy(P, np.log), "natural_logarithm"),
    (TWO, "H_p", entropy(P, np.log10), "common_logarithm"),
    (TWO, "H_p", -np.log2(P).sum(), "not_weighted"),
    (TWO, "CE", -np.sum(Q * np.log2(P)), "swapped"),
    (TWO, "CE", np.sum(P * np.log2(Q)), "no_minus_sign"),
    (TWO, "CE", entropy(Q), "second_for_first"),
    (TWO, "CE", -np.sum(P * np.log(Q)), "natural_logarithm"),
    (TWO, "CE", -np.sum(P * np.log10(Q)), "common_logarithm"),
    (TWO, "KL", np.sum(Q * np.log2(Q / P)), "swapped"),
    (TWO, "KL", -np.sum(P * np.log2(Q)), "cross_entropy_for_divergence"),
    (TWO, "KL", np.log2(P / Q).sum(), "not_weighted"),
    (TWO, "KL", np.sum(P * np.log(P / Q)), "natural_logarithm"),
    (TABLE, "H_Y_given_X", entropy(JOINT) - entropy(OF_Y), "swapped_condition"),
    (TABLE, "H_Y_given_X", entropy(OF_Y), "condition_ignored"),
    (TABLE, "H_X_given_Y", entropy(JOINT), "nothing_subtracted"),
    (TABLE, "H_X_given_Y", entropy(JOINT) + entropy(OF_Y), "added"),
    (TABLE, "MI", np.sum(JOINT * np.log2(JOINT / OF_X[:, None])), "one_marginal"),
    (TABLE, "MI", np.sum(JOINT * np.log(JOINT / OF_X[:, None] / OF_Y)), "natural_logarithm"),
    (TABLE, "p_X", OF_Y, "transposed"),
    (UNIFORM, "H_f", np.log(3), "natural_logarithm"),
    (UNIFORM, "H_f", -np.log2(3), "no_minus_sign"),
    (UNIFORM, "CE", np.log2(3), "own_entropy"),
    (UNIFORM, "KL", np.log2(3 / 8), "swapped"),
    (UNIFORM, "KL", np.log10(8 / 3), "common_logarithm"),
    (NORMAL, "H_f", np.log2(2 * np.pi * np.e * 2) / 2, "deviation_not_squared"),
    (NORMAL, "H_f", np.log2(2 * np.pi * np.e * 4), "not_halved"),
    (NORMAL, "H_f", np.log2(2 * np.pi * 4) / 2, "no_e"),
    (NORMAL, "CE", normal_cross_entropy(distance=0), "no_means"),
    (NORMAL, "CE", normal_cross_entropy(variance=0), "no_variance"),
    (NORMAL, "CE", normal_cross_entropy(unit=1), "no_conversion"),
    (NORMAL, "CE", normal_cross_entropy(log=np.log, unit=1), "natural_logarithm"),
    (NORMAL, "KL", np.log2(2 / 3) + (9 + 9 - 4) / 8 * np.log2(np.e), "swapped"),
    (NORMAL, "KL", np.log2(3 / 2) + (4 - 9) / 18 * np.log2(np.e), "no_means"),
    (NORMAL, "KL", np.log2(3 / 2) + (4 + 9) / 18 * np.log2(np.e), "no_half"),
    (NORMAL, "KL", np.log2(3 / 2) + (4 + 9 - 9) / 18, "no_conversion"),
]
NATS = [
    ("p = [0.7, 0.2, 0.1]", "H_p", entropy(P), "binary_logarithm"),
    ("p = [1, 0]\nq = [0.73, 0.27]", "CE", -np.log10(0.73), "common_logarithm"),  # as with a log key
]


@pytest.mark.parametrize(
    ("given", "name", "answer", "slip"), [*BITS, *((f'base = "e"\n{g}', *rest) for g, *rest in NATS)]
)
def test_a_slip_is_named(given, name, answer, slip):
    written = np.array2string(np.round(answer, 4), separator=", ") if np.ndim(answer) else f"{answer:.4f}"
    found = marked(given, {name: written})[name]
    assert found.verdict == "wrong"
    assert slip in (found.slip or "").split("|")


def test_what_is_worked_from_a_wrong_entropy_follows():
    wrong = entropy(OF_X, np.log)
    given = {"H_X": f"{wrong:.4f}", "H_XY": f"{entropy(JOINT):.4f}"}
    given["H_Y_given_X"] = f"{entropy(JOINT) - wrong:.4f}"
    found = marked(TABLE, given)
    assert (found["H_X"].slip, found["H_Y_given_X"].verdict) == ("natural_logarithm", "follows")

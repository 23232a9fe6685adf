"""Slips in probability: the answers of students who make them, worked by hand, and how they are marked."""

import pytest

from chainrule.marking.sheet import check

GIRLS = "total = 50\nevents = { girl = 30, passed = 35 }\nboth = 20"
"""P(girl) = 0.6, P(passed) = 0.7, both 0.4."""
SPAM = """evidence = "free"
prior = { spam = 0.01 }
likelihood = { spam = 0.8, "not spam" = 0.1 }"""
"""0.008 + 0.099 = 0.107, and 8/107."""
TABLE = 'counts = [[20, 10], [15, 5]]\nrows = ["girl", "boy"]\ncolumns = ["passed", "failed"]'
LOADED = "dice = 1\nprobabilities = [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]"
VALUES = 'values = [-1, 0, 2]\nprobabilities = ["1/4", "1/4", "1/2"]'
"""E(X) = 0.75, E(X²) = 2.25, variance 1.6875."""
JOINT = 'x = [0, 1]\ny = [0, 1, 2]\njoint = [["1/4", "1/4", 0], [0, "1/4", "1/4"]]'
"""E(X) = 0.5, E(Y) = 1, E(XY) = 0.75; variances 0.25 and 0.5."""
UNIFORM = 'density = { name = "uniform", a = 1, b = 4 }\nat = [3, 5]'
NORMAL = 'density = { name = "normal", mu = 1, sigma = 2 }\nat = [4]\nbetween = [[2, 4]]'
"""z = 1.5, density 0.0648, Φ(1.5) = 0.9332, Φ(0.5) = 0.6915."""
PARABOLA = 'density = { formula = "3 x^2 / 7", low = 1, high = 2 }'


def marked(given, answers):
    question = f'[[question]]\nid = "q"\ntopic = "probability"\n[question.given]\n{given}'
    lines = "\n".join(f"{name} = {value}" for name, value in answers.items())
    return {a.name: a for a in check(question, f"[q]\n{lines}").questions[0].answers}


CASES = [
    (GIRLS, "P_girl", "1.5", "odds"),
    (GIRLS, "P_girl", "40%", "others_counted"),
    (GIRLS, "P_not_girl", "0.60", "not_turned"),
    (GIRLS, "P_girl_or_passed", "1.30", "counted_twice"),
    (GIRLS, "P_girl_or_passed", "0.42", "multiplied"),
    (GIRLS, "P_girl_or_passed", "0.50", "one_alone"),
    (GIRLS, "P_girl_given_passed", "0.40", "not_divided"),
    (GIRLS, "P_girl_given_passed", "0.667", "swapped_condition"),
    (GIRLS, "P_girl_given_passed", "0.60", "condition_ignored"),
    (GIRLS, "P_girl_times_P_passed", "1.30", "added"),
    (GIRLS, "P_girl_times_P_passed", "0.60", "not_multiplied"),
    (TABLE, "P_girl_given_passed", "0.667", "swapped_condition"),
    (SPAM, "P_not_spam", "0.010", "not_turned"),
    (SPAM, "P_free_and_spam", "0.81", "added"),
    (SPAM, "P_free_and_spam", "0.80", "not_multiplied"),
    (SPAM, "P_free", "0.0080", "first_alone"),
    (SPAM, "P_free", "0.90", "not_multiplied"),  # in both products
    (SPAM, "P_spam_given_free", "80%", "swapped_condition"),
    (SPAM, "P_spam_given_free", "0.010", "condition_ignored"),
    (LOADED + "\nevents = { even = [2, 4, 6] }", "P_even", "0.0050", "multiplied"),
    (LOADED + "\nvariable = [0, 0, 0, 0, 1, 1]", "p", "[0.1, 0.1]", "one_outcome"),
    (VALUES, "cdf", "[0.25, 0.25, 0.5]", "not_summed"),
    (VALUES, "cdf", "[0, 0.25, 0.5]", "value_left_out"),
    (VALUES, "cdf", "[1, 0.75, 0.5]", "from_above"),
    (VALUES, "E_X", "0.333", "plain_mean"),
    (VALUES, "E_X", "1", "values_left_out"),
    (VALUES, "E_X", "2.25", "values_squared"),
    (VALUES, "E_X2", "0.5625", "squared_mean"),
    (VALUES, "E_X2", "1.0625", "probabilities_squared"),
    (VALUES, "E_X2", "0.75", "not_squared"),
    (VALUES, "var_X", "2.25", "nothing_subtracted"),
    (VALUES, "var_X", "1.729", "plain_mean"),
    (VALUES, "var_X", "1.25", "not_squared"),
    (VALUES, "var_X", "1.299", "deviation_for_variance"),
    (VALUES, "var_X_by_moments", "1.50", "mean_not_squared"),
    (VALUES, "var_X_by_moments", "2.25", "nothing_subtracted"),
    (VALUES, "var_X_by_moments", "1.299", "deviation_for_variance"),
    (VALUES, "sd_X", "1.6875", "no_root"),
    (JOINT, "E_XY", "0.50", "means_multiplied"),
    (JOINT, "cov", "0.75", "nothing_subtracted"),
    (JOINT, "cov", "-0.75", "means_not_multiplied"),
    (JOINT, "cov_by_definition", "0.75", "nothing_subtracted"),
    (JOINT, "correlation", "2", "no_root"),
    (JOINT, "correlation", "0.2887", "variances_added"),
    (JOINT, "var_sum", "0.75", "no_covariance"),
    (JOINT, "var_sum", "1", "covariance_once"),
    (JOINT, "var_sum_by_definition", "3.5", "nothing_subtracted"),
    (JOINT, "E_sum", "0.5", "multiplied"),
    (UNIFORM, "E_X", "1.5", "half_the_length"),
    (UNIFORM, "E_X", "5", "not_halved"),
    (UNIFORM, "var_X", "4.5", "halved"),
    (UNIFORM, "var_X", "0.25", "not_squared"),
    (UNIFORM, "var_X", "7", "nothing_subtracted"),
    (UNIFORM, "var_X", "0.866", "deviation_for_variance"),
    (UNIFORM, "pdf1", "3", "not_inverted"),
    (UNIFORM, "pdf1", "0.667", "distribution_for_density"),
    (UNIFORM, "pdf2", "0.333", "not_zero_outside"),
    (UNIFORM, "cdf1", "0.333", "density_for_distribution"),
    (UNIFORM, "cdf1", "0.333", "from_above"),
    (UNIFORM, "cdf1", "1", "lower_end_left_out"),
    (NORMAL, "pdf", "0.3247", "no_factor"),
    (NORMAL, "pdf", "0.02102", "no_factor_two"),
    (NORMAL, "pdf", "0.6144", "no_minus_sign"),
    (NORMAL, "pdf", "0.02583", "no_root"),
    (NORMAL, "cdf", "0.0668", "from_above"),
    (NORMAL, "cdf", "0.4332", "from_the_mean"),
    (NORMAL, "cdf", "0.1295", "density_for_distribution"),
    (NORMAL, "cdf", "0.7734", "variance_for_deviation"),  # Φ(0.75)
    (NORMAL, "cdf", "0.9772", "nothing_subtracted"),  # Φ(2)
    (NORMAL, "cdf", "0.9987", "not_divided"),  # Φ(3)
    (NORMAL, "var_X", "2", "not_squared"),
    (NORMAL, "P", "1.6247", "added"),
    (NORMAL, "P", "0.9332", "nothing_subtracted"),
    (PARABOLA, "E_X", "1.714", "lower_limit_left_out"),  # 48/28
]


@pytest.mark.parametrize(("given", "name", "answer", "slip"), CASES)
def test_a_slip_is_named(given, name, answer, slip):
    found = marked(given, {name: f'"{answer}"' if "%" in answer else answer})[name]
    assert found.verdict == "wrong"
    assert slip in (found.slip or "").split("|")


@pytest.mark.parametrize(
    ("given", "wrong", "slip", "follows"),
    [
        (SPAM, {"P_free": "0.9000"}, "not_multiplied", {"P_spam_given_free": "0.00889"}),  # 0.008/0.9
        (VALUES, {"E_X": "0.3333"}, "plain_mean", {"var_X_by_moments": "2.1389"}),  # 2.25 - 1/9
        (VALUES, {"var_X": "2.25"}, "nothing_subtracted", {"sd_X": "1.5"}),
        (JOINT, {"E_XY": "0.50"}, "means_multiplied", {"cov": "0", "correlation": "0"}),
        (GIRLS, {"P_girl": "1.5"}, "odds", {"P_not_girl": "-0.5"}),
    ],
)
def test_what_is_worked_from_a_slip_follows(given, wrong, slip, follows):
    found = marked(given, {**wrong, **follows})
    (name,) = wrong
    assert (found[name].verdict, found[name].slip) == ("wrong", slip)
    assert [found[other].verdict for other in follows] == ["follows"] * len(follows)

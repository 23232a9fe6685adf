"""Questions about identities: what their kinds promise, and their answers by differences and by hand."""

import re
from fractions import Fraction
from math import isclose

import numpy as np
import pytest

from chainrule.exercises.draws import DIFFICULTIES
from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

CLAIMS = (
    "chain_rule", "product_rule", "slope_of_activation", "composed_activation", "second_derivative",
    "two_linear_layers", "variance_of_a_multiple", "average_of_gradients",
)  # fmt: skip
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def drawn():
    """Questions of all difficulties, by kind."""
    found = {}
    for difficulty in DIFFICULTIES:
        known = [kind for kind in kinds("identity") if difficulty in kind.difficulties]
        for exercise in make("identity", difficulty, 4 * len(known), seed=5).exercises:
            found.setdefault(exercise.kind, []).append(exercise)
    return found


def test_every_kind_is_drawn(drawn):
    assert set(drawn) == {kind.name for kind in kinds("identity")}


# ------------------------------------------------------------------------------- claims

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴", "01234")
FUNCTIONS = {"exp": np.exp, "tanh": np.tanh, "ln": np.log}


def computed(written, names):
    """A formula as a sentence has it, worked: "−2(3z + 1)²" at a z."""
    text = re.sub(r"([⁰¹²³⁴]+)", lambda m: "**" + m[1].translate(SUPERSCRIPTS), written)
    text = text.replace("−", "-").replace("·", "*").replace("₁", "1").replace("₂", "2")
    text = re.sub(r"(?<![a-z*])(\d+)(?=[a-z(])", r"\1*", text)
    text = re.sub(r"\)(?=[a-z(])", ")*", text)
    text = re.sub(r"\b([a-z])\(", r"\1*(", text)
    text = re.sub(r"(\*\*\d)(?=[a-z(])", r"\1*", text)
    return eval(text, {"__builtins__": {}}, {**FUNCTIONS, **names})


def sides(exercise):
    """Both sides of a claim as a reader of the text works them, as functions of its names."""
    text = exercise.table["text"]
    told = re.search(r"claims that (.*?)\. Does", text)[1]
    let = re.search(r"Let ([st]) = (.*?)\. A", text)

    def named(at):
        return {**at, **({let[1]: computed(let[2], at)} if let else {})}

    if "slope" in told or "derivative" in told:
        of, right = re.search(r"(?:slope of|derivative of|its slope) ?(.*?) ?by z is (.*)", told).groups()
        order = 2 if "second" in told else 1
        return lambda at: derived(
            lambda z: computed(of or let[1], named({"z": z})), at["z"], order
        ), lambda at: computed(right, named(at))
    left, right = told.split(" = ")
    if exercise.kind == "average_of_gradients":
        steps, scale = int(re.search(r"after (\d)", left)[1]), int(re.search(r"\(1 − b\) (\d)g", text)[1])
        divided = "/" in left

        def average(at):
            b, v = at["b"], 0.0
            for _ in range(steps):
                v = b * v + (1 - b) * scale * at["g"]
            return v / (1 - b**steps) if divided else v

        return average, lambda at: computed(right, at)
    return lambda at: computed(left, named(at)), lambda at: computed(right, named(at))


def derived(f, z, order):
    """A derivative by differences."""
    if order == 2:
        step = 1e-3
        return (-f(z + 2 * step) + 16 * f(z + step) - 30 * f(z) + 16 * f(z - step) - f(z - 2 * step)) / (
            12 * step**2
        )
    step = 1e-4
    return (-f(z + 2 * step) + 8 * f(z + step) - 8 * f(z - step) + f(z - 2 * step)) / (12 * step)


@pytest.mark.parametrize("kind", CLAIMS)
def test_claims_as_a_reader_works_them(drawn, kind):
    """Both sides at the point of the text, and at others where the claim holds."""
    for exercise in drawn[kind]:
        text, working = exercise.table["text"], exercise.working
        where = text.partition("right side at ")[2].rstrip(".")
        at = {name: float(v.replace("−", "-")) for name, v in re.findall(r"(\w) = (−?[\d.]+)", where)}
        assert at
        left, right = sides(exercise)
        for found, side in ((left(at), "left"), (right(at), "right")):
            exact = float(working[side].item().number())
            assert isclose(found, exact, rel_tol=1e-5, abs_tol=1e-5), (text, side)
        holds = str(working["holds"].item())
        assert holds in ("yes", "no")
        if holds == "no":
            assert (
                abs(float(working["left"].item().number()) - float(working["right"].item().number())) > 1e-3
            )
            continue
        for shift in (0.13, 0.29):
            beside = {name: value + shift for name, value in at.items()}
            assert isclose(left(beside), right(beside), rel_tol=1e-4, abs_tol=1e-4), text


@pytest.mark.parametrize("kind", CLAIMS)
def test_some_claims_hold_and_some_do_not(kind):
    (known,) = (each for each in kinds("identity") if each.name == kind)
    made = make("identity", known.difficulties[-1], 8, seed=1, kinds=[kind])
    assert {str(exercise.working["holds"].item()) for exercise in made.exercises} == {"yes", "no"}


# -------------------------------------------------------------------------- with numbers


def test_weight_decay_is_descent_on_the_loss_with_its_penalty(drawn):
    for exercise in drawn["weight_decay"]:
        given, working = exercise.table["given"], exercise.working
        w, slope, rate, strength = (
            Fraction(str(given[key])) for key in ("w", "gradient", "learning_rate", "strength")
        )
        written = re.search(r"penalty (.*?) Σw²", exercise.table["text"])[1]
        factor = {"λ/2": Fraction(1, 2), "λ": 1, "λ/(2n)": Fraction(1, 2 * given.get("n", 1))}[written]
        penalty = strength * factor * 2 * w
        assert Fraction(str(working["w_new"].item())) == w - rate * (slope + penalty)
        assert 0 < Fraction(str(working["factor"].item())) < 1


def test_uniform_moments(drawn):
    for exercise in drawn["uniform"]:
        a, b = (float(exercise.table["given"][end]) for end in "ab")
        x = a + (np.arange(100_000) + 0.5) * (b - a) / 100_000
        assert isclose(x.mean(), float(exercise.working["mean"].item().number()), abs_tol=TOLERANCE)
        assert isclose(x.var(), float(exercise.working["variance"].item().number()), rel_tol=TOLERANCE)


def test_corners_as_the_text_defines_them(drawn):
    for exercise in drawn["corner"]:
        text, working = exercise.table["text"], exercise.working
        level = float(re.search(r"and ([\d.]*)[z(]", text)[1] or 1)
        assert str(working["slope_positive"].item()) == "1"
        assert str(working["differentiable"].item()) == ("yes" if level == 1 else "no")
        negative = working["slope_negative"].item()
        expected = level if "ReLU" in text else level * np.exp(-0.5)
        found = float(negative.expression.subs(dict.fromkeys(negative.expression.free_symbols, -0.5)))
        assert isclose(found, expected, rel_tol=1e-9)


# ------------------------------------------------------------------------------- physics


def residual(equation, y, slope, curvature):
    """Left side minus right side of an equation as a sentence has it."""
    left, right = equation.replace("−", "-").split(" = ")
    terms = re.findall(r"([+-]?) ?(\d*)(y'*)", left)
    of = {"y": y, "y'": slope, "y''": curvature}
    return sum((-1 if sign == "-" else 1) * int(n or 1) * of[name] for sign, n, name in terms) - int(right)


def test_the_loss_of_a_trial_function(drawn):
    for exercise in drawn["physics"]:
        text, working, given = exercise.table["text"], exercise.working, exercise.table["given"]
        equation, conditions = re.search(r"solve (.*?) with (.*?)\. In", text).groups()
        written = re.search(r"try y = (.*?)\. Find", text)[1]
        x = np.array([float(p) for p in given["points"]])

        def y(at, written=written):
            return computed(written, {"x": at})

        found = [residual(equation, y(p), derived(y, p, 1), derived(y, p, 2)) for p in x]
        assert np.allclose([float(v) for v in working["residual"]], found, atol=1e-4)
        edges = [
            y(float(place)) - float(value.replace("−", "-"))
            for place, value in re.findall(r"y\((\d)\) = (−?\d+)", conditions)
        ]
        weights = re.search(r"weight 1 for the equation and (\d+) for the conditions", text)
        weight = float(weights[1]) if weights else 1.0
        assert weights or "weight 1 for both" in text
        loss = np.square(found).mean() + weight * np.square(edges).mean()
        assert isclose(float(working["loss"].item()), loss, rel_tol=1e-4)
        assert loss > 0


def test_the_loss_of_a_trial_function_of_heat(drawn):
    for exercise in drawn["heat"]:
        text, working, given = exercise.table["text"], exercise.working, exercise.table["given"]
        k, edge, start, written = re.search(
            r"u_t = ([\d.]+) u_xx .* u\(1, t\) = (−?\d+) and u\(x, 0\) = (.*?)\. In .* u = (.*?)\. Find", text
        ).groups()

        def u(x, t, written=written):
            return computed(written, {"x": x, "t": t})

        found = [
            derived(lambda s, x=x: u(float(x), s), float(t), 1)
            - float(k) * derived(lambda s, t=t: u(s, float(t)), float(x), 2)
            for x, t in given["points"]
        ]
        assert np.allclose([float(v) for v in working["residual"]], found, atol=1e-4)
        places = [float(p) for p in given["boundary_points"]]
        edges = [u(0, t) for t in places] + [u(1, t) - float(edge.replace("−", "-")) for t in places]
        begin = [u(x, 0) - computed(start, {"x": x}) for x in places]
        weights = [int(n) for n in re.findall(r"(\d+) for the (?:equation|edges|start)", text)]
        parts = [np.square(each).mean() for each in (found, edges, begin)]
        assert isclose(float(working["loss"].item()), np.dot(weights, parts), rel_tol=1e-4)

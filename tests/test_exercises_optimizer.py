"""Questions drawn about optimizers: their answers against updates written out here, as the text has them."""

import math
import re
from functools import cache

import numpy as np
import pytest

from chainrule.exercises.kinds import kinds
from chainrule.exercises.making import make

KINDS = [each.name for each in kinds("optimizer")]
COUNTS = ("batches_of_a_size", "batches_of_a_number", "all_rows_or_one")


@cache
def drawn():
    """Questions of every kind and difficulty."""
    return [
        each for level in ("easy", "medium", "hard") for each in make("optimizer", level, 260, 5).exercises
    ]


def of(kind):
    found = [each for each in drawn() if each.kind == kind]
    assert len(found) >= 10
    return found


def number(text, name):
    """The number that a text gives a letter: η = 0.5."""
    return float(re.search(rf"(?<!\w){name} = (−?[\d.]+\d|−?\d)", text)[1].replace("−", "-"))


# ------------------------------------------------------------------------- updates, as written


class Path:
    """The numbers of a question, the letters from its text, and what each update gives."""

    def __init__(self, exercise):
        self.given, self.text, self.found = exercise.table["given"], exercise.table["text"], {}
        self.w = np.array(self.given["w"], dtype=float)

    def letter(self, name):
        return number(self.text, name)

    def run(self, update):
        """Apply ``update(t, g)``, which changes w and returns what it worked, to every gradient."""
        for t, g in enumerate(self.given["gradients"], start=1):
            self.keep(t, update(t, np.array(g, dtype=float)))
        return self.found

    def keep(self, t, worked):
        self.found |= {f"{name}.{t}": value for name, value in {**worked, "w": self.w}.items()}


def gradient_descent(path):
    def update(t, g):
        step = path.letter("η") * g
        path.w = path.w - step
        return {"step": step}

    return path.run(update)


def weight_decay(path):
    rate, decay = path.letter("η"), path.letter("λ")

    def update(t, g):
        decayed, step = path.w - rate * decay * path.w, rate * g
        path.w = decayed - step
        return {"decayed": decayed, "step": step}

    return path.run(update)


def on_a_loss(path, loss, slope):
    rate = path.letter("η")
    path.found["loss"] = loss(path.w)
    for t in range(1, path.given["steps"] + 1):
        g = slope(path.w)
        path.w = path.w - rate * g
        path.keep(t, {"g": g, "step": rate * g, "loss": loss(path.w)})
    return path.found


def descent_on_a_parabola(path):
    steep, sign, lowest = re.search(r"L = (\d*) ?\(w ([−+]) (\d)\)²", path.text).groups()
    a, c = float(steep or 1), float(lowest) * (1 if sign == "−" else -1)
    assert path.w == path.letter("w")
    return on_a_loss(path, lambda w: a * (w - c) ** 2, lambda w: 2 * a * (w - c))


def descent_in_a_valley(path):
    a = np.array([float(re.search(r"L = (\d) w₁²", path.text)[1]), 1])
    return on_a_loss(path, lambda w: (a * w**2).sum(), lambda w: 2 * a * w)


def momentum(path, velocity, weight):
    """With a velocity of (v, g, η, β), and a weight of (w, v, g, η, β)."""
    rate, fading, v = path.letter("η"), path.letter("β"), 0

    def update(t, g):
        nonlocal v
        v = velocity(v, g, rate, fading)
        path.w = weight(path.w, v, g, rate, fading)
        return {"v": v}

    return path.run(update)


def momentum_added(path):
    return momentum(path, lambda v, g, n, b: b * v - n * g, lambda w, v, g, n, b: w + v)


def momentum_subtracted(path):
    return momentum(path, lambda v, g, n, b: b * v + n * g, lambda w, v, g, n, b: w - v)


def momentum_averaged(path):
    return momentum(path, lambda v, g, n, b: b * v + (1 - b) * g, lambda w, v, g, n, b: w - n * v)


def nesterov(path):
    return momentum(path, lambda v, g, n, b: b * v - n * g, lambda w, v, g, n, b: w + b * v - n * g)


def nesterov_looking_ahead(path):
    a = float(re.search(r"L = (\d?) ?w²", path.text)[1] or 1)
    rate, fading, v = path.letter("η"), path.letter("β"), 0.0
    sign = 1 if "w = w + v" in path.text else -1
    for t in range(1, path.given["steps"] + 1):
        ahead = path.w + sign * fading * v
        g = 2 * a * ahead
        v = fading * v - sign * rate * g
        path.w = path.w + sign * v
        path.keep(t, {"ahead": ahead, "g": g, "v": v})
    return path.found


def adaptive(path, spread):
    """With a spread of (g, t) that is divided by; what else it works is in ``spread.worked``."""
    rate = path.letter("η")

    def update(t, g):
        divisor, worked = spread(g, t)
        step = rate * worked.get("mhat", g) / divisor
        path.w = worked.get("decayed", path.w) - step
        return {**worked, "step": step}

    return path.run(update)


def below(path, r):
    """What is divided by, ε inside the root or outside, as the text says."""
    epsilon = 0 if "without ε" in path.text else path.letter("ε")
    return math.sqrt(r + epsilon) if re.search(r"√\(\S+ \+ ε\)", path.text) else math.sqrt(r) + epsilon


def adagrad(path):
    r = float(re.search(r"r begins at ([\d.]+\d|\d)", path.text)[1])

    def spread(g, t):
        nonlocal r
        r = r + g**2
        return below(path, r), {"r": r}

    return adaptive(path, spread)


def rmsprop(path):
    rho, r = path.letter("ρ"), 0

    def spread(g, t):
        nonlocal r
        r = rho * r + (1 - rho) * g**2
        return below(path, r), {"r": r}

    return adaptive(path, spread)


def rmsprop_with_momentum(path):
    rate, rho, fading, r, v = *map(path.letter, "ηρβ"), 0, 0

    def update(t, g):
        nonlocal r, v
        r = rho * r + (1 - rho) * g**2
        step = rate * g / math.sqrt(r)
        v = fading * v + step
        path.w = path.w - v
        return {"r": r, "step": step, "v": v}

    return path.run(update)


def centered_rmsprop(path):
    rho, r, m = path.letter("ρ"), 0, 0

    def spread(g, t):
        nonlocal r, m
        r, m = rho * r + (1 - rho) * g**2, rho * m + (1 - rho) * g
        return math.sqrt(r - m**2), {"r": r, "m": m, "variance": r - m**2}

    return adaptive(path, spread)


def adam(path):
    first, second, m, v = path.letter("β₁"), path.letter("β₂"), 0, 0
    decay = path.letter("η") * path.letter("λ") if "λ" in path.text else None

    def spread(g, t):
        nonlocal m, v
        m, v = first * m + (1 - first) * g, second * v + (1 - second) * g**2
        mhat, vhat = m / (1 - first**t), v / (1 - second**t)
        decayed = {} if decay is None else {"decayed": path.w - decay * path.w}
        return below(path, vhat), {"m": m, "v": v, "mhat": mhat, "vhat": vhat, **decayed}

    return adaptive(path, spread)


def adam_of_keras(path):
    rate, first, second, m, v = *map(path.letter, ("η", "β₁", "β₂")), 0, 0

    def update(t, g):
        nonlocal m, v
        m, v = first * m + (1 - first) * g, second * v + (1 - second) * g**2
        alpha = rate * math.sqrt(1 - second**t) / (1 - first**t)
        step = alpha * m / math.sqrt(v)
        path.w = path.w - step
        return {"m": m, "v": v, "rate": alpha, "step": step}

    return path.run(update)


def path_with_falling_rate(path):
    def update(t, g):
        rate = path.letter("η") / math.sqrt(t)
        path.w = path.w - rate * g
        return {"learning_rate": rate, "step": rate * g}

    return path.run(update)


PATHS = {
    "adagrad_with_epsilon": adagrad,
    "adamw": adam,
    **{
        each.__name__: each
        for each in (
            gradient_descent,
            weight_decay,
            descent_on_a_parabola,
            descent_in_a_valley,
            momentum_added,
            momentum_subtracted,
            momentum_averaged,
            nesterov,
            nesterov_looking_ahead,
            adagrad,
            rmsprop,
            rmsprop_with_momentum,
            centered_rmsprop,
            adam,
            adam_of_keras,
            path_with_falling_rate,
        )
    },
}
RATES = {
    "step_decay": lambda t, n, text: n * number(text, "d") ** (t // int(number(text, "D"))),
    "rate_over_number": lambda t, n, text: n / (t + 1),
    "exponential_decay": lambda t, n, text: n * number(text, "d") ** (t / number(text, "D")),
    "natural_decay": lambda t, n, text: n * math.exp(-number(text, "k") * t),
    "inverse_time_decay": lambda t, n, text: (
        n / (1 + number(text, "d") * (np.floor if "⌊" in text else float)(t / number(text, "D")))
    ),
    "cosine_decay": lambda t, n, text: n * wave(t / number(text, "D"), text),
    "polynomial_decay": lambda t, n, text: (
        (n - number(text, "e")) * (1 - t / number(text, "D")) ** (2 if "D)^2" in text else 1)
        + number(text, "e")
    ),
}
"""The rate of an update, counted from 0, from the first one and the letters in the text."""


def wave(part, text):
    share = number(text, "α") if "α =" in text else 0
    return share + (1 - share) * (1 + math.cos(math.pi * part)) / 2


def test_every_kind_is_tested_here():
    assert {*PATHS, *RATES, *COUNTS} == {*KINDS}


def is_asked(name, find):
    return name in find or name.partition(".")[0] in find


@pytest.mark.parametrize("kind", PATHS)
def test_the_paths_are_those_of_the_text(kind):
    for exercise in of(kind):
        right = PATHS[kind](Path(exercise))
        assert {*exercise.working} == {name for name in right if is_asked(name, exercise.table["find"])}
        for name in exercise.working:
            worked = exercise.working[name].astype(float)
            np.testing.assert_allclose(worked, right[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", RATES)
def test_the_rates_are_those_of_the_text(kind):
    for exercise in of(kind):
        text = exercise.table["text"]
        right = [RATES[kind](t, number(text, "η"), text) for t in range(exercise.table["given"]["steps"])]
        worked = [float(exercise.working[name].item()) for name in exercise.working]
        np.testing.assert_allclose(worked, right, rtol=1e-12)


def test_the_rates_fall():
    for exercise in (each for kind in RATES for each in of(kind)):
        rates = [float(exercise.working[name].item()) for name in exercise.working]
        assert rates == sorted(rates, reverse=True)
        assert rates[-1] < rates[0]


@pytest.mark.parametrize("kind", COUNTS)
def test_the_counts_are_those_of_the_text(kind):
    for exercise in of(kind):
        text = exercise.table["text"]
        numbers = [int(each) for each in re.findall(r"\d+", text)]
        epochs = numbers[-1]
        if kind == "batches_of_a_size":
            batches = [*range(0, numbers[0], numbers[1])]
            right = {
                "batches": len(batches),
                "last_batch": numbers[0] - batches[-1],
                "updates": epochs * len(batches),
            }
            assert right["last_batch"] < numbers[1]
        elif kind == "batches_of_a_number":
            right = {"batch_size": numbers[0] / numbers[1], "updates": epochs * numbers[1]}
        else:
            right = {"updates": epochs * (1 if "all rows" in text else numbers[0])}
        assert {name: float(exercise.working[name].item()) for name in exercise.working} == right


def test_adagrads_roots_are_whole_numbers_without_epsilon():
    for exercise in of("adagrad"):
        squares = [float(exercise.working[name].item()) for name in exercise.working if name[0] == "r"]
        roots = [math.sqrt(each) for each in squares]
        assert all(root == int(root) for root in roots)

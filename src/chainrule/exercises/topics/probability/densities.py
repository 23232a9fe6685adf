"""Continuous random variables: uniform, normal, with a linear density, and a waiting time."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from chainrule.exercises.draws import Draw, ratio, said, short
from chainrule.exercises.kinds import Drawn, kind

WAITING = (
    ("a bus comes at a time that is uniform between {a} and {b} minutes from now", "minutes"),
    ("a rounded length is uniform between {a} and {b} millimetres", "millimetres"),
    ("a generator draws a weight uniformly between {a} and {b}", ""),
    ("the mass of a package is uniform between {a} and {b} kilograms", "kilograms"),
)
MEASURED = (
    ("The points in a test are", 50, 100),
    ("The height of a plant in centimetres is", 30, 90),
    ("The seconds that a step of training takes are", 20, 60),
    ("The voltage at a sensor is", 5, 40),
)
SIGMAS = (2, 4, 5, 8, 10)
MEANS = tuple(Decimal(mean) for mean in ("0.25", "0.4", "0.5", "1", "1.25", "2", "2.5", "4", "5", "10"))
SCORES = ("0.2", "0.4", "0.5", "0.8", "1", "1.2", "1.5", "1.6", "1.8", "2")


@kind("easy", "medium", "hard")
def uniform(draw: Draw) -> Drawn:
    """A uniform distribution: expectation, variance, and the probability of an interval."""
    step = draw.by("1", "0.5", "0.1")
    a, low, high, b = sorted(draw.different(4, *draw.by((1, 12), (-4, 10), (-5, 12)), step))
    story = draw.choice(WAITING if a > 0 else WAITING[2:3])[0].format(a=said(a), b=said(b))
    bounds = said([low, high])
    return {
        "text": f"X: {story}. Find expectation, variance and standard deviation of X, its distribution "
        f"function at {bounds}, and the probability that X is between {bounds}.",
        "find": ["E_X", "var_X", "sd_X", "cdf_low", "cdf_high", "P"],
        "given": {"density": {"name": "uniform", "a": a, "b": b}, "between": [[low, high]]},
    }


@kind("easy", "medium")
def uniform_at_points(draw: Draw) -> Drawn:
    """Density and distribution function of a uniform distribution, inside and outside."""
    step = draw.by("1", "0.5", "0.5")
    a, inside, b, beyond = sorted(draw.different(4, *draw.by((1, 15), (-5, 12), (-5, 12)), step))
    points = draw.shuffled([inside, beyond])
    return {
        "text": "X is uniform between a and b. Find its density f and its distribution function F at both "
        "points x: one of them is not between a and b.",
        "find": ["pdf1", "cdf1", "pdf2", "cdf2"],
        "given": {"density": {"name": "uniform", "a": a, "b": b}, "at": points},
    }


def _scores(draw: Draw, count: int) -> list[Decimal]:
    return [Decimal(score) for score in draw.sample(SCORES, count)]


@kind("easy", "medium", "hard")
def normal(draw: Draw) -> Drawn:
    """A normal distribution: standard scores, and probabilities of intervals."""
    of, least, most = draw.choice(MEASURED)
    mu, sigma = draw.integer(least, most), draw.choice(SIGMAS)
    spread = {"variance": sigma**2} if draw.by(False, draw.chance(), draw.chance()) else {"sigma": sigma}
    known = "variance" if "variance" in spread else "standard deviation"
    below, above = (short(score * sigma) for score in _scores(draw, 2))
    low, high = short(Decimal(mu) - below), short(Decimal(mu) + above)
    ends, asked = draw.by(
        ([[low, "∞"]], f"the standard score z of {low}, F({low}), and the probability of {low} or more"),
        (
            [[low, high]],
            f"the standard scores z of {low} and {high}, the distribution function F at both, and the "
            "probability of a value between them",
        ),
        (
            [[low, mu], [high, "∞"]],
            f"the standard scores z of {low}, {mu} and {high}, the distribution function F there, and the "
            f"probabilities of a value between {low} and {mu} and of {high} or more",
        ),
    )
    names = draw.by(
        ["z_low", "cdf_low", "P"],
        ["z_low", "z_high", "cdf_low", "cdf_high", "P"],
        ["z_low1", "z_high1", "z_low2", "cdf_low1", "cdf_high1", "cdf_low2", "P1", "P2"],
    )
    first = ["sigma"] if "variance" in spread else []
    also = "the standard deviation, " if first else ""
    return {
        "text": f"{of} normally distributed; mean μ and {known} are given. Find {also}{asked}. A table of "
        "the standard normal distribution Φ may be used.",
        "find": [*first, *names],
        "given": {"density": {"name": "normal", "mu": mu, **spread}, "between": ends},
    }


@kind("medium", "hard")
def normal_density(draw: Draw) -> Drawn:
    """Density and distribution function of a normal distribution at two points."""
    mu, sigma = draw.integer(-4, 6), draw.choice((1, 2, 4, 5))
    spread = {"variance": sigma**2} if draw.by(False, True, True) else {"sigma": sigma}
    points = [short(mu + draw.choice((-1, 1)) * score * sigma) for score in _scores(draw, 2)]
    find = [f"{name}{i}" for i in (1, 2) for name in ("pdf", "z", "cdf")]
    return {
        "text": "X is normally distributed. Find "
        + draw.by("", "", "the standard deviation σ, and then ")
        + "at both points x the density f, the standard score z, and the distribution function F.",
        "find": [*draw.by([], [], ["sigma"]), *find],
        "given": {"density": {"name": "normal", "mu": mu, **spread}, "at": points},
    }


def _line(slope: Fraction, level: Fraction) -> str:
    """A linear density in text, as "x/4" or "2/3 - 2*x/9"."""
    term = f"{slope.numerator}*x/{slope.denominator}".replace("1*x", "x") if slope else ""
    return term if not level else f"{ratio(level)} {'+' if slope > 0 else '-'} {term.lstrip('-')}"


@kind("medium", "hard")
def linear_density(draw: Draw) -> Drawn:
    """A density that rises or falls in a straight line from 0: moments, and an interval."""
    start = draw.integer(0, 6)
    a, low, high, b = (start + 2 * int(n) for n in sorted(draw.different(4, 0, draw.by(3, 4, 6))))
    half = Fraction(2, (b - a) ** 2)
    falls = draw.chance()
    slope, level = (-half, half * b) if falls else (half, -half * a)
    if not falls and draw.chance() and a > 0:
        slope, level = Fraction(2, b * b - a * a), Fraction(0)
    formula = _line(slope, level) if level >= 0 else f"{_line(slope, Fraction(0))} - {ratio(-level)}"
    written = formula.replace("*", "").replace("-", "−")
    more = draw.by([], ["E_X2", "var_X", "sd_X"], ["E_X2", "var_X", "sd_X"])
    return {
        "text": f"X has the density f(x) = {written} for {a} ≤ x ≤ {b}, and 0 otherwise. Show that it is "
        "one: find its integral over all x. Find the expectation of X"
        + (", that of X², variance and standard deviation" if more else "")
        + f", the distribution function at {low} and {high}, and P({low} ≤ X ≤ {high}).",
        "find": ["mass", "E_X", *more, "cdf_low", "cdf_high", "P"],
        "given": {
            "density": {"formula": formula, "low": a, "high": b},
            "between": [[low, high]],
        },
    }


@kind("hard")
def waiting_time(draw: Draw) -> Drawn:
    """An exponential waiting time: its moments, and how probable it is to wait so long."""
    mean = draw.choice(MEANS)
    rate = short(1 / mean)
    low, high = (short(mean * n) for n in sorted(_scores(draw, 2)))
    return {
        "text": f"A waiting time X has the density {rate}·e^(−{rate}x) for x ≥ 0, and 0 for smaller x. Find "
        "its expectation, the expectation of X², variance and standard deviation, the distribution function "
        f"at {low} and {high}, and the probability of waiting between {low} and "
        f"{high}.".replace("1·e^(−1x)", "e^(−x)"),
        "find": ["E_X", "E_X2", "var_X", "sd_X", "cdf_low", "cdf_high", "P"],
        "given": {
            "density": {"formula": f"{rate} exp(-{rate} x)", "low": 0, "high": "∞"},
            "between": [[low, high]],
        },
    }

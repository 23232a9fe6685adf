"""Events: of one die or two, of coins, or by their probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
Event = tuple[str, list[Any]]
"""An event in words, and its outcomes."""


def _of_numbers(draw: Draw, sides: int, count: int) -> list[Event]:
    """So many events of one roll, up to three, none of them the complement of another."""
    level, factor = draw.integer(2, sides - 2), draw.choice((3, 4) if sides > 6 else (3,))
    numbers = range(1, sides + 1)
    events = [
        draw.choice(choices)
        for choices in (
            (
                ("the number is even", [n for n in numbers if n % 2 == 0]),
                ("the number is odd", [n for n in numbers if n % 2]),
            ),
            (
                (f"the number is above {level}", [n for n in numbers if n > level]),
                (f"the number is at most {level}", [n for n in numbers if n <= level]),
            ),
            (
                (f"the number is a multiple of {factor}", [n for n in numbers if n % factor == 0]),
                ("the number is prime", [n for n in numbers if n in PRIMES]),
            ),
        )
    ]
    return draw.sample(events, count)


def overlaps(names: Sequence[str] = ("A", "B")) -> Callable[[Working], bool]:
    """Where of any two events each may happen without the other, and both, and neither."""

    def suits(working: Working) -> bool:
        for i, first in enumerate(names):
            for second in names[i + 1 :]:
                p, q, both = (working.tape[f"P_{n}"].value for n in (first, second, f"{first}_and_{second}"))
                if not 0 < both < min(p, q) or not p + q - both < 1:
                    return False
        return True

    return suits


@kind("easy", "medium", suits=overlaps(("E", "F")))
def one_die(draw: Draw) -> Drawn:
    """Two events of a die with many sides: complement, both, at least one; one given the other."""
    sides = draw.choice((6, 8, 10, 12, 20))
    (e, in_e), (f, in_f) = _of_numbers(draw, sides, 2)
    more = draw.by([], ["P_E_given_F", "P_F_given_E"], [])
    said = draw.by("", ", and of each event once the other has happened", "")
    return {
        "text": f"A die with {sides} sides, 1 to {sides}, is rolled. E: {e}. F: {f}. Find the probabilities "
        f"of E and of F, of their complements, of both together, of at least one of the two{said}.",
        "find": ["P_E", "P_F", "P_not_E", "P_not_F", "P_E_and_F", "P_E_or_F", *more],
        "given": {"dice": 1, "sides": sides, "events": {"E": in_e, "F": in_f}},
    }


@kind("easy", "medium", "hard", suits=overlaps())
def two_events(draw: Draw) -> Drawn:
    """Two events of which the probabilities, and that of both together, are given."""
    of = draw.by(20, 50, 100)
    alone_a, alone_b, both, _ = draw.probabilities(4, of)
    conditionals = ["P_A_given_B", "P_B_given_A"]
    more = draw.by([], conditionals, [*conditionals, "P_A_times_P_B"])
    return {
        "text": "Of two events the probabilities are known, and that both happen. Find the probabilities of "
        "their complements and of at least one of the two"
        + draw.by(
            ".",
            ", and the probability of each given the other.",
            ", the probability of each given the other, and the product P(A) P(B), with which one compares "
            "P(A ∩ B) to see whether A and B are independent.",
        ),
        "find": ["P_not_A", "P_not_B", "P_A_or_B", *more],
        "given": {"events": {"A": alone_a + both, "B": alone_b + both}, "both": both},
    }


@kind("medium", "hard")
def independent_events(draw: Draw) -> Drawn:
    """Two events that may be independent: the product of their probabilities, and the verdict."""
    p, q = draw.different(2, 0.1, 0.9, draw.by("0.1", "0.1", "0.05"))
    both = p * q if draw.chance() else draw.decimal(float(max(0, p + q - 1)), float(min(p, q)), "0.01")
    return {
        "text": "Of two events the probabilities are known, and that both happen. Find the product P(A) "
        "P(B). Are A and B independent? Find the probability of at least one of the two.",
        "find": ["P_A_times_P_B", "independent_A_B", "P_A_or_B"],
        "given": {"events": {"A": p, "B": q}, "both": both},
    }


@kind("hard", suits=overlaps(("A", "B", "C")))
def three_events(draw: Draw) -> Drawn:
    """Three events of a die with many sides, pair by pair."""
    sides = draw.choice((12, 16, 20, 24, 30))
    drawn = dict(zip("ABC", _of_numbers(draw, sides, 3), strict=True))
    pairs = (("A", "B"), ("A", "C"), ("B", "C"))
    said = " ".join(f"{name}: {words}." for name, (words, _) in drawn.items())
    return {
        "text": f"A die with {sides} sides, 1 to {sides}, is rolled. {said} Find the probability of each "
        "event, and of each pair the probabilities of both together, of at least one of the two, and of each "
        "given the other.",
        "find": [f"P_{name}" for name in drawn]
        + [f"P_{a}_{word}_{b}" for a, b in pairs for word in ("and", "or", "given")]
        + [f"P_{b}_given_{a}" for a, b in pairs],
        "given": {
            "dice": 1,
            "sides": sides,
            "events": {name: members for name, (_, members) in drawn.items()},
        },
    }


_PAIR = ["P_A", "P_B", "P_A_and_B", "P_A_or_B", "P_A_given_B", "P_B_given_A"]
_PAIR_SAID = "Find the probabilities of A and of B, of both together, of at least one of the two, and of "
"each given the other."


@kind("medium", "hard", suits=overlaps())
def two_dice(draw: Draw) -> Drawn:
    """A total of two dice, and what the first of them shows."""
    sides, least = draw.by(4, 6, 8), draw.integer(4, 9)
    rolls = [list(roll) for roll in product(range(1, sides + 1), repeat=2)]
    totals: list[Event] = [
        (f"the total is {least}", [r for r in rolls if sum(r) == least]),
        (f"the total is at least {least}", [r for r in rolls if sum(r) >= least]),
        ("the total is even", [r for r in rolls if sum(r) % 2 == 0]),
        ("the total is a multiple of 3", [r for r in rolls if sum(r) % 3 == 0]),
    ]
    face = draw.integer(1, sides)
    firsts: list[Event] = [
        (f"the first die shows {face}", [r for r in rolls if r[0] == face]),
        ("the first die shows an even number", [r for r in rolls if r[0] % 2 == 0]),
        ("both dice show the same number", [r for r in rolls if r[0] == r[1]]),
        ("the first die shows more than the second", [r for r in rolls if r[0] > r[1]]),
        (f"at least one of the dice shows {face}", [r for r in rolls if face in r]),
    ]
    (a, in_a), (b, in_b) = draw.choice(totals), draw.choice(firsts)
    return {
        "text": f"Two dice with {sides} sides each, 1 to {sides}, are rolled. A: {a}. B: {b}. {_PAIR_SAID}",
        "find": _PAIR,
        "given": {"dice": 2, "sides": sides, "events": {"A": in_a, "B": in_b}},
    }


@kind("easy", "medium", "hard", suits=overlaps())
def coins(draw: Draw) -> Drawn:
    """A number of heads of several coins, and what single tosses show."""
    count = draw.by(3, 4, 5)
    tosses = ["".join(toss) for toss in product("HT", repeat=count)]
    number = draw.integer(1, count - 1)
    some = "1 toss shows heads" if number == 1 else f"{number} tosses show heads"
    numbers: list[tuple[str, list[int]]] = [
        (f"exactly {some}", [number]),
        (f"at least {some}", list(range(number, count + 1))),
        (f"at most {some}", list(range(number + 1))),
        ("the number of heads is even (0 is even)", list(range(0, count + 1, 2))),
        ("the number of heads is odd", list(range(1, count + 1, 2))),
    ]
    singles: list[Event] = [
        ("the first toss shows heads", [t for t in tosses if t[0] == "H"]),
        ("the last toss shows tails", [t for t in tosses if t[-1] == "T"]),
        ("the first two tosses are alike", [t for t in tosses if t[0] == t[1]]),
        ("the first and the last toss differ", [t for t in tosses if t[0] != t[-1]]),
        ("the first two tosses show heads", [t for t in tosses if t[:2] == "HH"]),
    ]
    (a, heads), (b, in_b) = draw.choice(numbers), draw.choice(singles)
    return {
        "text": f"{count} fair coins are tossed one after the other. A: {a}. B: {b}. {_PAIR_SAID}",
        "find": _PAIR,
        "given": {"coins": count, "events": {"A": {"heads": heads}, "B": in_b}},
    }

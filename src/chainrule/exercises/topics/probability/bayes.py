"""Bayes' theorem: two hypotheses, of which one is the other's complement, and several causes."""

from __future__ import annotations

from chainrule.exercises.draws import Draw, said
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

TWO = (
    ("free", "spam", "not spam", "A mail is spam, or it is not; it may contain the word “free”"),
    ("positive", "ill", "healthy", "A patient is ill or healthy; the test may be positive"),
    ("alarm", "fire", "no fire", "There is a fire in a house, or there is none; the alarm may ring"),
    ("late", "rain", "dry", "A day has rain or is dry; the bus may be late"),
    ("passed", "learned", "guessed", "A student has learned or has guessed; the examination may be passed"),
    ("flagged", "fraud", "honest", "A payment is fraud or honest; the model may flag it"),
)
"""What is observed, the two hypotheses, and what both are about."""
SEVERAL = (
    ("faulty", ("I", "II", "III", "IV"), "Machines make all parts of a factory; a part may be faulty"),
    (
        "red",
        ("first", "second", "third", "fourth"),
        "An urn is chosen, and a ball drawn from it, which may be red",
    ),
    (
        "wrong",
        ("Anna", "Ben", "Cleo", "Dan"),
        "Readers label the pictures of a data set; a label may be wrong",
    ),
    (
        "clicked",
        ("mail", "search", "video", "radio"),
        "Customers come from advertisements; one may click on an offer",
    ),
)


def _tells_apart(working: Working) -> bool:
    """Whether the evidence changes what is to be expected: the likelihoods are not all the same."""
    values = [q.value for q in working.given if "_given_" in q.name]
    return any(value != values[0] for value in values[1:])


@kind("easy", "medium", "hard", suits=_tells_apart)
def two_hypotheses(draw: Draw) -> Drawn:
    """One prior and two likelihoods: how probable a hypothesis is once something is observed."""
    evidence, first, second, story = draw.choice(TWO)
    prior = draw.decimal(*draw.by((0.1, 0.6, "0.1"), (0.02, 0.6, "0.02"), (0.001, 0.05, "0.001")))
    high = draw.decimal(*draw.by((0.5, 0.9, "0.1"), (0.5, 0.95, "0.05"), (0.9, 0.99, "0.01")))
    low = draw.decimal(*draw.by((0.1, 0.4, "0.1"), (0.05, 0.4, "0.05"), (0.01, 0.1, "0.01")))
    joints = [f"P_{evidence}_and_{name.replace(' ', '_')}" for name in (first, second)]
    posteriors = [f"P_{name.replace(' ', '_')}_given_{evidence}" for name in (first, second)]
    return {
        "text": f"{story}. The prior probability of “{first}” is given, and the probability of “{evidence}” "
        f"in each case. Find the prior probability of “{second}”, the probability of “{evidence}” together "
        f"with each case and in all, and how probable each case is once “{evidence}” is observed.",
        "find": [f"P_{second.replace(' ', '_')}", *joints, f"P_{evidence}", *posteriors],
        "given": {"evidence": evidence, "prior": {first: prior}, "likelihood": {first: high, second: low}},
    }


@kind("medium", "hard", suits=_tells_apart)
def several_causes(draw: Draw) -> Drawn:
    """Three causes or four, of which the last has what the others leave: which one was it?"""
    evidence, known, story = draw.choice(SEVERAL)
    count = draw.by(3, 3, 4)
    names = known[:count]
    priors = draw.probabilities(count, draw.by(10, 10, 20))
    likelihoods = draw.decimals(count, *draw.by((0.1, 0.9, "0.1"), (0.1, 0.9, "0.1"), (0.01, 0.2, "0.01")))
    return {
        "text": f"{story}. The causes {said(list(names))} exclude each other, and one of them holds. All "
        f"prior probabilities but that of {names[-1]} are given, and the probability of “{evidence}” with "
        f"each cause. Find the prior probability of {names[-1]}, the probability of “{evidence}” together "
        f"with each cause and in all, and how probable each cause is once “{evidence}” is observed.",
        "find": [
            "P_others",
            f"P_{names[-1]}",
            *(f"P_{evidence}_and_{name}" for name in names),
            f"P_{evidence}",
            *(f"P_{name}_given_{evidence}" for name in names),
        ],
        "given": {
            "evidence": evidence,
            "prior": dict(zip(names[:-1], priors[:-1], strict=True)),
            "likelihood": dict(zip(names, likelihoods, strict=True)),
        },
    }

"""Every slip in random questions of every topic, 200 times each, followed through with four decimals.

The questions are drawn kind by kind, easy to hard; a kind ends when its questions show no slip any more
that was not tried so often.
"""

from itertools import islice

import pytest

from chainrule.exercises import making
from chainrule.exercises.draws import DIFFICULTIES
from chainrule.exercises.kinds import kinds, topics_with_kinds
from simulation import Simulation, steps

TIMES = 200
RIGHT = 400
"""Sheets without a mistake, of each topic at least; there are 50,000 in all."""
NOTHING_NEW = 10

pytestmark = pytest.mark.slow


def drawn(topic, kind, difficulty):
    """Different questions of a kind, as long as there are any."""
    rows = making._rows([topic], {topic: [kind]}, [""], difficulty, 10**6, seed=11)
    try:
        for (exercise,) in rows:
            yield exercise.working
    except ValueError as error:
        assert "no more" in str(error)  # noqa: PT017 - all there are have been drawn


def simulate(topic):
    made = Simulation()
    for kind in kinds(topic):
        for difficulty in kind.difficulties:
            idle = 0
            for working in islice(drawn(topic, kind, difficulty), TIMES * 2):
                names = steps(working)
                right = made.right_sheet(working, names) if names is not None else None
                before = sum(made.tried.values())
                if right is not None:
                    made.slips(working, names, right, TIMES)
                idle = idle + 1 if sum(made.tried.values()) == before else 0
                if idle == NOTHING_NEW:
                    break
    for i, difficulty in enumerate(DIFFICULTIES):
        left = RIGHT - made.counts["right sheets"]
        if left > 0:
            for exercise in making.make(topic, difficulty, left // (3 - i) + 1, seed=12).exercises:
                if (names := steps(exercise.working)) is not None:
                    made.right_sheet(exercise.working, names)
    return made


@pytest.mark.parametrize("topic", sorted(topics_with_kinds(), key=lambda topic: topic != "network"))
def test_slips_are_found_named_and_followed(topic):
    made = simulate(topic)
    counts, others = made.counts, made.others[:20]
    assert counts["right sheets"] >= RIGHT
    assert counts["right marked wrong"] == 0, others
    assert counts["found"] >= 0.99 * counts["slips"] > 0, others
    assert counts["named"] >= 0.95 * counts["slips"], others
    assert counts["followed"] >= 0.99 * counts["later"], others

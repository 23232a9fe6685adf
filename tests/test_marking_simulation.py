"""Every slip of every rule, made in every question of the course and followed through with four decimals.

The students are simulated: one value is the slip's, what follows is worked from it by the rules, and each
step is rounded. What is tested is that marking, which is told the answers alone, finds where it began.
"""

from pathlib import Path

import numpy as np
import pytest

from chainrule.paper.solving import solve
from simulation import Simulation, marked, steps

SHEETS = sorted((Path(__file__).parent.parent / "worksheets").glob("*.toml"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SHEETS, ids=lambda sheet: sheet.stem)
def simulated(request):
    """What became of the sheets of a chapter: counts, and what went otherwise than it should."""
    made = Simulation()
    for working in solve(request.param).workings:
        names = steps(working)
        right = made.right_sheet(working, names) if names is not None else None
        if right is not None:
            made.slips(working, names, right)
    return made.counts, made.others


def test_right_sheets_rounded_at_every_step_are_right(simulated):
    counts, others = simulated
    assert counts["right marked wrong"] == 0, others


def test_the_first_wrong_step_is_found(simulated):
    counts, others = simulated
    assert counts["found"] >= 0.99 * counts["slips"] - 1, others


def test_the_slip_is_named_rightly(simulated):
    counts, others = simulated
    assert counts["named"] >= 0.95 * counts["slips"] - 1, others


def test_what_comes_after_follows(simulated):
    counts, others = simulated
    assert counts["followed"] >= 0.99 * counts["later"], others


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
@pytest.mark.parametrize("answers", ["all", "the last", "words"])
def test_whatever_is_answered_is_marked(sheet, answers):
    random = np.random.default_rng(0)
    for working in solve(sheet).workings:
        lines = ["[q]"]
        names = [name for name in working.names if working.tape[name].step is not None]
        for name in names[-1:] if answers == "the last" else names:
            wrong = "what" if answers == "words" else np.round(random.normal(size=working[name].shape), 3)
            lines.append(f'"{name}" = {np.asarray(wrong).tolist()!r}')
        found = marked(working, "\n".join(lines))
        assert len(found.answers) >= len(lines) - 1
        assert 0 <= found.score <= found.out_of

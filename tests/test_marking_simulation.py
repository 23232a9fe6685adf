"""Every slip of every rule, made in every question of the course and followed through with four decimals.

The students are simulated: one value is the slip's, what follows is worked from it by the rules, and each
step is rounded. What is tested is that marking, which is told the answers alone, finds where it began.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from chainrule.marking.answers import parse_answers
from chainrule.marking.candidates import candidates
from chainrule.marking.chains import Chain
from chainrule.marking.question import mark_question
from chainrule.paper.numbers import Number
from chainrule.paper.solving import solve
from chainrule.paper.tape import rounding

SHEETS = sorted((Path(__file__).parent.parent / "worksheets").glob("*.toml"))
DECIMALS = 4
LARGEST = 60
"""Numbers of a quantity; larger ones are left out, as nobody writes them down."""

pytestmark = pytest.mark.slow


def written(value):
    """A value as a student writes it: nested lists, whole numbers as such, others with four decimals."""
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    number = value if isinstance(value, Number) else Number(int(value))
    is_whole = number.exact is not None and number.exact.q == 1 and number.exact != 0
    return str(number.exact) if is_whole else f"{float(number):.{DECIMALS}f}"


def answered(working, names, chain):
    """The answers of a student whose values these are; None where some cannot be worked."""
    lines = ["[q]"]
    for name in names:
        value = chain.value(name)
        if value is None:
            return None
        value = np.asarray(value, dtype=object)
        if working.columns and value.ndim <= 2:
            value = value.reshape(-1, 1) if value.ndim == 1 else value.T
        lines.append(f'"{name}" = {written(value.tolist())}')
    return "\n".join(lines)


def by_hand(sheet):
    """The questions whose answers are numbers, not too many, with the names of all their steps."""
    for working in solve(sheet).workings:
        names = [name for name in working.names if working.tape[name].step is not None]
        values = [working.tape[name].value for name in names]
        are_numbers = all(isinstance(v, Number | int | np.integer) for value in values for v in value.flat)
        if are_numbers and all(value.size <= LARGEST for value in values):
            yield working, names


def marked(working, text):
    return mark_question(working, parse_answers(text).questions["q"])


@pytest.fixture(scope="module", params=SHEETS, ids=lambda sheet: sheet.stem)
def simulated(request):
    """What became of the sheets of a chapter: counts, and what went otherwise than it should."""
    counts, others = Counter(), []
    finish = rounding(DECIMALS)
    for working, names in by_hand(request.param):
        rounded = Chain(working.tape, {}, finish)
        right = answered(working, names, rounded)
        if right is None:
            continue
        counts["right sheets"] += 1
        wrong = [answer.name for answer in marked(working, right).answers if answer.verdict == "wrong"]
        others += [f"{working.name}: {name} is right" for name in wrong]
        counts["right marked wrong"] += bool(wrong)
        for slip in [slip for name in names for slip in candidates(rounded, name)]:
            shape = working.tape[slip.at].value.shape
            text = answered(working, names, Chain(working.tape, {slip.at: slip.value}, finish))
            if text is None or text == right or slip.value.shape != shape:
                continue
            found = marked(working, text)
            first, said = found.first_wrong, f"{working.name}: {slip.id} in {slip.at}"
            if first is None and working.tape[slip.at].step.rule.same:
                continue  # another basis of the same span, or the values in another order
            counts["slips"] += 1
            if first is None or first.name != slip.at:
                others.append(f"{said} is found in {first and first.name}")
                continue
            counts["found"] += 1
            if slip.id in (first.slip or "").split("|"):
                counts["named"] += 1
            else:
                others.append(f"{said} is called {first.slip}")
            after = [answer.verdict for answer in found.answers if answer is not first]
            counts["later"] += len(after)
            counts["followed"] += sum(verdict != "wrong" for verdict in after)
    return counts, others


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

"""Exercises of every topic: within what is promised, no two alike, the same again from the same seed."""

import os
import tomllib
from decimal import Decimal
from fractions import Fraction

import pytest

from chainrule.exercises.draws import DIFFICULTIES, Draw
from chainrule.exercises.kinds import kinds, topics_with_kinds
from chainrule.exercises.making import make, variants
from chainrule.exercises.promises import PROMISES
from chainrule.paper.digits import significant
from chainrule.paper.numbers import Number
from chainrule.paper.sheet import read_sheet
from chainrule.paper.solving import solve
from chainrule.paper.topics import names

ALL = [(topic, difficulty) for topic in topics_with_kinds() for difficulty in DIFFICULTIES]
COUNT = 30
MANY = int(os.environ.get("CHAINRULE_MANY", "700"))
"""Questions of each topic and difficulty; ten thousand take a minute or two of each."""


def numbers_of(quantity):
    """Whatever is a number in a quantity's value."""
    for entry in quantity.value.flat:
        if hasattr(entry, "number") and getattr(entry, "is_number", False):
            entry = entry.number()
        if isinstance(entry, Number):
            yield entry


def digits_of(number):
    """The significant digits of a rational that is a decimal, read off its text; None of any other."""
    whole = Fraction(int(number.exact.p), int(number.exact.q))
    for places in range(15):
        if (whole * 10**places).denominator == 1:
            return len(str(abs(int(whole * 10**places))).strip("0")) or 1
    return None


def check_promise(exercise, difficulty):
    """The bounds of docs/exercises.md, counted here anew."""
    given, digits, whole, size, most = {
        "easy": (2, 4, 60, 1_000, 16),
        "medium": (3, 6, 1_000, 10_000, 40),
        "hard": (4, 9, 100_000, 100_000, 100),
    }[difficulty]
    working, count = exercise.working, 0
    for quantity in working.given:
        for number in numbers_of(quantity):
            if number.exact is not None:
                found = digits_of(number)
                is_fraction = max(abs(number.exact.p), number.exact.q) <= 10**given
                assert (found is not None and found <= given) or is_fraction, (exercise.table, quantity)
    for quantity in working.quantities:
        count += quantity.value.size
        for number in numbers_of(quantity):
            if number.exact is None:
                assert 1 / size <= abs(float(number)) <= size, (exercise.table, quantity)
                continue
            found = digits_of(number)
            is_fraction = max(abs(number.exact.p), number.exact.q) <= whole
            assert (found is not None and found <= digits) or is_fraction, (exercise.table, quantity)
    assert count <= most


def plain(table):
    return {key: value for key, value in table.items() if key != "id"}


def check_set(made, topic, difficulty):
    """No two alike, bounds kept, answers there, and the worksheet's file is what was drawn."""
    tables = [exercise.table for exercise in made.exercises]
    asked = {repr((t["topic"], t["find"], t["given"])) for t in tables}
    assert len(asked) == len(tables)
    for exercise in made.exercises:
        check_promise(exercise, difficulty)
        assert {"text", "find", "given"} <= exercise.table.keys()
        assert len(exercise.table["text"]) > 20
        names = [name.partition(".")[0] for name in exercise.working.names] + exercise.working.names
        assert {*exercise.table["find"]} <= {*names}
    read = tomllib.loads(made.source, parse_float=Decimal)
    assert read["question"] == tables
    assert read_sheet(read).title == made.title


@pytest.mark.parametrize(("topic", "difficulty"), ALL)
def test_questions_keep_what_is_promised(topic, difficulty):
    check_set(make(topic, difficulty, COUNT, seed=7), topic, difficulty)


@pytest.mark.slow
@pytest.mark.parametrize(("topic", "difficulty"), ALL)
def test_many_questions_keep_what_is_promised(topic, difficulty):
    check_set(make(topic, difficulty, MANY, seed=8), topic, difficulty)


@pytest.mark.parametrize("topic", topics_with_kinds())
def test_the_same_seed_gives_the_same_questions(topic):
    short, long, other = (
        make(topic, count=4, seed=1),
        make(topic, count=8, seed=1),
        make(topic, count=4, seed=2),
    )
    tables = [exercise.table for exercise in long.exercises]
    assert [exercise.table for exercise in short.exercises] == tables[:4]
    assert [exercise.table for exercise in other.exercises] != tables[:4]


@pytest.mark.parametrize("topic", topics_with_kinds())
def test_the_file_solves_to_the_same_key(topic):
    made = make(topic, "medium", 6, seed=3)
    again = solve(made.source)
    for ours, theirs in zip(made.solution.workings, again.workings, strict=True):
        assert ours.names == theirs.names
        assert [str(ours[name]) for name in ours] == [str(theirs[name]) for name in theirs]


def test_every_topic_has_kinds_of_every_difficulty():
    assert topics_with_kinds() == names()
    for topic in names():
        levels = {level for each in kinds(topic) if not each.when_asked for level in each.difficulties}
        assert levels == {*DIFFICULTIES}
        assert all(each.what for each in kinds(topic))
        assert len({each.name for each in kinds(topic)}) == len(kinds(topic))


def test_students_have_the_same_kinds_and_numbers_of_their_own():
    sets = variants(["loss", "network"], ["Anne", "Bo", "Cy"], "medium", 6, seed=5)
    assert len({tuple(exercise.kind for exercise in each.exercises) for each in sets}) == 1
    assert [e.table["topic"] for e in sets[0].exercises] == ["loss", "network"] * 3
    asked = {repr((e.table["find"], e.table["given"])) for each in sets for e in each.exercises}
    assert len(asked) == 18
    alone = variants(["loss", "network"], ["Anne"], "medium", 6, seed=5)[0]
    assert alone.source == sets[0].source


def test_a_seed_that_was_drawn_draws_the_set_again():
    made = make("loss", count=3)
    assert make("loss", count=3, seed=made.seed).source == made.source
    assert f"--seed {made.seed}" in made.command


def test_kinds_that_are_asked_for():
    name = kinds("loss")[0].name
    made = make("loss", count=5, seed=1, kinds=[name])
    assert {exercise.kind for exercise in made.exercises} == {name}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("los",), "no topic 'los'; expected one of .* (did you mean 'loss'?)"),
        (([],), "topics: expected at least one"),
        (("loss", "easier"), "difficulty: expected one of easy, hard, medium .*got 'easier'"),
        (("loss", "easy", 0), "count: expected 1 to 100,000 questions; got 0"),
        (("loss", "easy", 5, -1), "seed: expected a whole number from 0; got -1"),
        (("loss", "easy", 5, 1, "", ["entropie"]), "no kind 'entropie' of the topic loss; expected one of"),
    ],
)
def test_what_cannot_be_had_is_said(arguments, says):
    with pytest.raises(ValueError, match=says.replace("(", r"\(").replace("?)", r"\?\)")):
        make(*arguments)


def test_a_kind_that_is_used_up_ends_in_an_error():
    from chainrule.exercises import making
    from chainrule.exercises.kinds import Kind

    def two(draw):
        target = draw.integer(1, 2)
        return {"text": "Find it.", "find": ["loss"], "given": {"loss": "mse", "y": [target], "y_pred": [0]}}

    kind = Kind("two", ("easy",), two)
    rows = making._rows(["loss"], {"loss": [kind]}, [""], "easy", 3, 1)
    assert len([next(rows), next(rows)]) == 2
    with pytest.raises(ValueError, match="no more easy questions of the topic loss that differ, after 2 for"):
        next(rows)


def test_a_promise_is_one_number_for_each_bound():
    assert [PROMISES[d].digits for d in DIFFICULTIES] == [4, 6, 9]
    assert significant(Number("0.1234"), 4).exact


def test_draws_are_those_of_the_seed():
    draw = Draw("seed", "easy")
    assert all(-3 <= n <= 3 for n in draw.integers(100, -3, 3))
    assert 0 not in draw.integers(100, -2, 2, zero=False)
    assert all(sum(draw.shares(4, 20)) == 20 and min(draw.shares(4, 20)) > 0 for _ in range(50))
    assert all(sum(draw.probabilities(3, 100)) == 1 for _ in range(50))
    assert all(len({*draw.different(5, -1, 1, "0.5")}) == 5 for _ in range(20))
    assert {type(value) for value in draw.decimals(50, 0, 1, "0.5")} == {int, Decimal}

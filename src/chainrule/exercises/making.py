"""Making sets of exercises: questions drawn until they keep what is promised, no two of them alike."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from chainrule.exercises.draws import DIFFICULTIES, Difficulty, Draw
from chainrule.exercises.kinds import Kind, kinds
from chainrule.exercises.promises import PROMISES, broken
from chainrule.exercises.writing import sheet_text
from chainrule.lookup import suggest
from chainrule.paper.sheet import read_sheet
from chainrule.paper.solving import solve_sheet
from chainrule.paper.workings import Solution, Working

COUNT = 5
MOST_QUESTIONS = 100_000
MOST_DRAWS = 1_000
"""A kind of question that gives nothing new in so many draws has been used up."""
LARGEST_SEED = 10**9


@dataclass(frozen=True)
class Exercise:
    """A question: as a worksheet has it, worked, and the kind that it is of."""

    table: dict[str, Any]
    working: Working
    kind: str


@dataclass(frozen=True)
class Exercises:
    """A set of exercises, of one student where it was drawn for one."""

    title: str
    exercises: tuple[Exercise, ...]
    seed: int
    student: str = ""

    @property
    def source(self) -> str:
        """The set as a worksheet, the text of a TOML file."""
        return sheet_text(self.title, [exercise.table for exercise in self.exercises])

    @property
    def solution(self) -> Solution:
        """The set with every question worked: its key."""
        return Solution(self.title, [exercise.working for exercise in self.exercises], self.source)

    @property
    def sheet(self) -> Solution:
        """The set with the quantities to be found, but not their values: what is handed out."""
        from chainrule.exercises.printed import handed_out

        return handed_out(self.solution)


def make(
    topics: str | Sequence[str],
    difficulty: Difficulty = "easy",
    count: int = COUNT,
    seed: int | None = None,
    title: str = "",
) -> Exercises:
    """Draw ``count`` questions of a topic, or of several in turn; the same seed gives the same questions.

    The first questions of a larger set are those of a smaller one. Without a seed one is drawn, and
    kept with the set.

    Raises ValueError for a topic, a difficulty or a count that cannot be had, and where there are not
    so many different questions.

    >>> made = make("loss", count=2, seed=1)
    >>> [exercise.table["id"] for exercise in made.exercises]
    ['q1', 'q2']
    """
    return variants(topics, [""], difficulty, count, seed, title)[0]


def variants(
    topics: str | Sequence[str],
    students: Sequence[str],
    difficulty: Difficulty = "easy",
    count: int = COUNT,
    seed: int | None = None,
    title: str = "",
) -> list[Exercises]:
    """A set for each student: the same kinds of questions, with numbers of their own.

    No two students have the same question. Raises ValueError as :func:`make` does.

    >>> anne, bo = variants("loss", ["Anne", "Bo"], count=1, seed=1)
    >>> anne.exercises[0].kind == bo.exercises[0].kind, anne.source == bo.source
    (True, False)
    """
    asked = [topics] if isinstance(topics, str) else list(topics)
    _check(asked, difficulty, count, seed)
    seed = secrets.randbelow(LARGEST_SEED) if seed is None else seed
    title = title or f"Exercises: {', '.join(asked)} ({difficulty})"
    made = zip(*_rows(asked, students, difficulty, count, seed), strict=True)
    return [
        Exercises(title, exercises, seed, student) for student, exercises in zip(students, made, strict=True)
    ]


def _check(topics: Sequence[str], difficulty: str, count: int, seed: int | None) -> None:
    if not topics:
        raise ValueError("topics: expected at least one")
    if difficulty not in DIFFICULTIES:
        raise ValueError(f"difficulty: {suggest(difficulty, DIFFICULTIES)}; got {difficulty!r}")
    if not 1 <= count <= MOST_QUESTIONS:
        raise ValueError(f"count: expected 1 to {MOST_QUESTIONS:,} questions; got {count:,}")
    if seed is not None and seed < 0:
        raise ValueError(f"seed: expected a whole number from 0; got {seed}")
    for topic in topics:
        levels = {level for each in kinds(topic) for level in each.difficulties}
        if difficulty not in levels:
            known = ", ".join(level for level in DIFFICULTIES if level in levels)
            raise ValueError(f"no {difficulty} questions of the topic {topic}; it has {known}")


def _rows(
    topics: Sequence[str], students: Sequence[str], difficulty: Difficulty, count: int, seed: int
) -> Iterator[list[Exercise]]:
    """The questions in their order, each with a variant for every student.

    Each topic's kinds take turns, in an order that the seed gives; one that is used up is left out.
    """
    left = {topic: _order(topic, difficulty, seed) for topic in topics}
    seen: set[str] = set()
    for i, topic in zip(range(count), cycle(topics), strict=False):
        row = None
        while row is None:
            if not left[topic]:
                raise ValueError(
                    f"{i} different {difficulty} questions of the topic {topic} are there for each of "
                    f"{len(students)} sets; expected {count}: ask for fewer, or for another difficulty"
                )
            kind = left[topic].pop(0)
            row = _row(topic, kind, students, Draws(seed, difficulty, i + 1), seen)
        left[topic].append(kind)
        yield row


def _order(topic: str, difficulty: Difficulty, seed: int) -> list[Kind]:
    known = [each for each in kinds(topic) if difficulty in each.difficulties]
    return Draw(f"{seed} {topic} {difficulty}", difficulty).shuffled(known)


@dataclass(frozen=True)
class Draws:
    """Where the numbers of a question come from: the set's seed, and the question's number in the set."""

    seed: int
    difficulty: Difficulty
    number: int

    def of(self, kind: Kind, student: str) -> Iterator[Draw]:
        """One draw after the other, the same again for the same student."""
        for i in range(MOST_DRAWS):
            yield Draw(f"{self.seed} {student} {self.number} {kind.name} {i}", self.difficulty)


def _row(
    topic: str, kind: Kind, students: Sequence[str], draws: Draws, seen: set[str]
) -> list[Exercise] | None:
    """A question of a kind for every student; None where there are not so many that are new."""
    row = []
    for student in students:
        exercise = _exercise(topic, kind, student, draws, seen)
        if exercise is None:
            return None
        row.append(exercise)
    return row


def _exercise(topic: str, kind: Kind, student: str, draws: Draws, seen: set[str]) -> Exercise | None:
    """The first question drawn that is new, keeps the promise of its difficulty, and suits."""
    for draw in draws.of(kind, student):
        table = {"id": f"q{draws.number}", "topic": topic, **kind.draw(draw)}
        known = f"{topic} {table.get('find')} {table['given']}"
        if known in seen:
            continue
        seen.add(known)
        working = solve_sheet(read_sheet({"question": [table]})).workings[0]
        if not broken(working, PROMISES[draw.difficulty]) and kind.suits(working):
            return Exercise(table, working, kind.name)
    return None

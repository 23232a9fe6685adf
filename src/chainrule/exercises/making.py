"""Making sets of exercises: questions drawn until they keep what is promised, no two of them alike."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from chainrule.exercises.draws import DIFFICULTIES, Difficulty, Draw
from chainrule.exercises.kinds import Kind
from chainrule.exercises.kinds import kinds as kinds_of
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
    """A set of exercises, of one student where it was drawn for one; ``command`` draws it again."""

    title: str
    exercises: tuple[Exercise, ...]
    seed: int
    command: str
    student: str = ""

    @property
    def heading(self) -> str:
        """The title of the sheet, with the student's name where it is one student's."""
        return f"{self.title}: {self.student}" if self.student else self.title

    @property
    def source(self) -> str:
        """The set as a worksheet, the text of a TOML file."""
        made = f"{self.command}, for {self.student}" if self.student else self.command
        return sheet_text(self.heading, [exercise.table for exercise in self.exercises], made)

    @property
    def solution(self) -> Solution:
        """The set with every question worked: its key."""
        return Solution(self.heading, [exercise.working for exercise in self.exercises], self.source)

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
    kinds: Sequence[str] = (),
) -> Exercises:
    """Draw ``count`` questions of a topic, or of several in turn; the same seed gives the same questions.

    The first questions of a larger set are those of a smaller one. Without a seed one is drawn, and
    kept with the set. ``kinds`` are the names of those to be drawn; all usual ones without.

    Raises ValueError for a topic, a difficulty, a kind or a count that cannot be had, and where there
    are not so many different questions.

    >>> made = make("loss", count=2, seed=1)
    >>> [exercise.table["id"] for exercise in made.exercises]
    ['q1', 'q2']
    """
    return variants(topics, [""], difficulty, count, seed, title, kinds)[0]


def variants(
    topics: str | Sequence[str],
    students: Sequence[str],
    difficulty: Difficulty = "easy",
    count: int = COUNT,
    seed: int | None = None,
    title: str = "",
    kinds: Sequence[str] = (),
) -> list[Exercises]:
    """A set for each student: the same kinds of questions, with numbers of their own.

    No two students have the same question. Raises ValueError as :func:`make` does.

    >>> anne, bo = variants("loss", ["Anne", "Bo"], count=1, seed=1)
    >>> anne.exercises[0].kind == bo.exercises[0].kind, anne.source == bo.source
    (True, False)
    """
    asked = [topics] if isinstance(topics, str) else list(topics)
    _check(asked, students, difficulty, count, seed)
    seed = secrets.randbelow(LARGEST_SEED) if seed is None else seed
    _check_kinds(asked, kinds)
    chosen = {topic: _chosen(topic, difficulty, kinds) for topic in asked}
    rows = list(_rows(asked, chosen, students, difficulty, count, seed))
    heading = title or f"Exercises: {', '.join(asked)} ({difficulty})"
    command = _command(asked, difficulty, count, seed, title, kinds)
    return [
        Exercises(heading, exercises, seed, command, student)
        for student, exercises in zip(students, zip(*rows, strict=True), strict=True)
    ]


def _check(
    topics: Sequence[str], students: Sequence[str], difficulty: str, count: int, seed: int | None
) -> None:
    if not topics:
        raise ValueError("topics: expected at least one")
    if difficulty not in DIFFICULTIES:
        raise ValueError(f"difficulty: {suggest(difficulty, DIFFICULTIES)}; got {difficulty!r}")
    if not 1 <= count <= MOST_QUESTIONS:
        raise ValueError(f"count: expected 1 to {MOST_QUESTIONS:,} questions; got {count:,}")
    if seed is not None and seed < 0:
        raise ValueError(f"seed: expected a whole number from 0; got {seed}")
    if not students:
        raise ValueError("students: expected at least one")


def _check_kinds(topics: Sequence[str], names: Sequence[str]) -> None:
    """Raise ValueError for a kind that no topic has."""
    known = [each.name for topic in topics for each in kinds_of(topic)]
    for name in names:
        if name not in known:
            raise ValueError(f"no kind {name!r} of the topic {' or '.join(topics)}; {suggest(name, known)}")


def _chosen(topic: str, difficulty: Difficulty, names: Sequence[str]) -> list[Kind]:
    """The kinds that are asked for, and else the usual ones. Raises ValueError where there are none."""
    known = kinds_of(topic)
    wanted = [each for each in known if (each.name in names if names else not each.when_asked)]
    found = [each for each in wanted if difficulty in each.difficulties]
    if not found:
        of = f" of the kind {' or '.join(names)}" if names else ""
        levels = {level for each in wanted for level in each.difficulties}
        has = ", ".join(level for level in DIFFICULTIES if level in levels) or "none"
        raise ValueError(f"no {difficulty} questions{of} in the topic {topic}; it has {has}")
    return found


def _command(
    topics: Sequence[str], difficulty: str, count: int, seed: int, title: str, names: Sequence[str]
) -> str:
    options = [*topics, "--difficulty", difficulty, "--count", str(count), "--seed", str(seed)]
    options += [each for name in names for each in ("--kind", name)]
    return shlex.join(["chainrule", "make", *options, *(["--title", title] if title else [])])


def _rows(
    topics: Sequence[str],
    chosen: Mapping[str, Sequence[Kind]],
    students: Sequence[str],
    difficulty: Difficulty,
    count: int,
    seed: int,
) -> Iterator[list[Exercise]]:
    """The questions in their order, each with a variant for every student.

    Each topic's kinds take turns, in an order that the seed gives; one that is used up is left out.
    """
    left = {
        topic: Draw(f"{seed} {topic} {difficulty}", difficulty).shuffled(chosen[topic]) for topic in topics
    }
    seen: set[str] = set()
    for i, topic in zip(range(count), cycle(topics), strict=False):
        row = None
        while row is None:
            if not left[topic]:
                raise ValueError(
                    f"no more {difficulty} questions of the topic {topic} that differ, after {i} for each of "
                    f"{len(students)} sets; ask for fewer than {count}, or for another difficulty"
                )
            kind = left[topic].pop(0)
            row = _row(topic, kind, students, Draws(seed, difficulty, i + 1), seen)
        left[topic].append(kind)
        yield row


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
        drawn = kind.draw(draw)
        table = {"id": f"q{draws.number}", "topic": topic, "marks": len(drawn["find"]), **drawn}
        known = f"{topic} {table.get('find')} {table['given']}"
        if known in seen:
            continue
        seen.add(known)
        working = solve_sheet(read_sheet({"question": [table]})).workings[0]
        if not broken(working, PROMISES[draw.difficulty]) and kind.suits(working):
            return Exercise(table, working, kind.name)
    return None

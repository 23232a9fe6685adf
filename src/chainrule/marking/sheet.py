"""Marking whole answer sheets against a worksheet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from chainrule.lookup import suggest
from chainrule.marking.answers import AnswerSheet, answer_files, parse_answers, read_answers
from chainrule.marking.question import MarkedQuestion, mark_question
from chainrule.paper.sheet import SheetError
from chainrule.paper.solving import solve
from chainrule.paper.workings import Solution

FEWEST = 1000
"""Files for each core; with fewer, a process takes longer to start than they take to be marked."""
CHUNK = 50
"""Files that a process is given at a time."""


@dataclass(frozen=True)
class MarkedSheet:
    """One student's answers, marked."""

    student: str
    questions: list[MarkedQuestion]

    @property
    def score(self) -> float:
        """The marks that were earned."""
        return sum(question.score for question in self.questions)

    @property
    def out_of(self) -> float:
        """The marks that could be earned."""
        return sum(question.out_of for question in self.questions)

    def to_json(self) -> dict[str, Any]:
        """The sheet as ``check --json`` prints it."""
        return {
            "student": self.student,
            "score": self.score,
            "out_of": self.out_of,
            "questions": [question.to_json() for question in self.questions],
        }


def mark(solution: Solution, answers: AnswerSheet) -> MarkedSheet:
    """Mark an answer sheet against a worksheet that is solved.

    Raises SheetError, naming question and quantity, for answers to what the worksheet does not ask.
    """
    known = [working.name for working in solution.workings]
    for question in answers.questions:
        if question not in known:
            raise SheetError(f"no question {question!r} in the worksheet; {suggest(question, known)}")
    marked = []
    for working in solution.workings:
        try:
            marked.append(mark_question(working, answers.questions.get(working.name, {})))
        except SheetError as error:
            raise SheetError(f"{working.name}: {error}") from None
    return MarkedSheet(answers.student, marked)


def check(sheet: str | Path, answers: str | Path) -> MarkedSheet:
    """Mark one answer sheet; both are paths, or the text of TOML files.

    Raises ValueError (as :class:`SheetError`) for what cannot be used; OSError where a file cannot be
    read.

    >>> marked = check('''
    ... [[question]]
    ... id = "q1"
    ... topic = "perceptron"
    ... given = { x = [1, 2], w = [0.5, 0.25], b = 1 }
    ... ''', '''
    ... [q1]
    ... z = 1
    ... ''')
    >>> marked.questions[0].answers[0].slip
    'no_bias'
    """
    is_text = isinstance(answers, str) and "\n" in answers
    read = parse_answers(str(answers)) if is_text else read_answers(Path(answers))
    return mark(solve(sheet), read)


def mark_files(sheet: Solution | Path, paths: Iterable[Path]) -> Iterator[MarkedSheet | SheetError]:
    """Each of the answer files marked, in order, or the error that says why it cannot be.

    ``sheet`` is the worksheet, solved, or a folder with a worksheet for each student, ``A-17.toml``. A
    folder among the answers stands for the answer sheets in it. Many files are marked on all cores.
    """
    files = list(answer_files([*paths]))
    cores = min(os.cpu_count() or 1, len(files) // FEWEST)
    if cores < 2:
        yield from (_marked(sheet, path) for path in files)
        return
    # Solved anew in each process: rules are functions, which do not travel.
    source = sheet.source if isinstance(sheet, Solution) else sheet
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        yield from pool.map(partial(_marked_from, source), files, chunksize=CHUNK)


def _marked(sheet: Solution | Path, path: Path) -> MarkedSheet | SheetError:
    try:
        answers = read_answers(path)
        return mark(sheet if isinstance(sheet, Solution) else _own_sheet(sheet, answers.student), answers)
    except SheetError as error:
        return error if str(error).startswith(str(path)) else SheetError(f"{path}: {error}")
    except OSError as error:
        return SheetError(f"{path}: {error.strerror or error}")


def _own_sheet(folder: Path, student: str) -> Solution:
    """The worksheet of a student. Raises SheetError where the folder has none."""
    path = folder / f"{student}.toml"
    if path.parent != folder or not path.is_file():
        raise SheetError(f"no worksheet of the student {student!r}; expected {path}")
    return solve(path)


def _marked_from(source: str | Path, path: Path) -> MarkedSheet | SheetError:
    return _marked(_solved(source) if isinstance(source, str) else source, path)


_solved = lru_cache(maxsize=1)(solve)

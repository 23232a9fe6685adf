"""Sets of exercises written to files, by the ending: to hand out, and as their key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from chainrule.exercises.making import Exercises
from chainrule.files import write_whole
from chainrule.lookup import suggest
from chainrule.paper.output import check_ending
from chainrule.paper.workings import Document

STUDENT = "{student}"
"""What stands for a student's name in a path."""


def _worksheet(exercises: Exercises) -> str:
    return exercises.source


def _quiz(exercises: Exercises) -> str:
    from chainrule.exercises.moodle import quiz

    return quiz(exercises.solution)


def _assignment(exercises: Exercises) -> str:
    from chainrule.exercises.assignment import assignment

    return assignment(exercises.solution)


EXPORTS: Mapping[str, Callable[[Exercises], str]] = {
    ".toml": _worksheet,
    ".xml": _quiz,
    ".ipynb": _assignment,
}
"""What holds one set alone: the worksheet, a quiz for Moodle, an assignment for nbgrader."""
PRINTED = (".html", ".pdf", ".docx", ".md", ".tex")


def check_sheet(path: Path, has_students: bool) -> None:
    """Raise ValueError unless sheets can be written to a path, which names the student where it must."""
    ending = path.suffix.lower()
    if ending not in (*EXPORTS, *PRINTED):
        found = repr(path.suffix) if ending else "a file without ending"
        raise ValueError(f"{path}: cannot write {found}; {suggest(ending, (*EXPORTS, *PRINTED))}")
    _check_student(path, has_students, is_needed=ending in EXPORTS)


def check_key(path: Path, has_students: bool) -> None:
    """Raise ValueError unless keys can be written to a path."""
    check_ending(path)
    _check_student(path, has_students, is_needed=False)


def _check_student(path: Path, has_students: bool, is_needed: bool) -> None:
    if STUDENT in str(path) and not has_students:
        raise ValueError(f"{path}: {STUDENT} stands for a student's name; give a class list with --students")
    if has_students and is_needed and STUDENT not in str(path):
        example = path.with_name(f"{STUDENT}{path.suffix}")
        raise ValueError(f"{path}: each student has a file; expected {STUDENT} in its name, as in {example}")


def save_sheets(sets: Sequence[Exercises], path: Path) -> list[Path]:
    """Write what is handed out, and return the files; ``{student}`` in the path makes a file for each.

    Raises ValueError for an ending that cannot be written.
    """
    export = EXPORTS.get(path.suffix.lower())
    if export is None:
        return _documents(path, [(each, Document([each.sheet])) for each in sets])
    written = []
    for each in sets:
        place = _place(path, each)
        write_whole(place, export(each).encode())
        written.append(place)
    return written


def save_keys(sets: Sequence[Exercises], path: Path) -> list[Path]:
    """Write every question worked, and return the files; see :func:`save_sheets`."""
    return _documents(path, [(each, Document([each.solution])) for each in sets])


def _documents(path: Path, documents: Sequence[tuple[Exercises, Document]]) -> list[Path]:
    """A document for each student, or one with all of them."""
    if STUDENT not in str(path):
        first = documents[0][0]
        whole = Document([sheet for _, document in documents for sheet in document.sheets], first.title)
        documents = [(first, whole)]
    written = []
    for exercises, document in documents:
        place = _place(path, exercises)
        document.save(place)
        written.append(place)
    return written


def _place(path: Path, exercises: Exercises) -> Path:
    place = Path(str(path).replace(STUDENT, exercises.student))
    place.parent.mkdir(parents=True, exist_ok=True)
    return place

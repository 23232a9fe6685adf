"""A class list: the students of a class, from a text file or a CSV table."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from chainrule.paper.sheet import SheetError, read_text

MOST_STUDENTS = 10_000
COLUMN = "student"
LONGEST_NAME = 100
_NO_FILE = re.compile(r"[/\\\x00-\x1f\x7f]|^\.|^\s|\s$|^$")
"""What a name must not have that is to be the name of a file."""


def read_class(path: Path) -> list[str]:
    """The students of a class list: a name in each line, or a CSV table with a column ``student``.

    Raises SheetError for a list without names, a name that is there twice, and one that cannot be the
    name of a file; OSError where the file cannot be opened.
    """
    try:
        names = _names(read_text(path))
        _check(names)
    except (SheetError, csv.Error) as error:
        raise SheetError(f"{path}: {error}") from None
    return [name for name, _ in names]


def _names(text: str) -> list[tuple[str, int]]:
    """The names with the numbers of their lines."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = next((sign for sign in "\t;," if sign in first), None)
    if delimiter is None:
        names = [(line.strip(), i) for i, line in enumerate(lines, start=1) if line.strip()]
        return names[1:] if names and names[0][0].casefold() == COLUMN else names
    table = csv.reader(lines, delimiter=delimiter, strict=True)
    head = [cell.strip().casefold() for cell in next(table)]
    if head.count(COLUMN) != 1:
        raise SheetError(
            f"expected a name in each line, or a table with one column {COLUMN!r}; "
            f"its columns are {', '.join(head)}"
        )
    at = head.index(COLUMN)
    return [(row[at].strip() if at < len(row) else "", table.line_num) for row in table if any(row)]


def _check(names: list[tuple[str, int]]) -> None:
    if not names:
        raise SheetError("no student in it; expected a name in each line")
    if len(names) > MOST_STUDENTS:
        raise SheetError(f"{len(names):,} students; expected at most {MOST_STUDENTS:,}")
    seen: dict[str, int] = {}
    for name, line in names:
        if _NO_FILE.search(name) or len(name) > LONGEST_NAME:
            raise SheetError(f"line {line}: {name[:LONGEST_NAME]!r} cannot be the name of a student's file")
        if name.casefold() in seen:
            raise SheetError(f"line {line}: {name!r} is in line {seen[name.casefold()]} already")
        seen[name.casefold()] = line

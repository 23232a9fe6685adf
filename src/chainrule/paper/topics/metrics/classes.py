"""The classes of a question, and which of two is the positive one."""

from __future__ import annotations

from typing import Any

from chainrule.lookup import suggest
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.metrics.given import Given


def classes_of(given: Given) -> list[Any]:
    """The classes in their order: as given, else as they appear in the labels, sorted.

    Raises SheetError for a label that is none of them, or fewer than two.
    """
    size = len(given.matrix) if given.matrix is not None else 0
    labels = {*(given.actual or ()), *(given.predicted or ())}
    written = [str(label) for label in {*labels, *(given.classes or ())}]
    if twice := next((label for label in written if written.count(label) > 1), None):
        raise SheetError(f"given: {twice} is a class as a number and as text; expected one of them")
    if given.classes is None:
        found = list(range(size)) if size else sorted(labels, key=lambda v: (isinstance(v, str), v))
        if len(found) == 1:
            raise SheetError(f"given.actual: every label is {found[0]!r}; say in classes what else there is")
        if len(found) > MOST_CLASSES:
            raise SheetError(f"given.actual: {len(found)} classes; expected at most {MOST_CLASSES}")
        return found
    if len(set(given.classes)) != len(given.classes):
        raise SheetError("given.classes: a class is there twice; expected different ones")
    if size and len(given.classes) != size:
        raise SheetError(
            f"given.classes: expected {size}, one per row of the matrix; got {len(given.classes)}"
        )
    for key in ("actual", "predicted"):
        for i, label in enumerate(getattr(given, key) or (), start=1):
            if label not in given.classes:
                known = suggest(str(label), [str(c) for c in given.classes])
                raise SheetError(f"given.{key}[{i}]: {known}; got {label!r}")
    return given.classes


MOST_CLASSES = 20


def positive_of(given: Given, classes: list[Any]) -> int:
    """Which of two classes is the positive one, counted from 0; the class 1 where it is not said."""
    if given.positive is None:
        if 1 in classes:
            return classes.index(1)
        said = " or ".join(repr(c) for c in classes)
        raise SheetError(f"given.positive: is missing; say which class is the positive one, {said}")
    if given.positive not in classes:
        said = ", ".join(str(c) for c in classes)
        raise SheetError(f"given.positive: expected one of {said}; got {given.positive!r}")
    return classes.index(given.positive)

"""What divides by 0 is said to be undefined; no value is invented."""

from __future__ import annotations

from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError


def undefined(page: Page, name: str, title: str, why: str) -> None:
    """Say that a quantity is undefined. Raises SheetError where the question asks for it."""
    if name in (page.question.find or ()):
        raise SheetError(f"find: {name} is undefined here: {why}")
    page.remark(f"{title} is undefined: {why}.")

"""A solution as Markdown with formulas in TeX, as GitHub, Jupyter and pandoc read it."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader

from chainrule.paper.output.context import question_context
from chainrule.paper.workings import Solution


def markdown(solution: Solution) -> str:
    """The whole document."""
    environment = Environment(
        loader=PackageLoader("chainrule.paper.output"),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    workings = []
    for working in solution.workings:
        context = question_context(working)
        workings.append(context | {"name": heading(context["name"]), "text": _escaped(context["text"])})
    text = environment.get_template("solution.md").render(title=heading(solution.title), workings=workings)
    return re.sub(r"\n{3,}", "\n\n", text)


def heading(text: str) -> str:
    """Text of the worksheet as a heading: in one line."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    """Text of the worksheet, so that none of it is taken for Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#$|])", r"\\\1", text)

"""A solution as Markdown with formulas in TeX, as GitHub, Jupyter and pandoc read it."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader

from chainrule.paper.output.context import document_context
from chainrule.paper.output.pictures import Placed
from chainrule.paper.prose import formulas_in
from chainrule.paper.workings import Document


def markdown(document: Document, place: Placed) -> str:
    """The whole document; ``place`` puts pictures where it can refer to them."""
    environment = Environment(
        loader=PackageLoader("chainrule.paper.output"),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["place"] = place
    environment.filters |= {"heading": heading, "escaped": _escaped, "prose": prose, "cell": _cell}
    text = environment.get_template("solution.md").render(document_context(document))
    return re.sub(r"\n{3,}", "\n\n", text)


def prose(text: str) -> str:
    """A sentence with its formulas, which Markdown has between dollar signs, too."""
    parts = formulas_in(text)
    return "".join(f"${part}$" if is_formula else _escaped(part) for is_formula, part in parts)


def _cell(text: str) -> str:
    """A cell of a table, in which a line upright would end it."""
    parts = formulas_in(text)
    return "".join(
        f"${part.replace('|', chr(92) + 'vert ')}$" if is_formula else _escaped(part)
        for is_formula, part in parts
    )


def heading(text: str) -> str:
    """Text of the worksheet as a heading: in one line."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    """Text of the worksheet, so that none of it is taken for Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#$|])", r"\\\1", text)

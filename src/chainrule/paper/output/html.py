"""A solution as one self-contained HTML file; formulas are MathML, the graph is SVG."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, select_autoescape
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from chainrule.paper.output.context import document_context, question_context
from chainrule.paper.prose import formulas_in
from chainrule.paper.workings import Document, Working


def page(document: Document) -> str:
    """The whole page."""
    template = environment().get_template("page.html")
    return template.render(css=stylesheet(), **document_context(document))


def fragment(workings: list[Working]) -> str:
    """The questions alone, for a page of somebody else's: a notebook, the report."""
    template = environment().from_string(
        '{% from "worked.html" import question with context %}<style>{{ css }}</style>'
        "{% for working in workings %}{{ question(working) }}{% endfor %}"
    )
    return template.render(css=stylesheet(), workings=[question_context(w) for w in workings])


def prose(text: str) -> Markup:
    """A sentence with its formulas as MathML."""
    parts = formulas_in(text)
    return Markup("").join(math(part) if is_formula else escape(part) for is_formula, part in parts)


def drawn(draw: Callable[[], str]) -> Markup:
    """A picture's SVG."""
    return Markup(draw())


def math(tex: str) -> Markup:
    """A formula in TeX as MathML."""
    return Markup(convert(tex))


def stylesheet() -> Markup:
    """The style sheet, to be put into the page itself."""
    return Markup(files("chainrule.paper.output").joinpath("templates/base.css").read_text(encoding="utf-8"))


@cache
def environment() -> Environment:
    """The templates, with text escaped and formulas turned to MathML."""
    made = Environment(
        loader=PackageLoader("chainrule.paper.output"),
        autoescape=select_autoescape(("html",), default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"math": math, "prose": prose, "drawn": drawn}
    return made

"""A solution as one self-contained HTML file; formulas are MathML, the graph is SVG."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from latex2mathml.converter import convert
from markupsafe import Markup

from chainrule.paper.graph import graph_svg
from chainrule.paper.output.context import question_context
from chainrule.paper.workings import Solution, Working


def page(solution: Solution) -> str:
    """The whole page."""
    template = environment().get_template("page.html")
    workings = [html_context(w) for w in solution.workings]
    return template.render(title=solution.title or "Worked by hand", css=stylesheet(), workings=workings)


def fragment(workings: list[Working]) -> str:
    """The questions alone, for a page of somebody else's: a notebook, the report."""
    template = environment().from_string(
        '{% from "worked.html" import question with context %}<style>{{ css }}</style>'
        "{% for working in workings %}{{ question(working) }}{% endfor %}"
    )
    return template.render(css=stylesheet(), workings=[html_context(w) for w in workings])


def html_context(working: Working) -> dict[str, Any]:
    """What the template shows of a question."""
    return question_context(working) | {"graph": Markup(graph_svg(working))}


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
    made.globals["math"] = math
    return made

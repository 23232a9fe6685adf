r"""The HTML of a question in Moodle: formulas between ``\(`` and ``\)``, in no need of a style sheet.

Moodle's cleaner takes MathML and SVG out, and leaves TeX as it is, for its filter to set.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from chainrule.paper.prose import formulas_in
from chainrule.paper.stacks import Stack


def words(text: str) -> Markup:
    r"""Text of a worksheet, of which neither HTML, nor TeX, nor Cloze obeys anything.

    >>> words(r"{1:NUMERICAL:=1} <b> \(")
    Markup('&#123;1:NUMERICAL:=1} &lt;b&gt; <span>\\</span>(')
    """
    apart = re.sub(r"\\|\$(?=\$)", r"<span>\g<0></span>", str(escape(text)))
    return _without_boxes(apart)


def math(tex: str) -> Markup:
    """A formula."""
    return _without_boxes(rf"\({escape(tex)}\)")


def prose(text: str) -> Markup:
    """A sentence with its formulas."""
    parts = formulas_in(text)
    return Markup("").join(math(part) if is_formula else words(part) for is_formula, part in parts)


def _without_boxes(html: str) -> Markup:
    """HTML in which no brace begins a box."""
    return Markup(re.sub(r"\{(?=\d*:|#)", "&#123;", html))


def laid_out(label: Markup, value: np.ndarray, kind: str, written: Callable[[Any], Markup]) -> Markup:
    """A label, and behind it the entries of an array, in tables that have its form."""
    if value.ndim == 0:
        return Markup("<p>{} {}</p>").format(label, written(value[()]))
    made = [Markup("<p>{}</p>").format(label)]
    if value.ndim < 3:
        made.append(_table(np.atleast_2d(value), written))
        return Markup("\n").join(made)
    stack = Stack.of(value, kind)
    for row, line in zip(stack.rows, stack.matrices, strict=True):
        for column, matrix in zip(stack.columns, line, strict=True):
            named = ", ".join(word for word in (row, column) if word)
            made.append(Markup("<p>{}</p>{}").format(named, _table(matrix, written)))
    return Markup("\n").join(made)


def _table(matrix: np.ndarray, written: Callable[[Any], Markup]) -> Markup:
    cells = [
        [Markup('<td style="padding: 2px 6px">{}</td>').format(written(v)) for v in row] for row in matrix
    ]
    rows = Markup("\n").join(Markup("<tr>{}</tr>").format(Markup("").join(line)) for line in cells)
    return Markup("<table><tbody>{}</tbody></table>").format(rows)


def worked(parts: list[dict[str, Any]]) -> Markup:
    """The full working; pictures are left out."""
    return Markup(_environment().get_template("working.html").render(parts=parts))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("chainrule.exercises.moodle"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"math": math, "prose": prose, "words": words}
    return made

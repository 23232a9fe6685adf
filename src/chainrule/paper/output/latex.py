"""A solution as a LaTeX document that compiles as it stands."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader

from chainrule.paper.output.context import question_context
from chainrule.paper.workings import Solution

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}
_KNOWN = "−–—…’‘“”·×°"
_SPELLED = dict(
    zip(
        _KNOWN,
        ("-", "--", "---", r"\dots{}", "'", "`", "``", "''", r"$\cdot$", r"$\times$", r"$^\circ$"),
        strict=True,
    )
)


def latex(solution: Solution) -> str:
    """The whole document."""
    environment = Environment(
        loader=PackageLoader("chainrule.paper.output"),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters["tex"] = escaped
    workings = [question_context(w) for w in solution.workings]
    return environment.get_template("solution.tex").render(title=solution.title, workings=workings)


def escaped(text: str) -> str:
    r"""Text so that LaTeX sets it and obeys none of it; what its fonts lack becomes a ?.

    >>> escaped("50% of A_1 – \\input")
    '50\\% of A\\_1 -- \\textbackslash{}input'
    """
    return "".join(_SPECIAL.get(c) or _SPELLED.get(c) or (c if ord(c) < 0x250 else "?") for c in text)

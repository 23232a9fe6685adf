"""A solution as a LaTeX document that compiles as it stands."""

from __future__ import annotations

import re
import unicodedata

from jinja2 import Environment, PackageLoader

from chainrule.paper.output.context import document_context
from chainrule.paper.output.pictures import Placed
from chainrule.paper.prose import formulas_in
from chainrule.paper.workings import Document

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
_SPELLED = {
    "−": "-",
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
} | {
    sign: rf"$\{name}$"
    for sign, name in zip(
        "·×≤≥≠≈→←∂∞√∑∏∫∈⊙∇",
        "cdot times le ge ne approx to gets partial infty surd sum prod int in odot nabla".split(),  # noqa: SIM905
        strict=True,
    )
}
_SPELLED |= {"°": r"$^\circ$", "½": r"$\tfrac{1}{2}$"}


def latex(document: Document, place: Placed) -> str:
    """The whole document; ``place`` puts pictures where it can refer to them."""
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
    environment.globals["place"] = place
    environment.filters |= {"tex": escaped, "math": formula, "prose": prose}
    return environment.get_template("solution.tex").render(document_context(document))


def prose(text: str) -> str:
    r"""A sentence with its formulas.

    >>> prose("50% of $x_1$")
    '50\\% of $x_1$'
    """
    parts = formulas_in(text)
    return "".join(f"${formula(part)}$" if is_formula else escaped(part) for is_formula, part in parts)


def formula(tex: str) -> str:
    r"""A formula whose names may have letters that LaTeX's fonts lack.

    >>> formula("λ + é x")
    '\\lambda{} + \\text{é} x'
    """
    return "".join(c if c.isascii() else _letter(c) for c in tex)


def _letter(letter: str) -> str:
    return _greek(letter) or rf"\text{{{escaped(letter)}}}"


def _greek(letter: str) -> str:
    """The name of a Greek letter in TeX; nothing for any other."""
    name = unicodedata.name(letter, "").lower()
    if greek := re.fullmatch(r"greek (small|capital) letter (\w+)", name):
        word = greek[2].replace("lamda", "lambda")
        word = word if greek[1] == "small" else word.capitalize()
        if word in _GREEK:
            return rf"\{word}{{}}"
    return ""


_GREEK = frozenset(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi
    chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega""".split()  # noqa: SIM905
)


def escaped(text: str) -> str:
    r"""Text so that LaTeX sets it and obeys none of it; what its fonts lack becomes a ?.

    >>> escaped("50% of A_1 – \\input")
    '50\\% of A\\_1 -- \\textbackslash{}input'
    >>> escaped("σ(z) ≤ 1")
    '$\\sigma{}$(z) $\\le$ 1'
    """
    return "".join(_SPECIAL.get(c) or _SPELLED.get(c) or _in_fonts(c) for c in text)


def _in_fonts(character: str) -> str:
    """The character, or the letter under its accent, or a ?, whichever LaTeX can set."""
    if character in "\t\n\r":
        return " "
    if greek := _greek(character):
        return f"${greek}$"
    if character.isprintable() and ord(character) < 0x180 and character not in _LACKING:
        return character
    plain = unicodedata.normalize("NFKD", character)[0]
    return plain if plain.isascii() and plain.isprintable() and plain not in _SPECIAL else "?"


_LACKING = "ĦħĸĿŀŉŦŧſ"

"""A formula in TeX as one line of plain text, for the terminal."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from pylatexenc.latex2text import (
    EnvironmentTextSpec,
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)
from pylatexenc.latexwalker import LatexWalker

SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
SUPERSCRIPTS = str.maketrans("0123456789lL+-", "⁰¹²³⁴⁵⁶⁷⁸⁹ˡᴸ⁺⁻")
_ONE_SIGN = re.compile(
    r"∂|‖[^‖]*‖|\((?:[^()]|\([^()]*\))*\)²?|√?\d+(\.\d+)?|e\^\([^()]*\)|[^\W\d]+\([^()]*\)"
    r"|∂?²?[^\W\d]+[\u0302\u0305]?²?[₀-₉,]*(⁽[⁰¹²³⁴-⁹ˡᴸ⁺⁻]+⁾| new| before| after)?"
)
"""What needs no brackets above or below a fraction's line: a number, a name, a power of e."""
_GREEK = re.compile(
    r"(\\(?:alpha|beta|gamma|delta|eta|theta|lambda|mu|rho|sigma))\s+(?=[A-Za-z]|\\[a-z])(?!\\left|\\cdot)"
)
"""A Greek letter beside another name; TeX needs the space, and so does a reader."""
_HYPHEN = "\N{HYPHEN}"
"""That of a word, while the others become minus signs."""


@lru_cache(maxsize=4096)
def plain(tex: str) -> str:
    r"""The formula as plain text.

    >>> plain(r"\frac{1}{1 + e^{-z_{1}}}")
    '1/(1 + e^(−z₁))'
    >>> plain(r"\begin{cases} z_{1} & z_{1} > 0 \\ 0 & z_{1} \le 0 \end{cases}")
    '{ z₁ if z₁ > 0; 0 if z₁ ≤ 0 }'
    >>> plain(r"\frac{\partial L}{\partial z_{2}} W_{2}^{\top}")
    '∂L/∂z₂ W₂ᵀ'
    >>> plain(r"2 \lambda W_{k+1} \max z_{1} \approx \text{fan-in}")
    '2 λ W_(k+1) max z₁ ≈ fan-in'
    """
    tex = re.sub(r"\^\{\\top\}", "ᵀ", tex)
    tex = re.sub(r"_\{([\d, ]+)\}", lambda m: m[1].translate(SUBSCRIPTS), tex)
    tex = re.sub(r"_\{(\w)\}", r"_\1", tex)
    tex = re.sub(r"_\{(\w+[+-]\w+)\}", r"_{(\1)}", tex)
    tex = re.sub(r"\\text\{[^{}]*\}", lambda m: m[0].replace("-", _HYPHEN), tex)
    tex = _GREEK.sub(r"\1{} ", tex)
    tex = re.sub(r"\^\{\(([\dlL+-]+)\)\}", lambda m: f"⁽{m[1].translate(SUPERSCRIPTS)}⁾", tex)
    tex = re.sub(r"\^\{\\text\{(\w+(?: [\d,]+)?)\}\}", r"\\text{ \1}", tex)
    tex = re.sub(r"\^(?:2|\{2\})(?!\d)", "²", tex)
    tex = re.sub(r"\\operatorname\{(\w+)\}", r"\1 ", tex)
    tex = re.sub(r"\\sum_\{((?:[^{}]|\{[^{}]*\}){2,})\}", r"\\sum_{(\1)}", tex)
    tex = _with_brackets(tex)
    text = _converter().nodelist_to_text(LatexWalker(tex).get_latex_nodes()[0])
    text = re.sub(r"\s+", " ", text.replace("-", "−").replace(_HYPHEN, "-")).strip()
    text = (
        text.replace("∂ ", "∂")
        .replace("∂² ", "∂²")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace("≥", "≥ ")
        .replace("≤", "≤ ")
    )
    text = re.sub(r"\s*·\s*", "·", text).replace("( ", "(").replace(" ⌉", "⌉").replace(" ⌋", "⌋")
    text = re.sub(r"([⌉⌋])(?=[+−])", r"\1 ", text)
    text = re.sub(r"([∫⋆∗]) (?=[_₀-₉])", r"\1", text)
    text = re.sub(r" {2,}", " ", text)
    text = re.sub(r"(Σ|\bmax) (?=_)|\b(ln|sign|max|sin|cos|tanh) (?=[(²'^])", r"\1\2", text)
    text = re.sub(r"(?<=[\w)\]²³⁾])([−+=<>≈]) ", r" \1 ", text)
    text = re.sub(r" ([←↔±×])(?=\S)", r" \1 ", text)
    text = re.sub(r"(^|\(|, |\[ |= )− ", r"\1−", text).replace("det (", "det(")
    return re.sub(r"([|‖])\s*([^|‖]*?)\s*\1", r"\1\2\1", text)


def _with_brackets(tex: str) -> str:
    """Exponents of more than one sign in brackets: e^{-z} is written e^(−z)."""
    made = []
    while (start := tex.find("^{")) >= 0:
        depth, end = 1, start + 2
        while depth:
            depth += {"{": 1, "}": -1}.get(tex[end], 0)
            end += 1
        inner = _with_brackets(tex[start + 2 : end - 1])
        is_one = len(inner) == 1 or inner.isdigit() or re.fullmatch(r"\\infty|\([^()]*\)", inner)
        bracketed = inner if is_one else f"({inner})"
        made.append(f"{tex[:start]}^{{{bracketed}}}")
        tex = tex[end:]
    return "".join([*made, tex])


@cache
def _converter() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    context.add_context_category(
        "chainrule",
        prepend=True,
        macros=[
            MacroTextSpec("frac", simplify_repl=_fraction),
            MacroTextSpec("odot", "⊙ "),
            MacroTextSpec("cdot", "·"),
            MacroTextSpec("sum", "Σ "),
            MacroTextSpec("ln", "ln "),
            *(MacroTextSpec(name, f"{name} ") for name in ("sin", "cos", "tanh")),
            MacroTextSpec("max", "max "),
            MacroTextSpec("approx", "≈ "),
            MacroTextSpec("left", ""),
            MacroTextSpec("right", ""),
            MacroTextSpec("textstyle", ""),
            MacroTextSpec("arg", "arg "),
            MacroTextSpec("ne", "≠ "),
            MacroTextSpec("ast", "∗ "),
            MacroTextSpec("star", "⋆ "),
            MacroTextSpec("times", "× "),
            MacroTextSpec("cap", "∩ "),
            MacroTextSpec("cup", "∪ "),
            MacroTextSpec("mid", "∣ "),
            MacroTextSpec("in", "∈ "),
            MacroTextSpec("parallel", "∥ "),
            MacroTextSpec("int", "∫ "),
            MacroTextSpec("det", "det "),
            MacroTextSpec("|", "‖"),
            MacroTextSpec("sqrt", simplify_repl=_root),
        ],
        environments=[
            EnvironmentTextSpec("cases", simplify_repl=_cases),
        ],
    )
    return LatexNodes2Text(latex_context=context, math_mode="text", strict_latex_spaces=False)


def _fraction(node: Any, l2tobj: Any) -> str:
    top, bottom = (l2tobj.nodelist_to_text([part]).strip() for part in node.nodeargd.argnlist)
    return f"{_bracketed(top)}/{_bracketed(bottom)}"


def _root(node: Any, l2tobj: Any) -> str:
    under = l2tobj.nodelist_to_text([node.nodeargd.argnlist[-1]]).strip()
    return f"√{under}" if under.isalnum() else f"√({under})"


def _bracketed(text: str) -> str:
    text = text.replace("∂ ", "∂").replace("∂² ", "∂²")
    return text if _ONE_SIGN.fullmatch(text) else f"({text})"


def _cases(node: Any, l2tobj: Any) -> str:
    text = l2tobj.nodelist_to_text(node.nodelist)
    lines = [
        re.sub(r"\s{2,}(?=\S)", " if ", line.strip(), count=1) for line in text.split("\n") if line.strip()
    ]
    return "{ " + "; ".join(lines).replace(" if otherwise", " otherwise") + " }"

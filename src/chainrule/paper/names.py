"""How the names of quantities are written: as TeX and as plain text."""

from __future__ import annotations

import re

from chainrule.paper.plain import SUBSCRIPTS, SUPERSCRIPTS

_GREEK = ("alpha", "beta", "gamma", "eta", "theta", "mu", "sigma", "lambda", "delta", "rho")
_NAME = re.compile(
    r"([A-Za-z]+(?:_[a-z]+)*?)(_?\d+(?:_\d+)*)?"
    r"((?:_new|_before|_after|_clipped|_decayed|_penalized|_free|_by(?:_\d+)+)?(?:\.\d+)?)"
)
_BESIDE = re.compile("(v|m|r|u|s|step|norm|penalty)([A-Z]|b|gamma|beta|alpha)")
"""What belongs to one parameter: ``vW1`` is W1's velocity, ``stepb2`` the step of b2."""
_WORDS = {
    "loss": "L",
    "data_loss": r"L_{\text{data}}",
    "learning_rate": r"\eta",
    "epochs": r"\text{epochs}",
    "rows": "m",
    "batch_size": "B",
    "updates": r"\text{updates}",
}
_OF_LAYERS = {
    "mean": (r"\mu", "μ"),
    "var": (r"{\sigma^{2}}", "σ²"),
    "deviation": ("s", "s"),
    "xhat": (r"\hat{x}", "x\u0302"),
    "moving_mean": (r"\bar{\mu}", "μ\u0305"),
    "moving_var": (r"{\bar{\sigma}{}^{2}}", "σ\u0305²"),
}
"""Quantities of layers with a sign of their own, as TeX and as plain text; elsewhere they are words."""
_PLAIN = {
    "loss": "L",
    "data_loss": "L_data",
    "learning_rate": "η",
    "rows": "m",
    "batch_size": "B",
    "alpha": "α",
    "gamma": "γ",
    "beta": "β",
}
_NO_GRADIENTS = ("deviation", "data_loss", "delta", "dead", "different", "depth")
"""What begins with a d by itself."""


def tex_name(name: str) -> str:
    """A quantity's name in TeX.

    >>> tex_name("W1"), tex_name("dz2"), tex_name("W1_new"), tex_name("b1.3"), tex_name("learning_rate")
    ('W_{1}', '\\\\frac{\\\\partial L}{\\\\partial z_{2}}', 'W_{1}^{\\\\text{new}}', 'b_{1}^{(3)}', '\\\\eta')
    >>> tex_name("xhat3_1"), tex_name("moving_mean2.3"), tex_name("deviation1")
    ('\\\\hat{x}_{3,1}', '\\\\bar{\\\\mu}_{2}^{(3)}', 's_{1}')
    """
    stem, number, ending = _split_name(name)
    if _is_gradient(stem, number, ending):
        word, dot, update = _split_ending(ending)
        slope = rf"\frac{{\partial L}}{{\partial {tex_name(stem[1:] + number + dot + update)}}}"
        return rf"\left( {slope} \right)^{{\text{{{word}}}}}" if word else slope
    if number and (beside := _BESIDE.fullmatch(stem)):
        return _tex_beside(beside[1], tex_name(beside[2] + number)) + _tex_ending(ending)
    below = "_{" + number.replace("_", ",") + "}" if number else ""
    return _tex_symbol(stem, number) + below + _tex_ending(ending)


def _tex_symbol(stem: str, number: str) -> str:
    if number and stem in _OF_LAYERS:
        return _OF_LAYERS[stem][0]
    if stem in _WORDS:
        return _WORDS[stem]
    if stem in _GREEK:
        return f"\\{stem}"
    return rf"\text{{{stem}}}" if len(stem) > 1 else stem


def plain_name(name: str) -> str:
    """A quantity's name for the terminal.

    >>> plain_name("W1"), plain_name("dz2"), plain_name("loss"), plain_name("W1_new"), plain_name("b1.3")
    ('W₁', '∂L/∂z₂', 'L', 'W₁ new', 'b₁⁽³⁾')
    >>> plain_name("da1_by_2"), plain_name("var1_new"), plain_name("penaltyW1")
    ('(∂L/∂a₁) by 2', 'σ²₁ new', 'R_W₁')
    """
    stem, number, ending = _split_name(name)
    if _is_gradient(stem, number, ending):
        word, dot, update = _split_ending(ending)
        slope = "∂L/∂" + plain_name(stem[1:] + number + dot + update)
        return f"({slope}) {word}" if word else slope
    if number and (beside := _BESIDE.fullmatch(stem)):
        what = {"step": "Δ", "penalty": "R_"}.get(beside[1], f"{beside[1]}_")
        return what + plain_name(beside[2] + number + ending)
    below = number.replace("_", ",").translate(SUBSCRIPTS)
    word, dot, update = _split_ending(ending)
    above = f"⁽{update.translate(SUPERSCRIPTS)}⁾" if dot else ""
    symbol = _OF_LAYERS[stem][1] if number and stem in _OF_LAYERS else _PLAIN.get(stem, stem)
    return symbol + below + above + (f" {word}" if word else "")


def _split_name(name: str) -> tuple[str, str, str]:
    """A name's stem, its layer number and what follows: ``dW1.3`` is ``dW``, ``1``, ``.3``."""
    match = _NAME.fullmatch(name)
    if not match:
        return name, "", ""
    return match[1], (match[2] or "").removeprefix("_"), match[3]


def _is_gradient(stem: str, number: str, ending: str) -> bool:
    if not stem.startswith("d") or len(stem) == 1 or stem in _NO_GRADIENTS:
        return False
    return bool(number) or stem in ("dx", "dy", "dp") or ending.startswith("_by")


def _tex_beside(what: str, parameter: str) -> str:
    if what == "step":
        return rf"\Delta {{{parameter}}}"
    letter = {"norm": r"\text{norm}", "penalty": "R"}.get(what, what)
    return rf"{letter}_{{{parameter}}}"


def _tex_ending(ending: str) -> str:
    word, dot, update = _split_ending(ending)
    above = [rf"\text{{{word}}}"] * bool(word) + [f"({update})"] * bool(dot)
    return f"^{{{', '.join(above)}}}" if above else ""


def _split_ending(ending: str) -> tuple[str, str, str]:
    """The words of an ending, the dot, and the update's number: ``_clipped.3``, ``_by_3_1``."""
    word, dot, update = ending.partition(".")
    by, _, number = word.removeprefix("_").partition("_")
    return f"{by} {number.replace('_', ',')}".strip(), dot, update

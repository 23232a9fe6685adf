"""Expressions in TeX, with the parentheses that each place asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from chainrule.paper.digits import significant
from chainrule.paper.notation import digits_tex, exact_digits
from chainrule.paper.numbers import Number

SUM, SIGN, PRODUCT, POWER, ATOM = range(5)
"""How tightly an expression holds together; one looser than its place gets parentheses."""

LONGEST = 400
"""Digits of a number that is written whole."""

Written = tuple[str, int]


class Built(Protocol):
    """What an expression is built of: an operation on arguments, and what else belongs to it."""

    @property
    def content(self) -> Any: ...

    @property
    def operation(self) -> str: ...

    @property
    def arguments(self) -> Sequence[Built]: ...


def written(e: Built) -> Written:
    """An expression as it was built, and how tightly it holds together."""
    match e.operation:
        case "":
            return _number(e.content)
        case "pi":
            return r"\pi", ATOM
        case "symbol" | "indexed":
            return e.content[2], ATOM
        case "kronecker":
            return rf"\delta_{{{e.content[0]}{e.content[1]}}}", ATOM
        case "worked":
            return e.content[1], PRODUCT
        case "named":
            return e.content, ATOM
        case "slope":
            below = written(e.arguments[1])[0]
            return rf"\frac{{\partial {e.content}}}{{\partial {below}}}", ATOM
    parts = [written(argument) for argument in e.arguments]
    match e.operation:
        case "+":
            return f"{parts[0][0]} + {_fit(parts[1], PRODUCT)}", SUM
        case "-":
            return f"{parts[0][0]} - {_fit(parts[1], PRODUCT)}", SUM
        case "neg":
            return f"-{_fit(parts[0], PRODUCT)}", SIGN
        case "*":
            return _product(*parts)
        case "/":
            return rf"\frac{{{parts[0][0]}}}{{{parts[1][0]}}}", ATOM
        case "^":
            return f"{_fit(parts[0], ATOM)}^{{{parts[1][0]}}}", POWER
        case "exp":
            return f"e^{{{parts[0][0]}}}", POWER
        case "abs":
            return rf"\left| {parts[0][0]} \right|", ATOM
        case "sqrt":
            return rf"\sqrt{{{parts[0][0]}}}", ATOM
        case "derivative":
            sign = r"\partial" if e.content else "d"
            space = " " if e.content else ""
            body = _brackets(parts[0][0])
            return rf"\frac{{{sign}}}{{{sign}{space}{parts[1][0]}}} {body}", PRODUCT
        case "sum":
            index, _, upper = e.content
            above = f"^{{{upper}}}" if upper else ""
            below = f"{index}=1" if upper else index
            return rf"\sum_{{{below}}}{above} {_fit(parts[0], PRODUCT)}", PRODUCT
    name = {"log2": r"\log_{2}", "erf": r"\operatorname{erf}"}.get(e.operation, f"\\{e.operation}")
    return f"{name}{_brackets(parts[0][0], always_sized=False)}", ATOM


def _number(value: Number) -> Written:
    """The whole number, fraction or decimal that it is."""
    if value.exact is not None and value.exact < 0:
        text, _ = _number(-value)
        return f"-{text}", SIGN
    digits = exact_digits(value)
    text = digits.text if digits.exact else significant(value, LONGEST).text
    return digits_tex(text), PRODUCT if "e" in text else ATOM


def _product(first: Written, second: Written) -> Written:
    opening = first[0] if first[1] == SIGN else _fit(first, PRODUCT)
    if opening.startswith(r"\sum"):
        opening = _brackets(opening)
    following = _fit(second, PRODUCT)
    fractions = following.startswith(r"\frac") and (opening[-1:].isdigit() or opening.startswith(r"\frac"))
    dot = r"\cdot " if following[0].isdigit() or fractions else ""
    return f"{opening} {dot}{following}", SIGN if first[1] == SIGN else PRODUCT


def _fit(part: Written, place: int) -> str:
    text, tightness = part
    fraction = place == ATOM and text.startswith(r"\frac")  # (a/b)² and not a/b²
    named_power = place == ATOM and ("^" in text or "'" in text) and tightness == ATOM
    return _brackets(text, always_sized=False) if tightness < place or fraction or named_power else text


def _brackets(text: str, always_sized: bool = True) -> str:
    return rf"\left( {text} \right)" if always_sized or r"\frac" in text else f"({text})"

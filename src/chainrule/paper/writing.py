"""Writing a term out: the expression with its numbers put in, as TeX or as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.paper.notation import decimal_tex, exact_tex, plain_digits, plain_number
from chainrule.paper.numbers import Number
from chainrule.paper.terms import Term

SUM, SIGN, PRODUCT, POWER, ATOM = range(5)
"""How tightly an expression holds together; one looser than its place gets parentheses."""

LONGEST_SUM = 8
MOST_TERMS = 10
"""Terms. A sum longer than the first number is written without its zeros; if it is then longer than the
second (a filter of 3 by 3 and a bias), the first few and the last are, as of a product that long."""

Written = tuple[str, int]


@dataclass(frozen=True)
class Plain:
    """Plain text for the terminal."""

    digits: int

    times = "·"
    dots = "…"
    minus = "−"

    def number(self, value: Any) -> Written:
        text = plain_number(value, self.digits)
        return text.replace("-", "−"), _tightness(value, text)

    def brackets(self, text: str) -> str:
        return f"({text})"

    def fraction(self, top: Written, bottom: Written) -> Written:
        place = POWER if "/" in top[0] else PRODUCT
        return f"{self.fit(top, place)}/{self.fit(bottom, POWER)}", PRODUCT

    def power(self, base: Written, exponent: Written) -> Written:
        written = {"2": "²", "3": "³"}.get(exponent[0]) or f"^{self.fit(exponent, ATOM)}"
        return self.fit(base, ATOM) + written, POWER

    def function(self, name: str, argument: Written) -> Written:
        if name == "exp":
            return self.power(("e", ATOM), argument)
        if name == "abs":
            return f"|{argument[0]}|", ATOM
        if name in ("ceil", "floor"):
            opening, closing = "⌈⌉" if name == "ceil" else "⌊⌋"
            return f"{opening}{argument[0]}{closing}", ATOM
        if name == "log2":
            return f"log₂({argument[0]})", ATOM
        if name == "sqrt" and argument[1] == ATOM:
            return f"√{argument[0]}", ATOM
        return f"{'√' if name == 'sqrt' else name}({argument[0]})", ATOM

    def largest(self, parts: list[Written]) -> Written:
        return f"max({', '.join(text for text, _ in parts)})", ATOM

    def fit(self, written: Written, place: int) -> str:
        text, tightness = written
        return text if tightness >= place else self.brackets(text)


@dataclass(frozen=True)
class TeX(Plain):
    """TeX for documents."""

    times = r" \cdot "
    dots = r"\cdots"
    minus = "-"

    def number(self, value: Any) -> Written:
        plain = plain_number(value, self.digits)
        text = exact_tex(value) if "/" in plain else decimal_tex(value, self.digits)
        return text, _tightness(value, plain)

    def brackets(self, text: str) -> str:
        return rf"\left( {text} \right)" if "frac" in text else f"({text})"

    def fraction(self, top: Written, bottom: Written) -> Written:
        return rf"\frac{{{top[0]}}}{{{bottom[0]}}}", ATOM

    def power(self, base: Written, exponent: Written) -> Written:
        return f"{self.fit(base, ATOM)}^{{{exponent[0]}}}", POWER

    def largest(self, parts: list[Written]) -> Written:
        return rf"\max({', '.join(text for text, _ in parts)})", ATOM

    def function(self, name: str, argument: Written) -> Written:
        if name == "exp":
            return self.power(("e", ATOM), argument)
        if name == "abs":
            return rf"\left| {argument[0]} \right|", ATOM
        if name in ("ceil", "floor"):
            return rf"\left\l{name} {argument[0]} \right\r{name}", ATOM
        if name == "log2":
            return rf"\log_{{2}}({argument[0]})", ATOM
        if name == "erf":
            return rf"\operatorname{{erf}}({argument[0]})", ATOM
        if name == "sqrt":
            return rf"\sqrt{{{argument[0]}}}", ATOM
        return rf"\{name}({argument[0]})", ATOM


def _tightness(value: Any, text: str) -> int:
    if not isinstance(value, Number):
        return ATOM if text.isalnum() else SUM
    if text.startswith("-"):
        return SIGN
    return PRODUCT if "/" in text or "e" in text else ATOM


def write(term: Term, style: Plain, second_factor_first: bool = False) -> str:
    """The term's expression with its numbers put in.

    >>> from chainrule.paper.numbers import Number
    >>> x, w, b = Term(Number(-2)), Term(Number("0.5")), Term(Number(1))
    >>> write(w * x + b, Plain(6)), write(1 / (1 + (-x).exp()), Plain(6))
    ('0.5·(−2) + 1', '1/(1 + e²)')
    >>> write(b / w, TeX(6))
    '\\\\frac{1}{0.5}'
    """
    return _written(term, style, second_factor_first)[0]


def _written(term: Term, style: Plain, swap: bool) -> Written:
    if not term.operation:
        return style.number(term.value)
    if term.operation == "+" and len(terms := _terms(term)) > LONGEST_SUM:
        return _long_sum(terms, style, swap)
    if term.operation == "*" and not swap and len(factors := _factors(term)) > MOST_TERMS:
        return _long_product(factors, style), PRODUCT
    parts = [_written(argument, style, swap) for argument in term.arguments]
    match term.operation:
        case "+":
            return f"{parts[0][0]} + {style.fit(parts[1], PRODUCT)}", SUM
        case "-":
            return f"{parts[0][0]} {style.minus} {style.fit(parts[1], PRODUCT)}", SUM
        case "neg":
            return f"{style.minus}{style.fit(parts[0], PRODUCT)}", SIGN
        case "*":
            first, second = reversed(parts) if swap else parts
            opening = first[0] if first[1] == SIGN else style.fit(first, PRODUCT)
            tightness = SIGN if first[1] == SIGN else PRODUCT
            return f"{opening}{style.times}{style.fit(second, POWER)}", tightness
        case "/":
            return style.fraction(*parts)
        case "^":
            return style.power(*parts)
        case "max":
            return style.largest(parts)
    return style.function(term.operation, parts[0])


def is_exactly_written(term: Term, digits: int) -> bool:
    """Whether every number put into the expression is itself, not rounded."""
    stack = [term]  # and no recursion: a sum over many rows is deeper than Python's stack
    while stack:
        term = stack.pop()
        stack += term.arguments
        is_number = not term.operation and isinstance(term.value, Number)
        if is_number and not plain_digits(term.value, digits).exact:
            return False
    return True


def _terms(term: Term) -> list[Term]:
    """The terms of a sum, however often it was added to."""
    terms = []
    while term.operation == "+":
        term, last = term.arguments
        terms.append(last)
    return [term, *reversed(terms)]


def _factors(term: Term) -> list[Term]:
    """The factors of a product, however often it was multiplied."""
    factors = []
    while term.operation == "*":
        term, last = term.arguments
        factors.append(last)
    return [term, *reversed(factors)]


def _long_product(factors: list[Term], style: Plain) -> str:
    """The first three factors of a product and the last two."""
    first, *rest = (_written(factor, style, False) for factor in (*factors[:3], *factors[-2:]))
    written = [style.fit(first, PRODUCT), *(style.fit(part, POWER) for part in rest)]
    return style.times.join([*written[:3], style.dots, *written[3:]])


def _long_sum(terms: list[Term], style: Plain, swap: bool) -> Written:
    """The terms of a sum that are not 0; of more than a few, the first and the last two."""
    terms = [term for term in terms if not _is_zero(term)] or terms[:1]
    if len(terms) == 1:
        return _written(terms[0], style, swap)
    if len(terms) <= MOST_TERMS:
        first, *rest = (_written(term, style, swap) for term in terms)
        return " + ".join([first[0], *(style.fit(part, PRODUCT) for part in rest)]), SUM
    shown = [_written(term, style, swap) for term in (*terms[:3], *terms[-2:])]
    first, *rest = shown
    written = [first[0], *(style.fit(part, PRODUCT) for part in rest)]
    return " + ".join([*written[:3], style.dots, *written[3:]]), SUM


def _is_zero(term: Term) -> bool:
    return getattr(term.value, "exact", None) == 0

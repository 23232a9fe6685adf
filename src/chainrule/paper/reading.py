"""Values written as text: ``"17/10"``, ``"1e-3"``, ``"√2"``, ``"2 ln 3"``, ``"w1 + 1"``.

The text is parsed by a grammar and worked with numbers; nothing that it says is ever executed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from chainrule.paper.numbers import Number

if TYPE_CHECKING:
    from lark import Lark, Tree

LONGEST = 200
LARGEST_POWER = 100
LARGEST_DEGREE = 1000
"""The powers of powers in a text, multiplied."""

_GRAMMAR = r"""
?start: sum
?sum: product
    | sum "+" product -> add
    | sum _MINUS product -> sub
?product: signed
    | product _TIMES signed -> mul
    | product "/" signed -> div
    | product power -> mul
?signed: power
    | _MINUS signed -> neg
    | "+" signed
?power: atom
    | atom _POWER exponent -> pow
?exponent: atom
    | _MINUS exponent -> neg
?atom: NUMBER -> number
    | NUMBER "%" -> percent
    | CALLED "(" sum ")" -> call
    | FUNCTION power -> call
    | UNKNOWN "(" sum ")" -> unknown
    | NAME -> name
    | "(" sum ")"
CALLED.3: /(sqrt|exp|ln|log2|log₂|log|tanh|sin|cos|erf|√)(?=[ \t]*\()/
FUNCTION.2: /(sqrt|exp|ln|log2|log₂|log|tanh|sin|cos|erf)(?![^\W_])|√/
UNKNOWN.4: /[^\W\d_]'+(?=[ \t]*\()/
_MINUS: "-" | "−"
_TIMES: "*" | "·" | "×"
_POWER: "^" | "**"
NUMBER: /\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?/
NAME: /[^\W\d_][^\W_]*(_[^\W_]+)*/
%ignore /[ \t]+/
"""
_METHODS = {
    "sqrt": "sqrt",
    "√": "sqrt",
    "exp": "exp",
    "ln": "log",
    "log": "log",
    "log2": "log2",
    "log₂": "log2",
    "tanh": "tanh",
    "sin": "sin",
    "cos": "cos",
    "erf": "erf",
}
_CONSTANTS = {"e", "pi", "π"}
_PLAIN = re.compile(r"[+-]?(\d+/\d+|(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)", re.ASCII)
_NOT_FINITE = {"nan", "inf", "infinity"}


class Value:
    """A value read from text: a number, or a formula when it has names in it.

    Raises ValueError, saying what was found and what can be read.

    >>> Value("17/10").number(), Value("2 ln 3").number(), Value("w1 + 1").names
    (17/10, 2.197224577…, {'w1'})
    >>> Value("w f'(z)").formula()
    w*f'(z)
    """

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError(
                f"{len(text):,} characters of text; expected a number or a formula of at most {LONGEST}"
            )
        self.text = text
        self._tree = _parse(text)
        named = ("name", "unknown")
        names = {str(t.children[0]) for t in self._tree.iter_subtrees() if t.data in named}
        if unreal := sorted(n for n in names if n.lower() in _NOT_FINITE):
            raise ValueError(f"{unreal[0]!r} is not a finite number")
        if _degree(self._tree) > LARGEST_DEGREE:
            raise ValueError(f"powers of powers beyond {LARGEST_DEGREE} in {text!r}")
        self.names = names - _CONSTANTS

    def number(self) -> Number:
        """The value as a number; only where it has no names in it."""
        worked: Number = _work(self._tree, Number)
        worked.check_size()
        return worked

    def formula(self) -> Any:
        """The value as a formula."""
        from chainrule.paper.formulas import Formula

        worked: Formula = _work(self._tree, Formula)
        worked.check_size()
        return worked

    def worked(self, kind: Any) -> Any:
        """The value worked with numbers of another kind, which are made as Numbers and Formulas are."""
        return _work(self._tree, kind)


def read(value: Any) -> Number | Value:
    """A Number from a number or from plain text; a :class:`Value` from text with more in it.

    >>> read("1/3"), read(0.2), read("√2").number()
    (1/3, 1/5, 1.414213562…)
    """
    if not isinstance(value, str):
        return Number(value)
    text = value.strip().replace("−", "-")
    return Number(text) if _PLAIN.fullmatch(text) and len(text) <= LONGEST else Value(text)


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr")


def _parse(text: str) -> Tree:
    from lark import Tree, UnexpectedInput

    if raised := re.search("[²³¹⁰⁴-⁹]", text):
        raise ValueError(f"cannot read {raised[0]!r} in {text!r}; write a power as w^2")
    called = re.search(r"([^\W\d]\w*)\(", text)
    if called and called[1] not in _METHODS:
        raise ValueError(
            f"unknown function {called[1]!r} in {text!r}; known are sqrt, exp, ln, log, log2, tanh, sin, "
            f"cos, erf (for a product write {called[1]}*(…))"
        )
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        where = f" at character {error.column}" if getattr(error, "column", -1) > 0 else ""
        raise ValueError(
            f"cannot read {text!r}{where}; expected a number, a fraction as 17/10, "
            "or a formula as 2√2, ln 2, w1"
        ) from None
    assert isinstance(tree, Tree)
    return tree


def _degree(tree: Any) -> int:
    """At most how high a power the text takes of anything in it."""
    degrees = [_degree(part) for part in getattr(tree, "children", ())]
    if getattr(tree, "data", "") != "pow":
        return max(degrees, default=1)
    exponent = tree.children[1]
    plain = exponent.data == "number" and str(exponent.children[0]).isdecimal()
    return degrees[0] * max(1, int(exponent.children[0]) if plain else LARGEST_POWER)


def _work(tree: Any, kind: Any) -> Any:
    parts = tree.children
    match tree.data:
        case "number":
            return kind(str(parts[0]))
        case "percent":
            return kind(str(parts[0])) / 100
        case "name":
            if parts[0] == "e":
                return kind(1).exp()
            return kind.pi() if parts[0] in _CONSTANTS else kind.symbol(str(parts[0]))
        case "unknown":  # the slope of a function that has no more than a name, as f'(z)
            return _work(parts[1], kind).called(str(parts[0]))
        case "call":
            return getattr(_work(parts[1], kind), _METHODS[str(parts[0])])()
        case "neg":
            return -_work(parts[0], kind)
        case "pow":
            return _power(parts[0], parts[1], kind)
    left, right = (_work(part, kind) for part in parts)
    match tree.data:
        case "add":
            return left + right
        case "sub":
            return left - right
        case "mul":
            return left * right
    return left / right


def _power(base: Any, exponent: Any, kind: Any) -> Any:
    power = _work(exponent, kind)
    if base.data == "name" and base.children[0] == "e":
        return power.exp()
    try:
        whole = int(str(power))
    except ValueError:
        raise ValueError(f"the power {power} is not a whole number; write exp(…) or √") from None
    if abs(whole) > LARGEST_POWER:
        raise ValueError(f"the power {whole} is larger than {LARGEST_POWER}")
    return _work(base, kind) ** whole

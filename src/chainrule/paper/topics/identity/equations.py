"""Differential equations as a worksheet writes them, and what is given at the edges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chainrule.paper.numbers import Number
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.claims import check_defined, read
from chainrule.paper.topics.identity.expressions import Expression, Scope, indexed

HIGHEST_ORDER = 4
PARTS = {"physics": "f", "boundary": "b", "initial": "0"}
"""The parts of the loss, and the letter of their weight and of their number of points."""
USUAL_ORDER = "xyzt"
"""In which order variables stand in u(x, t), where the question does not say."""


@dataclass(frozen=True)
class Equation:
    """A differential equation, 0 = residual, for an unknown function of variables.

    ``derivatives`` are the names in it that stand for the unknown and its derivatives, with the
    variables by which each is differentiated; ``primes`` says that they are written y'.
    """

    left: Expression
    right: Expression
    unknown: str
    variables: tuple[str, ...]
    derivatives: dict[str, str]
    primes: bool

    @property
    def residual(self) -> Expression:
        """The left side minus the right side."""
        return self.left if self.right == 0 else self.left - self.right

    @property
    def order(self) -> int:
        """The order of the highest derivative."""
        return max(len(by) for by in self.derivatives.values())

    def written(self, by: str, at: str = "", hat: bool = False) -> str:
        """The unknown, or a derivative of it, in TeX; ``at`` is the point at which it is taken."""
        letter = rf"\hat{{{self.unknown}}}" if hat else self.unknown
        if self.primes:
            letter += "'" * len(by)
        elif by:
            letter += f"_{{{by}}}"
        return f"{letter}({at})" if at else letter


def read_equation(given: Any) -> Equation:
    text = given.equation
    if text.count("=") != 1:
        raise SheetError(f"given.equation: expected one equals sign, as u_xx + u = 0; got {text!r}")
    variables = given.variables or []
    if bad := [v for v in variables if not re.fullmatch(r"[A-Za-z]", v)]:
        raise SheetError(f"given.variables: {bad[0]!r}; expected single letters, as ['x', 't']")
    primes = bool(re.search(r"\w'", text))
    if primes and len(variables) > 1:
        raise SheetError(f"given.equation: {text!r} has primes; with several variables write u_x, u_xt")
    of_primes = variables[0] if variables else "x"
    left, right = (
        read(side, "given.equation") for side in _without_primes(text, of_primes, "given.equation").split("=")
    )
    names = left.names() | right.names()
    found = {}
    for name in sorted(names):
        base, _, by = name.partition("_")
        if by and (all(letter in variables for letter in by) if variables else by.isalpha() and by.islower()):
            found[name] = (base, by)
    unknowns = sorted({base for base, _ in found.values()})
    if not unknowns:
        raise SheetError(
            f"given.equation: {text!r} has no unknown: expected a derivative of one, as u_xx or y''"
            + (f", by {' or '.join(variables)}" if variables else "")
        )
    if len(unknowns) > 1:
        raise SheetError(f"given.equation: derivatives of {' and '.join(unknowns)}; expected one unknown")
    used = {letter for _, by in found.values() for letter in by}
    known = tuple(variables or sorted(used, key=lambda v: (USUAL_ORDER.find(v) % 100, v)))
    derivatives = {name: by for name, (_, by) in found.items()}
    if unknowns[0] in names:
        derivatives[unknowns[0]] = ""
    if (highest := max(len(by) for by in derivatives.values())) > HIGHEST_ORDER:
        raise SheetError(f"given.equation: a derivative of order {highest}; expected at most {HIGHEST_ORDER}")
    equation = Equation(left, right, unknowns[0], known, derivatives, primes)
    check_defined(equation.residual, "given.equation")
    return equation


def _without_primes(text: str, variable: str, place: str) -> str:
    """y'' written as y_xx."""
    changed = re.sub(r"([^\W\d_])('+)", lambda m: f"{m[1]}_{variable * len(m[2])}", text)
    if "'" in changed:
        raise SheetError(f"{place}: cannot read the prime in {text!r}; expected it behind a letter, as y''")
    return changed


@dataclass(frozen=True)
class Condition:
    """What is given at an edge: the unknown or a derivative, where, and its value there.

    ``place`` has an expression for every variable: the variable itself where it runs.
    """

    by: str
    place: tuple[Expression, ...]
    value: Expression
    running: tuple[str, ...]


def read_condition(equation: Equation, place: str, text: str, part: str) -> Condition:
    where = f"given.{part}.{place!r}"
    if not text.strip():
        raise SheetError(f"{where}: has no value; expected one, as '{place}' = 'y0'")
    value = read(text, where)
    called = re.fullmatch(r"\s*([^\W\d_]\w*?)('*)(?:_([a-z]+))?\((.*)\)\s*", place)
    by, inner = "", place
    if called and called[1] == equation.unknown:
        by, inner = equation.variables[0] * len(called[2]) + (called[3] or ""), called[4]
    elif called and called[1] not in ("sqrt", "exp", "ln"):
        raise SheetError(f"{where}: {called[1]!r} is not the unknown {equation.unknown!r}")
    if wrong := [letter for letter in by if letter not in equation.variables]:
        raise SheetError(
            f"{where}: {wrong[0]!r} is no variable; variables are {', '.join(equation.variables)}"
        )
    parts = [read(each, where) for each in inner.split(",")]
    if len(parts) != len(equation.variables):
        expected = f"{equation.unknown}({', '.join(equation.variables)})"
        raise SheetError(f"{where}: {len(parts)} places; expected one for each variable of {expected}")
    running = tuple(
        v
        for v, e in zip(equation.variables, parts, strict=True)
        if e.operation == "symbol" and e.content[0] == v
    )
    if len(running) == len(equation.variables):
        raise SheetError(f"{where}: expected a place, as {equation.unknown}(0{', t' * (len(running) > 1)})")
    if unfit := sorted((value.names() & {*equation.variables}) - {*running}):
        raise SheetError(f"{where}: the value depends on {unfit[0]}, which is fixed there")
    return Condition(by, tuple(parts), value, running)


def read_weights(given: Any, conditions: dict[str, list[Condition]]) -> dict[str, Expression]:
    parts = ["physics", *(part for part, each in conditions.items() if each)]
    for name in given.weights:
        if name not in parts:
            raise SheetError(f"given.weights: {name!r} is no part of this loss; parts are {', '.join(parts)}")
    return {
        part: _weight(given.weights[part], f"given.weights.{part}")
        if part in given.weights
        else Expression(1)
        for part in parts
    }


def _weight(text: str, place: str) -> Expression:
    weight = read(text, place)
    if not weight.names() and weight.value(Scope(kind=Number, pi=Number.pi)) < 0:
        raise SheetError(f"{place}: {text}; expected a number that is not negative")
    return weight


def read_trial(given: Any, equation: Equation) -> Expression | None:
    if given.trial is None:
        for key in ("points", "boundary_points", "parameters"):
            if getattr(given, key) is not None and getattr(given, key) != {}:
                raise SheetError(f"given.{key}: expected a trial function beside it")
        return None
    trial = read(given.trial, "given.trial")
    if equation.unknown in trial.names():
        raise SheetError(
            f"given.trial: the unknown {equation.unknown} is in it; expected a formula in its variables"
        )
    for name in given.parameters:
        if name in equation.variables or name == equation.unknown:
            raise SheetError(
                f"given.parameters: {name!r} is a variable or the unknown; expected another name"
            )
    return trial


def leaves(equation: Equation, at: str = "", hat: bool = False) -> dict[str, Expression]:
    """The names for the unknown and its derivatives, as they are written."""
    return {name: indexed(name, equation.written(by, at, hat)) for name, by in equation.derivatives.items()}


def has_pi(e: Expression) -> bool:
    """Whether π is in an expression."""
    return e.operation == "pi" or any(has_pi(argument) for argument in e.arguments)

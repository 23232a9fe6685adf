"""Derivatives worked by the rules of calculus, one line after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chainrule.paper.numbers import Number
from chainrule.paper.topics.identity.expressions import Expression, derivative

MOST_LINES = 40


def differentiate(body: Expression, by: Expression) -> Iterator[tuple[Expression, str]]:
    """The lines from the derivative of an expression to one in which none is left, with reasons.

    Each line applies one rule to every derivative that is still there, from the outside in; sums and
    constant factors are taken apart on the way. Raises ArithmeticError for what has no rule, as |z|.

    >>> from chainrule.paper.topics.identity.expressions import symbol
    >>> z = symbol("z")
    >>> for line, reason in differentiate(z * z.exp(), z):
    ...     print(line.tex, "|", reason)
    e^{z} + z \\frac{d}{dz} \\left( e^{z} \\right) | product rule
    e^{z} + z e^{z} | $(e^{u})' = e^{u} u'$
    """
    line = derivative(body, by)
    for _ in range(MOST_LINES):
        reasons: dict[str, None] = {}
        line, changed = _advance(line, reasons)
        if not changed:
            return
        yield line, ", ".join(reasons)
    raise ArithmeticError("the derivative takes too many lines")


def _advance(e: Expression, reasons: dict[str, None]) -> tuple[Expression, bool]:
    """The expression with a rule applied to each of its outermost derivatives."""
    if e.operation == "derivative":
        body, by = e.arguments
        return _worked(body, by, reasons), True
    if e.operation in ("named", "sum", "slope"):
        return e, False
    parts = [_advance(argument, reasons) for argument in e.arguments]
    if not any(changed for _, changed in parts):
        return e, False
    return Expression(e.content, e.operation, tuple(part for part, _ in parts)), True


def _worked(body: Expression, by: Expression, reasons: dict[str, None]) -> Expression:
    """The derivative of an expression by one rule; of sums and multiples, term by term."""
    simple = _linear(body, by, lambda part: _by_rule(part, by, reasons))
    if not reasons:
        reasons["sum rule" if body.operation in ("+", "-") else "the derivative of a straight line"] = None
    return simple


def _linear(body: Expression, by: Expression, rest: Callable[[Expression], Expression]) -> Expression:
    """The derivative of sums and of multiples, with ``rest`` for what is neither."""
    if _is_constant(body, by):
        return Expression(0)
    if _is(body, by):
        return Expression(1)
    a = body.arguments
    match body.operation:
        case "+":
            return plus(_linear(a[0], by, rest), _linear(a[1], by, rest))
        case "-":
            return minus(_linear(a[0], by, rest), _linear(a[1], by, rest))
        case "neg":
            return negative(_linear(a[0], by, rest))
        case "*" if _is_constant(a[0], by):
            return times(a[0], _linear(a[1], by, rest))
        case "*" if _is_constant(a[1], by):
            return times(a[1], _linear(a[0], by, rest))
        case "/" if _is_constant(a[1], by):
            inner = _linear(a[0], by, rest)
            return inner if _is_number(inner, 0) else inner / a[1]
    return rest(body)


def _inner(body: Expression, by: Expression) -> Expression:
    """The derivative of what stands inside: worked at once where it is a straight line."""
    return _linear(body, by, lambda part: derivative(part, by))


def _by_rule(body: Expression, by: Expression, reasons: dict[str, None]) -> Expression:
    a = body.arguments
    match body.operation:
        case "named":
            reasons["what the name stands for"] = None
            return derivative(a[0], by)
        case "*":
            reasons["product rule"] = None
            return plus(times(_inner(a[0], by), a[1]), times(a[0], _inner(a[1], by)))
        case "/" if _is_constant(a[0], by):
            reasons["quotient rule, with a constant above"] = None
            return negative(times(a[0], _inner(a[1], by)) / a[1] ** 2)
        case "/":
            reasons["quotient rule"] = None
            return minus(times(_inner(a[0], by), a[1]), times(a[0], _inner(a[1], by))) / a[1] ** 2
        case "^" if not a[1].operation or a[1].operation == "neg":
            reasons["power rule" if _is(a[0], by) else "power rule and chain rule"] = None
            return _of_power(a[0], a[1], _inner(a[0], by))
    if body.operation not in _RULES:
        raise ArithmeticError(f"no rule is known for the derivative of {body.tex}")
    outer, reason = _RULES[body.operation]
    reasons[reason] = None
    return outer(a[0], _inner(a[0], by))


def _of_power(base: Expression, power: Expression, inner: Expression) -> Expression:
    number = power.content if not power.operation else -power.arguments[0].content
    less: Number = number - 1
    raised = base if less.exact == 1 else base ** Expression(less)
    return times(times(Expression(number), raised), inner)


_RULES: dict[str, tuple[Callable[[Expression, Expression], Expression], str]] = {
    "exp": (lambda u, du: times(u.exp(), du), r"$(e^{u})' = e^{u} u'$"),
    "ln": (lambda u, du: du / u, r"$(\ln u)' = u'/u$"),
    "log2": (lambda u, du: du / (u * Expression(2).log()), r"$(\log_{2} u)' = u'/(u \ln 2)$"),
    "sqrt": (lambda u, du: du / (2 * u.sqrt()), r"$(\sqrt{u})' = u'/(2 \sqrt{u})$"),
    "tanh": (lambda u, du: times(1 - u.tanh() ** 2, du), r"$(\tanh u)' = (1 - \tanh^{2} u) u'$"),
    "sin": (lambda u, du: times(u.cos(), du), r"$(\sin u)' = \cos u \cdot u'$"),
    "cos": (lambda u, du: negative(times(u.sin(), du)), r"$(\cos u)' = -\sin u \cdot u'$"),
    "erf": (
        lambda u, du: times(2 / Expression.pi().sqrt() * (-(u**2)).exp(), du),
        r"$(\operatorname{erf} u)' = \frac{2}{\sqrt{\pi}} e^{-u^{2}} u'$",
    ),
}


def plus(a: Expression, b: Expression) -> Expression:
    """The sum, without a 0."""
    return b if _is_number(a, 0) else a if _is_number(b, 0) else a + b


def minus(a: Expression, b: Expression) -> Expression:
    """The difference, without a 0."""
    return negative(b) if _is_number(a, 0) else a if _is_number(b, 0) else a - b


def times(a: Expression, b: Expression) -> Expression:
    """The product; 0 and 1 are worked, and the sign goes to the front."""
    if _is_number(a, 0) or _is_number(b, 0):
        return Expression(0)
    if _is_number(b, -1):
        return negative(a)
    return b if _is_number(a, 1) else a if _is_number(b, 1) else a * b


def negative(a: Expression) -> Expression:
    """The negative."""
    return a if _is_number(a, 0) else -a


def _is(e: Expression, name: Expression) -> bool:
    return e.operation == name.operation == "symbol" and e.content[0] == name.content[0]


def _is_constant(e: Expression, by: Expression) -> bool:
    if e.operation == "named":
        return _is_constant(e.arguments[0], by)
    return not _is(e, by) and all(_is_constant(argument, by) for argument in e.arguments)


def _is_number(e: Expression, number: int) -> bool:
    if e.operation == "neg" and not e.arguments[0].operation:
        exact = e.arguments[0].content.exact
        return bool(exact == -number)
    return not e.operation and bool(e.content.exact == number)

"""A rule: one formula, written once, with its TeX, its cost and the slips that people make with it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, overload

import numpy as np

from chainrule.rules.arrays import Array, is_exact

Shape = tuple[int, ...]
_NOT_ONE_SIGN = re.compile(r"[-+^/]|\\frac|\\cdot")
"""What makes a base need brackets under a power."""
_OPENING = ("(", "{", "[", r"\begin")
_NEGATIVE_IN_BRACES = re.compile(r"\{-[^{}]*\}")
_BRACKET_OR_SIGN = re.compile(r"[(){}\[\]+-]|\\begin\b|\\end\b")


@dataclass(frozen=True)
class Name:
    """The name of a quantity, standing for its value while a layer writes its steps."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Slip:
    """A usual mistake with a rule: what people do instead, as an alternative formula.

    ``id`` is stable (it appears in reports); ``what`` finishes the sentence "The answer fits if …".
    ``also`` names further quantities of the question that the mistake takes, as FP for FN: ``function``
    gets them behind the rule's inputs. Where the question has none of that name, nobody takes it.
    """

    id: str
    what: str
    function: Callable[..., Array]
    tex: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """A rule applied to names: the right-hand side of a step."""

    rule: Rule
    inputs: tuple[Name, ...]
    options: Mapping[str, Any]


def no_multiplications(*_: Shape) -> int:
    """The count of a rule that only adds, compares or looks up."""
    return 0


def per_element(count: int) -> Callable[..., int]:
    """The count of a rule that takes so many multiplications for each number of its first input.

    >>> per_element(2)((4, 3))
    24
    """
    return lambda first, *_: count * size(first)


@dataclass(frozen=True, eq=False)
class Rule:
    """One formula over arrays.

    ``function`` is the formula as the textbook writes it. Its positional parameters are the
    rule's inputs, its keyword-only parameters are options (numbers that do not train).
    ``stable``, where given, is the same function arranged for floating point, so that it neither
    overflows nor cancels; a test holds the two equal. ``tex`` names inputs and options in angle
    brackets (``<z>``); ``columns_tex`` is the form for samples in columns, where it differs.
    ``multiplications`` takes the shapes of the inputs, and by name the options that it depends on, as
    strides; :meth:`count` gives it these. ``in_matrices`` says that numbers are put
    into the formula as whole matrices too, ``second_factor_first`` that in the working of one
    element products are written w·x though the formula is xW. ``named`` names the inputs of a
    function that is written for any number of them. ``as_whole`` says that the value is found as a
    whole, by an algorithm that the page shows beside it, and not element by element.
    ``same`` says which other answers are as good: the value up to a ``"factor"`` (an eigenvector), its
    entries in any ``"order"`` (eigenvalues), other columns with the same ``"span"`` (a basis), other
    ``"rows"`` in echelon form with the same span (what elimination leaves).

    Called with arrays, a rule computes; called with names, it gives the right-hand side of a step.

    >>> import numpy as np
    >>> double = Rule("double", lambda x: 2 * x, tex="2 <x>")
    >>> double(np.array([1.0, 2.0]))
    array([2., 4.])
    >>> double(Name("z1")).inputs
    (Name(text='z1'),)
    >>> double.formula({"x": "z_1"})
    '2 z_1'
    """

    name: str
    function: Callable[..., Array]
    tex: str
    multiplications: Callable[..., int] = no_multiplications
    slips: tuple[Slip, ...] = ()
    stable: Callable[..., Array] | None = None
    columns_tex: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    in_matrices: bool = False
    second_factor_first: bool = False
    named: tuple[str, ...] = ()
    as_whole: bool = False
    same: Literal["", "factor", "order", "span", "rows"] = ""

    def with_slips(self, *slips: Slip) -> Rule:
        """The same rule with further slips, as of a step that has other quantities beside it."""
        return replace(self, slips=(*self.slips, *slips))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs: those in ``named``, or else the formula's positional parameters."""
        parameters = inspect.signature(self.function).parameters.values()
        return self.named or tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)

    @overload
    def __call__(self, *inputs: Name, **options: Any) -> Call: ...

    @overload
    def __call__(self, *inputs: Any, **options: Any) -> Any: ...

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        options = {**self.defaults, **options}
        if any(isinstance(i, Name) for i in inputs):
            return Call(self, inputs, options)
        if is_exact(*inputs):
            return np.asarray(self.function(*inputs, **options), dtype=object)
        return (self.stable or self.function)(*inputs, **options)

    def count(self, shapes: Iterable[Shape], options: Mapping[str, Any]) -> int:
        """How many multiplications the rule takes, for inputs of these shapes and with these options.

        >>> Rule("twice", lambda x: 2 * x, "2 <x>", lambda x: x[0]).count([(3,)], {})
        3
        """
        taken = inspect.signature(self.multiplications).parameters
        known = {**self.defaults, **options}
        return self.multiplications(*shapes, **{k: v for k, v in known.items() if k in taken})

    def formula(self, tex_of: Mapping[str, str], columns: bool = False) -> str:
        """The rule's TeX with each ``<input>`` or ``<option>`` replaced by what ``tex_of`` says.

        >>> Rule("square", lambda x: x**2, tex="<x>^2").formula({"x": "x^{(1)}"})
        '(x^{(1)})^2'
        >>> Rule("scale", lambda k, x: k * x, tex=r"<k> \\cdot <x>").formula({"k": "1 - r", "x": "x"})
        '(1 - r) \\\\cdot x'
        """
        template = (self.columns_tex or self.tex) if columns else self.tex

        def written(place: re.Match[str]) -> str:
            tex = tex_of[place[1]]
            before, after = template[: place.start()].rstrip(), template[place.end() :]
            is_first = before[-1:] in ("", "{", "(", ",")
            if after.startswith("^"):
                needs_brackets = bool(_NOT_ONE_SIGN.search(tex))
            else:
                is_alone = is_first and after[:1] in ("", "}", ")", ",")
                needs_brackets = not is_alone and _is_sum(tex, is_first)
            return f"({tex})" if needs_brackets else tex

        return re.sub(r"<(\w+)>", written, template)


def _is_sum(tex: str, is_first: bool) -> bool:
    """Whether TeX is a sum, or, where it does not come first, a number with a sign before it.

    >>> _is_sum("1 - r", True), _is_sum("-2", True), _is_sum("-2", False), _is_sum("w^{(t - 1)}", False)
    (True, False, True, False)
    >>> _is_sum("{-2}", True), _is_sum("{-2}", False)
    (False, True)
    """
    depth = 0
    tex = tex[1:-1] if _NEGATIVE_IN_BRACES.fullmatch(tex) else tex
    for place in _BRACKET_OR_SIGN.finditer(tex):
        if place[0] not in ("-", "+"):
            depth += 1 if place[0] in _OPENING else -1
        elif depth == 0 and (place.start() > 0 or not is_first):
            return True
    return False


def rule(tex: str, **more: Any) -> Callable[[Callable[..., Array]], Rule]:
    """Make a rule of the function below: the decorator's other arguments are the rule's fields."""

    def make(function: Callable[..., Array]) -> Rule:
        made = Rule(function.__name__, function, tex, **more)
        object.__setattr__(made, "__doc__", function.__doc__)
        return made

    return make


def size(shape: Shape) -> int:
    """How many numbers an array of this shape holds."""
    product = 1
    for length in shape:
        product *= length
    return product

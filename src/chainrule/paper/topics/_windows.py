"""What convolution and pooling share: their arguments, and the sizes that follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

from chainrule.lookup import suggest
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError, shown
from chainrule.rules.convolution.sizes import (
    effective_size,
    keeping_padding,
    output_size,
    padding_on_each_side,
)
from chainrule.rules.rule import Shape
from chainrule.rules.windows import Pairs, same_padding, zeros_after, zeros_before

LARGEST = 1_000_000
"""Of every length, stride and padding."""

MOST_PRODUCTS = 100_000
MOST_PRODUCTS_OF_FORMULAS = 4_000
"""Products, or numbers in windows, that are worked on one page."""


def _whole(given: Any, least: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise ValueError(f"expected a whole number, or one for each axis as [2, 1]; got {shown(given)}")
    if not least <= given <= LARGEST:
        raise ValueError(f"expected at least {least} and at most {LARGEST:,}; got {shown(given)}")
    return given


def _lengths(given: Any) -> int | Shape:
    if not isinstance(given, list):
        return _whole(given, 1)
    if not 1 <= len(given) <= 3:
        raise ValueError(f"expected one to three whole numbers; got {len(given)}")
    return tuple(_whole(n, 1) for n in given)


def _padding(given: Any) -> Any:
    if isinstance(given, str):
        if given not in ("valid", "same", "keep"):
            raise ValueError(f"{suggest(given, ('valid', 'same', 'keep'))}, or whole numbers; got {given!r}")
        return given
    if not isinstance(given, list):
        return _whole(given, 0)
    if all(isinstance(pair, list) for pair in given) and given:
        if any(len(pair) != 2 for pair in given):
            raise ValueError("expected a pair for each axis, as [[top, bottom], [left, right]]")
        return tuple((_whole(a, 0), _whole(b, 0)) for a, b in given)
    return tuple(_whole(n, 0) for n in given)


_WHOLE = {"type": "integer", "minimum": 1}
_PADDING_SCHEMA = {
    "description": "'valid', 'same', 'keep', zeros on every side, [rows, columns], "
    "or [[top, bottom], [left, right]]",
    "anyOf": [{"enum": ["valid", "same", "keep"]}, {"type": "integer", "minimum": 0}, {"type": "array"}],
}
Lengths = Annotated[
    Any,
    BeforeValidator(_lengths),
    WithJsonSchema({"anyOf": [_WHOLE, {"type": "array", "items": _WHOLE}]}),
]
"""A whole number of at least 1, or one for each axis."""
Padding = Annotated[Any, BeforeValidator(_padding), WithJsonSchema(_PADDING_SCHEMA)]


@dataclass(frozen=True)
class Windows:
    """A window going over an input: all lengths, along each axis."""

    lengths: Shape
    window: Shape
    strides: Shape
    dilation: Shape
    padding: Pairs
    outputs: Shape

    @property
    def whole(self) -> Shape:
        """The lengths of the input with its padding."""
        return tuple(n + sum(pair) for n, pair in zip(self.lengths, self.padding, strict=True))

    @property
    def is_padded(self) -> bool:
        return any(before or after for before, after in self.padding)

    def at(self, place: Shape) -> Shape:
        """Where the window's first corner lies in the input at one of its places, counted from 0."""
        pairs = zip(place, self.strides, self.padding, strict=True)
        return tuple(i * s - before for i, s, (before, _) in pairs)


def times(lengths: Iterable[int]) -> str:
    """Lengths as prose.

    >>> times((3, 4))
    '3 × 4'
    """
    return " × ".join(f"{n:,}" for n in lengths)


def found_shape(given: np.ndarray) -> str:
    """The shape of what was given, for an error.

    >>> found_shape(np.ones((3, 4))), found_shape(np.ones(1)), found_shape(np.ones(()))
    ('3 × 4 numbers', '1 number', 'one number, not in a list')
    """
    if given.ndim == 0:
        return "one number, not in a list"
    return f"{times(given.shape)} number{'' if given.shape == (1,) else 's'}"


def per_axis(value: Any, axes: int, key: str) -> Shape:
    """A length for each axis. Raises SheetError where their count does not fit."""
    if isinstance(value, int):
        return (value,) * axes
    if len(value) != axes:
        raise SheetError(f"given.{key}: {len(value)} numbers; expected one, or {axes}, one for each axis")
    return tuple(value)


def padding_pairs(padding: Any, axes: int, place: str = "given.padding") -> Pairs:
    """The zeros before and after, for each axis, where the padding, given at a place, says them."""
    if padding == "valid":
        padding = 0
    pairs = [(padding, padding)] * axes if isinstance(padding, int) else list(padding)
    if len(pairs) != axes:
        entries = "1 entry" if len(pairs) == 1 else f"{len(pairs)} entries"
        said = f"expected one number, or a list with {axes}, one for each axis"
        raise SheetError(f"{place}: a list with {entries}; {said}")
    return [(p, p) if isinstance(p, int) else p for p in pairs]


def work_windows(
    page: Page,
    lengths: Shape,
    window: Shape,
    strides: Shape,
    padding: Any,
    dilation: Shape,
    key: str,
    listed: bool = False,
) -> Windows:
    """Work the size of what a window gives; ``listed`` puts its lengths under what is given.

    Raises SheetError, naming ``key``, where the window does not fit into the input.
    """
    axes = len(lengths)
    _give(page, "n", lengths, "n", hidden=not listed)
    _give(page, "f", window, "f", hidden=not listed)
    _give(page, "s", strides, "s", hidden=not listed and set(strides) == {1})
    spanned = "f"
    if set(dilation) != {1}:
        _give(page, "d", dilation, "d")
        page.work("effective", effective_size, "f", "d", symbol=r"f_{\text{eff}}")
        spanned = "effective"
    before, after = r"p_{\text{before}}", r"p_{\text{after}}"
    if padding in ("same", "keep"):
        needed = same_padding if padding == "same" else keeping_padding
        page.work("zeros", needed, "n", spanned, "s", symbol="P")
        page.work("p", padding_on_each_side, "zeros")
        page.work("before", zeros_before, "zeros", symbol=before)
        page.work("after", zeros_after, "zeros", "before", symbol=after)
        pairs = list(zip(whole(page["before"]), whole(page["after"]), strict=True))
        page.remark(_split(pairs))
    else:
        pairs = list(padding_pairs(padding, axes))
        hidden = not listed and not any(map(any, pairs))
        _give(page, "before", tuple(b for b, _ in pairs), before, hidden)
        _give(page, "after", tuple(a for _, a in pairs), after, hidden)
    room = tuple(n + b + a for n, (b, a) in zip(lengths, pairs, strict=True))
    if any(n < f for n, f in zip(room, whole(page[spanned]), strict=True)):
        zeros_too = " with its padding" if any(map(any, pairs)) else ""
        found = f"{times(whole(page[spanned]))} does not fit into the input of {times(room)}{zeros_too}"
        raise SheetError(f"given.{key}: {found}; expected at most as large")
    page.work("size", output_size, "n", spanned, "before", "after", "s", symbol=r"n_{\text{out}}")
    outputs = whole(page["size"])
    _remark_on_rest(page, room, whole(page[spanned]), strides, any(map(any, pairs)))
    return Windows(lengths, window, strides, dilation, pairs, outputs)


def _give(page: Page, name: str, values: Shape, symbol: str, hidden: bool = False) -> None:
    page.give(name, np.array([Number(n) for n in values], dtype=object), symbol, hidden)


def whole(values: np.ndarray) -> Shape:
    """Numbers that are whole, as such."""
    return tuple(int(float(v)) for v in values.flat)


def _split(pairs: Pairs) -> str:
    """Where the zeros of a computed padding go."""
    if len(pairs) == 1:
        text = f"{pairs[0][0]} before and {pairs[0][1]} after"
    else:
        (top, bottom), (left, right) = pairs
        text = f"{top} at the top, {bottom} at the bottom, {left} on the left, {right} on the right"
    said = f"Padding: {text}."
    if any(before != after for before, after in pairs):
        said += " An odd one goes to the end, as in Keras and TensorFlow: the padding is not symmetric."
    return said


def _remark_on_rest(page: Page, room: Shape, window: Shape, strides: Shape, is_padded: bool) -> None:
    """Say which rows and columns no window reaches, at the end of the input with its padding."""
    rest = [(n - f) % s for n, f, s in zip(room, window, strides, strict=True)]
    kinds = ("row", "column") if len(rest) == 2 else ("number",)
    said = [f"the last {f'{n} {kind}s' if n > 1 else kind}" for n, kind in zip(rest, kinds, strict=True) if n]
    if said:
        padded = " of the input with its padding" if is_padded else ""
        page.remark(f"The division leaves a remainder: no window reaches {' and '.join(said)}{padded}.")


def check_work(page: Page, count: int, key: str, what: str = "products") -> None:
    """Raise SheetError for a question that would take too long by hand."""
    most = MOST_PRODUCTS_OF_FORMULAS if page.closed else MOST_PRODUCTS
    if count > most:
        raise SheetError(f"given.{key}: {count:,} {what}; expected at most {most:,}")

"""What layers with windows share: the checks of their arguments, and the shapes that follow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chainrule import doors
from chainrule.lookup import suggest
from chainrule.rules.rule import Shape
from chainrule.rules.windows import Padding, output_shape, pairs_of, room_of, spans_of


def per_axis(value: Any, name: str, axes: int) -> Shape:
    """A whole number ≥ 1 for each axis; one number stands for all.

    Raises TypeError for what are no whole numbers, ValueError for another count or a number below 1.

    >>> per_axis(2, "strides", 2), per_axis([3, 1], "strides", 2)
    ((2, 2), (3, 1))
    """
    entries = _entries(value, name, axes, "whole numbers")
    return tuple(doors.whole_number(entry, name, 1) for entry in entries)


def padding_of(value: Any, axes: int, causal: bool = False) -> Padding:
    """The padding by its name, or in pairs; one number stands for all sides, or for both of an axis.

    ``causal`` says that it may be "causal". Raises TypeError or ValueError for what is none of these.

    >>> padding_of("SAME", 2), padding_of(1, 2), padding_of([1, (0, 2)], 2)
    ('same', ((1, 1), (1, 1)), ((1, 1), (0, 2)))
    """
    names = ("valid", "same", "causal") if causal else ("valid", "same")
    if isinstance(value, str):
        if value.lower() not in names:
            raise ValueError(f"unknown padding {value!r}: {suggest(value, names)}, or numbers of zeros")
        return value.lower()
    if value is None:
        raise TypeError(f"padding must be one of {', '.join(names)}, or numbers of zeros; got None")
    return tuple(_pair(entry) for entry in _entries(value, "padding", axes, "numbers of zeros, or pairs,"))


def _entries(value: Any, name: str, axes: int, kind: str) -> list[Any]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value] * axes
    entries = list(value)
    if len(entries) != axes:
        expected = f"{axes} {kind}" if axes > 1 else "one" + ", or one pair," * (name == "padding")
        raise ValueError(f"{name} takes one number or {expected} in a list, got {len(entries)}: {value!r}")
    return entries


def _pair(entry: Any) -> tuple[int, int]:
    if isinstance(entry, str) or not isinstance(entry, Iterable):
        entry = [entry, entry]
    both = tuple(doors.whole_number(zeros, "padding", 0) for zeros in entry)
    if len(both) != 2:
        raise ValueError(f"padding takes a pair for each axis, before and after; got {both}")
    return both


def check_channels_last(data_format: Any) -> None:
    """Raise ValueError unless channels are the last axis, as everywhere here."""
    if data_format not in (None, "channels_last"):
        raise ValueError(
            f'data_format must be "channels_last", with channels as the last axis; got {data_format!r}'
        )


def check_rank(kind: str, input_shape: Shape, axes: int) -> None:
    """Raise ValueError unless samples have so many axes, and channels."""
    if len(input_shape) != axes + 1:
        expected = ("(steps, channels)", "(height, width, channels)")[axes - 1]
        raise ValueError(f"{kind} takes samples {expected}; got samples of {input_shape}")


def windows_over(
    input_shape: Shape, window: Shape, strides: Shape, padding: Padding, dilation: Shape
) -> Shape:
    """How many windows go over the input, along each axis.

    Raises ValueError where not even one does.

    >>> windows_over((28, 28, 3), (5, 5), (2, 2), "same", (1, 1))
    (14, 14)
    """
    lengths, spans = input_shape[:-1], spans_of(window, dilation)
    room = room_of(lengths, pairs_of(padding, lengths, spans, strides))
    if any(span > n for span, n in zip(spans, room, strict=True)):
        raise ValueError(
            f"a window of {_times(spans)} does not fit into the input of {_times(room)}"
            + (": take a smaller one, or padding='same'" if room == lengths else " with its padding")
        )
    return output_shape(room, window, strides, dilation)


def _times(lengths: Shape) -> str:
    return " × ".join(map(str, lengths))


def as_config(lengths: Shape) -> int | list[int]:
    """Numbers of the axes as Keras takes them: of one axis the number itself.

    >>> as_config((2,)), as_config((2, 1))
    (2, [2, 1])
    """
    return lengths[0] if len(lengths) == 1 else list(lengths)


def padding_config(padding: Padding) -> str | list[list[int]]:
    """The padding as its table has it."""
    return padding if isinstance(padding, str) else [list(pair) for pair in padding]

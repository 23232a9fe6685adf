"""How questions say sizes, windows and what is done with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainrule.exercises.draws import Draw


def times(lengths: Iterable[int]) -> str:
    """Lengths as a sentence has them.

    >>> times([28, 28, 3])
    '28 × 28 × 3'
    """
    return " × ".join(map(str, lengths))


def square(length: int) -> str:
    """A window as long as it is wide.

    >>> square(3)
    '3 × 3'
    """
    return times([length, length])


def counted(count: int, word: str) -> str:
    """So many of a thing, whose plural ends in s.

    >>> counted(1, "filter"), counted(2, "filter")
    ('1 filter', '2 filters')
    """
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def listed(words: Sequence[str]) -> str:
    """Things one after the other.

    >>> listed(["a pooling", "a flattening", "a dense layer"])
    'a pooling, a flattening and a dense layer'
    """
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def zeros_around(width: int) -> str:
    """The padding of every side.

    >>> zeros_around(0), zeros_around(1), zeros_around(2)
    ('no padding', 'one zero of padding on every side', '2 zeros of padding on every side')
    """
    if width == 0:
        return "no padding"
    return f"{'one zero' if width == 1 else f'{width} zeros'} of padding on every side"


def kind_of_image(draw: Draw) -> str:
    """What a network may be shown."""
    return draw.choice(["photograph", "grey image", "scanned digit", "satellite image", "radiograph"])

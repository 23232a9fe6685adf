"""One layer's place on the page: its number, its names of quantities, and the shape that comes in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.rules.rule import Rule, Shape


@dataclass
class Spot:
    """Where a layer writes: ``number`` is 1, or 2_1_3 inside branches, ``ending`` that of its design.

    ``input`` names the shape that comes in, ``place`` is the layer's place in the sheet. The names
    of a layer's quantities are a word, the number and the ending: ``shape1``, ``shape1_new``.
    """

    page: Page
    number: str
    ending: str
    input: str
    place: str
    own: set[str] = field(default_factory=set)

    def name(self, word: str) -> str:
        """The whole name of one of the layer's quantities; of another, itself."""
        return f"{word}{self.number}{self.ending}" if word in self.own else word

    def give(self, word: str, value: Any, symbol: str) -> None:
        """Put down one of the layer's arguments."""
        self.own.add(word)
        self.page.give(self.name(word), value, symbol, hidden=True)

    def work(self, word: str, rule: Rule, *inputs: str, symbol: str = "", shown: bool = True) -> None:
        """Work one of the layer's quantities from others of it, or from any."""
        names = [self.name(i) for i in inputs]
        self.own.add(word)
        self.page.work(self.name(word), rule, *names, symbol=symbol or self._symbol(word), shown=shown)

    def _symbol(self, word: str) -> str:
        symbol = SYMBOLS.get(word, rf"\text{{{word}}}")
        return numbered(symbol, self.number, self.ending)

    def whole(self, word: str) -> Shape:
        """One of the layer's quantities as plain whole numbers."""
        return whole(self.page, self.name(word))

    @property
    def shape(self) -> Shape:
        """The shape that comes in."""
        return whole(self.page, self.input)

    @property
    def channels(self) -> int:
        """The channels that come in."""
        return self.shape[-1]

    def need_plane(self, kind: str) -> None:
        """Raise SheetError where height, width and channels are needed and do not come in."""
        if len(self.shape) != 3:
            found = written(self.shape)
            raise self.error(f"{kind} needs height, width and channels; got an input of shape {found}")

    def error(self, said: str, key: str = "") -> SheetError:
        """A mistake of this layer, with its place."""
        return SheetError(f"{self.place}{key and '.'}{key}: {said}")


SYMBOLS = {"parameters": "P", "multiplications": "M"}


def numbered(symbol: str, number: str, ending: str) -> str:
    r"""A symbol with its layer's number below, and the design's name above.

    >>> numbered("M", "2_1", "_new"), numbered("M", "", "")
    ('M_{2,1}^{\\text{new}}', 'M')
    """
    below = f"_{{{number.replace('_', ',')}}}" if number else ""
    above = rf"^{{\text{{{ending[1:]}}}}}" if ending else ""
    return symbol + below + above


def whole(page: Page, name: str) -> Shape:
    """A quantity of whole numbers as plain ones."""
    return tuple(int(v.exact.p) for v in page[name].flat)


def written(shape: Shape) -> str:
    """A shape, or a size, in prose.

    >>> written((28, 28, 192)), written((10,))
    ('28 × 28 × 192', '10')
    """
    return " × ".join(str(n) for n in shape)

"""Steps that wait, until one pass over memory does several of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.layers.steps import Step
from chainrule.rules.rule import Shape


@dataclass(frozen=True)
class Waiting:
    """A step that waits: the shape of its arrays, whether it sums them, and what its numbers depend on.

    ``inputs`` are those inputs, ``arrays`` the ones among them that have the shape.
    """

    step: Step
    shape: Shape
    is_sum: bool
    inputs: tuple[str, ...]
    arrays: frozenset[str]


class Pool(dict[str, Waiting]):
    """The steps that wait, by their names, in an order in which they can be done."""

    def is_array(self, name: str) -> bool:
        """Whether a step waits that gives an array, which a pass can work out on its way."""
        return name in self and not self[name].is_sum

    def within(self, names: Iterable[str]) -> list[str]:
        """The steps that these need, and they themselves, in their order."""
        needed: set[str] = set()
        more = list(names)
        while more:
            name = more.pop()
            if name in self and name not in needed:
                needed.add(name)
                more += self[name].inputs
        return [name for name in self if name in needed]

    def arrays(self, name: str) -> set[str]:
        """The known arrays that a value is made of."""
        return {i for each in self.within([name]) for i in self[each].arrays if i not in self}

    def together(self, names: list[str]) -> list[str]:
        """The first of these, the others that are made of the same arrays, and sums that need no more."""
        shape, arrays = self[names[0]].shape, self.arrays(names[0])
        chosen = [names[0]]
        for name in names[1:]:
            if self[name].shape == shape and arrays & self.arrays(name):
                chosen.append(name)
                arrays |= self.arrays(name)
        sums = [n for n, each in self.items() if each.is_sum and each.shape == shape]
        return list(dict.fromkeys([*chosen, *(name for name in sums if self.arrays(name) <= arrays)]))

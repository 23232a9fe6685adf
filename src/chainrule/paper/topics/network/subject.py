"""What a study of a network looks at: the network, and what has been worked of it."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.layers.dense import Dense
from chainrule.network import Network, Placed, Program
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError


@dataclass(frozen=True)
class Subject:
    """A network on a page; where samples were worked, the program and its number of updates.

    ``whole`` says that the first update takes all rows.
    """

    page: Page
    network: Network
    columns: bool = False
    program: Program | None = None
    updates: int = 0
    whole: bool = True

    @property
    def dense(self) -> list[Placed]:
        """The dense layers."""
        return [place for place in self.network.places if isinstance(place.layer, Dense)]

    def all_dense(self, study: str) -> list[Placed]:
        """The layers, all dense. Raises SheetError where one is not."""
        for place in self.network.places:
            if not isinstance(place.layer, Dense):
                kind = type(place.layer).__name__
                raise SheetError(f"find: {study} is worked for Dense layers; layer {place.number} is {kind}")
        return self.dense

    def need_samples(self, study: str) -> Program:
        """The program that was worked. Raises SheetError where no samples were given."""
        if self.program is None:
            raise SheetError(f"find: {study} needs x, with a row per sample")
        return self.program

    def need_updates(self, study: str) -> Program:
        """The program that was worked. Raises SheetError where it has no update."""
        program = self.need_samples(study)
        if not program.update:
            raise SheetError(f"find: {study} needs y, for there is an update only where there is a loss")
        return program

    def at(self, name: str, update: int = 1) -> str:
        """The name of a quantity in an update."""
        return name if self.updates <= 1 else f"{name}.{update}"

    def after(self, parameter: str, update: int) -> str:
        """The name of a parameter after so many updates."""
        if update == 0:
            return parameter
        return f"{parameter}_new" if self.updates == 1 else f"{parameter}.{update}"

    def activation(self, place: Placed) -> str:
        """The name of a dense layer's activation."""
        assert isinstance(place.layer, Dense)
        return place.layer.activation.name

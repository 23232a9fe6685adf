"""A design: a stack of layers, written on the page layer by layer and added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chainrule.paper.page import Page
from chainrule.paper.prose import as_prose
from chainrule.paper.topics.cost.layers import BatchNormalization, Conv2D, Counted, Fork
from chainrule.paper.topics.cost.reading import Layer
from chainrule.paper.topics.cost.spots import Spot, numbered, whole, written
from chainrule.rules.counting import output_shapes, savings, sums
from chainrule.rules.rule import Shape

PARAMETERS, MULTIPLICATIONS, MOVING = "parameters", "multiplications", "moving"


@dataclass(frozen=True)
class Row:
    """A layer that was counted: its number, its short words, its shapes, and what it takes."""

    number: str
    words: str
    kind: str
    layer: Counted | Fork
    input: str
    shape: Shape
    parameters: int = 0
    multiplications: int = 0

    @property
    def label(self) -> str:
        """The number as it is read: 2.1.3."""
        return self.number.replace("_", ".")


@dataclass(frozen=True)
class Branching:
    """Branches that were counted, and where they are joined."""

    branches: list[list[Row | Branching]]
    join: Row


@dataclass
class Design:
    """A stack of layers on the page; ``ending`` is that of its quantities' names, as ``_new``.

    ``key`` is where in the sheet its layers are given.
    """

    page: Page
    input: str
    ending: str = ""
    key: str = "layers"
    tree: list[Row | Branching] = field(default_factory=list)
    shape: str = ""

    @property
    def rows(self) -> list[Row]:
        """Every layer, in order; a join behind its branches."""
        return list(_rows(self.tree))

    def name(self, word: str) -> str:
        """The name of a total."""
        return word + self.ending

    def total(self, word: str) -> int:
        """A total as a plain whole number."""
        return whole(self.page, self.name(word))[0]

    def count(self, layers: Sequence[Layer]) -> None:
        """Write every layer on the page.

        Raises SheetError where layers do not fit together.
        """
        self.tree, self.shape = self._count(layers, "", self.input, f"given.{self.key}")

    def _count(
        self, layers: Sequence[Layer], prefix: str, shape: str, place: str
    ) -> tuple[list[Row | Branching], str]:
        made: list[Row | Branching] = []
        for i, layer in enumerate(layers, start=1):
            number = f"{prefix}{i}"
            on = Spot(self.page, number, self.ending, shape, f"{place}[{i}]")
            if isinstance(layer, Fork):
                branching, shape = self._fork(layer, on)
                made.append(branching)
            else:
                row, shape = self._layer(layer, on)
                made.append(row)
        return made, shape

    def _layer(self, layer: Counted, on: Spot) -> tuple[Row, str]:
        self._part(on.number, layer.named(layer.title))
        layer.write(on)
        if not on.own:
            on.page.remark(f"The shape stays {written(on.shape)}; there is nothing to count.")
        shape = on.name("shape") if "shape" in on.own else on.input
        counts = {word: on.whole(word)[0] for word in (PARAMETERS, MULTIPLICATIONS) if word in on.own}
        behind = whole(self.page, shape)
        return Row(on.number, layer.named(layer.short), layer.kind, layer, on.input, behind, **counts), shape

    def _fork(self, fork: Fork, on: Spot) -> tuple[Branching, str]:
        branches, shapes = [], []
        for i, branch in enumerate(fork.branches, start=1):
            inside, shape = self._count(branch, f"{on.number}_{i}_", on.input, f"{on.place}.branches[{i}]")
            branches.append(inside)
            shapes.append(shape)
        title = "Concatenate" if fork.join == "concatenate" else "Add"
        title = f"{as_prose(fork.name)}: {title}" if fork.name else title
        self._part(on.number, title)
        self._check_join(fork, on, [whole(self.page, shape) for shape in shapes])
        rule = output_shapes.concatenated if fork.join == "concatenate" else output_shapes.added
        on.work("side", output_shapes.plane, shapes[0], symbol=r"H \times W", shown=False)
        on.work("shape", rule(len(shapes)), "side", *shapes)
        row = Row(on.number, title, "join", fork, on.input, on.whole("shape"))
        return Branching(branches, row), on.name("shape")

    def _check_join(self, fork: Fork, on: Spot, shapes: list[Shape]) -> None:
        """Raise SheetError for branches that cannot be joined."""
        if fork.join == "add":
            wrong, must = [s for s in shapes if s != shapes[0]], "shapes"
        else:
            if any(len(s) != 3 for s in shapes):
                raise on.error(
                    "branches are concatenated along channels: each needs height, width and channels"
                )
            wrong, must = [s for s in shapes if s[:2] != shapes[0][:2]], "heights and widths"
        if wrong:
            other = f"branch {shapes.index(wrong[0]) + 1} {written(wrong[0])}"
            found = f"branch 1 gives {written(shapes[0])}, {other}"
            joined = "added" if fork.join == "add" else "concatenated"
            raise on.error(f"{found}; branches that are {joined} need the same {must}", "branches")

    def _part(self, number: str, title: str) -> None:
        design = f"{self.ending[1:].capitalize()} design, layer" if self.ending else "Layer"
        self.page.part(f"layer{number}{self.ending}", f"{design} {number.replace('_', '.')}: {title}")

    # ------------------------------------------------------------------------- totals

    def add_up(self) -> None:
        """Write the totals, and the table of all layers."""
        page, rows = self.page, self.rows
        title = f"Totals of the {self.ending[1:]} design" if self.ending else "Totals"
        page.part(f"totals{self.ending}", title)
        for word, symbol in ((PARAMETERS, "P"), (MULTIPLICATIONS, "M")):
            counted = [row for row in rows if getattr(row, word)]
            small = tuple(i for i, row in enumerate(counted) if _is_one_by_one(row))
            self._sum(word, symbol, [f"{word}{row.number}{self.ending}" for row in counted], small)
        names = [f"{MOVING}{r.number}{self.ending}" for r in rows if isinstance(r.layer, BatchNormalization)]
        if names:
            self._sum(MOVING, r"\text{moving}", names)
            trainable = numbered(r"P_{\text{trained}}", "", self.ending)
            totals = self.name(PARAMETERS), self.name(MOVING)
            page.work(self.name("trainable"), savings.saving, *totals, symbol=trainable)
        page.table("", ("", "layer", "shape", "parameters", "multiplications"), self._table())

    def _sum(self, word: str, symbol: str, names: list[str], small: tuple[int, ...] = ()) -> None:
        rule = sums.sum_of(len(names), small) if names else sums.nothing
        symbol = numbered(symbol, "", self.ending)
        self.page.work(self.name(word), rule, *(names or [self.input]), symbol=symbol)

    def _table(self) -> Iterator[tuple[str, str, str, str, str]]:
        yield "", "input", written(whole(self.page, self.input)), "", ""
        for row in self.rows:
            counts = f"{row.parameters:,}", f"{row.multiplications:,}"
            yield row.label, row.words, written(row.shape), *counts
        totals = f"{self.total(PARAMETERS):,}", f"{self.total(MULTIPLICATIONS):,}"
        yield "", "total", "", *totals

    def measure(self, rows: int, bytes_each: int) -> None:
        """Write the memory of parameters and activations, and the multiplications of a batch."""
        page = self.page
        title = f"Memory of the {self.ending[1:]} design" if self.ending else "Memory"
        page.part(f"memory{self.ending}", title)
        shapes = dict.fromkeys([self.input, *self._outputs()])
        page.give("bytes", bytes_each, symbol=r"b", hidden=True)
        unit = "byte" if bytes_each == 1 else "bytes"
        said = f"Each number takes {bytes_each} {unit}; kept are the input and what each layer gives."
        if len(shapes) <= len(self.rows):
            said += " A layer that keeps the shape works in place."
        page.remark(said)
        activations = numbered("A", "", self.ending)
        page.work(self.name("values"), sums.values_of(len(shapes)), *shapes, symbol=activations)
        kept = "values"
        if rows > 1:
            page.give("rows", rows, symbol="m", hidden=True)
            for word, symbol in ((MULTIPLICATIONS, "M"), ("values", "A")):
                name, of = self.name(f"batch_{word}"), rf"{symbol}_{{\text{{batch}}}}"
                symbol = numbered(of, "", self.ending)
                page.work(name, sums.for_a_batch, "rows", self.name(word), symbol=symbol)
            kept = "batch_values"
        for word, count in (("parameter_bytes", PARAMETERS), ("activation_bytes", kept)):
            symbol = numbered(rf"B_{{\text{{{word.removesuffix('_bytes')}s}}}}", "", self.ending)
            page.work(self.name(word), sums.in_bytes, self.name(count), "bytes", symbol=symbol)

    def _outputs(self) -> Iterator[str]:
        for row in self.rows:
            name = f"shape{row.number}{self.ending}"
            if name in self.page.tape.quantities:
                yield name


def _is_one_by_one(row: Row) -> bool:
    return isinstance(row.layer, Conv2D) and row.layer.kernel_size == (1, 1)


def _rows(tree: Sequence[Row | Branching]) -> Iterator[Row]:
    for part in tree:
        if isinstance(part, Row):
            yield part
        else:
            for branch in part.branches:
                yield from _rows(branch)
            yield part.join

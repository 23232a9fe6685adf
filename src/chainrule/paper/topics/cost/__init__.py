"""The topic ``cost``: shapes, parameters and multiplications of a network, and cheaper designs."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError, Strict, shown
from chainrule.paper.topics.cost.arguments import LARGEST, Count
from chainrule.paper.topics.cost.designs import Design
from chainrule.paper.topics.cost.reading import SCHEMA, Layer, letters, read_layers
from chainrule.paper.topics.cost.savings import (
    large_rows,
    separable,
    width_within,
    with_bottlenecks,
    write_limits,
    write_saving,
)
from chainrule.paper.workings import Working

Layers = Annotated[list[Any], Field(min_length=1), WithJsonSchema(SCHEMA)]
_WIDTHS = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "array", "items": {"type": "integer"}}]}


def _widths(given: Any) -> list[int]:
    """One width, or one for each large convolution."""
    widths = given if isinstance(given, list) else [given]
    if not widths or not all(isinstance(w, int) and not isinstance(w, bool) for w in widths):
        raise ValueError(f"expected a whole number, or a list of them; got {shown(given)}")
    if wrong := [w for w in widths if not 1 <= w <= LARGEST]:
        raise ValueError(f"expected at least 1 and at most {LARGEST:,}; got {shown(wrong[0])}")
    return widths


Widths = Annotated[list[int], BeforeValidator(_widths), WithJsonSchema(_WIDTHS)]
_WAYS = ("compare", "width", "budget", "separable")


class Given(Strict):
    """What is given in a question of the topic ``cost``."""

    input: list[Count] = Field(
        min_length=1, max_length=3, description="the shape of a sample: height, width, channels; or units"
    )
    layers: Layers = Field(description="the layers, as in Keras")
    compare: Layers | None = Field(None, description="the layers of a second design, for the same input")
    width: Widths | None = Field(
        None, description="filters of the 1 × 1 bottleneck before each larger convolution; a list for several"
    )
    budget: int | None = Field(
        None, ge=1, description="multiplications that a design with a bottleneck may take"
    )
    separable: bool = Field(False, description="compare with separable convolutions")
    batch_size: int = Field(1, ge=1, le=LARGEST, description="samples, for memory and multiplications")
    bytes_per_number: int = Field(4, ge=1, le=16, description="4 for float32")

    @model_validator(mode="after")
    def _one_way(self) -> Given:
        ways = [way for way in _WAYS if getattr(self, way)]
        if len(ways) > 1:
            raise ValueError(f"{' and '.join(ways)} exclude each other; give one of them")
        return self


def solve(question: Question) -> Working:
    """Count a design; where it is asked for, a second one, and what it saves.

    Raises SheetError for layers that do not fit together, and where no bottleneck can be had.
    """
    given: Given = question.given
    layers = read_layers(given.layers, "layers")
    # Counts are whole numbers, which are closed as they are.
    page = Page(question.model_copy(update={"closed": False}))
    page.give("input", given.input)
    first = _count(page, given, layers)
    if given.compare:
        second = _count(page, given, read_layers(given.compare, "compare"), "compare")
        write_saving(page, first, second)
    elif given.separable:
        if not large_rows(first):
            raise SheetError("given.separable: no convolution here is larger than 1 × 1")
        write_saving(page, first, _count(page, given, separable(layers), "layers", "_new"))
    elif given.width or given.budget:
        write_limits(page, first)
        widths = _bottlenecks(page, given, first)
        write_saving(page, first, _count(page, given, with_bottlenecks(layers, widths), "layers", "_new"))
    return page.working()


def _count(page: Page, given: Given, layers: list[Layer], key: str = "layers", ending: str = "") -> Design:
    """Write a design: its picture, its layers, its totals and its memory."""
    ending = ending or ("_second" if key == "compare" else "")
    design = Design(page, "input", ending, key)
    said = f"The {ending[1:]} design" if ending else "The design"
    page.part(f"module{ending}", said)
    if not ending:
        page.remark(letters(layers))
    page.picture(said, partial(_draw, design, said))
    design.count(layers)
    design.add_up()
    design.measure(given.batch_size, given.bytes_per_number)
    return design


def _draw(design: Design, title: str) -> str:
    from chainrule.paper.topics.cost.drawing import draw

    return draw(design, title)


def _bottlenecks(page: Page, given: Given, design: Design) -> list[int]:
    """The width of the bottleneck before each large convolution."""
    if given.budget:
        return [width_within(page, design, given.budget)]
    count, widths = len(large_rows(design)), given.width or []
    if len(widths) not in (1, count):
        said = f"expected one width, or one for each convolution larger than 1 × 1 ({count})"
        raise SheetError(f"given.width: {said}; got {len(widths)}")
    return widths if len(widths) == count else widths * count

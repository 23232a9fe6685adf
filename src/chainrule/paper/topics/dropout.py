"""The topic ``dropout``: a layer with units dropped, in training and when tested, and what to expect."""

from __future__ import annotations

from functools import partial
from itertools import product
from random import Random
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from chainrule.paper.notation import exact_tex, exact_text
from chainrule.paper.numbers import Number, numbers
from chainrule.paper.page import Page
from chainrule.paper.reading import Value
from chainrule.paper.sheet import Question, Scalar, SheetError, Strict, Values, check_number
from chainrule.paper.workings import Working
from chainrule.rules import dropout as rules

MOST_UNITS = 1000
MOST_LISTED = 4
"""Units of a layer of which every mask is listed."""
LARGEST_PICTURE = 12
_MEAN = r"y_{\text{mean}}"


class Given(Strict):
    """What is given in a question of the topic ``dropout``."""

    x: Values = Field(description="the layer's outputs: a list, or rows, one per sample")
    keep: Scalar | None = Field(None, description="the probability that a unit is kept")
    rate: Scalar | None = Field(None, description="the probability that a unit is dropped, as Keras")
    mask: Values | None = Field(None, description="1 for a unit that is kept, 0 for one that is dropped")
    seed: int | None = Field(None, ge=0, le=2**64 - 1, description="draws the mask: see the documents")
    scaling: Literal["inverted", "classic"] = Field(
        "inverted", description="divide by keep in training, or multiply by it when testing"
    )
    dy: Values | None = Field(None, description="the gradient of the loss in the result, to work backward")

    @model_validator(mode="after")
    def _fits(self) -> Given:
        if (self.keep is None) == (self.rate is None):
            found = "neither keep nor rate is given" if self.keep is None else "keep and rate are both given"
            raise ValueError(f"{found}; expected one of them")
        if self.mask is not None and self.seed is not None:
            raise ValueError("mask and seed are both given; expected one of them")
        if self.dy is not None and self.mask is None and self.seed is None:
            raise ValueError(
                "dy is given without mask or seed; expected one of them, to know what is dropped"
            )
        return self


def solve(question: Question) -> Working:
    """Work the mask, the outputs in training and when tested, what to expect, and the gradient.

    Raises SheetError for a mask that does not fit, or a probability that is none.
    """
    given: Given = question.given
    _check(given)
    page = Page(question)
    inverted = given.scaling == "inverted"
    page.give("x", given.x)
    if given.keep is not None:
        page.give("keep", given.keep, symbol="p")
    else:
        page.give("rate", given.rate, symbol="r")
        page.part("keep", "Probability of being kept")
        page.work("keep", rules.keep_probability, "rate", symbol="p")
    has_mask = given.mask is not None or given.seed is not None
    if has_mask:
        _mask(page, given)
        page.part("training", "In training")
        if inverted:
            page.work(
                "y", rules.inverted_dropout, "x", "mask", symbol=r"y_{\text{train}}", keep=page["keep"][()]
            )
        else:
            page.work("y", rules.classic_dropout, "x", "mask", symbol=r"y_{\text{train}}")
        if given.x.ndim == 1:
            page.work("total", rules.summed, "y", symbol=r"s_{\text{train}}")
    page.part("test", "When tested")
    if inverted:
        page.work("y_test", rules.inverted_test, "x", symbol=r"y_{\text{test}}")
    else:
        page.work("y_test", rules.classic_test, "x", symbol=r"y_{\text{test}}", keep=page["keep"][()])
    if given.x.ndim == 1:
        page.work("total_test", rules.summed, "y_test", symbol=r"s_{\text{test}}")
    _expectation(page, inverted)
    if given.dy is not None:
        page.give("dy", given.dy, symbol=_slope("y"))
        page.part("backward", "Backward")
        if inverted:
            page.work("dx", rules.inverted_dx, "dy", "mask", symbol=_slope("x"), keep=page["keep"][()])
        else:
            page.work("dx", rules.classic_dx, "dy", "mask", symbol=_slope("x"))
    if has_mask:
        _draw(page)
    return page.working()


def seeded_draws(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers from 0 up to 1, row by row, by Python's ``random.Random(seed).random()``.

    Python promises that this sequence stays the same in all its versions.

    >>> [round(float(u), 4) for u in seeded_draws(1, (2,))]
    [0.1344, 0.8474]
    """
    random = Random(seed)
    return numbers(np.array([random.random() for _ in range(int(np.prod(shape)))]).reshape(shape))


def _check(given: Given) -> None:
    if given.x.ndim not in (1, 2):
        raise SheetError("given.x: expected a list of numbers, or rows of them")
    if given.x.size > MOST_UNITS:
        raise SheetError(f"given.x: {given.x.size} numbers; at most {MOST_UNITS} are worked by hand")
    if given.keep is not None:
        check_number("keep", given.keep, lambda v: 0 < v <= 1, "a number greater than 0, at most 1")
    if given.rate is not None:
        check_number("rate", given.rate, lambda v: 0 <= v < 1, "a number from 0 up to, but not, 1")
    for key, values in (("mask", given.mask), ("dy", given.dy)):
        if values is not None and values.shape != given.x.shape:
            found, wanted = _times(values.shape), _times(given.x.shape)
            raise SheetError(f"given.{key}: shape {found}, and x has {wanted}; expected the same")
    for value in given.mask.flat if given.mask is not None else ():
        if isinstance(value, Value) or value.exact not in (0, 1):
            found = value.text if isinstance(value, Value) else exact_text(value)
            raise SheetError(f"given.mask: expected 0 (dropped) or 1 (kept); got {found}")


def _mask(page: Page, given: Given) -> None:
    """The mask that is given, or the one that the seed draws."""
    if given.mask is not None:
        page.give("mask", given.mask, symbol="m")
        return
    assert given.seed is not None
    draws = seeded_draws(given.seed, given.x.shape)
    page.give("u", draws, hidden=True)
    page.part("mask", "The mask that is drawn")
    page.remark(
        f"The seed {given.seed} draws numbers $u$ between 0 and 1, one per unit; "
        "a unit is kept where $u < p$."
    )
    keep = page["keep"][()]
    if getattr(keep, "is_number", True) is False:
        raise SheetError("given.seed: no mask can be drawn for a probability that is a name; give a mask")
    page.work("mask", rules.drawn_mask, "u", symbol="m", keep=page["keep"][()])
    rows = [
        [_unit(place), page.decimal(draws[place]), "kept" if page["mask"][place] == 1 else "dropped"]
        for place in np.ndindex(draws.shape)
    ]
    page.table("Units", ["unit", "$u$", ""], rows[:50])


def _unit(place: tuple[int, ...]) -> str:
    return ", ".join(str(i + 1) for i in place)


def _expectation(page: Page, inverted: bool) -> None:
    """The mean of the outputs over all masks: by the two chances of a unit, and by listing the masks."""
    page.part("expectation", "What is to be expected")
    rule = rules.inverted_expected if inverted else rules.classic_expected
    page.work("expected", rule, "x", symbol=r"\text{E}(y_{\text{train}})", keep=page["keep"][()])
    page.remark(
        r"A unit is kept with the probability $p$, else it gives 0. On average over all masks the outputs in "
        "training are those when tested; with one mask they need not be."
    )
    if page["x"].ndim == 1 and len(page["x"]) <= MOST_LISTED:
        _listed(page, inverted)


def _listed(page: Page, inverted: bool) -> None:
    """Every mask, its probability and what the layer gives with it; and the mean of these."""
    units = len(page["x"])
    masks = list(product((1, 0), repeat=units))
    page.give(
        "masks", np.array([[Number(kept) for kept in mask] for mask in masks], dtype=object), hidden=True
    )
    page.work(
        "probability", rules.mask_probabilities, "masks", symbol="P", shown=False, keep=page["keep"][()]
    )
    every = np.array([page["x"]] * len(masks), dtype=object)
    page.tape.give("every_x", every, "x", hidden=True)
    if inverted:
        page.work(
            "outputs",
            rules.inverted_dropout,
            "every_x",
            "masks",
            symbol="Y",
            shown=False,
            keep=page["keep"][()],
        )
    else:
        page.work("outputs", rules.classic_dropout, "every_x", "masks", symbol="Y", shown=False)
    show = page.write if page.question.rounding is None else page.decimal
    page.table(
        "All masks",
        ["mask", "probability", "outputs"],
        [
            [
                "$(" + ", ".join(map(str, mask)) + ")$",
                show(page["probability"][i]),
                "$(" + ", ".join(page.decimal(v).strip("$") for v in page["outputs"][i]) + ")$",
            ]
            for i, mask in enumerate(masks)
        ],
    )
    mean = page.work("mean_of_masks", rules.mean_over_masks, "probability", "outputs", symbol=_MEAN)
    if page.closed:
        expanded = [exact_tex(value.expanded()) for value in mean]
        if expanded != [exact_tex(value) for value in mean]:
            page.chain(
                _MEAN, (rf"\begin{{bmatrix}} {', & '.join(expanded)} \end{{bmatrix}}", "multiplied out")
            )


def _slope(of: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {of}}}"


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"


# ---------------------------------------------------------------------------- pictures


def _draw(page: Page) -> None:
    x, mask, y = (np.atleast_2d(page[name]) for name in ("x", "mask", "y"))
    if max(x.shape) > LARGEST_PICTURE:
        return
    labels = [
        [(page.decimal(v), page.decimal(w)) for v, w in zip(a, b, strict=True)]
        for a, b in zip(x, y, strict=True)
    ]
    kept = [[bool(m == 1) for m in row] for row in mask]
    page.part("picture", "The layer")
    page.picture("The layer with the units that are dropped", partial(_layer, labels, kept))


def _layer(labels: list[list[tuple[str, str]]], kept: list[list[bool]]) -> str:
    """The units as circles, one row per sample; those that are dropped are crossed out."""
    from chainrule.paper.pictures import BLUE, INK, RED, SOFT, drawing
    from chainrule.paper.prose import plain_prose

    rows, units = len(labels), len(labels[0])
    with drawing(
        "The layer with the units that are dropped", width=1.2 * units + 0.6, height=1.5 * rows + 0.3
    ) as picture:
        axes = picture.axes
        for row in range(rows):
            for unit in range(units):
                at, is_kept = (unit, rows - row), kept[row][unit]
                axes.plot(
                    *at,
                    "o",
                    markersize=34,
                    markerfacecolor="white",
                    markeredgecolor=BLUE if is_kept else SOFT,
                )
                if not is_kept:
                    axes.plot(*at, "x", markersize=30, color=RED)
                before, after = (plain_prose(text) for text in labels[row][unit])
                axes.annotate(
                    before, at, ha="center", va="center", color=INK if is_kept else SOFT, fontsize=9
                )
                axes.annotate(
                    after,
                    at,
                    textcoords="offset points",
                    xytext=(0, -28),
                    ha="center",
                    color=BLUE if is_kept else RED,
                    fontsize=9,
                )
        axes.set(xlim=(-0.6, units - 0.4), ylim=(0.35, rows + 0.5))
        axes.axis("off")
    return picture.svg

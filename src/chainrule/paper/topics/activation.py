"""The topic ``activation``: value and slope of an activation at given points, and its curve."""

from __future__ import annotations

from functools import partial

import numpy as np
from pydantic import Field

from chainrule import activations
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError, Strict, Table, Values
from chainrule.paper.workings import Working
from chainrule.rules.activations import Activation

MARGIN = 1.5
"""How far beyond the points a curve is drawn, at least as far as this on both sides of 0."""


class Given(Strict):
    """What is given in a question of the topic ``activation``."""

    activation: Table = Field(description="its name, or a table with its name and options")
    z: Values = Field(description="the pre-activations; for softmax one vector, or a row per sample")


def solve(question: Question) -> Working:
    """Work values and slopes; of softmax, the probabilities.

    Raises SheetError for what is no activation, WorkError for what cannot be worked.
    """
    given: Given = question.given
    try:
        activation = activations.get(given.activation)
    except (ValueError, TypeError) as error:
        raise SheetError(f"given.activation: {error}") from None
    if given.z.ndim > 2:
        raise SheetError("given.z: expected a number, a list of numbers, or rows of them")
    page = Page(question)
    page.part("value", "Value")
    z = page.give("z", given.z if activation.derivative else np.atleast_1d(given.z))
    page.work("a", activation.forward, "z")
    if activation.derivative:
        page.part("slope", "Slope")
        page.work("slope", activation.derivative, "z", "a", symbol="f'(z)")
        if all(isinstance(v, Number) for v in z.flat):
            page.part("curve", "Curve")
            points = np.atleast_1d(z.astype(float)).reshape(-1)
            page.picture(f"{activation.name} and its slope", partial(_curve, activation, points))
    return page.working()


def _curve(activation: Activation, points: np.ndarray) -> str:
    """The activation and its slope, with the points marked."""
    from chainrule.paper.pictures import BLUE, RED, drawing

    far = max(4.0, float(np.abs(points).max()) + MARGIN)
    z = np.linspace(-far, far, 401)
    assert activation.derivative is not None
    options = {name: float(value) for name, value in activation.options.items()}
    value, marked = activation.forward(z, **options), activation.forward(points, **options)
    slope = activation.derivative(z, value, **options)
    with drawing(f"{activation.name} and its slope") as picture:
        axes = picture.axes
        axes.plot(z, value, color=BLUE, label=activation.name)
        axes.plot(z, slope * np.ones_like(z), color=RED, linestyle="--", label="slope")
        axes.plot(points, marked, "o", color=BLUE)
        axes.set(xlabel="z")
        axes.legend(frameon=False)
    return picture.svg

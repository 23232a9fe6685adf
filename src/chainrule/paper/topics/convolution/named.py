"""Channels and filters of a question, read from what is given, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.paper.names import tex_name
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics._windows import found_shape, times
from chainrule.paper.topics.convolution.given import Given


@dataclass(frozen=True)
class Arrays:
    """What is given, sorted: matrices (or vectors) by channel, and by filter and channel.

    X is (channels, …), W (filters, channels, …); ``b`` has one entry for each filter.
    """

    X: np.ndarray
    W: np.ndarray
    b: np.ndarray | None

    @property
    def axes(self) -> int:
        return self.X.ndim - 1

    @property
    def channels(self) -> range:
        return range(len(self.X))

    @property
    def filters(self) -> range:
        return range(len(self.W))

    def of_channel(self, stem: str, c: int) -> str:
        """The name of a quantity of one channel: X, or X1, X2, …"""
        return stem if len(self.X) == 1 else f"{stem}{c + 1}"

    def of_filter(self, stem: str, k: int) -> str:
        """The name of a quantity of one filter: Y, or Y1, Y2, …"""
        return stem if len(self.W) == 1 else f"{stem}{k + 1}"

    def of_both(self, stem: str, k: int, c: int) -> str:
        """The name of a quantity of one filter and channel: W, W2, or W1_2."""
        numbers = [str(k + 1)] if len(self.W) > 1 else []
        numbers += [str(c + 1)] if len(self.X) > 1 else []
        return stem + "_".join(numbers)


def gradient_tex(name: str) -> str:
    """The symbol of the gradient of the loss in a quantity."""
    return rf"\frac{{\partial L}}{{\partial {tex_name(name)}}}"


def with_word(tex: str, word: str) -> str:
    r"""A symbol with a word above it, as for padded or turned.

    >>> with_word("X", "padded")
    'X^{\\text{padded}}'
    """
    base = rf"\left( {tex} \right)" if "frac" in tex else tex
    return rf"{base}^{{\text{{{word}}}}}"


def arrays_of(given: Given) -> Arrays:
    """Input, filters and biases, sorted. Raises SheetError where their shapes do not go together."""
    if given.filter is None:
        raise SheetError("given.filter: is missing; expected rows of numbers, as the input")
    X, W = given.input, given.filter
    if X.ndim not in (1, 2, 3):
        raise SheetError(
            "given.input: expected a list of numbers, rows of them, or a list of channels in rows"
        )
    channels = len(X) if X.ndim == 3 else 1
    if W.ndim not in (X.ndim, X.ndim + 1):
        kinds = {1: "a list of numbers", 2: "one channel in rows", 3: f"{channels} channels in rows"}
        asked = {1: "a list of numbers", 2: "rows of numbers", 3: f"{channels} times rows of numbers"}
        raise SheetError(
            f"given.filter: nested {W.ndim} deep; for {kinds[X.ndim]} expected {asked[X.ndim]}, or a list "
            "of several such filters"
        )
    if W.ndim == X.ndim:
        W = W[None]
    if X.ndim != 3:
        X, W = X[None], W[:, None]
    if W.shape[1] != channels:
        raise SheetError(
            f"given.filter: {W.shape[1]} channel{'' if W.shape[1] == 1 else 's'}; "
            f"expected {channels}, as many as the input has"
        )
    return Arrays(X, W, _biases(given, len(W)))


def _biases(given: Given, filters: int) -> np.ndarray | None:
    if given.bias is None:
        return None
    b = given.bias.reshape(-1)
    if given.bias.ndim > 1 or len(b) != filters:
        raise SheetError(f"given.bias: {found_shape(given.bias)}; expected one for each filter, {filters}")
    return np.asarray(b)


def slopes_of(given: Given, filters: int, outputs: tuple[int, ...]) -> np.ndarray | None:
    """The gradient in each map. Raises SheetError where its shape is not that of the maps."""
    if given.dY is None:
        return None
    dY = given.dY if filters > 1 else given.dY[None]
    if dY.shape != (filters, *outputs):
        expected = f"{filters} × {times(outputs)}" if filters > 1 else times(outputs)
        raise SheetError(f"given.dY: {found_shape(given.dY)}; expected the shape of the map, {expected}")
    return np.asarray(dY)

"""Networks of dense layers in symbols: what is given, and the composed loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import sympy

from chainrule import activations, losses
from chainrule.lookup import suggest
from chainrule.paper.formulas import Formula, smooth
from chainrule.paper.numbers import UndecidedError
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.identity.crossentropy import worked
from chainrule.rules.activations.activation import Activation
from chainrule.rules.affine import affine

MOST_PARAMETERS = 40
MOST_UNITS = 6
ANY = "any"
"""An activation of which nothing is known but that it is smooth."""


@dataclass(frozen=True)
class Layer:
    """An activation on symbols: what it is, and a function of rows."""

    name: str
    entry: Activation | None

    @property
    def letter(self) -> str:
        """What its function is called."""
        return r"\sigma" if self.name == "sigmoid" else r"\tanh" if self.name == "tanh" else "f"

    def apply(self, z: np.ndarray) -> np.ndarray:
        """The outputs; of what has corners, as of a function of which nothing is known."""
        if self.entry is None:
            function = smooth("f" if self.name == ANY else self.name)
            return _each(lambda v: Formula(function(v.expression)))(z)
        return np.asarray(self.entry.forward.function(z, **self.entry.options), dtype=object)

    def slopes(self, z: np.ndarray) -> np.ndarray:
        """f'(z), as SymPy differentiates it."""
        plain = sympy.Dummy("z", real=True)
        body = self.apply(array_of([[plain]])).item().expression
        return _each(lambda v: Formula(sympy.diff(body, plain).xreplace({plain: v.expression})))(z)


@dataclass(frozen=True)
class Net:
    """A network of dense layers in symbols, one sample in a row."""

    sizes: list[int]
    layers: list[Layer]
    loss: losses.Loss
    rows: bool = True

    @property
    def depth(self) -> int:
        return len(self.layers)

    def weights(self, layer: int) -> np.ndarray:
        """The symbols of W, from the unit before (row) to the unit behind (column)."""
        before, behind = self.sizes[layer - 1], self.sizes[layer]
        return array_of(
            [
                [_name("w", layer, *((j, k) if self.rows else (k, j))) for k in range(behind)]
                for j in range(before)
            ]
        )

    def biases(self, layer: int) -> np.ndarray:
        return array_of([_name("b", layer, k) for k in range(self.sizes[layer])])

    def row(self, letter: str, layer: int) -> np.ndarray:
        """A row of symbols, one for each unit of a layer."""
        return array_of([[_name(letter, layer, k) for k in range(self.sizes[layer])]])

    def from_outputs(self, layer: int, a: np.ndarray) -> sympy.Expr:
        """The loss, given the outputs of a layer."""
        for after in range(layer + 1, self.depth + 1):
            z = affine.function(a, self.weights(after), self.biases(after))
            a = self.layers[after - 1].apply(z)
        return worked(self.loss.value, self.row("y", self.depth), a).expression

    def from_sums(self, layer: int, z: np.ndarray) -> sympy.Expr:
        """The loss, given the sums z of a layer."""
        return self.from_outputs(layer, self.layers[layer - 1].apply(z))

    def deltas(self, layer: int, z: np.ndarray) -> list[Formula]:
        """∂J/∂z of a layer, by SymPy, at sums z that may be formulas."""
        free = self.row("z", layer)
        whole = self.from_sums(layer, free)
        back = {name.expression: v.expression for name, v in zip(free[0], z[0], strict=True)}
        return [Formula(sympy.diff(whole, name.expression).xreplace(back)) for name in free[0]]


def read_network(given: Any) -> Net:
    sizes = given.sizes
    if any(not 1 <= n <= MOST_UNITS for n in sizes):
        raise SheetError(f"given.sizes: expected 1 to {MOST_UNITS} units in every layer, got {sizes}")
    parameters = sum((before + 1) * behind for before, behind in pairwise(sizes))
    if parameters > MOST_PARAMETERS:
        raise SheetError(
            f"given.sizes: {parameters} weights and biases; expected at most {MOST_PARAMETERS}, "
            "for every gradient is worked in symbols"
        )
    names = given.activations or ANY
    names = [names] * (len(sizes) - 1) if isinstance(names, str) else names
    if len(names) != len(sizes) - 1:
        raise SheetError(
            f"given.activations: {len(names)} of them for {len(sizes) - 1} layers; expected one for each"
        )
    layers = [_layer(name, i, last=i == len(names)) for i, name in enumerate(names, start=1)]
    return Net(sizes, layers, _loss(given.loss, layers[-1]))


def _layer(name: str, number: int, last: bool) -> Layer:
    if name == ANY:
        return Layer(name, None)
    known = [ANY, *(n for n, e in activations.ACTIVATIONS.items() if e.derivative and not e.gradients)]
    if name == "softmax" and last:
        return Layer(name, activations.get(name))
    if name not in known:
        where = "in the last layer alone" if name == "softmax" else suggest(name, known)
        raise SheetError(f"given.activations[{number}]: {name!r}: {where}")
    entry = activations.get(name)
    try:
        Layer(name, entry).apply(array_of([[sympy.Symbol("z", real=True)]]))
    except UndecidedError:
        return Layer(name, None)
    return Layer(name, entry)


def _loss(found: Any, last: Layer) -> losses.Loss:
    try:
        loss = losses.get(found if found is not None else {"name": "mse", "factor": "1/2"})
    except (ValueError, TypeError) as error:
        raise SheetError(f"given.loss: {error}") from None
    smooth = ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy")
    if loss.entry.name not in smooth or loss.from_logits:
        raise SheetError(
            f"given.loss: expected one of {', '.join(smooth)}, of outputs; got {loss.entry.name}"
        )
    if last.name == "softmax" and loss.entry.name != "categorical_crossentropy":
        raise SheetError("given.loss: behind softmax, expected categorical_crossentropy")
    return loss


def _name(letter: str, layer: int, *indices: int) -> sympy.Symbol:
    """A symbol of the network, a_21 for output 1 of layer 2, w_2_31 for a weight of layer 2."""
    places = "".join(str(i + 1) for i in indices)
    layers = "" if letter in "xy" else f"{layer}_" if letter == "w" else str(layer)
    return sympy.Symbol(f"{letter}_{layers}{places}", real=True)


def array_of(values: Any) -> np.ndarray:
    found = np.array(values, dtype=object)
    return _each(Formula)(found)


def _each(change: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    def changed(values: np.ndarray) -> np.ndarray:
        made = np.empty(values.shape, dtype=object)
        for place in np.ndindex(values.shape):
            made[place] = change(values[place])
        return made

    return changed

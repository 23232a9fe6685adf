"""Networks of dense layers: their tables, the names of what is worked in them, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn

Layer = dict[str, Any]

ROWS = "Samples are rows: z = xW + b."

COLUMNS = "Samples are columns: z = Wx + b."

FOUR_DECIMALS = "Give four decimals."

SQUARED = "the squared error L = (y − ŷ)²"

MEAN_SQUARED = "the mean squared error, L = 1/m Σ (y − ŷ)² over the m samples"

LOGISTIC = "the binary cross-entropy L = −y ln ŷ − (1 − y) ln(1 − ŷ)"

MEAN_LOGISTIC = "the binary cross-entropy −y ln ŷ − (1 − y) ln(1 − ŷ), averaged over the samples"

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_ACTIVATIONS = {"": "linear", "relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU"}


def number(count: int) -> str:
    """A number as a sentence has it: in words up to ten.

    >>> number(3), number(12)
    ('three', '12')
    """
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def several(count: int, thing: str) -> str:
    """So many things, in words.

    >>> several(1, "input"), several(2, "input")
    ('one input', 'two inputs')
    """
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"


def dense(W: list[list[Any]], b: list[Any] | None = None, activation: Any = "") -> Layer:
    """A dense layer's table; without ``b`` it has no bias.

    >>> dense([[1], [2]], [0])
    {'layer': 'Dense', 'units': 1, 'W': [[1], [2]], 'b': [0]}
    """
    table: Layer = {"layer": "Dense", "units": len(W[0])}
    if activation:
        table["activation"] = activation
    return {**table, "use_bias": False, "W": W} if b is None else {**table, "W": W, "b": b}


def drawn_layers(
    draw: Draw,
    sizes: Sequence[int],
    activations: Sequence[Any],
    low: float = -3,
    high: float = 3,
    step: str = "1",
    bias: bool = True,
) -> list[Layer]:
    """Dense layers between these sizes, of multiples of ``step``; no weight is 0."""
    return [
        dense(
            draw.matrix(n, k, low, high, step, zero=False),
            draw.decimals(k, low, high, step) if bias else None,
            activation,
        )
        for (n, k), activation in zip(pairwise(sizes), activations, strict=True)
    ]


Rows = list[list[Any]]


def described(inputs: int, layers: Sequence[Layer]) -> str:
    """Inputs, hidden units and outputs in words.

    >>> described(2, [dense([[1], [2]], [0], "relu"), dense([[3]], [0])])
    'two inputs, one hidden unit (ReLU) and one output unit (linear)'
    """
    parts = [several(inputs, "input")]
    for layer in layers[:-1]:
        parts.append(f"{several(layer['units'], 'hidden unit')} ({activation_of(layer)})")
    last = f"{several(layers[-1]['units'], 'output unit')} ({activation_of(layers[-1])})"
    return f"{', '.join(parts)} and {last}"


def activation_of(layer: Layer) -> str:
    """The name of a layer's activation as a sentence has it."""
    given = layer.get("activation", "")
    name = str(given["name"] if isinstance(given, dict) else given)
    return _ACTIVATIONS.get(name, name)


def forward(layers: Sequence[Layer], ending: str = "") -> list[str]:
    """The quantities of the pass forward; what is linear has its z alone.

    >>> forward([dense([[1]], None, "relu"), dense([[1]])])
    ['z1', 'a1', 'z2']
    """
    names = []
    for i, layer in enumerate(layers, start=1):
        names += [f"z{i}{ending}", *([f"a{i}{ending}"] if "activation" in layer else [])]
    return names


def backward(layers: Sequence[Layer], joined: bool = False, ending: str = "") -> list[str]:
    """The gradients from the last layer back; ``joined`` takes loss and last activation in one.

    >>> backward([dense([[1]], [0], "relu"), dense([[1]])])
    ['da2', 'dW2', 'da1', 'dz1', 'dW1', 'db1']
    """
    names = []
    for i in range(len(layers), 0, -1):
        layer = layers[i - 1]
        if not (joined and i == len(layers)):
            names.append(f"da{i}{ending}")
        if "activation" in layer:
            names.append(f"dz{i}{ending}")
        names += [f"d{name}{i}{ending}" for name in ("W", "b") if name in layer]
    return names


def updated(layers: Sequence[Layer]) -> list[str]:
    """The weights and biases after one update.

    >>> updated([dense([[1]], [0])])
    ['W1_new', 'b1_new']
    """
    return [
        f"{name}{i}_new" for i, layer in enumerate(layers, start=1) for name in ("W", "b") if name in layer
    ]


def in_columns(question: Drawn) -> Drawn:
    """The same question with samples in columns, and every matrix of it transposed.

    >>> question = {"given": {"x": [[1, 2]], "layers": [dense([[3], [4]], [0])]}}
    >>> in_columns(question)["given"]["x"], in_columns(question)["given"]["layers"][0]["W"]
    ([[1], [2]], [[3, 4]])
    """
    given = question["given"]
    turned = {name: _transposed(given[name]) for name in ("x", "y") if name in given}
    layers = [{**layer, "W": _transposed(layer["W"])} for layer in given["layers"]]
    return {**question, "convention": "columns", "given": {**given, **turned, "layers": layers}}


def _transposed(rows: list[list[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def without_bias(convention: str, layers: Sequence[Layer]) -> str:
    """ROWS or COLUMNS, without the bias where no layer has one.

    >>> without_bias(ROWS, [dense([[1]])])
    'There are no biases. Samples are rows: z = xW.'
    """
    if any("b" in layer for layer in layers):
        return convention
    return f"There are no biases. {convention.replace(' + b', '')}"


def sgd(rate: Any) -> dict[str, Any]:
    """Plain gradient descent with a learning rate."""
    return {"name": "SGD", "learning_rate": rate}

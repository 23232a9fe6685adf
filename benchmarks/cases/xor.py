"""XOR by a small network: 10,000 updates on four rows, so that all that counts is the cost of an update."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import Case, Measured
from problems import first_weights

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)
HIDDEN, RATE = 8, 0.5


def updates(small: bool) -> int:
    """How many updates are timed."""
    return 200 if small else 10_000


def kernels() -> list[np.ndarray]:
    """W1, b1, W2, b2."""
    zeros = np.zeros
    return first_weights([zeros((2, HIDDEN)), zeros(HIDDEN), zeros((HIDDEN, 1)), zeros(1)])


def timed(train: Callable[[int], None], predict: Callable[[], Any], begun: float, small: bool) -> Measured:
    """Some updates to warm up, as many as are then timed: the loss is that after all of them."""
    train(updates(small))
    ready = time.perf_counter()
    train(updates(small))
    seconds = time.perf_counter() - ready
    a = np.asarray(predict(), np.float64).reshape(Y.shape)
    loss = float(-(Y * np.log(a) + (1 - Y) * np.log(1 - a)).mean())
    return Measured(seconds, ready - begun, loss, float(((a > 0.5) == Y).mean()))


def chainrule(small: bool) -> Measured:
    """One call of fit."""
    from chainrule import Input, Sequential
    from chainrule.layers import Dense
    from chainrule.optimizers import SGD

    begun = time.perf_counter()
    model = Sequential([Input((2,)), Dense(HIDDEN, activation="tanh"), Dense(1, activation="sigmoid")])
    model.compile(SGD(RATE), "binary_crossentropy")
    model.set_weights(kernels())

    def train(count: int) -> None:
        model.fit(X, Y, batch_size=4, epochs=count, verbose=0)

    return timed(train, lambda: model.predict(X, verbose=0), begun, small)


def _pytorch(compiled: bool, small: bool) -> Measured:
    import torch
    from peers.pytorch import choose_threads, set_first_weights
    from torch import nn

    begun = time.perf_counter()
    model = nn.Sequential(nn.Linear(2, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1))
    x, y = torch.from_numpy(X), torch.from_numpy(Y)

    def loss_of() -> Any:
        return nn.functional.binary_cross_entropy_with_logits(model(x), y)

    loss = torch.compile(loss_of) if compiled else loss_of
    optimizer = torch.optim.SGD(model.parameters(), RATE, fused=True)

    def train(count: int) -> None:
        for _ in range(count):
            optimizer.zero_grad(set_to_none=True)
            loss().backward()
            optimizer.step()

    choose_threads(lambda: train(50))
    set_first_weights(model)

    def predict() -> Any:
        with torch.inference_mode():
            return torch.sigmoid(model(x)).numpy()

    return timed(train, predict, begun, small)


def pytorch_eager(small: bool) -> Measured:
    """A loop of updates."""
    return _pytorch(False, small)


def pytorch_compiled(small: bool) -> Measured:
    """The same with forward and backward pass compiled."""
    return _pytorch(True, small)


def numpy(small: bool) -> Measured:
    """The formulas, written out."""
    begun = time.perf_counter()
    weights = kernels()

    def train(count: int) -> None:
        W1, b1, W2, b2 = weights
        for _ in range(count):
            a1 = np.tanh(X @ W1 + b1)
            dz2 = (1 / (1 + np.exp(-(a1 @ W2 + b2))) - Y) / len(Y)
            dz1 = (dz2 @ W2.T) * (1 - a1 * a1)
            W2 -= RATE * (a1.T @ dz2)
            b2 -= RATE * dz2.sum(axis=0)
            W1 -= RATE * (X.T @ dz1)
            b1 -= RATE * dz1.sum(axis=0)

    def predict() -> Any:
        W1, b1, W2, b2 = weights
        return 1 / (1 + np.exp(-(np.tanh(X @ W1 + b1) @ W2 + b2)))

    return timed(train, predict, begun, small)


CASE = Case(
    "XOR, 10,000 updates",
    "10,000 updates",
    {
        "chainrule": chainrule,
        "pytorch_eager": pytorch_eager,
        "pytorch_compiled": pytorch_compiled,
        "numpy": numpy,
    },
    aims={"pytorch": 1000, "numpy": 100},
    tolerance=0.001,
)

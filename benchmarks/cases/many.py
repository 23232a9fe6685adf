"""Many perceptrons 64-64-10 on the handwritten digits, 20 epochs each, by their number: seconds per network.

Chainrule trains them by its sweep, PyTorch by ``torch.func.vmap`` or one by one; where one at a time is
trained, as many processes as there are cores train theirs side by side.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from measuring import Case, Measured, cores, judged
from peers import sklearn as peer
from peers.training import Task
from problems import digits, first_weights

EPOCHS, BATCH, RATE, AT_ONCE = 20, 32, 0.001, 256
TASK = Task(digits, rows=1797, quick=320, batch_size=BATCH, epochs=EPOCHS, rate=RATE)
SHAPES = ((64, 64), (64,), (64, 10), (10,))
Trained = Callable[[int, int], list[Any]]
"""Trains so many networks for so many epochs; gives the probabilities of each for all rows."""


def timed(train: Trained, networks: int, small: bool) -> Measured:
    """Everything once to warm up, then once again."""
    count, epochs = (4, 2) if small else (networks, EPOCHS)
    begun = time.perf_counter()
    train(count, epochs)
    ready = time.perf_counter()
    found = train(count, epochs)
    seconds = (time.perf_counter() - ready) / count
    _, y = TASK.arrays(small)
    losses = [judged(one, y) for one in found]
    loss, accuracy = (float(np.mean(column)) for column in zip(*losses, strict=True))
    return Measured(seconds, ready - begun, loss, accuracy)


def weights(seed: int) -> list[np.ndarray]:
    """A network's first weights."""
    return first_weights([np.zeros(shape, np.float32) for shape in SHAPES], seed)


def chainrule(small: bool) -> Measured:
    """All in one program."""
    return timed(all_at_once(*TASK.arrays(small)), AT_ONCE, small)


def all_at_once(x: np.ndarray, y: np.ndarray) -> Trained:
    """What trains many networks on these rows by chainrule; the best of them is asked."""
    import chainrule as library

    def build(rate: float) -> Any:
        model = library.Sequential(
            [
                library.Input(x.shape[1:]),
                library.layers.Dense(64, activation="relu"),
                library.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(library.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        return model

    def train(count: int, epochs: int) -> list[Any]:
        over = {"rate": [RATE]}
        swept = library.sweep(build, over, x, y, epochs=epochs, batch_size=BATCH, seeds=count, verbose=0)
        return [swept.best_model().predict(x, verbose=0)]

    return train


def forward(x: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """What a network with these weights predicts."""
    W1, b1, W2, b2 = weights
    z = np.maximum(x @ W1 + b1, 0) @ W2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p: np.ndarray = e / e.sum(axis=1, keepdims=True)
    return p


def pytorch_vmapped(small: bool) -> Measured:
    """All at once by ``torch.func``: weights stacked, gradients by vmap, one fused Adam for all."""
    return timed(partial(_vmapped, *TASK.arrays(small)), AT_ONCE, small)


def _vmapped(rows: np.ndarray, classes: np.ndarray, count: int, epochs: int) -> list[Any]:
    import torch
    from torch.func import grad, vmap
    from torch.nn import functional

    torch.manual_seed(0)
    torch.set_num_threads(cores())
    x, y = torch.from_numpy(rows), torch.from_numpy(classes)
    stacked = [torch.from_numpy(np.stack(each)) for each in zip(*map(weights, range(count)), strict=True)]
    optimizer = torch.optim.Adam(stacked, lr=RATE, fused=True)

    def loss(values: Any, x: Any, y: Any) -> Any:
        W1, b1, W2, b2 = values
        return functional.cross_entropy(torch.relu(x @ W1 + b1) @ W2 + b2, y)

    gradients = vmap(grad(loss))
    for _ in range(epochs):
        orders = torch.rand(count, len(x)).argsort(dim=1)
        for some in orders.split(BATCH, dim=1):
            for value, slope in zip(stacked, gradients(stacked, x[some], y[some]), strict=True):
                value.grad = slope
            optimizer.step()
    return [forward(rows, [w[i].numpy() for w in stacked]) for i in range(count)]


def pytorch_each(small: bool) -> Measured:
    """One by one, a process on each core."""
    return timed(partial(_side_by_side, _trained_by_pytorch, *TASK.arrays(small)), 2 * cores(), small)


def sklearn(small: bool) -> Measured:
    """``MLPClassifier`` one by one, a process on each core."""
    return timed(partial(_side_by_side, _trained_by_sklearn, *TASK.arrays(small)), 4 * cores(), small)


def _side_by_side(
    train: Callable[..., Any], x: np.ndarray, y: np.ndarray, count: int, epochs: int
) -> list[Any]:
    return list(Parallel(n_jobs=cores())(delayed(train)(x, y, epochs, seed) for seed in range(count)))


def _trained_by_pytorch(rows: np.ndarray, classes: np.ndarray, epochs: int, seed: int) -> Any:
    import torch
    from peers.pytorch import set_first_weights
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    x, y = torch.from_numpy(rows), torch.from_numpy(classes)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    set_first_weights(model, seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    for _ in range(epochs):
        for some in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(model(x[some]), y[some]).backward()
            optimizer.step()
    with torch.inference_mode():
        return torch.softmax(model(x), dim=1).numpy()


def _trained_by_sklearn(x: np.ndarray, y: np.ndarray, epochs: int, seed: int) -> Any:
    model = peer.classifier(TASK, (64,), seed).set_params(max_iter=epochs)
    return peer.fitted(model, x, y).predict_proba(x)


CASE = Case(
    f"{AT_ONCE} MLPs on the digits, per network",
    "network",
    {
        "chainrule": chainrule,
        "pytorch_vmapped": pytorch_vmapped,
        "pytorch_each": pytorch_each,
        "sklearn": sklearn,
    },
    aims={"pytorch": 40, "sklearn": 8},
    tolerance=0.15,
)

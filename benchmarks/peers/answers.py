"""Each library's way to ask a network of the same weights for its outputs, in its best settings."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import Measured, timed_calls
from problems import first_weights, rows_of_images


def chainrule(network: Callable[[Any], Any], rows: int, calls: int, small: bool) -> Measured:
    """``predict``."""
    import chainrule as library

    x, begun = _rows(rows, small), time.perf_counter()
    model = network(library)
    model.set_weights(first_weights(model.get_weights()))
    return _timed(lambda: model.predict(x, batch_size=len(x), verbose=0), calls, begun, small)


def keras(network: Callable[[Any], Any], on_batch: bool, rows: int, calls: int, small: bool) -> Measured:
    """``predict``, or ``predict_on_batch``, which does less around the same program."""
    from peers.keras import on_jax

    library = on_jax()
    x, begun = _rows(rows, small), time.perf_counter()
    model = network(library)
    model.set_weights(first_weights(model.get_weights()))

    def asked() -> Any:
        if on_batch:
            return np.asarray(model.predict_on_batch(x))
        return model.predict(x, batch_size=len(x), verbose=0)

    return _timed(asked, calls, begun, small)


def pytorch(network: Callable[[], Any], compiled: bool, rows: int, calls: int, small: bool) -> Measured:
    """The module in inference mode, from NumPy and back, which costs no copy."""
    import torch

    from peers.pytorch import choose_threads, set_first_weights

    x, begun = _rows(rows, small), time.perf_counter()
    model = network().eval()
    set_first_weights(model)

    def outputs(rows: Any) -> Any:
        return torch.softmax(model(rows), dim=1)

    ask = torch.compile(outputs) if compiled else outputs

    def asked() -> Any:
        with torch.inference_mode():
            return ask(torch.from_numpy(x)).numpy()

    choose_threads(asked)
    return _timed(asked, calls, begun, small)


def numpy(rows: int, calls: int, small: bool) -> Measured:
    """The formulas, written out."""
    x, begun = _rows(rows, small), time.perf_counter()
    W1, W2 = _kernels()
    b1, b2 = np.zeros(128, np.float32), np.zeros(10, np.float32)

    def asked() -> Any:
        z = np.maximum(x @ W1 + b1, 0) @ W2 + b2
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return _timed(asked, calls, begun, small)


def sklearn(hidden: tuple[int, ...], rows: int, calls: int, small: bool) -> Measured:
    """``predict_proba`` of a classifier that is given the weights."""
    from sklearn.neural_network import MLPClassifier

    x, begun = _rows(rows, small), time.perf_counter()
    model = MLPClassifier(hidden, max_iter=1)
    model.partial_fit(np.zeros((10, 784), np.float32), np.arange(10), classes=np.arange(10))
    model.coefs_ = _kernels()
    model.intercepts_ = [np.zeros_like(b) for b in model.intercepts_]
    return _timed(lambda: model.predict_proba(x), calls, begun, small)


def _kernels() -> list[np.ndarray]:
    return first_weights([np.zeros((784, 128)), np.zeros((128, 10))])


def _rows(rows: int, small: bool) -> np.ndarray:
    return rows_of_images(min(rows, 100) if small else rows)[0]


def _timed(ask: Callable[[], Any], calls: int, begun: float, small: bool) -> Measured:
    """``loss`` is the mean of -ln of all outputs: a number in which equal outputs agree."""
    built = time.perf_counter() - begun
    seconds, first = timed_calls(ask, *((10, 1) if small else (calls,)))
    return Measured(seconds, built + first, loss=float(-np.log(np.asarray(ask(), np.float64)).mean()))

"""The machine's limit: products of square float32 matrices, by each library; a unit is 10⁹ operations."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import Case, Measured

SIDES = (1024, 2048, 4096)
REPEATS = 5


def _measured(product: Callable[[Any, Any], Any], put: Callable[[np.ndarray], Any], small: bool) -> Measured:
    """The best rate of all sizes and repeats, as seconds for 10⁹ operations."""
    random, seconds = np.random.default_rng(0), []
    begun = time.perf_counter()
    product(put(np.ones((2, 2), np.float32)), put(np.ones((2, 2), np.float32)))
    first = time.perf_counter() - begun
    for side in (128,) if small else SIDES:
        a, b = (put(random.standard_normal((side, side), np.float32)) for _ in range(2))
        product(a, b)
        for _ in range(REPEATS):
            began = time.perf_counter()
            product(a, b)
            seconds.append((time.perf_counter() - began) / (2 * side**3 / 1e9))
    return Measured(min(seconds), first)


def numpy(small: bool) -> Measured:
    """NumPy's BLAS."""
    return _measured(lambda a, b: a @ b, lambda a: a, small)


def jax(small: bool) -> Measured:
    """XLA's products, which chainrule uses."""
    import jax as library

    product = library.jit(lambda a, b: a @ b)
    return _measured(lambda a, b: product(a, b).block_until_ready(), library.numpy.asarray, small)


def pytorch(small: bool) -> Measured:
    """PyTorch's BLAS, with all threads."""
    import torch
    from measuring import cores

    torch.set_num_threads(cores())
    return _measured(torch.mm, torch.from_numpy, small)


CASE = Case("Products of matrices", "10⁹ operations", {"numpy": numpy, "jax": jax, "pytorch": pytorch})

"""A network's outputs for any number of rows, of which each is the same whatever rows are beside it."""

from __future__ import annotations

import numpy as np

from chainrule.model import Sequential

BATCH = 128
"""Rows that go through the network together."""


def outputs(model: Sequential, x: np.ndarray) -> np.ndarray:
    """The outputs for x (m, n) as float64.

    Rows of zeros fill the last batch, so that all batches have one size: a row's result does not depend
    on how many rows there are, and few sizes of data are compiled.
    """
    filled = np.zeros((filled_rows(len(x)), *x.shape[1:]), x.dtype)
    filled[: len(x)] = x
    found: np.ndarray = model.predict(filled, BATCH, verbose=0)[: len(x)]
    return found.astype(np.float64)


def filled_rows(rows: int) -> int:
    """The next larger number of rows of a few: eight between any two powers of 2.

    >>> filled_rows(1), filled_rows(129), filled_rows(5000)
    (128, 256, 5120)
    """
    step = max(BATCH, 1 << max(0, (rows - 1).bit_length() - 4))
    return -(-rows // step) * step

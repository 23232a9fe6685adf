"""One update, compiled: what training does with one batch, for those who compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from chainrule.layers.steps import run
from chainrule.network import INPUT, TARGET, Program
from chainrule.optimizers import LEARNING_RATE


def compiled_step(
    program: Program, values: Mapping[str, Any], x: np.ndarray, y: np.ndarray, learning_rate: float
) -> dict[str, np.ndarray]:
    """Every quantity of one update in float32, by its name, from the compiled program."""
    given = {**values, INPUT: x, TARGET: y, LEARNING_RATE: np.float32(learning_rate)}
    worked = jax.jit(lambda v: run(program.steps, v))(given)
    return {name: np.asarray(value) for name, value in worked.items()}

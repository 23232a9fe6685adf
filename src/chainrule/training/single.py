"""One update, compiled: what training does with one batch, for those who compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from chainrule.layers.steps import run
from chainrule.network import Program
from chainrule.optimizers import LEARNING_RATE
from chainrule.training.kernels import KERNELS


def compiled_step(
    program: Program, values: Mapping[str, Any], given: Mapping[str, Any], learning_rate: float
) -> dict[str, np.ndarray]:
    """Every quantity of one update in float32, by its name, from the compiled program.

    ``given`` holds inputs, targets, and what the layers draw.
    """
    known = {**values, **given, LEARNING_RATE: np.float32(learning_rate)}
    worked = jax.jit(lambda v: run(program.steps, v, KERNELS))(known)
    return {name: np.asarray(value) for name, value in worked.items()}

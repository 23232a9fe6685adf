"""Sums along columns of float32 under JAX on a CPU, by machine code of their own sizes."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp

from chainrule.rules.arrays import Array
from chainrule.training.native.columns import PARTS, Columns, write_columns
from chainrule.training.native.handler import Work, done

LEAST = 2**16
"""Numbers. Below, XLA's own sums take no longer."""


def done_here(x: Array) -> bool:
    """Whether the sums of x, a matrix or more, are for these functions: of many numbers, on a CPU."""
    return x.ndim > 1 and x.size >= LEAST and x.dtype == jnp.float32 and jax.default_backend() == "cpu"


def column_sums(a: Array) -> Array:
    """Σ a for each column, the last axis; over all others."""
    return _summed(Columns(*_matrix(a)), a)


def products(a: Array, b: Array) -> Array:
    """Σ a · b for each column."""
    return _summed(Columns(*_matrix(a), times=True), a, b)


def products_less(a: Array, b: Array, c: Array) -> Array:
    """Σ a · (b - c) for each column, c a number for each."""
    return _summed(Columns(*_matrix(a), times=True, less=True), a, b, c)


def squares_less(a: Array, c: Array) -> Array:
    """Σ (a - c)² for each column, c a number for each."""
    return _summed(Columns(*_matrix(a), squared=True, less=True), a, c)


def _matrix(a: Array) -> tuple[int, int]:
    return a.size // a.shape[-1], a.shape[-1]


def _summed(columns: Columns, *inputs: Array) -> Array:
    write = partial(write_columns, columns=columns)
    numbers = columns.rows * columns.columns
    work = Work(f"columns_{columns.name}", write, columns.lanes, PARTS, numbers)
    return done(work, inputs, (PARTS, columns.columns)).sum(axis=0)

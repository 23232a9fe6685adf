"""Products of matrices of float32 under JAX on a CPU, by machine code of their own sizes."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp

from chainrule.rules.arrays import Array
from chainrule.training.native.handler import Work, done
from chainrule.training.native.outer import Outer, write_outer
from chainrule.training.native.product import Product, write_product

LEAST = 2**14
"""Multiplications. Below, XLA's own products take no longer."""


def done_here(x: Array, filters: int) -> bool:
    """Whether products of x with matrices of so many filters are done here."""
    return (
        x.ndim == 2
        and len(x) > 1
        and x.dtype == jnp.float32
        and x.size * filters >= LEAST
        and jax.default_backend() == "cpu"
    )


def product(x: Array, W: Array) -> Array:
    """x W, of x (rows, inputs) and W (inputs, filters)."""
    own = Product(x.shape[0], x.shape[1], W.shape[1])
    write = partial(write_product, product=own)
    work = Work(f"product_{own.name}", write, own.lanes, own.panels, x.size * own.filters)
    return done(work, (x, W), (own.rows, own.filters))


def outer_products(x: Array, dz: Array) -> Array:
    """xᵀ dz: the sum of the outer products of their rows."""
    outer = Outer(x.shape[0], x.shape[1], dz.shape[1])
    write = partial(write_outer, outer=outer)
    work = Work(f"outer_{outer.name}", write, outer.lanes, outer.parts, x.size * dz.shape[1])
    return done(work, (x, dz), (outer.lines, outer.filters))

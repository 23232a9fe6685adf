"""What the device reaches at products of large matrices, and at moving numbers, by each library."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SIDE, SMALL_SIDE = 8192, 256
"""Of the matrices; their products are in float32, with TF32 where the card has it, and in bfloat16."""
NUMBERS, SMALL_NUMBERS = 2**28, 2**20
"""Of float32 that are read and written: 1 GiB each."""
STRETCHES, REPEATS = 5, 10
TYPES = {"f32": "float32", "bf16": "bfloat16"}


def by_jax(small: bool) -> dict[str, float]:
    """XLA's rates. Numbers are moved with their signs turned: a mere copy is not made."""
    import jax
    import jax.numpy as jnp

    product, turned = jax.jit(jnp.matmul), jax.jit(jnp.negative)

    def drawn(shape: tuple[int, ...], kind: str, seed: int = 0) -> Any:
        return jax.random.normal(jax.random.key(seed), shape, kind)

    def product_of(kind: str) -> Callable[[], Any]:
        a, b = (drawn(_sides(small), kind, seed) for seed in (0, 1))
        return lambda: product(a, b)

    numbers = drawn((_numbers(small),), "float32")
    return _rates(product_of, lambda: turned(numbers), jax.block_until_ready, small)


def by_pytorch(device: str, small: bool) -> dict[str, float]:
    """PyTorch's rates."""
    import torch

    def drawn(shape: tuple[int, ...], kind: str) -> Any:
        return torch.randn(shape, dtype=getattr(torch, kind), device=device)

    def product_of(kind: str) -> Callable[[], Any]:
        a, b, out = (drawn(_sides(small), kind) for _ in range(3))
        return lambda: torch.mm(a, b, out=out)

    numbers = drawn((_numbers(small),), "float32")
    place = torch.empty_like(numbers)
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    return _rates(product_of, lambda: place.copy_(numbers), lambda _: wait(), small)


def _sides(small: bool) -> tuple[int, int]:
    side = SMALL_SIDE if small else SIDE
    return side, side


def _numbers(small: bool) -> int:
    return SMALL_NUMBERS if small else NUMBERS


def _rates(
    product_of: Callable[[str], Callable[[], Any]],
    move: Callable[[], Any],
    wait: Callable[[Any], Any],
    small: bool,
) -> dict[str, float]:
    """Operations per second by type, and bytes per second, read and written."""
    operations = 2.0 * _sides(small)[0] ** 3
    found = {f"rate_{kind}": operations / _seconds(product_of(name), wait) for kind, name in TYPES.items()}
    return {**found, "rate_bytes": 2 * 4 * _numbers(small) / _seconds(move, wait)}


def _seconds(call: Callable[[], Any], wait: Callable[[Any], Any]) -> float:
    """Of one call in the quickest stretch of them."""
    wait(call())
    found = []
    for _ in range(STRETCHES):
        begun = time.perf_counter()
        for _ in range(REPEATS):
            last = call()
        wait(last)
        found.append((time.perf_counter() - begun) / REPEATS)
    return min(found)

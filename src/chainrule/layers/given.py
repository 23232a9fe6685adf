"""What a node must know of the layer that made it."""

from __future__ import annotations

from typing import Protocol


class Applied(Protocol):
    """A layer, as a node sees it."""

    name: str | None
    trainable: bool

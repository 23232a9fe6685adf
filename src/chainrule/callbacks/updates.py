"""Counting updates, for callbacks that do something every so many of them."""

from __future__ import annotations

from typing import Any

from chainrule.doors import whole_number


class Every:
    """Says when another ``count`` updates are done, as they are told of by their last one's number.

    >>> every = Every(3)
    >>> [every.reached(batch) for batch in (0, 1, 2, 3, 7)]  # 7 stands for 4 to 7
    [False, False, True, False, True]
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.begin()

    def begin(self) -> None:
        """Nothing is counted yet: a run begins."""
        self.total = self._since = 0
        self._last = -1

    def reached(self, batch: int) -> bool:
        """Count the updates up to the one of this number in its epoch; whether it is time."""
        if batch <= self._last:  # an epoch has begun
            self._last = -1
        self.total += batch - self._last
        self._since += batch - self._last
        self._last = batch
        if self._since < self.count:
            return False
        self._since = 0
        return True

    def state(self) -> dict[str, Any]:
        return {"total": self.total, "since": self._since, "last": self._last}

    def restore(self, state: dict[str, Any]) -> None:
        self.total, self._since, self._last = state["total"], state["since"], state["last"]


def frequency(value: str | int, name: str, once_each: str | None = None) -> int | None:
    """``"epoch"`` as None, a number of updates as itself, and the word for every single one as 1.

    Raises ValueError or TypeError for anything else.
    """
    if value == "epoch":
        return None
    if once_each is not None and value == once_each:
        return 1
    if isinstance(value, str):
        words = f'"epoch", "{once_each}"' if once_each else '"epoch"'
        raise ValueError(f"{name} must be {words} or a number of updates, got {value!r}")
    return whole_number(value, name, 1)

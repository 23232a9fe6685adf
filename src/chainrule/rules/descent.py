"""How gradient descent goes through the rows: how many updates some epochs make."""

from __future__ import annotations

from typing import Any

from chainrule.rules.arrays import ceil
from chainrule.rules.rule import rule


@rule(tex=r"<epochs> \cdot \left\lceil \frac{<rows>}{<batch_size>} \right\rceil")
def number_of_updates(epochs: Any, rows: Any, batch_size: Any) -> Any:
    """Updates in so many epochs, the last batch smaller where the rows do not divide.

    >>> float(number_of_updates(5, 50, 5)), float(number_of_updates(1, 5, 2))
    (50.0, 3.0)
    """
    return epochs * ceil(rows / batch_size)

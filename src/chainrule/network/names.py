"""The names of the quantities that belong to no layer."""

INPUT, TARGET, LOSS = "x", "y", "loss"
PROBABILITY = "p"
"""The outputs behind the activation that a loss with ``from_logits`` implies."""
DATA_LOSS = "data_loss"
"""The loss without the penalties on weights, where there are any."""
WEIGHTS = "sample_weight"
"""How much each sample counts in the loss."""


def numbered(name: str, count: int) -> tuple[str, ...]:
    """The name itself for one quantity; of several name_1, name_2, …

    >>> numbered("x", 1), numbered("x", 2)
    (('x',), ('x_1', 'x_2'))
    """
    return (name,) if count == 1 else tuple(f"{name}_{i}" for i in range(1, count + 1))

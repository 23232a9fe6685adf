"""The names of the quantities that belong to no layer."""

INPUT, TARGET, LOSS = "x", "y", "loss"
PROBABILITY = "p"
"""The outputs behind the activation that a loss with ``from_logits`` implies."""
DATA_LOSS = "data_loss"
"""The loss without the penalties on weights, where there are any."""
WEIGHTS = "sample_weight"
"""How much each sample counts in the loss."""

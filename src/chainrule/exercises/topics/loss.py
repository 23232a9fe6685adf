"""Questions about losses: of given targets and predictions, sample by sample, and the gradient."""

from __future__ import annotations

from chainrule.exercises.draws import Draw
from chainrule.exercises.kinds import Drawn, kind


@kind("easy", "medium", "hard")
def mean_squared_error(draw: Draw) -> Drawn:
    """Squares of differences, and their mean."""
    count = draw.by(3, 4, 5)
    step = draw.by("1", "0.5", "0.1")
    return {
        "text": "A network predicts ŷ for the targets y. Find the squared error of each sample, the mean "
        "squared error, and its gradient in the predictions.",
        "find": ["sample_loss", "loss", "dy_pred"],
        "given": {
            "loss": "mse",
            "y": draw.decimals(count, -5, 5, step),
            "y_pred": draw.decimals(count, -5, 5, step),
        },
    }

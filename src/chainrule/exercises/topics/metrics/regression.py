"""Questions about the measures of a regression: MSE, RMSE, MAE and R²."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.exercises.draws import Draw, short
from chainrule.exercises.kinds import Drawn, kind
from chainrule.paper.workings import Working

PREDICTED = (
    "A model predicts ŷ for the targets y.",
    "The rents of some flats are y (in hundreds), and a model says ŷ.",
    "Some plants grew y cm, and a model had predicted ŷ.",
    "Some runs took y minutes, and a model had predicted ŷ.",
)


def _is_usual(working: Working) -> bool:
    """Whether the errors have two signs and several sizes, and the model is better than the mean."""
    errors = [value.exact for value in working.tape["e"].value]
    if not min(errors) < 0 < max(errors) or len({abs(e) for e in errors}) < 2:
        return False
    return "r2" not in working.tape.quantities or 0 < float(working.tape["r2"].value[()]) < 1


@kind("easy", "medium", suits=_is_usual)
def errors_of_a_regression(draw: Draw) -> Drawn:
    """Residuals, their mean square and mean size."""
    is_easy = draw.difficulty == "easy"
    return {
        "text": f"{draw.choice(PREDICTED)} Find the errors e = y − ŷ, the mean squared error"
        f"{'' if is_easy else ', its root'} and the mean absolute error.",
        "find": ["e", "mse", *([] if is_easy else ["rmse"]), "mae"],
        "given": _near(draw, draw.by(4, 5, 5), draw.by("1", "0.5", "0.1")),
    }


@kind("easy", "medium", "hard", suits=_is_usual)
def determination(draw: Draw) -> Drawn:
    """R², the share of the targets' variation that the predictions explain."""
    is_easy = draw.difficulty == "easy"
    return {
        "text": f"{draw.choice(PREDICTED)} Find {'' if is_easy else 'the errors e = y − ŷ, '}the mean of "
        "the targets, the sum of the squared errors e = y − ŷ, the sum of the squared distances of the "
        "targets from their mean, and R² of them.",
        "find": [*([] if is_easy else ["e"]), "mean", "ss_res", "ss_tot", "r2"],
        "given": _near(draw, draw.by(4, 5, 6), draw.by("1", "1", "0.1")),
    }


@kind("hard", suits=_is_usual)
def all_measures(draw: Draw) -> Drawn:
    """All measures of a regression."""
    return {
        "text": f"{draw.choice(PREDICTED)} Find the errors e = y − ŷ, the mean squared error, its root, the "
        "mean absolute error, the mean of the targets, the sums of squares of the errors and of the targets' "
        "distances from their mean, and R².",
        "find": ["e", "mse", "rmse", "mae", "mean", "ss_res", "ss_tot", "r2"],
        "given": _near(draw, draw.choice((4, 5)), "0.1"),
    }


def _near(draw: Draw, count: int, step: str) -> dict[str, Any]:
    """Targets whose mean is a multiple of the step, and predictions near them."""
    unit = Decimal(step)
    targets = [int(target) for target in draw.different(count - 1, 8, 19)]
    targets.append(count * (sum(targets) // (count - 1)) - sum(targets))
    errors = draw.integers(count, -3, 3)
    return {
        "y": [short(unit * target) for target in targets],
        "yhat": [short(unit * (target + error)) for target, error in zip(targets, errors, strict=True)],
    }

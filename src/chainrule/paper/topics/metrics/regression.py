"""The measures of a regression: MSE, RMSE, MAE and R²."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.elements import as_number
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.topics.metrics.given import Given
from chainrule.paper.topics.metrics.undefined import undefined
from chainrule.rules.metrics import regression as rules


def work_regression(page: Page, given: Given) -> None:
    """The residuals, their mean square and mean size, and R²."""
    page.give("y", given.y)
    page.give("yhat", given.yhat, symbol=r"\hat{y}")
    page.part("residuals", "Residuals")
    page.work("e", rules.residuals, "y", "yhat")
    page.part("errors", "Errors")
    page.work("mse", rules.mean_square, "e", symbol=r"\text{MSE}")
    page.work("rmse", rules.root, "mse", symbol=r"\text{RMSE}")
    page.work("mae", rules.mean_absolute, "e", symbol=r"\text{MAE}")
    _determination(page)
    values = [as_number(v) for v in (*page["y"], *page["yhat"])]
    if all(isinstance(v, Number) for v in values):
        points = np.array([float(v) for v in values]).reshape(2, -1)
        page.picture("Predictions and targets", partial(_draw, points))


def _determination(page: Page) -> None:
    """R², where the targets are not all the same."""
    page.part("determination", "R²")
    y = page["y"]
    if _all_same(y):
        why = (
            "one sample has no variation, so the divisor is 0"
            if len(y) == 1
            else "all targets are the same, so the divisor is 0"
        )
        undefined(page, "r2", "$R^{2}$", why)
        return
    page.work("mean", rules.mean_target, "y", symbol=r"\bar{y}")
    page.work("ss_res", rules.residual_squares, "e", symbol=r"\text{SS}_{\text{res}}")
    page.work("ss_tot", rules.total_squares, "y", "mean", symbol=r"\text{SS}_{\text{tot}}")
    page.work("r2", rules.determination, "ss_res", "ss_tot", symbol="R^{2}")


def _all_same(values: np.ndarray) -> bool:
    """Whether all are known to be the same; balls are not compared, for equality cannot be proven."""
    return len({_key(v) for v in values}) == 1


def _key(value: Any) -> Any:
    if isinstance(value, Number):
        return id(value) if value.exact is None else (value.exact.p, value.exact.q)
    return value.expression


def _draw(points: np.ndarray) -> str:
    """Predictions against targets, with the diagonal of perfect ones."""
    from chainrule.paper.pictures import BLUE, RED, SOFT, drawing

    y, yhat = points
    ends = [points.min(), points.max()]
    with drawing("Predictions and targets") as picture:
        axes = picture.axes
        axes.plot(ends, ends, "--", color=SOFT, label="perfect")
        axes.vlines(y, np.minimum(y, yhat), np.maximum(y, yhat), color=RED, alpha=0.6, label="residual")
        axes.plot(y, yhat, "o", color=BLUE, label="prediction")
        axes.set(xlabel="$y$", ylabel=r"$\hat{y}$")
        axes.legend(frameon=False, fontsize=8)
    return picture.svg

"""A loss of the perceptron's z over the table, with a penalty on the weights, and one step down it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chainrule.lookup import suggest
from chainrule.paper.distributions import is_known
from chainrule.paper.notation import exact_text
from chainrule.paper.page import Page
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.perceptron.given import Given
from chainrule.paper.topics.perceptron.table import Rows, check_classes, check_rate
from chainrule.rules.activations.named import ACTIVATIONS
from chainrule.rules.affine import affine_db
from chainrule.rules.losses.from_terms import fused_gradient_rule, loss_gradient_rule, loss_rule
from chainrule.rules.losses.named import LOSSES
from chainrule.rules.losses.term import LossTerm
from chainrule.rules.optimizers.gradient_steps import gradient_descent
from chainrule.rules.perceptron.output import weighted_sums
from chainrule.rules.perceptron.row_losses import agreement, loss_of_each_row, weights_gradient
from chainrule.rules.perceptron.weight_penalties import PENALTIES, penalized

_NAMES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
_KNOWN = ("perceptron", "hinge", "mean_squared_error", "mean_absolute_error", "huber", "binary_crossentropy")
_DL = r"\frac{\partial L}{\partial %s}"
_DC = r"\frac{\partial C}{\partial %s}"


def work_loss(page: Page, given: Given, rows: Rows) -> None:
    """z, what each row costs, the mean, the gradient, the penalty, and the step."""
    loss, options = _loss(given)
    if loss.targets in ("sign", "share"):
        _check_targets(loss, rows)
    _check_penalty(given)
    page.part("forward", "Forward")
    page.give("x", rows.x)
    page.give("y", rows.y)
    page.give("w", given.w)
    page.give("b", 0 if given.b is None else given.b)
    page.work("f", weighted_sums, "x", "w", "b")
    of = "f"
    if loss.targets == "share":
        of = "a"
        page.work(of, ACTIVATIONS["sigmoid"].forward, "f", symbol=r"\hat{y}")
    page.part("losses", "Loss")
    if loss.targets == "sign":
        page.work("agreement", agreement, "y", "f", symbol="y f")
    page.work("terms", loss_of_each_row(loss, **options), "y", of, symbol=r"\ell")
    page.work("loss", loss_rule(loss, "mean", **options), "y", of)
    page.part("gradient", "Gradient")
    if loss.targets == "share":
        slope = fused_gradient_rule(loss, "mean", "sigmoid", **options)
    else:
        slope = loss_gradient_rule(loss, "mean", **options)
    page.work("df", slope, "y", of, symbol=_DL % "f")
    page.work("dw", weights_gradient, "x", "df", symbol=_DL % "w")
    page.work("db", affine_db, "df", symbol=_DL % "b")
    downhill = _penalty(page, given) if given.penalty is not None else "dw"
    if given.learning_rate is not None:
        _step(page, given, downhill)


def _loss(given: Given) -> tuple[LossTerm, dict[str, Any]]:
    table = given.loss
    options = dict(table) if isinstance(table, dict) else {"name": table}
    name = options.pop("name", None)
    if not isinstance(name, str) or _NAMES.get(name, name) not in _KNOWN:
        raise SheetError(f"given.loss: {suggest(str(name), [*_KNOWN, *_NAMES])}; got {name!r}")
    loss = LOSSES[_NAMES.get(name, name)]
    for option, value in options.items():
        if option not in loss.options:
            takes = ", ".join(loss.options) or "no options"
            raise SheetError(f"given.loss: {name} does not take {option!r}; it takes {takes}")
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value <= 0:
            raise SheetError(f"given.loss.{option}: expected a number greater than 0; got {value!r}")
    return loss, options


def _check_targets(loss: LossTerm, rows: Rows) -> None:
    check_classes(rows)
    low = 0 if loss.targets == "share" else -1
    for i, y in enumerate(rows.y, start=1):
        if y not in (low, 1):
            raise SheetError(f"given.y[{i}]: {loss.name} takes targets {low} and 1; got {y}")


def _check_penalty(given: Given) -> None:
    if (given.penalty is None) != (given.alpha is None):
        missing, there = ("alpha", "penalty") if given.alpha is None else ("penalty", "alpha")
        raise SheetError(f"given.{missing}: is missing; {there} needs it")
    if (given.penalty == "elastic") != (given.l1_ratio is not None):
        said = "is missing; the elastic penalty needs it" if given.l1_ratio is None else "is for elastic only"
        raise SheetError(f"given.l1_ratio: {said}")


def _penalty(page: Page, given: Given) -> str:
    """The penalty, the cost and its gradient; the name of the gradient in the weights."""
    assert given.penalty is not None
    penalty = PENALTIES[given.penalty]
    page.part("penalty", "With the penalty")
    alpha = page.give("alpha", given.alpha)[()]
    if is_known(alpha) and alpha < 0:
        raise SheetError(f"given.alpha: {exact_text(alpha)} is less than 0; a penalty is not a reward")
    taken = ["w"]
    if given.l1_ratio is not None:
        share = page.give("rho", given.l1_ratio, symbol=r"\rho")[()]
        if is_known(share) and not 0 <= share <= 1:
            raise SheetError(f"given.l1_ratio: expected a number from 0 to 1; got {exact_text(share)}")
        taken.append("rho")
    page.work("penalty", penalty.value, *taken, symbol="R")
    page.work("cost", penalized, "loss", "alpha", "penalty", symbol="C")
    page.work("penalty_slope", penalty.slope, *taken, symbol=r"\frac{\partial R}{\partial w}")
    page.work("dw_cost", penalized, "dw", "alpha", "penalty_slope", symbol=_DC % "w")
    page.remark("The bias is not penalised: its gradient stays as it is.")
    return "dw_cost"


def _step(page: Page, given: Given, downhill: str) -> None:
    page.part("update", "One step down")
    check_rate(page.give("learning_rate", given.learning_rate)[()])
    page.work("w_new", gradient_descent, "w", downhill, "learning_rate")
    page.work("b_new", gradient_descent, "b", "db", "learning_rate")

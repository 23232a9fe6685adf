"""The topic ``loss``: a loss of given targets and predictions, sample by sample, and its gradient."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from pydantic import Field

from chainrule import losses
from chainrule.losses import Loss
from chainrule.paper.elements import are_drawable
from chainrule.paper.notation import exact_text
from chainrule.paper.page import Page
from chainrule.paper.sheet import Question, SheetError, Strict, Table, Values
from chainrule.paper.topics.network.door import samples, worked
from chainrule.paper.topics.network.targets import targets_of
from chainrule.paper.values import names_in, resolve
from chainrule.paper.workings import Working
from chainrule.rules.costs import cost_rule, root, root_gradient, sample_loss_rule

ROOT = "rmse"
MOST_VALUES = 10_000
PREDICTION = r"\hat{y}"
OVER_CLASSES = ("distribution", "label")
"""Targets of losses that take a probability for each class."""
BEFORE_GRADIENT = frozenset({"probability", "p", "samples", "sample_loss", "cost", "loss", "rmse", "curve"})
"""What ``find`` may ask for without a gradient, which not every prediction has."""
KL = "kl_divergence"


class Given(Strict):
    """What is given in a question of the topic ``loss``."""

    loss: Table = Field(description="its name, rmse too, or a table with its name and arguments")
    y: Values = Field(description="the targets, a row per sample; a list has one for each sample")
    y_pred: Values = Field(description="the predictions, in the same form")


def solve(question: Question) -> Working:
    """Work the loss of each sample, the loss of all, and the gradient in the predictions.

    Raises SheetError for what does not fit together, WorkError for what cannot be worked, as ln 0.
    """
    given: Given = question.given
    is_root = _is_root(given.loss)
    loss = worked("given.loss", losses.get, "mse" if is_root else given.loss)
    columns = question.convention == "columns"
    a = _rows(given.y_pred, loss, columns)
    in_lists = given.y.ndim < 2 and given.y_pred.ndim < 2 and loss.entry.targets not in OVER_CLASSES
    if in_lists and given.y.size != a.size:
        raise SheetError(f"given.y_pred: expected a prediction per target, {given.y.size}; got {a.size}")
    targets = given.y.reshape(1, -1) if _is_row(given.y, loss) else _as_column(given.y)
    y = targets_of(targets, loss, a.shape[0], a.shape[1:], columns and not _is_row(given.y, loss))
    if a.size > MOST_VALUES:
        raise SheetError(f"given.y_pred: {a.size:,} values; at most {MOST_VALUES:,} are worked by hand")
    page = Page(question)
    labels = y
    if y.dtype == object:
        labels = worked("given.y", resolve, y, page.closed)
        y = loss.prepare(labels)
    page.give("y", y)
    symbol = "z" if loss.from_logits else PREDICTION
    page.give("y_pred", a, symbol=symbol)
    behind = "y_pred"
    if loss.from_logits:
        page.part("probability", "Probability")
        behind = "p"
        page.work(behind, loss.implied.forward, "y_pred", symbol=PREDICTION)
    else:
        _check_probabilities(page, loss)
    _work_samples(page, loss, behind, a.shape)
    if loss.entry.targets == "sign" and not names_in([given.y]) and (labels != y).any():
        page.remark("The labels 0 and 1 stand for $-1$ and 1.")
    _note_rows(page, loss, behind)
    _work_cost(page, loss, behind, is_root)
    if question.find is None or not BEFORE_GRADIENT.issuperset(question.find):
        _work_gradient(page, loss, behind, symbol, is_root)
    _show_curve(page, loss, behind)
    return page.working()


def _is_root(table: Table) -> bool:
    """Whether the loss is the root of the mean squared error, which takes no arguments."""
    if isinstance(table, dict) and table.get("name") == ROOT:
        for key in table.keys() - {"name"}:
            raise SheetError(f"given.loss.{key}: unknown key; {ROOT} takes no arguments")
        return True
    return bool(table == ROOT)


def _is_row(values: np.ndarray, loss: Loss) -> bool:
    """Whether a list is a single sample: a probability for each class."""
    return values.ndim == 1 and loss.entry.targets == "distribution"


def _rows(values: np.ndarray, loss: Loss, columns: bool) -> np.ndarray:
    """Predictions with one row per sample."""
    if values.ndim == 1 and loss.entry.targets in OVER_CLASSES:
        return values.reshape(1, -1)
    if values.ndim < 2:
        return values.reshape(-1, 1)
    return samples("given.y_pred", values, columns)


def _as_column(y: np.ndarray) -> np.ndarray:
    return y.reshape(-1) if y.ndim < 2 else y


def _work_samples(page: Page, loss: Loss, behind: str, shape: tuple[int, ...]) -> None:
    page.part("samples", "Loss of each sample")
    rule = sample_loss_rule(loss.entry, loss.divide_by, shape[1])
    page.work("sample_loss", rule, "y", behind, symbol=r"\ell", **loss.options)


def _work_cost(page: Page, loss: Loss, behind: str, is_root: bool) -> None:
    page.part("cost", "Loss of all samples (cost)")
    if page.question.find is None or {"samples", "sample_loss"} & set(page.question.find):
        page.work("loss", cost_rule(loss.entry, loss.divide_by, page[behind].shape[1]), "sample_loss")
    else:
        page.work("loss", loss.value, "y", behind)
    if is_root:
        page.work("rmse", root, "loss", symbol=r"\text{RMSE}")


def _work_gradient(page: Page, loss: Loss, behind: str, symbol: str, is_root: bool) -> None:
    page.part("gradient", f"Gradient in the {'scores' if loss.from_logits else 'predictions'}")
    of = r"\text{RMSE}" if is_root else "L"
    name = rf"\frac{{\partial {of}}}{{\partial {symbol}}}"
    if loss.from_logits:
        page.work("dy_pred", loss.gradient_behind(loss.implied.name), "y", behind, symbol=name)
    elif is_root:
        if _is(page["loss"][()], 0):
            page.remark("At 0 the root has a corner, and no gradient.")
            return
        inner = rf"\frac{{\partial L}}{{\partial {symbol}}}"
        page.work("dloss", loss.gradient, "y", behind, symbol=inner)
        page.work("dy_pred", root_gradient, "dloss", "rmse", symbol=name)
    elif any(_is(v, 0) or (loss.entry.targets == "share" and _is(v, 1)) for v in _probabilities(page, loss)):
        page.remark("For a prediction of exactly 0 or 1 the gradient's formula divides by 0: it has none.")
    else:
        page.work("dy_pred", loss.gradient, "y", behind, symbol=name)


def _probabilities(page: Page, loss: Loss) -> list[Any]:
    """The predictions by whose values a gradient divides: of labels only those of the right classes."""
    if loss.entry.targets == "label":
        return [row[label] for row, label in zip(page["y_pred"], page["y"], strict=True)]
    return list(page["y_pred"].flat) if loss.entry.targets in ("share", "distribution") else []


def _is(value: Any, number: int) -> bool:
    """Whether a value is known to be this whole number."""
    return getattr(value, "exact", None) == number or getattr(value, "expression", None) == number


def _check_probabilities(page: Page, loss: Loss) -> None:
    """Raise SheetError for a prediction that is no probability, where the loss takes those."""
    if loss.entry.targets not in ("share", *OVER_CLASSES):
        return
    for row, predictions in enumerate(page["y_pred"], start=1):
        for value in predictions:
            exact = getattr(value, "exact", None)
            if exact is not None and not 0 <= exact <= 1:
                raise SheetError(
                    f"given.y_pred: row {row} has {exact_text(value)}; {loss.entry.name} takes "
                    "probabilities, from 0 to 1 (or scores, with from_logits = true)"
                )


def _note_rows(page: Page, loss: Loss, behind: str) -> None:
    """Say where a row of predicted probabilities is none."""
    if loss.entry.targets not in OVER_CLASSES:
        return
    for i, row in enumerate(page[behind], start=1):
        total = sum(row[1:], row[0])
        if getattr(total, "exact", None) is not None and total.exact != 1:
            page.remark(
                f"The predictions of sample {i} add up to {exact_text(total)}, not to 1: "
                "they are no probabilities."
            )


def _show_curve(page: Page, loss: Loss, behind: str) -> None:
    """A picture of the loss of one output, with the samples on it."""
    y, a, kind = page["y"], page[behind], loss.entry.targets
    if not are_drawable([*a.flat, *(y.flat if y.dtype == object else [])]) or loss.entry.name == KL:
        return
    page.part("curve", "Curve")
    title = f"{loss.entry.name.replace('_', ' ')} of one output"
    page.picture(title, partial(_draw, title, loss, kind, y, a))


def _draw(title: str, loss: Loss, kind: str, y: np.ndarray, a: np.ndarray) -> str:
    """The loss against the error, the margin or the probability, as its formula has it."""
    from chainrule.paper.pictures import BLUE, RED, drawing

    options: dict[str, Any] = {name: float(value) for name, value in loss.options.items()}
    predicted = a.astype(float)
    if kind == "label":
        predicted, kind = np.take_along_axis(predicted, y.reshape(-1, 1), axis=1), "distribution"
        target = np.ones_like(predicted)
    else:
        target = y.astype(float)
        if kind == "distribution":
            predicted, target = predicted[target > 0], target[target > 0]
    term = losses.get("categorical_crossentropy").entry.term if kind == "distribution" else loss.entry.term
    with drawing(title) as picture:
        axes = picture.axes
        if kind == "share":
            _draw_shares(axes, term, target, predicted)
        elif kind == "distribution":
            line = np.linspace(0.005, 1, 400)
            axes.plot(line, term(np.ones_like(line), line), color=BLUE)
            axes.plot(predicted, term(np.ones_like(predicted), predicted), "o", color=RED)
            axes.set(xlabel="predicted probability of the true class")
        elif kind == "sign":
            margin = target * predicted
            far = max(2.0, float(np.abs(margin).max()) + 0.5)
            line = np.linspace(-far, far, 401)
            axes.plot(line, term(np.ones_like(line), line), color=BLUE)
            axes.plot(margin, term(np.ones_like(margin), margin), "o", color=RED)
            axes.set(xlabel="y times prediction")
        else:
            error = predicted - target
            far = max(1.0, 1.4 * float(np.abs(error).max()))
            line = np.linspace(-far, far, 401)
            axes.plot(line, term(np.zeros_like(line), line, **options), color=BLUE)
            axes.plot(error, term(np.zeros_like(error), error, **options), "o", color=RED)
            axes.set(xlabel="prediction − target")
        axes.set(ylabel="loss of one output")
    return picture.svg


def _draw_shares(axes: Any, term: Any, target: np.ndarray, predicted: np.ndarray) -> None:
    """A curve for each target that occurs, against the probability predicted."""
    from chainrule.paper.pictures import BLUE, GREEN, RED

    line = np.linspace(0.005, 0.995, 400)
    for value, color in zip(np.unique(target)[:2], (BLUE, GREEN), strict=False):
        axes.plot(line, term(np.full_like(line, value), line), color=color, label=f"y = {value:g}")
    axes.plot(predicted, term(target, predicted), "o", color=RED)
    axes.set(xlabel="predicted probability")
    axes.legend(frameon=False)

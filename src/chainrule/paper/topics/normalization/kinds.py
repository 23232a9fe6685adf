"""The kinds of normalization, each worked on a page: a batch, a layer, and two ways to scale features."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.paper.elements import are_drawable, as_number
from chainrule.paper.notation import exact_text
from chainrule.paper.numbers import Number
from chainrule.paper.page import Page
from chainrule.paper.reading import Value
from chainrule.paper.sheet import SheetError
from chainrule.paper.topics.normalization.given import Given
from chainrule.paper.workings import Working
from chainrule.rules.normalization import (
    feature_scaling,
    gradients,
    scale_and_shift,
    standardizing,
    statistics,
)

LARGEST_PICTURE = 60
"""Values that are drawn."""
_SYMBOLS = {"mean": r"\mu", "var": r"\sigma^{2}", "xhat": r"\hat{x}", "deviation": r"\sigma"}


def work_batch(page: Page, given: Given) -> Working:
    example: Any = given.x if given.x is not None else (given.batches or [None])[0]
    features = example.shape[1:]
    if given.x is not None:
        page.give("x", given.x)
        _give_trained(page, given, features)
    has_averages = not given.training or bool(
        given.model_fields_set & {"batches", "moving_mean", "moving_variance", "momentum"}
    )
    if has_averages:
        _give_moving(page, given, features)
    for number, batch in enumerate(given.batches or [], start=1):
        _follow(page, given, number, batch)
    if given.x is None:
        return page.working()
    if given.training and given.batches is None:
        _statistics(page, given, "x")
        _normalize(page, given, "mean", "var")
        if has_averages:
            page.part("moving", "Moving averages, for use after training")
            _move(page, "mean", "var", "_new", r"^{\text{new}}", "moving_mean", "moving_var")
    else:
        last = f".{len(given.batches)}" if given.batches else ""
        _check_spread(page, given, f"moving_var{last}", "given.batches" if last else "given.moving_variance")
        _normalize(page, given, f"moving_mean{last}", f"moving_var{last}")
    if given.dy is not None:
        _backward(page, given)
    _draw(page, "x", "y")
    return page.working()


def _statistics(page: Page, given: Given, x: str, suffix: str = "") -> None:
    page.part(
        f"statistics{suffix.lstrip('.')}", "Mean and variance" + (f" of batch {suffix[1:]}" if suffix else "")
    )
    power = f"^{{({suffix[1:]})}}" if suffix else ""
    rule = statistics.population_variance if given.variance == "population" else statistics.sample_variance
    page.work(f"mean{suffix}", statistics.batch_mean, x, symbol=rf"\mu{power}")
    symbol = rf"(\sigma^{{2}}){power}" if power else r"\sigma^{2}"
    page.work(f"var{suffix}", rule, x, f"mean{suffix}", symbol=symbol)
    if not suffix:
        _check_spread(page, given, "var", "given.x")


def _normalize(page: Page, given: Given, mean: str, var: str) -> None:
    page.part("normalized", "Normalized")
    _deviation(page, given, var)
    page.work("xhat", standardizing.normalized, "x", mean, "deviation", symbol=_SYMBOLS["xhat"])
    page.part("result", "Scaled and shifted")
    page.work("y", scale_and_shift.scale_and_shift, "xhat", "gamma", "beta")


def _deviation(page: Page, given: Given, var: str) -> None:
    """What is divided by: the deviation, with ε where it is not 0."""
    if _is_zero(given.epsilon[()]):
        page.work("deviation", standardizing.deviation, var, symbol="s")
        return
    rule = (
        standardizing.safe_deviation if given.epsilon_at == "inside" else standardizing.safe_deviation_outside
    )
    page.work("deviation", rule, var, symbol="s", epsilon=page["epsilon"][()])


def _follow(page: Page, given: Given, number: int, batch: np.ndarray) -> None:
    """The moving averages after one more batch."""
    page.give(f"x.{number}", batch)
    _statistics(page, given, f"x.{number}", f".{number}")
    before = f".{number - 1}" if number > 1 else ""
    at = f"^{{({number})}}"
    _move(
        page,
        f"mean.{number}",
        f"var.{number}",
        f".{number}",
        at,
        f"moving_mean{before}",
        f"moving_var{before}",
    )


def _move(page: Page, mean: str, var: str, suffix: str, at: str, moving_mean: str, moving_var: str) -> None:
    momentum = page["momentum"][()]
    names = {
        "mean": (moving_mean, mean, r"\mu_{\text{mov}}"),
        "var": (moving_var, var, r"(\sigma^{2}_{\text{mov}})"),
    }
    for name, (moving, batch, symbol) in names.items():
        page.work(
            f"moving_{name}{suffix}",
            statistics.moving_average,
            moving,
            batch,
            symbol=symbol + at,
            momentum=momentum,
        )


def _backward(page: Page, given: Given) -> None:
    """The gradients, by the chain rule through every way that x takes."""
    dy: Any = given.dy
    if dy.shape != page["x"].shape:
        raise SheetError(
            f"given.dy: shape {_times(dy.shape)}, and x has {_times(page['x'].shape)}; expected the same"
        )
    page.give("dy", dy, symbol=_slope("y"))
    page.part("backward", "Backward")
    page.work("dgamma", scale_and_shift.scale_dgamma, "dy", "xhat", symbol=_slope(r"\gamma"))
    page.work("dbeta", scale_and_shift.scale_dbeta, "dy", symbol=_slope(r"\beta"))
    page.work("dxhat", scale_and_shift.scale_dxhat, "dy", "gamma", symbol=_slope(r"\hat{x}"))
    page.work("dvar", gradients.batch_dvar, "dxhat", "x", "mean", "deviation", symbol=_slope(r"\sigma^{2}"))
    page.work("dmean", gradients.batch_dmean, "dxhat", "deviation", symbol=_slope(r"\mu"))
    page.remark(r"The mean is also in the variance; that way adds 0, for $\sum_{i} (x_{i} - \mu) = 0$.")
    inputs = ("dxhat", "x", "mean", "deviation", "dvar", "dmean")
    page.work("dx", gradients.batch_dx, *inputs, symbol=_slope("x"))


def work_layer(page: Page, given: Given) -> Working:
    x: Any = given.x
    page.give("x", x.reshape(1, -1) if x.ndim == 1 else x)
    _give_trained(page, given, page["x"].shape[1:])
    page.part("statistics", "Mean and variance of each sample")
    page.work("mean", statistics.layer_mean, "x", symbol=_SYMBOLS["mean"])
    page.work("var", statistics.layer_variance, "x", "mean", symbol=_SYMBOLS["var"])
    _check_spread(page, given, "var", "given.x")
    _normalize(page, given, "mean", "var")
    _draw(page, "x", "y")
    return page.working()


def work_standard(page: Page, given: Given) -> Working:
    page.give("x", given.x)
    rule = statistics.population_variance if given.variance == "population" else statistics.sample_variance
    page.part("statistics", "Mean and standard deviation")
    page.work("mean", statistics.batch_mean, "x", symbol=_SYMBOLS["mean"])
    page.work("var", rule, "x", "mean", symbol=_SYMBOLS["var"])
    page.work("deviation", standardizing.deviation, "var", symbol=_SYMBOLS["deviation"])
    _refuse_zero(page, "var", "given.x", "its standard deviation is 0")
    page.part("scaled", "Scaled")
    page.work("y", standardizing.normalized, "x", "mean", "deviation", symbol="z")
    _draw(page, "x", "y")
    return page.working()


def work_min_max(page: Page, given: Given) -> Working:
    page.give("x", given.x)
    page.part("statistics", "Smallest and largest")
    page.work("x_min", feature_scaling.feature_min, "x", symbol=r"x_{\min}")
    page.work("x_max", feature_scaling.feature_max, "x", symbol=r"x_{\max}")
    spread = np.asarray(page["x_max"] - page["x_min"], dtype=object)
    _refuse_zeros(spread, "given.x", "its smallest and largest value are the same")
    page.part("scaled", "Scaled")
    if given.range is None:
        page.work("y", feature_scaling.unit_scaled, "x", "x_min", "x_max", symbol=r"x_{\text{scaled}}")
    else:
        if given.range.shape != (2,):
            raise SheetError(f"given.range: {len(given.range)} numbers; expected two, as [-1, 1]")
        page.give("a", given.range[:1].reshape(()))
        page.give("b", given.range[1:].reshape(()))
        if not _may_rise(page["a"][()], page["b"][()]):
            raise SheetError("given.range: the second number must be larger than the first")
        page.work(
            "y", feature_scaling.min_max_scaled, "x", "x_min", "x_max", "a", "b", symbol=r"x_{\text{scaled}}"
        )
    _draw(page, "x", "y")
    return page.working()


def _give_trained(page: Page, given: Given, features: tuple[int, ...]) -> None:
    """γ, β and ε; a single number stands for all features."""
    for name, value, usual in (("gamma", given.gamma, 1), ("beta", given.beta, 0)):
        page.give(name, _per_feature(f"given.{name}", value, usual, features))
    page.give("epsilon", given.epsilon, symbol=r"\epsilon")


def _give_moving(page: Page, given: Given, features: tuple[int, ...]) -> None:
    at = "^{(0)}" if given.batches else ""
    mean = _per_feature("given.moving_mean", given.moving_mean, 0, features)
    page.give("moving_mean", mean, symbol=rf"\mu_{{\text{{mov}}}}{at}")
    variance = _per_feature("given.moving_variance", given.moving_variance, 1, features)
    _check_variance(variance)
    page.give(
        "moving_var",
        variance,
        symbol=rf"(\sigma^{{2}}_{{\text{{mov}}}}){at}" if at else r"\sigma^{2}_{\text{mov}}",
    )
    if given.training or given.batches is not None:
        page.give("momentum", given.momentum, symbol=r"\rho")


def _check_variance(variance: np.ndarray) -> None:
    """Raise SheetError for a variance less than 0; a name may stand for any."""
    for value in variance.flat:
        if isinstance(value, Value) and value.names:
            continue
        number = value.number() if isinstance(value, Value) else value
        if number < 0:
            raise SheetError(f"given.moving_variance: {exact_text(number)} is less than 0")


def _per_feature(place: str, value: Any, usual: int, features: tuple[int, ...]) -> np.ndarray:
    if value is None:
        return np.full(features, Number(usual), dtype=object)
    if value.ndim and value.shape != features:
        wanted = f"one number, or {features[0]}" if features else "one number, for one feature"
        raise SheetError(f"{place}: expected {wanted}; got {_times(value.shape)}")
    return np.full(features, value[()], dtype=object) if not value.ndim else np.asarray(value)


def _check_spread(page: Page, given: Given, var: str, place: str) -> None:
    if _is_zero(given.epsilon[()]):
        _refuse_zero(page, var, place, "epsilon is 0 and its variance is 0")


def _refuse_zero(page: Page, name: str, place: str, why: str) -> None:
    _refuse_zeros(page[name], place, why)


def _refuse_zeros(spread: np.ndarray, place: str, why: str) -> None:
    """Raise SheetError where a feature's spread is 0, so that nothing can be divided by it."""
    for number, value in enumerate(spread.flat, start=1):
        if _is_zero(value):
            which = f"{'row' if spread.ndim == 2 else 'feature'} {number} " if spread.ndim else ""
            better = "values that differ" if place == "given.x" else "a variance or epsilon greater than 0"
            raise SheetError(f"{place}: {which}cannot be divided by its spread: {why}; expected {better}")


def _is_zero(value: Any) -> bool:
    """Whether a number, or a formula, is known to be 0; no ball is asked."""
    return getattr(value, "exact", None) == 0 or getattr(value, "expression", None) == 0


def _may_rise(low: Any, high: Any) -> bool:
    is_known = getattr(high - low, "is_number", True)
    try:
        return not is_known or bool(high > low)
    except ArithmeticError as error:
        raise SheetError(f"given.range: {error}") from None


def _slope(of: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {of}}}"


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"


def _draw(page: Page, before: str, after: str) -> None:
    """Every value before and after, where all are numbers and not too many."""
    arrays = [page[before], page[after]]
    if arrays[0].size > LARGEST_PICTURE or not are_drawable(as_number(v) for a in arrays for v in a.flat):
        return
    floats = [np.array([float(v) for v in a.flat]).reshape(len(a), -1) for a in arrays]
    page.part("picture", "Before and after")
    page.picture("Values before and after", partial(_before_and_after, *floats))


def _before_and_after(before: np.ndarray, after: np.ndarray) -> str:
    from chainrule.paper.topics.normalization.pictures import before_and_after

    return before_and_after(before, after)

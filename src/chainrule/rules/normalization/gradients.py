"""Gradients in variance, mean and input, of a batch and of each sample."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.rules.arrays import Array, total
from chainrule.rules.normalization.statistics import batch_axes, count
from chainrule.rules.rule import Slip, rule, size
from chainrule.rules.slipping import NOT_DIVIDED_BY_DEVIATION, OPPOSITE_SIGN


def _variance_slips(summed: Callable[[Array, Array], Array], at: str, of: str) -> tuple[Slip, ...]:
    """Slips in the gradient in a variance; ``summed`` adds products, ``at`` and ``of`` index in TeX."""
    products = rf"\sum (<dxhat>)_{at} \cdot \left( (<x>)_{at} - (<mean>){of} \right)"
    return (
        Slip(
            *OPPOSITE_SIGN,
            lambda dxhat, x, mean, deviation: summed(dxhat, x - mean) / (2 * deviation**3),
            rf"\frac{{{products}}}{{2 (<deviation>){of}^3}}",
        ),
        Slip(
            "no_half",
            "the factor ½ of the root's slope is left out",
            lambda dxhat, x, mean, deviation: -summed(dxhat, x - mean) / deviation**3,
            rf"-\frac{{{products}}}{{(<deviation>){of}^3}}",
        ),
        Slip(
            "wrong_power",
            "it is divided by the deviation itself, not by its cube",
            lambda dxhat, x, mean, deviation: -summed(dxhat, x - mean) / (2 * deviation),
            rf"-\frac{{{products}}}{{2 (<deviation>){of}}}",
        ),
    )


def _input_slips(number: Callable[[Array], int], m: str) -> tuple[Slip, ...]:
    """Slips in the gradient in x, whose statistics are over so many values, ``m`` in TeX."""
    direct = r"\frac{<dxhat>}{<deviation>}"
    return (
        Slip(
            "statistics_constant",
            "mean and variance are taken for constants",
            lambda dxhat, x, mean, deviation, dvar, dmean: dxhat / deviation,
            direct,
        ),
        Slip(
            "no_way_through_variance",
            "the way through the variance is left out",
            lambda dxhat, x, mean, deviation, dvar, dmean: dxhat / deviation + dmean / number(x),
            rf"{direct} + \frac{{<dmean>}}{{{m}}}",
        ),
        Slip(
            "no_way_through_mean",
            "the way through the mean is left out",
            lambda dxhat, x, mean, deviation, dvar, dmean: (
                dxhat / deviation + dvar * (2 * (x - mean) / number(x))
            ),
            rf"{direct} + <dvar> \cdot \frac{{2 (<x> - <mean>)}}{{{m}}}",
        ),
    )


def _mean_slips(summed: Callable[[Array], Array], of: str) -> tuple[Slip, ...]:
    """Slips in the gradient in a mean."""
    return (
        Slip(
            *OPPOSITE_SIGN,
            lambda dxhat, deviation: summed(dxhat) / deviation,
            rf"\frac{{\sum (<dxhat>)}}{{(<deviation>){of}}}",
        ),
        Slip(
            *NOT_DIVIDED_BY_DEVIATION,
            lambda dxhat, deviation: -summed(dxhat) + 0 * deviation,
            r"-\sum (<dxhat>)",
        ),
    )


@rule(
    tex=r"-\frac{\sum_{i} (<dxhat>)_{i} \cdot \left( (<x>)_{i} - <mean> \right)}{2 (<deviation>)^{3}}",
    multiplications=lambda dxhat, x, mean, deviation: size(dxhat) + 4 * size(deviation),
    slips=_variance_slips(lambda dxhat, x: total(dxhat * x, axis=batch_axes(x.shape)), "{i}", ""),
)
def batch_dvar(dxhat: Array, x: Array, mean: Array, deviation: Array) -> Array:
    """Gradient of the loss in the batch's variance, which is in the deviation's root; shape (c,)."""
    return -total(dxhat * (x - mean), axis=batch_axes(x.shape)) / (2 * deviation**3)


@rule(
    tex=r"-\frac{\sum_{i} (<dxhat>)_{i}}{<deviation>}",
    multiplications=lambda dxhat, deviation: size(deviation),
    slips=_mean_slips(lambda dxhat: total(dxhat, axis=batch_axes(dxhat.shape)), ""),
)
def batch_dmean(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in the batch's mean; shape (c,).

    The mean is also in the variance, but Σ(x - μ) = 0 makes that part 0.
    """
    return -total(dxhat, axis=batch_axes(dxhat.shape)) / deviation


@rule(
    tex=r"\frac{<dxhat>}{<deviation>} + <dvar> \cdot \frac{2 (<x> - <mean>)}{m} + \frac{<dmean>}{m}",
    multiplications=lambda dxhat, x, *_: 4 * size(x),
    slips=_input_slips(count, "m"),
)
def batch_dx(dxhat: Array, x: Array, mean: Array, deviation: Array, dvar: Array, dmean: Array) -> Array:
    """Gradient of the loss in x, by its three ways through x̂, variance and mean; shape of x."""
    m = count(x)
    return dxhat / deviation + dvar * (2 * (x - mean) / m) + dmean / m


@rule(
    tex=r"-\frac{\sum_{j} (<dxhat>)_{i,j} \cdot \left( (<x>)_{i,j} - (<mean>)_{i} \right)}"
    r"{2 (<deviation>)_{i}^{3}}",
    multiplications=lambda dxhat, x, mean, deviation: size(dxhat) + 4 * size(deviation),
    slips=_variance_slips(lambda dxhat, x: total(dxhat * x, axis=-1, keepdims=True), "{i,j}", "_{i}"),
)
def layer_dvar(dxhat: Array, x: Array, mean: Array, deviation: Array) -> Array:
    """Gradient of the loss in each sample's variance; shape (m, …, 1)."""
    return -total(dxhat * (x - mean), axis=-1, keepdims=True) / (2 * deviation**3)


@rule(
    tex=r"-\frac{\sum_{j} (<dxhat>)_{i,j}}{(<deviation>)_{i}}",
    multiplications=lambda dxhat, deviation: size(deviation),
    slips=_mean_slips(lambda dxhat: total(dxhat, axis=-1, keepdims=True), "_{i}"),
)
def layer_dmean(dxhat: Array, deviation: Array) -> Array:
    """Gradient of the loss in each sample's mean, which adds nothing by way of the variance."""
    return -total(dxhat, axis=-1, keepdims=True) / deviation


@rule(
    tex=r"\frac{<dxhat>}{<deviation>} + <dvar> \cdot \frac{2 (<x> - <mean>)}{c} + \frac{<dmean>}{c}",
    multiplications=lambda dxhat, x, *_: 4 * size(x),
    slips=_input_slips(lambda x: int(x.shape[-1]), "c"),
)
def layer_dx(dxhat: Array, x: Array, mean: Array, deviation: Array, dvar: Array, dmean: Array) -> Array:
    """Gradient of the loss in x, by its three ways through x̂, variance and mean; shape of x."""
    c = x.shape[-1]
    return dxhat / deviation + dvar * (2 * (x - mean) / c) + dmean / c

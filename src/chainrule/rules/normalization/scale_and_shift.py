"""The scale γ and the shift β behind a normalization, and their gradients."""

from __future__ import annotations

from chainrule.rules.arrays import Array, total
from chainrule.rules.normalization.statistics import batch_axes, count
from chainrule.rules.rule import Slip, per_element, rule, size

_NO_BETA, _BETA_SUBTRACTED, _NO_GAMMA = "β is left out", "β is subtracted", "γ is left out"


@rule(
    tex=r"<gamma> \cdot <xhat> + <beta>",
    multiplications=lambda xhat, gamma, beta: size(xhat),
    slips=(
        Slip(
            "no_beta",
            _NO_BETA,
            lambda xhat, gamma, beta: gamma * xhat + 0 * beta,
            r"<gamma> \cdot <xhat>",
        ),
        Slip(
            "beta_subtracted",
            _BETA_SUBTRACTED,
            lambda xhat, gamma, beta: gamma * xhat - beta,
            r"<gamma> \cdot <xhat> - <beta>",
        ),
        Slip("no_gamma", _NO_GAMMA, lambda xhat, gamma, beta: xhat + beta + 0 * gamma, "<xhat> + <beta>"),
        Slip(
            "gamma_and_beta_swapped",
            "γ and β are swapped",
            lambda xhat, gamma, beta: beta * xhat + gamma,
            r"<beta> \cdot <xhat> + <gamma>",
        ),
    ),
)
def scale_and_shift(xhat: Array, gamma: Array, beta: Array) -> Array:
    """What is normalized, with the trained deviation γ and mean β; shape of xhat."""
    return gamma * xhat + beta


@rule(
    tex=r"<gamma> \cdot <xhat>",
    multiplications=lambda xhat, gamma: size(xhat),
    slips=(Slip("no_gamma", _NO_GAMMA, lambda xhat, gamma: xhat + 0 * gamma, "<xhat>"),),
)
def scaled(xhat: Array, gamma: Array) -> Array:
    """What is normalized, with the trained deviation γ alone; shape of xhat."""
    return gamma * xhat


@rule(
    tex=r"<xhat> + <beta>",
    slips=(
        Slip("no_beta", _NO_BETA, lambda xhat, beta: xhat + 0 * beta, "<xhat>"),
        Slip("beta_subtracted", _BETA_SUBTRACTED, lambda xhat, beta: xhat - beta, "<xhat> - <beta>"),
    ),
)
def shifted(xhat: Array, beta: Array) -> Array:
    """What is normalized, with the trained mean β alone; shape of xhat."""
    return xhat + beta


_MEAN = "the rows are averaged instead of added"


@rule(
    tex=r"\sum_{i} (<dy>)_{i} \odot (<xhat>)_{i}",
    multiplications=per_element(1),
    slips=(
        Slip(
            "mean_over_rows",
            _MEAN,
            lambda dy, xhat: total(dy * xhat, axis=batch_axes(dy.shape)) / count(dy),
            r"\frac{1}{m} \sum_{i} (<dy>)_{i} \odot (<xhat>)_{i}",
        ),
        Slip(
            "no_xhat",
            "the normalized values are left out",
            lambda dy, xhat: total(dy, axis=batch_axes(dy.shape)),
            r"\sum_{i} (<dy>)_{i}",
        ),
    ),
)
def scale_dgamma(dy: Array, xhat: Array) -> Array:
    """Gradient of the loss in γ; shape (c,)."""
    return total(dy * xhat, axis=batch_axes(dy.shape))


@rule(
    tex=r"\sum_{i} (<dy>)_{i}",
    slips=(
        Slip(
            "mean_over_rows",
            _MEAN,
            lambda dy: total(dy, axis=batch_axes(dy.shape)) / count(dy),
            r"\frac{1}{m} \sum_{i} (<dy>)_{i}",
        ),
    ),
)
def scale_dbeta(dy: Array) -> Array:
    """Gradient of the loss in β; shape (c,)."""
    return total(dy, axis=batch_axes(dy.shape))


@rule(
    tex=r"<dy> \odot <gamma>",
    multiplications=per_element(1),
    slips=(Slip("no_gamma", _NO_GAMMA, lambda dy, gamma: dy + 0 * gamma, "<dy>"),),
)
def scale_dxhat(dy: Array, gamma: Array) -> Array:
    """Gradient of the loss in what is normalized; shape of dy."""
    return dy * gamma

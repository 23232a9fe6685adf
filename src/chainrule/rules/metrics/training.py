"""The metrics of training, by their names in Keras.

y is the target and a the prediction, (m, k); each gives one value per sample, (m,).
Source: Keras 3, keras.metrics.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.rules.arrays import Array, namespace
from chainrule.rules.losses.regression import mean_absolute_error, mean_squared_error
from chainrule.rules.rule import Rule


def _row_mean(x: Array) -> Array:
    return namespace(x).mean(x.reshape(x.shape[0], -1), axis=1)


def _largest_place(a: Array) -> Array:
    return namespace(a).argmax(a, axis=-1)


METRICS: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "binary_accuracy",
            lambda y, a: _row_mean((y > 0.5) == (a > 0.5)),
            r"[<y> = [<a> > \frac{1}{2}]]",
        ),
        Rule(
            "categorical_accuracy",
            lambda y, a: _largest_place(y) == _largest_place(a),
            r"[\arg\max <y> = \arg\max <a>]",
        ),
        Rule(
            "sparse_categorical_accuracy",
            lambda y, a: y.reshape(-1) == _largest_place(a),
            r"[<y> = \arg\max <a>]",
        ),
        Rule(
            "mean_squared_error",
            lambda y, a: _row_mean(mean_squared_error.term(y, a)),
            mean_squared_error.tex,
        ),
        Rule(
            "mean_absolute_error",
            lambda y, a: _row_mean(mean_absolute_error.term(y, a)),
            mean_absolute_error.tex,
        ),
    )
}

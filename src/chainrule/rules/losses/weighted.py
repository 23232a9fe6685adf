"""The loss and its gradient with a weight for each row, or with a share.

Source: Keras 3, keras.losses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chainrule.rules.arrays import Array, constant, total
from chainrule.rules.losses.from_terms import DIVISION_TEX, loss_rule, reduced
from chainrule.rules.losses.term import LossTerm
from chainrule.rules.rule import Rule, size


def weighted_loss_rule(loss: LossTerm, divide_by: str, activation: str | None = None, **options: Any) -> Rule:
    """The rule of the loss with a weight per row, from (y, a, w), or (y, a, z, w) behind an activation.

    As in Keras a row's terms are multiplied by its weight, and the divisor stays.
    """
    plain = loss_rule(loss, divide_by, activation, **options)

    def function(y: Array, a: Array, *rest: Array, **chosen: Any) -> Array:
        terms = loss.term(y, a, **chosen)
        return reduced(total(_per_row(rest[-1], terms) * terms), a, loss.per, divide_by)

    def stable(y: Array, a: Array, z: Array, w: Array, **chosen: Any) -> Array:
        terms = loss.logits[activation or ""].stable_term(y, z)
        return reduced(total(_per_row(w, terms) * terms), a, loss.per, divide_by)

    tex = DIVISION_TEX[loss.per, divide_by] + rf"<w> \odot \left( {loss.tex} \right)"
    return Rule(
        f"weighted_{loss.name}",
        function,
        tex,
        lambda y, a, *_: (loss.multiplications + 1) * size(a),
        stable=stable if activation else None,
        defaults=plain.defaults,
        named=(*plain.inputs, "w"),
    )


def weighted_gradient_rule(gradient: Rule) -> Rule:
    """The rule of a loss's gradient with a weight per row, from (y, a, w): its row times the weight."""

    def function(y: Array, a: Array, w: Array, **chosen: Any) -> Array:
        slope = gradient.function(y, a, **chosen)
        return _per_row(w, slope) * slope

    return Rule(
        f"weighted_{gradient.name}",
        function,
        rf"<w> \odot \left( {gradient.tex} \right)",
        lambda y, a, w: gradient.multiplications(y, a) + size(a),
        defaults=gradient.defaults,
    )


def scaled_rule(gradient: Rule, share: float) -> Rule:
    """The rule of a gradient that counts by a share, as the loss of one output among several does."""

    def function(*inputs: Array, **chosen: Any) -> Array:
        slope = gradient.function(*inputs, **chosen)
        return constant(share, slope) * slope

    return replace(
        gradient,
        name=f"scaled_{gradient.name}",
        function=function,
        tex=rf"{share:g} \cdot \left( {gradient.tex} \right)",
        named=gradient.inputs,
        slips=(),
    )


def _per_row(w: Array, like: Array) -> Array:
    """A weight per row, in a shape that multiplies rows."""
    return w.reshape(-1, *(1 for _ in like.shape[1:]))

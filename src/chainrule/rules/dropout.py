"""Dropout: masks, the two ways of scaling, their gradients, and the output to be expected.

A mask holds 1 for a unit that is kept and 0 for one that is dropped; each is kept with probability
``keep``, which is 1 less the rate that Keras' Dropout takes. Sources: Srivastava, Hinton, Krizhevsky,
Sutskever, Salakhutdinov (JMLR 2014) for the classic form, which scales when testing; Keras 3,
keras.layers.Dropout, for the inverted form, which scales while training.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, total, where
from chainrule.rules.rule import Shape, rule, size


def _once(x: Shape, *_: Shape) -> int:
    return size(x)


@rule(tex=r"1 - <rate>")
def keep_probability(rate: Array) -> Array:
    """The probability that a unit is kept."""
    return 1 - rate


@rule(tex=r"\begin{cases} 1 & <u> < <keep> \\ 0 & <u> \ge <keep> \end{cases}")
def drawn_mask(u: Array, *, keep: Array) -> Array:
    """The mask that numbers u, drawn evenly between 0 and 1, give; shape of u."""
    return where(u < keep, constant(1, u), constant(0, u))


@rule(tex=r"\frac{<x> \odot <mask>}{<keep>}", multiplications=lambda x, *_: 2 * size(x))
def inverted_dropout(x: Array, mask: Array, *, keep: Array) -> Array:
    """The outputs in training, those that are kept made larger; shape of x."""
    return x * mask / keep


@rule(tex=r"<x> \odot <mask>", multiplications=_once)
def classic_dropout(x: Array, mask: Array) -> Array:
    """The outputs in training, as they are or 0; shape of x."""
    return x * mask


@rule(tex=r"<keep> \cdot <x>", multiplications=_once)
def classic_test(x: Array, *, keep: Array) -> Array:
    """The outputs when testing, all kept and made smaller; shape of x."""
    return keep * x


@rule(tex=r"<x>")
def inverted_test(x: Array) -> Array:
    """The outputs when testing, all kept and as they are; shape of x."""
    return x


@rule(tex=r"<keep> \cdot \frac{<x>}{<keep>} + (1 - <keep>) \cdot 0")
def inverted_expected(x: Array, *, keep: Array) -> Array:
    """What the outputs in training are on average over all masks; shape of x."""
    return keep * (x / keep) + (1 - keep) * 0


@rule(tex=r"<keep> \cdot <x> + (1 - <keep>) \cdot 0")
def classic_expected(x: Array, *, keep: Array) -> Array:
    """What the outputs in training are on average over all masks; shape of x."""
    return keep * x + (1 - keep) * 0


@rule(tex=r"<keep>^{k} \cdot (1 - <keep>)^{n-k}, \quad k = \sum_{j=1}^{n} (<masks>)_{i,j}")
def mask_probabilities(masks: Array, *, keep: Array) -> Array:
    """The probability of each mask, one per row: its kept units kept, the others dropped; shape (rows,)."""
    chance = masks[:, 0] * 0 + 1
    for unit in range(masks.shape[1]):
        chance = chance * where(masks[:, unit] == 1, keep, 1 - keep)
    return chance


@rule(
    tex=r"\sum_{i} (<probability>)_{i} \cdot (<outputs>)_{i}",
    multiplications=lambda p, outputs: size(outputs),
)
def mean_over_masks(probability: Array, outputs: Array) -> Array:
    """The mean of outputs, one row per mask, weighted by the masks' probabilities; shape (units,)."""
    return total(probability.reshape(-1, 1) * outputs, axis=0)


@rule(tex=r"\frac{<dy> \odot <mask>}{<keep>}", multiplications=lambda dy, *_: 2 * size(dy))
def inverted_dx(dy: Array, mask: Array, *, keep: Array) -> Array:
    """Gradient of the loss in x: it passes where the unit was kept, scaled as the unit; shape of dy."""
    return dy * mask / keep


@rule(tex=r"<dy> \odot <mask>", multiplications=_once)
def classic_dx(dy: Array, mask: Array) -> Array:
    """Gradient of the loss in x: it passes where the unit was kept; shape of dy."""
    return dy * mask


@rule(tex=r"\sum_{i} (<y>)_{i}")
def summed(y: Array) -> Array:
    """All outputs together, which the next layer would get with weights of 1."""
    return total(y)

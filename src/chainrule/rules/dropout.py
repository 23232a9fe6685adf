"""Dropout: masks, the two ways of scaling, their gradients, and the output to be expected.

A mask holds 1 for a unit that is kept and 0 for one that is dropped; each is kept with probability
``keep``, which is 1 less the rate that Keras' Dropout takes. Sources: Srivastava, Hinton, Krizhevsky,
Sutskever, Salakhutdinov (JMLR 2014) for the classic form, which scales when testing; Keras 3,
keras.layers.Dropout, for the inverted form, which scales while training.
"""

from __future__ import annotations

from chainrule.rules.arrays import Array, constant, total, where
from chainrule.rules.rule import Slip, per_element, rule, size
from chainrule.rules.slipping import MEAN_FOR_SUM

_RATE_FOR_KEEP = "the probability of being dropped is taken for that of being kept"
_NOT_SCALED, _MULTIPLIED = "nothing is scaled", "it is multiplied by the keep probability instead of divided"
_TURNED, _NO_MASK = "the mask is turned: what it keeps is dropped", "the mask is left out"


@rule(tex=r"1 - <rate>", slips=(Slip("rate_for_keep", _RATE_FOR_KEEP, lambda rate: rate, "<rate>"),))
def keep_probability(rate: Array) -> Array:
    """The probability that a unit is kept."""
    return 1 - rate


@rule(
    tex=r"\begin{cases} 1 & <u> < <keep> \\ 0 & <u> \ge <keep> \end{cases}",
    slips=(
        Slip(
            "mask_turned",
            _TURNED,
            lambda u, *, keep: where(u < keep, constant(0, u), constant(1, u)),
            r"\begin{cases} 0 & <u> < <keep> \\ 1 & <u> \ge <keep> \end{cases}",
        ),
        Slip(
            "rate_for_keep",
            _RATE_FOR_KEEP,
            lambda u, *, keep: where(u < 1 - keep, constant(1, u), constant(0, u)),
            r"\begin{cases} 1 & <u> < 1 - <keep> \\ 0 & <u> \ge 1 - <keep> \end{cases}",
        ),
    ),
)
def drawn_mask(u: Array, *, keep: Array) -> Array:
    """The mask that numbers u, drawn evenly between 0 and 1, give; shape of u."""
    return where(u < keep, constant(1, u), constant(0, u))


def _inverted(x: str) -> tuple[Slip, ...]:
    """Slips of what is masked and divided by the keep probability; ``x`` is its name in TeX."""
    return (
        Slip("not_scaled", _NOT_SCALED, lambda x, mask, *, keep: x * mask, rf"{x} \odot <mask>"),
        Slip(
            "multiplied_by_keep",
            _MULTIPLIED,
            lambda x, mask, *, keep: x * mask * keep,
            rf"<keep> \cdot {x} \odot <mask>",
        ),
        Slip(
            "rate_for_keep",
            _RATE_FOR_KEEP,
            lambda x, mask, *, keep: x * mask / (1 - keep),
            rf"\frac{{{x} \odot <mask>}}{{1 - <keep>}}",
        ),
        Slip(
            "mask_turned",
            _TURNED,
            lambda x, mask, *, keep: x * (1 - mask) / keep,
            rf"\frac{{{x} \odot (1 - <mask>)}}{{<keep>}}",
        ),
        Slip("no_mask", _NO_MASK, lambda x, mask, *, keep: x / keep + 0 * mask, rf"\frac{{{x}}}{{<keep>}}"),
    )


def _classic(x: str) -> tuple[Slip, ...]:
    """Slips of what is masked alone."""
    return (
        Slip("mask_turned", _TURNED, lambda x, mask: x * (1 - mask), rf"{x} \odot (1 - <mask>)"),
        Slip("no_mask", _NO_MASK, lambda x, mask: x + 0 * mask, x),
        Slip(
            "divided_by_keep",
            "it is divided by the keep probability already",
            lambda x, mask, keep: x * mask / keep,
            rf"{x} \odot <mask>",
            also=("keep",),
        ),
    )


@rule(
    tex=r"\frac{<x> \odot <mask>}{<keep>}",
    multiplications=lambda x, *_: 2 * size(x),
    slips=_inverted("<x>"),
)
def inverted_dropout(x: Array, mask: Array, *, keep: Array) -> Array:
    """The outputs in training, those that are kept made larger; shape of x."""
    return x * mask / keep


@rule(tex=r"<x> \odot <mask>", multiplications=per_element(1), slips=_classic("<x>"))
def classic_dropout(x: Array, mask: Array) -> Array:
    """The outputs in training, as they are or 0; shape of x."""
    return x * mask


@rule(
    tex=r"<keep> \cdot <x>",
    multiplications=per_element(1),
    slips=(
        Slip("not_scaled", _NOT_SCALED, lambda x, *, keep: x, "<x>"),
        Slip("rate_for_keep", _RATE_FOR_KEEP, lambda x, *, keep: (1 - keep) * x, r"(1 - <keep>) \cdot <x>"),
        Slip(
            "divided_by_keep",
            "it is divided by the keep probability instead of multiplied",
            lambda x, *, keep: x / keep,
            r"\frac{<x>}{<keep>}",
        ),
    ),
)
def classic_test(x: Array, *, keep: Array) -> Array:
    """The outputs when testing, all kept and made smaller; shape of x."""
    return keep * x


@rule(
    tex=r"<x>",
    slips=(
        Slip(
            "scaled_when_tested",
            "it is multiplied by the keep probability, though it was divided in training",
            lambda x, keep: keep * x,
            r"p \cdot <x>",
            also=("keep",),
        ),
        Slip(
            "divided_when_tested",
            "it is divided by the keep probability when tested too",
            lambda x, keep: x / keep,
            r"\frac{<x>}{p}",
            also=("keep",),
        ),
    ),
)
def inverted_test(x: Array) -> Array:
    """The outputs when testing, all kept and as they are; shape of x."""
    return x


@rule(
    tex=r"<keep> \cdot \frac{<x>}{<keep>} + (1 - <keep>) \cdot 0",
    slips=(Slip("not_scaled", _NOT_SCALED, lambda x, *, keep: keep * x, r"<keep> \cdot <x>"),),
)
def inverted_expected(x: Array, *, keep: Array) -> Array:
    """What the outputs in training are on average over all masks; shape of x."""
    return keep * (x / keep) + (1 - keep) * 0


@rule(
    tex=r"<keep> \cdot <x> + (1 - <keep>) \cdot 0",
    slips=(
        Slip("rate_for_keep", _RATE_FOR_KEEP, lambda x, *, keep: (1 - keep) * x, r"(1 - <keep>) \cdot <x>"),
        Slip("chance_left_out", "the chance of being kept is left out", lambda x, *, keep: x, "<x>"),
    ),
)
def classic_expected(x: Array, *, keep: Array) -> Array:
    """What the outputs in training are on average over all masks; shape of x."""
    return keep * x + (1 - keep) * 0


def _chances(masks: Array, kept: Array, dropped: Array) -> Array:
    chance = ones = masks[:, 0] * 0 + 1
    for unit in range(masks.shape[1]):
        chance = chance * where(masks[:, unit] == 1, kept * ones, dropped * ones)
    return chance


@rule(
    tex=r"<keep>^{k} \cdot (1 - <keep>)^{n-k}, \quad k = \sum_{j=1}^{n} (<masks>)_{i,j}",
    slips=(
        Slip(
            "rate_for_keep",
            _RATE_FOR_KEEP,
            lambda masks, *, keep: _chances(masks, 1 - keep, keep),
            r"(1 - <keep>)^{k} \cdot <keep>^{n-k}",
        ),
        Slip(
            "dropped_left_out",
            "the units that are dropped are left out",
            lambda masks, *, keep: _chances(masks, keep, 0 * keep + 1),
            r"<keep>^{k}",
        ),
    ),
)
def mask_probabilities(masks: Array, *, keep: Array) -> Array:
    """The probability of each mask, one per row: its kept units kept, the others dropped; shape (rows,)."""
    return _chances(masks, keep, 1 - keep)


@rule(
    tex=r"\sum_{i} (<probability>)_{i} \cdot (<outputs>)_{i}",
    multiplications=lambda p, outputs: size(outputs),
    slips=(
        Slip(
            "plain_mean",
            "the masks are taken to be equally likely",
            lambda probability, outputs: total(outputs, axis=0) / outputs.shape[0],
            r"\frac{1}{n} \sum_{i} (<outputs>)_{i}",
        ),
    ),
)
def mean_over_masks(probability: Array, outputs: Array) -> Array:
    """The mean of outputs, one row per mask, weighted by the masks' probabilities; shape (units,)."""
    return total(probability.reshape(-1, 1) * outputs, axis=0)


@rule(
    tex=r"\frac{<dy> \odot <mask>}{<keep>}",
    multiplications=lambda dy, *_: 2 * size(dy),
    slips=_inverted("<dy>"),
)
def inverted_dx(dy: Array, mask: Array, *, keep: Array) -> Array:
    """Gradient of the loss in x: it passes where the unit was kept, scaled as the unit; shape of dy."""
    return dy * mask / keep


@rule(tex=r"<dy> \odot <mask>", multiplications=per_element(1), slips=_classic("<dy>"))
def classic_dx(dy: Array, mask: Array) -> Array:
    """Gradient of the loss in x: it passes where the unit was kept; shape of dy."""
    return dy * mask


@rule(
    tex=r"\sum_{i} (<y>)_{i}",
    slips=(
        Slip(
            *MEAN_FOR_SUM,
            lambda y: total(y) / size(y.shape),
            r"\frac{1}{n} \sum_{i} (<y>)_{i}",
        ),
    ),
)
def summed(y: Array) -> Array:
    """All outputs together, which the next layer would get with weights of 1."""
    return total(y)

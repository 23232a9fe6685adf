"""Examples of the rules of losses."""

from chainrule.rules.activations.named import ACTIVATIONS
from chainrule.rules.losses import from_terms, named
from rule_examples.drawing import COLUMNS, ROWS, distributions, draw, targets_of

DIVISIONS = {"element": ["mean", "sum", "1/m", "1/2", "1/2m"], "row": ["mean", "sum"]}


def examples():
    z = draw(4, ROWS, COLUMNS)
    for loss in named.LOSSES.values():
        y = targets_of(loss)
        a = distributions(5) if loss.per == "row" else ACTIVATIONS["sigmoid"].forward(z)
        a = 3 * a if loss.name in ("huber", "hinge") else a  # so that every case is met
        for divide_by in DIVISIONS[loss.per]:
            yield from_terms.loss_rule(loss, divide_by), (y, a)
            yield from_terms.loss_gradient_rule(loss, divide_by), (y, a)
            for activation in loss.logits:
                behind = ACTIVATIONS[activation].forward(z)
                yield from_terms.loss_rule(loss, divide_by, activation), (y, behind, z)
                yield from_terms.fused_gradient_rule(loss, divide_by, activation), (y, behind)

"""What a model is compiled with beside its optimizer: a loss, its share, and metrics for each output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from chainrule import losses, metrics
from chainrule.lookup import suggest
from chainrule.losses import Loss
from chainrule.rules.rule import Rule, Shape, size


@dataclass(frozen=True)
class Objective:
    """The loss of each output, how much it counts, and the names of the metrics of each."""

    losses: tuple[Loss, ...]
    shares: tuple[float, ...]
    metrics: tuple[tuple[str, ...], ...]

    @property
    def is_measured(self) -> bool:
        """Whether anything is logged beside the loss."""
        return len(self.losses) > 1 or any(self.metrics)

    def rules(self, outputs: Sequence[Shape]) -> list[dict[str, Rule]]:
        """The metrics' rules for outputs of these shapes."""
        return [
            {name: metrics.get(name, loss, size(shape)) for name in names}
            for names, loss, shape in zip(self.metrics, self.losses, outputs, strict=True)
        ]


def objective(loss: Any, shares: Any, measured: Any, outputs: Sequence[str]) -> Objective:
    """The objective from what ``compile`` is given, for a model with outputs of these layers' names.

    Of one output the loss is a name, a table or an object, and metrics are a name or several. Of several
    outputs each is given for all of them at once, as a list with an entry per output, or as a table by
    the names of the outputs' layers.

    Raises ValueError for names that are not known, or another number of entries than outputs.
    """
    count = len(outputs)
    if loss is None:
        raise ValueError('compile needs a loss, as compile("sgd", "mse")')
    if count == 1 and not (isinstance(loss, Mapping) and [*loss] == [*outputs]):
        if shares not in (None, 1, [1]):
            raise ValueError(
                f"loss_weights weigh the losses of several outputs, and the model has one; got {shares!r}: "
                "leave them out, or change the learning rate"
            )
        found = losses.get(loss[0] if isinstance(loss, list) and len(loss) == 1 else loss)
        made = Objective((found,), (1.0,), (_names(measured),))
    else:
        given = [loss] * count if _is_one_loss(loss, outputs) else _each("loss", loss, outputs)
        parts = [()] * count if measured is None else _each("metrics", measured, outputs)
        made = Objective(
            tuple(losses.get(one) for one in given),
            _shares(shares, outputs),
            tuple(_names(part) for part in parts),
        )
    for names, one in zip(made.metrics, made.losses, strict=True):
        for name in names:
            metrics.get(name, one)
    return made


def _is_one_loss(loss: Any, outputs: Sequence[str]) -> bool:
    """Whether it is one loss, for all outputs, and not a list or a table of the outputs' own."""
    if isinstance(loss, Mapping):
        return not set(loss) & {*outputs} and bool({"name", "class_name"} & set(loss))
    return not isinstance(loss, list | tuple)


def _each(what: str, given: Any, outputs: Sequence[str]) -> list[Any]:
    """An entry for each output, from a list or a table."""
    if isinstance(given, Mapping):
        for name in given:
            if name not in outputs:
                raise ValueError(f"{what}: there is no output {name!r}; {suggest(str(name), outputs)}")
        missing = [name for name in outputs if name not in given]
        if missing and what == "loss":
            raise ValueError(f"{what}: the output {missing[0]!r} has none; give one for every output")
        return [given.get(name, ()) for name in outputs]
    if not isinstance(given, list | tuple) or len(given) != len(outputs):
        raise ValueError(
            f"{what} must have an entry for each of the outputs {', '.join(outputs)}, as a list or a table; "
            f"got {given!r}"
        )
    return list(given)


def _names(measured: Any) -> tuple[Any, ...]:
    """One metric or several as a tuple; none where nothing is said."""
    if measured is None or isinstance(measured, str | Sequence):
        return (measured,) if isinstance(measured, str) else tuple(measured or ())
    raise TypeError(f'metrics must be a name or a list of names, as ["accuracy"]; got {measured!r}')


def _shares(given: Any, outputs: Sequence[str]) -> tuple[float, ...]:
    if given is None:
        return (1.0,) * len(outputs)
    found = []
    for name, share in zip(outputs, _each("loss_weights", given, outputs), strict=True):
        share = 1.0 if share == () else share
        if isinstance(share, bool) or not isinstance(share, int | float) or not isfinite(share) or share < 0:
            raise ValueError(
                f"loss_weights: expected a number that is not below 0 for {name!r}, got {share!r}"
            )
        found.append(float(share))
    return tuple(found)

"""Loss functions: Keras' classes, names and defaults, and the factors that courses use."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.lookup import build, with_aliases
from chainrule.rules.activations.activation import Activation
from chainrule.rules.activations.named import ACTIVATIONS
from chainrule.rules.losses import crossentropy, from_terms, margins, regression, term, weighted
from chainrule.rules.rule import Rule

DIVISIONS = {None: None, "1/m": "1/m", "1/2": "1/2", "1/2m": "1/2m"}
REDUCTIONS = {"sum_over_batch_size": "mean", "mean": "mean", "sum": "sum"}


class Loss:
    """A loss: the rules that give its value and its gradient.

    ``reduction`` is Keras': ``"sum_over_batch_size"`` (or ``"mean"``) or ``"sum"``.

    Called with targets and predictions, it gives the loss:

    >>> float(MeanSquaredError()([[5.0]], [[2.0]]))
    9.0
    """

    entry: term.LossTerm
    from_logits: bool = False

    def __init__(self, reduction: str = "sum_over_batch_size", name: str | None = None) -> None:
        if reduction not in [*REDUCTIONS]:
            raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}, got {reduction!r}")
        self.reduction = reduction
        self.name = name or self.entry.name

    @property
    def options(self) -> dict[str, Any]:
        """The numbers that shape the loss, as Huber's delta."""
        return {}

    @property
    def divide_by(self) -> str:
        """What the summed terms are divided by, in the words of :func:`rules.losses.from_terms.divisor`."""
        return REDUCTIONS[self.reduction]

    @property
    def value(self) -> Rule:
        """The rule of the loss, from (y, a)."""
        return from_terms.loss_rule(self.entry, self.divide_by, **self.options)

    @property
    def gradient(self) -> Rule:
        """The rule of ∂loss/∂a, from (y, a)."""
        return from_terms.loss_gradient_rule(self.entry, self.divide_by, **self.options)

    def fuses_with(self, activation: str) -> bool:
        """Whether ∂loss/∂z behind this activation is simpler than its two factors."""
        return activation in self.entry.logits

    def value_behind(self, activation: str) -> Rule:
        """The rule of the loss from (y, a, z), where a is the activation of z."""
        return from_terms.loss_rule(self.entry, self.divide_by, activation, **self.options)

    def gradient_behind(self, activation: str) -> Rule:
        """The rule of ∂loss/∂z from (y, a), where a is the activation of z."""
        return from_terms.fused_gradient_rule(self.entry, self.divide_by, activation, **self.options)

    def weighted_value(self, activation: str | None = None) -> Rule:
        """The rule of the loss with a weight per row, from (y, a, w), or (y, a, z, w) behind an activation.

        The weights multiply the terms of their rows, as Keras' ``sample_weight`` does.
        """
        return weighted.weighted_loss_rule(self.entry, self.divide_by, activation, **self.options)

    def prepare(self, y: Any) -> Any:
        """Targets as the loss wants them; a loss on signs turns labels 0 and 1 into -1 and 1."""
        return y

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        a = _rows(y_pred)
        y = self.prepare(_rows(y_true))
        if y.shape != a.shape:
            raise ValueError(f"targets of shape {y.shape} do not match predictions of shape {a.shape}")
        return self._of(y, a)

    def _of(self, y: Any, a: Any) -> Any:
        """The loss of prepared targets and outputs."""
        if not self.from_logits:
            return self.value(y, a)
        return self.value_behind(self.implied.name)(y, self.implied.forward(a), a)

    @property
    def implied(self) -> Activation:
        """The activation that ``from_logits`` implies."""
        (name,) = self.entry.logits
        return ACTIVATIONS[name]

    def get_config(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k != "name" or v != self.entry.name}


def _rows(values: Any) -> Any:
    array = values if hasattr(values, "__array_namespace__") else np.asarray(values, dtype=float)
    return array.reshape(-1, 1) if array.ndim < 2 else array


class MeanSquaredError(Loss):
    """Mean of (y - ŷ)².

    ``factor`` puts a course's factor before the sum of the squares in place of Keras' mean:
    ``"1/m"`` (rows averaged, outputs added), ``"1/2"`` or ``"1/2m"``.

    >>> float(MeanSquaredError(factor="1/2m")([[1.0], [4.0]], [[0.0], [0.0]]))
    4.25
    """

    entry = regression.mean_squared_error

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str | None = None,
        factor: str | None = None,
    ) -> None:
        super().__init__(reduction, name)
        if factor not in [*DIVISIONS]:
            expected = ", ".join(repr(f) for f in DIVISIONS if f)
            raise ValueError(f"factor must be one of {expected} or absent, got {factor!r}")
        if factor and reduction != "sum_over_batch_size":
            raise ValueError("give a factor or a reduction, not both: the factor says how rows add up")
        self.factor = factor

    @property
    def divide_by(self) -> str:
        return self.factor or super().divide_by


class MeanAbsoluteError(Loss):
    """Mean of |y - ŷ|."""

    entry = regression.mean_absolute_error


class Huber(Loss):
    """Squared error up to ``delta``, absolute error beyond it; Huber (1964)."""

    entry = regression.huber

    def __init__(
        self, delta: float = 1.0, reduction: str = "sum_over_batch_size", name: str | None = None
    ) -> None:
        super().__init__(reduction, name or "huber_loss")
        if not delta > 0:
            raise ValueError(f"delta must be greater than 0, got {delta!r}")
        self.delta = delta

    @property
    def options(self) -> dict[str, Any]:
        return {"delta": self.delta}


class _CrossEntropy(Loss):
    """A loss of probabilities; ``from_logits`` says that the outputs are not yet behind the activation."""

    def __init__(
        self,
        from_logits: bool = False,
        *,
        reduction: str = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(reduction, name)
        if not isinstance(from_logits, bool):
            raise TypeError(f"from_logits must be true or false, got {from_logits!r}")
        self.from_logits = from_logits


class BinaryCrossentropy(_CrossEntropy):
    """Mean of -[y ln ŷ + (1 - y) ln(1 - ŷ)], for outputs behind a sigmoid.

    >>> float(BinaryCrossentropy(from_logits=True)([[0.0]], [[-1e4]]))
    0.0
    """

    entry = crossentropy.binary_crossentropy


class CategoricalCrossentropy(_CrossEntropy):
    """Mean over the rows of -Σ y ln ŷ, for one-hot targets and outputs behind a softmax.

    Outputs count as they are; Keras divides each row of them by its sum first.
    """

    entry = crossentropy.categorical_crossentropy


class SparseCategoricalCrossentropy(_CrossEntropy):
    """Mean over the rows of -ln of the label's output, for whole-number labels from 0.

    >>> import numpy as np
    >>> loss = SparseCategoricalCrossentropy()
    >>> round(float(loss([1], [[0.25, 0.75]])), 4), round(float(-np.log(0.75)), 4)
    (0.2877, 0.2877)
    """

    entry = crossentropy.sparse_categorical_crossentropy

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        a = _rows(y_pred)
        labels = np.asarray(y_true)
        labels = labels.reshape(-1) if labels.shape[1:] in ((), (1,)) else labels
        check_labels(labels, rows=a.shape[0], classes=a.shape[-1])
        return self._of(labels.astype(np.int32), a)


class _SignLoss(Loss):
    def prepare(self, y: Any) -> Any:
        zero_one = ((y == 0) | (y == 1)).all()
        return 2 * y - 1 if zero_one else y


class Hinge(_SignLoss):
    """Mean of max(0, 1 - y ŷ), for labels -1 and 1 (labels 0 and 1 are turned into them)."""

    entry = margins.hinge


class PerceptronLoss(_SignLoss):
    """Mean of max(0, -y ŷ), for labels -1 and 1; what the perceptron's training rule descends."""

    entry = margins.perceptron


class KLDivergence(Loss):
    """Mean over the rows of Σ y ln(y/ŷ)."""

    entry = crossentropy.kl_divergence


LOSSES = with_aliases(
    (
        MeanSquaredError,
        MeanAbsoluteError,
        Huber,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        Hinge,
        PerceptronLoss,
        KLDivergence,
    ),
    mse=MeanSquaredError,
    MSE=MeanSquaredError,
    mae=MeanAbsoluteError,
    MAE=MeanAbsoluteError,
    perceptron=PerceptronLoss,
    kld=KLDivergence,
    KLD=KLDivergence,
    bce=BinaryCrossentropy,
    BCE=BinaryCrossentropy,
)


def get(identifier: Any) -> Loss:
    """A loss from its name, its table or itself.

    >>> get("mse").divide_by, get({"name": "mse", "factor": "1/2"}).divide_by
    ('mean', '1/2')
    """
    found: Loss = build("loss", identifier, LOSSES, Loss)
    return found


TARGETS = {
    "distribution": "rows of probabilities that sum to 1",
    "share": "targets from 0 to 1",
    "sign": "labels -1 and 1, or 0 and 1",
}
"""What a loss takes, by its entry's ``targets``; of numbers and labels there is nothing to say here."""


def unfit_rows(loss: Loss, y: np.ndarray, tolerance: float = 0) -> np.ndarray:
    """Which rows of prepared targets, floats or exact numbers, the loss has no meaning for; shape (m,).

    >>> unfit_rows(CategoricalCrossentropy(), np.array([[1, 0], [1, 1]])).tolist()
    [False, True]
    """
    rows = y.reshape(len(y), -1)
    kind = loss.entry.targets
    if kind == "distribution":
        off = (abs(rows.sum(axis=1) - 1) > tolerance) | (rows < 0).any(axis=1)
    elif kind == "share":
        off = ((rows < 0) | (rows > 1)).any(axis=1)
    elif kind == "sign":
        off = (abs(rows) != 1).any(axis=1)
    else:
        off = np.zeros(len(rows))
    return np.asarray(off, dtype=bool)


def check_labels(labels: np.ndarray, rows: int, classes: int) -> None:
    """Raise ValueError unless there is one whole-number label from 0 to classes - 1 per row."""
    if labels.shape != (rows,):
        raise ValueError(f"expected one label per row, {rows} in all, got shape {labels.shape}")
    as_numbers = labels.astype(float)
    wrong = (as_numbers != np.floor(as_numbers)) | (as_numbers < 0) | (as_numbers >= classes)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"label {labels[row]} in row {row} is out of range: the output has {classes} units, so "
            f"labels are whole numbers from 0 to {classes - 1}"
        )

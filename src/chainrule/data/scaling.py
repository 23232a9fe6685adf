"""Features brought to one scale, with the numbers that were learned from the rows trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np

from chainrule.doors import finite, inputs
from chainrule.lookup import suggest
from chainrule.rules.normalization.standardizing import normalized

Kind = Literal["standard", "min_max"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, eq=False)
class Scaler:
    """(x - center) / width for each feature, which is the last axis of x: a column, or a channel.

    ``"standard"`` has the mean as its center and the deviation (with 1/m) as its width, ``"min_max"`` the
    smallest value and the distance to the largest; a feature that never changes has the width 1.

    >>> scaler = learn_scaler("standard", np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> scaler.apply([[5, 5]]).tolist()
    [[3.0, 0.0]]
    >>> scaler.get_config()
    {'kind': 'standard', 'center': [2.0, 5.0], 'width': [1.0, 1.0]}
    """

    kind: Kind
    center: np.ndarray
    width: np.ndarray

    def apply(self, x: Any) -> np.ndarray:
        """The rows in the new scale, float32; shape of x (numbers alone are a column).

        Raises ValueError for another number of features.
        """
        rows = self._rows(x)
        with np.errstate(over="ignore"):
            return finite(normalized(rows, *self._numbers()), "x, scaled,")

    def undo(self, x: Any) -> np.ndarray:
        """The rows in their own scale again, float32; shape of x."""
        rows = self._rows(x)
        center, width = self._numbers()
        with np.errstate(over="ignore"):
            return finite(rows * width + center, "x, unscaled,")

    def _numbers(self) -> tuple[np.ndarray, np.ndarray]:
        return self.center.astype(np.float32), self.width.astype(np.float32)

    def _rows(self, x: Any) -> np.ndarray:
        rows = inputs(x)
        if rows.shape[-1] != len(self.center):
            raise ValueError(
                f"x has {rows.shape[-1]} features and the scaler was learned from {len(self.center)}"
            )
        return rows

    def get_config(self) -> dict[str, Any]:
        """The numbers learned, as JSON can hold them; :meth:`from_config` makes the scaler again."""
        return {"kind": self.kind, "center": self.center.tolist(), "width": self.width.tolist()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Scaler:
        """The scaler of a :meth:`get_config`.

        Raises ValueError for what is none.
        """
        if not isinstance(config, Mapping) or set(config) != {"kind", "center", "width"}:
            raise ValueError(f"a scaler is saved as kind, center and width; got {config!r}")
        try:
            center, width = (np.asarray(config[key], np.float64) for key in ("center", "width"))
        except (TypeError, ValueError):
            raise ValueError("center and width of a scaler are lists of numbers") from None
        if center.ndim != 1 or center.shape != width.shape:
            raise ValueError(
                f"center and width are two lists alike; got shapes {center.shape}, {width.shape}"
            )
        if not (np.isfinite(center).all() and np.isfinite(width).all() and (width > 0).all()):
            raise ValueError("center must be finite, and width above 0, for each feature")
        return cls(_kind(config["kind"]), center, width)


def learn_scaler(kind: str, x: Any) -> Scaler:
    """Learn how to scale from rows, which should be those to train on alone.

    ``x`` is an array (m, …), or an iterable of such arrays, as the chunks of a larger set.

    Raises ValueError for another kind, no rows, NaN or infinity.
    """
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    found = _kind(kind)
    learner = StandardScaler() if found == "standard" else MinMaxScaler()
    is_stream = isinstance(x, Iterable) and not isinstance(x, np.ndarray | list | tuple)
    parts: Iterable[Any] = x if is_stream else [x]
    for part in parts:
        rows = inputs(part)
        learner.partial_fit(rows.reshape(-1, rows.shape[-1]))
    if not hasattr(learner, "scale_"):
        raise ValueError("x has no rows: give at least one")
    if found == "standard":
        return Scaler(found, np.asarray(learner.mean_), np.asarray(learner.scale_))
    return Scaler(found, np.asarray(learner.data_min_), _width(np.asarray(learner.data_range_)))


def _width(ranges: np.ndarray) -> np.ndarray:
    return np.where(ranges == 0, 1.0, ranges)


def _kind(kind: Any) -> Kind:
    if kind not in KINDS:
        raise ValueError(f"unknown scaling {kind!r}: {suggest(str(kind), KINDS)}")
    return cast(Kind, kind)

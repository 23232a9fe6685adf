"""How much the rows of each class count."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.data.splitting import labels_of


def balanced_class_weight(y: Any) -> dict[int, float]:
    """A weight for each class that makes all count the same: for ``fit``'s ``class_weight``.

    A class with m_c of m rows gets the weight m / (classes · m_c), as scikit-learn's ``"balanced"``;
    y holds labels 0, 1, … or one-hot rows.

    Raises ValueError for no rows, or labels that are not whole numbers from 0 on.

    >>> balanced_class_weight([0, 0, 0, 1])
    {0: 0.6666666666666666, 1: 2.0}
    """
    from sklearn.utils.class_weight import compute_class_weight

    given = np.asarray(y)
    if not given.size or not given.ndim:
        raise ValueError(f"y must hold a label per row, got shape {given.shape}")
    if given.dtype.kind not in "biuf":
        raise ValueError(f"y must hold whole numbers from 0 on, got {given.dtype}")
    labels = labels_of(given)
    if not np.isfinite(labels).all() or (labels != np.floor(labels)).any() or labels.min() < 0:
        wrong = labels[~((labels >= 0) & (labels == np.floor(labels)) & np.isfinite(labels))][0]
        raise ValueError(f"y holds {wrong}: labels are whole numbers from 0 on")
    whole = labels.astype(np.int64)
    classes = np.unique(whole)
    found = compute_class_weight("balanced", classes=classes, y=whole)
    return {int(label): float(weight) for label, weight in zip(classes, found, strict=True)}

"""Real data sets that need no download: the digits lie beside this file, the others in scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from chainrule.data.dataset import DataSet

WHITE = 16
"""The pixels of the digits go from 0 to 16."""


def digits() -> DataSet:
    """1,797 digits of 8 by 8 pixels: x (1797, 64) float32 from 0 to 1, y (1797,) int32 labels.

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits (UCI, 1998), its test set.

    >>> data = digits()
    >>> data.x.shape, data.x.dtype.name, data.y[:3].tolist()
    ((1797, 64), 'float32', [0, 1, 2])
    """
    # A file of our own, since scikit-learn takes longer to be imported than these take to be learnt.
    with files("chainrule.data").joinpath("digits.npz").open("rb") as file, np.load(file) as kept:
        x, y = kept["x"], kept["y"]
    names = tuple(str(digit) for digit in range(10))
    return DataSet("digits", x.astype(np.float32) / WHITE, y.astype(np.int32), names, (8, 8))


def iris() -> DataSet:
    """150 flowers of three kinds, by the sizes of their leaves in cm: x (150, 4), y (150,) labels.

    Source: Fisher, The use of multiple measurements in taxonomic problems (1936).
    """
    from sklearn.datasets import load_iris

    return _classes("iris", load_iris)


def wine() -> DataSet:
    """178 wines of three growers, by chemical analysis: x (178, 13), y (178,) labels.

    Source: Aeberhard and Forina, Wine (UCI, 1992).
    """
    from sklearn.datasets import load_wine

    return _classes("wine", load_wine)


def breast_cancer() -> DataSet:
    """569 tumours, malignant (0) or benign (1), by the shapes of their cells: x (569, 30), y (569,) labels.

    Source: Wolberg, Mangasarian, Street and Street, Breast Cancer Wisconsin (Diagnostic) (UCI, 1995).
    """
    from sklearn.datasets import load_breast_cancer

    return _classes("breast_cancer", load_breast_cancer)


def diabetes() -> DataSet:
    """442 patients, and how far the disease had gone a year later: x (442, 10), y (442,) numbers.

    The columns are in their own units: age in years, sex, body mass index, blood pressure, six values of
    the blood. Source: Efron, Hastie, Johnstone and Tibshirani, Least Angle Regression (2004).
    """
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True, scaled=False)
    return DataSet("diabetes", x.astype(np.float32), y.astype(np.float32))


def _classes(name: str, load: Callable[[], Any]) -> DataSet:
    found = load()
    names = tuple(str(label) for label in found.target_names)
    return DataSet(name, found.data.astype(np.float32), found.target.astype(np.int32), names)


BUNDLED: Mapping[str, Callable[[], DataSet]] = {
    "digits": digits,
    "iris": iris,
    "wine": wine,
    "breast_cancer": breast_cancer,
    "diabetes": diabetes,
}

"""Data sets: the digits that scikit-learn bundles, files, and splitting."""

from chainrule.data.dataset import DataSet
from chainrule.data.digits import digits
from chainrule.data.files import read_csv, read_npy, read_npz
from chainrule.data.scaling import Scaler, learn_scaler
from chainrule.data.splitting import Split, folds, split, split_three
from chainrule.data.weights import balanced_class_weight

__all__ = [
    "DataSet",
    "Scaler",
    "Split",
    "balanced_class_weight",
    "digits",
    "folds",
    "learn_scaler",
    "read_csv",
    "read_npy",
    "read_npz",
    "split",
    "split_three",
]

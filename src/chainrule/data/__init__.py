"""Data sets: the digits that scikit-learn bundles, files, and splitting."""

from chainrule.data.dataset import DataSet, split
from chainrule.data.digits import digits
from chainrule.data.files import read_csv, read_npy, read_npz

__all__ = ["DataSet", "digits", "read_csv", "read_npy", "read_npz", "split"]

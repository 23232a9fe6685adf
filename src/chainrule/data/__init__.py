"""Data sets: by name, from files, in memory or in chunks; splitting and scaling."""

from chainrule.data.bundled import digits
from chainrule.data.chunked import Chunked
from chainrule.data.dataset import DataSet
from chainrule.data.files import read_csv, read_npy, read_npz
from chainrule.data.idx import read_idx, read_idx_pair
from chainrule.data.images import read_images
from chainrule.data.named import NAMES, load
from chainrule.data.npy import ChunkedNpy
from chainrule.data.parquet import ChunkedParquet, read_parquet
from chainrule.data.scaling import Scaler, learn_scaler
from chainrule.data.splitting import Split, folds, split, split_three
from chainrule.data.weights import balanced_class_weight

__all__ = [
    "NAMES",
    "Chunked",
    "ChunkedNpy",
    "ChunkedParquet",
    "DataSet",
    "Scaler",
    "Split",
    "balanced_class_weight",
    "digits",
    "folds",
    "learn_scaler",
    "load",
    "read_csv",
    "read_idx",
    "read_idx_pair",
    "read_images",
    "read_npy",
    "read_npz",
    "read_parquet",
    "split",
    "split_three",
]

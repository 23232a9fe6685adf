"""Data sets by name: those that scikit-learn bundles, and the usual public ones, downloaded once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chainrule.data.bundled import BUNDLED
from chainrule.data.cifar import CIFAR10, CIFAR100, Archive, Images, read_cifar
from chainrule.data.dataset import DataSet
from chainrule.data.download import DownloadError, Resource, fetch
from chainrule.data.idx import pixels, read_idx
from chainrule.lookup import suggest

PathLike = str | os.PathLike[str]

DIGITS = tuple(str(digit) for digit in range(10))
CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
IDX_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


@dataclass(frozen=True)
class Public:
    """A data set in the network: its files, and how they are read."""

    files: tuple[Resource, ...]
    classes: tuple[str, ...] = ()
    archive: Archive | None = None


def _idx(bases: tuple[str, ...], classes: tuple[str, ...], *known: tuple[int, str]) -> Public:
    files = (
        Resource(name, tuple(base + name for base in bases), size, sha256)
        for name, (size, sha256) in zip(IDX_FILES, known, strict=True)
    )
    return Public(tuple(files), classes)


def _toronto(name: str, size: int, sha256: str, archive: Archive) -> Public:
    return Public((Resource(name, (f"https://www.cs.toronto.edu/~kriz/{name}",), size, sha256),), (), archive)


# Sizes and SHA-256 are those that TensorFlow Datasets publishes (tensorflow_datasets/url_checksums/*.txt).
PUBLIC: Mapping[str, Public] = {
    "mnist": _idx(
        (
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ),
        DIGITS,
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
    "fashion_mnist": _idx(
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        CLOTHES,
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ),
    "kmnist": _idx(
        ("https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
        KANA,
        (18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        (29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        (3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        (5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ),
    "cifar10": _toronto(
        "cifar-10-binary.tar.gz",
        170_052_171,
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        CIFAR10,
    ),
    "cifar100": _toronto(
        "cifar-100-binary.tar.gz",
        168_513_733,
        "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
        CIFAR100,
    ),
}

NAMES = (*BUNDLED, *PUBLIC)


def load(name: str, data_dir: PathLike | None = None) -> DataSet:
    """A data set by its name.

    digits, iris, wine, breast_cancer (classes) and diabetes (a number) come with scikit-learn. mnist,
    fashion_mnist, kmnist, cifar10 and cifar100 are downloaded at the first call into the user's cache
    folder, and checked. With ``data_dir`` nothing is downloaded: the files of mnist, packed or not, are
    looked for in the folder ``mnist`` in it.

    Images are (m, height, width, channels), float32 from 0 to 1, but digits, which are rows of 64;
    labels are int32.

    Raises ValueError for another name, or files that are damaged; OSError where they are not there, or
    the network does not give them, with what to put where.

    >>> data = load("iris")
    >>> data.x.shape, data.classes
    ((150, 4), ('setosa', 'versicolor', 'virginica'))
    """
    if name in BUNDLED:
        return BUNDLED[name]()
    train, test, classes = load_raw(name, data_dir)
    shape = train.pixels.shape[1:]
    return DataSet(
        name,
        pixels(train.pixels),
        train.labels.astype(np.int32),
        classes,
        shape[:2] if shape[-1] == 1 else shape,
        pixels(test.pixels),
        test.labels.astype(np.int32),
    )


def load_raw(name: str, data_dir: PathLike | None = None) -> tuple[Images, Images, tuple[str, ...]]:
    """A public image set as bytes (m, height, width, channels) and labels (m,): training, test, classes.

    Raises as :func:`load`.
    """
    if name not in PUBLIC:
        raise ValueError(f"unknown data set {name!r}: {suggest(str(name), NAMES)}")
    known = PUBLIC[name]
    paths = _in_cache(name, known) if data_dir is None else _in_folder(Path(data_dir) / name, known)
    if known.archive is not None:
        return read_cifar(paths[0], known.archive)
    train, test = (_idx_images(paths[at], paths[at + 1], known) for at in (0, 2))
    return train, test, known.classes


def _in_cache(name: str, known: Public) -> list[Path]:
    from platformdirs import user_cache_path

    folder = user_cache_path("chainrule") / name
    try:
        return [fetch(resource, folder) for resource in known.files]
    except DownloadError as error:
        files = ", ".join(resource.name for resource in known.files)
        raise DownloadError(f"{error}; {name} needs {files}") from None


def _in_folder(folder: Path, known: Public) -> list[Path]:
    """The files where they are already, as they come from the network or unpacked."""
    return [_found(folder, resource.name, known) for resource in known.files]


def _found(folder: Path, name: str, known: Public) -> Path:
    unpacked = known.archive.folder if known.archive else name.removesuffix(".gz")
    for path in (folder / name, folder / unpacked):
        if path.exists():
            return path
    raise FileNotFoundError(f"{folder} has no {name} and no {unpacked}: put the files of the data set there")


def _idx_images(images: Path, labels: Path, known: Public) -> Images:
    x, y = read_idx(images), read_idx(labels)
    if x.ndim != 3 or x.dtype != np.uint8:
        raise ValueError(
            f"{images} holds {x.dtype} of shape {x.shape}; expected bytes: number, height, width"
        )
    if y.shape != (len(x),) or y.dtype != np.uint8:
        raise ValueError(
            f"{labels} holds {y.dtype} of shape {y.shape}; expected a byte for each of {len(x)} images"
        )
    if y.size and y.max() >= len(known.classes):
        raise ValueError(f"{labels} holds the label {y.max()}; expected 0 to {len(known.classes) - 1}")
    return Images(x[..., None], y)

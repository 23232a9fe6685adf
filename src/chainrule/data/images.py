"""Images from a folder that has a folder for each class."""

from __future__ import annotations

import math
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from chainrule.data.dataset import DataSet
from chainrule.doors import whole_number
from chainrule.lookup import suggest

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

PathLike = str | os.PathLike[str]
ColorMode = Literal["grayscale", "rgb"]

MODES = {"grayscale": "L", "rgb": "RGB"}
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
MOST_PIXELS = 100_000_000
"""In one image; more is taken for a trap."""
MOST_BYTES = 1 << 36
WHITE, WIDE_WHITE = 255, 65535
"""Of pixels of 8 and of 16 bits."""


def read_images(
    directory: PathLike,
    image_size: tuple[int, int] = (256, 256),
    color_mode: ColorMode = "rgb",
    class_names: tuple[str, ...] | list[str] | None = None,
) -> DataSet:
    """Images from a folder with a folder for each class, as Keras' ``image_dataset_from_directory``.

    The classes are the names of the folders in the order of the alphabet, unless ``class_names`` gives
    the order; images in folders within them belong to the class, too. Names that start with a dot are
    left out, links to folders are not followed. Each image is brought to ``image_size`` (height, width)
    by bilinear interpolation.

    x is (m, height, width, 1 or 3), float32 from 0 to 1; y (m,) are int32 labels.

    Raises ValueError, with the file, for one that is damaged or far too large, and for a folder without
    classes or images; OSError where the folder cannot be read.
    """
    folder = Path(directory)
    size = _size(image_size)
    if color_mode not in get_args(ColorMode):
        raise ValueError(f"unknown color_mode {color_mode!r}: {suggest(str(color_mode), MODES)}")
    names = _classes(folder, class_names)
    files = [(path, label) for label, name in enumerate(names) for path in _images(folder / name)]
    if not files:
        raise ValueError(f"{folder} has no images in the folders {', '.join(names)}: {_expected()}")
    shape = (len(files), *size, len(MODES[color_mode]) if color_mode == "rgb" else 1)
    if 4 * math.prod(shape) > MOST_BYTES:
        raise ValueError(
            f"{len(files)} images of {size[0]} × {size[1]} are too many: give a smaller image_size"
        )
    x = np.empty(shape, np.float32)
    for row, (path, _) in enumerate(files):
        x[row] = _pixels(path, size, MODES[color_mode]).reshape(shape[1:])
    y = np.array([label for _, label in files], np.int32)
    return DataSet(folder.resolve().name, x, y, tuple(names), size if shape[-1] == 1 else shape[1:])


def _size(given: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ValueError(f"image_size must be (height, width), got {given!r}")
    height, width = (whole_number(side, "image_size", 1) for side in given)
    if height * width > MOST_PIXELS:
        raise ValueError(f"image_size {height} × {width} has more than {MOST_PIXELS:,} pixels")
    return height, width


def _classes(folder: Path, wanted: tuple[str, ...] | list[str] | None) -> list[str]:
    entries = sorted(folder.iterdir())
    found = [path.name for path in entries if _is_folder(path) and not path.name.startswith(".")]
    if not found:
        raise ValueError(f"{folder} has no folders: it needs one for each class, with images in it")
    if wanted is None:
        return found
    if sorted(wanted) != found:
        raise ValueError(
            f"class_names are {', '.join(wanted)}; the folders in {folder} are {', '.join(found)}"
        )
    return list(wanted)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _images(folder: Path) -> list[Path]:
    """The images in a folder and in the folders in it, in the order of their paths."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if _is_folder(path):
            found += _images(path)
        elif path.suffix.lower() in SUFFIXES and path.is_file():
            found.append(path)
    return found


def _expected() -> str:
    return f"expected files that end in {', '.join(SUFFIXES)}"


def _pixels(path: Path, size: tuple[int, int], mode: str) -> np.ndarray:
    """The image in this size, from 0 to 1; shape (height, width) or (height, width, 3)."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on images that it can read
            with Image.open(path) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError(f"{image.width} × {image.height} pixels are more than {MOST_PIXELS:,}")
                image.load()
                full = _in_bytes(image).convert(mode)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        if isinstance(error, PermissionError):
            raise
        raise ValueError(f"{path} cannot be read as an image: {error}") from None
    if full.size != size[::-1]:
        full = full.resize(size[::-1], Image.Resampling.BILINEAR)
    return np.asarray(full, np.float32) / WHITE


def _in_bytes(image: Picture) -> Picture:
    """The image with 8 bits for each of its colours; Pillow would cut off what is above 255."""
    from PIL import Image

    if image.mode == "F":
        raise ValueError("its pixels are not whole numbers, so where white lies is not known")
    if not image.mode.startswith("I"):
        return image
    wide = np.asarray(image)
    if wide.min() < 0 or wide.max() > WIDE_WHITE:
        raise ValueError("its pixels have more than 16 bits")
    return Image.fromarray(np.rint(wide * (WHITE / WIDE_WHITE)).astype(np.uint8))

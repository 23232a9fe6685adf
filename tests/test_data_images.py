"""IDX files and folders of images: what they hold, and what is refused before memory is taken for it."""

import gzip
import os
import re
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from chainrule.data import read_idx, read_idx_pair, read_images

# ------------------------------------------------------------------------------------- IDX

CODES = {"uint8": 0x08, "int8": 0x09, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D, "float64": 0x0E}


def idx(array):
    """The bytes of an IDX file, written as the format is described."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[array.dtype.name], array.ndim, *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("shape", [(5,), (3, 2), (2, 3, 4), (2, 1, 3, 2)], ids=str)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_idx_file_is_its_array(kind, shape, pack, tmp_path):
    array = (np.arange(np.prod(shape)).reshape(shape) * 7 - (0 if kind == "uint8" else 9)).astype(kind)
    (tmp_path / "a").write_bytes(pack(idx(array)))
    found = read_idx(tmp_path / "a")
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype
    assert found.dtype.isnative


def test_the_head_of_mnists_images_is_read_as_its_authors_describe_it(tmp_path):
    (tmp_path / "images").write_bytes(bytes.fromhex("00000803 00000001 00000002 00000003") + bytes(range(6)))
    assert read_idx(tmp_path / "images").tolist() == [[[0, 1, 2], [3, 4, 5]]]


BROKEN = {
    "empty": (b"", "is no IDX file: it starts with nothing"),
    "text": (b"label,pixel\n", "is no IDX file: it starts with 6c 61 62 65"),
    "short": (b"\0\0\x08", "is no IDX file: it starts with 00 00 08;"),
    "type": (b"\0\0\x0a\1\0\0\0\1\0", "is no IDX file"),
    "no axes": (b"\0\0\x08\0", "it has 0 axes; expected 1 to 8"),
    "axes": (b"\0\0\x08\xff" + b"\0" * 2000, "it has 255 axes"),
    "header": (b"\0\0\x08\3\0\0\0\1", "ends within its header"),
    "cut off": (
        idx(np.zeros((2, 3), np.uint8))[:-1],
        "cut off: its header says 2 × 3, which is 6 bytes, and 5",
    ),
    "longer": (idx(np.zeros((2, 3), np.uint8)) + b"\0", "more bytes after the 6 that its header says"),
    "damaged gzip": (gzip.compress(idx(np.zeros((2, 3), np.uint8)))[:-9], "not a whole gzip file"),
    "no gzip": (b"\x1f\x8b" + b"\0" * 50, "not a whole gzip file"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_whole_idx_file_is_refused(broken, tmp_path):
    content, message = BROKEN[broken]
    (tmp_path / "a.idx").write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(str(tmp_path / "a.idx")) + ".*" + re.escape(message)):
        read_idx(tmp_path / "a.idx")


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_header_alone_takes_no_memory(pack, tmp_path):
    giant = b"\0\0\x0e\4" + b"\xff" * 16 + b"\0" * 100
    (tmp_path / "a").write_bytes(pack(giant))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="4294967295 × 4294967295"):
            read_idx(tmp_path / "a")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@settings(
    derandomize=True,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(st.binary(max_size=40), st.booleans())
def test_any_bytes_are_an_array_or_a_value_error(tmp_path, content, pack):
    content = b"\0\0\x08\1" + content
    (tmp_path / "a").write_bytes(gzip.compress(content) if pack else content)
    try:
        found = read_idx(tmp_path / "a")
    except ValueError:
        return
    assert found.tobytes() == content[8:]


def pair(folder, x, y):
    for name, array in (("i", x), ("l", y)):
        (folder / name).write_bytes(idx(array))
    return folder / "i", folder / "l"


def test_images_and_labels_are_a_data_set_from_0_to_1(tmp_path):
    x = np.arange(24, dtype=np.uint8).reshape(2, 3, 4) * 11
    data = read_idx_pair(*pair(tmp_path, x, np.array([1, 0], np.uint8)))
    np.testing.assert_allclose(data.x, x[..., None] / 255, rtol=1e-6)
    assert (data.x.dtype, data.y.dtype, data.y.tolist(), data.image_shape) == (
        np.float32,
        np.int32,
        [1, 0],
        (3, 4),
    )


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((2, 3), np.uint8), np.zeros(2, np.uint8), "an array of 2 axes; images have 3"),
        (np.zeros((2, 3, 3), np.uint8), np.zeros((2, 1), np.uint8), "labels are one whole number per image"),
        (np.zeros((2, 3, 3), np.uint8), np.zeros(2, np.float32), "labels are one whole number per image"),
        (np.zeros((2, 3, 3), np.uint8), np.array([0, -1], np.int8), "holds the label -1"),
        (np.zeros((2, 3, 3), np.uint8), np.zeros(3, np.uint8), "x has 2 rows and y has 3"),
        (np.zeros((0, 3, 3), np.uint8), np.zeros(0, np.uint8), "x is empty"),
    ],
    ids=["images", "columns", "numbers", "below 0", "rows", "none"],
)
def test_idx_files_that_do_not_fit_are_refused(x, y, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read_idx_pair(*pair(tmp_path, x, y))


# --------------------------------------------------------------------------------- folders

RED, GREEN = np.zeros((4, 6, 3), np.uint8), np.zeros((4, 6, 3), np.uint8)
RED[..., 0], GREEN[..., 1] = 255, 255


@pytest.fixture
def folder(tmp_path):
    """Two classes: two red images and a green one."""
    root = tmp_path / "colours"
    for name, picture in (("red/a.png", RED), ("red/deep/b.bmp", RED), ("green/c.PNG", GREEN)):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    return root


def test_folders_are_classes_in_the_order_of_the_alphabet(folder):
    data = read_images(folder, image_size=(4, 6))
    assert (data.name, data.classes, data.image_shape) == ("colours", ("green", "red"), (4, 6, 3))
    assert (data.y.tolist(), data.y.dtype, data.x.dtype) == ([0, 1, 1], np.int32, np.float32)
    np.testing.assert_array_equal(data.x, np.stack([GREEN, RED, RED]) / np.float32(255))


def test_the_order_of_the_classes_can_be_given(folder):
    data = read_images(folder, (4, 6), class_names=["red", "green"])
    assert (data.classes, data.y.tolist()) == (("red", "green"), [0, 0, 1])


def test_grey_is_the_brightness_and_has_one_channel(folder):
    data = read_images(folder, (4, 6), color_mode="grayscale")
    assert (data.x.shape, data.image_shape) == ((3, 4, 6, 1), (4, 6))
    np.testing.assert_allclose(data.x[:, 0, 0, 0], [0.587, 0.299, 0.299], atol=0.003)  # ITU-R BT.601


def test_images_of_any_size_are_brought_to_one(folder):
    Image.fromarray(RED.repeat(9, axis=0)).save(folder / "red" / "long.png")
    data = read_images(folder, image_size=(3, 2))
    assert data.x.shape == (4, 3, 2, 3)
    np.testing.assert_array_equal(data.x[-1], np.broadcast_to([1, 0, 0], (3, 2, 3)))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_not_cut_off(suffix, tmp_path):
    (tmp_path / "a").mkdir()
    Image.fromarray(np.array([[0, 32768], [65535, 257]], np.uint16)).save(tmp_path / "a" / f"x.{suffix}")
    data = read_images(tmp_path, (2, 2), "grayscale")
    np.testing.assert_allclose(data.x[0, ..., 0], [[0, 0.5], [1, 1 / 255]], atol=0.003)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_pillows_kinds_of_colour_are_all_read(mode, tmp_path):
    (tmp_path / "a").mkdir()
    white = Image.new("RGB", (3, 3), "white").convert(mode)
    white.save(tmp_path / "a" / ("x.tif" if mode == "CMYK" else "x.png"))
    for color_mode in ("rgb", "grayscale"):
        assert read_images(tmp_path, (3, 3), color_mode).x.min() >= 0.99


def test_hidden_files_other_files_and_links_to_folders_are_left_out(folder, tmp_path):
    (folder / ".git").mkdir()
    (folder / "red" / ".DS_Store").write_bytes(b"no image")
    (folder / "red" / "._a.png").write_bytes(b"no image")
    (folder / "red" / "notes.txt").write_text("no image")
    (folder / "blue").symlink_to(folder / "red")
    (folder / "red" / "again").symlink_to(folder)
    (folder / "red" / "lost.png").symlink_to(tmp_path / "none.png")
    os.mkfifo(folder / "red" / "pipe.png")
    data = read_images(folder, (4, 6))
    assert (data.classes, len(data.x)) == (("green", "red"), 3)


def png(width, height):
    """A small file that says it holds so many pixels."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


DAMAGED = {
    "empty": b"",
    "text": b"this is no image",
    "cut off": "cut",
    "a bomb": png(100_000, 100_000),
    "a smaller bomb": png(12_000, 12_000),
    "too few pixels": png(500, 500),
    "a negative size": png(0, 5),
}


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_damaged_image_is_named(damage, suffix, folder):
    path = folder / "red" / f"broken.{suffix}"
    if damage == "cut off":
        Image.fromarray(np.random.default_rng(1).integers(0, 255, (40, 40, 3)).astype(np.uint8)).save(path)
        path.write_bytes(path.read_bytes()[:-200])
    else:
        path.write_bytes(DAMAGED[damage])
    with pytest.raises(ValueError, match=re.escape(f"{path} cannot be read as an image: ")) as caught:
        read_images(folder, (4, 6))
    assert "\n" not in str(caught.value)


def test_pixels_whose_white_is_not_known_are_refused(folder):
    Image.fromarray(np.ones((2, 2), np.float32)).save(folder / "red" / "f.tif")
    with pytest.raises(ValueError, match="its pixels are not whole numbers"):
        read_images(folder, (4, 6))
    Image.fromarray(np.array([[70_000]], np.int32)).save(folder / "red" / "f.tif")
    with pytest.raises(ValueError, match="more than 16 bits"):
        read_images(folder, (4, 6))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"image_size": 5}, r"image_size must be \(height, width\), got 5"),
        ({"image_size": (5, 5, 3)}, r"image_size must be \(height, width\)"),
        ({"image_size": (0, 5)}, "image_size must be at least 1"),
        ({"image_size": (10**6, 10**6)}, "more than 100,000,000 pixels"),
        ({"image_size": (9999, 9999), "most": 8}, "9 images of 9999 × 9999 are too many"),
        ({"color_mode": "gray"}, "unknown color_mode 'gray': .*did you mean 'grayscale'"),
        ({"class_names": ["red"]}, "class_names are red; the folders in .* are green, red"),
    ],
    ids=["number", "three", "zero", "giant", "many", "colours", "names"],
)
def test_arguments_that_make_no_images_are_refused(arguments, message, folder, monkeypatch):
    if arguments.pop("most", None):
        monkeypatch.setattr("chainrule.data.images.MOST_BYTES", 1 << 32)
        for i in range(6):
            Image.fromarray(RED).save(folder / "red" / f"{i}.png")
    with pytest.raises(ValueError, match=message):
        read_images(folder, **arguments)


def test_folders_without_classes_or_images_are_refused(tmp_path):
    with pytest.raises(ValueError, match="has no folders: it needs one for each class"):
        read_images(tmp_path)
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match=r"has no images in the folders a: expected files that end in \.bmp"):
        read_images(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_images(tmp_path / "none")


def test_one_class_is_a_data_set_of_one_class(tmp_path):
    (tmp_path / "a").mkdir()
    Image.fromarray(RED).save(tmp_path / "a" / "x.jpeg")
    data = read_images(tmp_path, (4, 6))
    assert (data.classes, data.y.tolist()) == (("a",), [0])

"""Data sets by name: what comes with scikit-learn, and what comes from the network, whole or not at all."""

import gzip
import hashlib
import io
import struct
import tarfile
import threading
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import sklearn.datasets
from hypothesis import given, settings
from hypothesis import strategies as st

import chainrule
from chainrule.data import NAMES, load
from chainrule.data.cifar import CIFAR10, CIFAR100, read_cifar
from chainrule.data.download import DownloadError, Resource, fetch
from chainrule.data.named import IDX_FILES, PUBLIC

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer", "diabetes"])
def test_what_scikit_learn_bundles_is_there_by_name(name):
    options = {"scaled": False} if name == "diabetes" else {}
    data, theirs = load(name), getattr(sklearn.datasets, f"load_{name}")(**options)
    np.testing.assert_allclose(data.x * (16 if name == "digits" else 1), theirs.data, rtol=1e-6)
    np.testing.assert_allclose(data.y, theirs.target, rtol=1e-6)
    assert data.name == name
    assert data.x.dtype == np.float32
    assert (data.classes is None) == (name == "diabetes")
    if data.classes:
        assert len(data.classes) == data.y.max() + 1
        assert data.y.dtype == np.int32


def test_another_name_is_refused_with_what_was_meant():
    with pytest.raises(
        ValueError, match=r"unknown data set 'mnst': expected one of .*did you mean 'mnist'\?"
    ):
        load("mnst")
    assert set(NAMES) >= {"digits", "mnist", "fashion_mnist", "cifar10", "cifar100"}


# ----------------------------------------------------------------------------- made-up sets


def idx(array):
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def made_up(name):
    """Arrays in the form of a public set (train and test), and the files that hold them."""
    if name.startswith("cifar"):
        return made_up_cifar(name)
    arrays = [RNG.integers(0, 256, (m, 28, 28)).astype(np.uint8) for m in (20, 10)]
    labels = [np.arange(m, dtype=np.uint8) % 10 for m in (20, 10)]
    contents = (idx(arrays[0]), idx(labels[0]), idx(arrays[1]), idx(labels[1]))
    files = {file: gzip.compress(content) for file, content in zip(IDX_FILES, contents, strict=True)}
    return [array[..., None] for array in arrays], labels, files


def made_up_cifar(name):
    archive = CIFAR10 if name == "cifar10" else CIFAR100
    counts = [4 * len(archive.train), 4]
    arrays = [RNG.integers(0, 256, (m, 32, 32, 3)).astype(np.uint8) for m in counts]
    labels = [(np.arange(m) * 7 % archive.classes).astype(np.uint8) for m in counts]
    members = {archive.names: "\n".join(f"name{i}" for i in range(archive.classes)).encode()}
    for files, x, y in zip((archive.train, archive.test), arrays, labels, strict=True):
        for at, file in enumerate(files):
            members[file] = b"".join(
                bytes([9] * (archive.labels - 1) + [int(y[i])]) + x[i].transpose(2, 0, 1).tobytes()
                for i in range(4 * at, 4 * at + 4)
            )
    resource = PUBLIC[name].files[0].name
    return arrays, labels, {resource: packed(archive.folder, members)}


def packed(folder, members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Site(BaseHTTPRequestHandler):
    """Gives files; keeps which were asked for."""

    def __init__(self, files, asked, *arguments):
        self.files, self.asked = files, asked
        super().__init__(*arguments)

    def do_GET(self):
        self.asked.append(self.path)
        content = self.files.get(self.path.lstrip("/"))
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.files.get("most", len(content))])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(monkeypatch):
    """A server on this machine, its files, and what was asked of it; it is reached without a proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    files, asked = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, files, asked))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", files, asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "chainrule"


def resource_of(name, content, *urls):
    return Resource(name, urls, len(content), hashlib.sha256(content).hexdigest())


def published(monkeypatch, name, base, files):
    """Let a set's files be these, at this address."""
    resources = tuple(resource_of(file, content, base + file) for file, content in files.items())
    changed = {**PUBLIC, name: replace(PUBLIC[name], files=resources)}
    monkeypatch.setattr("chainrule.data.named.PUBLIC", changed)


SETS = ["mnist", "fashion_mnist", "kmnist", "cifar10", "cifar100"]


@pytest.mark.parametrize("name", SETS)
def test_a_public_set_is_downloaded_once_and_has_its_rows(name, site, cache, monkeypatch, capsys):
    base, files, asked = site
    arrays, labels, made = made_up(name)
    files.update(made)
    published(monkeypatch, name, base, made)
    for _ in range(2):
        data = load(name)
        for x, y, pixels, own in zip(
            (data.x, data.x_test), (data.y, data.y_test), arrays, labels, strict=True
        ):
            np.testing.assert_allclose(x, pixels / 255, rtol=1e-6)
            np.testing.assert_array_equal(y, own)
        assert (data.name, data.x.dtype, data.y.dtype) == (name, np.float32, np.int32)
    assert len(data.classes) == (100 if name == "cifar100" else 10)
    assert data.image_shape == ((32, 32, 3) if name.startswith("cifar") else (28, 28))
    assert len(asked) == len(made)
    assert sorted(path.name for path in (cache / name).iterdir()) == sorted(made)
    out, err = capsys.readouterr()
    assert out == ""
    assert all(file in err for file in made)


@pytest.mark.parametrize("name", SETS)
def test_kerass_load_data_gives_the_bytes_in_kerass_shapes(name, site, cache, monkeypatch):
    base, files, _ = site
    arrays, labels, made = made_up(name)
    files.update(made)
    published(monkeypatch, name, base, made)
    found = getattr(chainrule.datasets, name).load_data()
    for (x, y), pixels, own in zip(found, arrays, labels, strict=True):
        assert x.dtype == y.dtype == np.uint8
        colour = name.startswith("cifar")
        np.testing.assert_array_equal(x, pixels if colour else pixels[..., 0])
        np.testing.assert_array_equal(y, own[:, None] if colour else own)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("unpacked", [False, True])
def test_files_that_are_there_already_are_not_downloaded(name, unpacked, tmp_path, monkeypatch):
    monkeypatch.setattr("chainrule.data.named.fetch", None)
    arrays, _, made = made_up(name)
    folder = tmp_path / name
    folder.mkdir()
    for file, content in made.items():
        if not unpacked:
            (folder / file).write_bytes(content)
        elif name.startswith("cifar"):
            with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                tar.extractall(folder, filter="data")
        else:
            (folder / file.removesuffix(".gz")).write_bytes(gzip.decompress(content))
    np.testing.assert_allclose(load(name, data_dir=tmp_path).x, arrays[0] / 255, rtol=1e-6)


def test_a_file_that_is_not_in_the_folder_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"mnist has no train-images-idx3-ubyte.gz and no train-images-i"
    ):
        load("mnist", data_dir=tmp_path)
    with pytest.raises(
        FileNotFoundError, match=r"no cifar-10-binary.tar.gz and no cifar-10-batches-bin: put"
    ):
        load("cifar10", data_dir=tmp_path)


def test_files_that_do_not_fit_each_other_are_refused(tmp_path):
    _, _, made = made_up("mnist")
    (tmp_path / "mnist").mkdir()
    images, labels = IDX_FILES[:2]
    for name, content, message in [
        (images, idx(np.zeros((20, 28), np.uint8)), "expected bytes: number, height, width"),
        (labels, idx(np.zeros(19, np.uint8)), "expected a byte for each of 20 images"),
        (labels, idx(np.full(20, 10, np.uint8)), "holds the label 10; expected 0 to 9"),
    ]:
        for file, whole in made.items():
            (tmp_path / "mnist" / file).write_bytes(whole)
        (tmp_path / "mnist" / name).write_bytes(content)
        with pytest.raises(ValueError, match=message):
            load("mnist", data_dir=tmp_path)


# -------------------------------------------------------------------------------- downloads


def test_the_usual_sets_have_the_sizes_and_checksums_that_others_publish():
    files = [file for public in PUBLIC.values() for file in public.files]
    assert len(files) == 14
    for file in files:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.size > 4000
        assert all(url.endswith("/" + file.name) for url in file.urls)
    assert len({file.sha256 for file in files}) == 14


CONTENT = b"what is wanted"


def test_the_next_address_is_asked_where_one_does_not_answer(site, tmp_path):
    base, files, asked = site
    files["b"] = CONTENT
    path = fetch(resource_of("f", CONTENT, base + "a", base + "b"), tmp_path)
    assert path.read_bytes() == CONTENT
    assert asked == ["/a", "/b"]


@pytest.mark.parametrize("came", [b"what is Wanted", CONTENT[:-1], CONTENT + b"!", b"", b"x" * 10**6])
def test_what_has_another_checksum_is_not_kept(came, site, tmp_path):
    base, files, _ = site
    files["f"] = came
    with pytest.raises(DownloadError, match="what came is not the file that it should be"):
        fetch(resource_of("f", CONTENT, base + "f"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_breaks_off_is_not_kept(site, tmp_path):
    base, files, _ = site
    files.update({"f": CONTENT, "most": 5})
    with pytest.raises(DownloadError, match=r"f could not be downloaded .*put it into"):
        fetch(resource_of("f", CONTENT, base + "f"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_error_says_what_to_put_where(cache, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nothing listens, so that nothing goes out
    monkeypatch.setattr("urllib.request._opener", None)  # which has the proxies of the first call
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    for name, file in (("mnist", IDX_FILES[0]), ("cifar10", "cifar-10-binary.tar.gz")):
        with pytest.raises(OSError, match="Connection refused") as caught:
            load(name)
        message = str(caught.value)
        assert message.startswith(f"{file} could not be downloaded (https://")
        files = ", ".join(resource.name for resource in PUBLIC[name].files)
        assert message.endswith(f"get it elsewhere and put it into {cache / name}; {name} needs {files}")
        assert "\n" not in message
        assert list((cache / name).iterdir()) == []


def test_a_damaged_file_in_the_cache_is_named(tmp_path):
    resource = resource_of("f", CONTENT, "http://127.0.0.1:9/f")
    (tmp_path / "f").write_bytes(CONTENT)
    assert fetch(resource, tmp_path) == tmp_path / "f"
    (tmp_path / "f").write_bytes(CONTENT[::-1])
    with pytest.raises(ValueError, match=r"f is damaged or another file: its SHA-256 is .* remove it"):
        fetch(resource, tmp_path)


def test_a_full_disk_is_no_fault_of_the_network(site, tmp_path, monkeypatch):
    base, files, _ = site
    files["f"] = CONTENT

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        fetch(resource_of("f", CONTENT, base + "f"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_download_left_is_removed(site, tmp_path):
    base, files, _ = site
    files["f"] = CONTENT
    (tmp_path / ".f.0123abcd.part").write_bytes(b"half")
    fetch(resource_of("f", CONTENT, base + "f"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


# ------------------------------------------------------------------------------------ CIFAR


def spoilt_archives():
    whole = next(iter(made_up_cifar("cifar10")[2].values()))
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        members = {
            member.name.split("/")[1]: tar.extractfile(member).read() for member in tar if member.isfile()
        }
    names, first = CIFAR10.names, CIFAR10.train[0]
    changed = {
        "a file less": (
            {k: v for k, v in members.items() if k != first},
            "it has no file cifar-10-batches-bin/",
        ),
        "a byte less": ({**members, first: members[first][:-1]}, "expected 3,073 for each image"),
        "no image": ({**members, first: b""}, "data_batch_1.bin: 0 bytes"),
        "a label": ({**members, first: b"\x0a" + members[first][1:]}, "label 10; expected 0 to 9"),
        "names": ({**members, names: b"cat dog"}, "2 names; expected 10"),
        "no text": ({**members, names: b"\xff\xfe\x00"}, "1 names; expected 10"),
    }
    archives = {name: (packed(CIFAR10.folder, found), message) for name, (found, message) in changed.items()}
    archives["cut off"] = (whole[: len(whole) // 2], "is not a whole archive")
    archives["text"] = (b"no archive" * 100, "is not a whole archive")
    archives["nothing"] = (b"", "is not a whole archive")
    return archives


SPOILT = spoilt_archives()


@pytest.mark.parametrize("spoilt", SPOILT)
def test_an_archive_that_is_not_whole_is_refused(spoilt, tmp_path):
    content, message = SPOILT[spoilt]
    (tmp_path / "a.tar.gz").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_cifar(tmp_path / "a.tar.gz", CIFAR10)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_an_image_or_a_value_error(tmp_path_factory, place, change):
    whole = bytearray(next(iter(made_up_cifar("cifar10")[2].values())))
    whole[place % len(whole)] ^= change
    path = tmp_path_factory.mktemp("cifar") / "a.tar.gz"
    path.write_bytes(whole)
    try:
        train, _, _ = read_cifar(path, CIFAR10)
    except ValueError:
        return
    assert train.pixels.shape[1:] == (32, 32, 3)

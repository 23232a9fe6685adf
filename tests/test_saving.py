"""A saved model comes back whole, and a file that is anything else is refused by name."""

import json
import os
import signal
import struct
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import save_file

import chainrule
from chainrule import Input, Sequential
from chainrule.layers import ELU, Activation, Dense, Layer, LeakyReLU, PReLU
from chainrule.layers.steps import run
from chainrule.models import load_model

X = np.random.default_rng(2).normal(size=(9, 3))
Y = X[:, :2]


def model():
    layers = [
        Dense(4, activation="relu", kernel_initializer="he_normal", name="first"),
        PReLU(alpha_initializer={"name": "Constant", "value": 0.25}),
        Dense(3, activation={"name": "leaky_relu", "negative_slope": 0.125}, use_bias=False),
        LeakyReLU(0.5),
        ELU(1.5),
        Activation("tanh"),
        Dense(2),
    ]
    made = Sequential([Input((3,)), *layers], name="odd")
    optimizer = chainrule.optimizers.SGD(0.05, momentum=0.9, nesterov=True)
    made.compile(optimizer, chainrule.losses.MeanSquaredError(factor="1/2m"), metrics=["mae"])
    return made


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.fixture
def saved(path):
    model().save(path)
    return path


def test_a_model_comes_back_with_its_weights_and_what_it_was_compiled_with(path):
    first = model()
    first.fit(X, Y, epochs=3, verbose=0, shuffle=False)
    first.save(path)
    second = load_model(path)
    assert second.name == "odd"
    assert [type(layer) for layer in second.layers] == [type(layer) for layer in first.layers]
    assert [layer.get_config() for layer in second.layers] == [layer.get_config() for layer in first.layers]
    np.testing.assert_array_equal(second.predict(X), first.predict(X))
    assert second.evaluate(X, Y, verbose=0) == first.evaluate(X, Y, verbose=0)
    # It goes on as the first does, which takes the velocities too.
    for made in (first, second):
        made.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_that_was_not_compiled_comes_back_so(path):
    Sequential([Input((2,)), Dense(1)]).save(path)
    second = load_model(path)
    assert second.count_params() == 3
    with pytest.raises(RuntimeError, match="call compile"):
        second.evaluate([[1, 2]], [1])


def test_others_read_the_weights_by_their_names(saved):
    with safe_open(str(saved), framework="numpy") as file:
        names = set(file.keys())
    assert names == {"W1", "b1", "alpha2", "W3", "W7", "b7"}


def test_loading_draws_nothing_from_the_seeds(saved):
    def after(action):
        chainrule.utils.set_random_seed(1)
        action()
        return Dense(2).kernel_initializer((3, 2)).tolist()

    assert after(lambda: load_model(saved)) == after(lambda: None)


class Double(Layer):
    def forward(self, q, x):
        q.a = DOUBLE(x)
        return q.a


DOUBLE = chainrule.Rule("double", lambda x: 2 * x, "2 <x>")


def test_a_layer_of_ones_own_comes_back_by_custom_objects_alone(path):
    made = Sequential([Input((2,)), Double(), Dense(1)])
    made.save(path)
    with pytest.raises(ValueError, match=r"unknown layer 'Double': .* goes into custom_objects"):
        load_model(path)
    second = load_model(path, custom_objects={"Double": Double})
    np.testing.assert_array_equal(second.predict([[1, 2]]), made.predict([[1, 2]]))


def test_what_cannot_be_saved_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"name it model\.safetensors"):
        model().save(tmp_path / "model.keras")
    with pytest.raises(RuntimeError, match="no weights yet"):
        Sequential([Dense(1)]).save(tmp_path / "model.safetensors")

    class Odd(Double):
        def get_config(self):
            return {"thing": object()}

    with pytest.raises(ValueError, match="a configuration must hold plain numbers and text"):
        Sequential([Input((2,)), Odd()]).save(tmp_path / "model.safetensors")
    assert list(tmp_path.iterdir()) == []


# A file is there as a whole, or as it was.

OVERWRITE = """
import sys
from chainrule import Input, Sequential
from chainrule.layers import Dense
model = Sequential([Input((600,)), Dense(2000)])
print("ready", flush=True)
while True:
    model.save(sys.argv[1])
"""


def test_a_process_killed_while_it_saves_leaves_a_whole_file(path):
    Sequential([Input((600,)), Dense(2000)]).save(path)
    for milliseconds in (3, 11, 17, 23, 31):
        with subprocess.Popen(
            [sys.executable, "-c", OVERWRITE, str(path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(milliseconds / 1000)
            process.send_signal(signal.SIGKILL)
        assert load_model(path).count_params() == 600 * 2000 + 2000


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(saved):
    before = saved.read_bytes()
    code = (
        "import resource, signal, sys, chainrule as c\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "c.Sequential([c.Input((600,)), c.layers.Dense(200)]).save(sys.argv[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(saved)], capture_output=True, text=True, check=False
    )
    assert "OSError" in done.stderr.splitlines()[-1]
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_saved_file_has_the_usual_permissions(path):
    old = os.umask(0o027)
    try:
        model().save(path)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o640


# Files that are something else.


def changed(path, change):
    """The file with its table changed by a function."""
    with safe_open(str(path), framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        table = json.loads(file.metadata()["chainrule"])
    table = change(table, tensors) or table  # a change may give a whole new table
    save_file(tensors, path, metadata={"chainrule": json.dumps(table)})


def put(value, *place):
    """A change that puts a value at a place in the table."""

    def change(table, tensors):
        for key in place[:-1]:
            table = table[key]
        table[place[-1]] = value

    return change


def drop(*place):
    def change(table, tensors):
        for key in place[:-1]:
            table = table[key]
        del table[place[-1]]

    return change


DENSE = ("layers", 0, "config")
DEEP = {"class_name": "Dense", "config": {"units": 3, "activation": {"name": "relu", "negative_slope": 1}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("Conv9D", "layers", 0, "class_name"), "unknown layer 'Conv9D'"),
        (put("os.system", "layers", 0, "class_name"), "unknown layer 'os.system'"),
        (put(1, *DENSE, "color"), "has no argument 'color'"),
        (put("x", *DENSE, "units"), "units must be a whole number"),
        (put(-1, *DENSE, "units"), "units must be a whole number"),
        (put(5, *DENSE, "units"), r"weight 'W1' is float32 of shape \(3, 4\), expected .* \(3, 5\)"),
        (put(10**15, *DENSE, "units"), r"weight 'W1'"),
        (put("frob", *DENSE, "activation"), "unknown activation 'frob'"),
        (
            put({"class_name": "Magic", "config": {}}, *DENSE, "kernel_initializer"),
            "unknown initializer 'Magic'",
        ),
        (put([], *DENSE[:2], "config"), r"a layer has \[\] for 'config', which is of the wrong type"),
        (put(1, "layers", 0, "extra"), "a layer has an unknown key 'extra'"),
        (put("Dense", "layers", 0), "a layer must be a table, got 'Dense'"),
        (put(DEEP, "layers", 0), "does not take 'negative_slope'"),
        (put([], "layers"), "a network needs at least one layer"),
        (put({}, "layers"), "the model has {} for 'layers', which is of the wrong type"),
        (put(["a"], "input_shape"), "Input takes a tuple of whole numbers"),
        (put([0], "input_shape"), "Input needs at least one length, each ≥ 1"),
        (
            put([3, 3], "input_shape"),
            r"weight 'alpha2' is float32 of shape \(4,\), expected float32 of shape \(3, 4\)",
        ),
        (put(2, "version"), "format version 2, and this chainrule reads version 1"),
        (put("1", "version"), "format version '1'"),
        (drop("version"), "format version None"),
        (drop("layers"), "the model lacks the key 'layers'"),
        (put(1, "code"), "the model has an unknown key 'code'"),
        (put("Adamant", "compile", "optimizer", "class_name"), "unknown optimizer 'Adamant'"),
        (put("fast", "compile", "optimizer", "config", "learning_rate"), "learning_rate|not supported"),
        (put(0, "compile", "optimizer", "config", "learning_rate"), "learning_rate must be greater than 0"),
        (put("Meen", "compile", "loss", "class_name"), "unknown loss 'Meen'"),
        (put(["speed"], "compile", "metrics"), "unknown metric 'speed'"),
        (put([["mae"]], "compile", "metrics"), "unhashable|metric"),
        (put("mae", "compile", "metrics"), "compile has 'mae' for 'metrics'"),
        (put([1], "compile"), "of the wrong type"),
        (lambda table, tensors: tensors.pop("b1") is None, r"weight 'b1' of shape \(4,\) is missing"),
        (lambda table, tensors: tensors.update(W9=tensors["W1"]), "unknown weight 'W9'"),
        (
            lambda table, tensors: tensors.update(b1=tensors["b1"][:3]),
            r"weight 'b1' is float32 of shape \(3,\)",
        ),
        (lambda table, tensors: tensors.update(b1=np.zeros(4)), "weight 'b1' is float64"),
        (
            lambda table, tensors: tensors.update(b1=tensors["b1"] + np.inf),
            "weight 'b1' holds NaN or infinity",
        ),
        (lambda table, tensors: [1, 2], "the architecture must be a table, got list"),
        (lambda table, tensors: "text", "the architecture must be a table, got str"),
    ],
)
def test_what_is_not_known_is_refused_by_name(saved, change, message):
    changed(saved, change)
    with pytest.raises(ValueError, match=message) as caught:
        load_model(saved)
    assert str(saved) in str(caught.value)


def test_half_of_the_velocities_is_refused(path):
    made = model()
    made.fit(X, Y, verbose=0)
    made.save(path)
    changed(path, lambda table, tensors: tensors.pop("vW3") is None)
    with pytest.raises(ValueError, match=r"weight 'vW3' of shape .* is missing"):
        load_model(path)


def test_weights_without_a_model_are_refused(path):
    for metadata in (None, {"format": "pt"}):
        save_file({"W1": np.ones((2, 1), np.float32)}, path, metadata=metadata)
        with pytest.raises(ValueError, match="holds weights and no model: build one and use set_weights"):
            load_model(path)


def test_architectures_that_are_no_json_are_refused(path):
    for text in ("", "{", "[" * 100_000, "nan", '{"a": 1'):
        save_file({"W1": np.ones((2, 1), np.float32)}, path, metadata={"chainrule": text})
        with pytest.raises(ValueError, match="the architecture"):
            load_model(path)


def test_missing_files_and_folders_keep_their_own_errors(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.safetensors")
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(IsADirectoryError, match=r"not saved: Is a directory: "):
        model().save(tmp_path / "folder.safetensors")
    with pytest.raises(IsADirectoryError):
        load_model(tmp_path)


def test_a_file_cut_anywhere_is_refused(saved):
    content = saved.read_bytes()
    (header,) = struct.unpack("<Q", content[:8])
    places = {0, 1, 7, 8, 9, header // 2, header + 7, header + 8, header + 9, len(content) - 1}
    for length in sorted(places):
        saved.write_bytes(content[:length])
        with pytest.raises(ValueError, match="is not a whole safetensors file"):
            load_model(saved)
    saved.write_bytes(content + b"\0")
    with pytest.raises(ValueError, match="is not a whole safetensors file"):
        load_model(saved)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_refused(path, content, with_length):
    path.write_bytes(struct.pack("<Q", len(content)) + content if with_length else content)
    with pytest.raises(ValueError, match=r"model\.safetensors"):
        load_model(path)


def outputs(made):
    """What a model gives for X, worked in NumPy, as compiling each would take too long."""
    steps, output = made.network.forward()
    with np.errstate(all="ignore"):
        return run(steps, {"x": X, **made.parameters})[output]


def whole_file(path):
    """The bytes of a saved model, kept beside the path."""
    whole = path.with_name("whole.safetensors")
    if not whole.exists():
        model().save(whole)
    return whole.read_bytes()


fuzz = settings(derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@settings(fuzz, max_examples=100)
@given(st.data())
def test_a_file_with_bytes_changed_is_a_model_or_refused(path, data):
    refused_or_a_model(path, data)


@pytest.mark.slow
@settings(fuzz, max_examples=400)
@given(st.data())
def test_many_files_with_bytes_changed_are_models_or_refused(path, data):
    refused_or_a_model(path, data)


def refused_or_a_model(path, data):
    content = bytearray(whole_file(path))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        made = load_model(path)
    except ValueError as error:
        assert str(path) in str(error)  # noqa: PT017
    else:
        assert outputs(made).shape == (9, 2)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


def places(table, at=()):
    """Every place in a table."""
    if at:
        yield at
    for key, value in table.items() if isinstance(table, dict) else enumerate(table):
        if isinstance(value, dict | list):
            yield from places(value, (*at, key))
        else:
            yield (*at, key)


@settings(fuzz, max_examples=100)
@given(st.data())
def test_a_table_with_junk_in_any_place_is_a_model_or_refused(path, data):
    with_junk(path, data)


@pytest.mark.slow
@settings(fuzz, max_examples=400)
@given(st.data())
def test_a_table_with_much_junk_is_a_model_or_refused(path, data):
    with_junk(path, data)


def with_junk(path, data):
    path.write_bytes(whole_file(path))

    def change(table, tensors):
        place = data.draw(st.sampled_from(list(places(table))))
        put(data.draw(JUNK), *place)(table, tensors)

    changed(path, change)
    try:
        made = load_model(path)
    except ValueError as error:
        assert str(path) in str(error)  # noqa: PT017
    else:
        assert outputs(made).shape == (9, 2)

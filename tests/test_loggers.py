"""CSVLogger writes Keras' file, and TensorBoard's files hold the logs."""

import csv
import sys

import keras
import numpy as np
import pytest

import chainrule
from callbacks_oracle import X, Y, drive, fitted, losses, model
from chainrule.callbacks import CSVLogger, LearningRateScheduler, TensorBoard
from events_oracle import crc32c, events, scalars


@pytest.mark.parametrize("names", [("loss", "val_loss"), ("loss", "mae")], ids=["validated", "not-validated"])
@pytest.mark.parametrize("append", [False, True])
def test_csv_logger_writes_keras_file(names, append, tmp_path):
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    for path, module in ((ours, chainrule), (theirs, keras)):
        path.write_bytes(b"old;things\r\n" if append else b"old things, and more of them than the new ones")
        logs = losses(0, names, epochs=3) + losses(1, names[:1], epochs=1)
        drive(module.callbacks.CSVLogger(path, separator=";", append=append), logs)
    assert ours.read_bytes() == theirs.read_bytes()


def test_a_csv_file_that_cannot_be_written_is_an_error_before_training(tmp_path):
    with pytest.raises(FileNotFoundError):
        fitted(model(), CSVLogger(tmp_path / "no" / "log.csv"))


def test_the_csv_file_holds_the_history(tmp_path):
    history = fitted(model(), CSVLogger(tmp_path / "log.csv"), validation_data=(X, Y))
    with open(tmp_path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, column in history.history.items():
        assert [float(row[name]) for row in rows] == column


def test_the_checksum_of_the_test_is_the_one_of_the_standard():
    assert crc32c(b"123456789") == 0xE3069283


def test_tensorboard_files_hold_the_logs(tmp_path):
    schedule = LearningRateScheduler(lambda epoch, lr: lr / 2)
    history = fitted(model(), [schedule, TensorBoard(tmp_path)], validation_data=(X, Y))
    table = history.history
    expected = {f"epoch_{name}": table[name] for name in ("loss", "mae", "learning_rate")}
    found = scalars(tmp_path / "train")
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        assert found[name] == [(e, np.float32(v)) for e, v in enumerate(column)]
    found = scalars(tmp_path / "validation")
    assert found == {
        f"epoch_{name}": [(e, np.float32(v)) for e, v in enumerate(table[f"val_{name}"])]
        for name in ("loss", "mae")
    }
    assert events(tmp_path / "train")[0].file_version == "brain.Event:2"


def test_tensorboard_writes_between_updates_and_histograms(tmp_path):
    made = model()
    fitted(made, TensorBoard(tmp_path, histogram_freq=2, update_freq=2))
    assert [step for step, _ in scalars(tmp_path / "train")["batch_loss"]] == [1, 3, 5, 7, 9, 11]
    histograms = [
        (event.step, value.tag, value.histo.num)
        for event in events(tmp_path / "train")
        for value in event.summary.value
        if value.WhichOneof("value") == "histo"
    ]
    sizes = {"W1": 12, "b1": 4, "W2": 4, "b2": 1}
    assert histograms == [(e, f"{name}/histogram", size) for e in (0, 2) for name, size in sizes.items()]


def test_without_tensorboardx_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r'pip install "chainrule\[tensorboard\]"'):
        TensorBoard()

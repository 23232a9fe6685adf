"""ModelCheckpoint saves the models that Keras' saves, and each can be loaded."""

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file

from callbacks_oracle import X, Y, arguments, drive, fitted, losses, model
from chainrule.callbacks import ModelCheckpoint
from chainrule.models import load_model

SAVING = [
    {},
    {"save_best_only": True},
    {"monitor": "accuracy", "mode": "max", "save_best_only": True},
    {"monitor": "loss", "save_best_only": True, "initial_value_threshold": 1.8},
    {"monitor": "val_mae", "mode": "min", "save_best_only": True},
]


@pytest.mark.parametrize("options", SAVING, ids=arguments)
def test_model_checkpoint_is_keras(options, tmp_path):
    name = "{epoch:02d}-{val_loss:.3f}"
    ours = ModelCheckpoint(tmp_path / f"{name}.safetensors", **options)
    theirs = keras.callbacks.ModelCheckpoint(tmp_path / f"{name}.keras", **options)
    found, expected = drive(ours, losses(3)), drive(theirs, losses(3))
    assert found == expected
    assert found["saved"]


def test_models_are_saved_while_they_train_and_can_be_loaded(tmp_path):
    made = model()
    path = tmp_path / "new" / "{epoch}-{val_loss:.2f}.safetensors"
    history = fitted(made, ModelCheckpoint(path), validation_data=(X, Y))
    files = sorted((tmp_path / "new").iterdir())
    expected = [f"{e + 1}-{v:.2f}.safetensors" for e, v in enumerate(history.history["val_loss"])]
    assert [file.name for file in files] == expected
    np.testing.assert_array_equal(load_model(files[-1]).predict(X), made.predict(X))


def test_every_so_many_updates_a_model_is_saved(tmp_path):
    made = model()
    path = tmp_path / "{epoch}-{batch}-{loss:.3f}.safetensors"
    fitted(made, ModelCheckpoint(path, save_freq=2))  # of 3 updates in each of 4 epochs
    names = sorted(file.name.rsplit("-", 1)[0] for file in tmp_path.iterdir())
    assert names == ["1-2", "2-1", "2-3", "3-2", "4-1", "4-3"]


def test_a_field_of_no_log_is_named(tmp_path):
    with pytest.raises(KeyError, match=r"has the field 'val_los', and there are epoch, loss, mae"):
        fitted(model(), ModelCheckpoint(tmp_path / "{val_los}.safetensors"))


@pytest.mark.parametrize("name", ["{0}", "{epoch:zz}", "{epoch"])
def test_a_file_name_with_what_is_no_field_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="is no text with fields"):
        fitted(model(), ModelCheckpoint(tmp_path / f"{name}.safetensors"))


def test_weights_alone_are_saved(tmp_path):
    made = model()
    fitted(made, ModelCheckpoint(tmp_path / "w.safetensors", save_weights_only=True))
    assert load_file(tmp_path / "w.safetensors").keys() == {"W1", "b1", "W2", "b2"}
    other = model(seed=8)
    other.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(other.predict(X), made.predict(X))

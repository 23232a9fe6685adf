"""What ``summary`` prints, beside what Keras prints of the same model."""

import re

import keras
import pytest

from chainrule import layers
from chainrule.model import Model, Sequential


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")


def printed(model):
    lines = []
    model.summary(line_length=120, print_fn=lines.append)
    return "\n".join(lines)


def rows(text):
    """The cells of each row of the table, whatever it is drawn with."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split("[│|┃]", line)[1:-1]]
        if not cells:
            continue
        if cells[0] == "" or not any(cells[1:3]):  # the row before goes on
            found[-1] = [" ".join((a, b)).strip() for a, b in zip(found[-1], cells, strict=True)]
        else:
            found.append(cells)
    return [[cell for cell in row if cell] for row in found]


def totals(text):
    return re.findall(r"(Total|Trainable|Non-trainable) params: ([\d,]+)", text)


def graph(module, model):
    x = module.Input((4, 4, 3))
    a = module.Conv2D(2, 3, padding="same")(x)
    b = module.BatchNormalization()(a)
    c = module.Add()([a, b])
    return model(x, module.Dense(5)(module.Flatten()(c)), name="net")


def test_a_graph_is_laid_out_as_keras_lays_it_out():
    ours = printed(graph(layers, Model))
    keras.backend.clear_session()  # which counts names from the start
    theirs = printed(graph(keras.layers, keras.Model))
    assert rows(ours)[0] == ["Layer (type)", "Output Shape", "Param #", "Connected to"]
    assert [[c.replace(" ", "") for c in row] for row in rows(ours)] == [
        [c.replace(" ", "") for c in row] for row in rows(theirs)
    ]
    assert totals(ours) == totals(theirs)


@pytest.mark.parametrize("frozen", [False, True])
def test_frozen_weights_and_moving_averages_are_not_trained(frozen):
    texts = []
    for module, model in ((layers, Sequential), (keras.layers, keras.Sequential)):
        made = model([module.Input((3,)), module.Dense(4), module.BatchNormalization(), module.Dense(1)])
        made.layers[0].trainable = not frozen
        texts.append(totals(printed(made)))
    assert texts[0] == texts[1]
    assert dict(texts[0])["Non-trainable"] == ("24" if frozen else "8")


def test_a_chain_has_no_column_of_what_is_connected():
    text = printed(Sequential([layers.Input((3,)), layers.Dense(1)]))
    assert "Connected to" not in text
    assert "input_layer" not in text


def test_what_is_inside_a_container_is_listed_with_its_shortcut():
    text = printed(Sequential([layers.Input((3,)), layers.Dense(3), layers.Residual([layers.Dense(3)])]))
    assert rows(text)[-1][-1].split(", ") == ["dense_1[0][0]", "dense[0][0]"]

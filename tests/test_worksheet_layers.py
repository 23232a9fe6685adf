"""The answers to the worksheet of layers, worked again with Keras' layers and JAX's gradients."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from chainrule.paper.sheet import parse_toml
from compiling import quickly

FOLDER = Path(__file__).parent.parent / "worksheets"
NAME = "17-layers.toml"
QUESTIONS = {q["id"]: q for q in parse_toml((FOLDER / NAME).read_text(encoding="utf-8"))["question"]}
ANSWERS = parse_toml((FOLDER / "answers" / NAME).read_text(encoding="utf-8"))
IMAGES = {"Conv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D"}
IMAGES |= {"GlobalAveragePooling2D", "GlobalMaxPooling2D"}
KEPT = ("W", "b", "gamma", "beta", "alpha", "moving_mean", "moving_var")
"""What a layer keeps, in Keras' order: what is trained, then what is carried along."""
WORKED = [name for name, q in QUESTIONS.items() if "x" in q["given"] and "epochs" not in q["given"]]


def plain(value):
    """Decimals of the file as floats."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return float(value) if isinstance(value, Decimal) else value


def as_floats(answer):
    if isinstance(answer, list):
        return [as_floats(entry) for entry in answer]
    return float(Fraction(answer)) if isinstance(answer, (str, int)) else float(answer)


class Network:
    """The layers of a question as Keras has them, and what they keep by numbered names."""

    def __init__(self, question):
        given = plain(question["given"])
        self.tables, self.training = given["layers"], given.get("training", True)
        self.kept, self.outputs, self.shapes = {}, {}, {}
        self.x = self.samples(np.array(given["x"], np.float32))
        out = self.apply({}, self.x)
        self.y = np.array(given["y"], np.float32).reshape(out.shape) if "y" in given else None
        self.loss_name = given.get("loss", "mse")
        optimizer = given.get("optimizer", {})
        self.rate = optimizer.get("learning_rate", 0.01) if optimizer.get("name") == "SGD" else None

    def samples(self, x):
        first = self.tables[0].get("layers", self.tables)[0]["layer"]
        if first in IMAGES and x.ndim < 4:
            return x.reshape(1, *x.shape, *[1] * (3 - x.ndim))
        return x.reshape(1, -1, 1) if first == "Conv1D" else x

    def apply(self, changed, x):
        for number, table in enumerate(self.tables, start=1):
            x = self.layer(table, str(number), changed, x)
        return x

    def chain(self, tables, number, start, changed, x):
        for i, table in enumerate(tables, start=start):
            x = self.layer(table, f"{number}_{i}", changed, x)
        return x

    def layer(self, table, number, changed, x):
        kind = table["layer"]
        if kind == "Residual":
            main, shortcut = table["layers"], table.get("shortcut", [])
            added = self.chain(main, number, 1, changed, x)
            added = added + self.chain(shortcut, number, len(main) + 1, changed, x)
            out = keras.activations.get(table.get("activation"))(added)
        elif kind == "Branches":
            parts, start = [], 1
            for branch in table["branches"]:
                parts.append(self.chain(branch, number, start, changed, x))
                start += len(branch)
            out = jnp.concatenate(parts, axis=-1)
        elif kind == "Dropout":
            mask = jnp.array(table.get("mask", 1.0))
            out = x * mask / (1 - table["rate"]) if self.training else x
        elif kind == "GaussianNoise":
            out = x + table["stddev"] * jnp.array(table["n"])
        else:
            out = self.keras_layer(table, number, changed, x)
        self.outputs[f"a{number}"] = out
        return out

    def keras_layer(self, table, number, changed, x):
        arguments = {k: v for k, v in table.items() if k not in (*KEPT, "layer")}
        for key in [k for k in arguments if k.endswith(("_regularizer", "_constraint"))]:
            family = keras.regularizers if key.endswith("regularizer") else keras.constraints
            named = arguments.pop(key)
            arguments[key] = getattr(family, named.pop("name"))(**named)
        layer = getattr(keras.layers, table["layer"])(**arguments)
        layer.build(x.shape)
        keys = [key for key in KEPT if key in table or (key == "b" and getattr(layer, "use_bias", False))]
        variables = [*layer.trainable_variables, *layer.non_trainable_variables]
        for key, variable in zip(keys, variables, strict=False):
            value = np.array(table.get(key, 0.0), np.float32)
            whole = np.resize(value, variable.shape)  # zeros for a bias that is not given
            self.kept.setdefault(f"{key}{number}", jnp.array(whole))
        values = [changed.get(f"{key}{number}", self.kept[f"{key}{number}"]) for key in keys]
        count = len(layer.trainable_variables)
        state = [v.value for v in layer.non_trainable_variables]
        state[: len(values) - count] = values[count:]
        mode = {"training": self.training} if table["layer"] == "BatchNormalization" else {}
        out, new = layer.stateless_call(values[:count], state, x, **mode)
        for key, value in zip(keys[count:], new, strict=False):
            self.outputs[f"{key}{number}_new"] = value
        return out

    def loss(self, changed, x):
        out = self.apply(changed, x)
        return jnp.mean(keras.losses.get(self.loss_name)(self.y, out))

    def quantities(self):
        """All that an answer may name: outputs, loss, gradients, and values after the update."""

        @quickly
        def in_one_program(kept, x):
            self.apply(kept, x)
            found = dict(self.outputs)
            if self.y is None:
                return found, {}
            found["loss"] = self.loss(kept, x)
            gradients, found["dx"] = jax.grad(self.loss, argnums=(0, 1))(kept, x)
            return found, gradients

        found, gradients = in_one_program(self.kept, self.x)
        for name, gradient in gradients.items():
            found[f"d{name}"] = gradient
            if self.rate is not None and not name.startswith("moving"):
                found[f"{name}_new"] = self.kept[name] - self.rate * gradient
        return found


@pytest.mark.parametrize("name", [name for name in WORKED if name != "penalty-and-bound"])
def test_keras_gives_the_worksheets_answers(name):
    found = Network(QUESTIONS[name]).quantities()
    compared = [answer for answer in ANSWERS[name] if answer in found]
    assert compared
    for answer in compared:
        right = np.array(as_floats(ANSWERS[name][answer]))
        np.testing.assert_allclose(np.squeeze(found[answer]), np.squeeze(right), atol=2e-5, err_msg=answer)

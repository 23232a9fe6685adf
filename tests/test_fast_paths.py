"""No fast path changes what training gives by more than rounding: all of them, and the rules alone."""

import numpy as np
import pytest

import chainrule
from chainrule import Input, Sequential
from chainrule.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Embedding,
    Flatten,
    GlobalMaxPooling1D,
    MaxPooling2D,
    Residual,
)
from chainrule.training import inference, loop, passes, whole
from chainrule.training.native import elementwise, handler, rows
from chainrule.training.native.whole import calls
from marks import but_slow

random = np.random.default_rng(0)
CLOSE = 1e-5
"""Of the largest change of a weight, beside the rounding of the weight itself."""
ROUNDING = 2 * float(np.finfo(np.float32).eps)


def pictures(*shape):
    return random.normal(size=shape).astype(np.float32)


def residual():
    layers = [Conv2D(16, 3, padding="same", use_bias=False), BatchNormalization()]
    return Residual(layers, activation="relu")


NETWORKS = {
    "perceptron": (
        lambda: [Input((70,)), Dense(520, activation="relu"), Dense(9, activation="softmax")],
        pictures(4096, 70),
        {"product", "outer", "rows", "loop"},
    ),
    "perceptron in one piece": (
        lambda: [Input((70,)), Dense(33, activation="relu"), Dense(9, activation="softmax")],
        pictures(4100, 70),
        {"epochs"},
    ),
    "perceptron with dropout": (
        lambda: [Input((20,)), Dropout(0.3), Dense(33, activation="relu"), Dense(9, activation="softmax")],
        pictures(150, 20),
        {"epochs"},
    ),
    "small perceptron": (
        lambda: [Input((3,)), Dense(4, activation="tanh"), Dense(2, activation="softmax")],
        pictures(64, 3),
        {"epochs"},
    ),
    "images": (
        lambda: [
            Input((20, 20, 3)),
            Conv2D(20, 3, padding="same", use_bias=False),
            BatchNormalization(),
            MaxPooling2D(2),
            Conv2D(8, 3, strides=2, activation="relu"),
            DepthwiseConv2D(2),
            AveragePooling2D(2, strides=1),
            Flatten(),
            Dense(5, activation="softmax"),
        ],
        pictures(256, 20, 20, 3),
        {"maps", "slopes", "loop", "rows"},
    ),
    "residual block": (
        lambda: [
            Input((16, 16, 3)),
            Conv2D(16, 3, padding="same", use_bias=False),
            BatchNormalization(),
            Activation("relu"),
            residual(),
            Flatten(),
            Dense(5, activation="softmax"),
        ],
        pictures(128, 16, 16, 3),
        {"maps", "slopes", "loop"},
    ),
    "sequences": (
        lambda: [
            Input((30,)),
            Embedding(50, 12),
            Conv1D(24, 4, padding="causal", dilation_rate=2, activation="relu"),
            GlobalMaxPooling1D(),
            Dense(3, activation="softmax"),
        ],
        random.integers(0, 50, (256, 30)).astype(np.float32),
        {"maps", "slopes"},
    ),
}


def trained(layers, x):
    """The weights before two epochs and after them, and the kinds of machine code that ran."""
    chainrule.utils.set_random_seed(1)
    model = Sequential(layers())
    model.compile(chainrule.optimizers.SGD(0.05), "sparse_categorical_crossentropy")
    before = [np.array(weight) for weight in model.get_weights()]
    labels = np.arange(len(x)) % model.output_shape[-1]
    model.fit(x, labels, batch_size=64, epochs=2, shuffle=False, verbose=0)
    return before, model.get_weights()


@pytest.mark.parametrize("name", but_slow(NETWORKS.keys() - {"images"}, NETWORKS))
def test_training_by_fast_paths_is_training_by_the_rules(name, monkeypatch):
    layers, x, expected = NETWORKS[name]
    kinds, done = set(), handler.done
    for module in ("convolution", "dense", "rows"):
        place = f"chainrule.training.native.{module}.done"
        monkeypatch.setattr(
            place, lambda work, *rest: kinds.add(work.name.split("_")[0]) or done(work, *rest)
        )
    everything, registered = handler.all_done, handler.registered
    monkeypatch.setattr(
        elementwise,
        "all_done",
        lambda work, *rest: kinds.add(work.name.split("_")[0]) or everything(work, *rest),
    )
    monkeypatch.setattr(
        calls, "registered", lambda work, *rest: kinds.add("epochs") or registered(work, *rest)
    )
    by_python = calls.plain
    monkeypatch.setattr(calls, "plain", lambda work, *rest: kinds.add("epochs") or by_python(work, *rest))
    before, fast = trained(layers, x)
    assert expected <= kinds
    kinds.clear()
    for module in (passes, inference):
        monkeypatch.setattr(module, "KERNELS", {})
    monkeypatch.setattr(rows, "stays_outside", lambda array: False)
    for name in ("LEAST", "MANY"):
        monkeypatch.setattr(loop, name, 10**9)
    monkeypatch.setattr(whole, "planned", lambda *given: None)
    same, plain = trained(layers, x)
    assert not kinds
    for first, again, one, other in zip(before, same, fast, plain, strict=True):
        np.testing.assert_array_equal(first, again)
        change, size = np.abs(other - first).max(), np.abs(other).max()
        assert change > 100 * ROUNDING * size
        assert np.abs(one - other).max() <= CLOSE * change + ROUNDING * size

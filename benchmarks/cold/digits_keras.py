"""A network trained on the digits, by Keras on JAX."""

from pathlib import Path

import numpy as np
from keras import Input, Sequential
from keras.layers import Dense

digits = np.load(Path(__file__).parents[2] / "src/chainrule/data/digits.npz")
x, y = digits["x"], digits["y"].astype(int)
x = (x / 16).astype("float32")
model = Sequential([Input((64,)), Dense(64, activation="relu"), Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=20, verbose=0)
print(*model.evaluate(x, y, verbose=0))

"""A network trained on the digits, by chainrule."""

from sklearn.datasets import load_digits

from chainrule import Input, Sequential
from chainrule.layers import Dense

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
model = Sequential([Input((64,)), Dense(64, activation="relu"), Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=20, verbose=0)
print(*model.evaluate(x, y, verbose=0))

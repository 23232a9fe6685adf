"""A network trained on the digits, by chainrule."""

from chainrule import Input, Sequential
from chainrule.data import load
from chainrule.layers import Dense

digits = load("digits")
x, y = digits.x, digits.y
model = Sequential([Input((64,)), Dense(64, activation="relu"), Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=20, verbose=0)
print(*model.evaluate(x, y, verbose=0))

"""A network trained on the digits, by scikit-learn."""

import warnings

from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore")
x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
model = MLPClassifier((64,), alpha=0.0, batch_size=32, max_iter=20, tol=0.0, n_iter_no_change=20)
model.fit(x, y)
print(log_loss(y, model.predict_proba(x)), model.score(x, y))

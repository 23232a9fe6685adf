"""What must be set before the libraries that the tests compare with are imported."""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["MPLBACKEND"] = "Agg"

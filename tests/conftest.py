"""What must be set before the libraries that the tests compare with are imported."""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["MPLBACKEND"] = "Agg"
# Thousands of small programs, each used once: tests of the cache give it a folder of their own.
os.environ.setdefault("CHAINRULE_CACHE", "off")

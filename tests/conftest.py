"""What must be set before the libraries that the tests compare with are imported."""

import gc
import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["MPLBACKEND"] = "Agg"
# Thousands of small programs, each used once: tests of the cache give it a folder of their own.
os.environ.setdefault("CHAINRULE_CACHE", "off")


def pytest_collection_finish():
    """Thousands of tests and all libraries stay as they are: collections need not look at them again."""
    gc.collect()
    gc.freeze()

"""What a device is called, or what is missing for it; printed as a line of JSON.

Asked in a process of its own, for JAX keeps most of a card's memory until its process ends.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec

PLATFORMS = {"cpu": "cpu", "cuda": "cuda,cpu"}
"""What JAX may use for a device: where the first is not there, it stops rather than take another."""


def found(device: str) -> dict[str, str]:
    """Its ``name``, or what it ``lacks``."""
    import jax

    try:
        name = jax.devices(device)[0].device_kind
    except RuntimeError:
        return {"lacks": "JAX finds no CUDA device"}
    if find_spec("torch") is None:
        return {"lacks": "PyTorch is not installed"}
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        return {"lacks": "PyTorch finds no CUDA device"}
    return {"name": name}


if __name__ == "__main__":
    print(json.dumps(found(sys.argv[1])))

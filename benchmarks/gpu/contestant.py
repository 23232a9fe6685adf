"""One contestant of one case on a device, in a process of its own; prints a line of JSON."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from importlib import import_module

from contestant import peak_mib
from measuring import Measured

from gpu.device import PLATFORMS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case")
    parser.add_argument("contestant", help="as pytorch_compiled_bf16: the library, how, in which type")
    parser.add_argument("device", choices=PLATFORMS)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    found = measured(given.case, given.contestant, given.device, given.quick)
    print(json.dumps({**asdict(found), "peak_mib": peak_mib()}))


def measured(name: str, contestant: str, device: str, small: bool) -> Measured:
    """What a contestant finds."""
    os.environ["JAX_PLATFORMS"] = PLATFORMS[device]
    case = import_module(f"cases.{name}")
    library, *how, kind = contestant.split("_")
    peer = import_module(f"gpu.{library}")
    if library == "chainrule":
        found: Measured = peer.trained(case.TASK, case.network, kind, small)
    else:
        found = peer.trained(case.TASK, case.torch_network, *how, kind, device, small)
    return found


if __name__ == "__main__":
    main()

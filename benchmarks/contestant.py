"""One contestant of one case, in a process of its own; prints what it found as a line of JSON."""

from __future__ import annotations

import argparse
import json
import resource
import sys
from dataclasses import asdict

from cases import case


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case")
    parser.add_argument("contestant")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    found = case(given.case).contestants[given.contestant](given.quick)
    print(json.dumps({**asdict(found), "peak_mib": peak_mib()}))


def peak_mib() -> float:
    """The most memory that this process, or one that it started, held at a time, in MiB."""
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


if __name__ == "__main__":
    main()

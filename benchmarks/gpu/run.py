"""Chainrule against PyTorch on a GPU, side by side, in float32 and in bfloat16.

    pip install -e '.[cuda]' torch
    python benchmarks/gpu/run.py [--rounds 5] [--case NAME] [--quick] [--device cpu]

Runs with the Python that it is started with, which needs JAX and PyTorch as they are built for the card.
Every contestant runs in turn (A B C A B C …), each in a process of its own that has the card to itself; the
tables go to docs/performance.md, and the figures they come from to benchmarks/results/gpu. With --device cpu
the same runs on the processor, to see that it does; that, like --quick, is no measurement and writes no docs.
"""

import sys
from pathlib import Path


def main() -> int:
    sys.path[0] = str(Path(__file__).parents[1])
    from gpu.contest import main as contest

    return contest()


if __name__ == "__main__":
    sys.exit(main())

"""What a comparison leaves in its folder beside the report."""

from __future__ import annotations

import csv
from pathlib import Path

from chainrule.experiment.compare import Comparison


def save_comparison(made: Comparison, folder: Path) -> None:
    """Write the logs of all variants and seeds into one table."""
    with open(folder / "history.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["variant", "seed", "epoch", *made.logs])
        for name, runs in made.trained.items():
            for number, run in enumerate(runs):
                seed = made.file.seed + number
                for epoch in range(len(run.history.get("loss", ()))):
                    row = [run.history[log][epoch] if log in run.history else "" for log in made.logs]
                    writer.writerow([name, seed, epoch + 1, *row])

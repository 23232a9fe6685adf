"""Writes the tables of what was measured on a GPU."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import report
from cases import case
from ratios import OWN, Rounds, best_of, median_of, ratios
from report import Results, duration, failed, label, spread, table

BEGIN = "<!-- benchmarks/gpu/run.py writes from here -->"
CASES = ("mlp", "lenet5", "cnn", "resnet20", "wide")
TYPES = ("f32", "bf16")
OTHER = "pytorch"


def write(folder: Path, warning: str | None) -> None:
    """Write the tables of the results in a folder into the docs; of a try beside them, after a warning."""
    places = {name: folder / f"{name}.json" for name in CASES}
    results = {name: json.loads(place.read_text()) for name, place in places.items() if place.exists()}
    text = tables(results)
    if warning is None:
        report.put(report.PAGE, BEGIN, text)
    else:
        (folder / "performance.md").write_text(f"{warning}\n\n{text}\n")


def tables(results: Results) -> str:
    """All tables for which there are results."""
    parts = [failed(results)]
    done = {name: found for name, found in results.items() if found["rounds"]}
    if done:
        rounds = {name: found["rounds"] for name, found in done.items()}
        parts += [_machine(done), _rates(rounds), _ratios(rounds), _reached(rounds), _everything(rounds)]
    return "\n\n".join(part for part in parts if part)


def of_type(rounds: Rounds, kind: str) -> Rounds:
    """The rounds of those who computed in a type, by their names without it.

    >>> of_type([{"chainrule_f32": {"loss": 1}, "chainrule_bf16": {"loss": 2}}], "bf16")
    [{'chainrule': {'loss': 2}}]
    """
    end = f"_{kind}"
    return [{n.removesuffix(end): one for n, one in found.items() if n.endswith(end)} for found in rounds]


def _machine(results: Results) -> str:
    lines = {}
    for found in (result["machine"] for result in results.values()):
        versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
        line = (
            f"Measured on {found['date']}: {found['device']}, beside {found['cores']} cores of "
            f"{found['processor']}, {found['system']}, Python {found['python']}; {versions}."
        )
        lines[line] = None
    return "\n\n".join(lines)


def _rate(results: dict[str, Rounds], name: str) -> float:
    """The card's: the best of a round, in the median of all rounds."""
    return median(
        max(one["extra"][name] for one in found.values()) for rounds in results.values() for found in rounds
    )


def _rates(results: dict[str, Rounds]) -> str:
    f32, bf16 = (quantity(_rate(results, f"rate_{kind}"), "FLOP/s") for kind in TYPES)
    moved = quantity(_rate(results, "rate_bytes"), "B/s")
    return (
        f"The card's rates, measured by every process: products of large matrices {f32} in f32 and {bf16} in "
        f"bf16; a copy reads and writes {moved}."
    )


def _by_type(results: dict[str, Rounds]) -> Iterator[tuple[str, str, Rounds]]:
    for name, rounds in results.items():
        for kind in TYPES:
            yield name, kind, of_type(rounds, kind)


def _ratios(results: dict[str, Rounds]) -> str:
    rows = []
    for name, kind, rounds in _by_type(results):
        contest = case(name)
        for ratio in ratios(rounds):
            own, other = median_of(rounds, OWN), median_of(rounds, ratio.contestant)
            takes = f"{duration(own)} per {contest.unit}"
            rows.append((contest.title, kind, takes, label(ratio.contestant), duration(other), spread(ratio)))
    head = ("case", "type", "chainrule", "against", "takes", "chainrule is times as fast")
    return table(head, rows)


def _reached(results: dict[str, Rounds]) -> str:
    limits = {kind: _rate(results, f"rate_{kind}") for kind in TYPES}
    most = _rate(results, "rate_bytes")
    rows = []
    for name, kind, rounds in _by_type(results):
        extra, seconds = rounds[0][OWN]["extra"], median_of(rounds, OWN)
        done, moved = extra["operations"], extra.get("bytes")
        others = median_of(rounds, best_of(rounds, OTHER))
        by_operations = [_part(done / s, limits[kind], "FLOP/s") for s in (seconds, others)]
        by_bytes = "not counted" if moved is None else _part(moved / seconds, most, "B/s")
        rows.append((case(name).title, kind, quantity(done, "FLOP"), *by_operations, by_bytes))
    head = ("case", "type", "an epoch", "chainrule", "PyTorch's best", "chainrule's bytes")
    return "Reached, and the part of the card's rate:\n\n" + table(head, rows)


def _everything(results: dict[str, Rounds]) -> str:
    rows = [
        (
            case(name).title,
            kind,
            label(contestant),
            duration(median_of(rounds, contestant)),
            duration(median_of(rounds, contestant, "first")),
            f"{median_of(rounds, contestant, 'loss'):.4f}",
        )
        for name, kind, rounds in _by_type(results)
        for contestant in rounds[0]
    ]
    return table(("case", "type", "contestant", "takes", "before", "loss"), rows)


def _part(reached: float, rate: float, unit: str) -> str:
    return f"{quantity(reached, unit)}, {reached / rate:.1%}"


def quantity(value: float, unit: str) -> str:
    """
    >>> quantity(7.914e14, "FLOP/s"), quantity(3.2e9, "B/s"), quantity(20, "B/s")
    ('791 TFLOP/s', '3.2 GB/s', '20 B/s')
    """
    for prefix, scale in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= scale:
            return f"{value / scale:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}"

"""Writes the tables of docs/performance.md from the results, and its plots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import growth
from cases import NAMES, case
from growth import AXES, exponent
from plots import draw_growth, draw_ratios
from ratios import OWN, Ratio, best_of, libraries, library_of, median_of, rate, ratios

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- benchmarks/run.py writes from here -->", "<!-- to here -->"
LIMIT, MARKING = "limit", "marking"
LIBRARIES = {
    "chainrule": "chainrule",
    "pytorch": "PyTorch",
    "keras": "Keras on JAX",
    "sklearn": "scikit-learn",
    "numpy": "NumPy",
    "jax": "JAX",
}
NEAR_LIMIT = {"wide": 0.75}
"""The part of the machine's rate that a case should reach."""
Results = dict[str, dict[str, Any]]


def write(folder: Path, quick: bool) -> None:
    """Write the tables and plots of the results in a folder into the docs; of quick ones beside them."""
    results = {name: json.loads((folder / f"{name}.json").read_text()) for name in _there(folder)}
    plots = folder / "performance" if quick else PAGE.with_suffix("")
    text = tables(results, plots)
    if quick:
        (folder / "performance.md").write_text(text + "\n")
        return
    put(PAGE, BEGIN, text)


def put(page: Path, begin: str, text: str) -> None:
    """Replace what a page has from a mark up to the next end."""
    before, rest = page.read_text().split(begin)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}")


def _there(folder: Path) -> list[str]:
    return [name for name in [*NAMES, growth.NAME] if (folder / f"{name}.json").exists()]


def tables(results: Results, plots: Path) -> str:
    """All parts of the page for which there are results; the plots are drawn."""
    contests = {name: found["rounds"] for name, found in results.items() if found.get("rounds")}
    compared = {name: rounds for name, rounds in contests.items() if name not in (LIMIT, MARKING)}
    pairs = [(name, ratio) for name, rounds in compared.items() for ratio in ratios(rounds)]
    parts = [failed(results), _machine(results)]
    if pairs:
        draw_ratios([(case(name).title, ratio) for name, ratio in pairs], LIBRARIES, plots / "ratios")
        parts += [_ratios(pairs, compared), _image("Ratios", plots / "ratios.svg")]
    trained = {name: rounds for name, rounds in compared.items() if case(name).is_training}
    if trained:
        parts += [_memory(trained)]
        parts += [_limit(trained, rate(contests[LIMIT]))] if LIMIT in contests else []
    if MARKING in contests:
        parts.append(_marking(contests[MARKING]))
    if growth.NAME in results:
        axes = results[growth.NAME]["axes"]
        draw_growth(axes, plots / "growth")
        parts += [_growth(axes), _image("Growth", plots / "growth.svg")]
    if compared:
        parts.append(_everything(compared))
    return "\n\n".join(part for part in parts if part)


def failed(results: Results) -> str:
    """The cases that failed, and why."""
    lines = [f"- **Failed**: {found['failure']}" for found in results.values() if found.get("failure")]
    return "\n".join(lines)


def _machine(results: Results) -> str:
    found = {json.dumps(r["machine"], sort_keys=True) for r in results.values() if "machine" in r}
    lines = []
    for machine in map(json.loads, sorted(found)):
        versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
        lines.append(
            f"Measured on {machine['date']}: {machine['cores']} cores of {machine['processor']}, "
            f"{machine['system']}, Python {machine['python']}; {versions}."
        )
    return "\n\n".join(lines)


def _ratios(pairs: Iterable[tuple[str, Ratio]], contests: dict[str, Any]) -> str:
    rows = []
    for name, ratio in pairs:
        rounds, contest = contests[name], case(name)
        rows.append(
            (
                contest.title,
                f"{duration(median_of(rounds, best_of(rounds, OWN)))} per {contest.unit}",
                label(ratio.contestant),
                duration(median_of(rounds, ratio.contestant)),
                spread(ratio),
                _aim(contest.aims.get(ratio.library), ratio.middle),
            )
        )
    head = ("case", "chainrule", "against", "takes", "chainrule is times as fast", "aim")
    return "## Ratios\n\n" + table(head, rows)


def _memory(contests: dict[str, Any]) -> str:
    rows = []
    for name, rounds in contests.items():
        found = next(r for r in ratios(rounds, "peak_mib") if r.library == "pytorch")
        own = median_of(rounds, OWN, "peak_mib")
        other = median_of(rounds, found.contestant, "peak_mib")
        rows.append((case(name).title, f"{own:.0f}", f"{other:.0f}", spread(found), _aim(1.0, found.middle)))
    head = ("training", "chainrule, MiB", "PyTorch's least, MiB", "PyTorch's by chainrule's", "aim")
    return "## Peak memory of the whole process\n\n" + table(head, rows)


def _limit(contests: dict[str, Any], limit: float) -> str:
    rows = []
    for name, rounds in contests.items():
        operations = rounds[0][OWN]["extra"]["operations"]
        reached = operations / median_of(rounds, OWN) / limit
        others = []
        for library in ("pytorch", "keras"):
            if library in libraries(rounds):
                part = operations / median_of(rounds, best_of(rounds, library)) / limit
                others.append(f"{part:.0%}")
        aim = _aim(NEAR_LIMIT.get(name), reached, "{:.0%}")
        rows.append((case(name).title, f"{operations / 1e9:,.1f}", f"{reached:.0%}", *others, aim))
    head = ("training", "10⁹ operations in an epoch", "chainrule", "PyTorch", "Keras on JAX", "aim")
    text = (
        f"Products of large float32 matrices reach {limit / 1e9:,.1f} · 10⁹ operations per second. Of that:"
    )
    return f"## The limit\n\n{text}\n\n" + table(head, rows)


def _marking(rounds: Sequence[Any]) -> str:
    rows = [
        (what, f"{1 / median_of(rounds, contestant):,.0f} per second")
        for what, contestant in (
            ("`solve`: a question on a network of two layers", "chainrule_solve"),
            ("`check`: an answer sheet of ten answers, read and marked on one core", "chainrule_check"),
        )
    ]
    return "## By hand\n\n" + table(("work", "chainrule"), rows)


def _growth(axes: dict[str, Any]) -> str:
    rows = []
    for name, found in axes.items():
        sizes, seconds = found["sizes"], found["seconds"]
        rows.append(
            (
                AXES[name].title,
                f"{sizes[0]:,} to {sizes[-1]:,}",
                f"{duration(seconds[0])} to {duration(seconds[-1])} per {AXES[name].of}",
                f"{exponent(sizes, seconds):.2f}",
            )
        )
    head = ("what grows", "from, to", "takes", "exponent")
    return "## How cost grows\n\n" + table(head, rows)


def _everything(contests: dict[str, Any]) -> str:
    rows = []
    for name, rounds in contests.items():
        for contestant in rounds[0]:
            losses = [found[contestant]["loss"] for found in rounds]
            rows.append(
                (
                    case(name).title,
                    label(contestant),
                    duration(median_of(rounds, contestant)),
                    duration(median_of(rounds, contestant, "first")),
                    f"{sum(losses) / len(losses):.4f}",
                    f"{median_of(rounds, contestant, 'peak_mib'):.0f}",
                )
            )
    head = ("case", "contestant", "takes", "before", "loss", "MiB")
    return "## Everyone\n\n" + table(head, rows)


def label(contestant: str) -> str:
    """
    >>> label("pytorch_compiled"), label("numpy")
    ('PyTorch, compiled', 'NumPy')
    """
    library = library_of(contestant)
    how = contestant.removeprefix(library).replace("_", " ").strip()
    return LIBRARIES[library] + (f", {how}" if how else "")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def spread(ratio: Ratio) -> str:
    """The median of a ratio, and from the least to the most."""
    return f"**{_figures(ratio.middle)}** ({_figures(min(ratio.rounds))} to {_figures(max(ratio.rounds))})"


def _aim(aim: float | None, reached: float, form: str = "{:g}") -> str:
    if aim is None:
        return ""
    return f"{form.format(aim)}: {'reached' if reached >= aim else 'missed'}"


def _figures(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def duration(seconds: float) -> str:
    """
    >>> duration(0.25), duration(0.00032), duration(0.0000051)
    ('250 ms', '320 µs', '5.1 µs')
    """
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1 or unit == "µs":
            return f"{seconds * scale:.3g} {unit}"
    raise AssertionError(seconds)


def _image(title: str, place: Path) -> str:
    return f"![{title}]({place.parent.name}/{place.name})"


if __name__ == "__main__":
    write(Path(__file__).parent / "results", quick=False)

"""The table that ``model.summary`` prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.network import Network

FLOAT32_BYTES = 4


def print_summary(
    name: str, network: Network, line_length: int | None, print_fn: Callable[[str], Any] | None
) -> None:
    """Print the layers, their output shapes and parameters, and the total, as Keras lays them out."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=line_length, highlight=False, **_plain(print_fn))
    table = Table(show_lines=True, width=line_length)
    table.add_column("Layer (type)")
    table.add_column("Output Shape")
    table.add_column("Param #", justify="right")
    for place in network.places:
        kind = type(place.layer).__name__
        shape = str((None, *place.output_shape))
        table.add_row(escape(f"{place.name} ({kind})"), shape, f"{place.count_params:,}")
    total = sum(place.count_params for place in network.places)

    def print_all() -> None:
        console.print(f'[bold]Model: "{escape(name)}"[/bold]')
        console.print(table)
        size = _memory(total * FLOAT32_BYTES)
        console.print(f"[bold] Total params:[/bold] {total:,} ({size})")
        console.print(f"[bold] Trainable params:[/bold] {total:,} ({size})")
        console.print("[bold] Non-trainable params:[/bold] 0 (0 B)")

    if print_fn is None:
        print_all()
    else:
        with console.capture() as text:
            print_all()
        print_fn(text.get())


def _plain(print_fn: Callable[[str], Any] | None) -> dict[str, Any]:
    """Colours are for a terminal; a function gets plain text."""
    return {} if print_fn is None else {"force_terminal": False, "color_system": None}


def _memory(size: float) -> str:
    """A number of bytes as people read it.

    >>> _memory(512), _memory(438_824)
    ('512 B', '428.54 KB')
    """
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.2f} {unit}" if unit != "B" else f"{size:.0f} B"
        size /= 1024
    return f"{size:.2f} TB"

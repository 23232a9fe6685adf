"""The table that ``model.summary`` prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.layers.node import Input
from chainrule.network import Network

FLOAT32_BYTES = 4


def print_summary(
    name: str, network: Network, line_length: int | None, print_fn: Callable[[str], Any] | None
) -> None:
    """Print the layers, their output shapes and parameters, and the totals, as Keras lays them out.

    A graph has a row for each input too, and a column of the layers that each layer takes.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=line_length, highlight=False, **_plain(print_fn))
    table = Table(show_lines=True, width=line_length)
    table.add_column("Layer (type)")
    table.add_column("Output Shape")
    table.add_column("Param #", justify="right")
    is_chain = network.is_chain
    if not is_chain:
        table.add_column("Connected to", overflow="fold")
    for row in _rows(network) if is_chain else [*_input_rows(network), *_rows(network)]:
        table.add_row(*(escape(cell) for cell in (row[:-1] if is_chain else row)))
    total = sum(place.count_params for place in network.places)
    trained = sum(place.count_trained for place in network.places)

    def print_all() -> None:
        console.print(f'[bold]Model: "{escape(name)}"[/bold]')
        console.print(table)
        for title, count in (("Total", total), ("Trainable", trained), ("Non-trainable", total - trained)):
            console.print(f"[bold] {title} params:[/bold] {count:,} ({_memory(count * FLOAT32_BYTES)})")

    if print_fn is None:
        print_all()
    else:
        with console.capture() as text:
            print_all()
        print_fn(text.get())


def _input_names(network: Network) -> list[str]:
    """The inputs' own names, or those that Keras gives them."""
    given = [node.name for node in network.nodes if isinstance(node, Input)]
    usual = ["input_layer", *(f"input_layer_{i}" for i in range(1, len(given)))]
    return [name or other for name, other in zip(given, usual, strict=True)]


def _input_rows(network: Network) -> list[tuple[str, str, str, str]]:
    shapes = network.inputs.values()
    return [
        (f"{name} (InputLayer)", str((None, *shape)), "0", "-")
        for name, shape in zip(_input_names(network), shapes, strict=True)
    ]


def _rows(network: Network) -> list[tuple[str, str, str, str]]:
    """Name and kind, output shape, parameters and sources of each layer."""
    names = dict(zip(network.inputs, _input_names(network), strict=True))
    names |= {place.number: place.name for place in network.places}
    return [
        (
            f"{place.name} ({type(place.layer).__name__})",
            str((None, *place.output_shape)),
            f"{place.count_params:,}",
            ", ".join(f"{names[source]}[0][0]" for source in place.sources),
        )
        for place in network.places
    ]


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

"""Pictures as files and as pixels, for the formats that cannot hold SVG themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

ZOOM = 3.0
"""Pixels of a PNG for each of the SVG's: sharp in print."""

Draw = Callable[[], str]
Placed = Callable[[Draw], str]
"""Puts a picture somewhere, and gives the address by which a document refers to it."""


def fonts() -> str:
    """The folder of the fonts that pictures are set in; they come with matplotlib.

    It is found without importing matplotlib, which would take longer than all the rest.
    """
    found = find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "mpl-data" / "fonts" / "ttf")


def png(svg: str) -> bytes:
    """The picture as pixels."""
    import resvg_py

    made: bytes = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=ZOOM,
        dpi=96,
        background="#ffffff",
        font_dirs=[fonts()],
        skip_system_fonts=True,
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
        monospace_family="DejaVu Sans Mono",
    )
    return bytes(made)


def saved_in(folder: Path, ending: str, prefix: str = "") -> Placed:
    """Saves pictures in a folder, made when the first is: as ``svg`` or ``png``, by the ending."""
    numbers = _counted()

    def place(draw: Draw) -> str:
        name = f"{next(numbers)}.{ending}"
        folder.mkdir(exist_ok=True)
        if ending == "svg":
            (folder / name).write_text(draw(), encoding="utf-8")
        else:
            (folder / name).write_bytes(png(draw()))
        return f"{prefix}{name}"

    return place


def _counted() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number

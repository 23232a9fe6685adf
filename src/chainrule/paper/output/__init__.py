"""Solutions written out: by the ending of the file that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from json import dumps
from pathlib import Path

from chainrule.paper.workings import Document


def _html(document: Document) -> str:
    from chainrule.paper.output.html import page

    return page(document)


def _markdown(document: Document) -> str:
    from chainrule.paper.output.markdown import markdown

    return markdown(document)


def _latex(document: Document) -> str:
    from chainrule.paper.output.latex import latex

    return latex(document)


def _notebook(document: Document) -> str:
    from chainrule.paper.output.notebook import notebook

    return notebook(document)


def _json(document: Document) -> str:
    return dumps(document.to_json(), ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Document], str]] = {
    ".html": _html,
    ".md": _markdown,
    ".tex": _latex,
    ".ipynb": _notebook,
    ".json": _json,
}


def check_ending(path: Path) -> None:
    """Raise ValueError unless something can be written to a file of this ending."""
    if path.suffix.lower() not in FORMATS:
        raise ValueError(
            f"{path}: cannot write {repr(path.suffix) if path.suffix else 'a file without ending'}; "
            f"expected {', '.join(FORMATS)}"
        )


def save(document: Document, path: Path) -> None:
    """Write the document in the format of the path's ending."""
    check_ending(path)
    path.write_text(FORMATS[path.suffix.lower()](document), encoding="utf-8")

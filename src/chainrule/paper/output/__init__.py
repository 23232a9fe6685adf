"""Solutions written out: by the ending of the file that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from json import dumps
from pathlib import Path

from chainrule.paper.workings import Document


def _html(document: Document, path: Path) -> None:
    from chainrule.paper.output.html import page

    _write(path, page(document))


def _markdown(document: Document, path: Path) -> None:
    from chainrule.paper.output.markdown import markdown

    folder = _beside(path)
    _write(path, markdown(document, _placed(folder, "svg")))


def _latex(document: Document, path: Path) -> None:
    from chainrule.paper.output.latex import latex

    folder = _beside(path)
    _write(path, latex(document, _placed(folder, "png")))


def _notebook(document: Document, path: Path) -> None:
    from chainrule.paper.output.notebook import notebook

    _write(path, notebook(document))


def _docx(document: Document, path: Path) -> None:
    from chainrule.paper.output.documents import docx

    docx(document, path)


def _pdf(document: Document, path: Path) -> None:
    from chainrule.paper.output.documents import pdf

    pdf(document, path)


def _json(document: Document, path: Path) -> None:
    _write(path, dumps(document.to_json(), ensure_ascii=False, indent=2) + "\n")


FORMATS: Mapping[str, Callable[[Document, Path], None]] = {
    ".html": _html,
    ".pdf": _pdf,
    ".docx": _docx,
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
    """Write the document in the format of the path's ending.

    Pictures of .md and .tex go to a folder beside the file, ``answers_files`` for ``answers.md``.
    """
    check_ending(path)
    FORMATS[path.suffix.lower()](document, path)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}_files")


def _placed(folder: Path, ending: str) -> Callable[[Callable[[], str]], str]:
    from chainrule.paper.output.pictures import saved_in

    return saved_in(folder, ending, f"{folder.name}/")

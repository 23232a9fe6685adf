"""A solution as a Word document or as PDF: the Markdown of it, set by pandoc and Typst."""

from __future__ import annotations

import io
import re
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from chainrule.paper.output.markdown import markdown
from chainrule.paper.output.pictures import fonts, saved_in
from chainrule.paper.workings import Document

_READ = "markdown-raw_html-raw_tex-raw_attribute-yaml_metadata_block-citations-example_lists+pipe_tables"
"""Pandoc's Markdown without what could bring in anything but the text."""

_FIRST_HEADING = re.compile(rb'(w:styleId="Heading1".*?<w:keepLines />)', re.DOTALL)


def docx(document: Document, path: Path) -> None:
    """Write a Word document. Raises ValueError where the extra ``documents`` is not installed."""
    pandoc = _pandoc()
    with TemporaryDirectory() as folder:
        text = _prepared(markdown(document, saved_in(Path(folder), "png")))
        made = Path(folder) / "made.docx"
        pandoc.convert_text(text, "docx", format=_READ, outputfile=str(made), extra_args=_arguments(folder))
        path.write_bytes(_set(made, len(document.sheets) > 1))


def _set(path: Path, several: bool) -> bytes:
    """The Word document with its formulas at the left, as working stands; pandoc centres them.

    Of several worksheets, each begins on a page of its own.
    """
    made = io.BytesIO()
    with ZipFile(path) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/document.xml":
                content = content.replace(b'<m:jc m:val="center" />', b'<m:jc m:val="left" />')
            if entry.filename == "word/styles.xml" and several:
                content = _FIRST_HEADING.sub(rb"\1<w:pageBreakBefore />", content)
            new.writestr(entry, content)
    return made.getvalue()


def pdf(document: Document, path: Path) -> None:
    """Write a PDF. Raises ValueError where the extra ``documents`` is not installed."""
    pandoc = _pandoc()
    import typst

    with TemporaryDirectory() as folder:
        text = _prepared(markdown(document, saved_in(Path(folder), "svg")))
        source = Path(folder) / "made.typ"
        body = pandoc.convert_text(text, "typst", format=_READ, extra_args=_arguments(folder))
        style = files("chainrule.paper.output").joinpath("templates/solution.typ").read_text(encoding="utf-8")
        source.write_text(style + body, encoding="utf-8")
        made = typst.compile(str(source), root=folder, font_paths=[fonts()])
        path.write_bytes(made)


def _prepared(text: str) -> str:
    r"""The Markdown as word processors need it: cases with space, and brackets under a script as one.

    >>> _prepared(r"(a + (b))^{2}, \\left( c \\right)_{1}")
    '{(a + (b))}^{2}, \\\\left( c \\\\right)_{1}'
    """
    text = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", lambda m: m[0].replace(" & ", r" & \quad "), text)
    opened: list[int] = []
    wrapped: dict[int, str] = {}
    for bracket in re.finditer(r"(?<!\\left)\((?!/)|(?<!\\right)\)", text):
        if bracket[0] == "(":
            opened.append(bracket.start())
        elif opened:
            start, end = opened.pop(), bracket.end()
            if text[end : end + 1] in ("^", "_", "'") and "\n" not in text[start:end]:
                wrapped |= {start: "{(", bracket.start(): ")}"}
    return "".join(wrapped.get(i, character) for i, character in enumerate(text))


def _arguments(folder: str) -> list[str]:
    return [f"--resource-path={folder}", "--columns=100000"]


def _pandoc() -> Any:
    try:
        import pypandoc
        import typst  # noqa: F401 - one extra brings both
    except ImportError:
        raise ValueError(
            "Word and PDF need pandoc and Typst: pip install 'chainrule[documents]' "
            "(or write .html or .tex, which need nothing more)"
        ) from None
    return pypandoc

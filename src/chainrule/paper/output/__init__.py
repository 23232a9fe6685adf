"""Solutions written out: by the ending of the file that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from json import dumps
from pathlib import Path

from chainrule.paper.workings import Solution


def _html(solution: Solution) -> str:
    from chainrule.paper.output.html import page

    return page(solution)


def _markdown(solution: Solution) -> str:
    from chainrule.paper.output.markdown import markdown

    return markdown(solution)


def _latex(solution: Solution) -> str:
    from chainrule.paper.output.latex import latex

    return latex(solution)


def _notebook(solution: Solution) -> str:
    from chainrule.paper.output.notebook import notebook

    return notebook(solution)


def _json(solution: Solution) -> str:
    return dumps(solution.to_json(), ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Solution], str]] = {
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


def save(solution: Solution, path: Path) -> None:
    """Write the solution in the format of the path's ending."""
    check_ending(path)
    path.write_text(FORMATS[path.suffix.lower()](solution), encoding="utf-8")

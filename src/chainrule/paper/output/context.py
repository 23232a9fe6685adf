"""What templates show of a worked question."""

from __future__ import annotations

from typing import Any

from chainrule.paper.elements import APPROXIMATELY
from chainrule.paper.explain import Entry, explain, given_entries
from chainrule.paper.workings import Document, Working


def document_context(document: Document) -> dict[str, Any]:
    """The title, and the worksheets with their questions explained, numbered."""
    several = len(document.sheets) > 1
    sheets = []
    for i, sheet in enumerate(document.sheets, start=1):
        questions = [
            question_context(working) | {"number": f"{i}.{j}" if several else str(j)}
            for j, working in enumerate(sheet.workings, start=1)
        ]
        sheets.append({"title": sheet.title, "number": str(i), "workings": questions})
    return {"title": document.title or "Worked by hand", "several": several, "sheets": sheets}


def question_context(working: Working) -> dict[str, Any]:
    """Name, marks, text, given values and parts, explained."""
    return {
        "name": working.name,
        "number": "",
        "marks": f"{working.marks:g}",
        "text": working.text.strip(),
        "given": given_entries(working),
        "parts": [
            {"title": part.title, "items": [_shown(item) for item in part.items]} for part in explain(working)
        ],
    }


def _shown(item: Any) -> dict[str, Any]:
    shown: dict[str, Any] = vars(item) | {"kind": item.kind}
    if not isinstance(item, Entry):
        return shown
    value = f"{'=' if item.value_is_exact else APPROXIMATELY} {item.value_tex}"
    if item.decimals_tex:
        value += f" {'=' if item.decimals_are_exact else APPROXIMATELY} {item.decimals_tex}"
    return shown | {"value": value, "is_single": item.is_single}

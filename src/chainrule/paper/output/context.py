"""What templates show of a worked question."""

from __future__ import annotations

from typing import Any

from chainrule.paper.elements import APPROXIMATELY
from chainrule.paper.explain import Entry, explain, given_entries
from chainrule.paper.workings import Working


def question_context(working: Working) -> dict[str, Any]:
    """Name, marks, text, given values and parts, explained."""
    return {
        "name": working.name,
        "marks": f"{working.marks:g}",
        "text": working.text.strip(),
        "given": given_entries(working),
        "parts": [
            {"title": part.title, "entries": [_entry(entry) for entry in part.entries]}
            for part in explain(working)
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    value = f"{'=' if entry.value_is_exact else APPROXIMATELY} {entry.value_tex}"
    if entry.decimals_tex:
        value += f" {'=' if entry.decimals_are_exact else APPROXIMATELY} {entry.decimals_tex}"
    return vars(entry) | {"value": value, "is_single": entry.is_single}

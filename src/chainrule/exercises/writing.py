"""A worksheet written as the TOML file that it is read from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import tomlkit

LONGEST_LINE = 110


def sheet_text(title: str, questions: Iterable[dict[str, Any]], made: str = "") -> str:
    """The text of a worksheet's file: its title, and its questions' tables; ``made`` says by what.

    >>> question = {"id": "q1", "topic": "loss", "given": {"y": [1, Decimal("0.5")]}}
    >>> print(sheet_text("Week 4", [question]), end="")
    title = "Week 4"
    <BLANKLINE>
    [[question]]
    id = "q1"
    topic = "loss"
    <BLANKLINE>
    [question.given]
    y = [1, 0.5]
    """
    sheet = tomlkit.document()
    if made:
        sheet.add(tomlkit.comment(made))
    sheet["title"] = title
    tables = tomlkit.aot()
    for question in questions:
        table = tomlkit.table()
        for key, value in question.items():
            table[key] = _table(value) if key == "given" else _item(value)
        tables.append(table)
    sheet["question"] = tables
    return tomlkit.dumps(sheet)


def _table(values: dict[str, Any]) -> Any:
    table = tomlkit.table()
    for key, value in values.items():
        table[key] = _item(value)
    return table


def _item(value: Any) -> Any:
    """A value in one line; tables in a list, and rows that are too long for one, in a line each."""
    if isinstance(value, Decimal):
        return tomlkit.float_(str(value))
    if isinstance(value, str):
        return tomlkit.string(value, multiline="\n" in value)
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        for key, each in value.items():
            inline[key] = _item(each)
        return inline
    if isinstance(value, list):
        array = tomlkit.array()
        for each in value:
            array.append(_item(each))
        of_parts = any(isinstance(each, dict | list) for each in value)
        is_long = of_parts and len(array.as_string()) > LONGEST_LINE
        array.multiline(is_long or any(isinstance(each, dict) for each in value))
        return array
    return tomlkit.item(value)

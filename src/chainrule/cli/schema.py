"""``chainrule schema``: the JSON Schema of a worksheet, for editors that check as one types."""

from __future__ import annotations

import json

import typer


def command() -> None:
    """Print the JSON Schema of a worksheet."""
    from chainrule.paper.sheet import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


command.__name__ = "schema"

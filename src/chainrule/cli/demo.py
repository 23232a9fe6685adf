"""``chainrule demo``: the main job on data that comes along, start to finish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder that is written.")] = Path(
        "chainrule-demo"
    ),
) -> None:
    """Train a network on handwritten digits, work one of its steps by hand, and report on both."""
    from importlib.resources import files

    from chainrule.cli.train import train_into
    from chainrule.experiment.file import parse_train_file
    from chainrule.experiment.folders import free_folder

    described = files("chainrule.experiment").joinpath("digits.toml").read_text(encoding="utf-8")
    typer.echo("Training a small network on scikit-learn's handwritten digits, 8 by 8 pixels each.")
    train_into(parse_train_file(described), free_folder(output))


command.__name__ = "demo"

"""``chainrule train FILE``: train what a TOML file describes, and report on it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from chainrule.experiment.file import TrainFile
    from chainrule.experiment.run import Run


def command(
    file: Annotated[Path, typer.Argument(help="The training file, TOML.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The run's folder; runs/NAME if absent.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
) -> None:
    """Train what a file describes; writes the model, its history and a report."""
    from chainrule.experiment.file import TrainFileError, read_train_file
    from chainrule.experiment.run import free_folder

    described = read_train_file(file)
    folder = free_folder(output or Path("runs") / file.stem)
    try:
        train_into(described, folder, quiet)
    except (ValueError, TypeError) as error:
        raise TrainFileError(f"{file}: {error}") from None


def train_into(file: TrainFile, folder: Path, quiet: bool = False) -> Run:
    """Train, write everything into the folder, and say what came out."""
    from chainrule.experiment.run import save_run, train

    folder.mkdir(parents=True, exist_ok=True)
    try:
        run = train(file, verbose=0 if quiet else 1)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise
    save_run(run, folder)
    found = run.model.evaluate(run.x_test, run.y_test, verbose=0, return_dict=True)
    on = "test" if run.is_tested else "training"
    for name, value in found.items():
        shown = f"{value:.2%}" if "accuracy" in name else f"{value:.6g}"
        typer.echo(f"{on} {name.replace('_', ' ')}: {shown}")
    from chainrule.report.page import hand_step, report

    step = hand_step(run)
    if step.working:
        typer.echo(
            f"one step by hand: {len(step.working.names)} quantities, exactly, on row {step.row + 1}; "
            f"the compiled step agrees to {step.difference:.1e}"
        )
    else:
        typer.echo(f"one step by hand: not worked, {step.obstacle}")
    page = folder / "report.html"
    page.write_text(report(run, step), encoding="utf-8")
    typer.echo(f"model:  {folder / 'model.safetensors'}")
    typer.echo(f"report: {page}")
    return run


command.__name__ = "train"

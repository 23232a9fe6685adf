"""``chainrule train FILE``: train what a TOML file describes, and report on it."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from chainrule.experiment.file import TrainFile
    from chainrule.experiment.run import Run

CHECKPOINT, REPORT = "checkpoint.safetensors", "report.html"


def command(
    file: Annotated[Path, typer.Argument(help="The training file, TOML.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The run's folder; runs/NAME if absent.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the last run of the file (or of -o) that was stopped."),
    ] = False,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir",
            help="Where the files of the named data set are, in a folder of its name; nothing is downloaded.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train what a file describes; writes the model, its history and a report.

    A run that was stopped, by Ctrl-C or in any other way, goes on with --resume, and ends with the very
    numbers of one that was not.
    """
    from chainrule.cli.comparing import compare_into
    from chainrule.experiment.file import TrainFileError, read_train_file
    from chainrule.experiment.folders import free_folder

    described = read_train_file(file)
    if described.sweep is not None:
        raise TrainFileError(f"{file}: sweep: its variants are trained by chainrule sweep {file}")
    if data_dir is not None:
        described.look_for_data_in(data_dir)
    wanted = output or Path("runs") / file.stem
    folder = stopped_run(wanted, output is None, REPORT) if resume else free_folder(wanted)
    if folder is None:
        typer.echo(f"nothing to resume: the run in {wanted} is finished")
        return
    if resume and not folder.exists():
        typer.echo(f"no stopped run in {folder}: a new one begins", err=True)
    try:
        if described.variant:
            compare_into(described, folder, quiet)
        else:
            train_into(described, folder, quiet)
    except (ValueError, TypeError, ImportError) as error:
        raise TrainFileError(f"{file}: {error}") from None
    except KeyboardInterrupt:
        if folder.exists() and not (folder / REPORT).exists():
            again = shlex.join(["chainrule", "train", str(file), "--resume", "-o", str(folder)])
            typer.echo(f"to go on: {again}", err=True)
        raise


def stopped_run(wanted: Path, anywhere: bool, report: str) -> Path | None:
    """The folder of the last run that did not get to its report, or of a first one; None if all did."""
    from chainrule.experiment.folders import folders_of

    found = folders_of(wanted) if anywhere else [wanted] if wanted.exists() else []
    stopped = [folder for folder in found if not (folder / report).exists()]
    if found and not stopped:
        return None
    return stopped[-1] if stopped else wanted


def train_into(file: TrainFile, folder: Path, quiet: bool = False) -> Run:
    """Train, write everything into the folder, and say what came out.

    Where the run stands is kept in the folder until all is written; a run goes on from there.
    """
    from chainrule.experiment.folders import save_run
    from chainrule.experiment.run import train
    from chainrule.files import write_whole
    from chainrule.training.checkpoint import remove_checkpoint

    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / CHECKPOINT
    try:
        run = train(file, verbose=0 if quiet else 1, checkpoint=kept)
    except BaseException as error:
        if isinstance(error, ArithmeticError):
            remove_checkpoint(kept)  # of a run that would go wrong again
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise
    save_run(run, folder)
    for line in _said(run):
        typer.echo(line)
    from chainrule.report.page import hand_step, report

    step = hand_step(run)
    if step.working:
        typer.echo(
            f"one step by hand: {len(step.working.names)} quantities, exactly, on row {step.row + 1}; "
            f"the compiled step agrees to {step.difference:.1e}"
        )
    else:
        typer.echo(f"one step by hand: not worked, {step.obstacle}")
    page = folder / REPORT
    write_whole(page, report(run, step).encode())
    remove_checkpoint(kept)
    typer.echo(f"model:  {folder / 'model.safetensors'}")
    typer.echo(f"report: {page}")
    return run


def _said(run: Run) -> Iterator[str]:
    """What came out, a line each."""
    if run.start.loaded:
        yield f"saved weights taken: {', '.join(run.start.loaded)}"
    for name, losses in run.start.pretrained.items():
        yield f"pretrained {name}: loss {losses[0]:.4g} in the first epoch, {losses[-1]:.4g} in the last"
    found = run.model.evaluate(run.x_test, run.y_test, verbose=0, return_dict=True)
    for name, value in found.items():
        yield f"{run.measured_on} {_words(name)}: {_shown(name, value, '.6g')}"
    if run.folds is not None:
        for name, scores in run.folds.scores.items():
            mean, deviation = (
                _shown(name, value, ".4g") for value in (run.folds.mean(name), run.folds.deviation(name))
            )
            yield f"{_words(name)} of {len(scores)} folds: {mean} on average, deviation {deviation}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(name: str, value: float, form: str) -> str:
    return format(value, ".2%" if "accuracy" in name else form)


command.__name__ = "train"

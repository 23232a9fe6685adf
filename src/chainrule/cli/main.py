"""The command ``chainrule``: its subcommands, and errors as one line with exit status 2."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import typer

from chainrule.cli import check, demo, make, schema, solve, sweep, train

STOPPED = 130
"""The exit status of what Ctrl-C ended; Typer returns it, too."""

app = typer.Typer(
    name="chainrule",
    help="Deep learning you can check by hand and run at full speed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (demo, solve, check, make, train, sweep, schema):
    app.command()(module.command)


def version(wanted: bool) -> None:
    if wanted:
        from chainrule import __version__

        typer.echo(f"chainrule {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=version, is_eager=True, help="Show the version."
    ),
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what cannot be used ends it with one line on stderr and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # of a console that cannot write z₁
    with warnings.catch_warnings():
        warnings.showwarning = _warned
        sys.exit(run(arguments))


def _warned(message: Warning | str, *_: Any, **__: Any) -> None:
    """Show a warning without the line of the code that gave it."""
    sys.stderr.write(f"chainrule: {message}\n")


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit status of a command line."""
    try:
        status = app(args=arguments, standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
    except typer.TyperException as error:
        return _unusable(error.format_message() or "expected a command")
    except (ValueError, ArithmeticError) as error:
        return _unusable(str(error))
    except MemoryError as error:
        return _unusable(f"not enough memory: {error}" if str(error) else "not enough memory")
    except BrokenPipeError:
        # Who reads the output has seen enough; nothing is left to be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        said = error.strerror or str(error)
        return _unusable(f"{error.filename}: {said}" if error.filename else said)
    except (KeyboardInterrupt, typer.Abort):
        status = STOPPED
    if status == STOPPED:
        sys.stderr.write("chainrule: stopped\n")
    return status if isinstance(status, int) else 0


def _unusable(message: str) -> int:
    line = " ".join(message.split())
    sys.stderr.write(f"chainrule: {line}\n")
    return 2

"""The command ``chainrule``: its subcommands, and errors as one line with exit status 2."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from chainrule.cli import demo, schema, solve, train

app = typer.Typer(
    name="chainrule",
    help="Deep learning you can check by hand and run at full speed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (demo, solve, train, schema):
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
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit status of a command line."""
    try:
        status = app(args=arguments, standalone_mode=False)
    except typer.TyperException as error:
        return _unusable(error.format_message())
    except (ValueError, ArithmeticError) as error:
        return _unusable(str(error))
    except OSError as error:
        return _unusable(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("chainrule: stopped\n")
        return 130
    return status if isinstance(status, int) else 0


def _unusable(message: str) -> int:
    line = " ".join(message.split())
    sys.stderr.write(f"chainrule: {line}\n")
    return 2

"""The verbs of the command, and the one place where what goes wrong is caught.

Each verb imports what it needs when it runs, so that `sigmajet --help` stays quick.
"""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer

from ..errors import SigmajetError
from .derivatives import coefficients, derivative
from .explore import explore
from .output import Exit, complain, say
from .saved import evaluate, plot
from .statements import check, new, solve

__all__ = ["app", "run"]

app = typer.Typer(
    name="sigmajet",
    help="Every derivative of the logistic sigmoid, and differential equations solved with it.",
    epilog="Start with: sigmajet new bvp > mine.toml; sigmajet solve mine.toml --plot mine.png",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# So that -0.5 is a number.
app.command(context_settings={"ignore_unknown_options": True})(derivative)
for verb in (coefficients, solve, check, new, evaluate, plot, explore):
    app.command()(verb)


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warned
            app(args=arguments, prog_name="sigmajet")
    except SigmajetError as error:
        complain(str(error))
        sys.exit(Exit.WRONG)
    except MemoryError:
        complain("there is not enough memory; a smaller width or a larger tol needs less")
        sys.exit(Exit.WRONG)
    except Exception as error:  # whatever it is, it was not foreseen here
        place = traceback.extract_tb(error.__traceback__)[-1]
        complain(
            f"{type(error).__name__}: {error} ({place.name}, line {place.lineno}). This is a "
            "fault of sigmajet: please report this line together with the command and its file",
            heading="internal error",
        )
        sys.exit(Exit.FAULT)
    sys.exit(0)


def _warned(message: Warning | str, *_: Any, **__: Any) -> None:
    """Say a warning in a line, without the place in Python's code."""
    complain(str(message), heading="warning")


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Say which version this is, and what it runs on.",
            callback=lambda wanted: _version(wanted),
        ),
    ] = False,
) -> None: ...


def _version(wanted: bool) -> None:
    if not wanted:
        return
    import platform
    from importlib.metadata import version

    from .. import __version__
    from ..kernel import _special

    say(f"sigmajet {__version__}")
    used = (f"{name} {version(name)}" for name in ("numpy", "scipy", "sympy"))
    loops = _special.instruction_sets()[0]
    say(f"loops {loops}; Python {platform.python_version()}, {', '.join(used)}")
    raise typer.Exit

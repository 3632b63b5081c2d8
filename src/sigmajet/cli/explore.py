"""The verb that opens the page to try things out."""

from __future__ import annotations

from typing import Annotated

import typer

from .._extras import needed_by
from .output import say


def explore(
    port: Annotated[int, typer.Option(min=0, max=65535, help="[one that is free]")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open a local page: derivatives on sliders, and problems typed, solved and drawn.

    It is served on this machine alone, for who has the token in its address. Ctrl-C ends it.

        sigmajet explore
    """
    with needed_by("explore"):
        from ..explore.server import serve

    def ready(address: str) -> None:
        say(f"{address}  (Ctrl-C ends it)")
        if browser:
            import webbrowser

            webbrowser.open(address)

    serve(port, ready)

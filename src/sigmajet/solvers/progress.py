"""How a solve goes, told to whoever asked: lines on standard error, a bar in a notebook."""

from __future__ import annotations

import html
import importlib
import sys
from collections.abc import Callable
from typing import Any

from ..solution.outcome import Progress

__all__ = ["listener"]


def listener(progress: bool | Callable[[str, float], None]) -> Progress:
    """What hears messages and fractions, for the `progress` that a caller gave."""
    if callable(progress):
        return progress
    if not progress:
        return lambda message, fraction: None
    display = _display()
    return _Printer() if display is None else _Bar(display)


class _Printer:
    """Say on standard error what is new."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, message: str, fraction: float) -> None:
        text = f"{message} ({fraction:.0%})"
        if text != self._said:
            print(text, file=sys.stderr)
        self._said = text


class _Bar:
    """Show one bar below the cell of a notebook, and bring it up to date."""

    def __init__(self, display: Callable[..., Any]) -> None:
        self._message, self._fraction = "reading the statement", 0.0
        self._shown = display(self, display_id=True)

    def __call__(self, message: str, fraction: float) -> None:
        before = repr(self)
        self._message, self._fraction = message, fraction
        if repr(self) != before:
            self._shown.update(self)

    def __repr__(self) -> str:
        return f"{self._message} ({self._fraction:.0%})"

    def _repr_html_(self) -> str:
        bar = f'<progress max="1" value="{self._fraction:.2f}"></progress>'
        return f"{bar} {html.escape(self._message)}"


def _display() -> Callable[..., Any] | None:
    """What shows objects in the notebook that runs this, if one does."""
    ipython = sys.modules.get("IPython")  # which a notebook has loaded
    shell = None if ipython is None else ipython.get_ipython()
    if not hasattr(shell, "kernel"):  # a terminal has none
        return None
    display: Callable[..., Any] = importlib.import_module("IPython.display").display
    return display

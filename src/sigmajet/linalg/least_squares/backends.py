"""Least-squares backends by name, each loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable

from .interface import LeastSquares


def _multifrontal() -> LeastSquares:
    from .multifrontal import Multifrontal

    return Multifrontal()


BACKENDS: dict[str, Callable[[], LeastSquares]] = {"multifrontal": _multifrontal}
"""What makes a backend, by its name."""

DEFAULT = "multifrontal"


def backend(name: str = DEFAULT) -> LeastSquares:
    """Return the backend of a name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in BACKENDS:
        raise ValueError(f"backend: got {name!r}, expected one of {', '.join(sorted(BACKENDS))}")
    return BACKENDS[name]()

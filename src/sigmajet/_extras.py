"""Which extra of the package brings a library: NumPy alone is always there.

`pip install sigmajet` brings the derivatives; what more a name needs is loaded where it is first
used, and where it is missing the error says which extra to install.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .errors import MissingExtra

__all__ = ["EXTRAS", "needed_by"]

# Library -> the extra of pyproject.toml that lists it; a test compares the two.
EXTRAS = {
    **dict.fromkeys(("flint", "mpmath", "psutil", "pydantic", "scipy", "sympy"), "solve"),
    "threadpoolctl": "solve",
    "matplotlib": "plot",
    **dict.fromkeys(("shapely", "trimesh"), "mesh"),
    "latex2mathml": "explore",
    "starlette": "explore",
    "uvicorn": "explore",
    "rich": "cli",
    "typer": "cli",
    "pandas": "data",
    "xarray": "data",
    "jax": "jax",
    "torch": "torch",
}


@contextmanager
def needed_by(what: str) -> Iterator[None]:
    """Name the extra where a library that is imported in the block is not installed.

    Raises
    ------
    MissingExtra
    """
    try:
        yield
    except MissingExtra:
        raise
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in EXTRAS:
            raise
        raise MissingExtra(
            f"{what} needs {library}: pip install 'sigmajet[{EXTRAS[library]}]'", name=error.name
        ) from error

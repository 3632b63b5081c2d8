"""Every derivative of the logistic sigmoid, and differential equations solved with it.

Importing this package loads NumPy and nothing heavier: the solver, SymPy and
SciPy load when a name that needs them is first used. They come with extras of
the package: `pip install 'sigmajet[solve]'`, or `sigmajet[all]`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import exact
from ._extras import needed_by
from .errors import FileError, NotConverged, PrecisionWarning, ProblemError, SigmajetError
from .special import (
    arctan,
    bose,
    bose_einstein,
    bose_jet,
    coth,
    erf,
    fermi_dirac,
    gaussian,
    gelu,
    get_include,
    log_sigmoid,
    logit,
    mish,
    sigmoid,
    sigmoid_extremes,
    sigmoid_jet,
    sigmoid_taylor,
    sigmoid_zeros,
    silu,
    silu_jet,
    softplus,
    softplus_jet,
    softsign,
    swish,
    tanh,
    tanh_jet,
)

if TYPE_CHECKING:
    from .problem import (
        Annulus,
        Ball,
        Box,
        ClosedCurve,
        Cylinder,
        Disk,
        Ellipse,
        Outline,
        Polygon,
        Polyhedron,
        Problem,
        Region,
        Sector,
        Spline,
        avg,
        divergence,
        gradient,
        inside,
        interface,
        jump,
        load_problem,
        normal,
        normal_derivative,
        on_boundary,
    )
    from .solution import Solution, load_solution
    from .solvers.solve import solve

__version__: str  # of what is installed; meson.build says it

# Name -> the module that defines it, loaded on first use.
_LAZY = {
    "Annulus": ".problem",
    "Box": ".problem",
    "Ball": ".problem",
    "ClosedCurve": ".problem",
    "Cylinder": ".problem",
    "Disk": ".problem",
    "Ellipse": ".problem",
    "Outline": ".problem",
    "Polygon": ".problem",
    "Polyhedron": ".problem",
    "Problem": ".problem",
    "Region": ".problem",
    "Sector": ".problem",
    "Spline": ".problem",
    "avg": ".problem",
    "divergence": ".problem",
    "gradient": ".problem",
    "inside": ".problem",
    "interface": ".problem",
    "jump": ".problem",
    "load_problem": ".problem",
    "normal": ".problem",
    "normal_derivative": ".problem",
    "on_boundary": ".problem",
    "Solution": ".solution",
    "load_solution": ".solution",
    "solve": ".solvers.solve",
}

__all__ = [
    "Annulus",
    "Ball",
    "Box",
    "ClosedCurve",
    "Cylinder",
    "Disk",
    "Ellipse",
    "FileError",
    "NotConverged",
    "Outline",
    "Polygon",
    "Polyhedron",
    "PrecisionWarning",
    "Problem",
    "ProblemError",
    "Region",
    "Sector",
    "SigmajetError",
    "Solution",
    "Spline",
    "arctan",
    "avg",
    "bose",
    "bose_einstein",
    "bose_jet",
    "coth",
    "divergence",
    "erf",
    "exact",
    "fermi_dirac",
    "gaussian",
    "gelu",
    "get_include",
    "gradient",
    "inside",
    "interface",
    "jump",
    "load_problem",
    "load_solution",
    "log_sigmoid",
    "logit",
    "mish",
    "normal",
    "normal_derivative",
    "on_boundary",
    "sigmoid",
    "sigmoid_extremes",
    "sigmoid_jet",
    "sigmoid_taylor",
    "sigmoid_zeros",
    "silu",
    "silu_jet",
    "softplus",
    "softplus_jet",
    "softsign",
    "solve",
    "swish",
    "tanh",
    "tanh_jet",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        with needed_by(f"sigmajet.{name}"):
            value = getattr(importlib.import_module(_LAZY[name], __name__), name)
    elif name == "__version__":
        value = importlib.import_module("importlib.metadata").version("sigmajet")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(__all__) | set(globals()))

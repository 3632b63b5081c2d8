"""Trained modules of PyTorch and Equinox as networks of this library, without importing either.

    mathematics                                       name
    h_l = a(h_{l-1} W + b)                            an affine map, then an activation
    s(z) = 1/2 + 1/2 tanh(z/2)                        logistic layers become tanh layers
    x W + b = ((x - c)/r) (r W) + (c W + b)           over a box of centre c and radius r

Affine maps are known by their arrays, activations by their values, whatever their names. What was
read is compared with the module at points of the box: a module that does more than its layers say,
as one that scales its input, is refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._types import Array
from ..errors import ProblemError
from ..randomness import PROBES
from .network import Layered

__all__ = ["is_module", "read_module"]

_EXPECTED = (
    "affine layers with tanh or the logistic sigmoid between them and an affine one at the end, as "
    "in nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 1))"
)
_PLACES = np.linspace(-4.0, 4.0, 17)
_KNOWN = {"": _PLACES, "tanh": np.tanh(_PLACES), "sigmoid": 0.5 + 0.5 * np.tanh(_PLACES / 2.0)}


class _Affine(NamedTuple):
    """h W + b: weights (in, out) and biases (out,), and an array as the framework has them."""

    weights: Array
    biases: Array
    like: Any


def is_module(guess: Any) -> bool:
    """Whether something has layers, of which `read_module` says what they have to be.

    Ask of solutions first whether they are ones: unknowns are attributes of theirs.
    """
    return callable(guess) and any(
        hasattr(guess, name) for name in ("layers", "children", "weight")
    )


def read_module(
    module: Any, outputs: int, lower: Sequence[float], upper: Sequence[float]
) -> Layered:
    """Read a module that takes points (d,) and returns values (outputs,), or a number.

    Parameters
    ----------
    module : torch.nn.Module or equinox.Module
    outputs : int
    lower, upper : sequence of d floats
        The box that the network is stated over.

    Raises
    ------
    ProblemError
        If it is none of such layers, or has other inputs or outputs.

    Examples
    --------
    >>> from torch import nn
    >>> module = nn.Sequential(nn.Linear(2, 5), nn.Sigmoid(), nn.Linear(5, 1))
    >>> read_module(module, 1, (0, 0), (1, 1)).sizes
    (2, 5, 1)
    """
    maps, activations = _alternating(module)
    centre = 0.5 * (np.array(lower) + np.array(upper))
    radius = 0.5 * (np.array(upper) - np.array(lower))
    ends = [len(found.biases) for found in maps]
    if [len(found.weights) for found in maps] != [len(centre), *ends[:-1]] or ends[-1] != outputs:
        raise ProblemError(
            f"guess: got a module from {len(maps[0].weights)} numbers to {ends[-1]}, expected one "
            f"from the {len(centre)} variables, in their order, to {outputs} unknowns"
        )
    parts: list[Array] = []
    share, shift = radius[:, None], centre  # the input of a layer is share * ours + shift
    for found, activation in zip(maps, activations, strict=True):
        half = 0.5 if activation == "sigmoid" else 1.0
        parts.append((half * share * found.weights).ravel())
        parts.append(half * (found.biases + shift @ found.weights))
        share, shift = np.full((1, 1), half), np.full(len(found.biases), 1.0 - half)
    network = Layered((len(centre), *ends), centre, radius, np.concatenate(parts))
    _compare(module, network, maps[0].like)
    return network


def _alternating(module: Any) -> tuple[list[_Affine], list[str]]:
    """The affine maps, and the name of what is behind each; behind the last is nothing."""
    pieces = list(_pieces(module))
    like = next((piece.like for piece in pieces if isinstance(piece, _Affine)), None)
    if like is None:
        raise _unreadable(module)
    named = [p if isinstance(p, _Affine) else _activation(p, like) for p in pieces]
    named = [each for each in named if each != ""]
    maps = [each for each in named[::2] if isinstance(each, _Affine)]
    activations = [each for each in named[1::2] if isinstance(each, str)]
    if len(maps) < 2 or len(maps) != len(activations) + 1 or len(named) != 2 * len(maps) - 1:
        raise _unreadable(module)
    return maps, [*activations, ""]


def _pieces(module: Any) -> Iterator[Any]:
    """What is done to a point, one after another: affine maps and functions."""
    weight = getattr(module, "weight", None)
    if weight is not None:
        weights, bias = _numbers(weight).T, getattr(module, "bias", None)
        if weights.ndim != 2:
            raise _unreadable(module)
        yield _Affine(
            weights, np.zeros(weights.shape[1]) if bias is None else _numbers(bias), weight
        )
    elif hasattr(module, "layers"):  # of Equinox, whose perceptrons keep their functions apart
        between = [module.activation] if hasattr(module, "activation") else []
        last = [module.final_activation] if hasattr(module, "final_activation") else []
        for number, layer in enumerate(module.layers):
            yield from (between if number else [])
            yield from _pieces(layer)
        yield from last
    elif hasattr(module, "children") and any(True for _ in module.children()):
        # Children are told once each, and an activation may be used several times.
        inner = module if hasattr(module, "__iter__") else module.children()
        yield from itertools.chain.from_iterable(map(_pieces, inner))
    else:
        yield getattr(module, "fn", module)  # Equinox wraps functions


def _numbers(array: Any) -> Array:
    """An array of a framework in NumPy, in double precision."""
    if hasattr(array, "detach"):
        array = array.detach().cpu().double()
    return np.asarray(array, dtype=float)


def _called(function: Any, points: Array, like: Any) -> Array:
    """A function of a framework at numbers, in the precision and on the device of its weights."""
    of_framework = like.new_tensor if hasattr(like, "new_tensor") else like.dtype.type
    try:
        return _numbers(function(of_framework(points)))
    except (TypeError, ValueError, RuntimeError) as error:
        raise _unreadable(function) from error


def _activation(function: Any, like: Any) -> str:
    """Its name; those that are known are further apart than half precision leaves open."""
    found = _called(function, _PLACES, like)
    for name, values in _KNOWN.items():
        if found.shape == values.shape and np.allclose(found, values, rtol=0.0, atol=1e-2):
            return name
    raise _unreadable(function)


def _compare(module: Any, network: Layered, like: Any) -> None:
    """Raise if the module has other values than its layers, but for half of its digits."""
    outputs, dimension = network.sizes[-1], len(network.centre)
    scaled = PROBES.generator().uniform(-1.0, 1.0, (8, dimension))
    points = network.centre + network.radius * scaled
    wanted = [(i, (0,) * dimension) for i in range(outputs)]
    of_layers = network.derivatives(wanted, points).T
    of_module = np.array([_called(module, point, like).ravel() for point in points])
    scale = np.max(np.abs(of_layers)) + np.sum(np.abs(network.layers[-1][0]))
    digits = float(np.sqrt(2.0 ** -{2: 7, 4: 23}.get(like.dtype.itemsize, 52)))
    if of_module.shape != of_layers.shape or np.max(np.abs(of_module - of_layers)) > digits * scale:
        raise ProblemError(
            f"guess: got {type(module).__name__}, whose values are not those of its layers one "
            f"after another; expected {_EXPECTED}"
        )


def _unreadable(piece: Any) -> ProblemError:
    name = getattr(piece, "__name__", type(piece).__name__)
    return ProblemError(f"guess: got a module with {name:.60}, expected {_EXPECTED}")

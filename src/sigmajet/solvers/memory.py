"""How much memory a solve will take, compared with what is free before it is taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import ProblemError

# Peak of a solve on one block over the square of its unknowns, in numbers of eight bytes: 12 to 17
# on 1500 to 3000 neurons in two, three and five variables (rows, their copy in the order of
# elimination, the triangle, and that of a check beside it).
_PEAK = 16
# Of a group of processes, as containers set them: the limit, and what is used of it.
_LIMITS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def free_memory() -> int:
    """Bytes that may be taken yet, by the machine's and the container's limits."""
    import psutil

    free = int(psutil.virtual_memory().available)
    for limit, usage in _LIMITS:
        try:
            left = int(Path(limit).read_text()) - int(Path(usage).read_text())
        except (OSError, ValueError):  # none of this kind, or "max"
            continue
        free = min(free, max(left, 0))
    return free


def refuse_width(width: int | None, unknowns: int) -> None:
    """Raise if networks of a width that was asked for do not fit into the memory that is free.

    Raises
    ------
    ProblemError
    """
    if width is None:
        return
    needed, free = _PEAK * np.dtype(float).itemsize * (width * unknowns) ** 2, free_memory()
    if needed > free:
        raise ProblemError(
            f"width: got {width}; least squares over so many neurons take about "
            f"{needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free: give a smaller width, or "
            "leave it out"
        )


def refuse_layers(layers: tuple[int, ...], entries: int) -> None:
    """Raise if the training of networks with so many entries in their Jacobians does not fit.

    Peaks were 1.0 and 1.9 times these numbers of eight bytes, with 1981 and 921 weights.

    Raises
    ------
    ProblemError
    """
    needed, free = 2 * np.dtype(float).itemsize * entries, free_memory()
    if needed > free:
        raise ProblemError(
            f"layers: got {layers!s:.60}; training such a network beside its check takes about "
            f"{needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free: give fewer neurons"
        )

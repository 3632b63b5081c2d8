"""Files written in one step: a reader sees the old file or the whole new one, never half.

What is written goes into a new file beside the target, which takes its place once everything is on
the disk. A run that is killed leaves that file behind; the next one that writes into the folder
removes it, if it comes from a process of this machine that is no more.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import psutil

from ..errors import FileError

__all__ = ["replacing", "writable"]

_PART = re.compile(r"\.sigmajet-(?P<host>.+)-(?P<process>\d+)-[^-]*\.part")


def writable(path: str | os.PathLike[str]) -> Path:
    """The file that a path stands for, links followed, if it may be written.

    Raises
    ------
    FileError
        If something else than a regular file is there, or no folder to write it to.
    """
    try:
        target = Path(os.path.realpath(path))
        there = target.exists()
        folder = target.parent.is_dir()
    except (OSError, ValueError) as error:  # too long, or with a null character
        raise FileError(f"{os.fspath(path)!r:.200}: is no name of a file: {error}") from None
    if there and not target.is_file():
        what = "is a folder" if target.is_dir() else "is no regular file"
        raise FileError(f"{os.fspath(path)}: {what}; give the name of a file")
    if not folder:
        raise FileError(f"{os.fspath(path)}: there is no folder {str(target.parent)!r} to write to")
    return target


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a stream whose contents become the file when the block ends without an error.

    A link is followed, and the mode of a file that was there is kept.

    Raises
    ------
    FileError
        If the file cannot be written; whatever was there before is kept.
    """
    target = writable(path)
    part: str | None = None
    try:
        _sweep(target.parent)
        prefix = f".sigmajet-{platform.node()}-{os.getpid()}-"
        handle, part = tempfile.mkstemp(".part", prefix, target.parent)
        with open(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(part, _mode(target))
        os.replace(part, target)
        part = None
        _settle(target.parent)
    except OSError as error:
        raise FileError(f"{os.fspath(path)}: cannot be written: {error.strerror}") from error
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                os.unlink(part)


def _mode(target: Path) -> int:
    """The mode of a file; of a new one what the process gives to new files."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _settle(folder: Path) -> None:
    """Have the folder itself written to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what processes of this machine that are no more have left in a folder."""
    for entry in os.scandir(folder):
        found = _PART.fullmatch(entry.name)
        if (
            found is None
            or found["host"] != platform.node()
            or psutil.pid_exists(int(found["process"]))
        ):
            continue
        with contextlib.suppress(OSError):
            os.unlink(entry.path)

"""Files written in one step: a reader sees the old file or the whole new one, never half.

What is written goes into a new file beside the target, which takes its place once everything is on
the disk. A run that is killed leaves that file behind; the next one that writes into the folder
removes it, if it comes from a process of this machine that is no more.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import platform
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import FileError

__all__ = ["digest", "read_arrays", "replacing", "writable"]

# How far the arrays of a file may unfold: coefficients of a solution are noise to a packer. Of nine
# problems of the registry they unfold by 1.1 to 2.0. And a size that is always allowed, as any
# machine has 64 MB: what is zero on hundreds of blocks unfolds as many times.
_UNFOLDS, _SMALL = 100, 2**26
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


def digest(contents: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 of arrays with their names: what was altered since, another program has written."""
    found = hashlib.sha256()
    for name in sorted(contents):
        array = contents[name]
        found.update(f"{name}\n{array.dtype.str}\n{array.shape}\n".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def read_arrays(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file, none of them pickled, of sizes that its own size may hold.

    Raises
    ------
    FileError
        If the file cannot be read, or is no regular file.
    ValueError
        If it holds something else, or far more than its size tells.
    """
    if not isinstance(path, str | os.PathLike):
        raise FileError(f"got {path!r:.60}, expected the path of a file")
    try:
        target = Path(path)
        if target.exists() and not target.is_file():
            raise FileError(f"{target}: is no regular file; expected what `save` wrote")
        with open(target, "rb") as stream:
            _refuse_bombs(stream, target.stat().st_size)
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as file:
                return {name: file[name] for name in file.files}
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}") from None


def _refuse_bombs(stream: BinaryIO, size: int) -> None:
    """Compare what the headers of an archive announce with its size: nothing is unpacked yet."""
    announced = 0
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        if len(entries) > np.sqrt(_SMALL):  # of a solution a dozen for each stretch of time
            raise ValueError(f"it holds {len(entries)} arrays")
        for entry in entries:
            announced += entry.file_size
            with archive.open(entry) as member:
                version = np.lib.format.read_magic(member)
                reader = (
                    np.lib.format.read_array_header_1_0
                    if version == (1, 0)
                    else np.lib.format.read_array_header_2_0
                )
                shape, _, kind = reader(member)
            announced += math.prod(map(abs, shape)) * kind.itemsize
    if announced > max(_SMALL, 2 * _UNFOLDS * size):
        raise ValueError(f"it would unfold from {size} to {announced // 2} bytes")


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


_MODE = 0o666  # of a file that is opened for writing, less the mask (POSIX, fopen)


def _mode(target: Path) -> int:
    """The mode of a file; of a new one what the process gives to new files."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return _MODE & ~mask


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
        if found is None or found["host"] != platform.node() or _runs(int(found["process"])):
            continue
        with contextlib.suppress(OSError):
            os.unlink(entry.path)


def _runs(process: int) -> bool:
    import psutil  # which a first solution needs for nothing else

    return bool(psutil.pid_exists(process))

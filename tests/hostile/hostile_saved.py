"""Saved solutions damaged or made to harm; run as a script, it loads and uses each.

From one sound file of each kind others are made by a seed: bytes changed, arrays and words of the
head exchanged, archives that unfold to far more than they are. What loads has to be usable.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import sympy
import trial
from sympy import Eq, Function, symbols

import sigmajet as sj
from sigmajet.solution.storage import digest

Make = Callable[[], bytes]  # a file is made when its turn has come

SEED = 20261129

x, y, t = symbols("x y t")
u = Function("u")


def solutions() -> Iterator[tuple[str, sj.Solution]]:
    """A solution of each kind of field."""
    ends = [Eq(u(0), 0), Eq(u(1), 1)]
    decay = Eq(u(x).diff(x), -u(x))
    yield "march", sj.solve(sj.Problem(decay, u(x), {x: (0, 9)}, [Eq(u(0), 1)]), tol=1e-4)
    yield "line", sj.solve(sj.Problem(Eq(u(x).diff(x, 2), u(x)), u(x), {x: (0, 1)}, ends), tol=1e-4)
    heat = Eq(u(x, t).diff(t), u(x, t).diff(x, 2))
    walls = [Eq(u(0, t), 0), Eq(u(1, t), 0), Eq(u(x, 0), x * (1 - x))]
    box = {x: (0, 1), t: (0, 1)}
    yield "evolution", sj.solve(sj.Problem(heat, u(x, t), box, walls, time=t), tol=1e-2)
    load = Eq(u(x, y).diff(x, 2) + u(x, y).diff(y, 2), -1)
    wall = [sj.on_boundary(Eq(u(x, y), 0))]
    yield "region", sj.solve(sj.Problem(load, u(x, y), sj.Disk((x, y), (0, 0), 1), wall), tol=1e-3)
    plane = [Eq(u(x, y).subs(s, p), 0) for s in (x, y) for p in (0, 1)]
    yield "plane", sj.solve(sj.Problem(load, u(x, y), {x: (0, 1), y: (0, 1)}, plane), tol=1e-2)
    turn = sympy.I * u(x)
    yield "complex", sj.solve(sj.Problem(Eq(u(x).diff(x), turn), u(x), {x: (0, 1)}, [Eq(u(0), 1)]))
    steps = {"steps": 3, "layers": (4,)}
    deep = sj.solve(
        sj.Problem(decay, u(x), {x: (0, 1)}, [Eq(u(0), 1)]),
        method="deep",
        on_failure="return",
        **steps,
    )
    yield "deep", deep


def packed(arrays: dict[str, Any]) -> bytes:
    """Arrays as a saved solution holds them, with a digest that fits: other checks are tried."""
    held = {name: np.asarray(array) for name, array in arrays.items() if name != "digest"}
    with contextlib.suppress(TypeError, ValueError):  # of objects
        arrays = {**held, "digest": np.array(digest(held))}
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def exchanged(sound: dict[str, Any], name: str, change: Callable[[Any], Any]) -> bytes:
    """A sound file with an array changed."""
    return packed({**sound, name: change(sound[name])})


def header(shape: Any, kind: str = "<f8") -> bytes:
    """The beginning of an array that says to be of a shape."""
    said = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(said)) + said


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of members as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def archives(sound: dict[str, Any]) -> Iterator[tuple[str, Make]]:
    """Archives made to exhaust memory, time, or what reads them."""
    head = str(sound["head"])
    one = next(name for name in sound if name != "head")
    yield "an empty file", bytes
    yield "no archive", lambda: b"PK\x03\x04" + bytes(100)
    yield "an archive of nothing", lambda: zipped({})
    yield "a head without a value", lambda: zipped({"head.npy": header(())})
    for name, content in (
        ("a shape of 4 GB", header((2**29,)) + bytes(2**22)),
        ("a shape beyond integers", header((10**30,))),
        ("a negative shape", header((-(10**12),))),
        ("shapes that cancel", header((-1, 10**12))),
        ("many axes of one", header((1,) * 200)),
        ("no shape", header("x")),
        ("a shape of code", header("__import__('os').system('touch executed')")),
        ("objects", header((1,), "|O") + b"cos\nsystem\n(S'touch executed'\ntR."),
        ("a kind of 2 GB", header((), "|V2147483647")),
        ("texts of 4 GB", header((1,), "<U1073741823")),
        ("a header that never ends", b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31)),
        ("a version of the future", b"\x93NUMPY\x09\x00" + header(())[8:]),
    ):
        for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA):
            members = {"head.npy": content, f"{one}.npy": content}
            yield f"{name}, packed by {compression}", partial(zipped, members, compression)
    zeros = header((2**22,)) + bytes(2**25)
    unfolding = {f"a{number}.npy": zeros for number in range(125)}
    yield "4 MiB that unfold to 4.2 GB", partial(zipped, unfolding)
    many = {f"{number}.npy": header((0,)) for number in range(100_000)}
    yield "a hundred thousand members", partial(zipped, many)
    outside = {"../../executed.npy": header((0,)), "/etc/executed.npy": header((0,))}
    yield "members outside", partial(zipped, {**outside, "head.npy": header(())})
    for depth in (10**3, 10**5):
        nested = head.replace('"notes": []', f'"notes": {"[" * depth}{"]" * depth}')
        yield f"{depth} lists in lists", partial(packed, {**sound, "head": np.array(nested)})
    long = json.dumps({**json.loads(head), "format": "a" * 10**7})
    yield "a head of 10 MB", partial(packed, {**sound, "head": np.array(long)})


NUMBERS = (-1, 0, 1e300, -1e300, float("nan"), float("inf"), 2**70, 1e-320)
WORDS = (None, True, "", "\x1b[31m", [], {}, [[]], {"a": 1}, "x" * 9000, *NUMBERS)


def changed_heads(sound: dict[str, Any]) -> Iterator[tuple[str, Make]]:
    """Each word of the head by each of what should not be there."""
    head = json.loads(str(sound["head"]))
    for place in itertools.chain(((key,) for key in head), (("report", k) for k in head["report"])):
        for number, word in enumerate((*WORDS, "missing")):
            new = json.loads(json.dumps(head))
            inner = new["report"] if len(place) > 1 else new
            inner[place[-1]] = word
            if word == "missing":
                del inner[place[-1]]
            text = np.array(json.dumps(new))
            yield f"{'.'.join(place)} by word {number}", partial(packed, {**sound, "head": text})


def changed_arrays(sound: dict[str, Any], rng: np.random.Generator) -> Iterator[tuple[str, Make]]:
    """Each array by others, as chance has it."""
    changes: dict[str, Callable[[Any], Any]] = {
        "one number not a number": lambda a: np.where(
            np.arange(a.size).reshape(a.shape) == 0, np.nan, a
        ),
        "infinite": lambda a: np.full(a.shape, np.inf),
        "huge": lambda a: a * 1e300,
        "nothing": lambda a: a * 0,
        "the other way round": lambda a: a[::-1] if a.ndim else -a,
        "negative": lambda a: -a,
        "twice": lambda a: np.concatenate([np.atleast_1d(a)] * 2),
        "half": lambda a: np.atleast_1d(a)[: max(1, len(np.atleast_1d(a)) // 2)],
        "an axis more": lambda a: a[None],
        "single": lambda a: a.astype(np.float32),
        "complex": lambda a: a.astype(complex),
        "integers": lambda a: np.zeros(a.shape, np.int64),
        "texts": lambda a: a.astype("U"),
        "empty": lambda a: np.empty((0, *a.shape[1:])),
        "shifted": lambda a: a + 0.25,
    }
    numeric = [name for name, array in sound.items() if array.dtype.kind in "fi"]
    for name, (what, change) in itertools.product(numeric, changes.items()):
        if rng.random() < 0.5:
            yield f"{name} {what}", partial(exchanged, sound, name, change)
    for name in sound:
        if name != "head":
            rest = {other: array for other, array in sound.items() if other != name}
            yield f"{name} missing", partial(packed, rest)
    yield "an array too many", partial(packed, {**sound, "more": np.zeros(3)})


def changed_bytes(whole: bytes, rng: np.random.Generator) -> Iterator[tuple[str, Make]]:
    """The file with bytes changed, cut or added, as chance has it."""
    for number in range(8):
        at = rng.integers(len(whole), size=1 + 3 * number)
        spoilt = bytearray(whole)
        for place in at:
            spoilt[place] = int(rng.integers(256))
        yield f"bytes {number}", partial(bytes, spoilt)
        yield f"cut {number}", partial(bytes, whole[: int(at[0])])
        yield f"grown {number}", partial(bytes, whole + rng.bytes(int(at[0])))


def files() -> Iterator[tuple[str, Make]]:
    """All of them, by name."""
    rng = np.random.default_rng(SEED)
    for kind, solution in solutions():
        solution.save("sound.npz")
        whole = Path("sound.npz").read_bytes()
        with np.load(io.BytesIO(whole)) as file:
            sound = {name: file[name] for name in file.files}
        sets = [changed_arrays(sound, rng), changed_bytes(whole, rng)]
        if kind == "march":
            sets += [archives(sound), changed_heads(sound)]
        for name, make in itertools.chain(*sets):
            yield f"{kind}: {name}", make


def use(path: str) -> None:
    """Load a solution and do with it what people do."""
    solution = sj.load_solution(path)
    region = solution.problem.domain
    middle = [(low + high) / 2 for _, low, high in region]
    for corner in (middle, [low + (high - low) / 8 for _, low, high in region]):
        if solution.problem.domain.holds(np.array([corner]))[0]:
            solution(*corner)
            solution.evaluate(solution.problem.stated_unknowns[0], *corner, with_error=True)
    repr(solution)
    str(solution.report)
    solution.report._repr_html_()
    solution.save("again.npz")


def main() -> None:
    made = itertools.islice(files(), 0, None, trial.every().step)
    trial.begin()
    for name, make in made:
        with np.errstate(all="ignore"):
            Path("hostile.npz").write_bytes(make())
        trial.tell(name, *trial.tried(lambda: use("hostile.npz"), (sj.SigmajetError,)))


if __name__ == "__main__":
    main()

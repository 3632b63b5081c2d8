"""Try all inputs made to crash, hang or harm, and write a page of what became of them.

Run as a script it runs the others of this folder, each in a process and an empty folder of its own,
and writes docs/measurements/hostile.md; with `--check` it writes nothing. It ends with 1 and a list
where there are faults: errors that are no refusal, more than five seconds, code that was executed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PAGE = ROOT / "docs" / "measurements" / "hostile.md"
SCRIPTS = {
    "problem files": "hostile_files.py",
    "command lines": "hostile_commands.py",
    "saved solutions": "hostile_saved.py",
    "calls from Python": "hostile_calls.py",
    "requests": "hostile_requests.py",
    "materials": "hostile_materials.py",
}
SLOW = 5.0  # seconds of processor time that no input may take

Outcome = tuple[str, str, float]

HEAD = """# Hostile inputs

What people and programs send by mistake or in malice is answered or refused in words: without a
traceback, within five seconds of processor time and 4 GiB, with no code of it executed and no file
lost. `make hostile` tries all of these and writes this page:

- problem files: expressions of every kind that runs code, explodes or has no value, wherever a file
  may hold one, and files that are none;
- command lines: every option with numbers, expressions, places and names of files of this kind;
- saved solutions: archives that unfold to 4 GB, headers that lie, and sound files of seven kinds
  with bytes, arrays and words exchanged by a seed;
- calls from Python: every argument of the public functions by {things} things that it is not;
- requests to the explorer: without its token, with paths to elsewhere, bodies and texts;
- materials: interfaces at curves that are none, regions and jumps in files, enrichment, and tables
  from a pipe.

| kind | inputs | answered | refused | faults | slowest, s |
|---|--:|--:|--:|--:|--:|
"""


def tried(kind: str, every: int = 1) -> list[Outcome]:
    """What became of every so many inputs of a kind: name, outcome and seconds."""
    script = FOLDER / SCRIPTS[kind]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [sys.executable, script, str(every)], cwd=folder, capture_output=True, text=True
        )
        executed = [path.name for path in Path(folder).rglob("executed*")]
    if run.returncode:
        raise RuntimeError(f"{script.name} ended with {run.returncode}: {run.stderr[-2000:]}")
    found = [
        (str(name), str(what), float(s))
        for name, what, s in map(json.loads, run.stdout.splitlines())
    ]
    return found + [(name, "executed", 0.0) for name in executed]


def faults(found: list[Outcome]) -> list[Outcome]:
    """What is neither an answer nor a refusal, or took too long."""
    return [each for each in found if each[1] not in ("answered", "refused") or each[2] > SLOW]


def row(kind: str, found: list[Outcome]) -> str:
    """A line of the table."""
    counts = [sum(what == word for _, what, _ in found) for word in ("answered", "refused")]
    slowest = max(seconds for *_, seconds in found)
    cells = [kind, len(found), *counts, len(faults(found)), f"{slowest:.1f}"]
    return f"| {' | '.join(map(str, cells))} |\n"


def main() -> None:
    """Try all; write the page, or check alone."""
    from hostile_calls import ANYTHING  # which imports all of the package

    everything: list[Outcome] = []
    text = HEAD.format(things=len(ANYTHING))
    for kind in SCRIPTS:
        found = tried(kind)
        print(row(kind, found), end="", flush=True)
        text += row(kind, found)
        everything += found
    text += row("all", everything)
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    wrong = faults(everything)
    for name, what, seconds in wrong:
        print(f"{name}: {what} ({seconds:.1f} s)")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

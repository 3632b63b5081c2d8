"""Measure the house, room by room: `python tools/house.py [SOURCE]`.

For every folder its files, lines, floors (the longest chain of imports among its files) and
constants, see `constants.py`; then what holds for the whole: files that wait for each other,
directly or through others, and the imports between these. All imports count, late ones and those
for type checkers too.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

from constants import SOURCE, constants


def imports(file: Path, source: Path) -> set[Path]:
    """Return the files of the package that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            folder = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for alias in node.names:
                for name in (folder / alias.name, folder):
                    if name.with_suffix(".py").exists():
                        found.add(name.with_suffix(".py"))
                        break
                    if (name / "__init__.py").exists():
                        found.add(name / "__init__.py")
                        break
    return found - {file, source / "__init__.py"}


def circles(graph: dict[Path, set[Path]]) -> list[set[Path]]:
    """Return the sets of files that reach each other (Tarjan's strong components)."""
    number: dict[Path, int] = {}
    low: dict[Path, int] = {}
    stack: list[Path] = []
    found = []

    def visit(node: Path) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in graph[node]:
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            members = set(stack[stack.index(node) :])
            del stack[stack.index(node) :]
            if len(members) > 1:
                found.append(members)

    for node in graph:
        if node not in number:
            visit(node)
    return found


def floors(files: set[Path], graph: dict[Path, set[Path]]) -> int:
    """Return the number of files on the longest chain of imports among some."""
    heights: dict[Path, int] = {}

    def height(file: Path, above: frozenset[Path]) -> int:
        if file not in heights:
            below = (graph[file] & files) - above - {file}
            heights[file] = 1 + max((height(other, above | {file}) for other in below), default=0)
        return heights[file]

    return max(height(file, frozenset()) for file in files)


def main() -> None:
    """Print the table."""
    source = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else SOURCE
    files = sorted(source.rglob("*.py"))
    graph = {file: imports(file, source) for file in files}
    folders: dict[Path, set[Path]] = defaultdict(set)
    for file in files:
        folders[file.parent].add(file)
    print(f"{'folder':34} files  lines floors constants")
    totals = [0, 0, 0]
    for folder, members in sorted(folders.items()):
        lines = sum(len(f.read_text(encoding="utf-8").splitlines()) for f in members)
        steer = sum(len(list(constants(ast.parse(f.read_text(encoding="utf-8"))))) for f in members)
        name = folder.relative_to(source).as_posix()
        print(f"{name:34} {len(members):5} {lines:6} {floors(members, graph):6} {steer:9}")
        totals = [t + n for t, n in zip(totals, (len(members), lines, steer), strict=True)]
    print(f"{'in all':34} {totals[0]:5} {totals[1]:6} {'':6} {totals[2]:9}")
    found = circles(graph)
    waiting = sum(len(graph[file] & circle) for circle in found for file in circle)
    print(f"largest folder: {max(map(len, folders.values()))} files")
    print(f"circles: {len(found)}, of {sum(map(len, found))} files; imports inside them: {waiting}")


if __name__ == "__main__":
    main()

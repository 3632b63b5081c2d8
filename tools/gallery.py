"""The page docs/guide/examples.md: the Python files of examples/, each run, with its picture.

    python tools/gallery.py [NAME...]

An example opens with a docstring in Markdown, which heads its section, and leaves a `solution` and
a `figure`. An assertion in it that fails stops everything. The page is made from the files
alone; only the pictures, all or those named, take solving.
"""

from __future__ import annotations

import ast
import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "guide" / "examples.md"
PICTURES = ROOT / "docs" / "images" / "examples"
DPI = 90  # pictures of 400 to 600 pixels, below 100 kB

# Simple ones first.
NAMES = ("bratu", "soil", "helmholtz", "plate", "outflow", "kovasznay", "cavity")

HEAD = """# Examples

Each is a file of `examples/` that a test runs, with the assertions that it holds.
`make examples` writes this page and its pictures again.
"""


def page() -> str:
    """The Markdown of the page."""
    return "\n".join([HEAD, *map(section, NAMES)])


def section(name: str) -> str:
    """The Markdown of one example."""
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    text = ast.get_docstring(tree)
    if not text:
        raise SystemExit(f"{name}: an example opens with a docstring")
    title = text.splitlines()[0].removeprefix("# ")
    code = "".join(source.splitlines(keepends=True)[tree.body[0].end_lineno :]).strip()
    picture = f"![{title}](../images/examples/{name}.png)"
    return f'#{text.rstrip()}\n\n{picture}\n\n```py title="examples/{name}.py"\n{code}\n```\n'


def draw(name: str) -> None:
    """Run an example and write its picture."""
    left = runpy.run_path(str(EXAMPLES / f"{name}.py"))
    left["figure"].savefig(PICTURES / f"{name}.png", dpi=DPI)
    print(f"{name}: error estimate {left['solution'].error_estimate:.1e}")


if __name__ == "__main__":
    os.chdir(ROOT)
    PAGE.write_text(page(), encoding="utf-8")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for chosen in sys.argv[1:] or NAMES:
        draw(chosen)

"""The page docs/guide/examples.md: the files of examples/, each run, with its picture.

    python tools/gallery.py [NAME...]

An example in Python opens with a docstring in Markdown, which heads its section, and leaves a
`solution` and a `figure`; an assertion in it that fails stops everything. A problem file opens with
comments, which stand below its title. The page is made from the files alone; only the pictures, all
or those named, take solving.
"""

from __future__ import annotations

import ast
import os
import runpy
import sys
import tomllib
from pathlib import Path

import sigmajet as sj

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PAGE = ROOT / "docs" / "guide" / "examples.md"
PICTURES = ROOT / "docs" / "images" / "examples"
DPI = 90  # pictures of 400 to 600 pixels, below 100 kB
# Inches of curves: on a screen of 358 pixels their text still has ten.
CURVES = 4.8, 3.8

# Simple ones first.
NAMES = ("bratu", "soil", "helmholtz", "plate", "outflow", "kovasznay", "cavity")

FILES = ("poisson", "layer", "beam", "reaction_diffusion", "burgers")

HEAD = """# Examples

Each is a file of `examples/` that a test runs, with the assertions that it holds.
`make examples` writes this page and its pictures again.
"""

FILES_HEAD = """## Problem files

What follows takes no Python: `sigmajet solve examples/beam.toml --plot beam.png`.
"""


def page() -> str:
    """The Markdown of the page."""
    return "\n".join([HEAD, *map(section, NAMES), FILES_HEAD, *map(file_section, FILES)])


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


def file_section(name: str) -> str:
    """The Markdown of a problem file."""
    source = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    title = tomllib.loads(source)["title"]
    lines = source.splitlines()
    comments = [line[2:] for line in lines[: lines.index("")] if line.startswith("# ")]
    code = "\n".join(lines[len(comments) :])
    text = "\n".join(comments).replace("*", r"\*")  # products, not emphasis
    picture = f"![{title}](../images/examples/{name}.png)"
    # With a space before it the language is shown, and tests do not write the file again.
    block = f'``` toml title="examples/{name}.toml"\n{code}\n```'
    return f"### {title}\n\n{text}\n\n{picture}\n\n{block}\n"


def draw(name: str) -> None:
    """Run an example and write its picture."""
    if name in FILES:
        solution = sj.solve(sj.load_problem(EXAMPLES / f"{name}.toml"))
        # A map of a residual is noise, which takes ten times the bytes.
        figure = solution.plot(residual=len(solution.problem.variables) == 1)
    else:
        left = runpy.run_path(str(EXAMPLES / f"{name}.py"))
        solution, figure = left["solution"], left["figure"]
    dpi = DPI
    if len(solution.problem.variables) == 1:
        dpi = round(DPI * figure.get_figwidth() / CURVES[0])  # as wide on a page as it was
        figure.set_size_inches(*CURVES)
    figure.savefig(PICTURES / f"{name}.png", dpi=dpi)
    print(f"{name}: error estimate {solution.error_estimate:.1e}")


if __name__ == "__main__":
    os.chdir(ROOT)
    PAGE.write_text(page(), encoding="utf-8")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for chosen in sys.argv[1:] or [*NAMES, *FILES]:
        draw(chosen)

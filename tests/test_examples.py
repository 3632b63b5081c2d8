"""The examples run, hold what they assert, and are what their page shows."""

import importlib.util
import runpy
from pathlib import Path

import matplotlib.figure
import pytest

ROOT = Path(__file__).parent.parent

_spec = importlib.util.spec_from_file_location("gallery", ROOT / "tools" / "gallery.py")
gallery = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(gallery)

SLOW = {"kovasznay", "outflow", "cavity"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if n in SLOW else []) for n in gallery.NAMES],
)
def test_the_example_runs_and_holds_what_it_asserts(name):
    left = runpy.run_path(str(ROOT / "examples" / f"{name}.py"))
    assert left["solution"].converged
    assert isinstance(left["figure"], matplotlib.figure.Figure)


@pytest.mark.parametrize("kind", ["py", "toml"])
def test_every_example_is_on_the_page(kind):
    shown = {"py": gallery.NAMES, "toml": gallery.FILES}[kind]
    assert sorted(shown) == sorted(f.stem for f in (ROOT / "examples").glob(f"*.{kind}"))


def test_the_page_is_what_the_gallery_makes():
    """Otherwise: make examples."""
    assert gallery.PAGE.read_text(encoding="utf-8") == gallery.page()


@pytest.mark.parametrize("name", [*gallery.NAMES, *gallery.FILES])
def test_pictures_are_small(name):
    size = (gallery.PICTURES / f"{name}.png").stat().st_size
    assert 5_000 < size < 150_000

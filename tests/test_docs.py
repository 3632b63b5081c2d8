"""The pages are true: their code runs, their numbers are measured, their links lead somewhere."""

import contextlib
import doctest
import gc
import importlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

import pages
import sigmajet as sj
from sigmajet.cli import main

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MODULES = [
    ".".join(file.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
    for file in sorted((ROOT / "src").rglob("*.py"))
]
BLOCK = re.compile(
    r'^```(?P<language>python|console|toml)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$',
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"\]\((?!https?:|#)(?P<target>[^)#\s]+)")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@contextlib.contextmanager
def nothing_collected() -> Iterator[None]:
    """No garbage is collected: doctest walks linecache, and SymPy removes dead functions there."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def run_session(text: str, namespace: dict[str, object], where: str) -> None:
    """Run a block of >>> lines and compare what it prints."""
    test = doctest.DocTestParser().get_doctest(text, namespace, where, where, 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    with nothing_collected():
        result = runner.run(test, out=report.append, clear_globs=False)
    namespace.update(test.globs)
    assert result.attempted > 0, where
    assert result.failed == 0, "".join(report)


def run_console(text: str, capsys: pytest.CaptureFixture[str], where: str) -> None:
    """Run each `$ sigmajet ...` line and compare what it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "sigmajet", f"{where}: {command}"
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main(arguments)
        output = capsys.readouterr()
        assert leaving.value.code in (0, None), f"{where}: {command}\n{output.err}"
        assert doctest.OutputChecker().check_output(expected, output.out, FLAGS), (
            f"{where}: {command}\nexpected\n{expected}\ngot\n{output.out}"
        )


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_example_of_a_page_runs(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__main__"}
    source = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(source):
        where = f"{named(page)}, line {source.count(chr(10), 0, block.start()) + 1}"
        if block["language"] == "toml":
            statement = tmp_path / (block["title"] or "statement.toml")
            statement.write_text(block["text"], encoding="utf-8")
            sj.load_problem(statement)
        elif block["language"] == "console":
            run_console(block["text"], capsys, where)
        elif block["text"].startswith(">>>"):
            run_session(block["text"], namespace, where)
        else:
            exec(compile(block["text"], where, "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        assert (page.parent / link["target"]).exists(), link["target"]


@pytest.mark.parametrize("module", MODULES)
def test_every_example_of_a_docstring_runs(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = importlib.import_module(module)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in doctest.DocTestFinder(exclude_empty=True).find(loaded):
        with nothing_collected():
            runner.run(test, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)


def test_every_page_is_in_the_navigation() -> None:
    named = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:")[1].split("\n\n")[0]
    for page in (ROOT / "docs").rglob("*.md"):
        assert f": {page.relative_to(ROOT / 'docs')}\n" in named + "\n", (
            f"add {page.name} to mkdocs.yml"
        )


def test_site_builds_strictly_and_needs_no_network(tmp_path: Path) -> None:
    build = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert build.returncode == 0, build.stderr
    mathematics = (tmp_path / "explanation" / "mathematics" / "index.html").read_text(
        encoding="utf-8"
    )
    assert "<math" in mathematics
    assert "arithmatex" not in mathematics, "a formula was not turned into MathML"
    loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?://[^"]+)"', mathematics)
    assert loaded == []


def test_the_font_of_formulas_is_shipped_and_stretches_brackets() -> None:
    styles = ROOT / "docs" / "css" / "sigmajet.css"
    (target,) = re.findall(r'url\("([^"]+)"\)', styles.read_text(encoding="utf-8"))
    assert target == f"../fonts/{pages.FONT.name}"
    font = TTFont(pages.FONT)
    primes_and_brackets = {0x2032, 0x2057, 0x239B, 0x23A7, 0x7B, 0x28}
    assert "MATH" in font
    assert primes_and_brackets <= set(font.getBestCmap())


def test_formulas_have_all_their_primes_and_space_behind_functions() -> None:
    page = pages.on_page_content(
        "<p><span class=\"arithmatex\">\\(u''''\\)</span>, "
        '<span class="arithmatex">\\(r \\log r\\)</span>, '
        '<span class="arithmatex">\\(\\cos(x)\\)</span></p>'
    )
    assert page.count('<span class="unbroken"><math') == 2, "a comma behind opens no line"
    assert re.search("<mi>u</mi><mo [^>]*>&#x02057;</mo>", page), "raised once, by its glyph"
    assert re.findall("<mi>([a-z]{2,})</mi><mspace", page) == ["log"]


def test_every_example_has_a_picture_and_no_picture_is_wider_than_a_page_without_a_word() -> None:
    shown = dict[str, str]()
    for page in (ROOT / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        for target, marked in re.findall(r"!\[[^\]]*\]\(([^)]+)\)(\{ \.wide \})?", text):
            picture = (page.parent / target).resolve()
            shown[picture.stem] = marked
            with Image.open(picture) as opened:
                assert opened.width <= 600 or marked, picture.name
    examples = {
        file.stem for file in (ROOT / "examples").iterdir() if file.suffix in (".py", ".toml")
    }
    assert examples <= set(shown)


def test_numbers_in_a_text_are_not_broken_and_code_is_left_alone() -> None:
    page = '<p title="1e-5">at 1.3e-15, v1.3e-15</p><pre>2e-7</pre>'
    mended = '<p title="1e-5">at <span class="unbroken">1.3e-15</span>, v1.3e-15</p><pre>2e-7</pre>'
    assert pages.on_page_content(page) == mended


def load_benchmark(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def numbers(table: str) -> np.ndarray:
    rows = [line.strip("| ").split("|") for line in table.strip().splitlines()[2:]]
    return np.array(rows, dtype=float)


def test_tables_of_the_power_sum_are_what_the_benchmark_measures() -> None:
    benchmark = load_benchmark("power_sum_table")
    with np.errstate(all="ignore"):
        measured = numbers(benchmark.markdown(benchmark.rows()))
    for page in benchmark.PAGES:
        marked = benchmark.MARKED.search(page.read_text(encoding="utf-8"))
        printed = numbers(marked[0].split("-->\n")[1].split("<!--")[0])
        # Rounding errors differ in the last place between the exponentials of NumPy's processors.
        np.testing.assert_array_equal(printed[:, 0], measured[:, 0])
        np.testing.assert_allclose(
            np.log10(np.maximum(printed, 1e-16)), np.log10(np.maximum(measured, 1e-16)), atol=0.7
        )

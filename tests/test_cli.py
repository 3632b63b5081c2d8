"""The command line: what goes to which stream, with which exit code, and how it complains."""

import subprocess
import sys

import mpmath
import pytest

import sigmajet as sj
from sigmajet.cli import main

Capture = pytest.CaptureFixture[str]


def run(*arguments: str) -> int:
    """Return the exit code of a command."""
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    code = leaving.value.code
    assert code is None or isinstance(code, int)
    return code or 0


def complaint(capsys: Capture) -> str:
    """Return what was said on standard error, as one line without the frame around it."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return " ".join(captured.err.replace("│", " ").split())


def test_help_shows_every_verb_and_how_to_start(capsys: Capture) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    for word in (
        "solve",
        "derivative",
        "coefficients",
        "evaluate",
        "plot",
        "examples/burgers.toml",
    ):
        assert word in text


def test_version_is_the_package_s(capsys: Capture) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"sigmajet {sj.__version__}\n"


def test_installed_command_is_this_one() -> None:
    code = "import importlib.metadata as m; m.entry_points(name='sigmajet')['sigmajet'].load()()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"sigmajet {sj.__version__}\n"


def test_derivative_prints_every_bit_of_the_double(capsys: Capture) -> None:
    points = ["-40", "-1e-3", "0", "0.5", "20"]
    assert run("derivative", "3", *points) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [float(line) for line in lines] == [float(sj.sigmoid(3, float(x))) for x in points]


def test_derivative_with_digits_takes_decimals_and_fractions_as_written(capsys: Capture) -> None:
    assert run("derivative", "1000", "0.1", "1/10", "--digits", "30") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert len(first.partition("e")[0].replace(".", "")) == 30
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(first) / sj.exact.evaluate(1000, "0.1", 60) - 1) < mpmath.mpf("1e-29")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["3", "half"], "X should be a number, got 'half'"),
        (["3", "1/0", "--digits", "5"], "X should be a number, got '1/0'"),
        (["201", "0"], "--digits"),
        (["-1", "0"], "'N'"),
        (["3"], "Missing argument"),
    ],
)
def test_wrong_arguments_are_named(arguments: list[str], words: str, capsys: Capture) -> None:
    assert run("derivative", *arguments) == 2
    assert words in complaint(capsys)


def test_coefficients_are_those_of_the_closed_form(capsys: Capture) -> None:
    for order in (0, 1, 3, 40):
        assert run("coefficients", str(order)) == 0
        printed = tuple(map(int, capsys.readouterr().out.split()))
        assert printed == sj.exact.coefficients(order)
    assert run("coefficients", "6", "--eulerian") == 0
    assert tuple(map(int, capsys.readouterr().out.split())) == sj.exact.eulerian(6)


def test_integers_longer_than_python_prints_by_default(capsys: Capture) -> None:
    before = sys.get_int_max_str_digits()
    assert run("coefficients", "1600") == 0
    assert max(map(len, capsys.readouterr().out.split())) > before
    assert sys.get_int_max_str_digits() == before

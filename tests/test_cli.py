"""The command line: what goes to which stream, with which exit code, and how it complains."""

import csv
import io
import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import mpmath
import numpy as np
import pytest

import sigmajet as sj
from sigmajet.cli import main, output
from sigmajet.solution.status import Status

Capture = pytest.CaptureFixture[str]

SINE = """
title = "Half a sine"
unknowns = "u(x)"
equations = "diff(u, x, 2) = -k*u"
conditions = ["u(0) = 0", "u(pi/2) = 1"]
[domain]
x = [0, "pi/2"]
[parameters]
k = 1
[solve]
tol = 1e-9
"""


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
        "sigmajet new bvp",
    ):
        assert word in text


def test_version_is_the_package_s(capsys: Capture) -> None:
    assert run("--version") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"sigmajet {sj.__version__}"
    assert "loops" in second
    assert f"numpy {np.__version__}" in second


def test_installed_command_is_this_one() -> None:
    code = "import importlib.metadata as m; m.entry_points(name='sigmajet')['sigmajet'].load()()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[0] == f"sigmajet {sj.__version__}"


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
        (["99999999999999999999", "1"], "N = 1.000e+20: at most 200, or 2000 with --digits"),
        (["3", "1e1000000", "--digits", "20"], "X = 1e1000000: with --digits its size is"),
        (["3", "nan", "--digits", "20"], "X should be a number, got 'nan'"),
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working directory that holds sine.toml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sine.toml").write_text(SINE)
    return tmp_path


@pytest.fixture
def sine(folder: Path, capsys: Capture) -> Path:
    """Return the saved solution of sine.toml."""
    assert run("solve", "sine.toml", "--save", "sine.npz") == 0
    capsys.readouterr()
    return folder / "sine.npz"


def test_solve_reports_draws_and_saves(folder: Path, capsys: Capture) -> None:
    assert run("solve", "sine.toml", "--plot", "sine.png", "--save", "sine.npz") == 0
    captured = capsys.readouterr()
    assert captured.err == ""  # no progress bar where no terminal shows it
    for word in ("Half a sine", "method steady", "width", "residual", "error estimate", "1.0e-09"):
        assert word in captured.out
    assert "converged: relative error about" in captured.out
    assert (folder / "sine.png").read_bytes().startswith(b"\x89PNG")
    assert sj.load_solution("sine.npz").report.tol == 1e-9


def test_the_table_of_attempts_is_whole_on_a_narrow_terminal(sine: Path, capsys: Capture) -> None:
    solution = sj.load_solution("sine.npz")
    (attempt,) = solution.report.attempts[:1]
    large = replace(attempt, blocks=262_144, width=4096, residual=1.2e-300, seconds=99_999.5)
    statuses = [replace(large, status=status) for status in Status]
    solution.report = replace(solution.report, attempts=tuple(statuses))
    output.print_report(solution, "title")
    lines = capsys.readouterr().out.splitlines()[1 : 2 + len(statuses)]
    assert all("s" in line for line in lines)
    assert max(map(len, lines)) <= 60
    assert len({len(line) for line in lines}) == 1


def test_options_override_those_of_the_file(folder: Path, capsys: Capture) -> None:
    options = ["--tol", "1e-3", "--width", "30", "--seed", "5", "--method", "steady"]
    assert run("solve", "sine.toml", "--save", "sine.npz", *options) == 0
    report = sj.load_solution("sine.npz").report
    assert (report.tol, report.width, report.seed) == (1e-3, 30, 5)
    assert "asked for" in capsys.readouterr().out


BRATU = """
unknowns = "u(x)"
equations = "diff(u, x, 2) + k*exp(u) = 0"
conditions = ["u(0) = 0", "u(1) = 0"]
[domain]
x = [0, 1]
[parameters]
k = 1
[solve]
"""


def test_the_guess_of_a_file_chooses_among_solutions(folder: Path, capsys: Capture) -> None:
    (folder / "bratu.toml").write_text(BRATU + 'guess = "16*x*(1 - x)"')
    assert run("solve", "bratu.toml", "--save", "bratu.npz") == 0
    # u = 2 log(cosh(c)/cosh(c (1 - 2 x))) with the larger root of cosh(c) = c sqrt(8).
    assert float(sj.load_solution("bratu.npz")(0.5)) == pytest.approx(4.0914672, abs=1e-6)


def test_the_easy_parameters_of_a_file_are_where_the_solve_starts(
    folder: Path, capsys: Capture
) -> None:
    (folder / "bratu.toml").write_text(BRATU + "continuation = {k = 0.1}")
    assert run("solve", "bratu.toml", "--save", "bratu.npz") == 0
    assert float(sj.load_solution("bratu.npz")(0.5)) == pytest.approx(0.1405392, abs=1e-6)
    assert "from k = 0.1" in " ".join(capsys.readouterr().out.split())


def test_the_event_of_a_file_ends_the_solve(folder: Path, capsys: Capture) -> None:
    text = SINE.replace('"u(pi/2) = 1"', '"diff(u, x)(0) = 1"')
    for event in ("u = 1/2", "u - 1/2"):
        (folder / "event.toml").write_text(text + f'stop_when = "{event}"')
        assert run("solve", "event.toml", "--save", "event.npz") == 0
        stopped = sj.load_solution("event.npz").report.stopped
        assert stopped == pytest.approx(math.pi / 6, abs=1e-9)
        assert "stopped at x = 0.52359" in capsys.readouterr().out


HEAT = """
unknowns = "u(x, t)"
equations = "diff(u, t) = diff(u, x, 2)"
conditions = ["u(x, 0) = sin(pi*x)", "u(0, t) = 0", "u(1, t) = 0"]
time = "t"
[domain]
x = [0, 1]
t = [0, 0.1]
[solve]
tol = 1e-4
"""


def test_a_checkpoint_is_written_and_gone_on_from(folder: Path, capsys: Capture) -> None:
    (folder / "heat.toml").write_text(HEAT)
    arguments = ("solve", "heat.toml", "--checkpoint", "run.npz")
    assert run(*arguments) == 0
    assert (folder / "run.npz").exists()
    assert run(*arguments) == 0
    capsys.readouterr()
    assert run(*arguments, "--tol", "1e-5") == 2
    assert "run.npz is of a solve of tol = 0.0001" in complaint(capsys)


def test_missed_tolerance_is_loud_and_keeps_the_best_solution(
    folder: Path, capsys: Capture
) -> None:
    arguments = ["--tol", "1e-15", "--width", "12", "--save", "sine.npz", "--plot", "sine.png"]
    assert run("solve", "sine.toml", *arguments) == 1
    captured = capsys.readouterr()
    assert "NOT CONVERGED" in captured.err
    assert "above tol = 1.0e-15" in captured.err
    assert "converged: relative" not in captured.out
    assert not sj.load_solution("sine.npz").converged
    assert (folder / "sine.png").exists()


def test_a_picture_that_cannot_be_drawn_is_refused_before_the_solve(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigmajet.solve", lambda *_, **__: pytest.fail("it was solved"))
    assert run("solve", "sine.toml", "--plot", "sine.pmg", "--save", "sine.npz") == 2
    assert ".pmg" in capsys.readouterr().err


def test_a_title_is_no_markup(folder: Path, capsys: Capture) -> None:
    text = (folder / "sine.toml").read_text()
    (folder / "title.toml").write_text(text.replace('title = "', 'title = "[/b] [a, b] '))
    assert run("solve", "title.toml") == 0
    assert "[/b] [a, b]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("diff(u, x, 2)", "diff(u, z, 2)", "equations[0], column"),
        ("title", "titel", "titel: unknown key"),
        ('"u(0) = 0", ', "", "take 2"),
        ("tol = 1e-9", "tol = -1", "solve.tol"),
        ("tol = 1e-9", 'guess = "sin(y)"', "solve.guess, column 5: unknown name y"),
        ("[domain]", "[domain", "not TOML"),
    ],
)
def test_wrong_statement_is_a_sentence_and_exit_code_2(
    old: str, new: str, words: str, folder: Path, capsys: Capture
) -> None:
    (folder / "wrong.toml").write_text(SINE.replace(old, new))
    assert run("solve", "wrong.toml") == 2
    message = complaint(capsys)
    assert message.startswith("error: ")
    assert "wrong.toml" in message
    assert words in message


def test_missing_file_and_missing_folder_are_told_before_solving(
    folder: Path, capsys: Capture
) -> None:
    assert run("solve", "nowhere.toml") == 2
    assert "nowhere.toml" in complaint(capsys)
    assert run("solve", "sine.toml", "--plot", "nowhere/sine.png") == 2
    assert "nowhere" in complaint(capsys)  # which holds that no report was printed
    assert run("solve", "sine.toml", "--checkpoint", "nowhere/run.npz") == 2
    assert "nowhere" in complaint(capsys)
    assert run("solve", "sine.toml", "--checkpoint", "run.npz") == 2
    assert "checkpoint: used by evolutions in time and deep networks alone" in complaint(capsys)


def test_evaluate_prints_values_at_points(sine: Path, capsys: Capture) -> None:
    assert run("evaluate", "sine.npz", "--at", "x=0.5", "--at", "x=1") == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == ["x", "u"]
    for row, x in zip(rows[1:], (0.5, 1.0), strict=True):
        assert float(row[0]) == x
        assert float(row[1]) == pytest.approx(math.sin(x), abs=1e-8)


def test_evaluate_reads_expressions_as_a_problem_file_does(sine: Path, capsys: Capture) -> None:
    assert run("evaluate", "sine.npz", "--at", "x=1", "--expression", "k*diff(u, x)**2 + x") == 0
    heads, values = csv.reader(io.StringIO(capsys.readouterr().out))
    assert heads == ["x", "k*diff(u, x)**2 + x"]
    assert float(values[1]) == pytest.approx(math.cos(1) ** 2 + 1, abs=1e-7)


def test_evaluate_reads_its_own_output_back(
    sine: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("evaluate", "sine.npz", "--at", "x=0.25", "--at", "x=0.75") == 0
    first = capsys.readouterr().out
    (sine.parent / "points.csv").write_text(first)
    assert run("evaluate", "sine.npz", "--points", "points.csv") == 0
    assert capsys.readouterr().out == first
    monkeypatch.setattr("sys.stdin", io.StringIO(first))
    assert run("evaluate", "sine.npz", "--points", "-") == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no point"),
        (["--at", "y=1"], "x=.."),
        (["--at", "x=1,x=1"], "each of x once"),
        (["--at", "x=one"], "x should be a number, got 'one'"),
        (["--at", "x=9"], "outside the domain"),
        (["--at", "x=1", "--expression", "__import__('os')"], "--expression, column 1"),
        (["--at", "x=1", "--expression", "w + 1"], "unknown name w"),
        (["--points", "nowhere.csv"], "nowhere.csv: cannot be read: No such file"),
        (["--points", "heads.csv"], "there is none for 'x'"),
        (["--points", "words.csv"], "words.csv, line 3"),
    ],
)
def test_evaluate_names_what_it_cannot_use(
    arguments: list[str], words: str, sine: Path, capsys: Capture
) -> None:
    (sine.parent / "heads.csv").write_text("y\n1\n")
    (sine.parent / "words.csv").write_text("x\n1\ntwo\n")
    assert run("evaluate", "sine.npz", *arguments) == 2
    assert words in complaint(capsys)


@pytest.mark.parametrize("verb", ["evaluate", "plot"])
@pytest.mark.parametrize("contents", [None, b"", b"PK\x03\x04 half a file"])
def test_damaged_solution_is_refused(
    verb: str, contents: bytes | None, folder: Path, capsys: Capture
) -> None:
    if contents is not None:
        (folder / "broken.npz").write_bytes(contents)
    assert run(verb, "broken.npz", *(["--at", "x=1"] if verb == "evaluate" else [])) == 2
    assert "broken.npz" in complaint(capsys)


def test_plot_draws_beside_the_solution_unless_told_where(sine: Path, capsys: Capture) -> None:
    assert run("plot", "sine.npz") == 0
    assert run("plot", "sine.npz", "-o", "other.svg") == 0
    assert sine.with_suffix(".png").exists()
    assert sine.with_name("other.svg").exists()
    assert run("plot", "sine.npz", "-o", "chosen.pdf", "--expression", "u''", "--no-residual") == 0
    assert run("plot", "sine.npz", "--expression", "w") == 2
    assert run("plot", "sine.npz", "--at", "x") == 2
    assert run("plot", "sine.npz", "-o", "other.txt") == 2
    assert "'.txt' names no picture format" in capsys.readouterr().err


def test_help_runs_as_a_module_too() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "sigmajet", "derivative", "1", "0"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "0.25\n"


@pytest.mark.parametrize("kind", ["ivp", "bvp", "system", "poisson", "heat", "wave"])
def test_every_template_is_a_statement_that_solves(
    kind: str, folder: Path, capsys: Capture
) -> None:
    assert run("new", kind) == 0
    Path("mine.toml").write_text(capsys.readouterr().out)
    assert run("solve", "mine.toml") == 0


def test_check_says_what_was_understood(folder: Path, capsys: Capture) -> None:
    assert run("check", "sine.toml", "-p", "k=4") == 0
    text = capsys.readouterr().out
    for words in ("Half a sine", "k = 4", "diff(u, x, 2) = -k*u", "linear", "method steady"):
        assert words in text
    assert run("check", "sine.toml", "--latex") == 0
    assert r"\frac{d^{2}}{d x^{2}} u" in capsys.readouterr().out


def test_parameters_and_standard_input(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(SINE))
    assert run("solve", "-", "-p", "k=1/4", "--save", "quarter.npz") == 0
    capsys.readouterr()
    values = sj.load_solution("quarter.npz")
    assert float(values(math.pi / 2)) == pytest.approx(1.0, abs=1e-8)
    assert float(values(1.0)) == pytest.approx(math.sin(0.5) / math.sin(math.pi / 4), abs=1e-8)
    assert run("solve", "sine.toml", "-p", "q=1") == 2
    assert "expected a parameter of it: k" in complaint(capsys)


class Endless(io.StringIO):
    """A stream that never ends: who asks for all of it waits for ever."""

    def read(self, size: int | None = -1) -> str:
        assert size is not None
        assert size >= 0
        return "y" * size

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        return self.read(size)


@pytest.mark.parametrize("command", [["solve", "-"], ["evaluate", "sine.npz", "--points", "-"]])
def test_standard_input_may_be_endless_closed_or_no_text(
    sine: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    bytes_ = io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), encoding="utf-8")
    for stream, words in ((Endless(), ""), (None, "is closed"), (bytes_, "is not UTF-8")):
        monkeypatch.setattr("sys.stdin", stream)
        assert run(*command) == 2
        assert words in complaint(capsys)


def test_the_report_as_json(folder: Path, capsys: Capture) -> None:
    assert run("solve", "sine.toml", "--json", "--save", "sine.npz") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["converged"] is True
    assert told["status"] == "converged"
    assert 0 < told["error_estimate"] < 1e-9
    assert told["attempts"]


def test_grids_constants_and_several_expressions(sine: Path, capsys: Capture) -> None:
    arguments = ["--at", "x=0:pi/2:3", "--expression", "u", "--expression", "diff(u, x)"]
    assert run("evaluate", "sine.npz", *arguments) == 0
    head, *rows = csv.reader(capsys.readouterr().out.splitlines())
    assert head == ["x", "u", "diff(u, x)"]
    table = np.array(rows, dtype=float)
    assert table[:, 0] == pytest.approx([0.0, math.pi / 4, math.pi / 2])
    assert table[:, 1] == pytest.approx(np.sin(table[:, 0]), abs=1e-8)
    assert table[:, 2] == pytest.approx(np.cos(table[:, 0]), abs=1e-7)


@pytest.mark.parametrize("target", ["sine.toml", "link.toml", "/dev/null"])
def test_no_input_and_no_device_is_written_over(target: str, folder: Path, capsys: Capture) -> None:
    before = Path("sine.toml").read_text()
    Path("link.toml").symlink_to("sine.toml")
    assert run("solve", "sine.toml", "--save", target) == 2
    assert Path("sine.toml").read_text() == before
    assert not Path("/dev/null").is_file()
    assert "error:" in complaint(capsys)


def test_the_report_comes_before_a_file_that_cannot_be_written(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    assert run("solve", "sine.toml", "--save", "sine.npz", "--plot", "sine.png") == 2
    captured = capsys.readouterr()
    assert "converged: relative error" in captured.out
    assert "picture   sine.png" in captured.out
    assert "no solution: sine.npz: cannot be written: No space left on device" in captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["coefficients", "100000"],
        ["derivative", "100000", "1", "--digits", "20"],
        ["derivative", "3", "1e1000000", "--digits", "20"],
        ["derivative", "99999999999999999999", "1"],
    ],
)
def test_what_would_take_for_ever_is_refused_at_once(arguments: list[str], capsys: Capture) -> None:
    assert run(*arguments) == 2
    assert "Error" in complaint(capsys)


def test_nothing_that_controls_a_terminal_is_printed(folder: Path, capsys: Capture) -> None:
    Path("title.toml").write_text(SINE.replace("Half a sine", r"\u001b[31mred"))
    assert run("solve", "title.toml") == 0
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert "[31mred" in captured.out


def test_a_fault_of_ours_is_one_line_and_exit_code_3(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr("sigmajet.exact.coefficients_by_recurrence", broken)
    assert run("coefficients", "3") == 3
    told = complaint(capsys)
    assert told.startswith("internal error: ZeroDivisionError: by accident")
    assert "please report" in told


def test_what_is_not_finite_is_null_in_json(capsys: Capture) -> None:
    assert output._finite({"a": [math.nan, -math.inf, 1.5], "b": "x"}) == {
        "a": [None, None, 1.5],
        "b": "x",
    }


@pytest.mark.filterwarnings("default")
def test_a_warning_is_a_line_without_code(folder: Path, capsys: Capture) -> None:
    (folder / "exponential.toml").write_text(
        """
unknowns = "u(x, y)"
equations = "u_xx + u_yy = 0"
conditions = ["u(0, y) = sin(y)", "u(1, y) = E*sin(y)", "u(x, 0) = 0", "u(x, 1) = exp(x)*sin(1)"]
[domain]
x = [0, 1]
y = [0, 1]
"""
    )
    assert run("solve", "exponential.toml", "--save", "plane.npz") == 0
    capsys.readouterr()
    assert run("evaluate", "plane.npz", "--at", "x=0,y=0", "--expression", "diff(u, x, 14)") == 0
    said = capsys.readouterr()
    assert said.err.startswith("warning: no digit of Derivative(u(x, y), (x, 14)) is certain")
    assert said.err.count("\n") == 1
    assert said.out.startswith('x,y,"diff(u, x, 14)"')

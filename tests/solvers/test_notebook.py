"""In a notebook problems, solutions, reports and figures show themselves, and progress is a bar."""

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "problem": """
import sympy as sp
import sigmajet as sj
x, u = sp.symbols("x"), sp.Function("u")
problem = sj.Problem(
    sp.Eq(u(x).diff(x, 2), -u(x)), u(x), {x: (0, 1)}, [sp.Eq(u(0), 0), sp.Eq(u(1), sp.sin(1))]
)
problem""",
    "solve": "solution = sj.solve(problem, progress=True)",
    "solution": "solution",
    "report": "solution.report",
    "plot": "solution.plot()",
    "silent": "sj.solve(problem).converged",
    "fails": "sj.solve(problem, tol=1e-30, progress=True)",
}


@pytest.fixture(scope="module")
def outputs():
    """What each cell shows."""
    cells = {name: nbformat.v4.new_code_cell(source) for name, source in CELLS.items()}
    notebook = nbformat.v4.new_notebook(cells=list(cells.values()))
    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    return {name: cell.outputs for name, cell in zip(cells, notebook.cells, strict=True)}


def test_no_cell_but_the_last_fails(outputs):
    failed = [name for name in CELLS if any(o.output_type == "error" for o in outputs[name])]
    assert failed == ["fails"]
    assert outputs["fails"][-1].ename == "NotConverged"


def test_a_problem_is_typeset(outputs):
    (shown,) = outputs["problem"]
    assert r"\frac{d^{2}}{d x^{2}} u" in shown.data["text/latex"]


def test_progress_is_one_bar_that_is_brought_up_to_date_and_nothing_on_standard_error(outputs):
    (shown,) = outputs["solve"]
    assert shown.output_type == "display_data"
    assert shown.data["text/html"].startswith('<progress max="1" value="')
    assert "neurons" in shown.data["text/html"]


def test_a_solution_is_a_picture_and_a_table(outputs):
    (shown,) = outputs["solution"]
    assert 'src="data:image/png;base64,' in shown.data["text/html"]
    assert "<table>" in shown.data["text/html"]


def test_a_report_is_a_table(outputs):
    (shown,) = outputs["report"]
    assert shown.data["text/html"].startswith("<table>")


def test_a_figure_shows_itself_once(outputs):
    (shown,) = outputs["plot"]
    assert "image/png" in shown.data


def test_without_progress_nothing_is_shown_but_the_value(outputs):
    (shown,) = outputs["silent"]
    assert shown.data["text/plain"] == "True"

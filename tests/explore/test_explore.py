"""The page answers who has its token, solves what is typed, and refuses what files refuse."""

import ast
import socket
import time
import tomllib
from urllib.parse import urlsplit

import numpy as np
import pytest
from starlette.testclient import TestClient

import sigmajet as sj
from sigmajet.explore.derivatives import describe
from sigmajet.explore.server import create_app, serve

TOKEN = "a token"
HEAT = {
    "unknowns": "u(x, t)",
    "time": "t",
    "equations": "u_t = k*u_xx",
    "conditions": "u(0, t) = 0\nu(1, t) = 0\nu(x, 0) = sin(pi*x)",
    "region": "x = 0, 1\nt = [0, 0.1]",
    "parameters": "k = 1",
}


@pytest.fixture(scope="module")
def page():
    app = create_app(TOKEN)
    with TestClient(app, base_url="http://127.0.0.1:8000", headers={"X-Token": TOKEN}) as client:
        yield client


def ended(page, job, limit=60.0):
    """The state of a solve once it has ended."""
    until = time.monotonic() + limit
    while (state := page.get(f"/jobs/{job}").json())["status"] == "running":
        assert time.monotonic() < until, state
        time.sleep(0.05)
    return state


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/derivative/sigmoid/3"), ("POST", "/check"), ("POST", "/jobs")],
)
@pytest.mark.parametrize("token", [None, "", "another", "a token "])
def test_nothing_is_answered_without_the_token(page, method, path, token):
    headers = {"X-Token": token or ""}
    answer = page.request(method, path, headers=headers)
    assert (answer.status_code, answer.text) == (403, "the address lacks its token")


def test_the_token_may_stand_in_the_address(page):
    assert page.get("/", headers={"X-Token": ""}, params={"token": TOKEN}).status_code == 200


def test_a_browser_that_is_quicker_than_the_server_is_not_refused():
    heard = []

    def ready(address):
        heard.append(urlsplit(address))
        socket.create_connection(("127.0.0.1", heard[0].port), timeout=5).close()
        raise KeyboardInterrupt

    serve(0, ready)
    assert heard[0].query.startswith("token=")


def test_a_name_that_leads_here_from_elsewhere_is_refused(page):
    assert page.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_the_page_loads_nothing_from_elsewhere(page):
    answer = page.get("/")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "http" not in answer.text
    for name in ("explore.js", "explore.css"):
        assert page.get(f"/static/{name}").status_code == 200
    assert page.get("/static/..%2Fserver.py").status_code == 404


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus"])
@pytest.mark.parametrize("order", [0, 1, 2, 7, 24, 64])
def test_the_product_has_small_errors_where_the_sum_has_none_left(name, order):
    found = describe(name, order)
    assert np.all(np.isfinite(found["values"]))
    values = np.array([value for _, value in found["extremes"]])
    assert np.all(np.abs(values) >= 0)
    for place in found["zeros"]:
        near = getattr(sj, name)(order, np.array([place - 1e-6, place + 1e-6]))
        assert near[0] * near[1] < 0
    if found["errors"]:
        assert max(found["errors"]["ours"]) < 1e-15
        if order >= 30:
            assert max(found["errors"]["naive"]) > 1.0


def test_extremes_are_zeros_of_the_next_order():
    assert [place for place, _ in describe("tanh", 4)["extremes"]] == describe("tanh", 5)["zeros"]


@pytest.mark.parametrize("path", ["sigmoid/65", "sinus/3", "sigmoid/-1", "sigmoid/x"])
def test_orders_and_functions_are_bounded(page, path):
    assert page.get(f"/derivative/{path}").status_code in (404, 422)


def test_what_is_typed_is_typeset_and_its_method_named(page):
    found = page.post("/check", json=HEAT).json()
    assert found["parameters"] == {"k": 1.0}
    assert found["method"] == "evolution"
    assert len(found["formulas"]) == 5  # an equation, three conditions, the region
    assert all(line.startswith("<math") and "&amp;" not in line for line in found["formulas"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"equations": "u_t = k*u_xy"}, "this page: equations[0], column"),
        ({"conditions": "u(0, t) = 0"}, "condition"),
        ({"region": "x"}, "region: got 'x', expected name = value"),
        ({"parameters": "k = __import__('os')"}, "this page: parameters.k, column"),
        ({"equations": "u_t = k*u_xx + 9**9**9"}, "too large"),
        ({"equations": "u_t = k*\N{GRINNING FACE}"}, "equations[0], column"),
        ({"equations": "u_t = k*\x7f"}, "equations[0], column"),
        (
            {"region": 'x = 0, 1\nt = 0, 1"]\n[solve]\ntol = 1'},
            "expected name = value",
        ),
        ({"unknowns": "<script>(x, t)"}, "cannot be a name"),
        ({"equations": "u" * 70_000}, "longer than 64 KiB"),
        ({"equations": "u" * 200_000}, "longer than 64 KiB"),
    ],
)
def test_what_files_refuse_the_page_refuses(page, change, words):
    answer = page.post("/check", json=HEAT | change)
    assert answer.status_code == 422
    assert words in answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 10_000, b'"a"', b"\xff"])
def test_a_request_that_is_no_json_is_refused(page, body):
    assert page.post("/check", content=body).status_code == 422


def test_a_problem_is_solved_with_a_slider_s_value_and_its_files_are_handed_out(page, tmp_path):
    job = page.post("/jobs", json=HEAT | {"tol": "1e-6", "values": {"k": "0.5"}}).json()["job"]
    state = ended(page, job)
    assert (state["status"], state["converged"]) == ("done", True)
    assert state["estimate"] < 1e-6
    saved = tmp_path / "solution.npz"
    saved.write_bytes(page.get(f"/jobs/{job}/solution.npz").content)
    exact = np.exp(-(np.pi**2) / 2 * 0.1)
    assert abs(sj.load_solution(saved)(0.5, 0.1) - exact) < 1e-6
    assert page.get(f"/jobs/{job}/picture.png").content.startswith(b"\x89PNG")
    assert 'k" = 0.5' in page.get(f"/jobs/{job}/problem.toml").text
    program = page.get(f"/jobs/{job}/solution.py").text
    (statement,) = (
        ast.literal_eval(line.value)
        for line in ast.parse(program).body
        if isinstance(line, ast.Assign) and line.targets[0].id == "STATEMENT"
    )
    stated = page.get(f"/jobs/{job}/problem.toml").text
    assert statement.strip() == stated.strip()
    assert tomllib.loads(stated)["solve"] == {"tol": 1e-6}, "as it was asked for"
    assert '"problem.toml"' in program
    assert "mkdtemp" in program, "no file of that name is written over"
    assert page.get(f"/jobs/{job}/secret").status_code == 404


RING = {
    "unknowns": "u(x, y)",
    "equations": "u_xx + u_yy = -4",
    "conditions": "u = 0 on rim\nnormal_derivative(u) = 0 on x**2 + y**2 < 0.5",
    "region": "x, y = Disk((0, 0), 1, name='rim') - Disk((0, 0), 1/2)",
}


def test_a_region_is_solved_with_conditions_on_parts_of_its_boundary(page, tmp_path):
    assert page.post("/check", json=RING).json()["method"] == "steady"
    job = page.post("/jobs", json=RING | {"tol": "1e-6"}).json()["job"]
    assert ended(page, job)["converged"] is True
    saved = tmp_path / "solution.npz"
    saved.write_bytes(page.get(f"/jobs/{job}/solution.npz").content)
    exact = 1 - 0.75**2 + np.log(0.75) / 2  # u = 1 - r^2 + log(r) / 2: no flux through r = 1/2
    assert abs(sj.load_solution(saved)(0.75, 0.0) - exact) < 1e-5
    assert page.get(f"/jobs/{job}/picture.png").content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"conditions": "u = 0 on boundary"}, None),
        ({"conditions": "u = 0 on 0\nu = 1 on 1"}, None),
        ({"conditions": "u = 0 on rum\nu = 0 on x > 0"}, "expected one of rim, "),
        (
            {"conditions": "u = 0 on boundary", "region": "x, y = Disk((0, 0))"},
            "Disk(centre, radius)",
        ),
        ({"conditions": 'u = 0 on rim"}, {equation = "u'}, "conditions[0].on, column"),
        ({"conditions": "u = 0 on boundary", "region": "x = 0, 1\ny = 0, 1"}, "column"),
    ],
)
def test_conditions_on_boundaries_are_read_as_in_files(page, change, words):
    answer = page.post("/check", json=RING | change)
    assert answer.status_code == (200 if words is None else 422), answer.text
    assert words is None or words in answer.json()["error"]


def test_a_solve_that_fails_says_why(page):
    pendulum = {
        "unknowns": "y(t)",
        "equations": "y' = y**2",
        "conditions": "y(0) = 1",
        "region": "t = 0, 2",
    }
    state = ended(page, page.post("/jobs", json=pendulum).json()["job"])
    assert (state["status"], state["converged"]) == ("done", False)
    assert "blow-up" in state["said"]


def test_stop_ends_a_solve_at_once_and_only_so_many_run(page):
    hopeless = HEAT | {
        "equations": "u_t = k*u_xx + 50*sin(40*u)",
        "conditions": "u(0, t) = sin(300*t)\nu(1, t) = 0\nu(x, 0) = sin(pi*x)",
        "region": "x = 0, 1\nt = 0, 1000",
        "tol": "1e-12",
    }
    jobs = [page.post("/jobs", json=hopeless).json()["job"] for _ in range(2)]
    answer = page.post("/jobs", json=hopeless)
    assert "solves run already" in answer.json()["error"]
    for job in jobs:
        page.post(f"/jobs/{job}/stop")
    for job in jobs:
        assert ended(page, job, limit=20)["status"] in ("stopped", "done")


def test_a_solve_that_was_never_begun_is_none(page):
    assert page.get("/jobs/99").json()["error"] == "there is no such solve"

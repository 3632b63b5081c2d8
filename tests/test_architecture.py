"""The map of CONTRIBUTING.md is true: imports point down, libraries load where they are used."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import sigmajet as sj

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "sigmajet"
FILES = sorted(SOURCE.rglob("*.py"))
NAMES = [file.relative_to(SOURCE).as_posix() for file in FILES]

# The rooms that may import a library at all; the standard library is free to all.
LIBRARIES = {
    "PIL": {"solution/plotting/"},
    "flint": {"problem/", "analysis/"},
    "jax": {"jax/"},
    "matplotlib": {"problem/drawing.py", "problem/drawing_in_space.py", "solution/plotting/"},
    "mpl_toolkits": {"problem/drawing_in_space.py", "solution/plotting/"},
    "mpmath": {"exact.py", "cli/", "problem/"},
    "numpy": {
        *(
            "_types.py",
            "randomness.py",
            "rounding.py",
            "special.py",
            "geometry/",
            "linalg/",
            "approximation/",
            "expressions/",
        ),
        "problem/",
        *("analysis/", "nonlinear/", "timestepping/", "solution/", "discretization/"),
        *("adaptivity/", "solvers/", "cli/", "explore/", "deep/", "jax/", "torch/", "array_api/"),
    },
    "pandas": {"solution/"},
    "psutil": {"solution/", "solvers/"},
    "pydantic": {"problem/text/"},
    "latex2mathml": {"explore/"},
    "rich": {"cli/"},
    "scipy": {
        "expressions/",
        *("geometry/", "linalg/", "approximation/", "problem/", "analysis/", "timestepping/"),
        *("discretization/", "nonlinear/"),
    },
    "sympy": {
        *("approximation/", "problem/", "analysis/", "nonlinear/", "solution/", "solvers/"),
        "expressions/",
    },
    "threadpoolctl": {"solvers/"},
    "shapely": {"problem/"},
    "trimesh": {"problem/"},
    "starlette": {"explore/"},
    "torch": {"torch/"},
    "typer": {"cli/"},
    "uvicorn": {"explore/"},
    "xarray": {"solution/"},
}
MOST_FILES = 12  # of a folder


@cache
def rooms() -> list[list[str]]:
    """Return the rows of the map, highest first: each the files and folders it names."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("<!-- map -->")[1].split("<!-- end -->")[0]
    return [re.findall(r"`([^`]+)`", row.split("|")[1]) for row in table.strip().splitlines()[2:]]


def holds(room: str, file: str) -> bool:
    return file.startswith(room) if room.endswith("/") else file == room


def height(file: str) -> int:
    """Return how high a file stands; a file outside the map is an error, not a guess."""
    rows = [index for index, row in enumerate(rooms()) if any(holds(room, file) for room in row)]
    assert len(rows) == 1, f"{file} should stand on the map of CONTRIBUTING.md once, not {rows}"
    return -rows[0]


def is_typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(node: ast.AST, *, typing: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports, those inside functions included, those for type checkers if asked."""
    for child in ast.iter_child_nodes(node):
        if is_typing_only(child) and not typing:
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        yield from imports(child, typing=typing)


def libraries(file: Path) -> set[str]:
    found = set()
    for node in imports(ast.parse(file.read_text(encoding="utf-8")), typing=False):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found - set(sys.stdlib_module_names)


@cache
def siblings(file: Path) -> set[str]:
    """Return the files of the package that a file imports."""
    found = set()
    for node in imports(ast.parse(file.read_text(encoding="utf-8")), typing=True):
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            folder = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            # `from .x import name`: the name is a file of folder x, or defined in it
            for alias in node.names:
                found.add(existing(folder / alias.name) or existing(folder))
    return {name for name in found if name is not None}


def existing(module: Path) -> str | None:
    for candidate in (
        module.with_suffix(".py"),
        module / "__init__.py",
        module.with_suffix(".cpp"),
    ):
        if candidate.exists():
            return candidate.relative_to(SOURCE).as_posix()
    return None


def test_every_room_of_the_map_exists() -> None:
    for row in rooms():
        for room in row:
            assert (SOURCE / room).exists(), room


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__init__.py"])
def test_imports_point_down(name: str) -> None:
    for other in siblings(SOURCE / name) - {name, "__init__.py"}:
        assert height(other) <= height(name), f"{name} imports {other}"


def test_no_two_files_wait_for_each_other() -> None:
    graph = {name: siblings(SOURCE / name) - {name, "__init__.py"} for name in NAMES}
    TopologicalSorter(graph).prepare()  # raises CycleError


def test_no_two_rooms_wait_for_each_other() -> None:
    def room(name: str) -> str:
        """A folder without folders in it; beside folders each file is a room of its own."""
        folder = SOURCE / name
        parts = any(
            path.is_dir() and path.name != "__pycache__" for path in folder.parent.iterdir()
        )
        return name if parts else name.rpartition("/")[0]

    graph: dict[str, set[str]] = {}
    for name in NAMES:
        needed = {room(other) for other in siblings(SOURCE / name) - {"__init__.py"}}
        if not name.endswith("__init__.py"):  # which only passes names on
            graph.setdefault(room(name), set()).update(needed - {room(name)})
    TopologicalSorter(graph).prepare()


def test_no_room_is_a_hall() -> None:
    tops = [SOURCE, *(ROOT / name for name in ("benchmarks", "docs", "examples", "tests", "tools"))]
    folders = [*tops, *(path for top in tops for path in top.rglob("*") if path.is_dir())]
    counts = {
        str(folder.relative_to(ROOT)): sum(file.is_file() for file in folder.iterdir())
        for folder in folders
        if folder.name != "__pycache__"
    }
    assert {name: count for name, count in counts.items() if count > MOST_FILES} == {}


def test_no_two_files_of_tests_have_one_name() -> None:
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))  # they are modules of one namespace


def test_package_never_names_itself() -> None:
    for file in FILES:
        assert "sigmajet" not in libraries(file), f"{file.name} should import relatively"


@pytest.mark.parametrize("name", NAMES)
def test_libraries_load_only_where_they_are_used(name: str) -> None:
    for library in libraries(SOURCE / name):
        assert library in LIBRARIES, f"{name} imports {library}, which no room may"
        assert any(holds(room, name) for room in LIBRARIES[library]), f"{name} imports {library}"


# What is done in one place: a name of a library, and the files that may use it.
ALONE = {
    "lambdify": {"expressions/table.py"},
    "default_rng": {"randomness.py"},
    "eps": {  # but for floats of other lengths
        *("rounding.py", "geometry/solids/closed.py"),
        *("jax/closed_form.py", "torch/closed_form.py", "torch/rules/layers.py"),
    },
    "leggauss": {"geometry/quadrature.py", "jax/series/taylor.py"},
    "roots_jacobi": {"geometry/legendre.py"},
}


@pytest.mark.parametrize("name", ALONE)
def test_what_many_need_is_done_in_one_place(name: str) -> None:
    def uses(file: str) -> bool:
        nodes = ast.walk(ast.parse((SOURCE / file).read_text(encoding="utf-8")))
        return any(name in vars(node).values() for node in nodes)  # as name of anything

    assert {file for file in NAMES if uses(file)} == ALONE[name]


def test_exact_numbers_need_the_standard_library_alone() -> None:
    tree = ast.parse((SOURCE / "exact.py").read_text(encoding="utf-8"))
    at_import = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        alias.name for node in at_import if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {node.module or "." for node in at_import if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_public_names_are_kept_and_resolve() -> None:
    promised = {
        *("exact", "sigmoid", "tanh", "softplus", "sigmoid_jet"),
        *("Problem", "load_problem", "solve", "Solution", "load_solution"),
        *("SigmajetError", "ProblemError", "NotConverged", "FileError"),
    }
    assert promised <= set(sj.__all__)
    assert len(set(sj.__all__)) == len(sj.__all__)
    for name in sj.__all__:
        assert getattr(sj, name) is not None
    assert set(sj.__all__) <= set(dir(sj))


# One of each place: what is loaded before a name is found is the same for all that are there.
@pytest.mark.parametrize("name", sorted({place: name for name, place in sj._LAZY.items()}.values()))
def test_any_lazy_name_can_be_the_first_that_is_used(name: str) -> None:
    subprocess.run([sys.executable, "-c", f"import sigmajet; sigmajet.{name}"], check=True)


def test_public_names_are_the_ones_documented() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = re.findall(r"^::: sigmajet\.(\w+)$|^\| `sj\.(\w+)", page, re.MULTILINE)
    assert {name for names in documented for name in names if name} == set(sj.__all__)


IMPORT = """
import sys, time, numpy
start = time.perf_counter()
import sigmajet
seconds = time.perf_counter() - start
import json
print(json.dumps([seconds, sorted(sys.modules)]))
"""


def test_import_is_quick_and_light() -> None:
    runs = []
    for _ in range(3):
        run = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, check=True)
        runs.append(json.loads(run.stdout))
    loaded = set(runs[0][1])
    heavy = {
        "sympy",
        "matplotlib",
        "scipy",
        "scipy.optimize",
        "pydantic",
        "mpmath",
        "typer",
        "rich",
        "jax",
        "torch",
    }
    assert loaded & heavy == set()
    assert min(seconds for seconds, _ in runs) <= 0.2


def test_help_is_as_light_as_the_package() -> None:
    code = (
        "import sys\nfrom sigmajet.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as leaving: assert leaving.code == 0\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert {"sympy", "matplotlib", "scipy", "pydantic"} & set(run.stderr.split()) == set()


SOLVE = """
import sys
import sigmajet as sj
from sympy import Eq, Function, symbols
x, y = symbols("x y")
u, v = Function("u")(x), Function("v")(x, y)
ends = [Eq(u.subs(x, a), a) for a in (0, 1)]
sj.solve(sj.Problem(Eq(u.diff(x, 2), -u), u, {x: (0, 1)}, ends))
walls = [Eq(v.subs(q, a), 0) for q in (x, y) for a in (0, 1)]
plane = {x: (0, 1), y: (0, 1)}
sj.solve(sj.Problem(Eq(v.diff(x, 2) + v.diff(y, 2), -1), v, plane, walls), tol=0.1)
start = [Eq(v.subs(y, 0), x * (1 - x)), *walls[:2]]
sj.solve(sj.Problem(Eq(v.diff(y), v.diff(x, 2)), v, plane, start, time=y), tol=0.1)
print(*sys.modules)
"""


def test_a_solve_loads_nothing_that_takes_longer_than_itself() -> None:
    run = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, check=True, text=True)
    slow = {"scipy.stats", "scipy.optimize", "scipy.interpolate", "pydantic", "matplotlib", "rich"}
    assert slow.isdisjoint(run.stdout.split())


FILE = """
unknowns = "u(x)"
equations = "u'' = -u"
conditions = ["u(0) = 0", "u(1) = 1"]
[domain]
x = [0, 1]
"""


def test_a_small_file_is_solved_without_what_only_others_need(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(FILE, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sigmajet", "solve", "small.toml"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    )
    table = [line.rpartition("|")[2].strip() for line in run.stderr.splitlines()]
    loaded = {name for name in table if name and name != "imported package"}
    parts = {name.split(".")[1] for name in loaded if name.startswith("scipy.")}
    assert {part for part in parts if not part.startswith("_")} <= {"linalg", "version"}
    others = {
        *("matplotlib", "pandas", "psutil", "shapely", "trimesh", "xarray"),
        *("rich", "webbrowser", "sigmajet.cli.templates", "sigmajet.solvers.deep.deep"),
        *("sigmajet.solvers.evolution.evolution", "sigmajet.explore"),
    }
    assert loaded & others == set()

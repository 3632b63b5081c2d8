"""NumPy alone is enough for the derivatives; what more a name needs is said with its extra."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import release_notes
import sigmajet as sj
from sigmajet._extras import EXTRAS
from test_architecture import FILES, libraries

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Where a library is not called as its distribution, and those that come with another one.
DISTRIBUTIONS = {"mpl_toolkits": "matplotlib", "flint": "python-flint", "PIL": "matplotlib"}

# Run with every library of an extra out of reach.
WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {libraries!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
{code}
"""


def without(libraries, code):
    program = WITHOUT.format(libraries=set(libraries), code=code)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def names(requirements):
    return {re.match(r"[\w-]+", text)[0] for text in requirements}


def test_numpy_is_the_only_library_that_every_installation_has():
    assert names(PROJECT["dependencies"]) == {"numpy"}


def test_messages_and_metadata_agree_on_what_is_in_an_extra():
    offered = PROJECT["optional-dependencies"]
    for library, extra in EXTRAS.items():
        assert DISTRIBUTIONS.get(library, library) in names(offered[extra]), library
    listed = {name for extra in set(EXTRAS.values()) for name in names(offered[extra])}
    assert listed - {"sigmajet"} == {DISTRIBUTIONS.get(name, name) for name in EXTRAS}


def test_every_library_that_is_imported_comes_with_an_extra():
    imported = {DISTRIBUTIONS.get(name, name) for file in FILES for name in libraries(file)}
    assert imported - {"numpy"} <= {DISTRIBUTIONS.get(name, name) for name in EXTRAS}


def test_all_extras_but_frameworks_of_gigabytes_are_called_all():
    offered = PROJECT["optional-dependencies"]
    (everything,) = offered["all"]
    assert set(everything[len("sigmajet[") : -1].split(",")) == set(EXTRAS.values()) - {
        "jax",
        "torch",
    }


def test_the_kernel_needs_numpy_alone():
    ran = without(EXTRAS, "import sigmajet as sj; print(sj.sigmoid(1, 0.0), sj.__version__)")
    assert ran.stdout == f"0.25 {sj.__version__}\n", ran.stderr


@pytest.mark.parametrize("name", ["solve", "Problem", "load_solution"])
def test_a_name_without_its_libraries_says_which_extra_to_install(name):
    code = f"""
import sigmajet as sj
try: sj.{name}
except ImportError as error: print(error)"""
    ran = without(EXTRAS, code)
    assert re.fullmatch(
        rf"sigmajet\.{name} needs \w+: pip install 'sigmajet\[solve\]'\n", ran.stdout
    ), ran


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_a_framework_that_is_missing_is_named_with_its_extra(name):
    ran = without({name}, f"import sigmajet.{name}")
    assert f"sigmajet.{name} needs {name}: pip install 'sigmajet[{name}]'" in ran.stderr


def test_a_picture_without_matplotlib_names_its_extra_before_anything_is_solved(tmp_path):
    code = f"""
from sigmajet.cli import main
main(["solve", {str(ROOT / "examples" / "burgers.toml")!r}, "--plot", {str(tmp_path / "a.png")!r}])
"""
    ran = without({"matplotlib"}, code)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "error: --plot needs matplotlib: pip install 'sigmajet[plot]'\n"


def test_the_command_without_its_libraries_is_one_line():
    ran = without({"typer"}, "from sigmajet.cli import main; main(['--help'])")
    assert ran.returncode == 2
    assert ran.stderr == "error: the command needs typer: pip install 'sigmajet[cli]'\n"


def test_a_fault_of_the_installation_is_not_taken_for_a_missing_extra():
    ran = without({"tomllib"}, "import sigmajet; sigmajet.load_problem('none.toml')")
    assert "No module named 'tomllib'" in ran.stderr
    assert "pip install" not in ran.stderr


def test_one_place_says_the_version():
    build = (ROOT / "meson.build").read_text(encoding="utf-8")
    assert release_notes.stated(build) == sj.__version__
    assert PROJECT["dynamic"] == ["version"]


def test_release_notes_are_the_section_of_the_version():
    text = "# All\n\n## [Unreleased]\n\n- a\n\n## [0.2.0] - 2027\n\n- b\n- c\n\n## [0.1.0]\n\n- d\n"
    assert release_notes.notes("0.2.0", text) == "- b\n- c\n"
    with pytest.raises(SystemExit, match=r"no section \[0\.3\.0\]"):
        release_notes.notes("0.3.0", text)


def test_the_citation_file_is_one_and_says_what_the_package_says():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    # What the Citation File Format 1.2.0 requires, and what GitHub shows.
    assert cited["cff-version"] == "1.2.0"
    assert cited["message"]
    assert cited["authors"][0]["name"]
    assert cited["title"].startswith(f"{PROJECT['name']}: every derivative of the logistic sigmoid")
    assert cited["license"] == PROJECT["license"]
    assert "version" not in cited  # which is stated in one place
    assert all(re.fullmatch(r"10\.\d+/\S+", each["doi"]) for each in cited["references"])
